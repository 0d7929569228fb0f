// SPDX-License-Identifier: BSD-3-Clause
// IPv4 headers, their lengths that lie, options, fragments, and what is counted.

#include <gtest/gtest.h>

#include "frames.h"

namespace
{

using namespace support;

/* IPv4 with this payload, in Ethernet. */
Bytes
frame4(uint8_t protocol, const Bytes &payload, const Ip4 &h = {})
{
	return ether(0x0800, ip4(protocol, payload, h));
}

TEST(LayerIpv4, Fields)
{
	packet pk = parse(frame4(6, tcp()));

	EXPECT_EQ(verdict(pk), "tracked");
	EXPECT_EQ(pk.version, 4);
	EXPECT_EQ(pk.proto, PACKET_PROTO_TCP);
	EXPECT_EQ(pk.ttl, 61);
	EXPECT_EQ(pk.ip_id, 0x7777);
	EXPECT_EQ(pk.ip_bytes, 50u);
	EXPECT_EQ(pk.payload_bytes, 10u);
	EXPECT_EQ(pk.src[0], 0u);
	EXPECT_EQ(pk.dst[0], 0u);
	EXPECT_EQ(pk.src[1], 0x0302010au) << "network order as it lies";
	EXPECT_EQ(pk.dst[1], 0x0605a8c0u);
}

TEST(LayerIpv4, Options)
{
	for (size_t words = 1; words <= 10; words++) {
		packet pk = parse(frame4(6, tcp(), {.options = Bytes(words * 4, 1)}));

		EXPECT_EQ(verdict(pk), "tracked") << words;
		EXPECT_EQ(pk.src_port, 40000);
		EXPECT_EQ(pk.payload_bytes, 10u);
		EXPECT_EQ(pk.ip_bytes, 50 + 4 * words);
	}
}

TEST(LayerIpv4, HeadersThatCannotBe)
{
	for (int words : {0, 1, 4})
		EXPECT_EQ(verdict_of(frame4(6, tcp(), {.words = words})), "ipv4-header");
	for (int version : {0, 5, 6, 15})
		EXPECT_EQ(verdict_of(frame4(6, tcp(), {.version = version})), "ipv4-header");
	for (size_t n = 0; n < 20; n++)
		EXPECT_EQ(verdict(parse_prefix(frame4(6, tcp()), 14 + n)), "ipv4-short") << n;
	/* options that the capture cut */
	EXPECT_EQ(verdict(parse_prefix(frame4(6, tcp(), {.options = zeros(8)}), 14 + 24,
	                               PACKET_LINK_ETHERNET, 100)),
	          "ipv4-short");
}

TEST(LayerIpv4, LengthsThatLie)
{
	EXPECT_EQ(verdict_of(frame4(6, tcp(), {.total = 19})), "ipv4-length");
	EXPECT_EQ(verdict_of(frame4(6, tcp(), {.total = 1})), "ipv4-length");
	EXPECT_EQ(verdict_of(frame4(6, tcp(), {.options = zeros(4), .total = 20})), "ipv4-length");
	EXPECT_EQ(verdict_of(frame4(6, tcp(), {.total = 51})), "ipv4-length") << "beyond the frame";
	EXPECT_EQ(verdict_of(frame4(6, tcp(), {.total = 65535})), "ipv4-length");
	EXPECT_EQ(verdict_of(frame4(6, tcp(), {.total = 20})), "tcp-short");
	EXPECT_EQ(verdict_of(frame4(6, tcp(), {.total = 39})), "tcp-short");
	EXPECT_EQ(verdict_of(frame4(6, tcp(), {.total = 40})), "tracked");
	EXPECT_EQ(parse(frame4(6, tcp(), {.total = 45})).payload_bytes, 5u);
}

/* A length of 0 is a sender's offload engine: the frame tells. */
TEST(LayerIpv4, LengthZero)
{
	packet pk = parse(frame4(6, tcp({.payload = 9000}), {.total = 0}));

	EXPECT_EQ(verdict(pk), "tracked");
	EXPECT_EQ(pk.ip_bytes, 9040u);
	EXPECT_EQ(pk.payload_bytes, 9000u);
	pk = parse(frame4(6, tcp(), {.total = 0}), PACKET_LINK_ETHERNET, 14 + 70000);
	EXPECT_EQ(verdict(pk), "tracked");
	EXPECT_EQ(pk.ip_bytes, 70000u);
	EXPECT_EQ(pk.payload_bytes, 70000u - 40);
}

TEST(LayerIpv4, PaddingIsNotCounted)
{
	packet pk = parse(frame4(6, tcp({.payload = 0})) + zeros(6));

	EXPECT_EQ(verdict(pk), "tracked");
	EXPECT_EQ(pk.ip_bytes, 40u);
	EXPECT_EQ(pk.payload_bytes, 0u);
	/* Nor is it read as a header. */
	EXPECT_EQ(verdict_of(frame4(6, {}) + tcp()), "tcp-short");
	EXPECT_EQ(verdict_of(frame4(17, {}) + udp()), "udp-short");
}

/* A capture or a mirror cut the frame: what IP says is counted. */
TEST(LayerIpv4, CutFrameIsCountedWhole)
{
	Bytes frame = frame4(6, tcp({.payload = 1400}));
	packet pk = parse_prefix(frame, 64, PACKET_LINK_ETHERNET, frame.size());

	EXPECT_EQ(verdict(pk), "tracked");
	EXPECT_EQ(pk.ip_bytes, 1440u);
	EXPECT_EQ(pk.payload_bytes, 1400u);
}

TEST(LayerIpv4, Fragments)
{
	EXPECT_EQ(verdict_of(frame4(6, tcp(), {.frag = 0x4000})), "tracked") << "do not fragment";
	EXPECT_EQ(verdict_of(frame4(6, tcp(), {.frag = 0x2000})), "tracked") << "the first";
	EXPECT_EQ(verdict_of(frame4(6, tcp(), {.frag = 0x2001})), "fragment");
	EXPECT_EQ(verdict_of(frame4(6, tcp(), {.frag = 0x0001})), "fragment");
	EXPECT_EQ(verdict_of(frame4(17, zeros(4), {.frag = 0x1fff})), "fragment");
}

/* Tunnels and the authentication header are read on, and find no such thing here. */
TEST(LayerIpv4, OtherProtocols)
{
	const std::vector<int> read_on = {4, 41, 47, 51, 97, 115, 137};
	const Bytes either = tcp({.src = 8, .dst = 40, .seq = 30 << 16}); /* UDP's length: 30 */

	for (int protocol = 0; protocol < 256; protocol++) {
		if (std::count(read_on.begin(), read_on.end(), protocol) > 0)
			continue;
		EXPECT_EQ(verdict_of(frame4((uint8_t)protocol, either)),
		          protocol == 6 || protocol == 17 ? "tracked" : "other-protocol")
			<< protocol;
	}
	for (int protocol : read_on)
		EXPECT_NE(verdict_of(frame4((uint8_t)protocol, either)), "tracked");
}

} // namespace
