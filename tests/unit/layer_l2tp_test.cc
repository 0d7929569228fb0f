// SPDX-License-Identifier: BSD-3-Clause
// L2TP: version 2 with every flag, version 3 with every cookie, messages of control.

#include <gtest/gtest.h>

#include "tunnels.h"

namespace
{

using namespace support;

const Bytes IP4 = ip4(6, tcp()), IP6 = ip6(17, udp());

packet
session(const Bytes &bytes)
{
	return parse(frame_of(ip4(17, datagram(1701, bytes))));
}

bool
is_inside(const packet &pk)
{
	return verdict(pk) == "tracked" && pk.tunnels == 1;
}

/* Length, sequence, offset and priority in every combination, with and without PPP's framing. */
TEST(LayerL2tp, EveryFlagOfVersion2)
{
	for (unsigned bits = 0; bits < 32; bits++) {
		bool has_length = bits & 1, has_sequence = bits & 2, has_offset = bits & 4;
		const uint16_t flags = (uint16_t)((has_length ? 0x4000 : 0) | (has_sequence ? 0x0800 : 0) |
		                                  (has_offset ? 0x0200 : 0) | (bits & 8 ? 0x0100 : 0) | 2);
		Bytes behind = be16(0x1111) + be16(0x2222) + (has_sequence ? be32(0x00010002) : Bytes{}) +
		               (has_offset ? be16(3) + zeros(3) : Bytes{}) +
		               (bits & 16 ? be16(0xff03) : Bytes{}) + ppp(IP4);
		Bytes whole = be16(flags) +
		              (has_length ? be16((uint32_t)behind.size() + 4) : Bytes{}) + behind;

		EXPECT_TRUE(is_inside(session(whole))) << bits;
		EXPECT_EQ(path_of_last()->level[0].id, 0x2222u) << bits;
	}
}

TEST(LayerL2tp, LengthsThatLie)
{
	const auto with_length = [](uint32_t length) {
		return session(be16(0x4002) + be16(length) + be32(0x11112222) + ppp(IP4));
	};
	uint32_t right = 8 + 2 + (uint32_t)IP4.size();

	EXPECT_TRUE(is_inside(with_length(right)));
	EXPECT_EQ(with_length(right + 1).tunnels, 0);
	EXPECT_EQ(with_length(right - 1).tunnels, 0);
	EXPECT_EQ(with_length(7).tunnels, 0);
	EXPECT_EQ(with_length(0).tunnels, 0);
	EXPECT_EQ(verdict(with_length(8)), "tunnel-control") << "a body of no length acknowledges";
	EXPECT_EQ(session(be16(0x0202) + be32(0x11112222) + be16(0xffff) + ppp(IP4)).tunnels, 0)
		<< "an offset beyond the packet";
	EXPECT_EQ(session(be16(0x4202) + be16(12) + be32(0x11112222) + be16(40) + zeros(60)).tunnels, 0)
		<< "an offset beyond the length";
}

TEST(LayerL2tp, ReservedBitsAndVersions)
{
	for (unsigned bit = 0; bit < 16; bit++) {
		if (!(0x34f0 & 1 << bit))
			continue;
		EXPECT_EQ(session(be16(2 | 1u << bit) + be32(0x11112222) + ppp(IP4)).tunnels, 0) << bit;
	}
	for (unsigned version : {0, 1, 4, 15})
		EXPECT_EQ(session(be16(version) + be32(0x11112222) + ppp(IP4)).tunnels, 0) << version;
}

/* What PPP carries besides IP is known; what nobody knows is no tunnel. */
TEST(LayerL2tp, WhatPppCarries)
{
	const auto carrying = [](uint16_t protocol) {
		return session(be16(2) + be32(0x11112222) + be16(protocol) + zeros(20));
	};

	for (uint16_t protocol : {0xc021, 0xc023, 0xc223, 0x8021, 0x8057, 0x80fd, 0x00fd}) {
		EXPECT_EQ(verdict(carrying(protocol)), "not-ip") << protocol;
		EXPECT_EQ(carrying(protocol).tunnels, 1) << protocol;
	}
	EXPECT_EQ(carrying(0x1234).tunnels, 0);
	EXPECT_EQ(verdict(carrying(0x1234)), "tracked");
}

TEST(LayerL2tp, Control)
{
	for (uint16_t version : {2, 3}) {
		Bytes body = zeros(8) + Bytes{0x80, 8, 0, 0, 0, 0, 0, 6};
		Bytes message = be16(0xc800u | version) + be16(4 + (uint32_t)body.size()) + body;

		EXPECT_EQ(verdict(session(message)), "tunnel-control") << version;
		put16(message, 2, (uint32_t)message.size() - 1);
		EXPECT_EQ(verdict(session(message)), "tracked") << version;
		put16(message, 2, (uint32_t)message.size());
		put16(message, 0, 0x8800u | version);
		EXPECT_EQ(verdict(session(message)), "tracked") << "no length";
		EXPECT_EQ(verdict(session(be16(0xc800u | version) + be16(11) + zeros(7))), "tracked") << "cut";
	}
}

/* Nobody says how long the cookie is, nor whether a sublayer follows. */
TEST(LayerL2tp, EveryCookieOfVersion3)
{
	for (size_t before : {0u, 4u, 8u, 12u}) {
		for (const Bytes &inner : {frame_of(IP4), frame_of(IP6), be16(0xff03) + ppp(IP4), ppp(IP6),
		                           ether(0x8100, vlan(9, 0x0800, IP4))}) {
			Bytes cookie(before, 0xc7);

			EXPECT_TRUE(is_inside(session(be32(0x00030000) + be32(0x77) + cookie + inner))) << before;
			EXPECT_EQ(path_of_last()->level[0].id, 0x77u);
			EXPECT_TRUE(is_inside(parse(frame_of(ip4(115, be32(0x77) + cookie + inner))))) << before;
		}
		Bytes stp = ether(38, Bytes{0x42, 0x42, 3} + zeros(35));
		EXPECT_EQ(verdict_of(frame_of(ip6(115, be32(0x77) + Bytes(before, 0xc7) + stp))), "not-ip");
	}
	EXPECT_EQ(verdict_of(frame_of(ip4(115, be32(0x77) + Bytes(16, 0xc7) + frame_of(IP4)))),
	          "tunnel-header")
		<< "longer than a cookie can be";
}

TEST(LayerL2tp, Version3OverIp)
{
	EXPECT_EQ(verdict_of(frame_of(ip4(115, zeros(4) + be16(0xc803) + zeros(10)))), "tunnel-control");
	for (size_t n = 0; n < 4; n++)
		EXPECT_EQ(verdict_of(frame_of(ip4(115, Bytes(n, 1)))), "tunnel-short");
	EXPECT_EQ(verdict_of(frame_of(ip4(115, be32(0x77) + Bytes(40, 0x11)))), "tunnel-header");
}

TEST(LayerL2tp, Version3OverUdp)
{
	EXPECT_EQ(session(be32(0x00030000) + be32(0) + frame_of(IP4)).tunnels, 0) << "no session is 0";
	EXPECT_EQ(session(be32(0x00030001) + be32(0x77) + frame_of(IP4)).tunnels, 0) << "reserved";
	EXPECT_EQ(session(be32(0x08030000) + be32(0x77) + frame_of(IP4)).tunnels, 0);
}

} // namespace
