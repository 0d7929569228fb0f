// SPDX-License-Identifier: BSD-3-Clause
// Tags between the addresses and the type: of VLANs, and of fabrics and port extenders.

#include <gtest/gtest.h>

#include "tunnels.h"

namespace
{

using namespace support;

const Bytes IP4 = ip4(6, tcp());
const Bytes IP6 = ip6(17, udp());

/* Up to eight tags are read, of any of their four types; the outermost names the VLAN. */
TEST(LinkTag, VlanDepths)
{
	const uint16_t types[] = {0x8100, 0x88a8, 0x9100, 0x9200};

	for (uint16_t tpid : types) {
		Bytes inner = IP4;
		uint16_t type = 0x0800;

		for (unsigned depth = 0; depth <= 10; depth++) {
			packet pk = parse(ether(type, inner));

			if (depth > PACKET_VLAN_MAX) {
				EXPECT_EQ(verdict(pk), "vlan-depth") << depth;
			} else {
				EXPECT_EQ(verdict(pk), "tracked") << depth;
				EXPECT_EQ(pk.vlan, depth == 0 ? PACKET_NO_VLAN : 100 + depth);
				EXPECT_EQ(pk.src_port, 40000);
				EXPECT_EQ(pk.ip_bytes, IP4.size());
			}
			inner = vlan((uint16_t)(0xe000 | (101 + depth)), type, inner);
			type = tpid;
		}
	}
}

TEST(LinkTag, QinQ)
{
	packet pk = parse(ether(0x88a8, vlan(200, 0x8100, vlan(7, 0x86dd, IP6))));

	EXPECT_EQ(verdict(pk), "tracked");
	EXPECT_EQ(pk.vlan, 200);
}

TEST(LinkTag, TagsThatEndEarly)
{
	EXPECT_EQ(verdict_of(ether(0x8100, {})), "link-short");
	EXPECT_EQ(verdict_of(ether(0x8100, {0, 7, 8})), "link-short");
	EXPECT_EQ(verdict_of(ether(0x8100, vlan(7, 0x0800, {}))), "ipv4-short");
	EXPECT_EQ(verdict_of(ether(0x8100, vlan(7, 0x0806, IP4))), "not-ip");
}

/* VID 0 is a priority: the frame is untagged, or the next tag names its VLAN. */
TEST(LinkTag, PriorityTags)
{
	EXPECT_EQ(parse(ether(0x8100, vlan(0xe000, 0x0800, IP4))).vlan, PACKET_NO_VLAN);
	EXPECT_EQ(parse(ether(0x88a8, vlan(0, 0x8100, vlan(7, 0x0800, IP4)))).vlan, 7);
	EXPECT_EQ(parse(ether(0x88a8, vlan(7, 0x8100, vlan(0, 0x0800, IP4)))).vlan, 7);
	EXPECT_EQ(parse(ether(0x8100, vlan(4095, 0x0800, IP4))).vlan, 4095);
}

/* Tags of fabrics and extenders: what follows their type, up to the type of what is inside. */
const struct {
	const char *name;
	uint16_t type;
	Bytes bytes;
} TAGS[] = {
	{"VN-Tag", 0x8926, {0, 1, 0, 2}},
	{"E-Tag", 0x893f, {0, 1, 0, 2, 0, 0}},
	{"metadata", 0x8909, {1, 1, 0, 1, 0, 2}},
	{"metadata with two words", 0x8909, {1, 2, 0, 1, 0, 2, 0, 2, 0, 9}},
	{"FabricPath", 0x8903, Bytes{0x10, 0x20} + zeros(12)},
	{"802.1ah", 0x88e7, Bytes{0, 0, 1, 2} + zeros(12)},
	{"TRILL", 0x22f3, Bytes{0, 3, 0, 1, 0, 2} + zeros(12)},
	{"TRILL with options", 0x22f3, Bytes{0, 0x83, 0, 1, 0, 2} + zeros(8 + 12)},
};

TEST(LinkTag, TagsOfFabrics)
{
	for (const auto &tag : TAGS) {
		packet pk = parse(ether(tag.type, tag.bytes + be16(0x0800) + IP4));

		EXPECT_EQ(verdict(pk), "tracked") << tag.name;
		EXPECT_EQ(pk.src_port, 40000) << tag.name;
		EXPECT_EQ(pk.ip_bytes, IP4.size()) << tag.name;
		EXPECT_EQ(pk.vlan, PACKET_NO_VLAN) << tag.name;
		EXPECT_EQ(verdict_of(ether(tag.type, tag.bytes + be16(0x86dd) + IP6)), "tracked");
		EXPECT_EQ(verdict_of(ether(tag.type, tag.bytes + be16(0x0806) + IP4)), "not-ip");
		pk = parse(ether(tag.type, tag.bytes + be16(0x8100) + vlan(100, 0x0800, IP4)));
		EXPECT_EQ(pk.vlan, 100) << tag.name;
		pk = parse(ether(0x8100, vlan(5, tag.type, tag.bytes + be16(0x0800) + IP4)));
		EXPECT_EQ(pk.vlan, 5) << tag.name;
		for (size_t n = 0; n < tag.bytes.size() + 2; n++) {
			Bytes cut = tag.bytes + be16(0x0800);

			cut.resize(n);
			EXPECT_EQ(verdict_of(ether(tag.type, cut)), "link-short") << tag.name << n;
		}
	}
}

TEST(LinkTag, TagsOfFabricsThatNeverEnd)
{
	for (const auto &tag : TAGS) {
		Bytes inner = tag.bytes + be16(0x0800) + IP4;

		for (unsigned i = 0; i < 2000; i++)
			inner = tag.bytes + be16(tag.type) + inner;
		EXPECT_EQ(verdict_of(ether(tag.type, inner)), "vlan-depth") << tag.name;
	}
}

/* A frame of 802.3 behind tags, with its length where the type would be. */
TEST(LinkTag, LengthsBehindTags)
{
	EXPECT_EQ(verdict_of(ether(0x8100, vlan(7, 60, llc_snap(0x0800, IP4)))), "tracked");
	EXPECT_EQ(verdict_of(ether(0x8100, vlan(7, 38, Bytes{0x42, 0x42, 3} + zeros(35)))), "not-ip");
}

} // namespace
