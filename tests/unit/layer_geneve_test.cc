// SPDX-License-Identifier: BSD-3-Clause
// Geneve: options of every length, control, versions and reserved bits.

#include <gtest/gtest.h>

#include "tunnels.h"

namespace
{

using namespace support;

const Bytes IP4 = ip4(6, tcp());

packet
geneve(uint8_t first, uint8_t second, uint16_t type, const Bytes &behind)
{
	return parse(frame_of(ip4(17, datagram(6081, Bytes{first, second} + be16(type) +
	                                                 be32(0x00abcd00) + behind))));
}

/* One option as long as can be, and as many as can be without a value. */
TEST(LayerGeneve, Options)
{
	for (uint8_t words = 0; words <= 31; words++) {
		Bytes option = Bytes{1, 2, 3, words} + zeros(4u * words);
		packet pk = geneve((uint8_t)(words + 1), 0, 0x0800, option + IP4);

		EXPECT_EQ(verdict(pk), "tracked") << (int)words;
		EXPECT_EQ(pk.tunnels, 1) << (int)words;
		EXPECT_EQ(path_of_last()->level[0].id, 0xabcdu);
	}
	for (uint8_t words = 1; words <= 63; words++) {
		Bytes options;

		for (unsigned i = 0; i < words; i++)
			options = options + Bytes{1, 2, 0x83, 0};
		EXPECT_EQ(geneve(words, 0x40, 0x0800, options + IP4).tunnels, 1) << "empty ones";
	}
}

TEST(LayerGeneve, OptionsThatLie)
{
	EXPECT_EQ(geneve(1, 0, 0x0800, Bytes{1, 2, 3, 1} + zeros(4) + IP4).tunnels, 0) << "too long";
	EXPECT_EQ(geneve(2, 0, 0x0800, Bytes{1, 2, 3, 31} + zeros(4) + IP4).tunnels, 0);
	EXPECT_EQ(geneve(2, 0, 0x0800, Bytes{1, 2, 3, 0x21} + zeros(4) + IP4).tunnels, 0) << "reserved";
	EXPECT_EQ(geneve(63, 0, 0x0800, Bytes{1, 2, 3, 0} + IP4).tunnels, 0) << "beyond the packet";
}

TEST(LayerGeneve, HeadersThatCannotBe)
{
	for (uint8_t version : {0x40, 0x80, 0xc0})
		EXPECT_EQ(geneve(version, 0, 0x0800, IP4).tunnels, 0);
	for (uint8_t bit = 1; bit < 0x40; bit = (uint8_t)(bit << 1))
		EXPECT_EQ(geneve(0, bit, 0x0800, IP4).tunnels, 0) << (int)bit;
	EXPECT_EQ(geneve(0, 0x40, 0x0800, IP4).tunnels, 1) << "critical options do not concern us";
	EXPECT_EQ(geneve(0, 0, 0x0100, zeros(40)).tunnels, 0) << "no length of 802.3";
	EXPECT_EQ(geneve(0, 0, 0x9999, zeros(40)).tunnels, 0);
}

TEST(LayerGeneve, Control)
{
	packet pk = geneve(0, 0x80, 0x6558, zeros(30));

	EXPECT_EQ(verdict(pk), "tunnel-control");
	EXPECT_EQ(pk.tunnels, 1);
	EXPECT_EQ(verdict(geneve(0, 0x80, 0x8902, zeros(30))), "tunnel-control");
	EXPECT_EQ(verdict(geneve(0, 0x80, 0x7777, zeros(30))), "tracked") << "of nothing known: no tunnel";
}

} // namespace
