// SPDX-License-Identifier: BSD-3-Clause
// PKTAP and PPI: their lengths, every link behind them, themselves behind themselves.

#include <gtest/gtest.h>

#include "tunnels.h"

namespace
{

using namespace support;

const Bytes IP4 = ip4(6, tcp());
const Bytes IP6 = ip6(17, udp());

Bytes le16(uint32_t v) { return {(uint8_t)v, (uint8_t)(v >> 8)}; }
Bytes le32(uint32_t v) { return le16(v & 0xffff) + le16(v >> 16); }

Bytes
pktap(uint32_t link, const Bytes &packet, uint32_t size = 108)
{
	return le32(size) + le32(1) + le32(link) + zeros(size > 12 ? size - 12 : 0) + packet;
}

Bytes
ppi(uint32_t link, const Bytes &packet, uint32_t size = 8)
{
	return Bytes{0, 0} + le16(size) + le32(link) + zeros(size > 8 ? size - 8 : 0) + packet;
}

/* Each link of a capture, alone and behind both headers. */
TEST(LinkBefore, EveryLink)
{
	const struct {
		uint32_t number;
		enum packet_link link;
		Bytes packet;
	} links[] = {
		{1, PACKET_LINK_ETHERNET, ether(0x0800, IP4)},
		{101, PACKET_LINK_RAW, IP6},
		{12, PACKET_LINK_RAW, IP4},
		{113, PACKET_LINK_SLL, zeros(14) + be16(0x0800) + IP4},
		{276, PACKET_LINK_SLL2, be16(0x86dd) + zeros(18) + IP6},
		{0, PACKET_LINK_LOOPBACK, le32(2) + IP4},
		{108, PACKET_LINK_LOOPBACK, be32(24) + IP6},
		{9, PACKET_LINK_PPP, be16(0xff03) + ppp(IP4)},
		{51, PACKET_LINK_PPP_ETHER, Bytes{0x11, 0, 0, 1, 0, 50} + ppp(IP6)},
		{104, PACKET_LINK_HDLC, be16(0x0f00) + be16(0x0800) + IP4},
		{239, PACKET_LINK_NFLOG, Bytes{2, 0, 0, 1} + le16((uint32_t)IP4.size() + 4) + le16(9) + IP4},
		{127, PACKET_LINK_RADIOTAP, Bytes{0, 0, 8, 0} + zeros(4) + wlan(IP4)},
		{105, PACKET_LINK_WLAN, wlan(IP6)},
		{10, PACKET_LINK_FDDI, Bytes{0x50} + zeros(12) + llc_snap(0x0800, IP4)},
	};

	for (const auto &one : links) {
		EXPECT_EQ(verdict_of(one.packet, one.link), "tracked") << one.number;
		EXPECT_EQ(verdict_of(pktap(one.number, one.packet), PACKET_LINK_PKTAP), "tracked") << one.number;
		EXPECT_EQ(verdict_of(ppi(one.number, one.packet), PACKET_LINK_PPI), "tracked") << one.number;
		for (size_t n = 0; n < one.packet.size(); n++) {
			packet pk = parse_prefix(one.packet, n, one.link);

			ASSERT_LT(pk.verdict, PACKET_DUPLICATE) << one.number << " " << n;
			ASSERT_NE(verdict(pk), "tracked") << one.number << " " << n << ": IP says there is more";
		}
	}
	EXPECT_EQ(verdict_of(pktap(147, IP4), PACKET_LINK_PKTAP), "link-unknown");
	EXPECT_EQ(verdict_of(ppi(147, IP4), PACKET_LINK_PPI), "link-unknown");
}

TEST(LinkBefore, Lengths)
{
	for (uint32_t size : {12, 13, 108, 156, 300})
		EXPECT_EQ(verdict_of(pktap(1, ether(0x0800, IP4), size), PACKET_LINK_PKTAP), "tracked") << size;
	for (uint32_t size : {8, 9, 32, 84, 300})
		EXPECT_EQ(verdict_of(ppi(1, ether(0x0800, IP4), size), PACKET_LINK_PPI), "tracked") << size;
	for (uint32_t size : {0, 4, 11})
		EXPECT_EQ(verdict_of(pktap(1, IP4, size), PACKET_LINK_PKTAP), "link-short") << size;
	for (uint32_t size : {0, 4, 7})
		EXPECT_EQ(verdict_of(ppi(1, IP4, size), PACKET_LINK_PPI), "link-short") << size;
	EXPECT_EQ(verdict_of(le32(0xffffffff) + le32(1) + le32(1) + IP4, PACKET_LINK_PKTAP), "link-short");
	EXPECT_EQ(verdict_of(Bytes{0, 0, 0xff, 0xff} + le32(1) + IP4, PACKET_LINK_PPI), "link-short");
	EXPECT_EQ(verdict_of(Bytes{1, 0, 8, 0} + le32(1) + ether(0x0800, IP4), PACKET_LINK_PPI), "link-short")
		<< "of another version";
	for (size_t n = 0; n < 12; n++)
		EXPECT_EQ(verdict_of(zeros(n), PACKET_LINK_PKTAP), "link-short");
}

TEST(LinkBefore, InThemselves)
{
	Bytes packet = ether(0x0800, IP4);

	for (unsigned n = 1; n <= 2000; n++) {
		packet = n % 2 ? ppi(n == 1 ? 1 : 258, packet) : pktap(192, packet, 12);
		if (n <= 4 || n == 2000) {
			EXPECT_EQ(verdict_of(packet, n % 2 ? PACKET_LINK_PPI : PACKET_LINK_PKTAP),
			          n <= 2 ? "tracked" : "vlan-depth")
				<< n;
		}
	}
}

} // namespace
