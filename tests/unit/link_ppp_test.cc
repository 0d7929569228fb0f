// SPDX-License-Identifier: BSD-3-Clause
// PPP in its framings, sessions over Ethernet, and Cisco's HDLC.

#include <gtest/gtest.h>

#include "tunnels.h"

namespace
{

using namespace support;

const Bytes IP4 = ip4(6, tcp());
const Bytes IP6 = ip6(17, udp());

TEST(LinkPpp, Pppoe)
{
	Bytes session = {0x11, 0, 0, 1, 0, 50};

	EXPECT_EQ(verdict_of(ether(0x8864, session + be16(0x0021) + IP4)), "tracked");
	EXPECT_EQ(verdict_of(ether(0x8864, session + be16(0x0057) + IP6)), "tracked");
	EXPECT_EQ(verdict_of(ether(0x8864, session + be16(0xc021) + IP4)), "not-ip") << "LCP";
	EXPECT_EQ(verdict_of(ether(0x8864, session)), "link-short");
	EXPECT_EQ(verdict_of(ether(0x8864, zeros(5))), "link-short");
}

TEST(LinkPpp, Ppp)
{
	EXPECT_EQ(verdict_of(be16(0x0021) + IP4, PACKET_LINK_PPP), "tracked");
	EXPECT_EQ(verdict_of(be16(0xff03) + be16(0x0057) + IP6, PACKET_LINK_PPP), "tracked");
	EXPECT_EQ(verdict_of(be16(0xc021) + IP4, PACKET_LINK_PPP), "not-ip");
	EXPECT_EQ(verdict_of(be16(0xff03), PACKET_LINK_PPP), "link-short");
	EXPECT_EQ(verdict_of({0}, PACKET_LINK_PPP), "link-short");
	EXPECT_EQ(verdict_of({}, PACKET_LINK_PPP), "link-short");
}

/* What finds the other end carries nothing, whatever its type says. */
TEST(LinkPpp, Discovery)
{
	for (uint8_t code : {0x07, 0x09, 0x19, 0x65, 0xa7}) {
		Bytes packet = Bytes{0x11, code, 0, 0, 0, 50} + be16(0x0021) + IP4;

		EXPECT_EQ(verdict_of(packet, PACKET_LINK_PPP_ETHER), "not-ip") << (int)code;
		EXPECT_EQ(verdict_of(ether(0x8863, packet)), "not-ip");
	}
}

TEST(LinkPpp, SessionsWithoutEthernet)
{
	Bytes session = {0x11, 0, 0, 1, 0, 50};

	EXPECT_EQ(verdict_of(session + be16(0x0021) + IP4, PACKET_LINK_PPP_ETHER), "tracked");
	EXPECT_EQ(verdict_of(session + be16(0x0057) + IP6, PACKET_LINK_PPP_ETHER), "tracked");
	EXPECT_EQ(verdict_of(zeros(5), PACKET_LINK_PPP_ETHER), "link-short");
}

/* A protocol of one byte is odd, of two bytes even then odd. */
TEST(LinkPpp, Protocols)
{
	EXPECT_EQ(verdict_of(Bytes{0x21} + IP4, PACKET_LINK_PPP), "tracked");
	EXPECT_EQ(verdict_of(Bytes{0xff, 0x03, 0x57} + IP6, PACKET_LINK_PPP), "tracked");
	EXPECT_EQ(verdict_of(be16(0xff03) + be16(0x0281) + Bytes{0, 1, 1, 64} + IP4, PACKET_LINK_PPP),
	          "tracked");
	for (uint16_t protocol : {0xc021, 0xc023, 0xc223, 0x8021, 0x00fd, 0x1234})
		EXPECT_EQ(verdict_of(be16(0xff03) + be16(protocol) + IP4, PACKET_LINK_PPP), "not-ip");
}

TEST(LinkPpp, Hdlc)
{
	for (uint8_t address : {0x0f, 0x8f}) {
		for (enum packet_link link : {PACKET_LINK_HDLC, PACKET_LINK_PPP}) {
			EXPECT_EQ(verdict_of(Bytes{address, 0} + be16(0x0800) + IP4, link), "tracked");
			EXPECT_EQ(verdict_of(Bytes{address, 0} + be16(0x86dd) + IP6, link), "tracked");
			EXPECT_EQ(verdict_of(Bytes{address, 0} + be16(0x8035) + zeros(18), link), "not-ip");
			EXPECT_EQ(verdict_of(Bytes{address, 0} + be16(0x2000) + zeros(18), link), "not-ip");
		}
	}
	EXPECT_EQ(verdict_of(be16(0xff03) + be16(0x0021) + IP4, PACKET_LINK_HDLC), "tracked");
	for (size_t n = 0; n < 4; n++)
		EXPECT_EQ(verdict_of(Bytes(n, 0x0f), PACKET_LINK_HDLC), "link-short") << n;
}

} // namespace
