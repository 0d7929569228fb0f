// SPDX-License-Identifier: BSD-3-Clause
// TZSP: tags of every length, everything that it carries, signs of life.

#include <gtest/gtest.h>

#include "tunnels.h"

namespace
{

using namespace support;

const Bytes IP4 = ip4(6, tcp());

packet
stream(const Bytes &bytes)
{
	return parse(frame_of(ip4(17, datagram(37008, bytes))));
}

bool
is_inside(const packet &pk)
{
	return verdict(pk) == "tracked" && pk.tunnels == 1;
}

TEST(LayerTzsp, Tags)
{
	for (unsigned size = 0; size <= 255; size++)
		EXPECT_TRUE(is_inside(stream(Bytes{1, 0, 0, 1, 0, 40, (uint8_t)size} + Bytes(size, 1) +
		                             Bytes{0, 1} + frame_of(IP4))))
			<< size;
	EXPECT_TRUE(is_inside(stream(Bytes{1, 1, 0, 1, 1} + frame_of(IP4)))) << "to be sent";
	EXPECT_TRUE(is_inside(stream(Bytes{1, 0, 0, 1} + zeros(60) + Bytes{1} + frame_of(IP4))));
	EXPECT_EQ(stream(Bytes{1, 0, 0, 1} + zeros(64) + Bytes{1} + frame_of(IP4)).tunnels, 0)
		<< "more padding than is read";
	EXPECT_EQ(stream(Bytes{1, 0, 0, 1, 10}).tunnels, 0) << "a tag without a length";
	EXPECT_EQ(stream(Bytes{1, 0, 0, 1, 10, 200, 0, 0}).tunnels, 0) << "beyond the packet";
	EXPECT_EQ(stream(Bytes{1, 0, 0, 1, 10, 0, 10, 0}).tunnels, 0) << "no end";
}

TEST(LayerTzsp, WhatItCarries)
{
	EXPECT_TRUE(is_inside(stream(Bytes{1, 0, 0, 18, 1} + wlan(IP4))));
	EXPECT_TRUE(is_inside(stream(Bytes{1, 0, 0, 4, 1} + be16(0xff03) + ppp(IP4))));
	EXPECT_TRUE(is_inside(stream(Bytes{1, 0, 0, 5, 1, 0x50} + zeros(12) + llc_snap(0x0800, IP4))));
	EXPECT_TRUE(is_inside(stream(Bytes{1, 0, 0, 7, 1} + IP4)));
	for (uint16_t carried : {0, 2, 3, 6, 17, 19, 119, 127, 0x0101})
		EXPECT_EQ(stream(Bytes{1, 0} + be16(carried) + Bytes{1} + frame_of(IP4)).tunnels, 0) << carried;
}

TEST(LayerTzsp, Types)
{
	for (unsigned type = 0; type < 256; type++) {
		packet pk = stream(Bytes{1, (uint8_t)type, 0, 1, 1} + frame_of(IP4));

		EXPECT_EQ(pk.tunnels, type < 2 || type == 4 || type == 5 ? 1 : 0) << type;
		EXPECT_EQ(verdict(pk), type == 4 || type == 5 ? "tunnel-control" : "tracked") << type;
	}
	EXPECT_EQ(verdict(stream({1, 4, 0, 0})), "tunnel-control");
	for (uint8_t version : {0, 2, 255})
		EXPECT_EQ(stream(Bytes{version, 0, 0, 1, 1} + frame_of(IP4)).tunnels, 0);
}

} // namespace
