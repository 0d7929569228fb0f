// SPDX-License-Identifier: BSD-3-Clause
/*
 * Blind attacks (RFC 5961): segments of one who knows the two sockets and not the numbers.
 *
 * RST: the number must be the receiver's rcv_nxt or the sender's own snd_nxt; any other changes not
 * a bit of either end. SYN: another ISN is a claim (TCP_END_NEW_SYN) until the other end speaks, and
 * changes nothing else; the very ISN is a retransmission. A SYN-ACK does nothing unless it answers the
 * very SYN that waits.
 *
 * Data, ACKs and FINs: what its receiver would not take (RFC 9293 3.10.7.4, first; RFC 5961 5.2) is
 * remembered beside the connection, and changes in it no more than the flag that says so. A hit is a
 * segment that a host would take as well. And the reverse of the same rule: a mirror that was away
 * shows such numbers too, and must be believed again.
 */

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <random>

#include <gtest/gtest.h>

#include "tcp.h"

namespace
{

#ifdef __SANITIZE_ADDRESS__
constexpr unsigned ATTACKS = 500000;
#else
constexpr unsigned ATTACKS = 10000000;
#endif
constexpr uint32_t NEAR = 1 << 14; // numbers this far around the right one, where hits are seen

enum Kind { RST, RST_ACK, SYN, SYN_ACK };
constexpr uint8_t kind_flags[] = {TCP_RST, TCP_RST | TCP_ACK, TCP_SYN, TCP_SYN | TCP_ACK};

/* Two hosts, and what the tap holds of them. */
struct Link {
	tcp_end end[2];
	tcp_doubt doubt;
	uint32_t nxt[2], acked[2]; // by the hosts: next number to send, highest ACK received
	uint64_t payload[2];
	uint8_t wscale;

	unsigned
	pass(unsigned from, uint8_t flags, uint32_t length = 0)
	{
		tcp_segment seg = {};

		seg.seq = nxt[from];
		seg.flags = flags;
		seg.length = length;
		seg.window = 65535;
		seg.wscale = flags & TCP_SYN ? wscale : TCP_WSCALE_NONE;
		if (flags & TCP_ACK)
			seg.ack = acked[!from] = nxt[!from];
		nxt[from] += length + !!(flags & TCP_SYN) + !!(flags & TCP_FIN);
		payload[from] += length;
		return support::segment_apply(&end[from], &end[!from], &doubt, &seg);
	}

	/* Established; 1000 bytes of A are acknowledged and 2000 more are on their way. */
	void
	open(std::mt19937_64 &rng)
	{
		tcp_segment syn = {};

		*this = {.end = {}, .doubt = {}, .nxt = {(uint32_t)rng(), (uint32_t)rng()}, .acked = {},
		         .payload = {}, .wscale = wscale};
		syn.seq = nxt[0]++;
		syn.flags = TCP_SYN;
		syn.window = 65535;
		syn.wscale = wscale;
		tcp_segment_first(&end[0], &end[1], &doubt, &syn);
		pass(1, TCP_SYN | TCP_ACK);
		pass(0, TCP_ACK);
		pass(0, TCP_ACK, 1000);
		pass(1, TCP_ACK, 300);
		pass(0, TCP_ACK, 2000);
	}

	bool
	is_open() const
	{
		return end[0].state == TCPS_ESTABLISHED && end[1].state == TCPS_ESTABLISHED &&
		       end[0].payload == payload[0] && end[1].payload == payload[1];
	}

	/* More data and both FINs; did the tap see each for what it was? */
	bool
	ends_well()
	{
		bool half;

		for (unsigned from : {0, 1, 0, 1})
			pass(from, TCP_ACK, 500 + from);
		pass(0, TCP_FIN | TCP_ACK);
		pass(1, TCP_ACK, 77);
		pass(0, TCP_ACK);
		half = end[0].state == TCPS_FIN_WAIT_2 && end[1].state == TCPS_CLOSE_WAIT;
		pass(1, TCP_FIN | TCP_ACK);
		pass(0, TCP_ACK);
		return half && end[0].state == TCPS_TIME_WAIT && end[1].state == TCPS_CLOSED &&
		       end[0].payload == payload[0] && end[1].payload == payload[1];
	}
};

uint32_t
blind_number(std::mt19937_64 &rng, uint32_t right, uint32_t distance)
{
	uint32_t any = (uint32_t)rng();

	return distance ? right - distance + any % (2 * distance) : any;
}

tcp_segment
blind_segment(std::mt19937_64 &rng, const Link &link, unsigned from, uint8_t flags,
              uint32_t distance)
{
	tcp_segment seg = {};

	seg.seq = blind_number(rng, link.end[from].snd_nxt, distance);
	seg.ack = blind_number(rng, link.end[!from].snd_nxt, distance);
	seg.window = (uint16_t)rng();
	seg.wscale = (uint8_t)(rng() % 16);
	seg.flags = flags;
	return seg;
}

/* How many numbers of `from` are exact hits; the one asked for is among them or not. */
unsigned
rst_numbers(const Link &link, unsigned from, uint32_t seq, bool *hit)
{
	uint32_t own = link.end[from].snd_nxt, expected = link.end[!from].rcv_nxt;

	*hit = seq == own || seq == expected;
	return own == expected ? 1 : 2;
}

struct Attack {
	explicit Attack(uint8_t wscale, uint32_t within) : distance(within)
	{
		link.wscale = wscale;
		link.open(rng);
	}

	std::mt19937_64 rng{20261};
	Link link;
	uint32_t distance;
	uint64_t hits = 0;
	double expected = 0;

	/* An exact RST ends both. */
	void
	rst(const tcp_end before[2], const tcp_segment &seg, unsigned from, unsigned result)
	{
		bool hit;

		expected += rst_numbers(link, from, seg.seq, &hit) /
		            (distance ? 2.0 * distance : 4294967296.0);
		if (hit) {
			hits++;
			ASSERT_TRUE(result & TCP_RST_BELIEVED);
			ASSERT_EQ(link.end[0].state | link.end[1].state, TCPS_CLOSED);
			link.open(rng);
			return;
		}
		ASSERT_EQ(result, TCP_RST_IGNORED);
		ASSERT_EQ(memcmp(before, link.end, sizeof(link.end)), 0);
	}

	/* The very ISN is a retransmission; for another there is a claim and no more. */
	void
	syn(tcp_end before[2], const tcp_segment &seg, unsigned from, unsigned result)
	{
		ASSERT_EQ(result & (TCP_NEW_CONNECTION | TCP_STATE_CHANGED), 0u);
		ASSERT_TRUE(link.is_open());
		if (seg.seq + 1 == tcp_end_stream_start(&before[from])) {
			ASSERT_EQ(result, TCP_RETRANSMISSION);
			link.open(rng);
			return;
		}
		ASSERT_EQ(result, TCP_SYN_ON_LIVE);
		before[from].flags = link.end[from].flags;
		ASSERT_EQ(memcmp(before, link.end, sizeof(link.end)), 0);
	}

	void
	one(Kind kind)
	{
		unsigned from = rng() & 1, result;
		tcp_segment seg = blind_segment(rng, link, from, kind_flags[kind], distance);
		tcp_end before[2];

		memcpy(before, link.end, sizeof(before));
		bool answers = kind == SYN_ACK && (link.end[!from].flags & TCP_END_NEW_SYN) &&
			       seg.ack == link.doubt.end[!from].number;

		result = support::segment_apply(&link.end[from], &link.end[!from], &link.doubt, &seg);
		if (answers) { /* an exact hit */
			hits++;
			ASSERT_EQ(result, TCP_NEW_CONNECTION);
			return;
		}
		if (kind == RST || kind == RST_ACK) {
			rst(before, seg, from, result);
			return;
		}
		unsigned may = kind == SYN ? (unsigned)TCP_END_NEW_SYN : 0;

		ASSERT_EQ((before[from].flags ^ link.end[from].flags) & ~may, 0u);
		syn(before, seg, from, result);
	}

	/* What the hosts send all the while. */
	void
	real(unsigned i)
	{
		if (i % 1000 == 0)
			link.pass(i / 1000 & 1, TCP_ACK, 1 + i % 1400);
		if (i % 1000 == 0 && !link.is_open())
			FAIL() << "after real data";
	}

	void
	expect_hits()
	{
		EXPECT_NEAR((double)hits, expected, 6 * std::sqrt(expected) + 1);
	}
};

class TcpBlind : public testing::TestWithParam<std::pair<unsigned, uint32_t>>
{
};

TEST_P(TcpBlind, RstAndSynDoNothingButExactHits)
{
	Attack attack((uint8_t)GetParam().first, GetParam().second);

	for (unsigned i = 0; i < ATTACKS / 4 && !HasFatalFailure(); i++) {
		attack.real(i);
		attack.one((Kind)(attack.rng() % 3));
	}
	attack.expect_hits();
	if (attack.distance != 0) {
		EXPECT_GT(attack.hits, ATTACKS / 200000);
	}
	EXPECT_TRUE(attack.link.ends_well());
}

/* Whether a blind SYN is answered by its receiver with a challenge ACK (RFC 5961 4.2), or not yet. */
TEST_P(TcpBlind, SynAckDoesNothing)
{
	Attack attack((uint8_t)GetParam().first, GetParam().second);

	for (unsigned i = 0; i < ATTACKS / 10 && !HasFatalFailure(); i++) {
		Kind kind = i % 4 == 0 ? SYN : SYN_ACK;

		attack.real(i);
		attack.one(kind);
		if (kind != SYN || HasFatalFailure() || i % 8 == 0)
			continue;
		attack.link.pass(0, TCP_ACK);
		attack.link.pass(1, TCP_ACK);
		for (const tcp_end &end : attack.link.end)
			ASSERT_EQ(end.flags & TCP_END_NEW_SYN, 0u);
	}
	EXPECT_TRUE(attack.link.ends_well());
}

INSTANTIATE_TEST_SUITE_P(WindowsAndDistances, TcpBlind,
                         testing::Values(std::pair(TCP_WSCALE_NONE, 0u), std::pair(7u, 0u),
                                         std::pair(TCP_WSCALE_NONE, NEAR), std::pair(14u, NEAR)));

/* --- data, ACKs, FINs ------------------------------------------------------------------------ */

/* What their receiver takes: begins in its window, or before it; acknowledges what is in reach. */
bool
is_in_reach(const tcp_end before[2], const tcp_segment &seg, unsigned from)
{
	const tcp_end &snd = before[from], &rcv = before[!from];
	int64_t window = tcp_end_window(&rcv, &snd), own = tcp_end_window(&snd, &rcv);
	int64_t reach = std::max<int64_t>(own, 65536), old = 2 * std::max<int64_t>(window, 65536);
	int64_t ahead = (int32_t)(seg.seq - snd.snd_nxt);
	int64_t right = (int32_t)(rcv.rcv_nxt + (uint32_t)window - snd.snd_nxt);
	int64_t beyond = (int32_t)(seg.ack - rcv.snd_nxt);

	return ahead <= std::max<int64_t>(right, 0) && ahead >= -old && beyond <= reach &&
	       beyond >= -reach;
}

struct Blind {
	uint64_t sent = 0, hits = 0;
};

/* One on a connection that is open, and what the hosts say of it. */
void
blind_data_one(Attack &attack, Blind &blind, bool answered)
{
	Link &link = attack.link;
	unsigned from = attack.rng() & 1, fin = attack.rng() % 4 == 0 ? TCP_FIN : 0, result;
	tcp_segment seg =
	    blind_segment(attack.rng, link, from, (uint8_t)(TCP_ACK | fin), attack.distance);
	tcp_end before[2];

	memcpy(before, link.end, sizeof(before));
	seg.length = (uint32_t)(attack.rng() % 1461);
	result = support::segment_apply(&link.end[from], &link.end[!from], &link.doubt, &seg);
	blind.sent++;
	if (is_in_reach(before, seg, from)) {
		blind.hits++;
		ASSERT_EQ(result & (TCP_NEW_CONNECTION | TCP_RST_BELIEVED | TCP_SYN_SEEN), 0u);
		link.open(attack.rng);
		return;
	}
	ASSERT_EQ(result, TCP_OUT_OF_WINDOW);
	for (unsigned e : {0, 1})
		before[e].flags |= link.end[e].flags & (TCP_END_DOUBTFUL | TCP_END_DOUBTFUL_TWICE);
	ASSERT_EQ(memcmp(before, link.end, sizeof(before)), 0);
	if (answered) { /* a challenge ACK: a host in ESTABLISHED sends one for each */
		link.pass(!from, TCP_ACK);
		ASSERT_TRUE(link.is_open());
		ASSERT_TRUE(tcp_doubt_is_empty(&link.doubt));
	}
}

/* Whether the hosts answer or not, and whatever else comes between. */
TEST_P(TcpBlind, DataAndFinsDoNothingButHits)
{
	for (bool answered : {false, true}) {
		/* A window of a gigabyte is hit from anywhere; one of 64 KiB from within 1 MiB. */
		auto [wscale, within] = GetParam();
		Attack attack((uint8_t)wscale, wscale == 14 || !answered ? 0 : within * 64);
		Blind blind;

		for (unsigned i = 0; i < ATTACKS / 8 && !HasFatalFailure(); i++) {
			attack.real(i);
			blind_data_one(attack, blind, answered);
		}
		printf("of %llu blind segments %llu were in reach\n", (unsigned long long)blind.sent,
		       (unsigned long long)blind.hits);
		if (attack.distance == 0 && wscale != 14) {
			EXPECT_LT(blind.hits, blind.sent / 10000);
		} else {
			EXPECT_GT(blind.hits, 0u);
			EXPECT_LT(blind.hits, blind.sent);
		}
		EXPECT_TRUE(attack.link.ends_well());
	}
}

/* The table of doubts may lose its note at any time: then three in a row are needed. */
TEST_P(TcpBlind, DataAndFinsWithTheNoteLost)
{
	Attack attack((uint8_t)GetParam().first, 0);
	Blind blind;

	for (unsigned i = 0; i < ATTACKS / 40 && !HasFatalFailure(); i++) {
		attack.real(i);
		if (attack.rng() % 2)
			attack.link.doubt = {};
		if (i % 2 == 0)
			attack.link.pass((unsigned)(attack.rng() & 1), TCP_ACK);
		blind_data_one(attack, blind, false);
	}
	EXPECT_TRUE(attack.link.ends_well());
}

/* Both directions are away for any number of bytes, or one; the tap finds both again. */
TEST_P(TcpBlind, MirrorOutage)
{
	Attack attack((uint8_t)GetParam().first, 0);
	Link &link = attack.link;

	for (unsigned i = 0; i < ATTACKS / 1000 && !HasFatalFailure(); i++) {
		unsigned away = (unsigned)(attack.rng() % 3) + 1, first = attack.rng() & 1;

		link.open(attack.rng);
		for (unsigned e : {0, 1}) {
			if (away & 1u << e)
				link.nxt[e] += (uint32_t)(attack.rng() % (UINT64_C(1) << 31));
			link.acked[e] = link.nxt[e];
		}
		for (unsigned turn = 0; turn < 3; turn++) {
			link.pass(first, TCP_ACK, 100);
			link.pass(!first, TCP_ACK, 100);
		}
		for (unsigned e : {0, 1}) {
			ASSERT_EQ(link.end[e].snd_nxt, link.nxt[e]) << i << " away " << away;
			ASSERT_EQ(link.end[e].state, TCPS_ESTABLISHED);
			link.payload[e] = link.end[e].payload;
		}
		ASSERT_TRUE(link.ends_well()) << i << " away " << away;
	}
}

} // namespace
