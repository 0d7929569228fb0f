// SPDX-License-Identifier: BSD-3-Clause
// Fragments in any order, twice, over one another, without a first, in tunnels and around them:
// each comes out once, and a flow gets all that is its own and nothing else.

#include <array>
#include <memory>
#include <numeric>

#include "fragment.h"
#include "tunnels.h"

namespace
{

using namespace support;

const uint64_t SEC = 1000000, START = 1000 * SEC;
const size_t IP = 14; // where it begins in a frame

/* The pieces of a datagram, each of so many bytes: frames. */
std::vector<Bytes>
cut(bool six, uint8_t protocol, const Bytes &payload, size_t size, uint32_t id = 7)
{
	std::vector<Bytes> frames;

	for (size_t at = 0; at < payload.size(); at += size) {
		bool more = at + size < payload.size();
		Bytes piece(payload.begin() + (long)at,
		            payload.begin() + (long)std::min(at + size, payload.size()));
		Bytes ip = six ? ip6(44, fragment6(protocol, (uint16_t)(at | more), piece))
		               : ip4(protocol, piece, {.frag = (uint16_t)(at / 8 | (more ? 0x2000 : 0))});

		put16(ip, six ? 44 : 4, six ? id >> 16 : id);
		if (six)
			put16(ip, 46, id & 0xffff);
		frames.push_back(frame_of(ip));
	}
	return frames;
}

/* One piece by itself, of IPv4. */
Bytes
piece4(uint8_t protocol, size_t at, size_t size, bool more = true, uint16_t id = 7)
{
	Bytes ip = ip4(protocol, Bytes(size, 0x77), {.frag = (uint16_t)(at / 8 | (more ? 0x2000 : 0))});

	put16(ip, 4, id);
	return frame_of(ip);
}

class Fragment : public ::testing::Test
{
protected:
	Fragment()
	    : table(fragment_table_create(), fragment_table_destroy)
	{
		for (unsigned i = 0; i < PACKET_BURST_MAX; i++)
			packets[i].path = &paths[i];
	}

	/* Decodes a frame into the burst. */
	void
	add(const Bytes &frame)
	{
		packet &pk = packets[n];

		frames[n] = frame;
		pk.data = frames[n].data();
		pk.data_len = pk.wire_len = (uint32_t)frame.size();
		pk.time_us = now;
		pk.link = PACKET_LINK_ETHERNET;
		decode_burst(usual_layers(), &pk, 1);
		n++;
	}

	/* What comes out of the burst, behind what has come out before. */
	void
	push()
	{
		unsigned kept = fragment_burst(table.get(), packets.data(), n);

		for (unsigned i = 0; i < kept; i++) {
			ASSERT_EQ(packets[i].path, &paths[i]) << "each place keeps its own";
			out.push_back(packets[i]);
			levels.push_back(paths[i]);
		}
		n = 0;
	}

	void
	send(const Bytes &frame)
	{
		add(frame);
		push();
	}

	void
	send(const std::vector<Bytes> &all)
	{
		for (const Bytes &frame : all)
			send(frame);
	}

	unsigned
	tracked() const
	{
		return (unsigned)std::count_if(out.begin(), out.end(), [](const packet &pk) {
			return pk.verdict == PACKET_TRACKED;
		});
	}

	uint64_t
	payload() const
	{
		return std::accumulate(out.begin(), out.end(), UINT64_C(0), [](uint64_t sum, const packet &pk) {
			return sum + (pk.verdict == PACKET_TRACKED ? pk.payload_bytes : 0);
		});
	}

	void
	forget()
	{
		out.clear();
		levels.clear();
		table.reset(fragment_table_create());
	}

	const fragment_counters &counters() const { return table->counters; }

	std::unique_ptr<fragment_table, decltype(&fragment_table_destroy)> table;
	std::array<packet, PACKET_BURST_MAX> packets = {};
	std::array<packet_path, PACKET_BURST_MAX> paths;
	std::array<Bytes, PACKET_BURST_MAX> frames;
	unsigned n = 0;
	uint64_t now = START;
	std::vector<packet> out;
	std::vector<packet_path> levels;
};

/* Every byte of the stream by one packet, and the FIN at its end. */
void
expect_segment(const std::vector<packet> &out, uint32_t seq, uint32_t size)
{
	std::vector<bool> seen(size);

	for (const packet &pk : out) {
		ASSERT_LE(pk.seq - seq + pk.payload_bytes, size);
		for (uint32_t i = 0; i < pk.payload_bytes; i++) {
			EXPECT_FALSE(seen[pk.seq - seq + i]);
			seen[pk.seq - seq + i] = true;
		}
		EXPECT_EQ(pk.ack, 2000u);
		EXPECT_EQ(!!(pk.tcp_flags & PACKET_TCP_FIN), pk.seq - seq + pk.payload_bytes == size);
		EXPECT_TRUE(pk.tcp_flags & PACKET_TCP_ACK);
	}
	EXPECT_EQ(std::count(seen.begin(), seen.end(), true), (long)size);
}

/* Each packet a burst of its own, and all in one. */
TEST_F(Fragment, FourPiecesInEveryOrder)
{
	const Bytes bytes = tcp({.flags = PACKET_TCP_ACK | PACKET_TCP_FIN, .options = Bytes(12, 1), .payload = 900});

	for (unsigned kind = 0; kind < 8; kind++) {
		bool six = kind & 1, is_tcp = kind & 2, together = kind & 4;
		std::vector<Bytes> pieces = is_tcp ? cut(six, 6, bytes, 240) : cut(six, 17, udp(924), 240);
		std::array<unsigned, 4> order = {0, 1, 2, 3};

		ASSERT_EQ(pieces.size(), 4u);
		do {
			forget();
			for (unsigned i : order)
				together ? add(pieces[i]) : send(pieces[i]);
			push();
			ASSERT_EQ(out.size(), 4u);
			ASSERT_EQ(tracked(), 4u);
			ASSERT_EQ(counters().followed, 3u);
			ASSERT_EQ(counters().overlaps + counters().orphans + counters().reused, 0u);
			ASSERT_EQ(payload(), is_tcp ? 900u : 924u);
			for (const packet &pk : out) {
				ASSERT_EQ(pk.src_port, is_tcp ? 40000 : 5000);
				ASSERT_EQ(pk.dst_port, is_tcp ? 443 : 53);
			}
			if (is_tcp)
				expect_segment(out, 1000, 900);
			ASSERT_EQ(table->n_waiting, 0u);
		} while (std::next_permutation(order.begin(), order.end()) && !HasFailure());
	}
}

TEST_F(Fragment, PiecesThatCameBeforeTheFirstGoBehindIt)
{
	std::vector<Bytes> pieces = cut(false, 17, udp(400), 104);

	send(pieces[2]);
	send(pieces[1]);
	EXPECT_TRUE(out.empty());
	EXPECT_FALSE(fragment_is_ready(table.get()));
	now += 5;
	send(pieces[0]);
	ASSERT_EQ(out.size(), 3u);
	EXPECT_EQ(out[0].fragment, PACKET_FRAGMENT_FIRST);
	EXPECT_EQ(out[1].piece, 26) << "in the order in which they came";
	EXPECT_EQ(out[2].piece, 13);
	EXPECT_EQ(out[1].time_us, now) << "and no earlier than their first";
	EXPECT_EQ(counters().waited, 2u);
}

/* More than the burst has room for: the rest comes with the next, or with none. */
TEST_F(Fragment, MoreThanABurstHasRoomFor)
{
	std::vector<Bytes> pieces = cut(false, 17, udp(8 * 100), 8);

	for (size_t i = 1; i < pieces.size(); i++)
		send(pieces[i]);
	send(pieces[0]);
	EXPECT_EQ(out.size(), (size_t)PACKET_BURST_MAX);
	EXPECT_TRUE(fragment_is_ready(table.get()));
	push();
	EXPECT_EQ(out.size(), pieces.size());
	EXPECT_EQ(tracked(), pieces.size());
	EXPECT_FALSE(fragment_is_ready(table.get()));
}

/* SYN with data: later bytes are behind the SYN's number. */
TEST_F(Fragment, SynWithData)
{
	send(cut(false, 6, tcp({.flags = PACKET_TCP_SYN | PACKET_TCP_ACK, .options = Bytes(4, 1), .payload = 300}), 160));
	ASSERT_EQ(tracked(), 3u);
	EXPECT_TRUE(out[0].tcp_flags & PACKET_TCP_SYN);
	EXPECT_FALSE((out[1].tcp_flags | out[2].tcp_flags) & PACKET_TCP_SYN);
	EXPECT_EQ(out[1].seq, 1001 + out[0].payload_bytes);
	EXPECT_EQ(out[2].seq, out[1].seq + out[1].payload_bytes);
	EXPECT_EQ(payload(), 300u);
}

/* By the mirror: one behind the other, or the whole datagram once more. No copy is an overlap. */
TEST_F(Fragment, CopiesOfEveryPiece)
{
	for (unsigned kind = 0; kind < 8; kind++) {
		bool six = kind & 1, is_tcp = kind & 2;
		std::vector<Bytes> pieces = is_tcp ? cut(six, 6, tcp({.payload = 7000}), 1480)
		                                   : cut(six, 17, udp(30000), 1480);

		forget();
		for (const Bytes &frame : pieces) {
			send(frame);
			if (kind & 4)
				send(frame);
		}
		if (!(kind & 4))
			send(pieces);
		EXPECT_EQ(tracked(), 2 * pieces.size()) << kind;
		EXPECT_EQ(counters().overlaps + counters().reused, 0u) << kind;
		for (size_t i = 0; i < out.size(); i++)
			for (size_t j = 0; j < i; j++)
				ASSERT_EQ(out[i].piece == out[j].piece,
			                  out[i].checksum == out[j].checksum) << "copies are known by it";
	}
}

/* On a way with a smaller MTU pieces are cut again: two sizes by turns. */
TEST_F(Fragment, PiecesCutAgain)
{
	Bytes bytes = udp(2944);
	std::vector<Bytes> pieces = {
		frame_of(ip4(17, Bytes(bytes.begin(), bytes.begin() + 1000), {.frag = 0x2000})),
		piece4(17, 1000, 480, true, 0x7777), piece4(17, 1480, 1000, true, 0x7777),
		piece4(17, 2480, 472, false, 0x7777),
	};

	for (const Bytes &frame : pieces) {
		send(frame);
		send(frame);
	}
	EXPECT_EQ(tracked(), 8u);
	EXPECT_EQ(counters().overlaps, 0u);
}

TEST_F(Fragment, PiecesOfNothing)
{
	send(cut(false, 17, udp(5000), 104)[0]);
	for (size_t at : {104u, 104u, 8u, 200u})
		send(piece4(17, at, 0));
	EXPECT_EQ(payload(), 96u);
	send(piece4(17, 104, 104));
	EXPECT_EQ(payload(), 200u);
}

/* What lies over something else is counted and moves nothing; what lies beside it is no overlap. */
TEST_F(Fragment, Overlaps)
{
	const struct {
		size_t at, size;
		bool over;
	} all[] = {{208, 40, false}, {200, 40, true}, {96, 8, true}, {8, 400, true}, {240, 96, true},
	           {288, 24, true}, {296, 104, true}, {400, 8, false}, {248, 48, false}};

	for (const auto &one : all) {
		forget();
		send(cut(false, 17, udp(5000), 104)[0]);
		send(piece4(17, 104, 104));
		send(piece4(17, 296, 104)); // a hole before it
		ASSERT_EQ(counters().overlaps, 0u);
		send(piece4(17, one.at, one.size));
		EXPECT_EQ(counters().overlaps, (uint64_t)(one.over && one.at != 296)) << one.at;
		EXPECT_EQ(out.back().verdict == PACKET_FRAGMENT, one.over && one.at != 296) << one.at;
	}
}

/* A later piece that rewrites the TCP header, as it once got by filters (RFC 1858). */
TEST_F(Fragment, RewritingTheHeader)
{
	for (bool six : {false, true}) {
		forget();
		send(cut(six, 6, tcp({.payload = 100}), 24)[0]);
		for (unsigned at : {8u, 16u}) {
			std::vector<Bytes> bad = cut(six, 6, tcp({.flags = PACKET_TCP_RST, .payload = 100}), 8);

			send(bad[at / 8]);
			EXPECT_EQ(out.back().verdict, PACKET_FRAGMENT) << at;
		}
		EXPECT_EQ(counters().overlaps, 2u);
		send(cut(six, 6, tcp({.payload = 100}), 24)[1]);
		EXPECT_EQ(out.back().verdict, PACKET_TRACKED) << "a good one goes on as before";
	}
}

/* A first one without its ports or flags says nothing, and what follows has no flow; no port is guessed. */
TEST_F(Fragment, TinyFirst)
{
	for (size_t size : {8u, 16u}) {
		forget();
		send(cut(false, 6, tcp({.payload = 40}), size));
		EXPECT_EQ(tracked(), 0u) << size;
		EXPECT_EQ(counters().others, (60 + size - 1) / size - 1) << size;
		EXPECT_EQ(counters().orphans + table->n_waiting, 0u) << "their first has come";
	}
	forget();
	send(cut(false, 17, udp(40), 8));
	EXPECT_EQ(tracked(), 6u) << "UDP's header is as small as that";
	EXPECT_EQ(payload(), 40u);
}

TEST_F(Fragment, IdUsedAgain)
{
	send(cut(false, 17, udp(400, -1, 5000, 53), 208));
	send(cut(false, 17, udp(400, -1, 5001, 53), 208));
	send(cut(false, 17, udp(400, -1, 5001, 53), 208));
	EXPECT_EQ(counters().reused, 1u) << "the third is a copy of the second";
	ASSERT_EQ(tracked(), 6u);
	EXPECT_EQ(out[1].src_port, 5000);
	EXPECT_EQ(out[3].src_port, 5001);
	EXPECT_EQ(counters().overlaps, 0u);
}

/* One id: other protocols, other ends, 32 bits of it in IPv6. */
TEST_F(Fragment, NamesOfDatagrams)
{
	Bytes other = cut(false, 17, udp(400, -1, 1, 2), 208)[0];

	other[IP + 15]++; // from another host
	send(other);
	send(cut(false, 6, tcp({.payload = 400}), 208)[0]);
	send(cut(true, 17, udp(400, -1, 3, 4), 208, 0x10007)[0]);
	for (const Bytes &late : {cut(false, 17, udp(400), 208)[1], cut(true, 17, udp(400), 208, 0x20007)[1],
	                          cut(true, 17, udp(400), 208, 7)[1]})
		send(late);
	EXPECT_EQ(table->n_waiting, 3u) << "none of them has a first";
	send(cut(true, 17, udp(400), 208, 0x10007)[1]);
	EXPECT_EQ(out.back().src_port, 3);
	EXPECT_EQ(counters().followed, 1u);
}

TEST_F(Fragment, RememberedFor30SecondsOr60)
{
	for (bool six : {false, true}) {
		const uint64_t life = (six ? 60 : 30) * SEC;
		std::vector<Bytes> pieces = cut(six, 17, udp(400), 104);

		forget();
		send(pieces[0]);
		now += life;
		send(pieces[1]);
		EXPECT_EQ(counters().followed, 1u);
		now += 1;
		send(pieces[2]);
		EXPECT_EQ(counters().followed, 1u);
		EXPECT_EQ(table->n_waiting, 1u) << "it waits for another first";
		fragment_expire(table.get(), now + life, false);
		EXPECT_FALSE(fragment_is_ready(table.get()));
		fragment_expire(table.get(), now + life + 1, false);
		EXPECT_TRUE(fragment_is_ready(table.get()));
		push();
		EXPECT_EQ(out.back().verdict, PACKET_FRAGMENT);
		EXPECT_EQ(counters().orphans, 1u);
	}
}

/* Nobody had time to look: a first that comes too late is another datagram's. */
TEST_F(Fragment, AFirstThatComesTooLate)
{
	std::vector<Bytes> pieces = cut(false, 17, udp(400), 208);

	send(pieces[1]);
	now += 30 * SEC + 1;
	send(pieces[0]);
	EXPECT_EQ(out.size(), 2u);
	EXPECT_EQ(counters().followed, 0u);
	EXPECT_EQ(counters().orphans, 1u);
}

TEST_F(Fragment, TheEndOfAFile)
{
	send(piece4(17, 104, 104, true, 1));
	send(piece4(17, 104, 104, true, 2));
	fragment_expire(table.get(), 0, true);
	push();
	EXPECT_EQ(out.size(), 2u);
	EXPECT_EQ(counters().orphans, 2u);
}

/* All of a flood come out, most at once, and who came before it is still known. */
TEST_F(Fragment, AFloodWithoutFirsts)
{
	const unsigned flood = 100000;
	std::vector<Bytes> pieces = cut(false, 17, udp(400), 104, 0xffff);

	send(pieces[0]);
	for (unsigned i = 0; i < flood; i++) {
		Bytes frame = piece4(17, 8 * (1 + i % 100), 104, true, (uint16_t)(i % 0xffff));

		frame[IP + 12] = (uint8_t)(i >> 8);
		add(frame);
		if (n == PACKET_BURST_MAX || i == flood - 1)
			push();
		ASSERT_LE(table->n_waiting, (unsigned)FRAGMENT_WAITING_MAX);
	}
	EXPECT_EQ(out.size() + table->n_waiting, flood + 1);
	EXPECT_EQ(counters().orphans + table->n_waiting, flood);
	EXPECT_EQ(tracked(), 1u);
	send(pieces[1]);
	EXPECT_EQ(out.back().verdict, PACKET_TRACKED);
}

/* The oldest has to go on when the last place is wanted, and no other. */
TEST_F(Fragment, WaitingRoomFull)
{
	for (unsigned i = 0; i < FRAGMENT_WAITING_MAX; i++)
		send(piece4(17, 104, 104, false, (uint16_t)(1000 + i)));
	EXPECT_TRUE(out.empty());
	send(piece4(17, 104, 104, false, 2000));
	ASSERT_EQ(out.size(), 1u);
	EXPECT_EQ(out[0].ip_id, 1000);
	EXPECT_EQ(counters().orphans, 1u);
	send(cut(false, 17, udp(200), 104, 1001)[0]);
	send(cut(false, 17, udp(200), 104, 1000)[0]);
	EXPECT_EQ(counters().waited, 1u);
	EXPECT_EQ(tracked(), 3u) << "both firsts, and what followed one of them";
}

/* Whoever has to go on while its first is there goes with it. */
TEST_F(Fragment, PushedOutBehindItsFirst)
{
	std::vector<Bytes> pieces = cut(false, 17, udp(200), 104, 500);

	for (unsigned i = 0; i < FRAGMENT_WAITING_MAX; i++)
		send(i == 0 ? pieces[1] : piece4(17, 104, 104, false, (uint16_t)(1000 + i)));
	add(pieces[0]);
	add(piece4(17, 104, 104, false, 2000)); // wants the place of the one that is ready
	push();
	EXPECT_EQ(tracked(), 2u);
	EXPECT_EQ(counters().waited, 1u);
	EXPECT_EQ(counters().orphans, 0u);
	EXPECT_FALSE(fragment_is_ready(table.get()));
}

/* Two tenants have the same datagrams, and each its own flow. */
TEST_F(Fragment, InsideATunnel)
{
	auto within = [](const Bytes &frame, uint8_t vni) {
		return frame_of(ip4(17, datagram(4789, Bytes{8, 0, 0, 0, 0, 0, vni, 0} + frame)));
	};
	std::vector<Bytes> one = cut(false, 17, udp(400, -1, 5000, 53), 208);
	std::vector<Bytes> two = cut(false, 17, udp(400, -1, 6000, 53), 208);

	send(within(one[1], 1));
	send(within(two[1], 2));
	send(within(two[0], 2));
	send(within(one[0], 1));
	ASSERT_EQ(tracked(), 4u);
	EXPECT_EQ(counters().reused, 0u);
	for (size_t i = 0; i < 4; i++) {
		EXPECT_EQ(out[i].src_port, i < 2 ? 6000 : 5000);
		EXPECT_EQ(out[i].tunnels, 1);
		EXPECT_EQ(levels[i].level[0].id, i < 2 ? 2u : 1u) << "the path of what waited is kept";
		EXPECT_EQ(levels[i].level[0].kind, PACKET_TUNNEL_VXLAN);
	}
}

/* The packet inside is counted with the first, FIN and all; the others are the tunnel's. */
TEST_F(Fragment, ATunnelsPacketInPieces)
{
	const Bytes in = ip4(6, tcp({.flags = PACKET_TCP_ACK | PACKET_TCP_FIN, .payload = 600}));

	for (const Tunnel &t : tunnels()) {
		if (!may_carry(t, in))
			continue;
		for (bool six : {false, true}) {
			std::vector<Bytes> pieces = cut(six, t.protocol, t.wrap(carried(t, in)), 240);

			forget();
			send(pieces[2]);
			send(pieces[0]);
			send(pieces[1]);
			ASSERT_EQ(out.size(), 3u) << t.name;
			EXPECT_EQ(tracked(), 1u) << t.name;
			EXPECT_EQ(out[0].payload_bytes, 600u) << t.name;
			EXPECT_TRUE(out[0].tcp_flags & PACKET_TCP_FIN) << t.name;
			EXPECT_EQ(counters().inner, 2u) << t.name;
			EXPECT_EQ(counters().orphans + counters().others, 0u) << t.name;
		}
	}
}

/* What no flow is made of waits for nobody: pings, and ESP, whose first is known. */
TEST_F(Fragment, DatagramsWithoutAFlow)
{
	send(cut(false, 1, icmp(8, 0, zeros(600)), 240));
	send(cut(true, 58, icmp(128, 0, zeros(600)), 240));
	EXPECT_EQ(counters().others + table->n_waiting, 0u);
	send(cut(false, 50, zeros(600), 240));
	EXPECT_EQ(counters().others, 2u);
	EXPECT_EQ(out.size(), 9u);
	EXPECT_EQ(tracked() + counters().orphans, 0u);
}

TEST_F(Fragment, WholePacketsStayAsTheyAre)
{
	for (const Bytes &frame : {frame_of(ip4(17, udp())), frame_of(ip6(6, tcp())),
	                           frame_of(ip4(17, udp(), {.frag = 0x4000})),
	                           frame_of(ip6(44, fragment6(17, 0, udp())))})
		add(frame);
	push();
	EXPECT_EQ(out.size(), 4u);
	EXPECT_EQ(tracked(), 4u);
	for (const auto &set : table->datagrams)
		for (const auto &datagram : set)
			ASSERT_EQ(datagram.name, 0u);
}

/* Cores agree on the place where a datagram meets, whichever piece they see. */
TEST_F(Fragment, OneNumberForAllPieces)
{
	std::array<unsigned, 4> places = {};

	for (unsigned id = 0; id < 4000; id++) {
		std::vector<Bytes> pieces = cut(id % 2, 17, udp(400), 208, id);
		packet first = parse(pieces[0]);
		uint32_t number = fragment_number(&first);
		packet last = parse(pieces[1]);

		ASSERT_EQ(fragment_number(&last), number);
		places[number % 4]++;
	}
	for (unsigned count : places)
		EXPECT_NEAR(count, 1000, 150);
	for (const Tunnel &t : tunnels()) {
		std::vector<Bytes> pieces = cut(false, t.protocol, t.wrap(carried(t, t.carries == IP6_ONLY
		                                ? ip6(17, udp(400)) : ip4(17, udp(400)))), 240);
		packet first = parse(pieces[0]);
		uint32_t number = fragment_number(&first);
		packet last = parse(pieces[1]);

		EXPECT_EQ(fragment_number(&last), number) << t.name;
	}
}

} // namespace
