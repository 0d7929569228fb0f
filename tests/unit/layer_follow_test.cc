// SPDX-License-Identifier: BSD-3-Clause
// What follows what, and what holds of every tunnel: whole, cut, lying, one in another, in itself.

#include <random>

#include <gtest/gtest.h>

#include "tunnels.h"

namespace
{

using namespace support;

const Bytes INNER4 = ip4(6, tcp({.payload = 100}));
const Bytes INNER6 = ip6(17, udp(100));

void
expect_inner(const packet &pk, const Bytes &ip, const char *name)
{
	ASSERT_EQ(verdict(pk), "tracked") << name;
	EXPECT_EQ(pk.version, is_ip6(ip) ? 6 : 4) << name;
	EXPECT_EQ(pk.dst_port, is_ip6(ip) ? 53 : 443) << name;
	EXPECT_EQ(pk.ip_bytes, ip.size()) << name;
	EXPECT_EQ(pk.payload_bytes, 100u) << name;
}

/* Calls check(tunnel, outer IP packet, inner IP packet) for both families on both sides. */
template <typename Check>
void
each_wrapped(Check check)
{
	for (const Tunnel &t : tunnels()) {
		for (const Bytes &in : {INNER4, INNER6}) {
			if (!may_carry(t, in))
				continue;
			check(t, outer4(t, carried(t, in)), in);
			check(t, outer6(t, carried(t, in)), in);
		}
	}
}

TEST(LayerFollow, EveryTunnelWhole)
{
	each_wrapped([](const Tunnel &t, const Bytes &outer, const Bytes &in) {
		packet pk = parse(frame_of(outer));

		expect_inner(pk, in, t.name);
		ASSERT_EQ(pk.tunnels, 1) << t.name;
		expect_level(0, t, is_ip6(outer));
		EXPECT_EQ(pk.fragment, PACKET_FRAGMENT_NOT);
	});
}

/* Behind a VLAN of the underlay: a frame in a tunnel has its own, or none. */
TEST(LayerFollow, VlanOfAFrameInATunnelIsItsOwn)
{
	for (const Tunnel &t : tunnels()) {
		if (t.carries != FRAME)
			continue;
		Bytes plain = outer4(t, frame_of(INNER4));
		Bytes tagged = outer4(t, ether(0x8100, vlan(77, 0x0800, INNER4)));

		EXPECT_EQ(parse(ether(0x8100, vlan(5, 0x0800, plain))).vlan, PACKET_NO_VLAN) << t.name;
		EXPECT_EQ(parse(ether(0x8100, vlan(5, 0x0800, tagged))).vlan, 77) << t.name;
	}
}

/* Cut by the capture: the inner flow with its whole length, the outer one, or a verdict. */
TEST(LayerFollow, EveryTunnelCutByTheCapture)
{
	each_wrapped([](const Tunnel &t, const Bytes &outer, const Bytes &in) {
		Bytes frame = frame_of(outer);
		bool is_inner = false;

		for (size_t n = 0; n <= frame.size(); n++) {
			packet pk = parse_prefix(frame, n, PACKET_LINK_ETHERNET, frame.size());

			ASSERT_LT(pk.verdict, PACKET_DUPLICATE);
			ASSERT_TRUE(!is_inner || pk.tunnels == 1) << t.name << " " << n;
			if (pk.verdict != PACKET_TRACKED)
				continue;
			if (pk.tunnels == 0) {
				ASSERT_EQ(t.protocol, 17) << t.name << " " << n;
				ASSERT_EQ(pk.ip_bytes, outer.size()) << t.name;
			} else {
				expect_inner(pk, in, t.name);
				is_inner = true;
			}
		}
		EXPECT_TRUE(is_inner) << t.name;
	});
}

/* Really so short: the outer lengths are made to fit, and the inner ones say too much. */
TEST(LayerFollow, EveryTunnelThatEndsEarly)
{
	for (const Tunnel &t : tunnels()) {
		Bytes in = carried(t, t.carries == IP6_ONLY ? INNER6 : INNER4);
		Bytes whole = t.wrap(in);

		for (size_t n = 0; n < whole.size(); n++) {
			Bytes cut(whole.begin(), whole.begin() + (long)n);

			if (t.protocol == 17 && n >= 8)
				put16(cut, 4, (uint32_t)n);
			packet pk = parse(frame_of(ip4(t.protocol, cut)));
			ASSERT_LT(pk.verdict, PACKET_DUPLICATE);
			ASSERT_FALSE(pk.verdict == PACKET_TRACKED && pk.tunnels > 0) << t.name << n;
			if (t.protocol == 17 && n >= 8) {
				ASSERT_TRUE(pk.verdict == PACKET_TRACKED || pk.verdict == PACKET_TUNNEL_CONTROL)
					<< t.name << " " << n << " " << verdict(pk);
			}
		}
	}
}

/* Whatever one byte says, nothing is read past the end, and what is tracked fits into the frame. */
TEST(LayerFollow, EveryByteOfEveryHeaderLies)
{
	each_wrapped([](const Tunnel &t, const Bytes &outer, const Bytes &) {
		Bytes frame = frame_of(outer);

		for (size_t at = 14; at < frame.size() - 100; at++) {
			for (unsigned value = 0; value < 256; value += 1 + value % 3) {
				Bytes lie = frame;

				lie[at] = (uint8_t)value;
				packet pk = parse(lie);
				ASSERT_LT(pk.verdict, PACKET_DUPLICATE);
				ASSERT_LE(pk.tunnels, PACKET_TUNNEL_MAX);
				if (pk.verdict != PACKET_TRACKED)
					continue;
				ASSERT_LE(pk.payload_bytes + 28, pk.ip_bytes) << t.name << at;
				ASSERT_TRUE(pk.fragment || pk.ip_bytes <= frame.size()) << t.name << at;
			}
		}
	});
}

/* Two and three tunnels of every kind in one another, outermost first. */
TEST(LayerFollow, EveryTunnelInEveryOther)
{
	unsigned mixes = 0;

	for (const Tunnel &a : tunnels()) {
		for (const Tunnel &b : tunnels()) {
			const Tunnel &c = tunnels()[(mixes * 7 + 3) % tunnels().size()];
			Bytes in = c.carries == IP6_ONLY ? INNER6 : INNER4;
			Bytes second = b.carries == IP6_ONLY || (b.carries != IP4_ONLY && mixes % 3)
			                   ? outer6(c, carried(c, in))
			                   : outer4(c, carried(c, in));
			Bytes first = a.carries == IP6_ONLY ? outer6(b, carried(b, second))
			                                    : outer4(b, carried(b, second));
			packet pk = parse(frame_of(outer4(a, carried(a, first))));

			mixes++;
			ASSERT_EQ(verdict(pk), "tracked") << a.name << ", " << b.name << ", " << c.name;
			ASSERT_EQ(pk.tunnels, 3);
			EXPECT_EQ(pk.ip_bytes, in.size());
			expect_level(0, a, false);
			expect_level(1, b, is_ip6(first));
			expect_level(2, c, is_ip6(second));
		}
	}
	EXPECT_GT(mixes, 500u);
}

packet
parse_to_depth(const Bytes &frame, unsigned depth)
{
	layer_settings settings;
	packet pk = {};

	layer_settings_init(&settings);
	settings.depth = (uint8_t)depth;
	pk.data = frame.data();
	pk.data_len = pk.wire_len = (uint32_t)frame.size();
	pk.path = path_of_last();
	decode_burst(&settings, &pk, 1);
	return pk;
}

/* As deep as `decode.depth` says, and no deeper. */
TEST(LayerFollow, EveryTunnelInItself)
{
	for (const Tunnel &t : tunnels()) {
		Bytes in = t.carries == IP6_ONLY ? INNER6 : INNER4;

		for (unsigned levels = 1; levels <= 12; levels++) {
			in = t.carries == IP6_ONLY ? outer6(t, carried(t, in)) : outer4(t, carried(t, in));
			for (unsigned depth : {1u, 2u, 5u, (unsigned)PACKET_TUNNEL_MAX}) {
				packet pk = parse_to_depth(frame_of(in), depth);

				ASSERT_EQ(verdict(pk), levels <= depth ? "tracked" : "too-deep")
					<< t.name << " " << levels << " of " << depth;
				ASSERT_EQ(pk.tunnels, std::min(levels, depth)) << t.name;
			}
		}
	}
}

/* As many levels as a frame has room for. */
TEST(LayerFollow, Bombs)
{
	for (const Tunnel &t : tunnels()) {
		Bytes in = t.carries == IP6_ONLY ? INNER6 : INNER4;

		while (in.size() < 60000)
			in = t.carries == IP6_ONLY ? outer6(t, carried(t, in)) : outer4(t, carried(t, in));
		EXPECT_EQ(verdict_of(frame_of(in)), "too-deep") << t.name;
	}
	Bytes ah = INNER4;
	for (unsigned i = 0; i < 2000; i++)
		ah = Bytes{51, 1} + zeros(10) + ah;
	EXPECT_EQ(verdict_of(frame_of(ip4(51, ah))), "too-deep");
}

/* What has no flow is counted by its verdict, and is no row of the outer packet. */
TEST(LayerFollow, WithoutAFlow)
{
	Bytes ping4 = ip4(1, Bytes{8, 0} + zeros(6)), ping6 = ip6(58, Bytes{128, 0} + zeros(6));
	Bytes igmp = ip4(2, zeros(8)), arp = ether(0x0806, be16(1) + zeros(26));

	for (const Tunnel &t : tunnels()) {
		for (const Bytes &in : {ping4, ping6, igmp}) {
			if (!may_carry(t, in))
				continue;
			packet pk = parse(frame_of(outer4(t, carried(t, in))));

			EXPECT_EQ(verdict(pk), "other-protocol") << t.name;
			EXPECT_EQ(pk.tunnels, 1) << t.name;
		}
		if (t.carries == FRAME) {
			EXPECT_EQ(verdict_of(frame_of(outer4(t, arp))), "not-ip") << t.name;
		}
	}
}

/* An ICMP error inside a tunnel speaks of the flow inside it. */
TEST(LayerFollow, IcmpErrorsInside)
{
	Bytes error = ip4(1, icmp(3, 3, quote4(17, udp(10))));

	for (const Tunnel &t : tunnels()) {
		if (t.carries == IP6_ONLY)
			continue;
		packet pk = parse(frame_of(outer6(t, carried(t, error))));

		EXPECT_EQ(verdict(pk), "icmp-error") << t.name;
		EXPECT_EQ(pk.icmp, PACKET_ICMP_PORT) << t.name;
		EXPECT_EQ(pk.tunnels, 1) << t.name;
	}
}

/* What nobody knows behind a tunnel's port leaves the outer packet a flow of its own. */
TEST(LayerFollow, UnknownInside)
{
	Bytes unknown = ether(0x1234, Bytes(60, 0x5a)), broken = Bytes(60, 0x95);

	for (const Tunnel &t : tunnels()) {
		packet pk = parse(frame_of(outer4(t, t.carries == FRAME ? unknown : broken)));

		EXPECT_EQ(pk.verdict == PACKET_TRACKED, t.protocol == 17) << t.name << verdict(pk);
		if (t.protocol == 17) {
			EXPECT_EQ(pk.tunnels, 0) << t.name;
			EXPECT_EQ(pk.src_port, 50000) << t.name;
			EXPECT_EQ(pk.payload_bytes, pk.ip_bytes - 28) << t.name;
		}
	}
}

/*
 * The first fragment of a tunnel's packet holds the inner headers: the inner packet is counted with
 * its whole length. Later ones have the outer datagram's name and nothing else.
 */
TEST(LayerFollow, PiecesOfTheOuterPacket)
{
	each_wrapped([](const Tunnel &t, const Bytes &outer, const Bytes &in) {
		Bytes inside = t.wrap(carried(t, in));
		size_t n = (inside.size() - 60) & ~7u;
		Bytes first(inside.begin(), inside.begin() + (long)n);
		Bytes last(inside.begin() + (long)n, inside.end());
		bool six = is_ip6(outer);
		packet pk = parse(frame_of(six ? ip6(44, fragment6(t.protocol, 1, first))
		                               : ip4(t.protocol, first, {.frag = 0x2000})));

		expect_inner(pk, in, t.name);
		EXPECT_EQ(pk.fragment, PACKET_FRAGMENT_FIRST) << t.name;
		EXPECT_EQ(pk.piece, 0) << t.name;
		EXPECT_EQ(pk.fragment_id, six ? 0x01020304u : 0x7777u) << t.name;
		EXPECT_EQ(pk.tunnels, 1) << t.name;
		pk = parse(frame_of(six ? ip6(44, fragment6(t.protocol, (uint16_t)n, last))
		                        : ip4(t.protocol, last, {.frag = (uint16_t)(n / 8)})));
		EXPECT_EQ(verdict(pk), "fragment") << t.name;
		EXPECT_EQ(pk.fragment, PACKET_FRAGMENT_LAST) << t.name;
		EXPECT_EQ(pk.piece, n / 8) << t.name;
		EXPECT_EQ(pk.proto, t.protocol) << t.name;
		EXPECT_EQ(pk.payload_bytes, last.size()) << t.name;
		EXPECT_EQ(pk.tunnels, 0) << t.name;
	});
}

/* A fragment inside a whole tunnel packet is named by its own header. */
TEST(LayerFollow, PiecesOfTheInnerPacket)
{
	Bytes middle = ip4(6, zeros(64), {.frag = 0x2000 | 10});

	for (const Tunnel &t : tunnels()) {
		if (t.carries == IP6_ONLY)
			continue;
		packet pk = parse(frame_of(outer6(t, carried(t, middle))));

		EXPECT_EQ(verdict(pk), "fragment") << t.name;
		EXPECT_EQ(pk.fragment, PACKET_FRAGMENT_LATER) << t.name;
		EXPECT_EQ(pk.piece, 10) << t.name;
		EXPECT_EQ(pk.fragment_id, 0x7777u) << t.name;
		EXPECT_EQ(pk.tunnels, 1) << t.name;
	}
}

/* A datagram that is plain: whatever the port, it stays what it is. */
void
expect_plain(const Bytes &payload, uint16_t port, unsigned *eaten)
{
	packet pk = parse(frame_of(ip4(17, datagram(port, payload))));

	if (pk.verdict != PACKET_TRACKED || pk.tunnels > 0)
		++*eaten;
}

std::vector<uint16_t>
tunnel_ports()
{
	const layer_settings *settings = usual_layers();
	std::vector<uint16_t> ports;

	for (unsigned i = 0; i < settings->n; i++)
		ports.push_back(settings->ports[i]);
	return ports;
}

TEST(LayerFollow, RandomPayloadsStayPlain)
{
	std::mt19937 random(11);

	for (uint16_t port : tunnel_ports()) {
		unsigned eaten = 0;

		for (int i = 0; i < 60000; i++) {
			Bytes payload(random() % 300);

			for (uint8_t &byte : payload)
				byte = (uint8_t)random();
			expect_plain(payload, port, &eaten);
		}
		EXPECT_LE(eaten, 1u) << port;
	}
}

/* A question to a name server, with any number and of names of every length. */
TEST(LayerFollow, NameServersOnATunnelsPort)
{
	std::mt19937 random(12);

	for (uint16_t port : tunnel_ports()) {
		unsigned eaten = 0;

		for (unsigned id = 0; id < 65536; id += 5) {
			Bytes question = be16(id) + be16(id % 2 ? 0x0100 : 0x8180) + be16(1) +
			                 be16(id % 2 ? 0 : 1) + be32(0);

			for (unsigned labels = 1 + random() % 4; labels > 0; labels--) {
				Bytes label(1 + random() % 12);

				for (uint8_t &letter : label)
					letter = (uint8_t)('a' + random() % 26);
				question = question + Bytes{(uint8_t)label.size()} + label;
			}
			question = question + Bytes{0} + be32(0x00010001);
			if (id % 2 == 0)
				question = question + be16(0xc00c) + be32(0x00010001) + be32(300) + be16(4) +
				           be32(0x0a000001);
			expect_plain(question, port, &eaten);
		}
		EXPECT_EQ(eaten, 0u) << port;
	}
}

/* Beginnings that many protocols have: QUIC's and RTP's, text, one byte over and over. */
TEST(LayerFollow, OtherProtocolsOnATunnelsPort)
{
	std::mt19937 random(13);

	for (uint16_t port : tunnel_ports()) {
		unsigned eaten = 0;

		for (unsigned first = 0; first < 256; first++) {
			for (unsigned i = 0; i < 40; i++) {
				Bytes payload(20 + random() % 1200);

				for (uint8_t &byte : payload)
					byte = (uint8_t)(i % 2 ? 'a' + random() % 26 : random());
				payload[0] = (uint8_t)first;
				expect_plain(payload, port, &eaten);
				if (i == 0)
					expect_plain(Bytes(payload.size(), (uint8_t)first), port, &eaten);
			}
		}
		EXPECT_LE(eaten, 1u) << port;
	}
}

/* EtherTypes and protocols of PPP that have no flow are known; others are not. */
TEST(LayerFollow, WhatIsKnownBehindAPort)
{
	const auto in_vxlan = [](uint16_t type) {
		return parse(frame_of(outer4(tunnels()[14], ether(type, Bytes(60, 0x5a)))));
	};

	ASSERT_STREQ(tunnels()[14].name, "vxlan");
	for (uint16_t type : {0x8035, 0x8809, 0x88e5, 0x88f7, 0x9000, 0x8906}) {
		EXPECT_EQ(verdict(in_vxlan(type)), "not-ip") << type;
		EXPECT_EQ(in_vxlan(type).tunnels, 1);
	}
	EXPECT_EQ(verdict(in_vxlan(0x1234)), "tracked");
	EXPECT_EQ(in_vxlan(0x1234).dst_port, 4789);
	EXPECT_EQ(in_vxlan(60).dst_port, 4789) << "a length, and no LLC behind it";
}

} // namespace
