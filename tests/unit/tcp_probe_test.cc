// SPDX-License-Identifier: BSD-3-Clause
/*
 * Keep-alives of a half-closed connection are told from use. As scripts (tests/support/segments.h),
 * each played with the wrap of 2^32 at every number of both ends.
 */

#include <gtest/gtest.h>

#include "scripts.h"

namespace
{

using support::segments_play;

#define HALF_CLOSED                                                                                \
	OPEN_AND_TALK                                                                              \
	"B F.   201     ack 101 CLOSE_WAIT   FIN_WAIT_1\n"                                         \
	"A .    101     ack 202 CLOSE_WAIT   FIN_WAIT_2\n"

TEST(TcpProbe, OfTheEndThatDoesNotClose)
{
	segments_play(HALF_CLOSED R"(
		A has probed 0
		A .    100     ack 202 CLOSE_WAIT   FIN_WAIT_2
		B .    202     ack 101 CLOSE_WAIT   FIN_WAIT_2
		A has probed 1
		# with a byte, and answered with another window
		A .    100:101 ack 202 CLOSE_WAIT   FIN_WAIT_2
		B .    202 ack 101 win 9000 CLOSE_WAIT FIN_WAIT_2
		A has probed 1
		B has probed 0
	)");
}

TEST(TcpProbe, OfTheEndThatHasClosed)
{
	segments_play(HALF_CLOSED R"(
		B .    201     ack 101 CLOSE_WAIT   FIN_WAIT_2
		A .    101     ack 202 CLOSE_WAIT   FIN_WAIT_2
		B has probed 1
	)");
}

/* Whatever says something new is use. */
TEST(TcpProbe, EndedByUse)
{
	const char *const uses[] = {
		"A P.   101:151 ack 202 CLOSE_WAIT   FIN_WAIT_2\n",
		"A P.   1:101   ack 202 CLOSE_WAIT   FIN_WAIT_2  rtx needless\n",
		"A F.   101     ack 202 LAST_ACK     TIME_WAIT\n",
	};

	for (const char *use : uses)
		segments_play((std::string(HALF_CLOSED "A . 100 ack 202 CLOSE_WAIT FIN_WAIT_2\n"
		                                       "A has probed 1\n") +
		               use + "A has probed 0\n")
		                  .c_str());
	/* An ACK of something. */
	segments_play(HALF_CLOSED R"(
		A P.   101:151 ack 202 CLOSE_WAIT   FIN_WAIT_2
		A .    150     ack 202 CLOSE_WAIT   FIN_WAIT_2
		A has probed 1
		B .    202     ack 151 CLOSE_WAIT   FIN_WAIT_2
		A has probed 0
	)");
}

TEST(TcpProbe, NoneOfAClosedWindow)
{
	segments_play(HALF_CLOSED R"(
		B .    202 ack 101 win 0 CLOSE_WAIT FIN_WAIT_2 closed-window
		A .    100     ack 202   CLOSE_WAIT FIN_WAIT_2
		A has probed 0
	)");
}

/* Nobody asks while both ends are open, or both have closed. */
TEST(TcpProbe, OnlyOfAHalfClosedConnection)
{
	segments_play(OPEN_AND_TALK R"(
		A .    100     ack 201 ESTABLISHED  ESTABLISHED
		A has probed 0
	)" CLOSE_BY_A R"(
		A .    101     ack 202 TIME_WAIT    CLOSED       anew
		A has probed 0
	)");
}

} // namespace
