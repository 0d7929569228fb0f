// SPDX-License-Identifier: BSD-3-Clause
// Fragments in any order, twice, in tunnels and around them: each comes out once, and a flow gets
// all that is its own.

#include "fragment_fixture.h"

namespace
{

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
	EXPECT_EQ(out[1].piece, 13) << "and each behind the one before it";
	EXPECT_EQ(out[2].piece, 26);
	EXPECT_EQ(out[1].time_us, now) << "and no earlier than their first";
	EXPECT_EQ(counters().waited, 2u);
}

/* More than a burst has room for, in the midst of others: all come at once, and in their place. */
TEST_F(Fragment, MoreThanABurstHasRoomFor)
{
	std::vector<Bytes> pieces = cut(false, 17, udp(8 * 100), 8);

	for (size_t i = pieces.size() - 1; i > 0; i--)
		send(pieces[i]);
	for (unsigned i = 0; i < PACKET_BURST_MAX; i++)
		add(i == 10 ? pieces[0] : frame_of(ip4(17, udp(4))));
	push();
	ASSERT_EQ(out.size(), PACKET_BURST_MAX + pieces.size() - 1);
	EXPECT_EQ(tracked(), out.size());
	for (size_t i = 0; i < out.size(); i++)
		ASSERT_EQ(out[i].piece * (out[i].fragment != 0), i > 10 && i < 10 + pieces.size() ? i - 10 : 0)
		    << i;
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
		uint32_t number = fragment_number(&first, 1);
		packet last = parse(pieces[1]);

		ASSERT_EQ(fragment_number(&last, 1), number);
		places[number % 4]++;
	}
	for (unsigned count : places)
		EXPECT_NEAR(count, 1000, 150);
	for (const Tunnel &t : tunnels()) {
		std::vector<Bytes> pieces = cut(false, t.protocol, t.wrap(carried(t, t.carries == IP6_ONLY
		                                ? ip6(17, udp(400)) : ip4(17, udp(400)))), 240);
		packet first = parse(pieces[0]);
		uint32_t number = fragment_number(&first, 1);
		packet last = parse(pieces[1]);

		EXPECT_EQ(fragment_number(&last, 1), number) << t.name;
	}
}

} // namespace
