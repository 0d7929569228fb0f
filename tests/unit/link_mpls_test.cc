// SPDX-License-Identifier: BSD-3-Clause
// Labels, what follows the last of them, and service paths.

#include <gtest/gtest.h>

#include "tunnels.h"

namespace
{

using namespace support;

const Bytes IP4 = ip4(6, tcp());
const Bytes IP6 = ip6(17, udp());

TEST(LinkMpls, Mpls)
{
	for (unsigned labels = 1; labels <= 16; labels++) {
		Bytes stack;

		for (unsigned i = 1; i <= labels; i++)
			stack = stack + Bytes{0, 1, (uint8_t)(i == labels), 64};
		packet pk = parse(ether(labels % 2 ? 0x8847 : 0x8848, stack + IP4));
		EXPECT_EQ(verdict(pk), "tracked") << labels;
		EXPECT_EQ(pk.src_port, 40000);
	}
	EXPECT_EQ(verdict_of(ether(0x8847, zeros(17 * 4) + IP4)), "vlan-depth");
	EXPECT_EQ(verdict_of(ether(0x8847, zeros(3))), "link-short");
	EXPECT_EQ(verdict_of(ether(0x8847, {0, 1, 1, 64})), "link-short");
	EXPECT_EQ(verdict_of(ether(0x8847, Bytes{0, 1, 1, 64} + IP6)), "tracked");
	EXPECT_EQ(verdict_of(ether(0x8847, Bytes{0, 1, 1, 64} + zeros(60))), "not-ip");
}

/* Ethernet behind labels, with a control word and without; its addresses begin with any nibble. */
TEST(LinkMpls, Pseudowires)
{
	const Bytes label = {0, 1, 1, 64}, word = {0, 0, 0, 7};
	const Bytes frame = ether(0x0800, IP4), tagged = ether(0x8100, vlan(9, 0x86dd, IP6));

	for (unsigned first = 0; first < 256; first++) {
		for (Bytes inner : {frame, tagged}) {
			inner[0] = (uint8_t)first;
			EXPECT_EQ(verdict_of(ether(0x8847, label + inner)), "tracked") << first;
			EXPECT_EQ(verdict_of(ether(0x8847, label + word + inner)), "tracked") << first;
		}
	}
	EXPECT_EQ(parse(ether(0x8847, label + word + tagged)).vlan, 9);
	EXPECT_EQ(verdict_of(ether(0x8847, label + Bytes{0x10, 0, 0, 7} + frame)), "not-ip")
		<< "the pseudowire's own channel";
	EXPECT_EQ(verdict_of(ether(0x8847, label + word)), "link-short");
	EXPECT_EQ(verdict_of(ether(0x8847, label + Bytes{0, 0, 0})), "link-short");
	EXPECT_EQ(verdict_of(ether(0x8847, label + word + ether(0x0806, IP4))), "not-ip");
}

/* A service path's header: of two words, of six, and before what it says. */
TEST(LinkMpls, ServicePaths)
{
	const auto nsh = [](uint8_t words, uint8_t next, const Bytes &payload) {
		return Bytes{0x0f, (uint8_t)(0xc0 | words), 1, next} + zeros(words > 1 ? 4 * words - 4 : 0) +
		       payload;
	};

	for (uint8_t words : {2, 6, 63}) {
		EXPECT_EQ(verdict_of(ether(0x894f, nsh(words, 1, IP4))), "tracked") << (int)words;
		EXPECT_EQ(verdict_of(ether(0x894f, nsh(words, 2, IP6))), "tracked");
		EXPECT_EQ(verdict_of(ether(0x894f, nsh(words, 3, ether(0x0800, IP4)))), "tracked");
		EXPECT_EQ(verdict_of(ether(0x894f, nsh(words, 5, Bytes{0, 1, 1, 64} + IP4))), "tracked");
	}
	EXPECT_EQ(verdict_of(ether(0x894f, nsh(2, 4, nsh(3, 1, IP4)))), "tracked") << "in another";
	for (uint8_t next : {0, 6, 7, 254, 255})
		EXPECT_EQ(verdict_of(ether(0x894f, nsh(2, next, IP4))), "not-ip") << (int)next;
	for (uint8_t first : {0x2f, 0x4f, 0x8f, 0xcf}) {
		Bytes other = nsh(2, 1, IP4);

		other[0] = first;
		EXPECT_EQ(verdict_of(ether(0x894f, other)), "not-ip") << "the path's own, or a version";
	}
	EXPECT_EQ(verdict_of(ether(0x894f, nsh(0, 1, IP4))), "link-short") << "of no length";
	EXPECT_EQ(verdict_of(ether(0x894f, nsh(1, 1, IP4))), "link-short") << "without a path";
	EXPECT_EQ(verdict_of(ether(0x894f, {0, 2, 1})), "link-short");
	EXPECT_EQ(verdict_of(ether(0x894f, {0, 2, 1, 1, 0, 0, 0})), "link-short");
	Bytes bomb = ether(0x0800, IP4);
	for (unsigned i = 0; i < 3000; i++)
		bomb = ether(0x894f, nsh(2, 3, bomb));
	EXPECT_EQ(verdict_of(bomb), "vlan-depth");
	bomb = IP4;
	for (unsigned i = 0; i < 3000; i++)
		bomb = nsh(2, i == 0 ? 1 : 4, bomb);
	EXPECT_EQ(verdict_of(ether(0x894f, bomb)), "vlan-depth");
}

/* An IP packet whose source address begins like the type of a frame is none, padded or not. */
TEST(LinkMpls, AddressesLikeTypes)
{
	for (uint16_t type : {0x0800, 0x86dd, 0x0806, 0x8100, 0x8847, 0x8864}) {
		for (size_t payload : {0u, 200u}) {
			for (size_t padding : {0u, 4u}) {
				Bytes ip = ip4(6, tcp({.payload = payload}));

				put16(ip, 12, type);
				put16(ip, 14, 0x4500);
				packet pk = parse(ether(0x8847, Bytes{0, 1, 1, 64} + ip + zeros(padding)));
				EXPECT_EQ(verdict(pk), "tracked") << type;
				EXPECT_EQ(pk.src_port, 40000) << type;
				EXPECT_EQ(pk.payload_bytes, payload) << type;
			}
		}
	}
}

/* Frames in pseudowires in frames, without a tunnel of IP between them. */
TEST(LinkMpls, PseudowiresThatNeverEnd)
{
	Bytes bomb = ether(0x0800, IP4);

	for (unsigned i = 1; i < 3000; i++) {
		bomb = ether(0x8847, Bytes{0, 1, 1, 64} + bomb);
		if (i <= 12) {
			EXPECT_EQ(verdict_of(bomb), i <= 8 ? "tracked" : "vlan-depth") << i;
		}
	}
	EXPECT_EQ(verdict_of(bomb), "vlan-depth");
}

} // namespace
