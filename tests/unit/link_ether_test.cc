// SPDX-License-Identifier: BSD-3-Clause
// Ethernet, and 802.3 with LLC: the frame that a port brings, and those inside others.

#include <gtest/gtest.h>

#include "tunnels.h"

namespace
{

using namespace support;

const Bytes IP4 = ip4(6, tcp());
const Bytes IP6 = ip6(17, udp());

TEST(LinkEther, Ethernet)
{
	packet pk = parse(ether(0x0800, IP4));

	EXPECT_EQ(verdict(pk), "tracked");
	EXPECT_EQ(pk.src_port, 40000);
	EXPECT_EQ(pk.vlan, PACKET_NO_VLAN);
	EXPECT_EQ(verdict_of(ether(0x86dd, IP6)), "tracked");
	for (uint16_t type : {0x0806, 0x88cc, 0x0600, 0x8863, 0xffff})
		EXPECT_EQ(verdict_of(ether(type, IP4)), "not-ip") << type;
	EXPECT_EQ(verdict_of(zeros(13)), "link-short");
	EXPECT_EQ(verdict_of({}), "link-short");
}

TEST(LinkEther, EthertypeThatLies)
{
	EXPECT_EQ(verdict_of(ether(0x0800, IP6)), "ipv4-header");
	EXPECT_EQ(verdict_of(ether(0x86dd, IP4)), "ipv6-header");
}

TEST(LinkEther, LlcAndSnap)
{
	packet pk = parse(ether((uint16_t)(8 + IP4.size()), llc_snap(0x0800, IP4)));

	EXPECT_EQ(verdict(pk), "tracked");
	EXPECT_EQ(pk.src_port, 40000);
	EXPECT_EQ(verdict_of(ether(8, llc_snap(0x86dd, IP6))), "tracked");
	EXPECT_EQ(verdict_of(ether(8, llc_snap(0x8100, vlan(3, 0x0800, IP4)))), "tracked");
	EXPECT_EQ(verdict_of(ether(38, Bytes{0x42, 0x42, 3} + zeros(35))), "not-ip") << "STP";
	EXPECT_EQ(verdict_of(ether(60, Bytes{0xaa, 0xaa, 3, 0, 0, 0x0c} + be16(0x0800) + IP4)),
	          "not-ip")
		<< "another OUI";
	for (size_t n = 0; n < 8; n++)
		EXPECT_EQ(verdict(parse_prefix(ether(8, llc_snap(0x0800, {})), 14 + n)), "not-ip") << n;
}

/* SNAP in SNAP in SNAP, as deep as a frame is long, ends. */
TEST(LinkEther, SnapInSnap)
{
	Bytes frame = ether(8, {});

	while (frame.size() < 65000)
		frame = frame + llc_snap(8, {});
	EXPECT_EQ(verdict_of(frame), "not-ip");
}

TEST(LinkEther, RawIp)
{
	packet pk = parse(IP4, PACKET_LINK_RAW);

	EXPECT_EQ(verdict(pk), "tracked");
	EXPECT_EQ(pk.src_port, 40000);
	EXPECT_EQ(pk.vlan, PACKET_NO_VLAN);
	EXPECT_EQ(verdict_of(IP6, PACKET_LINK_RAW), "tracked");
	EXPECT_EQ(verdict_of({}, PACKET_LINK_RAW), "link-short");
	for (int version : {0, 1, 5, 7, 15})
		EXPECT_EQ(verdict_of({(uint8_t)(version << 4)}, PACKET_LINK_RAW), "not-ip");
}

TEST(LinkEther, Unknown)
{
	EXPECT_EQ(verdict_of(IP4, PACKET_N_LINKS), "link-unknown");
	EXPECT_EQ(verdict_of({}, (packet_link)255), "link-unknown");
}

/* In a tunnel too the outermost tag names the VLAN, whatever frames lie in that frame. */
TEST(LinkEther, FramesInAFrameInATunnel)
{
	const Bytes label = {0, 1, 1, 64};
	Bytes inner = ether(0x8100, vlan(9, 0x0800, IP4));
	Bytes outer = ether(0x8100, vlan(7, 0x8847, label + inner));

	EXPECT_EQ(parse(outer).vlan, 7);
	EXPECT_EQ(parse(frame_of(ip4(97, Bytes{0x30, 0} + outer))).vlan, 7);
	EXPECT_EQ(parse(frame_of(ip4(97, Bytes{0x30, 0} + ether(0x8847, label + inner)))).vlan, 9);
	EXPECT_EQ(parse(frame_of(ip4(47, gre(0x1000, 0x88be, be32(1) + Bytes{0x10, 5, 0, 1} + be32(0),
	                                     ether(0x8847, label + inner)))))
	              .vlan,
	          5);
	EXPECT_EQ(parse(ether(0x8100, vlan(3, 0x0800, ip4(97, Bytes{0x30, 0} + outer)))).vlan, 7);
}

} // namespace
