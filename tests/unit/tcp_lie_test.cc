// SPDX-License-Identifier: BSD-3-Clause
// Where the wire lies: segments in the wrong order, and segments that the mirror lost.
// As scripts (tests/support/segments.h tells how to read them), each played with the wrap of 2^32 at
// every number of both ends.

#include <gtest/gtest.h>

#include "scripts.h"

namespace
{

using support::segments_play;

/* --- where the wire lies: order ------------------------------------------------------------- */

TEST(TcpLie, SynAckBeforeSyn)
{
	segments_play(R"(
		B S.   0       ack 1   SYN_SENT     SYN_RECEIVED  syn
		A S    0      SYN_SENT     SYN_RECEIVED  syn
		A .    1       ack 1   ESTABLISHED  ESTABLISHED
		A has rtx 0
	)");
}

TEST(TcpLie, AckBeforeSynAck)
{
	segments_play(R"(
		A S    0               SYN_SENT     CLOSED        syn
		A .    1       ack 1   ESTABLISHED  ESTABLISHED
		B S.   0       ack 1   ESTABLISHED  ESTABLISHED   syn
		B P.   1:11    ack 1   ESTABLISHED  ESTABLISHED
		B has payload 10
	)");
}

TEST(TcpLie, SynAfterData)
{
	segments_play(R"(
		A P.   1:101   ack 1       ESTABLISHED  ESTABLISHED
		B .    1       ack 101     ESTABLISHED  ESTABLISHED
		A S    0       ws 7   ESTABLISHED  ESTABLISHED  syn
		B S.   0 ack 1 ws 8   ESTABLISHED  ESTABLISHED  syn
		A has ws 7 payload 100 nxt 101 rtx 0
		B has ws 8 payload 0 nxt 1 rtx 0
	)");
}

TEST(TcpLie, SynAfterFin)
{
	segments_play(R"(
		A F.   1:101   ack 1   FIN_WAIT_1   CLOSE_WAIT
		A S    0               FIN_WAIT_1   CLOSE_WAIT   syn
		B .    1       ack 102 FIN_WAIT_2   CLOSE_WAIT
		A has payload 100 nxt 102
	)");
}

TEST(TcpLie, AckOfFinBeforeFin)
{
	segments_play(OPEN_AND_TALK R"(
		B .    201     ack 102 ESTABLISHED  ESTABLISHED
		A F.   101     ack 201 FIN_WAIT_2   CLOSE_WAIT
		B F.   201     ack 102 TIME_WAIT    LAST_ACK
		A has payload 100 nxt 102
	)");
}

TEST(TcpLie, AckBeforeDataAndFin)
{
	segments_play(OPEN_AND_TALK R"(
		B .    201     ack 152 ESTABLISHED  ESTABLISHED
		A F.   101:151 ack 201 FIN_WAIT_2   CLOSE_WAIT   ooo
		A has payload 150 nxt 152 hole 0
	)");
}

TEST(TcpLie, LastAckBeforeLastFin)
{
	segments_play(OPEN_AND_TALK R"(
		A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT
		B .    201     ack 102 FIN_WAIT_2   CLOSE_WAIT
		A .    102     ack 202 FIN_WAIT_2   CLOSE_WAIT
		B F.   201     ack 102 TIME_WAIT    CLOSED
		B has payload 200
	)");
}

TEST(TcpLie, DataInTheWrongOrder)
{
	segments_play(OPEN_AND_TALK R"(
		A P.   201:301 ack 201 ESTABLISHED  ESTABLISHED
		A P.   101:201 ack 201 ESTABLISHED  ESTABLISHED  ooo
		A has payload 300 rtx 0
		B .    201     ack 301 ESTABLISHED  ESTABLISHED
		# now it is known that it was there
		A P.   101:201 ack 201 ESTABLISHED  ESTABLISHED  rtx needless
		A has payload 300 rtx 1
	)");
}

TEST(TcpLie, FinBeforeTheDataItFollows)
{
	segments_play(OPEN_AND_TALK R"(
		A F.   201     ack 201 FIN_WAIT_1   CLOSE_WAIT
		A P.   101:201 ack 201 FIN_WAIT_1   CLOSE_WAIT   ooo
		B .    201     ack 202 FIN_WAIT_2   CLOSE_WAIT
		A has payload 200 nxt 202
	)");
}

/* An old ACK behind a newer one takes nothing back. */
TEST(TcpLie, AcksInTheWrongOrder)
{
	segments_play(OPEN_AND_TALK R"(
		A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT
		B .    201     ack 102 FIN_WAIT_2   CLOSE_WAIT
		B .    201     ack 101 FIN_WAIT_2   CLOSE_WAIT
		B has rcv 102
	)");
}

/* --- where the wire lies: loss -------------------------------------------------------------- */

TEST(TcpLie, GapInTheData)
{
	segments_play(OPEN_AND_TALK R"(
		A P.   151:201 ack 201 ESTABLISHED  ESTABLISHED
		A P.   201:251 ack 201 ESTABLISHED  ESTABLISHED
		# the other end has what the mirror lost
		B .    201     ack 251 ESTABLISHED  ESTABLISHED  gap-peer
		A F.   251     ack 201 FIN_WAIT_1   CLOSE_WAIT
		B F.   201     ack 252 TIME_WAIT    LAST_ACK
		A .    252     ack 202 TIME_WAIT    CLOSED       anew
		A has payload 250
	)");
}

TEST(TcpLie, AckOfBytesNeverSeen)
{
	segments_play(OPEN_AND_TALK R"(
		B .    201     ack 301 ESTABLISHED  ESTABLISHED
		A P.   301:351 ack 201 ESTABLISHED  ESTABLISHED
		B .    201     ack 351 ESTABLISHED  ESTABLISHED  gap-peer
		A has payload 350 rtx 0
	)");
}

TEST(TcpLie, AckBeforeTheDataItAcknowledges)
{
	segments_play(OPEN_AND_TALK R"(
		B .    201     ack 301 ESTABLISHED  ESTABLISHED
		A P.   101:301 ack 201 ESTABLISHED  ESTABLISHED  ooo
		A P.   301:351 ack 201 ESTABLISHED  ESTABLISHED
		B .    201     ack 351 ESTABLISHED  ESTABLISHED
		A has payload 350 rtx 0
	)");
}

TEST(TcpLie, GapBeforeAFin)
{
	segments_play(OPEN_AND_TALK R"(
		A F.   151     ack 201 FIN_WAIT_1   CLOSE_WAIT
		B F.   201     ack 152 TIME_WAIT    LAST_ACK     gap-peer
		A has payload 150
	)");
}

/* Nobody acknowledges: the second hole says that the first was not filled. */
TEST(TcpLie, GapsInTheOnlyDirectionSeen)
{
	segments_play(R"(
		A P.   1:101   ack 1   ESTABLISHED  ESTABLISHED
		A P.   151:201 ack 1   ESTABLISHED  ESTABLISHED
		A P.   201:251 ack 1   ESTABLISHED  ESTABLISHED
		A P.   301:351 ack 1   ESTABLISHED  ESTABLISHED  gap
		A has payload 350
	)");
}

TEST(TcpLie, AckBeyondAFinIsNotTaken)
{
	segments_play(OPEN_AND_TALK R"(
		A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT
		B .    201     ack 150 FIN_WAIT_1   CLOSE_WAIT
		B .    201     ack 102 FIN_WAIT_2   CLOSE_WAIT
	)");
}

TEST(TcpLie, LastAckOfTheHandshakeIsLost)
{
	segments_play(R"(
		A S    0               SYN_SENT     CLOSED        syn
		B S.   0       ack 1   SYN_SENT     SYN_RECEIVED  syn
		A P.   1:101   ack 1   ESTABLISHED  ESTABLISHED
		A has payload 100
	)");
	segments_play(R"(
		A S    0               SYN_SENT     CLOSED        syn
		B S.   0       ack 1   SYN_SENT     SYN_RECEIVED  syn
		B P.   1:101   ack 1   ESTABLISHED  ESTABLISHED
		B has payload 100
	)");
}

TEST(TcpLie, SynAckIsLost)
{
	segments_play(R"(
		A S    0               SYN_SENT     CLOSED        syn
		A .    1       ack 1   ESTABLISHED  ESTABLISHED
		A P.   1:101   ack 1   ESTABLISHED  ESTABLISHED
		B P.   1:51    ack 101 ESTABLISHED  ESTABLISHED
		A has payload 100
		B has payload 50
	)");
}

TEST(TcpLie, SynIsLost)
{
	segments_play(R"(
		B S.   0       ack 1   SYN_SENT     SYN_RECEIVED  syn
		A .    1       ack 1   ESTABLISHED  ESTABLISHED
		A P.   1:101   ack 1   ESTABLISHED  ESTABLISHED
		A has payload 100
	)");
}

/*
 * When its sender goes on from there, tracking does. But nobody has heard of such a stretch of
 * bytes, so it is another numbering, and no payload.
 */
TEST(TcpLie, JumpFartherThanAnyWindow)
{
	segments_play(OPEN_AND_TALK R"(
		A P.   1500000000:1500000100 ack 201  ESTABLISHED  ESTABLISHED  out-of-window
		A has nxt 101
		A P.   1500000100:1500000200 ack 201  ESTABLISHED  ESTABLISHED  gap
		A has nxt 1500000200 payload 300
	)");
	/* Backward it is no better. */
	segments_play(OPEN_AND_TALK R"(
		A P.   -1500000000:-1499999900 ack 201  ESTABLISHED  ESTABLISHED  out-of-window
		A P.   -1499999900:-1499999800 ack 201  ESTABLISHED  ESTABLISHED  gap
		A has nxt -1499999800 payload 300
	)");
	/* The other end heard it: the mirror was away. */
	segments_play(OPEN_AND_TALK R"(
		A P.   1500000000:1500000100 ack 201         ESTABLISHED  ESTABLISHED  out-of-window
		B .    201                   ack 1500000100  ESTABLISHED  ESTABLISHED  gap-peer
		A has nxt 1500000100 payload 1500000099
	)");
}

/* In each state in which nothing is known of a window, no farther than any window. */
TEST(TcpLie, JumpFartherThanAnyWindowWhileItOpens)
{
	segments_play(R"(
		A S    0                             SYN_SENT     CLOSED        syn
		B S.   0                     ack 1   SYN_SENT     SYN_RECEIVED  syn
		B P.   1500000000:1500000010 ack 1   SYN_SENT     SYN_RECEIVED  out-of-window
		B has payload 0 nxt 1
		B P.   1:11                  ack 1   ESTABLISHED  ESTABLISHED
		A .    1                     ack 11  ESTABLISHED  ESTABLISHED
		B has payload 10
	)");
	segments_play(R"(
		A S    0                             SYN_SENT     CLOSED        syn
		A P.   1500000000:1500000010 ack 1   SYN_SENT     CLOSED        out-of-window
		A F.   -1500000000           ack 1   SYN_SENT     CLOSED        out-of-window
		A has payload 0 nxt 1
	)");
	/* As far as a window reaches, the mirror may have lost it. */
	segments_play(R"(
		A S    0                             SYN_SENT     CLOSED        syn
		B S.   0                     ack 1   SYN_SENT     SYN_RECEIVED  syn
		B P.   1000000000:1000000010 ack 1   SYN_SENT     SYN_RECEIVED
		B has payload 1000000009
	)");
}

TEST(TcpLie, JumpFartherThanAnyWindowBehindAFin)
{
	segments_play(OPEN_AND_TALK R"(
		A F.   101                   ack 201 FIN_WAIT_1   CLOSE_WAIT
		A P.   1500000000:1500000100 ack 201 FIN_WAIT_1   CLOSE_WAIT  out-of-window
		A P.   1500000100:1500000200 ack 201 FIN_WAIT_1   CLOSE_WAIT  out-of-window
		A has payload 100 nxt 102
	)");
}

/* Only one direction is seen: it goes on, and what lies between is nobody's payload. */
TEST(TcpLie, JumpFartherThanAnyWindowInTheOnlyDirection)
{
	segments_play(R"(
		A P.   1:101                 ack 201         ESTABLISHED  ESTABLISHED
		A P.   1500000000:1500000100 ack 201         ESTABLISHED  ESTABLISHED  out-of-window
		A P.   1500000100:1500000200 ack 201         ESTABLISHED  ESTABLISHED  gap
		A has payload 300
	)");
	segments_play(R"(
		B S.   0   ack 1           SYN_SENT     SYN_RECEIVED  syn
		B .    1   ack 1500000000  SYN_SENT     SYN_RECEIVED
	)");
}

TEST(TcpLie, StrayBeyondTheWindow)
{
	segments_play(OPEN_AND_TALK R"(
		A P.   70000:70100 ack 201  ESTABLISHED  ESTABLISHED  out-of-window
		A has payload 100 nxt 101
		A P.   101:151     ack 201  ESTABLISHED  ESTABLISHED
		A P.   70000:70100 ack 201  ESTABLISHED  ESTABLISHED  out-of-window
		A F.   70100       ack 201  FIN_WAIT_1   CLOSE_WAIT   gap
		A has payload 70099
	)");
}

/* No host sends that into the void: a guess, unless the other end has the bytes. */
TEST(TcpLie, FarJumpIsBelievedWhenItIsAcknowledged)
{
	segments_play(OPEN_AND_TALK R"(
		A P.   900000:900100 ack 201     ESTABLISHED  ESTABLISHED  out-of-window
		B .    201           ack 900100  ESTABLISHED  ESTABLISHED  gap-peer
		A has nxt 900100 rtx 0
	)");
}

TEST(TcpLie, StrayFinClosesNothing)
{
	segments_play(OPEN_AND_TALK R"(
		A F.   70000   ack 201 ESTABLISHED  ESTABLISHED  out-of-window
		A P.   101:151 ack 201 ESTABLISHED  ESTABLISHED
	)");
}

TEST(TcpLie, WhatAScaledWindowAllowsIsNoStray)
{
	segments_play(R"(
		A S    0             ws 7  SYN_SENT     CLOSED        syn
		B S.   0       ack 1 ws 7  SYN_SENT     SYN_RECEIVED  syn
		A .    1       ack 1       ESTABLISHED  ESTABLISHED
		B .    1       ack 1       ESTABLISHED  ESTABLISHED
		A P.   100001:100101 ack 1 ESTABLISHED  ESTABLISHED
		B .    1    ack 100101     ESTABLISHED  ESTABLISHED   gap-peer
		B has win 8388480
	)");
}

} // namespace
