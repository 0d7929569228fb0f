// SPDX-License-Identifier: BSD-3-Clause
// VXLAN with and without a group policy, and VXLAN-GPE with everything that it carries.

#include <gtest/gtest.h>

#include "tunnels.h"

namespace
{

using namespace support;

const Bytes IP4 = ip4(6, tcp()), IP6 = ip6(17, udp());

packet
vxlan(uint16_t port, const Bytes &header, const Bytes &inner)
{
	return parse(frame_of(ip4(17, datagram(port, header + inner))));
}

bool
is_inside(const packet &pk)
{
	return verdict(pk) == "tracked" && pk.tunnels == 1;
}

TEST(LayerVxlan, Networks)
{
	for (uint32_t vni : {0u, 1u, 0x00ffffu, 0xffffffu}) {
		for (uint16_t port : {4789, 8472}) {
			EXPECT_TRUE(is_inside(vxlan(port, be32(0x08000000) + be32(vni << 8), frame_of(IP6))));
			EXPECT_EQ(path_of_last()->level[0].id, vni);
		}
	}
}

/* The group policy's bits, and reserved ones that a sender set all the same. */
TEST(LayerVxlan, OtherBits)
{
	for (uint32_t flags : {0x88000000u, 0x88480bb8u, 0x88400001u, 0x0c000000u, 0x08000001u, 0xff123456u})
		EXPECT_TRUE(is_inside(vxlan(4789, be32(flags) + be32(0x100), frame_of(IP4)))) << flags;
	EXPECT_TRUE(is_inside(vxlan(4789, be32(0x08000000) + be32(0x1ff), frame_of(IP4))));
	EXPECT_FALSE(is_inside(vxlan(4789, be32(0x00000000) + be32(0x100), frame_of(IP4)))) << "no id";
	EXPECT_FALSE(is_inside(vxlan(4789, be32(0xf7000000) + be32(0x100), frame_of(IP4))));
}

/* Spanning tree in a network is known; a plain packet whose text looks like a length is not. */
TEST(LayerVxlan, Llc)
{
	const Bytes header = be32(0x08000000) + be32(0x100);
	packet pk = vxlan(4789, header, ether(38, Bytes{0x42, 0x42, 3} + zeros(35)));

	EXPECT_EQ(verdict(pk), "not-ip");
	EXPECT_EQ(pk.tunnels, 1);
	EXPECT_EQ(verdict(vxlan(4789, header, ether(38, Bytes{0xfe, 0xfe, 3} + zeros(35)))), "not-ip");
	EXPECT_TRUE(is_inside(vxlan(4789, header, ether(60, llc_snap(0x0800, IP4)))));
	EXPECT_EQ(vxlan(4789, header, ether(38, Bytes{0x03, 'c', 'o'} + zeros(35))).tunnels, 0);
}

/* Only the receiver's port is a tunnel's: the sender's is there to spread the flows. */
TEST(LayerVxlan, SendersPort)
{
	Bytes payload = be32(0x08000000) + be32(0x100) + frame_of(IP4);

	EXPECT_EQ(parse(frame_of(ip4(17, datagram(50001, payload, 4789)))).tunnels, 0);
	EXPECT_EQ(parse(frame_of(ip4(17, datagram(4789, payload, 4789)))).tunnels, 1);
}

TEST(LayerVxlan, GpeCarries)
{
	const Bytes vni = be32(0x12345600), label = {0, 1, 1, 64};
	const struct {
		uint8_t next;
		Bytes inner;
	} carried[] = {{1, IP4}, {2, IP6}, {3, frame_of(IP4)},
	               {4, Bytes{0, 2, 1, 1} + zeros(4) + IP4}, {5, label + IP6}};

	for (const auto &one : carried) {
		EXPECT_TRUE(is_inside(vxlan(4790, Bytes{0x0c, 0, 0, one.next} + vni, one.inner)))
			<< (int)one.next;
		EXPECT_EQ(path_of_last()->level[0].id, 0x123456u);
	}
	for (unsigned next : {0, 6, 7, 128, 255})
		EXPECT_EQ(vxlan(4790, Bytes{0x0c, 0, 0, (uint8_t)next} + vni, frame_of(IP4)).tunnels, 0);
	EXPECT_TRUE(is_inside(vxlan(4790, be32(0x08000000) + vni, frame_of(IP4)))) << "no next: a frame";
	EXPECT_TRUE(is_inside(vxlan(4790, be32(0x08000001) + vni, IP4))) << "the bit was forgotten";
}

TEST(LayerVxlan, GpeHeaders)
{
	const Bytes vni = be32(0x12345600);
	packet pk = vxlan(4790, be32(0x0d000001) + vni, zeros(20));

	EXPECT_EQ(verdict(pk), "tunnel-control") << "its own operation";
	EXPECT_EQ(pk.tunnels, 1);
	for (uint32_t flags : {0x04000001u, 0x1c000001u, 0x2c000001u, 0x4c000001u, 0x0c010001u, 0x0c000101u})
		EXPECT_EQ(vxlan(4790, be32(flags) + vni, IP4).tunnels, 0) << flags;
	EXPECT_EQ(vxlan(4790, be32(0x0c000001) + be32(0x123456ff), IP4).tunnels, 0);
}

} // namespace
