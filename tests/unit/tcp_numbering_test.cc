// SPDX-License-Identifier: BSD-3-Clause
/*
 * One connection before and behind a firewall that changes its numbers. As scripts
 * (tests/support/segments.h), each played with the wrap of 2^32 at every number of both ends.
 */

#include <gtest/gtest.h>

#include "scripts.h"

namespace
{

using support::segments_play;

/* The client's numbers are changed, by 800 million. The SYN behind is known by its identification. */
TEST(TcpNumbering, OfTheClient)
{
	segments_play(R"(
		A S    0                               SYN_SENT     CLOSED        syn
		A S    800000000 copied                SYN_SENT     CLOSED        copy
		B S.   0               ack 800000001   SYN_SENT     CLOSED        copy
		B S.   0               ack 1           SYN_SENT     SYN_RECEIVED  syn
		A .    1               ack 1           ESTABLISHED  ESTABLISHED
		A .    800000001       ack 1           ESTABLISHED  ESTABLISHED   copy
		A P.   1:101           ack 1           ESTABLISHED  ESTABLISHED
		A P.   800000001:800000101 ack 1       ESTABLISHED  ESTABLISHED   copy
		B P.   1:201           ack 800000101   ESTABLISHED  ESTABLISHED   copy
		B P.   1:201           ack 101         ESTABLISHED  ESTABLISHED
		A F.   101             ack 201         FIN_WAIT_1   CLOSE_WAIT
		A F.   800000101       ack 201         FIN_WAIT_1   CLOSE_WAIT    copy
		B F.   201             ack 800000102   FIN_WAIT_1   CLOSE_WAIT    copy
		B F.   201             ack 102         TIME_WAIT    LAST_ACK
		A .    102             ack 202         TIME_WAIT    CLOSED        anew
		A .    800000102       ack 202         TIME_WAIT    CLOSED        copy
		A has payload 100 rtx 0
		B has payload 200 rtx 0
	)");
}

/* And the server's, by 3 billion; numbers that look old are no more ordinary than new ones. */
TEST(TcpNumbering, OfBoth)
{
	segments_play(R"(
		A S    0                                      SYN_SENT     CLOSED        syn
		A S    3000000000      copied                 SYN_SENT     CLOSED        copy
		B S.   2500000000      ack 3000000001         SYN_SENT     CLOSED        copy
		B S.   0               ack 1                  SYN_SENT     SYN_RECEIVED  syn
		A .    1               ack 1                  ESTABLISHED  ESTABLISHED
		A .    3000000001      ack 2500000001         ESTABLISHED  ESTABLISHED   copy
		B P.   2500000001:2500000201 ack 3000000001   ESTABLISHED  ESTABLISHED   copy
		B P.   1:201           ack 1                  ESTABLISHED  ESTABLISHED
		A .    1               ack 201                ESTABLISHED  ESTABLISHED
		A R.   3000000001      ack 2500000201         ESTABLISHED  ESTABLISHED   copy
		A R.   1               ack 201                CLOSED       CLOSED        rst
		B has payload 200 rtx 0
	)");
}

/* Those of the server alone: the SYN passes unchanged, and is a copy like any other. */
TEST(TcpNumbering, OfTheServer)
{
	segments_play(R"(
		A S    0                               SYN_SENT     CLOSED        syn
		B S.   0                ack 1          SYN_SENT     SYN_RECEIVED  syn
		B S.   70000 ack 1 copied              SYN_SENT     SYN_RECEIVED  copy
		A .    1                ack 1          ESTABLISHED  ESTABLISHED
		A .    1                ack 70001      ESTABLISHED  ESTABLISHED   copy
		B P.   70001:70101      ack 1          ESTABLISHED  ESTABLISHED   copy
		B P.   1:101            ack 1          ESTABLISHED  ESTABLISHED
		A .    1                ack 101        ESTABLISHED  ESTABLISHED
		B has payload 100
	)");
}

/* SYNs of the other numbering are copies, but one of another life is none, wherever it lies. */
TEST(TcpNumbering, AnotherLife)
{
	const char *const opening = R"(
		A S    0                               SYN_SENT     CLOSED        syn
		A S    800000000 copied                SYN_SENT     CLOSED        copy
		A S    800000000 repeated              SYN_SENT     CLOSED        copy
		A S    0 repeated                      SYN_SENT     CLOSED        rtx
		B S.   0               ack 800000001   SYN_SENT     CLOSED        copy
		B S.   0               ack 1           SYN_SENT     SYN_RECEIVED  syn
		B S.   0 ack 800000001 soon            SYN_SENT     SYN_RECEIVED  copy
		A .    1               ack 1           ESTABLISHED  ESTABLISHED
	)";

	for (const char *isn : {"800005000", "5000", "1900000000"}) {
		const std::string syn = std::string("A S ") + isn;
		const std::string live = "  ESTABLISHED  ESTABLISHED  on-live\n";

		segments_play((opening + syn + live).c_str());
		segments_play((opening + std::string("A R 1  CLOSED CLOSED rst\n") + syn +
		               "  CLOSED CLOSED  new\n").c_str());
	}
	/* A copy of a SYN that waits for an answer is no numbering of what is there. */
	segments_play((std::string(OPEN_AND_TALK) + R"(
		A S    900000              ESTABLISHED  ESTABLISHED  on-live
		A S    900000 copied       ESTABLISHED  ESTABLISHED  on-live
		B S.   500000  ack 900001  ESTABLISHED  ESTABLISHED  new
	)").c_str());
}

/* Within a window of each other they are told apart all the same, while the claim is kept. */
TEST(TcpNumbering, NearEachOther)
{
	segments_play(R"(
		A S    0                               SYN_SENT     CLOSED        syn
		A S    9000 copied                     SYN_SENT     CLOSED        copy
		B S.   0               ack 9001        SYN_SENT     CLOSED        copy
		B S.   0               ack 1           SYN_SENT     SYN_RECEIVED  syn
		A .    1               ack 1           ESTABLISHED  ESTABLISHED
		A P.   1:101           ack 1           ESTABLISHED  ESTABLISHED
		A P.   9001:9101       ack 1           ESTABLISHED  ESTABLISHED   copy
		B .    1               ack 9101        ESTABLISHED  ESTABLISHED   copy
		B .    1               ack 101         ESTABLISHED  ESTABLISHED
		A P.   201:301         ack 1           ESTABLISHED  ESTABLISHED
		A P.   101:201         ack 1           ESTABLISHED  ESTABLISHED   ooo
		A has payload 300
	)");
}

/* Where the claim is lost, what is far from the numbers that count is a copy. */
TEST(TcpNumbering, TheClaimIsLost)
{
	segments_play(R"(
		A S    0                               SYN_SENT     CLOSED        syn
		A S    800000000 copied                SYN_SENT     CLOSED        copy
		B S.   0               ack 800000001   SYN_SENT     CLOSED        copy
		B S.   0               ack 1           SYN_SENT     SYN_RECEIVED  syn
		A .    1               ack 1           ESTABLISHED  ESTABLISHED
		forget
		A P.   800000001:800000101 ack 1       ESTABLISHED  ESTABLISHED   copy
		A P.   800000101:800000201 ack 1       ESTABLISHED  ESTABLISHED   copy
		B .    1               ack 800000101   ESTABLISHED  ESTABLISHED   copy
		A P.   1:101           ack 1           ESTABLISHED  ESTABLISHED
		B .    1               ack 101         ESTABLISHED  ESTABLISHED
		A F.   101             ack 1           FIN_WAIT_1   CLOSE_WAIT
		A F.   800000201       ack 1           FIN_WAIT_1   CLOSE_WAIT    copy
		A has payload 100
	)");
}

/* No identification tells, but both SYNs are answered. */
TEST(TcpNumbering, BothAnswered)
{
	segments_play(R"(
		A S    0                               SYN_SENT     CLOSED        syn
		A S    800000000 soon                  SYN_SENT     CLOSED
		B S.   0               ack 800000001   SYN_SENT     SYN_RECEIVED  syn
		B S.   0               ack 1           SYN_SENT     SYN_RECEIVED  copy
		A .    1               ack 1           SYN_SENT     SYN_RECEIVED  copy
		A .    800000001       ack 1           ESTABLISHED  ESTABLISHED
		A P.   1:101           ack 1           ESTABLISHED  ESTABLISHED   copy
		A P.   800000001:800000101 ack 1       ESTABLISHED  ESTABLISHED
		B .    1               ack 800000101   ESTABLISHED  ESTABLISHED
		B .    1               ack 101         ESTABLISHED  ESTABLISHED   copy
		A has payload 100 rtx 0
	)");
	/* In the other order, and the server's number is changed too. */
	segments_play(R"(
		A S    0                               SYN_SENT     CLOSED        syn
		A S    800000000 soon                  SYN_SENT     CLOSED
		B S.   1700000000      ack 1           SYN_SENT     CLOSED        syn
		B S.   0 ack 800000001 copied          SYN_SENT     SYN_RECEIVED  syn
		A .    1               ack 1700000001  SYN_SENT     SYN_RECEIVED  copy
		A .    800000001       ack 1           ESTABLISHED  ESTABLISHED
		B P.   1700000001:1700000101 ack 1     ESTABLISHED  ESTABLISHED   copy
		B P.   1:101           ack 800000001   ESTABLISHED  ESTABLISHED
		B has payload 100 rtx 0
	)");
}

/* Another packet, and late: its sender begins anew, and nothing of the first SYN is left. */
TEST(TcpNumbering, NewAttempt)
{
	segments_play(R"(
		A S    0                               SYN_SENT     CLOSED        syn
		A S    800000000 repeated              SYN_SENT     CLOSED
		B S.   0               ack 1           SYN_SENT     CLOSED        syn
		B S.   5000            ack 800000001   SYN_SENT     SYN_RECEIVED  syn
		A .    800000001       ack 5001        ESTABLISHED  ESTABLISHED
		A P.   1:101           ack 1           ESTABLISHED  ESTABLISHED   out-of-window
		A has payload 0
	)");
	/* Soon after, but only the newer one is answered. */
	segments_play(R"(
		A S    0                               SYN_SENT     CLOSED        syn
		A S    800000000 repeated soon         SYN_SENT     CLOSED
		B S.   0               ack 800000001   SYN_SENT     SYN_RECEIVED  syn
		A .    800000001       ack 1           ESTABLISHED  ESTABLISHED
		A P.   1:101           ack 1           ESTABLISHED  ESTABLISHED   out-of-window
	)");
}

} // namespace
