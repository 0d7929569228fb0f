// SPDX-License-Identifier: BSD-3-Clause
/*
 * What can be reached, and that it is RFC 793's figure 6 with the tap's additions and nothing else.
 *
 * First the table alone: every transition that is reachable from CLOSED, by every event, is an edge
 * of the figure or one of the additions, each named with its reason, and each of these is there.
 *
 * Then pairs of states: breadth first through all that two hosts can say to each other, in a
 * sequence space of one SYN, one byte and one FIN each. Causes come before effects (an ACK is of
 * what was sent, a byte comes after the handshake, a host that aborted sends RSTs alone), but any
 * segment may come again or with old numbers, and guesses of a stranger come in between. Whatever
 * has passed may be lost behind the tap. The pairs of states that the tap then shows must be those
 * of the list, all of them.
 */

#include <array>
#include <cstring>
#include <map>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

#include <gtest/gtest.h>

#include "tcp.h"

namespace
{

/* --- the table ------------------------------------------------------------------------------- */

struct Edge {
	tcp_state from, to;
	std::set<tcp_event> by;
	const char *why;
};

/* Figure 6, less what is not on the wire: passive OPEN, CLOSE before a SYN-ACK, the 2 MSL timer. LISTEN,
 * the state of a socket, is CLOSED here. */
const Edge figure[] = {
	{TCPS_CLOSED, TCPS_SYN_SENT, {TCPE_SND_SYN}, "active OPEN, or SEND from LISTEN: snd SYN"},
	{TCPS_CLOSED, TCPS_SYN_RECEIVED, {TCPE_SND_SYN_ACK}, "LISTEN, rcv SYN: snd SYN,ACK"},
	{TCPS_SYN_SENT, TCPS_SYN_RECEIVED, {TCPE_SND_SYN_ACK}, "rcv SYN: snd ACK"},
	{TCPS_SYN_SENT, TCPS_ESTABLISHED, {TCPE_SND_SEGMENT}, "rcv SYN,ACK: snd ACK"},
	{TCPS_SYN_RECEIVED, TCPS_ESTABLISHED, {TCPE_SYN_ACKED}, "rcv ACK of SYN"},
	{TCPS_SYN_RECEIVED, TCPS_FIN_WAIT_1, {TCPE_SND_FIN, TCPE_SND_FIN_CROSSED}, "CLOSE: snd FIN"},
	{TCPS_ESTABLISHED, TCPS_FIN_WAIT_1, {TCPE_SND_FIN, TCPE_SND_FIN_CROSSED}, "CLOSE: snd FIN"},
	{TCPS_ESTABLISHED, TCPS_CLOSE_WAIT, {TCPE_RCV_FIN}, "rcv FIN: snd ACK"},
	{TCPS_FIN_WAIT_1, TCPS_FIN_WAIT_2, {TCPE_FIN_ACKED}, "rcv ACK of FIN"},
	{TCPS_FIN_WAIT_1, TCPS_CLOSING, {TCPE_RCV_FIN}, "rcv FIN: snd ACK"},
	{TCPS_FIN_WAIT_2, TCPS_TIME_WAIT, {TCPE_RCV_FIN}, "rcv FIN: snd ACK"},
	{TCPS_CLOSING, TCPS_TIME_WAIT, {TCPE_FIN_ACKED}, "rcv ACK of FIN"},
	{TCPS_CLOSE_WAIT, TCPS_LAST_ACK, {TCPE_SND_FIN}, "CLOSE: snd FIN"},
	{TCPS_LAST_ACK, TCPS_CLOSED, {TCPE_FIN_ACKED, TCPE_SND_RST, TCPE_RCV_RST}, "rcv ACK of FIN"},
	{TCPS_SYN_RECEIVED, TCPS_CLOSED, {TCPE_SND_RST, TCPE_RCV_RST}, "rcv RST: back to LISTEN"},
};

/* RFC 9293 has the first group in its text and leaves it out of the figure. */
const Edge additions[] = {
	{TCPS_SYN_SENT, TCPS_CLOSED, {TCPE_SND_RST, TCPE_RCV_RST}, "RST: 3.10.7.3, second"},
	{TCPS_ESTABLISHED, TCPS_CLOSED, {TCPE_SND_RST, TCPE_RCV_RST}, "RST: 3.10.7.4, second"},
	{TCPS_FIN_WAIT_1, TCPS_CLOSED, {TCPE_SND_RST, TCPE_RCV_RST}, "RST: 3.10.7.4, second"},
	{TCPS_FIN_WAIT_2, TCPS_CLOSED, {TCPE_SND_RST, TCPE_RCV_RST}, "RST: 3.10.7.4, second"},
	{TCPS_CLOSE_WAIT, TCPS_CLOSED, {TCPE_SND_RST, TCPE_RCV_RST}, "RST: 3.10.7.4, second"},
	{TCPS_CLOSING, TCPS_CLOSED, {TCPE_SND_RST, TCPE_RCV_RST}, "RST: 3.10.7.4, second"},
	{TCPS_TIME_WAIT, TCPS_CLOSED, {TCPE_SND_RST}, "it answers without TCB: 2 MSL are over for it"},
	{TCPS_SYN_RECEIVED, TCPS_CLOSE_WAIT, {TCPE_RCV_FIN}, "3.10.7.4, eighth: SYN-RECEIVED too"},

	{TCPS_CLOSED, TCPS_ESTABLISHED, {TCPE_SND_SEGMENT}, "met midstream, or back after a RST denied"},
	{TCPS_SYN_SENT, TCPS_FIN_WAIT_1, {TCPE_SND_FIN, TCPE_SND_FIN_CROSSED},
	 "SYN and FIN with no ACK seen between"},
	{TCPS_SYN_SENT, TCPS_CLOSE_WAIT, {TCPE_RCV_FIN}, "what passes counts as received: SYN-ACK, FIN"},
	{TCPS_CLOSE_WAIT, TCPS_CLOSING, {TCPE_SND_FIN_CROSSED}, "both FINs were under way"},
	{TCPS_ESTABLISHED, TCPS_SYN_RECEIVED, {TCPE_SND_SYN_ACK_REPEATED}, "the ACK was not taken"},
	{TCPS_CLOSE_WAIT, TCPS_SYN_RECEIVED, {TCPE_SND_SYN_ACK_REPEATED}, "nor the FIN behind it"},
	{TCPS_CLOSE_WAIT, TCPS_ESTABLISHED, {TCPE_FIN_UNRECEIVED}, "the FIN is repeated unanswered"},
	{TCPS_CLOSING, TCPS_FIN_WAIT_1, {TCPE_FIN_UNRECEIVED}, "the FIN is repeated unanswered"},
	{TCPS_TIME_WAIT, TCPS_FIN_WAIT_2, {TCPE_FIN_UNRECEIVED}, "the FIN is repeated unanswered"},
	{TCPS_FIN_WAIT_2, TCPS_FIN_WAIT_1, {TCPE_SND_FIN_REPEATED}, "the ACK of its FIN was lost to it"},
	{TCPS_TIME_WAIT, TCPS_CLOSING, {TCPE_SND_FIN_REPEATED}, "the ACK of its FIN was lost to it"},
	{TCPS_CLOSED, TCPS_LAST_ACK, {TCPE_SND_FIN_REPEATED}, "the ACK of its FIN was lost to it"},
};

using Transition = std::array<int, 3>; // from, event, to

void
expect_edges(const Edge *edges, size_t n, std::set<Transition> &wanted)
{
	for (size_t i = 0; i < n; i++)
		for (tcp_event by : edges[i].by)
			EXPECT_TRUE(wanted.insert({edges[i].from, by, edges[i].to}).second)
				<< "twice: " << edges[i].why;
}

std::set<Transition>
reachable_transitions()
{
	std::set<Transition> found;
	std::vector<tcp_state> todo = {TCPS_CLOSED};
	std::set<tcp_state> seen = {TCPS_CLOSED};

	while (!todo.empty()) {
		tcp_state from = todo.back();

		todo.pop_back();
		for (int e = 0; e < TCPE_N_EVENTS; e++) {
			tcp_state to = tcp_state_next(from, (tcp_event)e);

			if (to != from)
				found.insert({from, e, to});
			if (seen.insert(to).second)
				todo.push_back(to);
		}
	}
	return found;
}

std::string
text(const Transition &t)
{
	return std::string(support::state_name((tcp_state)t[0])) + " " + support::event_name((tcp_event)t[1]) +
	       " " + support::state_name((tcp_state)t[2]);
}

TEST(TcpReach, TheFigureAndTheAdditionsAndNothingElse)
{
	std::set<Transition> wanted, found = reachable_transitions();

	expect_edges(figure, std::size(figure), wanted);
	expect_edges(additions, std::size(additions), wanted);
	for (const Transition &t : found)
		EXPECT_EQ(wanted.count(t), 1u) << "is in the table: " << text(t);
	for (const Transition &t : wanted)
		EXPECT_EQ(found.count(t), 1u) << "is not in the table: " << text(t);
}

/* --- pairs of states -------------------------------------------------------------------------- */

constexpr uint32_t FAR = 900000; // outside every window
constexpr uint16_t WINDOW = 60;

/* What a host has said so far. */
struct Host {
	uint32_t next;          // number after what it has sent; 0: nothing
	uint32_t acked;         // the highest ACK it has sent; 0: none
	bool data, fin, aborted;
};

/* No padding may differ between worlds that are the same. */
struct World {
	tcp_end end[2];
	tcp_doubt doubt;
	Host host[2];
};

struct Node {
	World world;
	size_t parent;
	std::string segment;
};

class Explorer
{
public:
	std::map<std::pair<int, int>, size_t> pairs; // to the first node that has it
	std::vector<Node> nodes;

	void
	explore(bool with_bytes, bool with_guesses)
	{
		World nothing;

		bytes = with_bytes;
		guesses = with_guesses;
		memset(&nothing, 0, sizeof(nothing));
		nodes.push_back({nothing, 0, ""});
		for (at = 0; at < nodes.size(); at++)
			for (unsigned who = 0; who < 2; who++)
				talk(who);
	}

	std::string
	path(size_t n) const
	{
		return n == 0 ? "" : path(nodes[n].parent) + nodes[n].segment + "; ";
	}

private:
	bool bytes = false, guesses = false;
	size_t at = 0;
	std::unordered_set<std::string> seen;

	void
	pass(unsigned who, unsigned flags, uint32_t seq, uint32_t length, uint32_t ack, const Host &after)
	{
		World w;
		tcp_segment seg = {};
		unsigned result;

		memcpy(&w, &nodes[at].world, sizeof(w));
		seg.flags = (uint8_t)flags;
		seg.seq = seq;
		seg.length = length;
		seg.ack = ack;
		seg.window = WINDOW;
		seg.wscale = TCP_WSCALE_NONE;
		memcpy(&w.host[who], &after, sizeof(after));
		if (at == 0)
			result = tcp_segment_first(&w.end[who], &w.end[!who], &w.doubt, &seg);
		else
			result = support::segment_apply(&w.end[who], &w.end[!who], &w.doubt, &seg);
		if (result & TCP_NEW_CONNECTION)
			return;
		if (!seen.emplace((const char *)&w, sizeof(w)).second)
			return;
		pairs.try_emplace({(int)w.end[0].state, (int)w.end[1].state}, nodes.size());
		nodes.push_back({w, at, name(who, seg)});
	}

	static std::string
	name(unsigned who, const tcp_segment &seg)
	{
		std::string flags;

		flags += seg.flags & TCP_SYN ? "S" : "";
		flags += seg.flags & TCP_FIN ? "F" : "";
		flags += seg.flags & TCP_RST ? "R" : "";
		flags += seg.flags & TCP_ACK ? "." : "";
		return std::string(who ? "B " : "A ") + flags + " " + std::to_string(seg.seq) + "+" +
		       std::to_string(seg.length) + " ack " + std::to_string(seg.ack);
	}

	/* All that this end, or a stranger in its name, may send next. */
	void
	talk(unsigned who)
	{
		const Host me = nodes[at].world.host[who], you = nodes[at].world.host[!who];

		reset(who, me, you);
		if (guesses && at != 0)
			guess(who, me);
		if (me.aborted)
			return;
		open(who, me, you);
		if (me.next == 0 || you.next == 0)
			return;
		for (uint32_t ack = 1; ack <= you.next; ack++)
			say(who, me, you, ack);
	}

	void
	open(unsigned who, const Host &me, const Host &you)
	{
		Host after = me;

		if (me.acked > 1)
			return; // its SYN was acknowledged, and it knows
		if (me.next == 0)
			after.next = 1;
		if (me.acked == 0)
			pass(who, TCP_SYN, 0, 0, 0, after);
		after.acked = after.acked ? after.acked : 1;
		if (you.next > 0)
			pass(who, TCP_SYN | TCP_ACK, 0, 0, 1, after);
	}

	/* ACKs, the byte and the FIN, new and again. Old ACKs come with late segments. */
	void
	say(unsigned who, const Host &me, const Host &you, uint32_t ack)
	{
		Host after = me;
		uint32_t stream_end = me.next - me.fin;

		after.acked = ack > me.acked ? ack : me.acked;
		pass(who, TCP_ACK, me.next, 0, ack, after);
		if (me.acked > 0 && you.acked > 0)
			pass(who, TCP_ACK, me.next - 1, 0, ack, after);
		if (me.data)
			pass(who, TCP_ACK, 1, 1, ack, after);
		if (me.fin)
			pass(who, TCP_ACK | TCP_FIN, stream_end, 0, ack, after);
		if (you.acked == 0)
			return; // it does not know yet that it is heard
		if (bytes && !me.data && !me.fin) {
			after.data = true;
			after.next = 2;
			pass(who, TCP_ACK, 1, 1, ack, after);
		}
		if (!me.fin) {
			after = me;
			after.acked = ack > me.acked ? ack : me.acked;
			after.fin = true;
			after.next = me.next + 1;
			pass(who, TCP_ACK | TCP_FIN, stream_end, 0, ack, after);
		}
	}

	/* RFC 9293 3.10.7.1 and 3.10.5: by the other's ACK, by its own next, for a SYN. */
	void
	reset(unsigned who, const Host &me, const Host &you)
	{
		Host after = me;

		after.aborted = true;
		if (me.next > 0)
			pass(who, TCP_RST, me.next, 0, 0, after);
		if (you.acked > 0)
			pass(who, TCP_RST, you.acked, 0, 0, after);
		if (you.next == 1 && me.next == 0)
			pass(who, TCP_RST | TCP_ACK, 0, 0, 1, after);
	}

	void
	guess(unsigned who, const Host &me)
	{
		if (nodes[at].world.host[!who].next == 0 || me.next == 0)
			return;
		pass(who, TCP_RST, FAR, 0, 0, me);
		pass(who, TCP_SYN, FAR, 0, 0, me);
		/* One at a time: who guesses on has the ends' answers between. */
		if (me.acked > 0 && nodes[at].world.host[!who].acked > 0 &&
		    !(nodes[at].world.end[who].flags & TCP_END_DOUBTFUL))
			pass(who, TCP_ACK | TCP_FIN, FAR, 1, 1, me);
	}
};

/* In either order. */
struct Pair {
	tcp_state one, other;
	const char *why;
};

const Pair pairs_wanted[] = {
	{TCPS_SYN_SENT, TCPS_CLOSED, "a SYN, and the other end has not spoken"},
	{TCPS_SYN_SENT, TCPS_SYN_SENT, "simultaneous open"},
	{TCPS_SYN_SENT, TCPS_SYN_RECEIVED, "the SYN-ACK passed; its receiver has not shown that it came"},
	{TCPS_SYN_SENT, TCPS_ESTABLISHED, "simultaneous open, and the other's SYN-ACK not seen"},
	{TCPS_ESTABLISHED, TCPS_ESTABLISHED, "open"},
	{TCPS_FIN_WAIT_1, TCPS_CLOSE_WAIT, "FIN"},
	{TCPS_FIN_WAIT_2, TCPS_CLOSE_WAIT, "FIN acknowledged"},
	{TCPS_LAST_ACK, TCPS_TIME_WAIT, "both FINs, one after the other"},
	{TCPS_CLOSED, TCPS_TIME_WAIT, "closed in order; or a RST to TIME-WAIT (RFC 1337)"},
	{TCPS_CLOSING, TCPS_CLOSING, "the FINs crossed"},
	{TCPS_CLOSING, TCPS_TIME_WAIT, "and one is acknowledged"},
	{TCPS_TIME_WAIT, TCPS_TIME_WAIT, "and the other too"},
	{TCPS_CLOSED, TCPS_CLOSED, "RST"},

	{TCPS_FIN_WAIT_1, TCPS_ESTABLISHED, "the FIN is repeated: it was lost behind the tap"},
	{TCPS_FIN_WAIT_1, TCPS_FIN_WAIT_1, "both FINs were"},
	{TCPS_FIN_WAIT_1, TCPS_CLOSING, "they crossed and one of them was"},
	{TCPS_FIN_WAIT_2, TCPS_LAST_ACK, "the second FIN was"},
	{TCPS_FIN_WAIT_1, TCPS_LAST_ACK, "it was, and the ACK of the first"},
	{TCPS_FIN_WAIT_2, TCPS_CLOSING, "it was when they crossed, and came with the second"},
	{TCPS_CLOSING, TCPS_LAST_ACK, "the ACK beside the second FIN was"},

	{TCPS_CLOSED, TCPS_SYN_RECEIVED, "aborted, and a SYN-ACK under way: a RST will answer it"},
	{TCPS_CLOSED, TCPS_ESTABLISHED, "aborted, and the RST has not come to the other end"},
	{TCPS_CLOSED, TCPS_FIN_WAIT_1, "the same, and that end closes"},
	{TCPS_CLOSED, TCPS_FIN_WAIT_2, "the same, and its FIN had been acknowledged"},
	{TCPS_CLOSED, TCPS_CLOSE_WAIT, "the same, after the FIN of the one that aborted"},
	{TCPS_CLOSED, TCPS_CLOSING, "closed in order, but the last ACK did not come"},
	{TCPS_CLOSED, TCPS_LAST_ACK, "aborted after both FINs, unheard"},
};

using States = std::set<std::pair<int, int>>;

States
states_wanted()
{
	States wanted;

	for (const Pair &p : pairs_wanted) {
		wanted.insert({p.one, p.other});
		wanted.insert({p.other, p.one});
	}
	return wanted;
}

class TcpReachPairs : public testing::TestWithParam<std::pair<bool, bool>>
{
};

/* Before the first byte no end closes beside one that aborted: no ACK denies the RST. */
TEST_P(TcpReachPairs, ThoseOfTheListAndNoOthers)
{
	auto [bytes, guesses] = GetParam();
	States wanted = states_wanted();
	Explorer explorer;

	for (tcp_state closes : {TCPS_FIN_WAIT_1, TCPS_FIN_WAIT_2}) {
		if (bytes)
			break;
		wanted.erase({TCPS_CLOSED, closes});
		wanted.erase({closes, TCPS_CLOSED});
	}
	explorer.explore(bytes, guesses);
	EXPECT_GT(explorer.nodes.size(), 500u) << "too few to tell";
	for (const auto &[pair, node] : explorer.pairs)
		EXPECT_EQ(wanted.count(pair), 1u)
			<< "reached: " << support::state_name((tcp_state)pair.first) << " "
			<< support::state_name((tcp_state)pair.second) << " by " << explorer.path(node);
	for (const auto &pair : wanted)
		EXPECT_EQ(explorer.pairs.count(pair), 1u)
			<< "not reached: " << support::state_name((tcp_state)pair.first) << " "
			<< support::state_name((tcp_state)pair.second);
}

/* Guesses of a stranger add nothing to what the two hosts can reach. */
INSTANTIATE_TEST_SUITE_P(BytesAndGuesses, TcpReachPairs,
                         testing::Values(std::pair(false, false), std::pair(true, false),
                                         std::pair(false, true), std::pair(true, true)));

} // namespace
