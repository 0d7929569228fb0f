// SPDX-License-Identifier: BSD-3-Clause
// The whole state table, cell by cell, against what RFC 9293 and the tap's own rules ask for.
// Written a state at a time, the other way round than the library's table.

#include <cstring>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "tcp.h"
#include "tcp_state.h"

namespace
{

struct Cell {
	tcp_state from;
	tcp_event event;
	tcp_state to;
	const char *why;
};

const char *const OPEN = "3.10.1 OPEN";
const char *const ANSWER = "3.10.7.2, third: a listener answers; 3.10.7.3, fourth: simultaneous open";
const char *const MIDSTREAM = "tap: who sends this is synchronized";
const char *const AGAIN = "tap: the SYN of a known connection is a retransmission";
const char *const UNHEARD = "tap: nothing is known of an end that has not spoken";
const char *const HANDSHAKE = "3.10.7.4, fifth, SYN-RECEIVED";
const char *const CLOSE = "3.10.4 CLOSE";
const char *const CROSSED = "3.6, case 2: both close at once";
const char *const FIN = "3.10.7.4, eighth";
const char *const FINACK = "3.10.7.4, fifth: FIN-WAIT-1, CLOSING, LAST-ACK";
const char *const BACK = "tap: a FIN repeated unanswered was not received";
const char *const UNACKED = "tap: it repeats its FIN, so the ACK has not reached it";
const char *const UNTAKEN = "tap: it repeats its SYN-ACK, so it has not taken the ACK";
const char *const ABORT = "3.10.5 ABORT";
const char *const RESET = "3.10.7.3 and 3.10.7.4, second";
const char *const RFC1337 = "RFC 1337: TIME-WAIT is not assassinated";
const char *const NOTHING = "does not concern this state";

/* Cells that are not here stay where they are (NOTHING). */
const Cell cells[] = {
	{TCPS_CLOSED, TCPE_SND_SYN, TCPS_SYN_SENT, OPEN},
	{TCPS_CLOSED, TCPE_SND_SYN_ACK, TCPS_SYN_RECEIVED, ANSWER},
	{TCPS_CLOSED, TCPE_SND_SEGMENT, TCPS_ESTABLISHED, MIDSTREAM},
	{TCPS_CLOSED, TCPE_SYN_ACKED, TCPS_CLOSED, UNHEARD},
	{TCPS_CLOSED, TCPE_RCV_FIN, TCPS_CLOSED, UNHEARD},
	{TCPS_CLOSED, TCPE_SND_FIN_REPEATED, TCPS_LAST_ACK, UNACKED},
	{TCPS_CLOSED, TCPE_SND_RST, TCPS_CLOSED, ABORT},
	{TCPS_CLOSED, TCPE_RCV_RST, TCPS_CLOSED, RESET},

	{TCPS_LISTEN, TCPE_SND_SYN, TCPS_SYN_SENT, OPEN},
	{TCPS_LISTEN, TCPE_SND_SYN_ACK, TCPS_SYN_RECEIVED, ANSWER},
	{TCPS_LISTEN, TCPE_SND_SEGMENT, TCPS_ESTABLISHED, MIDSTREAM},
	{TCPS_LISTEN, TCPE_SND_RST, TCPS_CLOSED, ABORT},
	{TCPS_LISTEN, TCPE_RCV_RST, TCPS_LISTEN, "3.10.7.2, first: a listener ignores it"},

	{TCPS_SYN_SENT, TCPE_SND_SYN, TCPS_SYN_SENT, AGAIN},
	{TCPS_SYN_SENT, TCPE_SND_SYN_ACK, TCPS_SYN_RECEIVED, ANSWER},
	{TCPS_SYN_SENT, TCPE_SND_SEGMENT, TCPS_ESTABLISHED, "3.10.7.3, fourth: it sends its ACK"},
	{TCPS_SYN_SENT, TCPE_SYN_ACKED, TCPS_SYN_SENT, "tap: until it answers the SYN-ACK"},
	{TCPS_SYN_SENT, TCPE_SND_FIN, TCPS_FIN_WAIT_1, CLOSE},
	{TCPS_SYN_SENT, TCPE_SND_FIN_CROSSED, TCPS_FIN_WAIT_1, CLOSE},
	{TCPS_SYN_SENT, TCPE_RCV_FIN, TCPS_CLOSE_WAIT, "tap: what passes counts as received"},
	{TCPS_SYN_SENT, TCPE_SND_RST, TCPS_CLOSED, ABORT},
	{TCPS_SYN_SENT, TCPE_SND_RST_REJECT, TCPS_SYN_SENT, "3.10.7.3, first: the SYN stands"},
	{TCPS_SYN_SENT, TCPE_RCV_RST, TCPS_CLOSED, RESET},

	{TCPS_SYN_RECEIVED, TCPE_SND_SYN, TCPS_SYN_RECEIVED, AGAIN},
	{TCPS_SYN_RECEIVED, TCPE_SND_SEGMENT, TCPS_SYN_RECEIVED, "it waits for the ACK of its SYN"},
	{TCPS_SYN_RECEIVED, TCPE_SYN_ACKED, TCPS_ESTABLISHED, HANDSHAKE},
	{TCPS_SYN_RECEIVED, TCPE_SND_FIN, TCPS_FIN_WAIT_1, CLOSE},
	{TCPS_SYN_RECEIVED, TCPE_SND_FIN_CROSSED, TCPS_FIN_WAIT_1, CLOSE},
	{TCPS_SYN_RECEIVED, TCPE_RCV_FIN, TCPS_CLOSE_WAIT, FIN},
	{TCPS_SYN_RECEIVED, TCPE_SND_RST, TCPS_CLOSED, ABORT},
	{TCPS_SYN_RECEIVED, TCPE_RCV_RST, TCPS_CLOSED, RESET},

	{TCPS_ESTABLISHED, TCPE_SND_SYN, TCPS_ESTABLISHED, AGAIN},
	{TCPS_ESTABLISHED, TCPE_SND_SYN_ACK_REPEATED, TCPS_SYN_RECEIVED, UNTAKEN},
	{TCPS_ESTABLISHED, TCPE_SND_FIN, TCPS_FIN_WAIT_1, CLOSE},
	{TCPS_ESTABLISHED, TCPE_SND_FIN_CROSSED, TCPS_FIN_WAIT_1, CLOSE},
	{TCPS_ESTABLISHED, TCPE_RCV_FIN, TCPS_CLOSE_WAIT, FIN},
	{TCPS_ESTABLISHED, TCPE_SND_RST, TCPS_CLOSED, ABORT},
	{TCPS_ESTABLISHED, TCPE_RCV_RST, TCPS_CLOSED, RESET},

	{TCPS_FIN_WAIT_1, TCPE_RCV_FIN, TCPS_CLOSING, FIN},
	{TCPS_FIN_WAIT_1, TCPE_FIN_ACKED, TCPS_FIN_WAIT_2, FINACK},
	{TCPS_FIN_WAIT_1, TCPE_SND_RST, TCPS_CLOSED, ABORT},
	{TCPS_FIN_WAIT_1, TCPE_RCV_RST, TCPS_CLOSED, RESET},

	{TCPS_FIN_WAIT_2, TCPE_RCV_FIN, TCPS_TIME_WAIT, FIN},
	{TCPS_FIN_WAIT_2, TCPE_SND_FIN_REPEATED, TCPS_FIN_WAIT_1, UNACKED},
	{TCPS_FIN_WAIT_2, TCPE_SND_RST, TCPS_CLOSED, ABORT},
	{TCPS_FIN_WAIT_2, TCPE_RCV_RST, TCPS_CLOSED, RESET},

	{TCPS_CLOSE_WAIT, TCPE_SND_SYN_ACK_REPEATED, TCPS_SYN_RECEIVED, UNTAKEN},
	{TCPS_CLOSE_WAIT, TCPE_SND_FIN, TCPS_LAST_ACK, CLOSE},
	{TCPS_CLOSE_WAIT, TCPE_SND_FIN_CROSSED, TCPS_CLOSING, CROSSED},
	{TCPS_CLOSE_WAIT, TCPE_FIN_UNRECEIVED, TCPS_ESTABLISHED, BACK},
	{TCPS_CLOSE_WAIT, TCPE_SND_RST, TCPS_CLOSED, ABORT},
	{TCPS_CLOSE_WAIT, TCPE_RCV_RST, TCPS_CLOSED, RESET},

	{TCPS_CLOSING, TCPE_FIN_ACKED, TCPS_TIME_WAIT, FINACK},
	{TCPS_CLOSING, TCPE_FIN_UNRECEIVED, TCPS_FIN_WAIT_1, BACK},
	{TCPS_CLOSING, TCPE_SND_RST, TCPS_CLOSED, ABORT},
	{TCPS_CLOSING, TCPE_RCV_RST, TCPS_CLOSED, RESET},

	{TCPS_LAST_ACK, TCPE_FIN_ACKED, TCPS_CLOSED, FINACK},
	{TCPS_LAST_ACK, TCPE_FIN_UNRECEIVED, TCPS_LAST_ACK, "its own FIN acknowledged the other's"},
	{TCPS_LAST_ACK, TCPE_SND_RST, TCPS_CLOSED, ABORT},
	{TCPS_LAST_ACK, TCPE_RCV_RST, TCPS_CLOSED, RESET},

	{TCPS_TIME_WAIT, TCPE_FIN_UNRECEIVED, TCPS_FIN_WAIT_2, BACK},
	{TCPS_TIME_WAIT, TCPE_SND_FIN_REPEATED, TCPS_CLOSING, UNACKED},
	{TCPS_TIME_WAIT, TCPE_SND_RST, TCPS_CLOSED, ABORT},
	{TCPS_TIME_WAIT, TCPE_RCV_RST, TCPS_TIME_WAIT, RFC1337},
};

TEST(TcpState, EveryCell)
{
	static_assert(TCPS_N_STATES == 11 && TCPE_N_EVENTS == 14, "the table of this test");

	for (int s = 0; s < TCPS_N_STATES; s++) {
		for (int e = 0; e < TCPE_N_EVENTS; e++) {
			tcp_state want = (tcp_state)s;
			const char *why = NOTHING;

			for (const Cell &c : cells) {
				if (c.from == s && c.event == e) {
					want = c.to;
					why = c.why;
				}
			}
			EXPECT_EQ(support::state_name(tcp_state_next((tcp_state)s, (tcp_event)e)),
			          support::state_name(want))
				<< support::state_name((tcp_state)s) << ", " << support::event_name((tcp_event)e)
				<< ": " << why;
		}
	}
}

TEST(TcpState, NoEventEntersListen)
{
	for (int s = 0; s < TCPS_N_STATES; s++)
		for (int e = 0; e < TCPE_N_EVENTS; e++)
			EXPECT_TRUE(tcp_state_next((tcp_state)s, (tcp_event)e) != TCPS_LISTEN ||
			            s == TCPS_LISTEN);
}

/* RFC 9293 figure 5: from CLOSED, each other state but LISTEN can be reached. */
TEST(TcpState, EveryStateIsReached)
{
	std::set<int> reached = {TCPS_CLOSED};

	for (size_t before = 0; before != reached.size();) {
		std::set<int> more = reached;

		before = reached.size();
		for (int s : reached)
			for (int e = 0; e < TCPE_N_EVENTS; e++)
				more.insert(tcp_state_next((tcp_state)s, (tcp_event)e));
		reached = more;
	}
	EXPECT_EQ(reached.size(), (size_t)TCPS_N_STATES - 1);
	EXPECT_EQ(reached.count(TCPS_LISTEN), 0u);
}

TEST(TcpState, PastEstablishedAndOver)
{
	const std::set<int> before = {TCPS_LISTEN, TCPS_SYN_SENT, TCPS_SYN_RECEIVED, TCPS_ESTABLISHED};
	const std::set<int> over = {TCPS_CLOSED, TCPS_TIME_WAIT};

	for (int s = 0; s < TCPS_N_STATES; s++) {
		EXPECT_EQ(!!tcp_state_is_past_established((tcp_state)s), before.count(s) == 0);
		EXPECT_EQ(!!tcp_state_is_over((tcp_state)s), over.count(s) == 1);
	}
}

} // namespace
