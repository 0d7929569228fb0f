// SPDX-License-Identifier: BSD-3-Clause
// ERSPAN of types I to III: sessions, VLANs, what the optional header and the frame's type say.

#include <gtest/gtest.h>

#include "tunnels.h"

namespace
{

using namespace support;

const Bytes FRAME4 = ether(0x0800, ip4(6, tcp()));
const Bytes TAGGED = ether(0x8100, vlan(7, 0x0800, ip4(6, tcp())));

packet
type_2(const Bytes &header, const Bytes &frame)
{
	return parse(frame_of(ip4(47, gre(0x1000, 0x88be, be32(1), header + frame))));
}

packet
type_3(const Bytes &header, const Bytes &inner)
{
	return parse(frame_of(ip4(47, gre(0x1000, 0x22eb, be32(1), header + inner))));
}

/* Version and VLAN, class and bits and session, index. */
TEST(LayerErspan, TypeII)
{
	packet pk = type_2({0x10, 0x64, 0x00, 0x05, 0, 0, 0, 1}, FRAME4);

	EXPECT_EQ(verdict(pk), "tracked");
	EXPECT_EQ(pk.vlan, 100) << "only the header says it";
	EXPECT_EQ(path_of_last()->level[0].id, 5u);
	EXPECT_EQ(type_2({0x10, 0x00, 0xff, 0xff, 0, 0, 0, 1}, FRAME4).vlan, PACKET_NO_VLAN);
	EXPECT_EQ(path_of_last()->level[0].id, 0x3ffu) << "ten bits";
	EXPECT_EQ(type_2({0x10, 0x64, 0x18, 0x05, 0, 0, 0, 1}, TAGGED).vlan, 7) << "the tag is kept";
	EXPECT_EQ(type_2({0x10, 0x64, 0x18, 0x05, 0, 0, 0, 1}, FRAME4).vlan, PACKET_NO_VLAN);
	EXPECT_EQ(type_2({0x10, 0x64, 0x10, 0x05, 0, 0, 0, 1}, TAGGED).vlan, 100) << "outermost";
	EXPECT_EQ(verdict(type_2({0x20, 0x64, 0, 5, 0, 0, 0, 1}, FRAME4)), "tunnel-header");
	EXPECT_EQ(verdict(type_2({0x00, 0x64, 0, 5, 0, 0, 0, 1}, FRAME4)), "tunnel-header");
	for (size_t n = 0; n < 8; n++)
		EXPECT_EQ(verdict(type_2(Bytes(n, 0x10), {})), "tunnel-short") << n;
	EXPECT_EQ(verdict(type_2({0x10, 0, 0, 5, 0, 0, 0, 1}, zeros(13))), "link-short");
}

/* Without a sequence there is no header. */
TEST(LayerErspan, TypeI)
{
	packet pk = parse(frame_of(ip4(47, gre(0, 0x88be, {}, TAGGED))));

	EXPECT_EQ(verdict(pk), "tracked");
	EXPECT_EQ(pk.vlan, 7);
	EXPECT_EQ(path_of_last()->level[0].has_id, 0);
}

/* In place of the bits of type II are those that say what was wrong with the frame. */
TEST(LayerErspan, TypeIII)
{
	const Bytes rest = be32(77) + be16(3);
	packet pk = type_3(Bytes{0x20, 0x64, 0x00, 0x05} + rest + Bytes{0, 0}, FRAME4);

	EXPECT_EQ(verdict(pk), "tracked");
	EXPECT_EQ(pk.vlan, 100);
	EXPECT_EQ(type_3(Bytes{0x20, 0x64, 0x18, 0x05} + rest + Bytes{0, 0}, FRAME4).vlan, 100);
	EXPECT_EQ(verdict(type_3(Bytes{0x20, 0, 0, 5} + rest + Bytes{0, 1} + zeros(8), FRAME4)),
	          "tracked");
	EXPECT_EQ(verdict(type_3(Bytes{0x10, 0, 0, 5} + rest + Bytes{0, 0}, FRAME4)), "tunnel-header");
	EXPECT_EQ(verdict(type_3(Bytes{0x20, 0, 0, 5} + rest + Bytes{0, 1} + zeros(7), {})),
	          "tunnel-short");
	for (size_t n = 0; n < 12; n++)
		EXPECT_EQ(verdict(type_3(Bytes(n, 0x20), {})), "tunnel-short") << n;
}

/* Five bits say what the frame is: Ethernet, IP, or what is not read. */
TEST(LayerErspan, TypesOfFrames)
{
	for (unsigned type = 0; type < 32; type++) {
		Bytes header = Bytes{0x20, 0x64, 0, 5} + be32(77) + be16(3) + Bytes{(uint8_t)(type << 2), 0};

		EXPECT_EQ(verdict(type_3(header, FRAME4)), type == 0 ? "tracked" : "not-ip") << type;
		EXPECT_EQ(verdict(type_3(header, ip6(17, udp()))), type == 2 ? "tracked" : "not-ip") << type;
	}
	Bytes header = Bytes{0x20, 0x64, 0, 5} + be32(77) + be16(3) + Bytes{2 << 2, 0};
	packet pk = type_3(header, ip4(47, gre(0, 0x6558, {}, FRAME4)));
	EXPECT_EQ(verdict(pk), "tracked");
	EXPECT_EQ(pk.vlan, PACKET_NO_VLAN) << "a frame further inside has no VLAN of this header";
	EXPECT_EQ(type_3(header, ip4(6, tcp())).vlan, 100);
}

} // namespace
