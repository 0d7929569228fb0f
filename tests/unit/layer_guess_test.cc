// SPDX-License-Identifier: BSD-3-Clause
// What begins here by the bytes alone: IP, frames, LLC, PPP.

#include <gtest/gtest.h>

#include "layer.h"
#include "tunnels.h"

namespace
{

using namespace support;

struct Guess {
	layer_walk walk = {};
	Bytes bytes;

	Guess(const Bytes &made, uint32_t wire = 0) : bytes(made)
	{
		walk.p = bytes.data();
		walk.end = bytes.data() + bytes.size();
		walk.wire = wire ? wire : (uint32_t)bytes.size();
	}
	bool is_ip() const { return layer_is_ip(&walk, walk.p); }
	bool is_frame() const { return layer_is_frame(walk.p, walk.end); }
	bool is_llc() const { return layer_is_llc(walk.p, walk.end); }
	bool is_ppp() const { return layer_is_ppp(walk.p, walk.end); }
};

const Bytes IP4 = ip4(6, tcp({.payload = 60})), IP6 = ip6(17, udp(60));

TEST(LayerGuess, IpThatEndsWhereItIsSaidTo)
{
	EXPECT_TRUE(Guess(IP4).is_ip());
	EXPECT_TRUE(Guess(IP6).is_ip());
	EXPECT_FALSE(Guess(IP4, (uint32_t)IP4.size() - 1).is_ip()) << "beyond the packet";
	EXPECT_FALSE(Guess(IP6, (uint32_t)IP6.size() - 1).is_ip());
	EXPECT_TRUE(Guess(IP4 + zeros(4)).is_ip()) << "a trailer behind the usual header";
	EXPECT_FALSE(Guess(IP6 + zeros(4)).is_ip()) << "an address may begin so";
	EXPECT_TRUE(Guess(ip4(6, tcp({.payload = 0})) + zeros(6)).is_ip()) << "a padded frame";
	for (size_t n = 0; n < 20; n++)
		EXPECT_FALSE(Guess(Bytes(IP4.begin(), IP4.begin() + (long)n)).is_ip()) << n;
	EXPECT_FALSE(Guess(ip4(6, tcp(), {.words = 4})).is_ip());
	EXPECT_FALSE(Guess(ip4(6, tcp(), {.total = 19})).is_ip());
	EXPECT_FALSE(Guess(Bytes(60, 0x55)).is_ip());
}

TEST(LayerGuess, PiecesGoOn)
{
	Guess piece(IP4, (uint32_t)IP4.size() - 20);

	piece.walk.is_piece = true;
	EXPECT_TRUE(piece.is_ip());
}

TEST(LayerGuess, NobodyPadsADatagram)
{
	Guess guess(IP4 + zeros(4));

	guess.walk.has_plain = true;
	EXPECT_FALSE(guess.is_ip());
	guess.walk.frames = 1;
	EXPECT_TRUE(guess.is_ip()) << "in a frame again";
}

TEST(LayerGuess, Frames)
{
	const struct {
		uint16_t type;
		Bytes good, bad;
	} types[] = {
		{0x0800, IP4, IP6},
		{0x0800, {0x45, 0}, {0x44, 0}},
		{0x86dd, IP6, IP4},
		{0x0806, be16(1) + zeros(26), be16(2) + zeros(26)},
		{0x8847, {0, 1, 1, 64}, {0, 1, 1, 0}},
		{0x8863, {0x11, 9}, {0x12, 9}},
		{0x8864, {0x11, 0}, {0x21, 0}},
		{0x88cc, {0x02, 7}, {0x04, 7}},
		{0x0026, {0x42, 0x42, 3}, {0x42, 0x43, 4}},
		{0x8100, vlan(5, 0x0800, IP4), vlan(5, 0x0800, IP6)},
		{0x9100, vlan(5, 0x9200, vlan(6, 0x0800, IP4)), vlan(5, 0x9200, vlan(6, 0x0801, IP4))},
		{0x8926, be32(1) + be16(0x0800) + IP4, be32(1) + be16(0x0800) + IP6},
		{0x8909, Bytes{1, 2} + zeros(8) + be16(0x0800) + IP4, Bytes{1, 1} + zeros(8) + be16(0x0800) + IP4},
		{0x88e7, zeros(16) + be16(0x0800) + IP4, zeros(15) + be16(0x0800) + IP4},
		{0x894f, Bytes{0, 2, 1, 3} + zeros(4), Bytes{0, 2, 1, 6} + zeros(4)},
		{0x88a8, vlan(5, 0x8100, vlan(6, 0x86dd, IP6)), vlan(5, 0x8100, vlan(6, 0x1234, IP6))},
	};

	for (const auto &one : types) {
		EXPECT_TRUE(Guess(ether(one.type, one.good)).is_frame()) << one.type;
		EXPECT_FALSE(Guess(ether(one.type, one.bad)).is_frame()) << one.type;
		EXPECT_FALSE(Guess(ether(one.type, {})).is_frame()) << one.type;
		EXPECT_FALSE(Guess(ether(one.type, {one.good[0]})).is_frame()) << one.type;
	}
	EXPECT_FALSE(Guess(ether(0x1234, IP4)).is_frame());
	EXPECT_FALSE(Guess(ether(0x0002, {0x42, 0x42, 3})).is_frame()) << "shorter than its header";
	for (size_t n = 0; n < 16; n++)
		EXPECT_FALSE(Guess(zeros(n)).is_frame());
}

TEST(LayerGuess, TagsThatNeverEnd)
{
	Bytes inner = IP4;

	for (unsigned tags = 1; tags <= 20; tags++) {
		inner = vlan(5, tags == 1 ? 0x0800 : 0x8100, inner);
		EXPECT_EQ(Guess(ether(0x8100, inner)).is_frame(), tags <= 8) << tags;
	}
}

TEST(LayerGuess, Llc)
{
	for (uint8_t point : {0x42, 0xaa, 0xe0, 0xf0, 0xfe}) {
		EXPECT_TRUE(Guess({point, point, 3}).is_llc()) << (int)point;
		EXPECT_TRUE(Guess({point, (uint8_t)(point | 1), 3}).is_llc()) << "an answer";
		EXPECT_FALSE(Guess({point, point, 0}).is_llc());
		EXPECT_FALSE(Guess({point, (uint8_t)(point ^ 4), 3}).is_llc());
		EXPECT_FALSE(Guess({point, point}).is_llc());
	}
	EXPECT_FALSE(Guess({0x10, 0x10, 3}).is_llc());
}

TEST(LayerGuess, Ppp)
{
	for (const Bytes &framing : {Bytes{}, be16(0xff03)}) {
		EXPECT_TRUE(Guess(framing + ppp(IP4)).is_ppp());
		EXPECT_TRUE(Guess(framing + ppp(IP6)).is_ppp());
		EXPECT_TRUE(Guess(framing + be16(0xc021) + zeros(4)).is_ppp());
		EXPECT_FALSE(Guess(framing + be16(0x0021) + IP6).is_ppp());
		EXPECT_FALSE(Guess(framing + be16(0x0057) + IP4).is_ppp());
		EXPECT_FALSE(Guess(framing + be16(0x1234) + IP4).is_ppp());
		EXPECT_FALSE(Guess(framing + be16(0x0021)).is_ppp());
	}
}

} // namespace
