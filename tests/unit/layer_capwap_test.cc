// SPDX-License-Identifier: BSD-3-Clause
// CAPWAP's data: both kinds of frames, pieces, signs of life, what is encrypted.

#include <gtest/gtest.h>

#include "tunnels.h"

namespace
{

using namespace support;

const Bytes IP4 = ip4(6, tcp());

packet
channel(const Bytes &bytes)
{
	return parse(frame_of(ip4(17, datagram(5247, bytes))));
}

/* Type and version, length and radio, binding and kind, flags, piece and offset. */
Bytes
header(uint8_t kind, uint8_t flags, const Bytes &more = {}, uint16_t offset = 0)
{
	return Bytes{0, (uint8_t)((2 + more.size() / 4) << 3), (uint8_t)(0x40 | kind), flags} +
	       be16(0x1234) + be16(offset) + more;
}

bool
is_inside(const packet &pk)
{
	return verdict(pk) == "tracked" && pk.tunnels == 1;
}

TEST(LayerCapwap, BothKindsOfFrames)
{
	EXPECT_TRUE(is_inside(channel(header(2, 0) + frame_of(IP4)))) << "802.3";
	EXPECT_TRUE(is_inside(channel(header(0, 0) + frame_of(IP4)))) << "of no binding";
	EXPECT_TRUE(is_inside(channel(header(3, 0) + wlan(IP4)))) << "802.11";
	Bytes swapped = wlan(IP4);
	std::swap(swapped[0], swapped[1]);
	EXPECT_TRUE(is_inside(channel(header(3, 0) + swapped))) << "control bytes the other way round";
	EXPECT_TRUE(is_inside(channel(header(2, 0x10, {6, 2, 0, 0, 0, 0, 0, 1}) + frame_of(IP4)))) << "radio";
	EXPECT_TRUE(is_inside(channel(header(3, 0x20, {4, 1, 2, 3, 4, 0, 0, 0}) + wlan(IP4)))) << "wireless";
	EXPECT_EQ(parse(ether(0x8100, vlan(5, 0x0800, ip4(17, datagram(5247, header(3, 0) + wlan(IP4))))))
	              .vlan,
	          PACKET_NO_VLAN);
	EXPECT_EQ(path_of_last()->level[0].has_id, 0);
}

TEST(LayerCapwap, HeadersThatCannotBe)
{
	Bytes frame = header(2, 0) + frame_of(IP4);

	for (uint8_t first : {0x01, 0x10, 0x0f}) {
		frame[0] = first;
		EXPECT_EQ(channel(frame).tunnels, 0) << "encrypted, or of another version";
	}
	for (uint8_t flags : {1, 2, 4})
		EXPECT_EQ(channel(header(2, flags) + frame_of(IP4)).tunnels, 0);
	for (uint8_t kind : {1, 4, 6, 7, 62})
		EXPECT_EQ(channel(header(kind, 0) + wlan(IP4)).tunnels, 0) << (int)kind;
	EXPECT_EQ(channel(header(2, 0, {}, 3) + frame_of(IP4)).tunnels, 0) << "reserved";
	for (uint8_t words : {0, 1}) {
		frame = header(2, 0) + frame_of(IP4);
		frame[1] = (uint8_t)(words << 3);
		EXPECT_EQ(channel(frame).tunnels, 0) << "shorter than itself";
	}
	frame[1] = 31 << 3;
	EXPECT_EQ(channel(frame).tunnels, 0);
}

/* A length, and the element that names the session: nothing else is a sign of life. */
TEST(LayerCapwap, SignsOfLife)
{
	const Bytes session = be16(20) + be16(35) + be16(16) + zeros(16);

	EXPECT_EQ(verdict(channel(header(2, 8) + session)), "tunnel-control");
	EXPECT_EQ(verdict(channel(header(2, 8) + be16(20) + be16(36) + be16(16) + zeros(16))), "tracked");
	EXPECT_EQ(verdict(channel(header(2, 0x88) + session)), "tracked") << "with another flag";
	EXPECT_EQ(verdict(channel(header(2, 8) + be16(20))), "tracked") << "cut";
}

/* The first piece is counted for the whole, later ones are fragments. */
TEST(LayerCapwap, Pieces)
{
	Bytes whole = frame_of(ip4(6, tcp({.payload = 1200})));
	Bytes first(whole.begin(), whole.begin() + 800), last(whole.begin() + 800, whole.end());
	packet pk = channel(header(2, 0x80) + first);

	EXPECT_TRUE(is_inside(pk));
	EXPECT_EQ(pk.payload_bytes, 1200u);
	EXPECT_EQ(verdict(channel(header(2, 0xc0, {}, 800) + last)), "fragment");
	EXPECT_EQ(verdict(channel(header(2, 0x80, {}, 400) + last)), "fragment");
	EXPECT_EQ(channel(header(2, 0) + first).tunnels, 0) << "cut, and no piece";
}

} // namespace
