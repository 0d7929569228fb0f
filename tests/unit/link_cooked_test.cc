// SPDX-License-Identifier: BSD-3-Clause
// What systems put before a packet: cooked, loopback, netfilter's log; and FDDI.

#include <gtest/gtest.h>

#include "tunnels.h"

namespace
{

using namespace support;

const Bytes IP4 = ip4(6, tcp());
const Bytes IP6 = ip6(17, udp());

TEST(LinkCooked, LinuxCooked)
{
	EXPECT_EQ(verdict_of(zeros(14) + be16(0x0800) + IP4, PACKET_LINK_SLL), "tracked");
	EXPECT_EQ(verdict_of(zeros(14) + be16(0x86dd) + IP6, PACKET_LINK_SLL), "tracked");
	EXPECT_EQ(parse(zeros(14) + be16(0x8100) + vlan(9, 0x0800, IP4), PACKET_LINK_SLL).vlan, 9);
	EXPECT_EQ(verdict_of(zeros(14) + be16(0x0806) + IP4, PACKET_LINK_SLL), "not-ip");
	EXPECT_EQ(verdict_of(zeros(15), PACKET_LINK_SLL), "link-short");
	EXPECT_EQ(verdict_of(zeros(14) + be16(0x0800), PACKET_LINK_SLL), "ipv4-short");
}

TEST(LinkCooked, LinuxCookedTwo)
{
	EXPECT_EQ(verdict_of(be16(0x0800) + zeros(18) + IP4, PACKET_LINK_SLL2), "tracked");
	EXPECT_EQ(verdict_of(be16(0x86dd) + zeros(18) + IP6, PACKET_LINK_SLL2), "tracked");
	EXPECT_EQ(verdict_of(be16(0x0806) + zeros(18) + IP4, PACKET_LINK_SLL2), "not-ip");
	EXPECT_EQ(verdict_of(be16(0x0800) + zeros(17), PACKET_LINK_SLL2), "link-short");
	EXPECT_EQ(parse(be16(0x0800) + zeros(18) + IP4, PACKET_LINK_SLL2).src_port, 40000);
}

TEST(LinkCooked, LoopbackOfEitherByteOrder)
{
	for (uint8_t family : {2, 10, 24, 28, 30}) {
		const Bytes &inner = family == 2 ? IP4 : IP6;

		EXPECT_EQ(verdict_of(Bytes{family, 0, 0, 0} + inner, PACKET_LINK_LOOPBACK), "tracked");
		EXPECT_EQ(verdict_of(Bytes{0, 0, 0, family} + inner, PACKET_LINK_LOOPBACK), "tracked");
	}
	EXPECT_EQ(verdict_of(Bytes{7, 0, 0, 0} + IP4, PACKET_LINK_LOOPBACK), "not-ip");
	EXPECT_EQ(verdict_of(Bytes{0, 0, 2}, PACKET_LINK_LOOPBACK), "link-short");
	EXPECT_EQ(verdict_of(Bytes{2, 0, 0, 0}, PACKET_LINK_LOOPBACK), "link-short");
}

TEST(LinkCooked, LoopbackOfEverySystem)
{
	for (uint8_t family : {10, 23, 24, 28, 30})
		EXPECT_EQ(verdict_of(Bytes{family, 0, 0, 0} + IP6, PACKET_LINK_LOOPBACK), "tracked");
	for (uint8_t family : {0, 1, 3, 7, 22, 25, 31})
		EXPECT_EQ(verdict_of(Bytes{family, 0, 0, 0} + IP6, PACKET_LINK_LOOPBACK), "not-ip");
}

/* Family, version and group; then attributes, each filled up to words. */
TEST(LinkCooked, Nflog)
{
	const Bytes head = {2, 0, 0, 1};
	const auto attribute = [](uint16_t type, const Bytes &value) {
		size_t size = 4 + value.size();

		return Bytes{(uint8_t)size, (uint8_t)(size >> 8), (uint8_t)type, (uint8_t)(type >> 8)} + value +
		       zeros((4 - size % 4) % 4);
	};

	for (size_t size = 0; size <= 9; size++) {
		Bytes before = attribute(1, be32(0x08000100)) + attribute(10, Bytes(size, 'x'));

		EXPECT_EQ(verdict_of(head + before + attribute(9, IP4), PACKET_LINK_NFLOG), "tracked") << size;
		EXPECT_EQ(verdict_of(head + attribute(9, IP6) + before, PACKET_LINK_NFLOG), "tracked") << size;
	}
	EXPECT_EQ(verdict_of(head + attribute(0x8009, IP4), PACKET_LINK_NFLOG), "tracked") << "a flag";
	EXPECT_EQ(verdict_of(head, PACKET_LINK_NFLOG), "not-ip") << "no payload";
	EXPECT_EQ(verdict_of(head + Bytes{3, 0, 9, 0} + IP4, PACKET_LINK_NFLOG), "link-short");
	EXPECT_EQ(verdict_of(head + Bytes{0, 0, 1, 0} + IP4, PACKET_LINK_NFLOG), "link-short");
	EXPECT_EQ(verdict_of(head + Bytes{0xff, 0x7f, 9, 0} + IP4, PACKET_LINK_NFLOG), "link-short");
	EXPECT_EQ(verdict_of(head + Bytes{0xff, 0xff, 1, 0} + IP4, PACKET_LINK_NFLOG), "link-short");
	for (size_t n = 0; n < 4; n++)
		EXPECT_EQ(verdict_of(zeros(n), PACKET_LINK_NFLOG), "link-short");
	EXPECT_EQ(verdict_of(head + attribute(9, IP4), PACKET_LINK_NFLOG, 2000), "tracked") << "cut";
}

/* Frames of data have an LLC; those of the ring itself have not. */
TEST(LinkCooked, Fddi)
{
	for (uint8_t control : {0x50, 0x51, 0x57})
		EXPECT_EQ(verdict_of(Bytes{control} + zeros(12) + llc_snap(0x0800, IP4), PACKET_LINK_FDDI),
		          "tracked");
	EXPECT_EQ(verdict_of(Bytes{0x50} + zeros(12) + llc_snap(0x86dd, IP6), PACKET_LINK_FDDI), "tracked");
	EXPECT_EQ(verdict_of(Bytes{0xc1} + zeros(12) + llc_snap(0x0800, IP4), PACKET_LINK_FDDI), "not-ip");
	EXPECT_EQ(verdict_of(Bytes{0x50} + zeros(12) + Bytes{0x42, 0x42, 3}, PACKET_LINK_FDDI), "not-ip");
	for (size_t n = 0; n < 13; n++)
		EXPECT_EQ(verdict_of(Bytes(n, 0x50), PACKET_LINK_FDDI), "link-short");
}

} // namespace
