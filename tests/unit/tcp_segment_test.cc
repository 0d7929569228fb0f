// SPDX-License-Identifier: BSD-3-Clause
// What a tap makes of segments, as scripts (tests/support/segments.h tells how to read them). Each is
// played with the wrap of 2^32 at every number of both ends.

#include <random>

#include <gtest/gtest.h>

#include "segments.h"

namespace
{

using support::segments_play;
using support::Tap;

/* The beginning of most scripts: A opens, sends 100 bytes, B answers with 200. */
#define OPEN_AND_TALK                                                                              \
	"A S    0               SYN_SENT     CLOSED        syn\n"                                  \
	"B S.   0       ack 1   SYN_SENT     SYN_RECEIVED  syn\n"                                  \
	"A .    1       ack 1   ESTABLISHED  ESTABLISHED\n"                                        \
	"A P.   1:101   ack 1   ESTABLISHED  ESTABLISHED\n"                                        \
	"B P.   1:201   ack 101 ESTABLISHED  ESTABLISHED\n"                                        \
	"A .    101     ack 201 ESTABLISHED  ESTABLISHED\n"

#define CLOSE_BY_A                                                                                 \
	"A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT\n"                                         \
	"B .    201     ack 102 FIN_WAIT_2   CLOSE_WAIT\n"                                         \
	"B F.   201     ack 102 TIME_WAIT    LAST_ACK\n"                                           \
	"A .    102     ack 202 TIME_WAIT    CLOSED        anew\n"

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

/* --- retransmissions ------------------------------------------------------------------------ */

TEST(TcpSegment, SynAndSynAckAgain)
{
	segments_play(R"(
		A S    0        mss 1460 ws 7  SYN_SENT CLOSED        syn
		A S    0        mss 1460 ws 7  SYN_SENT CLOSED        rtx
		B S.   0  ack 1 mss 1400 ws 9  SYN_SENT SYN_RECEIVED  syn
		B S.   0  ack 1 mss 1400 ws 9  SYN_SENT SYN_RECEIVED  rtx
		A S    0        mss 1460 ws 7  SYN_SENT SYN_RECEIVED  rtx
		A .    1       ack 1  ESTABLISHED  ESTABLISHED
		B S.   0       ack 1  ESTABLISHED  ESTABLISHED  rtx
		A P.   1:101   ack 1  ESTABLISHED  ESTABLISHED
		A S    0              ESTABLISHED  ESTABLISHED  rtx
		A has rtx 3 payload 100 nxt 101 mss 1460 ws 7
		B has rtx 2 payload 0 nxt 1 mss 1400 ws 9
	)");
}

TEST(TcpSegment, KnownSynIsARetransmissionInWhateverState)
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

TEST(TcpSegment, DataAgain)
{
	segments_play(OPEN_AND_TALK R"(
		A P.   1:101   ack 201 ESTABLISHED  ESTABLISHED  rtx
		# half of it new
		A P.   51:151  ack 201 ESTABLISHED  ESTABLISHED
		A P.   101:151 ack 201 ESTABLISHED  ESTABLISHED  rtx
		A has payload 150 rtx 2
	)");
}

TEST(TcpSegment, FinRepeatedUnanswered)
{
	segments_play(OPEN_AND_TALK R"(
		A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT
		A F.   101     ack 201 FIN_WAIT_1   ESTABLISHED  rtx
		A F.   101     ack 201 FIN_WAIT_1   ESTABLISHED  rtx
		A has rtx 2 payload 100 nxt 102
	)");
}

TEST(TcpSegment, FinRepeatedUnansweredAndThenAnswered)
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

TEST(TcpSegment, FinRepeatedUnansweredAndAnsweredByFin)
{
	segments_play(OPEN_AND_TALK R"(
		A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT
		A F.   101     ack 201 FIN_WAIT_1   ESTABLISHED  rtx
		B F.   201     ack 102 TIME_WAIT    LAST_ACK
	)");
}

TEST(TcpSegment, FinRepeatedAfterItsAnswer)
{
	segments_play(OPEN_AND_TALK R"(
		A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT
		B .    201     ack 102 FIN_WAIT_2   CLOSE_WAIT
		# the answer was lost behind the tap
		A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT   rtx
		B .    201     ack 102 FIN_WAIT_2   CLOSE_WAIT
	)");
}

/* Once may be a repetition that crossed the answer; twice says that the answers do not arrive. */
TEST(TcpSegment, FinRepeatedAfterTwoAnswers)
{
	segments_play(OPEN_AND_TALK R"(
		A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT
		B .    201     ack 102 FIN_WAIT_2   CLOSE_WAIT
		A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT   rtx
		B .    201     ack 102 FIN_WAIT_2   CLOSE_WAIT
		A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT   rtx
		B .    201     ack 102 FIN_WAIT_1   CLOSE_WAIT
		# data is acknowledged: A hears again, and with it the ACK of its FIN
		B P.   201:301 ack 102 FIN_WAIT_1   CLOSE_WAIT
		A .    102     ack 301 FIN_WAIT_2   CLOSE_WAIT
		B F.   301     ack 102 TIME_WAIT    LAST_ACK
	)");
}

TEST(TcpSegment, DeafEndClosesWithTheOtherFin)
{
	segments_play(OPEN_AND_TALK R"(
		A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT
		B .    201     ack 102 FIN_WAIT_2   CLOSE_WAIT
		A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT   rtx
		A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT   rtx
		B F.   201     ack 102 CLOSING      LAST_ACK
		A .    102     ack 202 TIME_WAIT    CLOSED       anew
	)");
}

/* The last of all has nothing left by which to show that it hears: its ACK is believed each time. */
TEST(TcpSegment, LastFinRepeatedAfterTwoAnswers)
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

TEST(TcpSegment, FinWithDataRepeatedUnanswered)
{
	segments_play(OPEN_AND_TALK R"(
		A F.   101:151 ack 201 FIN_WAIT_1   CLOSE_WAIT
		A F.   101:151 ack 201 FIN_WAIT_1   ESTABLISHED  rtx
		A has payload 150 nxt 152
	)");
}

TEST(TcpSegment, LastFinRepeatedUnanswered)
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

TEST(TcpSegment, CrossedFinRepeatedAfterItsAnswer)
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

TEST(TcpSegment, CrossedFinRepeatedUnanswered)
{
	segments_play(OPEN_AND_TALK R"(
		A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT
		B F.   201     ack 101 CLOSING      CLOSING
		A F.   101     ack 201 CLOSING      FIN_WAIT_1   rtx
		B .    202     ack 102 TIME_WAIT    CLOSING
		A .    102     ack 202 TIME_WAIT    TIME_WAIT    anew
	)");
}

/* --- RST ------------------------------------------------------------------------------------ */

TEST(TcpSegment, RstWithTheNextNumber)
{
	segments_play(OPEN_AND_TALK "A R.  101 ack 201  CLOSED CLOSED  rst\nA has 1st 1\n");
	segments_play(OPEN_AND_TALK "B R   201          CLOSED CLOSED  rst\nB has 1st 1\n");
}

TEST(TcpSegment, RstWithTheNumberItsReceiverExpects)
{
	segments_play(OPEN_AND_TALK R"(
		# B has seen no more than 101
		A P.   101:201 ack 201 ESTABLISHED  ESTABLISHED
		A R    101             CLOSED       CLOSED       rst
	)");
}

TEST(TcpSegment, RstElsewhereInTheWindowOrOutOfIt)
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

TEST(TcpSegment, RstThatAnswersASyn)
{
	segments_play(R"(
		A S    0               SYN_SENT     CLOSED       syn
		B R.   0       ack 5   SYN_SENT     CLOSED       rst-ignored
		B R.   0       ack 0   SYN_SENT     CLOSED       rst-ignored
		B R    0               SYN_SENT     CLOSED       rst-ignored
		B R.   0       ack 1   CLOSED       CLOSED       rst
	)");
}

TEST(TcpSegment, RefusedAndAskedAgainWithTheSameIsn)
{
	segments_play(R"(
		A S    0               SYN_SENT     CLOSED       syn
		B R.   0       ack 1   CLOSED       CLOSED       rst
		A S    0               SYN_SENT     CLOSED       rtx
		B R.   0       ack 1   CLOSED       CLOSED       rst
	)");
}

TEST(TcpSegment, OpenerGivesUp)
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

TEST(TcpSegment, TimeWaitIsNotAssassinated)
{
	segments_play(OPEN_AND_TALK R"(
		A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT
		B F.   201     ack 102 TIME_WAIT    LAST_ACK
		B R    202             TIME_WAIT    CLOSED       rst
		B R    202             TIME_WAIT    CLOSED
	)");
}

TEST(TcpSegment, HostInTimeWaitThatResetsIsClosed)
{
	segments_play(OPEN_AND_TALK CLOSE_BY_A "A R 102  CLOSED CLOSED\n");
}

TEST(TcpSegment, RstOfAHalfClosedConnection)
{
	segments_play(OPEN_AND_TALK R"(
		A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT
		B .    201     ack 102 FIN_WAIT_2   CLOSE_WAIT
		B P.   201:301 ack 102 FIN_WAIT_2   CLOSE_WAIT
		A R    102             CLOSED       CLOSED       rst
	)");
}

/* RFC 9293 figure 9: a host that opens anew rejects what its peer still sends of an old connection. */
TEST(TcpSegment, OpenerRejectsSegmentsOfAnOldConnection)
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
TEST(TcpSegment, OpenerRejectsAFinOfAnOldConnection)
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

TEST(TcpSegment, NewIsnOfAConnectionThatIsOver)
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

TEST(TcpSegment, NewIsnWhenBothArePastEstablished)
{
	segments_play(OPEN_AND_TALK R"(
		A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT
		B .    201     ack 102 FIN_WAIT_2   CLOSE_WAIT
		A S    900000          FIN_WAIT_2   CLOSE_WAIT   new
	)");
}

TEST(TcpSegment, NewIsnOnALiveConnection)
{
	segments_play(OPEN_AND_TALK R"(
		A S    900000            ESTABLISHED  ESTABLISHED  on-live
		# a challenge ACK (RFC 5961) says no
		B .    201     ack 101   ESTABLISHED  ESTABLISHED
		A P.   101:151 ack 201   ESTABLISHED  ESTABLISHED
		B .    201     ack 151   ESTABLISHED  ESTABLISHED
	)");
}

TEST(TcpSegment, NewIsnOnALiveConnectionBelievedWhenAnswered)
{
	segments_play(OPEN_AND_TALK R"(
		A S    900000              ESTABLISHED  ESTABLISHED  on-live
		B S.   500000  ack 900001  ESTABLISHED  ESTABLISHED  new
	)");
}

TEST(TcpSegment, SynAckOutOfTheBlueOnALiveConnection)
{
	segments_play(OPEN_AND_TALK R"(
		B S.   500000  ack 900001  ESTABLISHED  ESTABLISHED  on-live
		A S    900000              ESTABLISHED  ESTABLISHED  on-live
		# answers the old SYN
		B S.   500000  ack 1       ESTABLISHED  ESTABLISHED  on-live
	)");
}

TEST(TcpSegment, NewIsnWhileTheFirstSynWaits)
{
	segments_play(R"(
		A S    0               SYN_SENT     CLOSED        syn
		A S    900000          SYN_SENT     CLOSED
		B S.   0  ack 900001   SYN_SENT     SYN_RECEIVED  syn
		A .    900001  ack 1   ESTABLISHED  ESTABLISHED
		A has payload 0
	)");
}

TEST(TcpSegment, SynAckThatDoesNotAcknowledgeTheSyn)
{
	segments_play(R"(
		A S    0               SYN_SENT     CLOSED        syn
		B S.   0       ack 77  SYN_SENT     CLOSED        syn
		B S.   5000    ack 1   SYN_SENT     SYN_RECEIVED  syn
		A .    1    ack 5001   ESTABLISHED  ESTABLISHED
	)");
}

/* --- where the wire lies: order ------------------------------------------------------------- */

TEST(TcpSegment, SynAckBeforeSyn)
{
	segments_play(R"(
		B S.   0       ack 1   SYN_SENT     SYN_RECEIVED  syn
		A S    0     mss 1460  SYN_SENT     SYN_RECEIVED  syn
		A .    1       ack 1   ESTABLISHED  ESTABLISHED
		A has mss 1460 rtx 0
	)");
}

TEST(TcpSegment, AckBeforeSynAck)
{
	segments_play(R"(
		A S    0               SYN_SENT     CLOSED        syn
		A .    1       ack 1   ESTABLISHED  ESTABLISHED
		B S.   0       ack 1   ESTABLISHED  ESTABLISHED   syn
		B P.   1:11    ack 1   ESTABLISHED  ESTABLISHED
		B has payload 10
	)");
}

TEST(TcpSegment, SynAfterData)
{
	segments_play(R"(
		A P.   1:101   ack 1       ESTABLISHED  ESTABLISHED
		B .    1       ack 101     ESTABLISHED  ESTABLISHED
		A S    0       mss 1460 ws 7   ESTABLISHED  ESTABLISHED  syn
		B S.   0 ack 1 mss 1400 ws 8   ESTABLISHED  ESTABLISHED  syn
		A has mss 1460 ws 7 payload 100 nxt 101 rtx 0
		B has mss 1400 ws 8 payload 0 nxt 1 rtx 0
	)");
}

TEST(TcpSegment, SynAfterFin)
{
	segments_play(R"(
		A F.   1:101   ack 1   FIN_WAIT_1   CLOSE_WAIT
		A S    0               FIN_WAIT_1   CLOSE_WAIT   syn
		B .    1       ack 102 FIN_WAIT_2   CLOSE_WAIT
		A has payload 100 nxt 102
	)");
}

TEST(TcpSegment, AckOfFinBeforeFin)
{
	segments_play(OPEN_AND_TALK R"(
		B .    201     ack 102 ESTABLISHED  ESTABLISHED
		A F.   101     ack 201 FIN_WAIT_2   CLOSE_WAIT
		B F.   201     ack 102 TIME_WAIT    LAST_ACK
		A has payload 100 nxt 102
	)");
}

TEST(TcpSegment, AckBeforeDataAndFin)
{
	segments_play(OPEN_AND_TALK R"(
		B .    201     ack 152 ESTABLISHED  ESTABLISHED
		A F.   101:151 ack 201 FIN_WAIT_2   CLOSE_WAIT
		A has payload 150 nxt 152
	)");
}

TEST(TcpSegment, LastAckBeforeLastFin)
{
	segments_play(OPEN_AND_TALK R"(
		A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT
		B .    201     ack 102 FIN_WAIT_2   CLOSE_WAIT
		A .    102     ack 202 FIN_WAIT_2   CLOSE_WAIT
		B F.   201     ack 102 TIME_WAIT    CLOSED
		B has payload 200
	)");
}

TEST(TcpSegment, DataInTheWrongOrder)
{
	segments_play(OPEN_AND_TALK R"(
		A P.   201:301 ack 201 ESTABLISHED  ESTABLISHED
		A P.   101:201 ack 201 ESTABLISHED  ESTABLISHED
		A has payload 300 rtx 0
		B .    201     ack 301 ESTABLISHED  ESTABLISHED
		# now it is known that it was there
		A P.   101:201 ack 201 ESTABLISHED  ESTABLISHED  rtx
		A has payload 300 rtx 1
	)");
}

TEST(TcpSegment, FinBeforeTheDataItFollows)
{
	segments_play(OPEN_AND_TALK R"(
		A F.   201     ack 201 FIN_WAIT_1   CLOSE_WAIT
		A P.   101:201 ack 201 FIN_WAIT_1   CLOSE_WAIT
		B .    201     ack 202 FIN_WAIT_2   CLOSE_WAIT
		A has payload 200 nxt 202
	)");
}

/* An old ACK behind a newer one takes nothing back. */
TEST(TcpSegment, AcksInTheWrongOrder)
{
	segments_play(OPEN_AND_TALK R"(
		A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT
		B .    201     ack 102 FIN_WAIT_2   CLOSE_WAIT
		B .    201     ack 101 FIN_WAIT_2   CLOSE_WAIT
		B has rcv 102
	)");
}

/* --- where the wire lies: loss -------------------------------------------------------------- */

TEST(TcpSegment, GapInTheData)
{
	segments_play(OPEN_AND_TALK R"(
		A P.   151:201 ack 201 ESTABLISHED  ESTABLISHED
		A P.   201:251 ack 201 ESTABLISHED  ESTABLISHED
		# the other end has what the mirror lost
		B .    201     ack 251 ESTABLISHED  ESTABLISHED  gap
		A F.   251     ack 201 FIN_WAIT_1   CLOSE_WAIT
		B F.   201     ack 252 TIME_WAIT    LAST_ACK
		A .    252     ack 202 TIME_WAIT    CLOSED       anew
		A has payload 250
	)");
}

TEST(TcpSegment, AckOfBytesNeverSeen)
{
	segments_play(OPEN_AND_TALK R"(
		B .    201     ack 301 ESTABLISHED  ESTABLISHED
		A P.   301:351 ack 201 ESTABLISHED  ESTABLISHED
		B .    201     ack 351 ESTABLISHED  ESTABLISHED  gap
		A has payload 350 rtx 0
	)");
}

TEST(TcpSegment, AckBeforeTheDataItAcknowledges)
{
	segments_play(OPEN_AND_TALK R"(
		B .    201     ack 301 ESTABLISHED  ESTABLISHED
		A P.   101:301 ack 201 ESTABLISHED  ESTABLISHED
		A P.   301:351 ack 201 ESTABLISHED  ESTABLISHED
		B .    201     ack 351 ESTABLISHED  ESTABLISHED
		A has payload 350 rtx 0
	)");
}

TEST(TcpSegment, GapBeforeAFin)
{
	segments_play(OPEN_AND_TALK R"(
		A F.   151     ack 201 FIN_WAIT_1   CLOSE_WAIT
		B F.   201     ack 152 TIME_WAIT    LAST_ACK     gap
		A has payload 150
	)");
}

/* Nobody acknowledges: the second hole says that the first was not filled. */
TEST(TcpSegment, GapsInTheOnlyDirectionSeen)
{
	segments_play(R"(
		A P.   1:101   ack 1   ESTABLISHED  ESTABLISHED
		A P.   151:201 ack 1   ESTABLISHED  ESTABLISHED
		A P.   201:251 ack 1   ESTABLISHED  ESTABLISHED
		A P.   301:351 ack 1   ESTABLISHED  ESTABLISHED  gap
		A has payload 350
	)");
}

TEST(TcpSegment, AckBeyondAFinIsNotTaken)
{
	segments_play(OPEN_AND_TALK R"(
		A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT
		B .    201     ack 150 FIN_WAIT_1   CLOSE_WAIT
		B .    201     ack 102 FIN_WAIT_2   CLOSE_WAIT
	)");
}

TEST(TcpSegment, LastAckOfTheHandshakeIsLost)
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

TEST(TcpSegment, SynAckIsLost)
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

TEST(TcpSegment, SynIsLost)
{
	segments_play(R"(
		B S.   0       ack 1   SYN_SENT     SYN_RECEIVED  syn
		A .    1       ack 1   ESTABLISHED  ESTABLISHED
		A P.   1:101   ack 1   ESTABLISHED  ESTABLISHED
		A has payload 100
	)");
}

/* The mirror was away for more than 2^30 bytes: tracking goes on from there. */
TEST(TcpSegment, JumpFartherThanAnyWindow)
{
	segments_play(OPEN_AND_TALK R"(
		A P.   1500000000:1500000100 ack 201  ESTABLISHED  ESTABLISHED  gap
		A P.   1500000100:1500000200 ack 201  ESTABLISHED  ESTABLISHED
		A has nxt 1500000200
	)");
}

TEST(TcpSegment, StrayBeyondTheWindow)
{
	segments_play(OPEN_AND_TALK R"(
		A P.   70000:70100 ack 201  ESTABLISHED  ESTABLISHED  out-of-window
		A has payload 100 nxt 101
		A P.   101:151     ack 201  ESTABLISHED  ESTABLISHED
		A P.   70000:70100 ack 201  ESTABLISHED  ESTABLISHED  out-of-window
		A F.   70100       ack 201  FIN_WAIT_1   CLOSE_WAIT
		A has payload 70099
	)");
}

/* More than two windows ahead: no host sends that into the void, so the mirror was away. */
TEST(TcpSegment, FarJumpIsBelieved)
{
	segments_play(OPEN_AND_TALK R"(
		A P.   900000:900100 ack 201     ESTABLISHED  ESTABLISHED
		B .    201           ack 900100  ESTABLISHED  ESTABLISHED  gap
		A has nxt 900100 rtx 0
	)");
}

TEST(TcpSegment, StrayFinClosesNothing)
{
	segments_play(OPEN_AND_TALK R"(
		A F.   70000   ack 201 ESTABLISHED  ESTABLISHED  out-of-window
		A P.   101:151 ack 201 ESTABLISHED  ESTABLISHED
	)");
}

TEST(TcpSegment, WhatAScaledWindowAllowsIsNoStray)
{
	segments_play(R"(
		A S    0             ws 7  SYN_SENT     CLOSED        syn
		B S.   0       ack 1 ws 7  SYN_SENT     SYN_RECEIVED  syn
		A .    1       ack 1       ESTABLISHED  ESTABLISHED
		B .    1       ack 1       ESTABLISHED  ESTABLISHED
		A P.   100001:100101 ack 1 ESTABLISHED  ESTABLISHED
		B .    1    ack 100101     ESTABLISHED  ESTABLISHED   gap
		B has win 8388480
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
		B .    201     ack 151 ESTABLISHED  ESTABLISHED   gap
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

/* --- odd but right -------------------------------------------------------------------------- */

TEST(TcpSegment, Keepalive)
{
	segments_play(OPEN_AND_TALK R"(
		A .    100     ack 201 ESTABLISHED  ESTABLISHED
		B .    201     ack 101 ESTABLISHED  ESTABLISHED
		A .    100:101 ack 201 ESTABLISHED  ESTABLISHED
		B .    201     ack 101 ESTABLISHED  ESTABLISHED
		A P.   101:151 ack 201 ESTABLISHED  ESTABLISHED
		A has payload 150 rtx 0
	)");
}

TEST(TcpSegment, KeepaliveBeforeAnyData)
{
	segments_play(R"(
		A S    0               SYN_SENT     CLOSED        syn
		B S.   0       ack 1   SYN_SENT     SYN_RECEIVED  syn
		A .    1       ack 1   ESTABLISHED  ESTABLISHED
		A .    0       ack 1   ESTABLISHED  ESTABLISHED
		A .    0:1     ack 1   ESTABLISHED  ESTABLISHED
		B .    0       ack 1   ESTABLISHED  ESTABLISHED
		A has payload 0 rtx 0 nxt 1
	)");
}

TEST(TcpSegment, ZeroWindowProbes)
{
	segments_play(OPEN_AND_TALK R"(
		B .    201     ack 101 win 0    ESTABLISHED  ESTABLISHED
		A .    101:102 ack 201          ESTABLISHED  ESTABLISHED
		B .    201     ack 101 win 0    ESTABLISHED  ESTABLISHED
		A .    101:102 ack 201          ESTABLISHED  ESTABLISHED
		B .    201     ack 101 win 8000 ESTABLISHED  ESTABLISHED
		A P.   101:201 ack 201          ESTABLISHED  ESTABLISHED
		A has payload 200 rtx 0
		B has win 8000
	)");
}

TEST(TcpSegment, SynWithData)
{
	segments_play(R"(
		A S    0:100           SYN_SENT     CLOSED        syn
		B S.   0       ack 101 SYN_SENT     SYN_RECEIVED  syn
		A .    101     ack 1   ESTABLISHED  ESTABLISHED
		A has payload 100 nxt 101
	)");
	segments_play(R"(
		A S    0:100           SYN_SENT     CLOSED        syn
		B S.   0       ack 1   SYN_SENT     SYN_RECEIVED  syn
		A P.   1:101   ack 1   ESTABLISHED  ESTABLISHED   rtx
		A has payload 100 nxt 101
	)");
}

TEST(TcpSegment, ChristmasTreeAndOtherImpossibleFlags)
{
	segments_play("A SF    0         SYN_SENT CLOSED  syn\n");
	segments_play("A SR    0         CLOSED CLOSED  rst\n");
	segments_play(OPEN_AND_TALK "A SFR.P 101 ack 201  CLOSED CLOSED  rst\n");
	segments_play(OPEN_AND_TALK "A P 101:151  ESTABLISHED ESTABLISHED\nA has payload 150\n");
}

TEST(TcpSegment, RetransmissionsStayAtTheirMost)
{
	Tap tap(1, 1);
	tcp_segment syn = {};

	syn.flags = TCP_SYN;
	for (int i = 0; i < 1000; i++)
		tap.pass(0, syn);
	EXPECT_EQ(tap.field(0, "rtx"), TCP_RETRANSMISSIONS_MAX);
}

TEST(TcpSegment, WindowIsScaledOnlyWhereBothOffered)
{
	segments_play(R"(
		A S    0       win 1000 ws 3  SYN_SENT     CLOSED        syn
		B S.   0 ack 1 win 2000       SYN_SENT     SYN_RECEIVED  syn
		A .    1 ack 1 win 1000       ESTABLISHED  ESTABLISHED
		A has win 1000
		B has win 2000
	)");
	segments_play(R"(
		A S    0       win 1000 ws 14 SYN_SENT     CLOSED        syn
		B S.   0 ack 1 win 2000 ws 0  SYN_SENT     SYN_RECEIVED  syn
		A .    1 ack 1 win 65535      ESTABLISHED  ESTABLISHED
		A has win 1073725440
		B has win 2000
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
	return seg;
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
			unsigned result = tap.pass(random() & 1, random_segment(random));
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
