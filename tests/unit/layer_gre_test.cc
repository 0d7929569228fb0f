// SPDX-License-Identifier: BSD-3-Clause
// GRE: every combination of its fields, what it carries, versions 0 and 1.

#include <gtest/gtest.h>

#include "tunnels.h"

namespace
{

using namespace support;

const Bytes INNER = ip4(6, tcp());

Bytes gre4(const Bytes &bytes) { return frame_of(ip4(47, bytes)); }

/* Checksum, key and sequence in every combination; the key is the id. */
TEST(LayerGre, EveryCombinationOfFields)
{
	for (unsigned bits = 0; bits < 8; bits++) {
		const uint16_t flags =
		    (uint16_t)((bits & 1 ? 0x8000 : 0) | (bits & 2 ? 0x2000 : 0) | (bits & 4 ? 0x1000 : 0));
		Bytes fields = (bits & 1 ? be32(0x11111111) : Bytes{}) +
		               (bits & 2 ? be32(0x22222222) : Bytes{}) +
		               (bits & 4 ? be32(0x33333333) : Bytes{});
		packet pk = parse(gre4(gre(flags, 0x0800, fields, INNER)));

		EXPECT_EQ(verdict(pk), "tracked") << bits;
		EXPECT_EQ(pk.tunnels, 1);
		EXPECT_EQ(pk.src_port, 40000);
		EXPECT_EQ(path_of_last()->level[0].has_id, bits & 2 ? 1 : 0) << bits;
		EXPECT_EQ(path_of_last()->level[0].id, bits & 2 ? 0x22222222u : 0u) << bits;
		for (size_t n = 0; n < 4 + fields.size(); n++) {
			Bytes cut = gre(flags, 0x0800, fields, {});

			cut.resize(n);
			EXPECT_EQ(verdict_of(gre4(cut)), "tunnel-short") << bits << " " << n;
		}
	}
}

/* Bits that version 0 reserves are ignored, RFC 2784 2.3; those of routing and versions are not. */
TEST(LayerGre, ReservedBits)
{
	for (uint16_t bit : {0x0008, 0x0010, 0x0020, 0x0040, 0x0080, 0x0100, 0x0200, 0x0400})
		EXPECT_EQ(verdict_of(gre4(gre(bit, 0x0800, {}, INNER))), "tracked") << bit;
	EXPECT_EQ(verdict_of(gre4(gre(0x4000, 0x0800, zeros(8), INNER))), "tunnel-header");
	for (uint16_t version = 1; version < 8; version++)
		EXPECT_EQ(verdict_of(gre4(gre(version, 0x0800, {}, INNER))), "tunnel-header") << version;
}

TEST(LayerGre, WhatItCarries)
{
	EXPECT_EQ(verdict_of(gre4(gre(0, 0x86dd, {}, ip6(17, udp())))), "tracked");
	EXPECT_EQ(verdict_of(gre4(gre(0, 0x8847, {}, Bytes{0, 1, 1, 64} + INNER))), "tracked");
	EXPECT_EQ(verdict_of(gre4(gre(0, 0x894f, {}, Bytes{0, 2, 1, 1} + zeros(4) + INNER))), "tracked");
	EXPECT_EQ(verdict_of(gre4(gre(0, 0x880b, {}, ppp(INNER)))), "tracked") << "version 0 with PPP";
	EXPECT_EQ(verdict_of(gre4(gre(0, 0x0806, {}, zeros(28)))), "not-ip");
	EXPECT_EQ(verdict_of(gre4(gre(0, 0x00fe, {}, zeros(28)))), "not-ip") << "no length of 802.3";
	packet pk = parse(gre4(gre(0, 0, {}, {})));
	EXPECT_EQ(verdict(pk), "tunnel-control") << "a keepalive's answer";
	EXPECT_EQ(pk.tunnels, 1);
	EXPECT_EQ(verdict_of(gre4(gre(0, 0x0800, {}, ip4(47, gre(0, 0, {}, {}))))), "tunnel-control");
}

/* A key and nothing else before a frame names a network, if it is no smaller than networks begin. */
TEST(LayerGre, Nvgre)
{
	const auto kind = [](uint16_t flags, const Bytes &fields) {
		packet pk = parse(gre4(gre(flags, 0x6558, fields, frame_of(INNER))));

		EXPECT_EQ(verdict(pk), "tracked");
		return (int)path_of_last()->level[0].kind;
	};

	EXPECT_EQ(kind(0x2000, be32(0x00100000)), PACKET_TUNNEL_NVGRE);
	EXPECT_EQ(path_of_last()->level[0].id, 0x001000u);
	EXPECT_EQ(kind(0x2000, be32(0xffffff12)), PACKET_TUNNEL_NVGRE);
	EXPECT_EQ(path_of_last()->level[0].id, 0xffffffu);
	EXPECT_EQ(kind(0x2000, be32(0x000fffff)), PACKET_TUNNEL_GRE);
	EXPECT_EQ(path_of_last()->level[0].id, 0x000fffffu);
	EXPECT_EQ(kind(0x3000, be32(0x12345678) + be32(1)), PACKET_TUNNEL_GRE);
	EXPECT_EQ(kind(0, {}), PACKET_TUNNEL_GRE);
}

TEST(LayerGre, Pptp)
{
	Bytes body = ppp(INNER);
	const auto pptp = [&](uint16_t flags, uint32_t length, const Bytes &numbers) {
		return gre4(gre(flags, 0x880b, be16(length) + be16(7) + numbers, body));
	};
	uint32_t size = (uint32_t)body.size();

	EXPECT_EQ(verdict_of(pptp(0x3001, size, be32(1))), "tracked");
	EXPECT_EQ(verdict_of(pptp(0x3081, size, be32(1) + be32(2))), "tracked");
	EXPECT_EQ(path_of_last()->level[0].id, 7u);
	EXPECT_EQ(verdict_of(pptp(0x2081, 0, be32(2))), "tunnel-control") << "acknowledges alone";
	EXPECT_EQ(verdict_of(pptp(0x3001, 0, be32(1))), "tunnel-control");
	EXPECT_EQ(verdict_of(pptp(0x3001, size + 1, be32(1))), "tunnel-header") << "longer than IP";
	EXPECT_EQ(verdict_of(pptp(0x3001, size - 1, be32(1))), "ipv4-length") << "shorter than inside";
	EXPECT_EQ(verdict_of(gre4(gre(0x1001, 0x880b, be32(1), body))), "tunnel-header") << "no key";
	EXPECT_EQ(verdict_of(gre4(gre(0xb001, 0x880b, zeros(12), body))), "tunnel-header");
	Bytes control = be16(0xff03) + be16(0xc021) + zeros(4);
	EXPECT_EQ(verdict_of(gre4(gre(0x3001, 0x880b, be16(8) + be16(7) + be32(1), control))), "not-ip");
}

/* With the four bytes of version 2 and without. */
TEST(LayerGre, Wccp)
{
	EXPECT_EQ(verdict_of(gre4(gre(0, 0x883e, {}, INNER))), "tracked");
	EXPECT_EQ(verdict_of(gre4(gre(0, 0x883e, be32(0x80000001), INNER))), "tracked");
	EXPECT_EQ(path_of_last()->level[0].kind, PACKET_TUNNEL_WCCP);
	EXPECT_EQ(verdict_of(gre4(gre(0, 0x883e, {}, zeros(3)))), "tunnel-short");
	EXPECT_EQ(verdict_of(gre4(gre(0, 0x883e, be32(0x80000001), ip6(17, udp())))), "ipv4-header");
}

/* An access point's frames of 802.11; the last bits say radio and queue. */
TEST(LayerGre, Aruba)
{
	for (uint16_t protocol : {0x8200, 0x8240, 0x82f0, 0x8300, 0x8370}) {
		EXPECT_EQ(verdict_of(gre4(gre(0, protocol, {}, wlan(INNER)))), "tracked") << protocol;
		EXPECT_EQ(path_of_last()->level[0].kind, PACKET_TUNNEL_GRE);
	}
	EXPECT_EQ(verdict_of(gre4(gre(0, 0x8201, {}, wlan(INNER)))), "not-ip");
	EXPECT_EQ(verdict_of(gre4(gre(0, 0x8400, {}, wlan(INNER)))), "not-ip");
}

} // namespace
