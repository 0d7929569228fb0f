// SPDX-License-Identifier: BSD-3-Clause
// MPLS in UDP and in IP: stacks, labels that cannot be, what follows the last one.

#include <gtest/gtest.h>

#include "tunnels.h"

namespace
{

using namespace support;

const Bytes IP4 = ip4(6, tcp());

Bytes
label(uint32_t value, bool is_last, uint8_t hops = 64)
{
	return be32(value << 12 | (is_last ? 0x100u : 0u) | hops);
}

packet
in_udp(const Bytes &bytes)
{
	return parse(frame_of(ip4(17, datagram(6635, bytes))));
}

packet
in_ip(const Bytes &bytes)
{
	return parse(frame_of(ip6(137, bytes)));
}

TEST(LayerMpls, Stacks)
{
	for (unsigned labels = 1; labels <= 20; labels++) {
		Bytes stack;

		for (unsigned i = 1; i <= labels; i++)
			stack = stack + label(100 + i, i == labels);
		EXPECT_EQ(in_udp(stack + IP4).tunnels, labels <= 16 ? 1 : 0) << labels;
		EXPECT_EQ(verdict(in_ip(stack + IP4)), labels <= 16 ? "tracked" : "tunnel-header");
		if (labels <= 16) {
			EXPECT_EQ(path_of_last()->level[0].id, 100 + labels) << "the last one";
		}
	}
	for (size_t n = 0; n < 4; n++)
		EXPECT_EQ(verdict(in_ip(zeros(n))), "tunnel-short");
	EXPECT_EQ(verdict(in_ip(label(20, false))), "tunnel-short") << "no last one";
	EXPECT_EQ(verdict(in_ip(label(20, true))), "link-short");
}

/* Behind a port a label that goes nowhere, or means nothing, is none. */
TEST(LayerMpls, LabelsThatCannotBe)
{
	EXPECT_EQ(in_udp(label(20, true, 0) + IP4).tunnels, 0);
	EXPECT_EQ(in_ip(label(20, true, 0) + IP4).tunnels, 1);
	for (uint32_t value = 0; value < 20; value++) {
		bool is_none = value >= 4 && value <= 12 && value != 7;

		EXPECT_EQ(in_udp(label(value, true) + IP4).tunnels, is_none ? 0 : 1) << value;
	}
}

TEST(LayerMpls, WhatFollows)
{
	const Bytes frame = frame_of(ip6(17, udp())), word = be32(7);

	for (const Bytes &behind : {IP4, ip6(17, udp()), frame, word + frame}) {
		EXPECT_EQ(verdict(in_udp(label(20, true) + behind)), "tracked");
		EXPECT_EQ(in_udp(label(20, true) + behind).tunnels, 1);
		EXPECT_EQ(in_ip(label(20, true) + behind).tunnels, 1);
	}
	EXPECT_EQ(verdict(in_udp(label(20, true) + be32(0x10000021) + zeros(20))), "not-ip")
		<< "a channel of the pseudowire";
	EXPECT_EQ(in_udp(label(20, true) + be32(0x11000021) + zeros(20)).tunnels, 0);
	EXPECT_EQ(in_udp(label(20, true) + Bytes(60, 0x95)).tunnels, 0);
	EXPECT_EQ(in_udp(label(20, true) + IP4 + zeros(1)).tunnels, 0) << "nobody pads a datagram";
}

} // namespace
