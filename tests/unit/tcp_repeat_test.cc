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

/* Its accept queue is full: it drops the ACK, and all that follows, and repeats its SYN-ACK. */
TEST(TcpAgain, SynAckRepeatedAfterItsAck)
{
	segments_play(R"(
		A S    0               SYN_SENT     CLOSED        syn
		B S.   0       ack 1   SYN_SENT     SYN_RECEIVED  syn
		A .    1       ack 1   ESTABLISHED  ESTABLISHED
		A P.   1:101   ack 1   ESTABLISHED  ESTABLISHED
		# late, or a copy
		B S.   0       ack 1   ESTABLISHED  ESTABLISHED   rtx
		B S. 0 ack 1 repeated  ESTABLISHED  SYN_RECEIVED  rtx
		A .    101     ack 1   ESTABLISHED  SYN_RECEIVED
		A P.   1:101   ack 1   ESTABLISHED  SYN_RECEIVED  rtx
		B S. 0 ack 1 repeated  ESTABLISHED  SYN_RECEIVED  rtx
		A .    101     ack 1   ESTABLISHED  SYN_RECEIVED
		# it was not the ACK that it acknowledges, but data
		B .    1       ack 101 ESTABLISHED  ESTABLISHED
		B S. 0 ack 1 repeated  ESTABLISHED  ESTABLISHED   rtx
		B F.   1       ack 101 CLOSE_WAIT   FIN_WAIT_1
		B has rtx 4
	)");
	/* It sends data. */
	segments_play(R"(
		A S    0               SYN_SENT     CLOSED        syn
		B S.   0       ack 1   SYN_SENT     SYN_RECEIVED  syn
		A .    1       ack 1   ESTABLISHED  ESTABLISHED
		B S. 0 ack 1 repeated  ESTABLISHED  SYN_RECEIVED  rtx
		A .    1       ack 1   ESTABLISHED  SYN_RECEIVED
		B P.   1:51    ack 1   ESTABLISHED  ESTABLISHED
		A .    1       ack 51  ESTABLISHED  ESTABLISHED
		B F.   51      ack 1   CLOSE_WAIT   FIN_WAIT_1
		A .    1       ack 52  CLOSE_WAIT   FIN_WAIT_2
	)");
}

/* Both open at once, the SYN-ACKs are lost behind the tap, and both repeat them. */
TEST(TcpAgain, SynAckRepeatedByBoth)
{
	segments_play(R"(
		A S    0               SYN_SENT     CLOSED        syn
		B S    0               SYN_SENT     SYN_SENT      syn
		A S.   0       ack 1   SYN_RECEIVED SYN_SENT      rtx
		B S.   0       ack 1   ESTABLISHED  ESTABLISHED   rtx
		B S. 0 ack 1 repeated  ESTABLISHED  SYN_RECEIVED  rtx
		A S. 0 ack 1 repeated  ESTABLISHED  ESTABLISHED   rtx
		A .    1       ack 1   ESTABLISHED  ESTABLISHED
		B .    1       ack 1   ESTABLISHED  ESTABLISHED
	)");
}

/* What it drops is a FIN, too; it has heard that only when it says so. */
TEST(TcpAgain, SynAckRepeatedAfterAFin)
{
	segments_play(R"(
		A S    0               SYN_SENT     CLOSED        syn
		B S.   0       ack 1   SYN_SENT     SYN_RECEIVED  syn
		A .    1       ack 1   ESTABLISHED  ESTABLISHED
		A F.   1       ack 1   FIN_WAIT_1   CLOSE_WAIT
		B S. 0 ack 1 repeated  FIN_WAIT_1   SYN_RECEIVED  rtx
		A F.   1       ack 1   FIN_WAIT_1   SYN_RECEIVED  rtx
		B .    1       ack 2   FIN_WAIT_2   CLOSE_WAIT
		B F.   1       ack 2   TIME_WAIT    LAST_ACK
		A .    2       ack 2   TIME_WAIT    CLOSED        anew
	)");
	segments_play(R"(
		A S    0               SYN_SENT     CLOSED        syn
		B S.   0       ack 1   SYN_SENT     SYN_RECEIVED  syn
		A .    1       ack 1   ESTABLISHED  ESTABLISHED
		B S. 0 ack 1 repeated  ESTABLISHED  SYN_RECEIVED  rtx
		A F.   1       ack 1   FIN_WAIT_1   SYN_RECEIVED
		B F.   1       ack 2   TIME_WAIT    LAST_ACK
	)");
}

/* Who has sent anything else has taken the ACK: its SYN-ACK was late. */
TEST(TcpAgain, SynAckRepeatedByAnOpenEnd)
{
	segments_play(OPEN_AND_TALK R"(
		B S. 0 ack 1 repeated  ESTABLISHED  ESTABLISHED   rtx
		A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT
		B S. 0 ack 1 repeated  FIN_WAIT_1   CLOSE_WAIT    rtx
	)");
	segments_play(R"(
		A S    0               SYN_SENT     CLOSED        syn
		B S.   0       ack 1   SYN_SENT     SYN_RECEIVED  syn
		A P.   1:101   ack 1   ESTABLISHED  ESTABLISHED
		B .    1       ack 101 ESTABLISHED  ESTABLISHED
		B S. 0 ack 1 repeated  ESTABLISHED  ESTABLISHED   rtx
	)");
	/* Nobody has acknowledged it yet. */
	segments_play(R"(
		A S    0               SYN_SENT     CLOSED        syn
		B S.   0       ack 1   SYN_SENT     SYN_RECEIVED  syn
		B S. 0 ack 1 repeated  SYN_SENT     SYN_RECEIVED  rtx
		A .    1       ack 1   ESTABLISHED  ESTABLISHED
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
		A P.   1:101   ack 201 ESTABLISHED  ESTABLISHED  rtx needless
		# half of it new
		A P.   51:151  ack 201 ESTABLISHED  ESTABLISHED  rtx needless
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

/* BSD answers a FIN that crossed its own by its own once more, with a higher ACK. */
TEST(TcpAgain, FinThatAcknowledgesTheOther)
{
	segments_play(OPEN_AND_TALK R"(
		A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT
		B F.   201     ack 101 CLOSING      CLOSING
		B .    202     ack 102 TIME_WAIT    CLOSING
		A F.   101     ack 202 TIME_WAIT    TIME_WAIT    rtx anew
		A .    102     ack 202 TIME_WAIT    TIME_WAIT    anew
	)");
	/* Both are BSD, and their first FINs are not acknowledged otherwise. */
	segments_play(OPEN_AND_TALK R"(
		A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT
		B F.   201     ack 101 CLOSING      CLOSING
		A F.   101     ack 202 CLOSING      TIME_WAIT    rtx
		B F.   201     ack 102 TIME_WAIT    TIME_WAIT    rtx anew
	)");
	/* The ACK is of bytes that came meanwhile. */
	segments_play(OPEN_AND_TALK R"(
		A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT
		B P.   201:251 ack 101 FIN_WAIT_1   CLOSE_WAIT
		A F.   101     ack 251 FIN_WAIT_1   CLOSE_WAIT   rtx
		# and this one has nothing new to say
		A F.   101     ack 251 FIN_WAIT_1   ESTABLISHED  rtx
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
