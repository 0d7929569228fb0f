// SPDX-License-Identifier: BSD-3-Clause
// GTP-U: options, chains of extensions, messages, and what it carries without saying so.

#include <gtest/gtest.h>

#include "tunnels.h"

namespace
{

using namespace support;

const Bytes IP4 = ip4(6, tcp()), IP6 = ip6(17, udp());

packet
user(const Bytes &bytes)
{
	return parse(frame_of(ip4(17, datagram(2152, bytes))));
}

bool
is_inside(const packet &pk)
{
	return verdict(pk) == "tracked" && pk.tunnels == 1;
}

/* Each of the three bits brings all four bytes; only E makes the last of them a type. */
TEST(LayerGtp, Options)
{
	EXPECT_TRUE(is_inside(user(gtp(0x30, 255, IP4))));
	EXPECT_EQ(path_of_last()->level[0].id, 0xabcdef01u);
	EXPECT_TRUE(is_inside(user(gtp(0x31, 255, Bytes{0, 0, 9, 0x85} + IP4))));
	EXPECT_TRUE(is_inside(user(gtp(0x32, 255, Bytes{0, 7, 0, 0x85} + IP6))));
	EXPECT_TRUE(is_inside(user(gtp(0x34, 255, Bytes{0, 0, 0, 0} + IP4))));
	EXPECT_TRUE(is_inside(user(gtp(0x37, 255, Bytes{0, 7, 9, 0xc0, 1, 0, 1, 0} + IP4))));
	EXPECT_TRUE(is_inside(user(gtp(0x38, 255, IP4)))) << "the spare bit is not looked at";
}

/* An extension of every length, and chains of them. */
TEST(LayerGtp, Extensions)
{
	for (unsigned words = 1; words <= 255; words++) {
		Bytes extension = Bytes{(uint8_t)words} + zeros(words * 4 - 1);

		EXPECT_TRUE(is_inside(user(gtp(0x34, 255, Bytes{0, 0, 0, 0x85} + extension + IP4)))) << words;
	}
	for (unsigned n = 1; n <= 20; n++) {
		Bytes chain;

		for (unsigned i = 0; i < n; i++)
			chain = chain + Bytes{1, 0, 0, (uint8_t)(i + 1 < n ? 0x85 : 0)};
		EXPECT_EQ(user(gtp(0x34, 255, Bytes{0, 0, 0, 0x85} + chain + IP4)).tunnels, n <= 16 ? 1 : 0) << n;
	}
	EXPECT_EQ(user(gtp(0x34, 255, Bytes{0, 0, 0, 0x85, 0, 0, 0, 0} + IP4)).tunnels, 0) << "of no length";
	EXPECT_EQ(user(gtp(0x34, 255, Bytes{0, 0, 0, 0x85, 200, 0, 0, 0} + IP4)).tunnels, 0) << "too long";
	EXPECT_EQ(user(gtp(0x34, 255, {0, 0, 0})).tunnels, 0);
}

TEST(LayerGtp, Messages)
{
	for (unsigned type = 0; type < 255; type++) {
		bool is_known = type == 1 || type == 2 || type == 26 || type == 31 || type == 253 || type == 254;
		packet pk = user(gtp(0x32, (uint8_t)type, be32(0)));

		EXPECT_EQ(verdict(pk), is_known ? "tunnel-control" : "tracked") << type;
		EXPECT_EQ(pk.tunnels, is_known ? 1 : 0) << type;
	}
	Bytes longer = gtp(0x32, 1, be32(0)) + zeros(1);
	EXPECT_EQ(verdict(user(longer)), "tracked") << "a message is as long as it says";
}

TEST(LayerGtp, HeadersThatCannotBe)
{
	for (uint8_t flags : {0x00, 0x10, 0x20, 0x50, 0x90, 0xf0})
		EXPECT_EQ(user(gtp(flags, 255, IP4)).tunnels, 0) << (int)flags;
	Bytes longer = gtp(0x30, 255, IP4);
	put16(longer, 2, (uint32_t)IP4.size() + 1);
	EXPECT_EQ(user(longer).tunnels, 0);
	put16(longer, 2, 8);
	EXPECT_EQ(user(longer).tunnels, 0) << "shorter than what it carries";
}

/* Addresses whose first half is the type of a frame are no frame; a frame that begins like IP is one. */
TEST(LayerGtp, IpOrAFrame)
{
	for (uint16_t type : {0x0800, 0x86dd, 0x0806, 0x8100, 0x88a8, 0x8847, 0x8863, 0x8864, 0x88cc}) {
		for (uint16_t next : {0x0001, 0x4500, 0x6000, 0x1100, 0x0200, 0x4f4f}) {
			Bytes ip = IP4;

			put16(ip, 12, type);
			put16(ip, 14, next);
			packet pk = user(gtp(0x30, 255, ip));
			ASSERT_TRUE(is_inside(pk)) << type << " " << next;
			EXPECT_EQ(pk.src_port, 40000);
		}
	}
	for (unsigned first = 0; first < 256; first += 2) {
		Bytes frame = frame_of(IP6);

		frame[0] = (uint8_t)first;
		EXPECT_TRUE(is_inside(user(gtp(0x30, 255, frame)))) << first;
	}
}

/* An answer goes to the port that the question came from. */
TEST(LayerGtp, EitherPort)
{
	EXPECT_EQ(parse(frame_of(ip4(17, datagram(50001, gtp(0x32, 2, be32(0)), 2152)))).tunnels, 1);
}

} // namespace
