// SPDX-License-Identifier: BSD-3-Clause
// What a tap makes of segments: opening, talking, closing; one direction, midstream, whatever comes.
// As scripts (tests/support/segments.h tells how to read them), each played with the wrap of 2^32 at
// every number of both ends.

#include <random>

#include <gtest/gtest.h>

#include "scripts.h"

namespace
{

using support::segments_play;
using support::Tap;

/* --- the rule ------------------------------------------------------------------------------- */

TEST(TcpSegment, OpenTalkClose)
{
	segments_play(OPEN_AND_TALK CLOSE_BY_A R"(
		A has payload 100 rtx 0 nxt 102 rcv 202 1st 1
		B has payload 200 rtx 0 nxt 202 rcv 102 1st 0
	)");
}

TEST(TcpSegment, ServerClosesFirst)
{
	segments_play(OPEN_AND_TALK R"(
		B F.   201     ack 101 CLOSE_WAIT   FIN_WAIT_1
		A .    101     ack 202 CLOSE_WAIT   FIN_WAIT_2
		A F.   101     ack 202 LAST_ACK     TIME_WAIT
		B .    202     ack 102 CLOSED       TIME_WAIT    anew
		A has 1st 0
		B has 1st 1
	)");
}

TEST(TcpSegment, FinAcknowledgedByFin)
{
	segments_play(OPEN_AND_TALK R"(
		A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT
		B F.   201     ack 102 TIME_WAIT    LAST_ACK
		A .    102     ack 202 TIME_WAIT    CLOSED       anew
	)");
}

TEST(TcpSegment, FinsCross)
{
	segments_play(OPEN_AND_TALK R"(
		A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT
		B F.   201     ack 101 CLOSING      CLOSING
		A .    102     ack 202 CLOSING      TIME_WAIT
		B .    202     ack 102 TIME_WAIT    TIME_WAIT    anew
	)");
}

TEST(TcpSegment, FinsCrossAndOneAckIsLostAtTheMirror)
{
	segments_play(OPEN_AND_TALK R"(
		A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT
		B F.   201     ack 101 CLOSING      CLOSING
		B .    202     ack 102 TIME_WAIT    CLOSING
	)");
}

TEST(TcpSegment, SimultaneousOpen)
{
	segments_play(R"(
		A S    0               SYN_SENT     CLOSED        syn
		B S    0               SYN_SENT     SYN_SENT      syn
		A S.   0       ack 1   SYN_RECEIVED SYN_SENT      rtx
		B S.   0       ack 1   ESTABLISHED  ESTABLISHED   rtx
		A P.   1:11    ack 1   ESTABLISHED  ESTABLISHED
		A has payload 10
	)");
}

TEST(TcpSegment, SimultaneousOpenEndedByPlainAcks)
{
	segments_play(R"(
		A S    0               SYN_SENT     CLOSED        syn
		B S    0               SYN_SENT     SYN_SENT      syn
		A S.   0       ack 1   SYN_RECEIVED SYN_SENT      rtx
		B .    1       ack 1   ESTABLISHED  ESTABLISHED
	)");
}

TEST(TcpSegment, HalfClosedStillCarriesData)
{
	segments_play(OPEN_AND_TALK R"(
		A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT
		B P.   201:301 ack 102 FIN_WAIT_2   CLOSE_WAIT
		A .    102     ack 301 FIN_WAIT_2   CLOSE_WAIT
		B P.   301:401 ack 102 FIN_WAIT_2   CLOSE_WAIT
		A .    102     ack 401 FIN_WAIT_2   CLOSE_WAIT
		B F.   401     ack 102 TIME_WAIT    LAST_ACK
		A .    102     ack 402 TIME_WAIT    CLOSED       anew
		B has payload 400
	)");
}

TEST(TcpSegment, FinWithData)
{
	segments_play(OPEN_AND_TALK R"(
		A F.   101:151 ack 201 FIN_WAIT_1   CLOSE_WAIT
		# of the data, not of the FIN
		B .    201     ack 151 FIN_WAIT_1   CLOSE_WAIT
		B .    201     ack 152 FIN_WAIT_2   CLOSE_WAIT
		A has payload 150 nxt 152
	)");
}

TEST(TcpSegment, DataThatCrossedAFinDoesNotAcknowledgeIt)
{
	segments_play(OPEN_AND_TALK R"(
		A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT
		B P.   201:251 ack 101 FIN_WAIT_1   CLOSE_WAIT
		B .    251     ack 102 FIN_WAIT_2   CLOSE_WAIT
	)");
}

TEST(TcpSegment, FinBeforeTheHandshakeIsSeenToEnd)
{
	segments_play(R"(
		A S    0               SYN_SENT     CLOSED        syn
		B S.   0       ack 1   SYN_SENT     SYN_RECEIVED  syn
		B F.   1       ack 1   CLOSE_WAIT   FIN_WAIT_1
		A .    1       ack 2   CLOSE_WAIT   FIN_WAIT_2
	)");
	segments_play(R"(
		A S    0               SYN_SENT     CLOSED        syn
		B S.   0       ack 1   SYN_SENT     SYN_RECEIVED  syn
		A F.   1       ack 1   FIN_WAIT_1   CLOSE_WAIT
		B .    1       ack 2   FIN_WAIT_2   CLOSE_WAIT
	)");
}

/* --- one direction only --------------------------------------------------------------------- */

TEST(TcpSegment, OnlyTheClientIsSeen)
{
	segments_play(R"(
		A S    0               SYN_SENT     CLOSED        syn
		A .    1       ack 1   ESTABLISHED  ESTABLISHED
		A P.   1:101   ack 1   ESTABLISHED  ESTABLISHED
		A .    101     ack 301 ESTABLISHED  ESTABLISHED
		A F.   101     ack 301 FIN_WAIT_1   CLOSE_WAIT
		A has payload 100
	)");
}

TEST(TcpSegment, OnlyTheServerIsSeen)
{
	segments_play(R"(
		B S.   0       ack 1   SYN_SENT     SYN_RECEIVED  syn
		B P.   1:201   ack 101 ESTABLISHED  ESTABLISHED
		B .    201     ack 151 ESTABLISHED  ESTABLISHED   gap-peer
		B F.   201     ack 151 CLOSE_WAIT   FIN_WAIT_1
		B has payload 200
		A has payload 150
	)");
}

/* --- met midstream -------------------------------------------------------------------------- */

TEST(TcpSegment, MetMidstream)
{
	segments_play("A P.  1:101 ack 1    ESTABLISHED  ESTABLISHED\nA has payload 100\n");
	segments_play("A .   1     ack 1    ESTABLISHED  ESTABLISHED\n");
	segments_play("B S.  0     ack 1    SYN_SENT     SYN_RECEIVED  syn\n");
	segments_play("A F.  1     ack 1    FIN_WAIT_1   CLOSE_WAIT\n");
	segments_play("A R   1              CLOSED       CLOSED        rst\n");
	segments_play("A R.  1     ack 1    CLOSED       CLOSED        rst\n");
}

TEST(TcpSegment, MetMidstreamAndClosed)
{
	segments_play(R"(
		A P.   1:101   ack 1   ESTABLISHED  ESTABLISHED
		B P.   1:201   ack 101 ESTABLISHED  ESTABLISHED
		B F.   201     ack 101 CLOSE_WAIT   FIN_WAIT_1
		A F.   101     ack 202 LAST_ACK     TIME_WAIT
		B .    202     ack 102 CLOSED       TIME_WAIT    anew
		A has payload 100
		B has payload 200
	)");
}

TEST(TcpSegment, MetAtAFinWhoseAckFollows)
{
	segments_play(R"(
		A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT
		B .    201     ack 102 FIN_WAIT_2   CLOSE_WAIT
		B F.   201     ack 102 TIME_WAIT    LAST_ACK
		A .    102     ack 202 TIME_WAIT    CLOSED       anew
	)");
}

/* --- whatever comes ------------------------------------------------------------------------- */

tcp_segment
random_segment(std::mt19937 &random)
{
	static const uint8_t flags[] = {TCP_SYN, TCP_SYN | TCP_ACK, TCP_ACK, TCP_ACK, TCP_ACK,
	                                TCP_FIN | TCP_ACK, TCP_RST, TCP_RST | TCP_ACK, 0,
	                                TCP_SYN | TCP_FIN, TCP_FIN};
	tcp_segment seg = {};

	seg.flags = flags[random() % sizeof(flags)];
	seg.seq = random() % 8 == 0 ? (uint32_t)random() : random() % 12;
	seg.ack = random() % 8 == 0 ? (uint32_t)random() : random() % 12;
	seg.length = random() % 3 == 0 ? random() % 4 : 0;
	seg.window = (uint16_t)(random() % 4 * 5000);
	seg.wscale = (uint8_t)(random() % 16);
	seg.syn = (uint8_t)(random() % 8);
	return seg;
}

/* The short way of a first SYN says what the rules of any SYN say of two ends without a past. */
TEST(TcpSegment, AFirstSynGoesTheShortWay)
{
	std::mt19937 random(3);

	for (int round = 0; round < 20000; round++) {
		tcp_segment seg = random_segment(random);
		tcp_end end[2] = {}, slowly[2] = {};
		tcp_doubt doubt, none = {};

		seg.flags = (uint8_t)(TCP_SYN | (random() % 2 ? TCP_FIN : 0));
		seg.seq = random() % 2 ? (uint32_t)random() : UINT32_MAX - random() % 3;
		seg.sack = random() % 2 & 1;
		slowly[0].wscale = slowly[1].wscale = TCP_WSCALE_NONE;
		unsigned result = tcp_segment_first(&end[0], &end[1], &doubt, &seg);
		ASSERT_EQ(result, tcp_segment_apply_rare(&slowly[0], &slowly[1], &none, &seg) | TCP_STATE_CHANGED);
		ASSERT_EQ(memcmp(end, slowly, sizeof(end)), 0) << round;
		ASSERT_TRUE(tcp_doubt_is_empty(&doubt) && tcp_doubt_is_empty(&none)) << round;
	}
}

/* The same segments with other ISNs do the same: only differences of numbers matter. */
TEST(TcpSegment, IsnsDoNotMatter)
{
	std::mt19937 random(1);

	for (int round = 0; round < 20000; round++) {
		Tap plain(0, 0), moved((uint32_t)random(), (uint32_t)random());

		for (int i = 0; i < 12; i++) {
			tcp_segment seg = random_segment(random);
			unsigned sender = random() & 1;
			unsigned a = plain.pass(sender, seg), b = moved.pass(sender, seg);

			ASSERT_EQ(a, b) << round << " " << i;
			ASSERT_EQ(plain.states(), moved.states()) << round << " " << i;
			for (unsigned end = 0; end < 2; end++)
				ASSERT_EQ(plain.field(end, "payload"), moved.field(end, "payload"));
		}
	}
}

TEST(TcpSegment, WhateverComes)
{
	std::mt19937 random(2);

	for (int round = 0; round < 50000; round++) {
		Tap tap(0, 0);

		for (int i = 0; i < 12; i++) {
			tcp_end before[2] = {tap.end[0], tap.end[1]};
			unsigned sender = random() & 1; // before the segment, with any compiler
			unsigned result = tap.pass(sender, random_segment(random));
			bool moved = before[0].state != tap.end[0].state ||
				     before[1].state != tap.end[1].state;

			for (const tcp_end &e : tap.end) {
				ASSERT_LT(e.state, (unsigned)TCPS_N_STATES);
				ASSERT_NE(e.state, (unsigned)TCPS_LISTEN);
			}
			ASSERT_TRUE(i == 0 || !moved || (result & TCP_STATE_CHANGED));
			if (result & (TCP_NEW_CONNECTION | TCP_RST_IGNORED)) {
				ASSERT_TRUE(i == 0 || memcmp(before, tap.end, sizeof(before)) == 0);
			}
			ASSERT_FALSE(moved && (result & TCP_SYN_ON_LIVE));
		}
	}
}

} // namespace
