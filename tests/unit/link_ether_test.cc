// SPDX-License-Identifier: BSD-3-Clause
// From the first byte to the IP header: link layers, tags, labels.

#include <gtest/gtest.h>

#include "frames.h"

namespace
{

using namespace support;

const Bytes IP = ip4(6, tcp());
const Bytes IP6 = ip6(17, udp());

TEST(LinkEther, Ethernet)
{
	packet pk = parse(ether(0x0800, IP));

	EXPECT_EQ(verdict(pk), "tracked");
	EXPECT_EQ(pk.src_port, 40000);
	EXPECT_EQ(pk.vlan, PACKET_NO_VLAN);
	EXPECT_EQ(verdict_of(ether(0x86dd, IP6)), "tracked");
	for (uint16_t type : {0x0806, 0x88cc, 0x0600, 0x8863, 0xffff})
		EXPECT_EQ(verdict_of(ether(type, IP)), "not-ip") << type;
	EXPECT_EQ(verdict_of(zeros(13)), "link-short");
	EXPECT_EQ(verdict_of({}), "link-short");
}

TEST(LinkEther, EthertypeThatLies)
{
	EXPECT_EQ(verdict_of(ether(0x0800, IP6)), "ipv4-header");
	EXPECT_EQ(verdict_of(ether(0x86dd, IP)), "ipv6-header");
}

/* Up to eight tags are read, of any of their four types; the outermost names the VLAN. */
TEST(LinkEther, VlanDepths)
{
	const uint16_t types[] = {0x8100, 0x88a8, 0x9100, 0x9200};

	for (uint16_t tpid : types) {
		Bytes inner = IP;
		uint16_t type = 0x0800;

		for (unsigned depth = 0; depth <= 10; depth++) {
			packet pk = parse(ether(type, inner));

			if (depth > PACKET_VLAN_MAX) {
				EXPECT_EQ(verdict(pk), "vlan-depth") << depth;
			} else {
				EXPECT_EQ(verdict(pk), "tracked") << depth;
				EXPECT_EQ(pk.vlan, depth == 0 ? PACKET_NO_VLAN : 100 + depth);
				EXPECT_EQ(pk.src_port, 40000);
				EXPECT_EQ(pk.ip_bytes, IP.size());
			}
			inner = vlan((uint16_t)(0xe000 | (101 + depth)), type, inner);
			type = tpid;
		}
	}
}

TEST(LinkEther, QinQ)
{
	packet pk = parse(ether(0x88a8, vlan(200, 0x8100, vlan(7, 0x86dd, IP6))));

	EXPECT_EQ(verdict(pk), "tracked");
	EXPECT_EQ(pk.vlan, 200);
}

TEST(LinkEther, TagsThatEndEarly)
{
	EXPECT_EQ(verdict_of(ether(0x8100, {})), "link-short");
	EXPECT_EQ(verdict_of(ether(0x8100, {0, 7, 8})), "link-short");
	EXPECT_EQ(verdict_of(ether(0x8100, vlan(7, 0x0800, {}))), "ipv4-short");
	EXPECT_EQ(verdict_of(ether(0x8100, vlan(7, 0x0806, IP))), "not-ip");
}

/* VID 0 is a priority: the frame is untagged, or the next tag names its VLAN. */
TEST(LinkEther, PriorityTags)
{
	EXPECT_EQ(parse(ether(0x8100, vlan(0xe000, 0x0800, IP))).vlan, PACKET_NO_VLAN);
	EXPECT_EQ(parse(ether(0x88a8, vlan(0, 0x8100, vlan(7, 0x0800, IP)))).vlan, 7);
	EXPECT_EQ(parse(ether(0x88a8, vlan(7, 0x8100, vlan(0, 0x0800, IP)))).vlan, 7);
	EXPECT_EQ(parse(ether(0x8100, vlan(4095, 0x0800, IP))).vlan, 4095);
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

TEST(LinkEther, TagsOfFabrics)
{
	for (const auto &tag : TAGS) {
		packet pk = parse(ether(tag.type, tag.bytes + be16(0x0800) + IP));

		EXPECT_EQ(verdict(pk), "tracked") << tag.name;
		EXPECT_EQ(pk.src_port, 40000) << tag.name;
		EXPECT_EQ(pk.ip_bytes, IP.size()) << tag.name;
		EXPECT_EQ(pk.vlan, PACKET_NO_VLAN) << tag.name;
		EXPECT_EQ(verdict_of(ether(tag.type, tag.bytes + be16(0x86dd) + IP6)), "tracked");
		EXPECT_EQ(verdict_of(ether(tag.type, tag.bytes + be16(0x0806) + IP)), "not-ip");
		pk = parse(ether(tag.type, tag.bytes + be16(0x8100) + vlan(100, 0x0800, IP)));
		EXPECT_EQ(pk.vlan, 100) << tag.name;
		pk = parse(ether(0x8100, vlan(5, tag.type, tag.bytes + be16(0x0800) + IP)));
		EXPECT_EQ(pk.vlan, 5) << tag.name;
		for (size_t n = 0; n < tag.bytes.size() + 2; n++) {
			Bytes cut = tag.bytes + be16(0x0800);

			cut.resize(n);
			EXPECT_EQ(verdict_of(ether(tag.type, cut)), "link-short") << tag.name << n;
		}
	}
}

TEST(LinkEther, TagsOfFabricsThatNeverEnd)
{
	for (const auto &tag : TAGS) {
		Bytes inner = tag.bytes + be16(0x0800) + IP;

		for (unsigned i = 0; i < 2000; i++)
			inner = tag.bytes + be16(tag.type) + inner;
		EXPECT_EQ(verdict_of(ether(tag.type, inner)), "vlan-depth") << tag.name;
	}
}

/* A service path's header: of two words, of six, and before what it says. */
TEST(LinkEther, ServicePaths)
{
	const auto nsh = [](uint8_t words, uint8_t next, const Bytes &payload) {
		return Bytes{0x0f, (uint8_t)(0xc0 | words), 1, next} + zeros(words > 1 ? 4 * words - 4 : 0) +
		       payload;
	};

	for (uint8_t words : {2, 6, 63}) {
		EXPECT_EQ(verdict_of(ether(0x894f, nsh(words, 1, IP))), "tracked") << (int)words;
		EXPECT_EQ(verdict_of(ether(0x894f, nsh(words, 2, IP6))), "tracked");
		EXPECT_EQ(verdict_of(ether(0x894f, nsh(words, 3, ether(0x0800, IP)))), "tracked");
		EXPECT_EQ(verdict_of(ether(0x894f, nsh(words, 5, Bytes{0, 1, 1, 64} + IP))), "tracked");
	}
	EXPECT_EQ(verdict_of(ether(0x894f, nsh(2, 4, IP))), "not-ip");
	EXPECT_EQ(verdict_of(ether(0x894f, nsh(0, 1, IP))), "link-short") << "of no length";
	EXPECT_EQ(verdict_of(ether(0x894f, nsh(1, 1, IP))), "link-short") << "without a path";
	EXPECT_EQ(verdict_of(ether(0x894f, {0, 2, 1})), "link-short");
	EXPECT_EQ(verdict_of(ether(0x894f, {0, 2, 1, 1, 0, 0, 0})), "link-short");
	Bytes bomb = ether(0x0800, IP);
	for (unsigned i = 0; i < 3000; i++)
		bomb = ether(0x894f, nsh(2, 3, bomb));
	EXPECT_EQ(verdict_of(bomb), "vlan-depth");
}

TEST(LinkEther, LlcAndSnap)
{
	packet pk = parse(ether((uint16_t)(8 + IP.size()), llc_snap(0x0800, IP)));

	EXPECT_EQ(verdict(pk), "tracked");
	EXPECT_EQ(pk.src_port, 40000);
	EXPECT_EQ(verdict_of(ether(8, llc_snap(0x86dd, IP6))), "tracked");
	EXPECT_EQ(verdict_of(ether(8, llc_snap(0x8100, vlan(3, 0x0800, IP)))), "tracked");
	EXPECT_EQ(verdict_of(ether(38, Bytes{0x42, 0x42, 3} + zeros(35))), "not-ip") << "STP";
	EXPECT_EQ(verdict_of(ether(60, Bytes{0xaa, 0xaa, 3, 0, 0, 0x0c} + be16(0x0800) + IP)),
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

TEST(LinkEther, Mpls)
{
	for (unsigned labels = 1; labels <= 16; labels++) {
		Bytes stack;

		for (unsigned i = 1; i <= labels; i++)
			stack = stack + Bytes{0, 1, (uint8_t)(i == labels), 64};
		packet pk = parse(ether(labels % 2 ? 0x8847 : 0x8848, stack + IP));
		EXPECT_EQ(verdict(pk), "tracked") << labels;
		EXPECT_EQ(pk.src_port, 40000);
	}
	EXPECT_EQ(verdict_of(ether(0x8847, zeros(17 * 4) + IP)), "vlan-depth");
	EXPECT_EQ(verdict_of(ether(0x8847, zeros(3))), "link-short");
	EXPECT_EQ(verdict_of(ether(0x8847, {0, 1, 1, 64})), "link-short");
	EXPECT_EQ(verdict_of(ether(0x8847, Bytes{0, 1, 1, 64} + IP6)), "tracked");
	EXPECT_EQ(verdict_of(ether(0x8847, Bytes{0, 1, 1, 64} + zeros(60))), "not-ip");
}

/* Ethernet behind labels, with a control word and without; its addresses begin with any nibble. */
TEST(LinkEther, Pseudowires)
{
	const Bytes label = {0, 1, 1, 64}, word = {0, 0, 0, 7};
	const Bytes frame = ether(0x0800, IP), tagged = ether(0x8100, vlan(9, 0x86dd, IP6));

	for (uint8_t first : {0x00, 0x02, 0x24, 0xa0, 0xfe}) {
		for (Bytes inner : {frame, tagged}) {
			inner[0] = first;
			EXPECT_EQ(verdict_of(ether(0x8847, label + inner)), "tracked") << (int)first;
			EXPECT_EQ(verdict_of(ether(0x8847, label + word + inner)), "tracked") << (int)first;
		}
	}
	EXPECT_EQ(parse(ether(0x8847, label + word + tagged)).vlan, 9);
	EXPECT_EQ(verdict_of(ether(0x8847, label + Bytes{0x10, 0, 0, 7} + frame)), "not-ip")
		<< "the pseudowire's own channel";
	EXPECT_EQ(verdict_of(ether(0x8847, label + word)), "link-short");
	EXPECT_EQ(verdict_of(ether(0x8847, label + Bytes{0, 0, 0})), "link-short");
	EXPECT_EQ(verdict_of(ether(0x8847, label + word + ether(0x0806, IP))), "not-ip");
}

TEST(LinkEther, Pppoe)
{
	Bytes session = {0x11, 0, 0, 1, 0, 50};

	EXPECT_EQ(verdict_of(ether(0x8864, session + be16(0x0021) + IP)), "tracked");
	EXPECT_EQ(verdict_of(ether(0x8864, session + be16(0x0057) + IP6)), "tracked");
	EXPECT_EQ(verdict_of(ether(0x8864, session + be16(0xc021) + IP)), "not-ip") << "LCP";
	EXPECT_EQ(verdict_of(ether(0x8864, session)), "link-short");
	EXPECT_EQ(verdict_of(ether(0x8864, zeros(5))), "link-short");
}

TEST(LinkEther, Ppp)
{
	EXPECT_EQ(verdict_of(be16(0x0021) + IP, PACKET_LINK_PPP), "tracked");
	EXPECT_EQ(verdict_of(be16(0xff03) + be16(0x0057) + IP6, PACKET_LINK_PPP), "tracked");
	EXPECT_EQ(verdict_of(be16(0xc021) + IP, PACKET_LINK_PPP), "not-ip");
	EXPECT_EQ(verdict_of(be16(0xff03), PACKET_LINK_PPP), "link-short");
	EXPECT_EQ(verdict_of({0}, PACKET_LINK_PPP), "link-short");
	EXPECT_EQ(verdict_of({}, PACKET_LINK_PPP), "link-short");
}

TEST(LinkEther, RawIp)
{
	packet pk = parse(IP, PACKET_LINK_RAW);

	EXPECT_EQ(verdict(pk), "tracked");
	EXPECT_EQ(pk.src_port, 40000);
	EXPECT_EQ(pk.vlan, PACKET_NO_VLAN);
	EXPECT_EQ(verdict_of(IP6, PACKET_LINK_RAW), "tracked");
	EXPECT_EQ(verdict_of({}, PACKET_LINK_RAW), "link-short");
	for (int version : {0, 1, 5, 7, 15})
		EXPECT_EQ(verdict_of({(uint8_t)(version << 4)}, PACKET_LINK_RAW), "not-ip");
}

TEST(LinkEther, LinuxCooked)
{
	EXPECT_EQ(verdict_of(zeros(14) + be16(0x0800) + IP, PACKET_LINK_SLL), "tracked");
	EXPECT_EQ(verdict_of(zeros(14) + be16(0x86dd) + IP6, PACKET_LINK_SLL), "tracked");
	EXPECT_EQ(parse(zeros(14) + be16(0x8100) + vlan(9, 0x0800, IP), PACKET_LINK_SLL).vlan, 9);
	EXPECT_EQ(verdict_of(zeros(14) + be16(0x0806) + IP, PACKET_LINK_SLL), "not-ip");
	EXPECT_EQ(verdict_of(zeros(15), PACKET_LINK_SLL), "link-short");
	EXPECT_EQ(verdict_of(zeros(14) + be16(0x0800), PACKET_LINK_SLL), "ipv4-short");
}

TEST(LinkEther, LinuxCookedTwo)
{
	EXPECT_EQ(verdict_of(be16(0x0800) + zeros(18) + IP, PACKET_LINK_SLL2), "tracked");
	EXPECT_EQ(verdict_of(be16(0x86dd) + zeros(18) + IP6, PACKET_LINK_SLL2), "tracked");
	EXPECT_EQ(verdict_of(be16(0x0806) + zeros(18) + IP, PACKET_LINK_SLL2), "not-ip");
	EXPECT_EQ(verdict_of(be16(0x0800) + zeros(17), PACKET_LINK_SLL2), "link-short");
	EXPECT_EQ(parse(be16(0x0800) + zeros(18) + IP, PACKET_LINK_SLL2).src_port, 40000);
}

TEST(LinkEther, LoopbackOfEitherByteOrder)
{
	for (uint8_t family : {2, 10, 24, 28, 30}) {
		const Bytes &inner = family == 2 ? IP : IP6;

		EXPECT_EQ(verdict_of(Bytes{family, 0, 0, 0} + inner, PACKET_LINK_LOOPBACK), "tracked");
		EXPECT_EQ(verdict_of(Bytes{0, 0, 0, family} + inner, PACKET_LINK_LOOPBACK), "tracked");
	}
	EXPECT_EQ(verdict_of(Bytes{7, 0, 0, 0} + IP, PACKET_LINK_LOOPBACK), "not-ip");
	EXPECT_EQ(verdict_of(Bytes{0, 0, 2}, PACKET_LINK_LOOPBACK), "link-short");
	EXPECT_EQ(verdict_of(Bytes{2, 0, 0, 0}, PACKET_LINK_LOOPBACK), "link-short");
}

TEST(LinkEther, Unknown)
{
	EXPECT_EQ(verdict_of(IP, PACKET_N_LINKS), "link-unknown");
	EXPECT_EQ(verdict_of({}, (packet_link)255), "link-unknown");
}

} // namespace
