// SPDX-License-Identifier: BSD-3-Clause
// UDP with its length, and the tunnels behind its ports.

#include <gtest/gtest.h>

#include "frames.h"

namespace
{

using namespace support;

packet
parse_udp(size_t payload, int length = -1)
{
	return parse(ether(0x0800, ip4(17, udp(payload, length))));
}

TEST(LayerUdp, Fields)
{
	packet pk = parse_udp(25);

	EXPECT_EQ(verdict(pk), "tracked");
	EXPECT_EQ(pk.proto, PACKET_PROTO_UDP);
	EXPECT_EQ(pk.src_port, 5000);
	EXPECT_EQ(pk.dst_port, 53);
	EXPECT_EQ(pk.checksum, 0xcafe);
	EXPECT_EQ(pk.payload_bytes, 25u);
	EXPECT_EQ(pk.ip_bytes, 53u);
	EXPECT_EQ(pk.tcp_flags, 0);
	EXPECT_EQ(parse_udp(0).payload_bytes, 0u);
}

TEST(LayerUdp, LengthsThatLie)
{
	for (int length : {1, 7})
		EXPECT_EQ(verdict(parse_udp(25, length)), "udp-length");
	EXPECT_EQ(parse_udp(25, 8).payload_bytes, 0u);
	EXPECT_EQ(parse_udp(25, 20).payload_bytes, 12u) << "less than IP brought";
	EXPECT_EQ(parse_udp(25, 34).payload_bytes, 25u) << "more than IP brought";
	EXPECT_EQ(parse_udp(25, 65535).payload_bytes, 25u);
}

/* Over IPv6 a host takes it for IP's; over IPv4 only an offload engine writes it, into long ones. */
TEST(LayerUdp, LengthOfZero)
{
	EXPECT_EQ(parse(ether(0x86dd, ip6(17, udp(25, 0)))).payload_bytes, 25u);
	EXPECT_EQ(parse(ether(0x86dd, ip6(17, udp(9000, 0)))).payload_bytes, 9000u);
	EXPECT_EQ(parse_udp(9000, 0).payload_bytes, 9000u);
	EXPECT_EQ(parse_udp(1473, 0).payload_bytes, 1473u);
	EXPECT_EQ(verdict(parse_udp(1472, 0)), "udp-length");
	EXPECT_EQ(verdict(parse_udp(25, 0)), "udp-length");
	EXPECT_EQ(verdict(parse_udp(0, 0)), "udp-length");
}

TEST(LayerUdp, Short)
{
	for (size_t n = 0; n < 8; n++)
		EXPECT_EQ(verdict_of(ether(0x0800, ip4(17, Bytes(n, 0)))), "udp-short") << n;
}

/* The first sixteen bytes of the text, or as many as there are, tell one datagram from another. */
TEST(LayerUdp, Text)
{
	Bytes one = ether(0x0800, ip4(17, udp(40))), other = one;

	EXPECT_EQ(parse(one).payload_mix, parse(other).payload_mix);
	other[42 + 3] ^= 1;
	EXPECT_NE(parse(one).payload_mix, parse(other).payload_mix);
	other[42 + 3] ^= 1;
	other[42 + 12] ^= 1;
	EXPECT_NE(parse(one).payload_mix, parse(other).payload_mix);
	EXPECT_EQ(parse_udp(0).payload_mix, 0u);
	EXPECT_NE(parse_udp(2).payload_mix, parse_udp(3).payload_mix);
}

} // namespace
