// SPDX-License-Identifier: BSD-3-Clause
/*
 * What is doubtful, and what settles it: blind data and FINs, a mirror that was away, SYNs on a
 * live connection, RSTs that are denied, the bounds of a hole. `forget` is another connection that took
 * the slot in the table of doubts.
 *
 * What no rule without a clock can tell, and is left:
 *   - a RST that overtakes a SYN-ACK never seen is ignored: it has no number to be judged by, and
 *     the ACK with which the client answers that SYN-ACK draws another RST, which has;
 *   - two blind segments, the second beginning where the first ends, before the host's challenge
 *     ACK passes: so looks a mirror that has lost one direction for good;
 *   - blind segments from both ends with numbers that fit to each other, in the same moment: so
 *     looks a mirror that was away; the real numbers come back in the same way;
 *   - an old ACK without news, late behind a RST, looks like the challenge ACK that denies it; the
 *     RST that answers it puts it right.
 */

#include <gtest/gtest.h>

#include "scripts.h"

namespace
{

using support::segments_play;

/* --- blind data and FINs (RFC 5961 5) --------------------------------------------------------- */

TEST(TcpDoubt, BlindDataAndFinsChangeNothing)
{
	segments_play(OPEN_AND_TALK R"(
		A P.   900000:900100 ack 201    ESTABLISHED  ESTABLISHED  out-of-window
		B .    201           ack 101    ESTABLISHED  ESTABLISHED
		A F.   500000        ack 201    ESTABLISHED  ESTABLISHED  out-of-window
		B .    201           ack 101    ESTABLISHED  ESTABLISHED
		# a good number, and an ACK of what was never sent, or long ago
		A P.   101:151       ack 90000  ESTABLISHED  ESTABLISHED  out-of-window
		A F.   101           ack 90000  ESTABLISHED  ESTABLISHED  out-of-window
		A F.   101           ack -90000 ESTABLISHED  ESTABLISHED  out-of-window
		A P.   -200000:-199900 ack 201  ESTABLISHED  ESTABLISHED  out-of-window
		A has nxt 101 rcv 201 payload 100
		B has nxt 201 rcv 101 payload 200
	)" CLOSE_BY_A);
}

/* Without an ACK no host takes anything (RFC 9293 3.10.7.4, fifth). */
TEST(TcpDoubt, WithoutAckItIsNotEvenRemembered)
{
	segments_play(OPEN_AND_TALK R"(
		A P    900000:900100            ESTABLISHED  ESTABLISHED  out-of-window
		A P    900100:900200            ESTABLISHED  ESTABLISHED  out-of-window
		A P    900200:900300            ESTABLISHED  ESTABLISHED  out-of-window
		A F    900300                   ESTABLISHED  ESTABLISHED  out-of-window
		A has nxt 101 payload 100
	)" CLOSE_BY_A);
}

/* The bytes were sent by the real A and not seen; the guess that has their numbers is no news of B. */
TEST(TcpDoubt, WhatIsAcknowledgedNeedNotBeTheGuess)
{
	segments_play(OPEN_AND_TALK R"(
		A P.   101:151       ack 90000  ESTABLISHED  ESTABLISHED  out-of-window
		B .    201           ack 151    ESTABLISHED  ESTABLISHED
		A has nxt 151 rcv 201
		B has nxt 201 payload 200
	)");
}

/* The receiver says with an ACK of what it has that it did not take it. */
TEST(TcpDoubt, AChallengeAckClearsIt)
{
	segments_play(OPEN_AND_TALK R"(
		A P.   900000:900100 ack 201    ESTABLISHED  ESTABLISHED  out-of-window
		B .    201           ack 101    ESTABLISHED  ESTABLISHED
		A P.   900100:900200 ack 201    ESTABLISHED  ESTABLISHED  out-of-window
		B .    201           ack 101    ESTABLISHED  ESTABLISHED
		A F.   900200        ack 201    ESTABLISHED  ESTABLISHED  out-of-window
		A has nxt 101 payload 100
	)" CLOSE_BY_A);
}

/* So does the sender when it goes on where it was. */
TEST(TcpDoubt, TheRealSenderClearsIt)
{
	segments_play(OPEN_AND_TALK R"(
		A P.   900000:900100 ack 201    ESTABLISHED  ESTABLISHED  out-of-window
		A P.   101:151       ack 201    ESTABLISHED  ESTABLISHED
		A F.   900100        ack 201    ESTABLISHED  ESTABLISHED  out-of-window
		A has nxt 151 payload 150
	)");
}

TEST(TcpDoubt, FinBelievedWhenItIsAcknowledged)
{
	segments_play(OPEN_AND_TALK R"(
		B .    201       ack 101 win 10  ESTABLISHED  ESTABLISHED
		A FP.  120:150   ack 201         ESTABLISHED  ESTABLISHED  out-of-window
		B .    201       ack 151         FIN_WAIT_2   CLOSE_WAIT   gap-peer
		B F.   201       ack 151         TIME_WAIT    LAST_ACK
		A .    151       ack 202         TIME_WAIT    CLOSED       anew
		A has payload 149 nxt 151
	)");
}

/* --- a mirror that was away ------------------------------------------------------------------ */

TEST(TcpDoubt, AwayForBothDirections)
{
	segments_play(OPEN_AND_TALK R"(
		A P.   5000000:5000100 ack 9000000  ESTABLISHED  ESTABLISHED  out-of-window
		B P.   9000000:9000050 ack 5000100  ESTABLISHED  ESTABLISHED  gap gap-peer
		A .    5000100         ack 9000050  ESTABLISHED  ESTABLISHED
		A F.   5000100         ack 9000050  FIN_WAIT_1   CLOSE_WAIT
		B F.   9000050         ack 5000101  TIME_WAIT    LAST_ACK
		A .    5000101         ack 9000051  TIME_WAIT    CLOSED       anew
		A has payload 5000099 nxt 5000101
		B has payload 9000049
	)");
}

/* The first that is seen is a FIN: it is not forgotten. */
TEST(TcpDoubt, AwayAndTheFirstIsAFin)
{
	segments_play(OPEN_AND_TALK R"(
		A F.   5000000 ack 9000000  ESTABLISHED  ESTABLISHED  out-of-window
		B .    9000000 ack 5000001  FIN_WAIT_2   CLOSE_WAIT   gap gap-peer
		A has payload 4999999 nxt 5000001
	)");
	segments_play(OPEN_AND_TALK R"(
		A F.   5000000 ack 9000000  ESTABLISHED  ESTABLISHED  out-of-window
		B F.   9000000 ack 5000001  TIME_WAIT    LAST_ACK     gap gap-peer
		A .    5000001 ack 9000001  TIME_WAIT    CLOSED       anew
	)");
}

/* Bytes of B are under way to A while A's pass. */
TEST(TcpDoubt, AwayForBothDirectionsWithBytesUnderWay)
{
	segments_play(OPEN_AND_TALK R"(
		B P.   9000000:9001000 ack 5000000  ESTABLISHED  ESTABLISHED  out-of-window
		A P.   5000000:5000100 ack 8999000  ESTABLISHED  ESTABLISHED  gap gap-peer
		B P.   9001000:9002000 ack 5000000  ESTABLISHED  ESTABLISHED
		A .    5000100         ack 9002000  ESTABLISHED  ESTABLISHED
		B .    9002000         ack 5000100  ESTABLISHED  ESTABLISHED
		A has nxt 5000100
		B has nxt 9002000
	)");
}

/* More than 2^31 bytes: it looks as if it had gone back, and is found all the same. */
TEST(TcpDoubt, AwayForLong)
{
	segments_play(OPEN_AND_TALK R"(
		A P.   3000000000:3000000100 ack 3500000000  ESTABLISHED  ESTABLISHED  out-of-window
		B P.   3500000000:3500000050 ack 3000000100  ESTABLISHED  ESTABLISHED  gap gap-peer
		A P.   3000000100:3000000200 ack 3500000050  ESTABLISHED  ESTABLISHED
		A has payload 3000000199
		B has payload 3500000049
	)");
}

/* Only A is seen again: when it goes on and B is silent, A's numbers are right. */
TEST(TcpDoubt, OneDirectionIsNotSeenAnyMore)
{
	segments_play(OPEN_AND_TALK R"(
		A P.   5000000:5000100 ack 9000000  ESTABLISHED  ESTABLISHED  out-of-window
		A P.   5000100:5000200 ack 9000400  ESTABLISHED  ESTABLISHED  gap gap-peer
		A P.   5000200:5000300 ack 9000800  ESTABLISHED  ESTABLISHED  gap-peer
		A F.   5000300         ack 9000800  FIN_WAIT_1   CLOSE_WAIT
		A has payload 5000299
	)");
	/* It only acknowledges. */
	segments_play(OPEN_AND_TALK R"(
		A .    101 ack 9000000  ESTABLISHED  ESTABLISHED  out-of-window
		A .    101 ack 9000400  ESTABLISHED  ESTABLISHED  gap-peer
		A has nxt 101 rcv 9000400
		B has nxt 9000400 payload 9000399
	)");
}

/* And with losses: none begins where the one before ended. */
TEST(TcpDoubt, OneDirectionIsNotSeenAnyMoreAndTheMirrorLoses)
{
	segments_play(OPEN_AND_TALK R"(
		A P.   5000000:5000100 ack 201  ESTABLISHED  ESTABLISHED  out-of-window
		A P.   5000200:5000300 ack 201  ESTABLISHED  ESTABLISHED  out-of-window
		A P.   5000400:5000500 ack 201  ESTABLISHED  ESTABLISHED  out-of-window
		A P.   5000600:5000700 ack 201  ESTABLISHED  ESTABLISHED  out-of-window
		A P.   5000800:5000900 ack 201  ESTABLISHED  ESTABLISHED  gap
		A has nxt 5000900
	)");
}

/* One direction was away and comes back; the other acknowledged it all the while. */
TEST(TcpDoubt, OneDirectionWasAway)
{
	segments_play(OPEN_AND_TALK R"(
		B .    201               ack 60000   ESTABLISHED  ESTABLISHED
		B .    201               ack 120000  ESTABLISHED  ESTABLISHED  gap-peer
		B .    201               ack 180000  ESTABLISHED  ESTABLISHED  gap-peer
		A P.   180000:180100     ack 201     ESTABLISHED  ESTABLISHED
		B .    201               ack 180100  ESTABLISHED  ESTABLISHED  gap-peer
		A has payload 180099 nxt 180100
	)");
}

/* A guess that was believed after all is put right by the traffic itself, and no byte stays. */
TEST(TcpDoubt, BelievedGuessIsTakenBack)
{
	segments_play(OPEN_AND_TALK R"(
		A P.   5000000:5000100 ack 201  ESTABLISHED  ESTABLISHED  out-of-window
		A P.   5000100:5000200 ack 201  ESTABLISHED  ESTABLISHED  gap
		A P.   101:151         ack 201  ESTABLISHED  ESTABLISHED  out-of-window
		B .    201             ack 151  ESTABLISHED  ESTABLISHED
		A has nxt 151 payload 150
		B has rcv 151
	)");
}

/* --- the claim is lost ----------------------------------------------------------------------- */

TEST(TcpDoubt, ForgottenEachTimeAndYetNotFrozen)
{
	segments_play(OPEN_AND_TALK R"(
		A P.   5000000:5000100 ack 201  ESTABLISHED  ESTABLISHED  out-of-window
		forget
		A P.   5000100:5000200 ack 201  ESTABLISHED  ESTABLISHED  out-of-window
		forget
		A F.   5000200         ack 201  FIN_WAIT_1   CLOSE_WAIT   gap
		A has nxt 5000201
	)");
	/* But nothing that the ends say in between is forgotten. */
	segments_play(OPEN_AND_TALK R"(
		A P.   5000000:5000100 ack 201  ESTABLISHED  ESTABLISHED  out-of-window
		forget
		A P.   5000100:5000200 ack 201  ESTABLISHED  ESTABLISHED  out-of-window
		forget
		B .    201             ack 101  ESTABLISHED  ESTABLISHED
		A P.   5000200:5000300 ack 201  ESTABLISHED  ESTABLISHED  out-of-window
		A has nxt 101
	)");
}

TEST(TcpDoubt, ForgottenForBothDirections)
{
	segments_play(OPEN_AND_TALK R"(
		A P.   5000000:5000100 ack 9000000  ESTABLISHED  ESTABLISHED  out-of-window
		forget
		B P.   9000000:9000050 ack 5000100  ESTABLISHED  ESTABLISHED  out-of-window
		A .    5000100         ack 9000050  ESTABLISHED  ESTABLISHED  gap gap-peer
		B .    9000050         ack 5000100  ESTABLISHED  ESTABLISHED
	)");
}

TEST(TcpDoubt, ForgottenHole)
{
	segments_play(OPEN_AND_TALK R"(
		A P.   201:301 ack 201 ESTABLISHED  ESTABLISHED
		forget
		A P.   101:201 ack 201 ESTABLISHED  ESTABLISHED  ooo
		A P.   101:201 ack 201 ESTABLISHED  ESTABLISHED  rtx
		A has payload 300 hole 0
	)");
	/* The FIN that an ACK had shown is taken with the hole it fills. */
	segments_play(OPEN_AND_TALK R"(
		B .    201     ack 152 ESTABLISHED  ESTABLISHED
		forget
		A F.   101:151 ack 201 FIN_WAIT_2   CLOSE_WAIT   ooo
		A has payload 150 nxt 152 hole 0
	)");
}

/* --- SYN on a live connection (RFC 5961 4.2) -------------------------------------------------- */

TEST(TcpDoubt, SynAckMustAnswerThatVerySyn)
{
	segments_play(OPEN_AND_TALK R"(
		A S    900000              ESTABLISHED  ESTABLISHED  on-live
		B S.   500000  ack 900002  ESTABLISHED  ESTABLISHED  on-live
		B S.   500000  ack 12345   ESTABLISHED  ESTABLISHED  on-live
		B S.   500000  ack 1       ESTABLISHED  ESTABLISHED  on-live
		B S.   500000  ack 900001  ESTABLISHED  ESTABLISHED  new
	)");
}

TEST(TcpDoubt, AnswerToASynThatIsForgotten)
{
	segments_play(OPEN_AND_TALK R"(
		A S    900000              ESTABLISHED  ESTABLISHED  on-live
		forget
		B S.   500000  ack 1       ESTABLISHED  ESTABLISHED  on-live
		B S.   500000  ack 900001  ESTABLISHED  ESTABLISHED  new
	)");
}

TEST(TcpDoubt, ChallengeAckToASyn)
{
	segments_play(OPEN_AND_TALK R"(
		A S    900000              ESTABLISHED  ESTABLISHED  on-live
		B .    201     ack 101     ESTABLISHED  ESTABLISHED
		# nobody waits for it any more
		B S.   500000  ack 900001  ESTABLISHED  ESTABLISHED  on-live
	)" CLOSE_BY_A);
	/* A guess says no more than any other. */
	segments_play(OPEN_AND_TALK R"(
		A S    900000              ESTABLISHED  ESTABLISHED  on-live
		B .    7000000 ack 101     ESTABLISHED  ESTABLISHED  out-of-window
		B S.   500000  ack 900001  ESTABLISHED  ESTABLISHED  new
	)");
}

TEST(TcpDoubt, FastOpenSynOnALiveConnection)
{
	segments_play(OPEN_AND_TALK R"(
		A S    900000:900100       ESTABLISHED  ESTABLISHED  on-live
		B S.   500000  ack 900101  ESTABLISHED  ESTABLISHED  new
	)");
}

/* --- RST that is denied (RFC 5961 3.2) -------------------------------------------------------- */

/* B misses 101:201, so it does not take the RST behind it, and says so. */
TEST(TcpDoubt, ChallengeAckToARst)
{
	segments_play(OPEN_AND_TALK R"(
		A P.   101:201 ack 201 ESTABLISHED  ESTABLISHED
		A R    201             CLOSED       CLOSED        rst
		B .    201     ack 101 CLOSED       ESTABLISHED  rst-denied
		# A is gone indeed, and B hears it this time
		A R    101             CLOSED       CLOSED        rst
		B .    201     ack 101 CLOSED       CLOSED
	)");
}

/* What was under way when the RST passed denies nothing. */
TEST(TcpDoubt, AckUnderWayDoesNotDenyARst)
{
	segments_play(OPEN_AND_TALK R"(
		A P.   101:201 ack 201 ESTABLISHED  ESTABLISHED
		A P.   201:301 ack 201 ESTABLISHED  ESTABLISHED
		A R    301             CLOSED       CLOSED        rst
		B .    201     ack 201 CLOSED       CLOSED
		B .    201     ack 301 CLOSED       CLOSED
	)");
	/* It seemed to, but it has all the bytes. */
	segments_play(OPEN_AND_TALK R"(
		A P.   101:201 ack 201 ESTABLISHED  ESTABLISHED
		A R    201             CLOSED       CLOSED        rst
		B .    201     ack 101 CLOSED       ESTABLISHED  rst-denied
		B .    201     ack 201 CLOSED       CLOSED        rst
	)");
	/* The window moved: not a challenge. */
	segments_play(OPEN_AND_TALK R"(
		A P.   101:201 ack 201          ESTABLISHED  ESTABLISHED
		A R    201                      CLOSED       CLOSED        rst
		B .    201     ack 101 win 9000 CLOSED       CLOSED
	)");
	/* Of a number that B itself asked for there is no doubt. */
	segments_play(OPEN_AND_TALK R"(
		A P.   101:201 ack 201 ESTABLISHED  ESTABLISHED
		A R    101             CLOSED       CLOSED        rst
		B .    201     ack 101 CLOSED       CLOSED
	)");
}

/* Whoever sent that RST, it was not A; and B, which acknowledges what follows, did not take it. */
TEST(TcpDoubt, ForgedRst)
{
	segments_play(OPEN_AND_TALK R"(
		A P.   101:201 ack 201 ESTABLISHED  ESTABLISHED
		A R    201             CLOSED       CLOSED        rst
		A P.   201:301 ack 201 ESTABLISHED  CLOSED  rst-denied
		B .    201     ack 301 ESTABLISHED  ESTABLISHED  rst-denied
		A has payload 300
	)" "A F. 301 ack 201 FIN_WAIT_1 CLOSE_WAIT\n");
}

TEST(TcpDoubt, ForgedRstOfAHalfClosedConnection)
{
	segments_play(OPEN_AND_TALK R"(
		A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT
		B .    201     ack 102 FIN_WAIT_2   CLOSE_WAIT
		B P.   201:301 ack 102 FIN_WAIT_2   CLOSE_WAIT
		B R    301             CLOSED       CLOSED        rst
		A .    102     ack 201 FIN_WAIT_2   CLOSED  rst-denied
		B P.   301:401 ack 102 FIN_WAIT_2   CLOSE_WAIT  rst-denied
		A .    102     ack 401 FIN_WAIT_2   CLOSE_WAIT
		B F.   401     ack 102 TIME_WAIT    LAST_ACK
		A .    102     ack 402 TIME_WAIT    CLOSED        anew
		B has payload 400
	)");
}

TEST(TcpDoubt, ForgottenRstStands)
{
	segments_play(OPEN_AND_TALK R"(
		A P.   101:201 ack 201 ESTABLISHED  ESTABLISHED
		A R    201             CLOSED       CLOSED        rst
		forget
		B .    201     ack 101 CLOSED       CLOSED
	)");
}

/* --- the bounds of a hole --------------------------------------------------------------------- */

TEST(TcpDoubt, SeveralSegmentsFillOneHole)
{
	segments_play(OPEN_AND_TALK R"(
		A P.   301:401 ack 201 ESTABLISHED  ESTABLISHED
		A P.   101:151 ack 201 ESTABLISHED  ESTABLISHED  ooo
		# from its end, and one that passed before
		A P.   251:301 ack 201 ESTABLISHED  ESTABLISHED  ooo
		A P.   251:301 ack 201 ESTABLISHED  ESTABLISHED  rtx
		A P.   101:151 ack 201 ESTABLISHED  ESTABLISHED  rtx
		A P.   301:401 ack 201 ESTABLISHED  ESTABLISHED  rtx
		A has hole 1
		# more than is missing
		A P.   101:351 ack 201 ESTABLISHED  ESTABLISHED  rtx ooo
		A P.   151:251 ack 201 ESTABLISHED  ESTABLISHED  rtx
		A has payload 400 hole 0
	)");
}

TEST(TcpDoubt, AckOfTheHoleEndsIt)
{
	segments_play(OPEN_AND_TALK R"(
		A P.   201:301 ack 201 ESTABLISHED  ESTABLISHED
		A P.   301:401 ack 201 ESTABLISHED  ESTABLISHED
		# B has what the tap has not: no need to wait for the rest
		B .    201     ack 201 ESTABLISHED  ESTABLISHED  gap-peer
		A P.   101:201 ack 201 ESTABLISHED  ESTABLISHED  rtx needless
		A has payload 400 hole 0
	)");
}

/* A FIN with the last byte's number is an old segment, and no byte becomes a FIN. */
TEST(TcpDoubt, FinNumberedAsTheLastByte)
{
	segments_play(OPEN_AND_TALK R"(
		A F.   100     ack 201 ESTABLISHED  ESTABLISHED
		A FP.  51:100  ack 201 ESTABLISHED  ESTABLISHED  rtx needless
		A has payload 100 nxt 101
	)" CLOSE_BY_A);
	/* A hole elsewhere makes no difference. */
	segments_play(OPEN_AND_TALK R"(
		A P.   151:201 ack 201 ESTABLISHED  ESTABLISHED
		A F.   200     ack 201 ESTABLISHED  ESTABLISHED
		A F.   150     ack 201 ESTABLISHED  ESTABLISHED
		A has payload 200 nxt 201 hole 1
		A P.   101:151 ack 201 ESTABLISHED  ESTABLISHED  ooo
		A F.   201     ack 201 FIN_WAIT_1   CLOSE_WAIT
		A has payload 200 nxt 202
	)");
}

/* An ACK had counted it as a byte: data first, then the FIN alone. */
TEST(TcpDoubt, FinBehindBytesThatFillTheHole)
{
	segments_play(OPEN_AND_TALK R"(
		B .    201     ack 152 ESTABLISHED  ESTABLISHED
		A P.   101:151 ack 201 ESTABLISHED  ESTABLISHED  ooo
		A has hole 1
		A F.   151     ack 201 FIN_WAIT_2   CLOSE_WAIT
		A has payload 150 nxt 152 hole 0
	)");
}

} // namespace
