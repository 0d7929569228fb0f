// SPDX-License-Identifier: BSD-3-Clause
/*
 * What is odd but right: probes, keep-alives, urgent data, TCP Fast Open, ECN, window scales.
 *
 * As scripts (tests/support/segments.h tells how to read them), each played with the wrap of 2^32
 * at every number of both ends. The urgent pointer and the ECN bits mean nothing to a tap's states:
 * the pointer is not handed to lib/tcp at all, and the flags are ignored, which is what is held here.
 */

#include <cstdio>

#include <gtest/gtest.h>

#include "scripts.h"

namespace
{

using support::segments_play;

/* --- keep-alives and zero windows ------------------------------------------------------------ */

TEST(TcpOdd, Keepalive)
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

TEST(TcpOdd, KeepaliveBeforeAnyData)
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

/* RFC 9293 3.8.4: the probe repeats the number before the next, which by then is the FIN's. */
TEST(TcpOdd, KeepaliveOfAHalfClosedConnection)
{
	segments_play(OPEN_AND_TALK R"(
		A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT
		B .    201     ack 102 FIN_WAIT_2   CLOSE_WAIT
		A .    101     ack 201 FIN_WAIT_2   CLOSE_WAIT
		A .    101:102 ack 201 FIN_WAIT_2   CLOSE_WAIT
		B .    200     ack 102 FIN_WAIT_2   CLOSE_WAIT
		A .    102     ack 201 FIN_WAIT_2   CLOSE_WAIT
		A has payload 100 rtx 0 nxt 102
	)");
}

TEST(TcpOdd, ZeroWindowProbesRefused)
{
	segments_play(OPEN_AND_TALK R"(
		B .    201     ack 101 win 0    ESTABLISHED  ESTABLISHED  closed-window
		A .    101:102 ack 201          ESTABLISHED  ESTABLISHED
		B .    201     ack 101 win 0    ESTABLISHED  ESTABLISHED  closed-window
		A .    101:102 ack 201          ESTABLISHED  ESTABLISHED
		B .    201     ack 101 win 8000 ESTABLISHED  ESTABLISHED  opened-window
		A P.   101:201 ack 201          ESTABLISHED  ESTABLISHED
		A has payload 200 rtx 0
		B has win 8000
	)");
}

TEST(TcpOdd, ZeroWindowProbesAccepted)
{
	segments_play(OPEN_AND_TALK R"(
		B .    201     ack 101 win 0    ESTABLISHED  ESTABLISHED  closed-window
		A .    101:102 ack 201          ESTABLISHED  ESTABLISHED
		B .    201     ack 102 win 0    ESTABLISHED  ESTABLISHED  closed-window
		A .    102:103 ack 201          ESTABLISHED  ESTABLISHED
		B .    201     ack 103 win 500  ESTABLISHED  ESTABLISHED  opened-window
		A P.   103:201 ack 201          ESTABLISHED  ESTABLISHED
		B .    201     ack 201 win 0    ESTABLISHED  ESTABLISHED  closed-window
		A has payload 200 rtx 0
	)");
}

TEST(TcpOdd, FinAfterARefusedProbe)
{
	segments_play(OPEN_AND_TALK R"(
		B .    201     ack 101 win 0    ESTABLISHED  ESTABLISHED  closed-window
		A .    101:102 ack 201          ESTABLISHED  ESTABLISHED
		B .    201     ack 101 win 0    ESTABLISHED  ESTABLISHED  closed-window
		B .    201     ack 101 win 100  ESTABLISHED  ESTABLISHED  opened-window
		A FP.  101:121 ack 201          FIN_WAIT_1   CLOSE_WAIT
		B .    201     ack 122          FIN_WAIT_2   CLOSE_WAIT
		A has payload 120 rtx 0 nxt 122
	)");
	/* The FIN itself is the probe. */
	segments_play(OPEN_AND_TALK R"(
		B .    201     ack 101 win 0    ESTABLISHED  ESTABLISHED  closed-window
		A F.   101     ack 201          FIN_WAIT_1   CLOSE_WAIT
		B .    201     ack 101 win 0    FIN_WAIT_1   CLOSE_WAIT  closed-window
		B .    201     ack 102 win 10   FIN_WAIT_2   CLOSE_WAIT  opened-window
		A has payload 100 rtx 0
	)");
}

/* Only the change is told, and no SYN or RST closes a window. */
TEST(TcpOdd, WindowClosed)
{
	segments_play(R"(
		A S    0       win 0            SYN_SENT     CLOSED        syn
		B S.   0 ack 1 win 0            SYN_SENT     SYN_RECEIVED  syn
		A .    1 ack 1 win 0            ESTABLISHED  ESTABLISHED
		A .    1 ack 1 win 9            ESTABLISHED  ESTABLISHED
		B .    1 ack 1 win 9            ESTABLISHED  ESTABLISHED
		A P.   1:11 ack 1 win 0         ESTABLISHED  ESTABLISHED   closed-window
		A P.   11:21 ack 1 win 0        ESTABLISHED  ESTABLISHED  closed-window
		A .    21 ack 1 win 1           ESTABLISHED  ESTABLISHED  opened-window
		A .    21 ack 1 win 0           ESTABLISHED  ESTABLISHED   closed-window
		B R.   1 ack 21 win 0           CLOSED       CLOSED        rst
		A has payload 20
	)");
}

/* --- data beyond a FIN ----------------------------------------------------------------------- */

TEST(TcpOdd, DataBeyondAFin)
{
	segments_play(OPEN_AND_TALK R"(
		A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT
		A P.   102:152 ack 201 FIN_WAIT_1   CLOSE_WAIT   out-of-window
		A F.   152     ack 201 FIN_WAIT_1   CLOSE_WAIT
		A FP.  102:152 ack 201 FIN_WAIT_1   CLOSE_WAIT
		# bytes that passed before, and more that cannot be
		A P.   51:152  ack 201 FIN_WAIT_1   CLOSE_WAIT  rtx needless
		B .    201     ack 152 FIN_WAIT_1   CLOSE_WAIT
		B .    201     ack 102 FIN_WAIT_2   CLOSE_WAIT
		A has payload 100 nxt 102
		B has rcv 102
	)");
}

/* --- urgent data, ECN ------------------------------------------------------------------------ */

TEST(TcpOdd, UrgentDataIsData)
{
	segments_play(OPEN_AND_TALK R"(
		A PU.  101:151 ack 201 ESTABLISHED  ESTABLISHED
		B .    201     ack 151 ESTABLISHED  ESTABLISHED
		A U.   151     ack 201 ESTABLISHED  ESTABLISHED
		# sent again, and then what the pointer pointed behind
		A PU.  101:151 ack 201 ESTABLISHED  ESTABLISHED  rtx needless
		A U.   201:251 ack 201 ESTABLISHED  ESTABLISHED
		A U.   151:201 ack 201 ESTABLISHED  ESTABLISHED  ooo
		A FU.  251     ack 201 FIN_WAIT_1   CLOSE_WAIT
		B U.   201:211 ack 252 FIN_WAIT_2   CLOSE_WAIT
		A has payload 250 nxt 252 rtx 1
		B has payload 210
	)");
	segments_play(OPEN_AND_TALK "A RU.  101 ack 201  CLOSED CLOSED  rst\n");
}

/* Beyond the window it is no better than other bytes. */
TEST(TcpOdd, UrgentDataBeyondTheWindow)
{
	segments_play(OPEN_AND_TALK R"(
		B .    201       ack 101 win 100 ESTABLISHED  ESTABLISHED
		A U.   300:301   ack 201         ESTABLISHED  ESTABLISHED  out-of-window
		A PU.  101:201   ack 201         ESTABLISHED  ESTABLISHED
		A has payload 200
	)");
}

/* RFC 3168 6.1.1: both bits on the SYN, one on the SYN-ACK, then either on any segment. */
TEST(TcpOdd, EcnChangesNothing)
{
	segments_play(R"(
		A SEW  0               SYN_SENT     CLOSED        syn
		A S    0               SYN_SENT     CLOSED        rtx
		B S.E  0       ack 1   SYN_SENT     SYN_RECEIVED  syn
		A .    1       ack 1   ESTABLISHED  ESTABLISHED
		A PW.  1:101   ack 1   ESTABLISHED  ESTABLISHED
		B E.   1       ack 101 ESTABLISHED  ESTABLISHED
		B PE.  1:51    ack 101 ESTABLISHED  ESTABLISHED
		A FW.  101     ack 51  FIN_WAIT_1   CLOSE_WAIT
		B FE.  51      ack 102 TIME_WAIT    LAST_ACK
		A E.   102     ack 52  TIME_WAIT    CLOSED        anew
		A has payload 100
		B has payload 50
	)");
}

/* --- TCP Fast Open (RFC 7413), data on a SYN ------------------------------------------------- */

TEST(TcpOdd, FastOpenAccepted)
{
	segments_play(R"(
		A S    0:100           SYN_SENT     CLOSED        syn
		B S.   0       ack 101 SYN_SENT     SYN_RECEIVED  syn
		# the server may talk before the handshake is over
		B P.   1:51    ack 101 ESTABLISHED  ESTABLISHED
		A .    101     ack 51  ESTABLISHED  ESTABLISHED
		A has payload 100 nxt 101 rtx 0
		B has payload 50
	)");
}

TEST(TcpOdd, FastOpenRejectedAndSentAgain)
{
	segments_play(R"(
		A S    0:100           SYN_SENT     CLOSED        syn
		B S.   0       ack 1   SYN_SENT     SYN_RECEIVED  syn
		A P.   1:101   ack 1   ESTABLISHED  ESTABLISHED   rtx
		B .    1       ack 101 ESTABLISHED  ESTABLISHED
		A has payload 100 nxt 101
	)");
	/* The ACK comes alone first. */
	segments_play(R"(
		A S    0:100           SYN_SENT     CLOSED        syn
		B S.   0       ack 1   SYN_SENT     SYN_RECEIVED  syn
		A .    1       ack 1   ESTABLISHED  ESTABLISHED
		A P.   1:101   ack 1   ESTABLISHED  ESTABLISHED   rtx
		A F.   101     ack 1   FIN_WAIT_1   CLOSE_WAIT
		B F.   1       ack 102 TIME_WAIT    LAST_ACK
		A has payload 100 nxt 102
	)");
}

TEST(TcpOdd, FastOpenSynAckWithData)
{
	segments_play(R"(
		A S    0:100           SYN_SENT     CLOSED        syn
		B S.   0:40    ack 101 SYN_SENT     SYN_RECEIVED  syn
		A .    101     ack 41  ESTABLISHED  ESTABLISHED
		B F.   41      ack 101 CLOSE_WAIT   FIN_WAIT_1
		A has payload 100
		B has payload 40 nxt 42
	)");
	/* The client has taken the SYN and not the bytes. */
	segments_play(R"(
		A S    0:100           SYN_SENT     CLOSED        syn
		B S.   0:40    ack 101 SYN_SENT     SYN_RECEIVED  syn
		A .    101     ack 1   ESTABLISHED  ESTABLISHED
		B P.   1:41    ack 101 ESTABLISHED  ESTABLISHED   rtx
		A .    101     ack 41  ESTABLISHED  ESTABLISHED
		B has payload 40
	)");
}

TEST(TcpOdd, FastOpenSynSentAgainWithoutData)
{
	segments_play(R"(
		A S    0:100           SYN_SENT     CLOSED        syn
		A S    0               SYN_SENT     CLOSED        rtx
		B S.   0       ack 1   SYN_SENT     SYN_RECEIVED  syn
		A P.   1:101   ack 1   ESTABLISHED  ESTABLISHED   rtx
		B .    1       ack 101 ESTABLISHED  ESTABLISHED
		A has payload 100 nxt 101
	)");
}

/* What the SYN-ACK acknowledges is more than a SYN, and the SYN that comes late explains it. */
TEST(TcpOdd, FastOpenSynAfterSynAck)
{
	segments_play(R"(
		B S.   0       ack 101 SYN_SENT     SYN_RECEIVED  syn
		A S    0:100           SYN_SENT     SYN_RECEIVED  syn
		A S    0               SYN_SENT     SYN_RECEIVED  rtx
		A .    101     ack 1   ESTABLISHED  ESTABLISHED
		A has nxt 101 payload 100
	)");
}

/* --- options of a SYN ------------------------------------------------------------------------ */

TEST(TcpOdd, SackPermitted)
{
	segments_play(R"(
		A S    0        sack   SYN_SENT     CLOSED        syn
		B S.   0       ack 1   SYN_SENT     SYN_RECEIVED  syn
		# means something in a SYN alone
		B .    1  ack 1 sack   SYN_SENT     SYN_RECEIVED
		A .    1       ack 1   ESTABLISHED  ESTABLISHED
		A has sack 1
		B has sack 0
	)");
	/* A late SYN tells it too. */
	segments_play(R"(
		A P.   1:101   ack 1   ESTABLISHED  ESTABLISHED
		A S    0        sack   ESTABLISHED  ESTABLISHED   syn
		A has sack 1
	)");
}

TEST(TcpOdd, WindowIsScaledOnlyWhereBothOffered)
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

/* The receiver takes what begins at its right edge, and nothing that begins behind it. */
TEST(TcpOdd, EachWindowScale)
{
	for (long scale = 0; scale <= TCP_WSCALE_MAX; scale++) {
		long right = 1 + (1000L << scale);
		char script[1024];

		snprintf(script, sizeof(script),
		         "A S   0             ws %ld  SYN_SENT     CLOSED        syn\n"
		         "B S.  0       ack 1 ws %ld  SYN_SENT     SYN_RECEIVED  syn\n"
		         "A .   1       ack 1         ESTABLISHED  ESTABLISHED\n"
		         "B .   1 ack 1 win 1000      ESTABLISHED  ESTABLISHED\n"
		         "A P.  %ld:%ld ack 1         ESTABLISHED  ESTABLISHED  out-of-window\n"
		         "A has nxt 1 payload 0\n"
		         "A P.  1:2     ack 1         ESTABLISHED  ESTABLISHED\n"
		         "A .   %ld:%ld ack 1         ESTABLISHED  ESTABLISHED\n"
		         "A has nxt %ld payload %ld\n"
		         "B has win %ld\n",
		         scale, scale, right + 1, right + 11, right, right + 1, right + 1, right,
		         1000L << scale);
		SCOPED_TRACE(script);
		segments_play(script);
	}
}

/* --- impossible ------------------------------------------------------------------------------ */

TEST(TcpOdd, ChristmasTreeAndOtherImpossibleFlags)
{
	segments_play("A SF    0         SYN_SENT CLOSED  syn\n");
	segments_play("A SR    0         CLOSED CLOSED  rst\n");
	segments_play(OPEN_AND_TALK "A SFR.P 101 ack 201  CLOSED CLOSED  rst\n");
	segments_play(OPEN_AND_TALK "A P 101:151  ESTABLISHED ESTABLISHED out-of-window\nA has payload 100\n");
}

/* RFC 9293 3.10.7.4, fifth: without ACK it is dropped, and moves nothing in any state. */
TEST(TcpOdd, NeitherSynNorRstNorAck)
{
	segments_play(OPEN_AND_TALK R"(
		A F    101             ESTABLISHED  ESTABLISHED  out-of-window
		A FPU  101             ESTABLISHED  ESTABLISHED  out-of-window
		A P    101:111         ESTABLISHED  ESTABLISHED  out-of-window
		A P    102             ESTABLISHED  ESTABLISHED  out-of-window
		A has payload 100 nxt 101 rtx 0
		A P.   101:111 ack 201 ESTABLISHED  ESTABLISHED
		A F.   111     ack 201 FIN_WAIT_1   CLOSE_WAIT
		B F    201             FIN_WAIT_1   CLOSE_WAIT   out-of-window
		B F.   201     ack 112 TIME_WAIT    LAST_ACK
		A F    111             TIME_WAIT    LAST_ACK     out-of-window
		A .    112     ack 202 TIME_WAIT    CLOSED       anew
	)");
	segments_play(R"(
		A S    0               SYN_SENT     CLOSED        syn
		A F    1               SYN_SENT     CLOSED        out-of-window
		B F    5               SYN_SENT     CLOSED        out-of-window
		B S.   0       ack 1   SYN_SENT     SYN_RECEIVED  syn
		B F    1               SYN_SENT     SYN_RECEIVED  out-of-window
		A .    1       ack 1   ESTABLISHED  ESTABLISHED
	)");
	/* It settles nothing that is in doubt, either. */
	segments_play(OPEN_AND_TALK R"(
		A S    900000              ESTABLISHED  ESTABLISHED  on-live
		B F    201                 ESTABLISHED  ESTABLISHED  out-of-window
		B S.   500000  ack 900001  ESTABLISHED  ESTABLISHED  new
	)");
}

/* --- handshakes in other pieces --------------------------------------------------------------- */

/* The ACK of the SYN and the other's own SYN, one after the other: that SYN takes one number. */
TEST(TcpOdd, SplitHandshake)
{
	segments_play(R"(
		A S    0               SYN_SENT     CLOSED        syn
		B .    0       ack 1   SYN_SENT     ESTABLISHED
		B S    0       ws 3    SYN_SENT     SYN_RECEIVED  syn
		A .    1       ack 1   ESTABLISHED  ESTABLISHED
		A P.   1:11    ack 1   ESTABLISHED  ESTABLISHED
		B P.   1:21    ack 11  ESTABLISHED  ESTABLISHED
		A has payload 10 rtx 0
		B has payload 20 nxt 21 ws 3 rtx 0
	)");
	/* The opener answers as in a simultaneous open. */
	segments_play(R"(
		A S    0               SYN_SENT     CLOSED        syn
		B .    0       ack 1   SYN_SENT     ESTABLISHED
		B S    0               SYN_SENT     SYN_RECEIVED  syn
		A S.   0       ack 1   ESTABLISHED  ESTABLISHED   rtx
		B .    1       ack 1   ESTABLISHED  ESTABLISHED
		B has payload 0
	)");
}

/* An ACK of an old connection is no half of a SYN-ACK, whatever number comes after it. */
TEST(TcpOdd, NoSplitHandshake)
{
	segments_play(R"(
		A S    0               SYN_SENT     CLOSED        syn
		B .    0       ack 77  SYN_SENT     ESTABLISHED
		B S    0               SYN_SENT     ESTABLISHED   on-live
		B has nxt 0
	)");
	/* It has sent bytes, so it is open, and its ISN is another. */
	segments_play(R"(
		A S    0               SYN_SENT     CLOSED        syn
		B P.   1:11    ack 1   SYN_SENT     ESTABLISHED
		B S    11              SYN_SENT     ESTABLISHED   on-live
		B S    0               SYN_SENT     ESTABLISHED   syn
		B has payload 10
	)");
}

} // namespace
