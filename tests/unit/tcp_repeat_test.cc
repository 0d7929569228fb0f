// SPDX-License-Identifier: BSD-3-Clause
// Segments that are sent again: SYNs, bytes, FINs.
// As scripts (tests/support/segments.h tells how to read them), each played with the wrap of 2^32 at
// every number of both ends.

#include <gtest/gtest.h>

#include "scripts.h"

namespace
{

using support::segments_play;

/* --- retransmissions ------------------------------------------------------------------------ */

TEST(TcpAgain, SynAndSynAckAgain)
{
	segments_play(R"(
		A S    0        ws 7  SYN_SENT CLOSED        syn
		A S    0        ws 7  SYN_SENT CLOSED        rtx
		B S.   0  ack 1 ws 9  SYN_SENT SYN_RECEIVED  syn
		B S.   0  ack 1 ws 9  SYN_SENT SYN_RECEIVED  rtx
		A S    0        ws 7  SYN_SENT SYN_RECEIVED  rtx
		A .    1       ack 1  ESTABLISHED  ESTABLISHED
		B S.   0       ack 1  ESTABLISHED  ESTABLISHED  rtx
		A P.   1:101   ack 1  ESTABLISHED  ESTABLISHED
		A S    0              ESTABLISHED  ESTABLISHED  rtx
		A has rtx 3 payload 100 nxt 101 ws 7
		B has rtx 2 payload 0 nxt 1 ws 9
	)");
}

TEST(TcpAgain, KnownSynIsARetransmissionInWhateverState)
{
	segments_play(OPEN_AND_TALK CLOSE_BY_A R"(
		A S    0               TIME_WAIT    CLOSED       rtx
		B S.   0       ack 1   TIME_WAIT    CLOSED       rtx
	)");
	segments_play(OPEN_AND_TALK R"(
		B F.   201     ack 101 CLOSE_WAIT   FIN_WAIT_1
		A F.   101     ack 202 LAST_ACK     TIME_WAIT
		A S    0               LAST_ACK     TIME_WAIT    rtx
		B .    202     ack 102 CLOSED       TIME_WAIT    anew
		A S    0               CLOSED       TIME_WAIT    rtx
	)");
}

TEST(TcpAgain, DataAgain)
{
	segments_play(OPEN_AND_TALK R"(
		A P.   1:101   ack 201 ESTABLISHED  ESTABLISHED  rtx
		# half of it new
		A P.   51:151  ack 201 ESTABLISHED  ESTABLISHED  rtx
		A P.   101:151 ack 201 ESTABLISHED  ESTABLISHED  rtx
		A has payload 150 rtx 3
	)");
}

TEST(TcpAgain, FinRepeatedUnanswered)
{
	segments_play(OPEN_AND_TALK R"(
		A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT
		A F.   101     ack 201 FIN_WAIT_1   ESTABLISHED  rtx
		A F.   101     ack 201 FIN_WAIT_1   ESTABLISHED  rtx
		A has rtx 2 payload 100 nxt 102
	)");
}

TEST(TcpAgain, FinRepeatedUnansweredAndThenAnswered)
{
	segments_play(OPEN_AND_TALK R"(
		A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT
		A F.   101     ack 201 FIN_WAIT_1   ESTABLISHED  rtx
		# says nothing of the FIN
		B P.   201:251 ack 101 FIN_WAIT_1   ESTABLISHED
		B .    251     ack 102 FIN_WAIT_2   CLOSE_WAIT
		B F.   251     ack 102 TIME_WAIT    LAST_ACK
		A .    102     ack 252 TIME_WAIT    CLOSED       anew
	)");
}

TEST(TcpAgain, FinRepeatedUnansweredAndAnsweredByFin)
{
	segments_play(OPEN_AND_TALK R"(
		A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT
		A F.   101     ack 201 FIN_WAIT_1   ESTABLISHED  rtx
		B F.   201     ack 102 TIME_WAIT    LAST_ACK
	)");
}

TEST(TcpAgain, FinRepeatedAfterItsAnswer)
{
	segments_play(OPEN_AND_TALK R"(
		A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT
		B .    201     ack 102 FIN_WAIT_2   CLOSE_WAIT
		# the answer was lost behind the tap
		A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT   rtx
		B .    201     ack 102 FIN_WAIT_2   CLOSE_WAIT
	)");
}

/* The ACK was lost behind the tap twice, and the third one arrived. */
TEST(TcpAgain, FinRepeatedAfterTwoAnswers)
{
	segments_play(OPEN_AND_TALK R"(
		A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT
		B .    201     ack 102 FIN_WAIT_2   CLOSE_WAIT
		A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT   rtx
		A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT   rtx
		B .    201     ack 102 FIN_WAIT_2   CLOSE_WAIT
		A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT   rtx
		B .    201     ack 102 FIN_WAIT_2   CLOSE_WAIT
		B F.   201     ack 102 TIME_WAIT    LAST_ACK
	)");
}

/* Neither the ACKs of its FIN nor the other's FIN: nothing reaches this end. */
TEST(TcpAgain, DeafEndRepeatsItsFin)
{
	segments_play(OPEN_AND_TALK R"(
		A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT
		B F.   201     ack 101 CLOSING      CLOSING
		A F.   101     ack 201 CLOSING      FIN_WAIT_1   rtx
		B .    202     ack 102 TIME_WAIT    CLOSING
		A F.   101     ack 201 CLOSING      CLOSING      rtx anew
		B .    202     ack 102 TIME_WAIT    CLOSING
		A F.   101     ack 201 CLOSING      CLOSING      rtx anew
		B .    202     ack 102 CLOSING      CLOSING
	)");
}

/* The last of all has nothing left by which to show that it hears: its ACK is believed each time. */
TEST(TcpAgain, LastFinRepeatedAfterTwoAnswers)
{
	segments_play(OPEN_AND_TALK R"(
		A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT
		B F.   201     ack 102 TIME_WAIT    LAST_ACK
		A .    102     ack 202 TIME_WAIT    CLOSED       anew
		B F.   201     ack 102 TIME_WAIT    LAST_ACK     rtx
		A .    102     ack 202 TIME_WAIT    CLOSED       anew
		B F.   201     ack 102 TIME_WAIT    LAST_ACK     rtx
		A .    102     ack 202 TIME_WAIT    CLOSED       anew
	)");
}

TEST(TcpAgain, FinWithDataRepeatedUnanswered)
{
	segments_play(OPEN_AND_TALK R"(
		A F.   101:151 ack 201 FIN_WAIT_1   CLOSE_WAIT
		A F.   101:151 ack 201 FIN_WAIT_1   ESTABLISHED  rtx
		A has payload 150 nxt 152
	)");
}

TEST(TcpAgain, LastFinRepeatedUnanswered)
{
	segments_play(OPEN_AND_TALK R"(
		A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT
		B .    201     ack 102 FIN_WAIT_2   CLOSE_WAIT
		B F.   201     ack 102 TIME_WAIT    LAST_ACK
		B F.   201     ack 102 FIN_WAIT_2   LAST_ACK     rtx
		A .    102     ack 202 TIME_WAIT    CLOSED       anew
		# the ACK was lost behind the tap
		B F.   201     ack 102 TIME_WAIT    LAST_ACK     rtx
		A .    102     ack 202 TIME_WAIT    CLOSED       anew
	)");
}

TEST(TcpAgain, CrossedFinRepeatedAfterItsAnswer)
{
	segments_play(OPEN_AND_TALK R"(
		A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT
		B F.   201     ack 101 CLOSING      CLOSING
		B .    202     ack 102 TIME_WAIT    CLOSING
		A F.   101     ack 201 CLOSING      CLOSING      rtx anew
		B .    202     ack 102 TIME_WAIT    CLOSING
		A .    102     ack 202 TIME_WAIT    TIME_WAIT    anew
	)");
}

TEST(TcpAgain, CrossedFinRepeatedUnanswered)
{
	segments_play(OPEN_AND_TALK R"(
		A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT
		B F.   201     ack 101 CLOSING      CLOSING
		A F.   101     ack 201 CLOSING      FIN_WAIT_1   rtx
		B .    202     ack 102 TIME_WAIT    CLOSING
		A .    102     ack 202 TIME_WAIT    TIME_WAIT    anew
	)");
}

} // namespace
