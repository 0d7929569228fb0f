// SPDX-License-Identifier: BSD-3-Clause
// IPv6 headers, their chains, jumbograms, lengths that lie, fragments, and what is counted.

#include <gtest/gtest.h>

#include "frames.h"

namespace
{

using namespace support;

Bytes
frame6(uint8_t next, const Bytes &payload, int length = -1, int version = 6)
{
	return ether(0x86dd, ip6(next, payload, length, version));
}

TEST(LayerIpv6, Fields)
{
	packet pk = parse(frame6(17, udp(100)));

	EXPECT_EQ(verdict(pk), "tracked");
	EXPECT_EQ(pk.version, 6);
	EXPECT_EQ(pk.proto, PACKET_PROTO_UDP);
	EXPECT_EQ(pk.ttl, 62);
	EXPECT_EQ(pk.ip_id, 0);
	EXPECT_EQ(pk.ip_bytes, 148u);
	EXPECT_EQ(pk.payload_bytes, 100u);
	EXPECT_EQ(pk.src[0], __builtin_bswap64(0x20010db800000000));
	EXPECT_EQ(pk.src[1], __builtin_bswap64(1));
	EXPECT_EQ(pk.dst[1], __builtin_bswap64(2));
}

TEST(LayerIpv6, Short)
{
	for (size_t n = 0; n < 40; n++)
		EXPECT_EQ(verdict(parse_prefix(frame6(6, tcp()), 14 + n)), "ipv6-short") << n;
	for (int version : {0, 4, 5, 7})
		EXPECT_EQ(verdict_of(frame6(6, tcp(), -1, version)), "ipv6-header");
}

TEST(LayerIpv6, LengthsThatLie)
{
	EXPECT_EQ(verdict_of(frame6(6, tcp(), 31)), "ipv6-length") << "beyond the frame";
	EXPECT_EQ(verdict_of(frame6(6, tcp(), 65535)), "ipv6-length");
	EXPECT_EQ(verdict_of(frame6(6, tcp(), 19)), "tcp-short");
	EXPECT_EQ(verdict_of(frame6(6, tcp(), 20)), "tracked");
	packet pk = parse(frame6(6, tcp(), 25) + zeros(20));
	EXPECT_EQ(pk.payload_bytes, 5u);
	EXPECT_EQ(pk.ip_bytes, 65u);
	/* an offload engine's */
	pk = parse(frame6(6, tcp({.payload = 5000}), 0));
	EXPECT_EQ(verdict(pk), "tracked");
	EXPECT_EQ(pk.payload_bytes, 5000u);
	EXPECT_EQ(pk.ip_bytes, 5060u);
}

/* RFC 2675: longer than the header can say, the option anywhere in its hop-by-hop header. */
TEST(LayerIpv6, JumboPayloads)
{
	const auto jumbo = [](uint32_t length) { return Bytes{0xc2, 4} + be32(length); };
	const Bytes segment = tcp({.payload = 70000});
	const uint32_t length = (uint32_t)segment.size();
	const Bytes forms[] = {
		Bytes{6, 0} + jumbo(length + 8),
		Bytes{6, 1, 0, 0} + jumbo(length + 16) + Bytes{1, 4} + zeros(4),
		Bytes{6, 1, 5, 2, 0, 0, 1, 2, 0, 0} + jumbo(length + 16),
	};

	for (const Bytes &options : forms) {
		packet pk = parse(frame6(0, options + segment, 0));

		EXPECT_EQ(verdict(pk), "tracked") << options.size();
		EXPECT_EQ(pk.payload_bytes, 70000u);
		EXPECT_EQ(pk.ip_bytes, 40 + options.size() + length);
	}
	EXPECT_EQ(verdict_of(frame6(0, Bytes{6, 0} + jumbo(length + 9) + segment, 0)), "ipv6-length");
	EXPECT_EQ(verdict_of(frame6(0, Bytes{6, 0} + jumbo(UINT32_MAX) + segment, 0)), "ipv6-length");
	EXPECT_EQ(verdict_of(frame6(0, Bytes{6, 0} + jumbo(4) + segment, 0)), "ipv6-chain");
	for (const Bytes &none : {Bytes{1, 4, 0, 0, 0, 0}, Bytes{0, 0, 0, 0, 0xc2, 4}, Bytes{0xc2, 3, 0, 0, 0, 9}})
		EXPECT_EQ(verdict_of(frame6(0, Bytes{6, 0} + none + tcp(), 0)), "ipv6-chain");
	EXPECT_EQ(verdict_of(frame6(0, {6, 9, 0xc2, 4}, 0)), "ipv6-chain");
}

TEST(LayerIpv6, EveryExtensionHeader)
{
	for (uint8_t next : {0, 43, 60, 135, 139, 140}) {
		for (uint8_t units : {0, 1, 5, 31}) {
			packet pk = parse(frame6(next, extension(6, tcp(), units)));

			EXPECT_EQ(verdict(pk), "tracked") << (int)next;
			EXPECT_EQ(pk.src_port, 40000);
			EXPECT_EQ(pk.payload_bytes, 10u);
			EXPECT_EQ(pk.ip_bytes, 40u + 8 + 8u * units + 30);
		}
	}
	/* AH counts in words of four, and two less */
	EXPECT_EQ(verdict_of(frame6(51, Bytes{6, 4} + zeros(22) + tcp())), "tracked");
}

TEST(LayerIpv6, ChainOfMany)
{
	Bytes inner = tcp();
	uint8_t next = 6;

	for (int depth = 0; depth <= 20; depth++) {
		EXPECT_EQ(verdict_of(frame6(next, inner)), depth <= 16 ? "tracked" : "ipv6-chain")
			<< depth;
		inner = extension(next, inner);
		next = 60;
	}
}

TEST(LayerIpv6, ChainsThatEndEarly)
{
	EXPECT_EQ(verdict_of(frame6(0, {})), "ipv6-chain");
	EXPECT_EQ(verdict_of(frame6(0, zeros(7))), "ipv6-chain");
	EXPECT_EQ(verdict_of(frame6(0, Bytes{6, 1} + zeros(6))), "ipv6-chain") << "longer than there is";
	EXPECT_EQ(verdict_of(frame6(0, Bytes{6, 255} + zeros(100))), "ipv6-chain");
	EXPECT_EQ(verdict_of(frame6(60, extension(60, Bytes{6, 0} + zeros(3)))), "ipv6-chain");
	EXPECT_EQ(verdict_of(frame6(44, zeros(7))), "ipv6-chain");
	/* A header in the padding is none. */
	EXPECT_EQ(verdict_of(frame6(0, {}) + extension(6, tcp())), "ipv6-chain");
}

TEST(LayerIpv6, Fragments)
{
	EXPECT_EQ(verdict_of(frame6(44, fragment6(6, 0x0001, tcp()))), "tracked") << "the first";
	EXPECT_EQ(verdict_of(frame6(44, fragment6(6, 0x0000, tcp()))), "tracked") << "the only one";
	EXPECT_EQ(verdict_of(frame6(44, fragment6(6, 0x0009, tcp()))), "fragment");
	EXPECT_EQ(verdict_of(frame6(44, fragment6(17, 0xfff8, zeros(3)))), "fragment");
	EXPECT_EQ(verdict_of(frame6(0, extension(44, fragment6(6, 0x0008, tcp())))), "fragment");
}

TEST(LayerIpv6, OtherProtocols)
{
	for (int next : {58, 59, 50, 89, 132, 255})
		EXPECT_EQ(verdict_of(frame6((uint8_t)next, tcp())), "other-protocol") << next;
}

} // namespace
