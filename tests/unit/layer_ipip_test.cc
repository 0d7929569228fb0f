// SPDX-License-Identifier: BSD-3-Clause
// IP in IP in its four ways, and the authentication header.

#include <gtest/gtest.h>

#include "tunnels.h"

namespace
{

using namespace support;

TEST(LayerIpip, FourWays)
{
	const Bytes four = ip4(6, tcp()), six = ip6(17, udp());

	for (bool is_outer_6 : {false, true}) {
		const auto outer = [&](uint8_t protocol, const Bytes &in) {
			return frame_of(is_outer_6 ? ip6(protocol, in) : ip4(protocol, in));
		};

		EXPECT_EQ(verdict_of(outer(4, four)), "tracked");
		EXPECT_EQ(path_of_last()->level[0].version, is_outer_6 ? 6 : 4);
		EXPECT_EQ(verdict_of(outer(41, six)), "tracked");
		EXPECT_EQ(verdict_of(outer(4, six)), "ipv4-header") << "the number says which";
		EXPECT_EQ(verdict_of(outer(41, four)), "ipv6-header");
		EXPECT_EQ(verdict_of(outer(4, {})), "ipv4-short");
	}
}

/* Behind extension headers, and with options. */
TEST(LayerIpip, BehindExtensionsAndOptions)
{
	packet pk = parse(frame_of(ip6(0, extension(60, extension(4, ip4(6, tcp()))))));

	EXPECT_EQ(verdict(pk), "tracked");
	EXPECT_EQ(pk.tunnels, 1);
	EXPECT_EQ(verdict_of(frame_of(ip4(4, ip4(6, tcp(), {.options = Bytes(8, 1)}),
	                                  {.options = Bytes(12, 1)}))),
	          "tracked");
}

/* Lengths in words without two, from 12 bytes on; it is no tunnel. */
TEST(LayerIpip, AuthenticationHeader)
{
	for (unsigned words = 3; words <= 60; words++) {
		Bytes ah = Bytes{6, (uint8_t)(words - 2)} + zeros(words * 4 - 2);
		packet pk = parse(frame_of(ip4(51, ah + tcp())));

		EXPECT_EQ(verdict(pk), "tracked") << words;
		EXPECT_EQ(pk.tunnels, 0);
		EXPECT_EQ(pk.payload_bytes, 10u);
		for (size_t n = 12; n < ah.size(); n += 5) {
			Bytes cut(ah.begin(), ah.begin() + (long)n);

			EXPECT_EQ(verdict_of(frame_of(ip4(51, cut))), "tunnel-header") << words << n;
		}
	}
	EXPECT_EQ(verdict_of(frame_of(ip4(51, Bytes{6, 0} + zeros(40)))), "tunnel-header") << "8 bytes";
	for (size_t n = 0; n < 12; n++)
		EXPECT_EQ(verdict_of(frame_of(ip4(51, zeros(n)))), "tunnel-short") << n;
	EXPECT_EQ(verdict_of(frame_of(ip4(51, Bytes{4, 1} + zeros(10) + ip4(17, udp())))), "tracked");
	EXPECT_EQ(verdict_of(frame_of(ip4(51, Bytes{50, 1} + zeros(50)))), "other-protocol") << "ESP";
}

/* Cut by the capture inside the header, which said how long it is. */
TEST(LayerIpip, AuthenticationHeaderThatWasCut)
{
	Bytes frame = frame_of(ip4(51, Bytes{6, 4} + zeros(22) + tcp()));

	EXPECT_EQ(verdict(parse_prefix(frame, 14 + 20 + 20, PACKET_LINK_ETHERNET, frame.size())),
	          "tunnel-short");
}

} // namespace
