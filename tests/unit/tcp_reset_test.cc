// SPDX-License-Identifier: BSD-3-Clause
// RSTs, and SYNs of another life of the tuple.
// As scripts (tests/support/segments.h tells how to read them), each played with the wrap of 2^32 at
// every number of both ends.

#include <gtest/gtest.h>

#include "scripts.h"

namespace
{

using support::segments_play;

/* --- RST ------------------------------------------------------------------------------------ */

TEST(TcpReset, RstWithTheNextNumber)
{
	segments_play(OPEN_AND_TALK "A R.  101 ack 201  CLOSED CLOSED  rst\nA has 1st 1\n");
	segments_play(OPEN_AND_TALK "B R   201          CLOSED CLOSED  rst\nB has 1st 1\n");
}

TEST(TcpReset, RstWithTheNumberItsReceiverExpects)
{
	segments_play(OPEN_AND_TALK R"(
		# B has seen no more than 101
		A P.   101:201 ack 201 ESTABLISHED  ESTABLISHED
		A R    101             CLOSED       CLOSED       rst
	)");
}

TEST(TcpReset, RstElsewhereInTheWindowOrOutOfIt)
{
	segments_play(OPEN_AND_TALK R"(
		A R    102             ESTABLISHED  ESTABLISHED  rst-ignored
		A R    100             ESTABLISHED  ESTABLISHED  rst-ignored
		A R.   60000   ack 201 ESTABLISHED  ESTABLISHED  rst-ignored
		A R    900000          ESTABLISHED  ESTABLISHED  rst-ignored
		A R    -900000         ESTABLISHED  ESTABLISHED  rst-ignored
		A P.   101:151 ack 201 ESTABLISHED  ESTABLISHED
	)");
}

TEST(TcpReset, RstThatAnswersASyn)
{
	segments_play(R"(
		A S    0               SYN_SENT     CLOSED       syn
		B R.   0       ack 5   SYN_SENT     CLOSED       rst-ignored
		B R.   0       ack 0   SYN_SENT     CLOSED       rst-ignored
		B R    0               SYN_SENT     CLOSED       rst-ignored
		B R.   0       ack 1   CLOSED       CLOSED       rst
	)");
}

TEST(TcpReset, RefusedAndAskedAgainWithTheSameIsn)
{
	segments_play(R"(
		A S    0               SYN_SENT     CLOSED       syn
		B R.   0       ack 1   CLOSED       CLOSED       rst
		# the mirror's copy, or one that was late
		A S    0               CLOSED       CLOSED       rtx
		A S    0      repeated SYN_SENT     CLOSED       rtx
		B R.   0       ack 1   CLOSED       CLOSED       rst
	)");
	/* Refused behind a SYN-ACK: a backlog that is full. */
	segments_play(R"(
		A S    0               SYN_SENT     CLOSED       syn
		B S.   0       ack 1   SYN_SENT     SYN_RECEIVED syn
		B R    1               CLOSED       CLOSED       rst
		B S.   0       ack 1   CLOSED       CLOSED       rtx
		A S    0      repeated SYN_SENT     CLOSED       rtx
		B S.   0       ack 1   SYN_SENT     SYN_RECEIVED rtx
	)");
}

/* Whoever sent the RST: a known SYN behind it was under way, and revives nothing. */
TEST(TcpReset, KnownSynAfterARst)
{
	segments_play(OPEN_AND_TALK R"(
		A R.   101     ack 201 CLOSED       CLOSED       rst
		A S    0               CLOSED       CLOSED       rtx
		A S    0      repeated CLOSED       CLOSED       rtx
		B S.   0       ack 1   CLOSED       CLOSED       rtx
		B S.   0 ack 1 repeated CLOSED      CLOSED       rtx
	)");
	segments_play(OPEN_AND_TALK R"(
		B R    201             CLOSED       CLOSED       rst
		A S    0      repeated CLOSED       CLOSED       rtx
		B S.   0 ack 1 repeated CLOSED      CLOSED       rtx
		A S    900000          CLOSED       CLOSED       new
	)");
	/* Its opener gave up. */
	segments_play(R"(
		A S    0               SYN_SENT     CLOSED       syn
		A R    1               CLOSED       CLOSED       rst
		A S    0      repeated CLOSED       CLOSED       rtx
	)");
	/* The SYN is shown for the first time, and says what it offered. */
	segments_play(R"(
		B S.   0       ack 1   SYN_SENT     SYN_RECEIVED syn
		A .    1       ack 1   ESTABLISHED  ESTABLISHED
		A P.   1:101   ack 1   ESTABLISHED  ESTABLISHED
		A R    101             CLOSED       CLOSED       rst
		A S    0  ws 7 repeated CLOSED      CLOSED       syn
		A has ws 7 payload 100
	)");
}

/* RSTs shown before the SYN that they answer tell nothing of it. */
TEST(TcpReset, UnknownSynAfterARst)
{
	segments_play(R"(
		B R.   0       ack 1   CLOSED       CLOSED       rst
		A S    0               SYN_SENT     CLOSED       syn
	)");
}

TEST(TcpReset, OpenerGivesUp)
{
	segments_play(R"(
		A S    0               SYN_SENT     CLOSED       syn
		A R    1               CLOSED       CLOSED       rst
	)");
	segments_play(R"(
		A S    0               SYN_SENT     CLOSED        syn
		B S.   0       ack 1   SYN_SENT     SYN_RECEIVED  syn
		A R    1               CLOSED       CLOSED        rst
	)");
}

TEST(TcpReset, TwoMslIsNotAssassinated)
{
	segments_play(OPEN_AND_TALK R"(
		A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT
		B F.   201     ack 102 TIME_WAIT    LAST_ACK
		B R    202             TIME_WAIT    CLOSED       rst
		B R    202             TIME_WAIT    CLOSED  rst-late
	)");
}

TEST(TcpReset, HostInTwoMslThatResetsIsClosed)
{
	segments_play(OPEN_AND_TALK CLOSE_BY_A "A R 102  CLOSED CLOSED rst-late\n");
}

TEST(TcpReset, RstOfAHalfClosedConnection)
{
	segments_play(OPEN_AND_TALK R"(
		A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT
		B .    201     ack 102 FIN_WAIT_2   CLOSE_WAIT
		B P.   201:301 ack 102 FIN_WAIT_2   CLOSE_WAIT
		A R    102             CLOSED       CLOSED       rst
	)");
}

/* RFC 9293 figure 9: a host that opens anew rejects what its peer still sends of an old connection. */
TEST(TcpReset, OpenerRejectsSegmentsOfAnOldConnection)
{
	segments_play(R"(
		A S    0                SYN_SENT     CLOSED       syn
		B .    5000  ack 7000   SYN_SENT     ESTABLISHED
		A R    7000             SYN_SENT     CLOSED
		A S    0                SYN_SENT     CLOSED       rtx
		B S.   9000  ack 1      SYN_SENT     SYN_RECEIVED syn
		A .    1     ack 9001   ESTABLISHED  ESTABLISHED
		A has payload 0 nxt 1
		B has payload 0 nxt 9001
	)");
}

/* The same, and the old connection's segment is a FIN: it closes nothing that is being opened. */
TEST(TcpReset, OpenerRejectsAFinOfAnOldConnection)
{
	segments_play(R"(
		A S    0                SYN_SENT     CLOSED       syn
		B F.   5000  ack 7000   SYN_SENT     FIN_WAIT_1
		A R    7000             SYN_SENT     CLOSED
		A S    0                SYN_SENT     CLOSED       rtx
		B S.   9000  ack 1      SYN_SENT     SYN_RECEIVED syn
		A .    1     ack 9001   ESTABLISHED  ESTABLISHED
		B P.   9001:9011 ack 1  ESTABLISHED  ESTABLISHED
		B F.   9011  ack 1      CLOSE_WAIT   FIN_WAIT_1
		B has payload 10 nxt 9012
	)");
}

/* --- SYN of another life -------------------------------------------------------------------- */

TEST(TcpReset, NewIsnOfAConnectionThatIsOver)
{
	segments_play(OPEN_AND_TALK CLOSE_BY_A "A S 900000  TIME_WAIT CLOSED  new\n");
	segments_play(OPEN_AND_TALK CLOSE_BY_A "B S 900000  TIME_WAIT CLOSED  new\n");
	segments_play(OPEN_AND_TALK "A R 101  CLOSED CLOSED  rst\nA S 900000  CLOSED CLOSED  new\n");
	segments_play(R"(
		A S    0               SYN_SENT     CLOSED       syn
		B R.   0       ack 1   CLOSED       CLOSED       rst
		A S    900000          CLOSED       CLOSED       new
	)");
}

TEST(TcpReset, NewIsnWhenBothArePastEstablished)
{
	segments_play(OPEN_AND_TALK R"(
		A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT
		B .    201     ack 102 FIN_WAIT_2   CLOSE_WAIT
		A S    900000          FIN_WAIT_2   CLOSE_WAIT   new
	)");
}

TEST(TcpReset, NewIsnOnALiveConnection)
{
	segments_play(OPEN_AND_TALK R"(
		A S    900000            ESTABLISHED  ESTABLISHED  on-live
		# a challenge ACK (RFC 5961) says no
		B .    201     ack 101   ESTABLISHED  ESTABLISHED
		A P.   101:151 ack 201   ESTABLISHED  ESTABLISHED
		B .    201     ack 151   ESTABLISHED  ESTABLISHED
	)");
}

TEST(TcpReset, NewIsnOnALiveConnectionBelievedWhenAnswered)
{
	segments_play(OPEN_AND_TALK R"(
		A S    900000              ESTABLISHED  ESTABLISHED  on-live
		B S.   500000  ack 900001  ESTABLISHED  ESTABLISHED  new
	)");
}

TEST(TcpReset, SynAckOutOfTheBlueOnALiveConnection)
{
	segments_play(OPEN_AND_TALK R"(
		B S.   500000  ack 900001  ESTABLISHED  ESTABLISHED  on-live
		A S    900000              ESTABLISHED  ESTABLISHED  on-live
		# answers the old SYN
		B S.   500000  ack 1       ESTABLISHED  ESTABLISHED  on-live
	)");
}

TEST(TcpReset, NewIsnWhileTheFirstSynWaits)
{
	segments_play(R"(
		A S    0               SYN_SENT     CLOSED        syn
		A S    900000          SYN_SENT     CLOSED
		B S.   0  ack 900001   SYN_SENT     SYN_RECEIVED  syn
		A .    900001  ack 1   ESTABLISHED  ESTABLISHED
		A has payload 0
	)");
}

TEST(TcpReset, SynAckThatDoesNotAcknowledgeTheSyn)
{
	segments_play(R"(
		A S    0               SYN_SENT     CLOSED        syn
		B S.   0       ack 77  SYN_SENT     CLOSED        syn
		B S.   5000    ack 1   SYN_SENT     SYN_RECEIVED  syn
		A .    1    ack 5001   ESTABLISHED  ESTABLISHED
	)");
}

} // namespace
