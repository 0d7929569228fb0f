// SPDX-License-Identifier: BSD-3-Clause
/*
 * Blind attacks (RFC 5961): segments of one who knows the two sockets and not the numbers.
 *
 * RST: the number must be the receiver's rcv_nxt or the sender's own snd_nxt; any other changes not
 * a bit of either end. SYN: another ISN is noted (TCP_END_NEW_SYN) until the other side speaks, and
 * changes nothing else; the very ISN is a retransmission. A SYN-ACK does nothing while no SYN
 * waits: the challenge ACK with which a host answers a blind SYN passes the tap and takes the note
 * away. (A blind SYN-ACK in the moment before it is believed whatever its numbers: the note has no
 * room for the ISN. So here each blind SYN of the second test is answered first.)
 *
 * Data, ACKs and FINs are another matter. A host drops what lies outside its window or acknowledges
 * what it never sent (RFC 5961 5.2). A tap cannot: bytes far ahead are also what a mirror shows
 * that was away, and the tracker goes on from there. So what is held here is how far one such
 * segment can go: nothing ends, nothing begins anew, no count goes back, and each stream grows by
 * no more than the distance at which a jump counts as another life, 2^30. What lies behind (an old
 * number, an old ACK) moves nothing; what lies just beyond the window moves its stream only when it
 * comes twice.
 */

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <random>

#include <gtest/gtest.h>

#include "tcp_segment.h"

namespace
{

#ifdef __SANITIZE_ADDRESS__
constexpr unsigned ATTACKS = 500000;
#else
constexpr unsigned ATTACKS = 10000000;
#endif
constexpr uint64_t RESYNC = UINT64_C(1) << 30;
constexpr uint32_t NEAR = 1 << 14; // numbers this far around the right one, where hits are seen

enum Kind { RST, RST_ACK, SYN, SYN_ACK };
constexpr uint8_t kind_flags[] = {TCP_RST, TCP_RST | TCP_ACK, TCP_SYN, TCP_SYN | TCP_ACK};

/* Two hosts, and what the tap holds of them. */
struct Link {
	tcp_end end[2];
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
		return tcp_segment_apply(&end[from], &end[!from], &seg);
	}

	/* Established; 1000 bytes of A are acknowledged and 2000 more are on their way. */
	void
	open(std::mt19937_64 &rng)
	{
		tcp_segment syn = {};

		*this = {.end = {}, .nxt = {(uint32_t)rng(), (uint32_t)rng()}, .acked = {},
		         .payload = {}, .wscale = wscale};
		syn.seq = nxt[0]++;
		syn.flags = TCP_SYN;
		syn.window = 65535;
		syn.wscale = wscale;
		tcp_segment_first(&end[0], &end[1], &syn);
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
	seg.mss = (uint16_t)rng();
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

	/* The very ISN is a retransmission; for another there is a note and no more. */
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
		result = tcp_segment_apply(&link.end[from], &link.end[!from], &seg);
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

/* Every blind SYN is answered by its receiver with a challenge ACK (RFC 5961 4.2). */
TEST_P(TcpBlind, SynAckDoesNothingBesideChallengeAcks)
{
	Attack attack((uint8_t)GetParam().first, GetParam().second);

	for (unsigned i = 0; i < ATTACKS / 10 && !HasFatalFailure(); i++) {
		Kind kind = i % 4 == 0 ? SYN : SYN_ACK;

		attack.real(i);
		attack.one(kind);
		if (kind != SYN || HasFatalFailure())
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

/* --- data, ACKs, FINs: one on a connection that was never attacked --------------------------- */

/* What is behind its sender's stream and acknowledges nothing new. */
bool
is_behind(const tcp_end before[2], const tcp_segment &seg, unsigned from)
{
	int32_t jump = tcp_seq_diff(seg.seq + seg.length + 1, before[from].snd_nxt);
	int32_t ack = tcp_seq_diff(seg.ack, before[from].rcv_nxt);

	return jump < 0 && jump > -(1 << 29) && ack <= 0;
}

/* Just beyond the window, as tcp_is_stray has it. */
bool
is_beyond_window(const tcp_end before[2], const tcp_segment &seg, unsigned from)
{
	uint32_t window = tcp_end_window(&before[!from], &before[from]);
	uint32_t beyond = seg.seq - (before[!from].rcv_nxt + window);

	return beyond > 0 && beyond <= window && tcp_seq_gt(seg.seq, before[from].snd_nxt);
}

/* A FIN numbered as the last byte: an exact hit, for an ACK seen first had counted it so. */
bool
fin_for_byte(const tcp_end &was, const tcp_segment &seg)
{
	return (seg.flags & TCP_FIN) && seg.seq + seg.length + 1 == was.snd_nxt;
}

void
check_bounds(const tcp_end before[2], const Link &link, const tcp_segment &seg, unsigned result)
{
	ASSERT_EQ(result & (TCP_NEW_CONNECTION | TCP_RST_BELIEVED | TCP_SYN_SEEN), 0u);
	for (unsigned e : {0, 1}) {
		const tcp_end &was = before[e], &is = link.end[e];

		ASSERT_GE(is.payload + fin_for_byte(was, seg), was.payload);
		ASSERT_LE(is.payload, was.payload + RESYNC + seg.length);
		ASSERT_TRUE(is.mss == was.mss && is.wscale == was.wscale);
		ASSERT_EQ(is.flags & was.flags, was.flags);
		ASSERT_FALSE(is.state == TCPS_CLOSED || is.state < TCPS_ESTABLISHED);
		if (!(seg.flags & TCP_FIN)) {
			ASSERT_EQ(is.state, was.state);
		}
	}
}

void
check_behind(const tcp_end before[2], const Link &link)
{
	for (unsigned e : {0, 1}) {
		ASSERT_EQ(link.end[e].payload, before[e].payload);
		ASSERT_EQ(link.end[e].snd_nxt, before[e].snd_nxt);
		ASSERT_EQ(link.end[e].rcv_nxt, before[e].rcv_nxt);
		ASSERT_EQ(link.end[e].state, before[e].state);
	}
}

struct Damage {
	uint64_t grown = 0, fins = 0, believed = 0, behind = 0, beyond = 0, lost = 0, largest = 0;
};

void
note_damage(const Link &fresh, const Link &link, Damage &damage)
{
	uint64_t most = 0;

	for (unsigned e : {0, 1})
		if (link.end[e].payload > fresh.end[e].payload)
			most = std::max<uint64_t>(most, link.end[e].payload - fresh.end[e].payload);
	damage.grown += most > 0;
	damage.largest = std::max(damage.largest, most);
}

void
blind_data_one(Attack &attack, const Link &fresh, Damage &damage)
{
	Link link = fresh;
	unsigned from = attack.rng() & 1, fin = attack.rng() % 4 == 0 ? TCP_FIN : 0, result;
	tcp_segment seg =
	    blind_segment(attack.rng, link, from, (uint8_t)(TCP_ACK | fin), attack.distance);

	seg.length = (uint32_t)(attack.rng() % 1461);
	result = tcp_segment_apply(&link.end[from], &link.end[!from], &seg);
	check_bounds(fresh.end, link, seg, result);
	if (is_behind(fresh.end, seg, from)) {
		damage.behind++;
		check_behind(fresh.end, link);
	}
	if (is_beyond_window(fresh.end, seg, from)) {
		damage.beyond++;
		ASSERT_TRUE(result & TCP_OUT_OF_WINDOW);
		ASSERT_EQ(link.end[from].payload, fresh.end[from].payload);
		ASSERT_EQ(link.end[from].state, fresh.end[from].state);
	}
	note_damage(fresh, link, damage);
	damage.fins += fin != 0;
	damage.believed += link.end[from].state != TCPS_ESTABLISHED;
	bool well = link.ends_well();

	damage.lost += !well;
	ASSERT_TRUE(well || !is_behind(fresh.end, seg, from));
}

/* The numbers are for who reads the log: what share of segments did harm. */
TEST_P(TcpBlind, DataAndFinsAreBounded)
{
	Attack attack((uint8_t)GetParam().first, GetParam().second);
	const unsigned n = ATTACKS / 10;
	Damage damage;

	for (unsigned i = 0; i < n && !HasFatalFailure(); i++)
		blind_data_one(attack, attack.link, damage);
	printf("of %u: %.4f made a stream grow, by %llu at most; %.4f of the FINs believed; "
	       "%.4f of the connections not seen to end well\n",
	       n, (double)damage.grown / n, (unsigned long long)damage.largest,
	       (double)damage.believed / (double)damage.fins, (double)damage.lost / n);
	EXPECT_GT(damage.behind, n / 50);
	if (attack.link.wscale == 7) {
		EXPECT_GT(damage.beyond, 0u);
	}
}

} // namespace
