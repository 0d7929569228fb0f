// SPDX-License-Identifier: BSD-3-Clause
// EtherIP, and IP and AH in IP: files of a few lines each.

#include <gtest/gtest.h>

#include "tunnels.h"

namespace
{

using namespace support;

TEST(LayerEtherip, VersionsAndLengths)
{
	const Bytes frame = ether(0x86dd, ip6(17, udp()));

	EXPECT_EQ(verdict_of(frame_of(ip4(97, Bytes{0x30, 0} + frame))), "tracked");
	for (uint8_t first : {0x00, 0x20, 0x31, 0x40, 0x03})
		EXPECT_EQ(verdict_of(frame_of(ip4(97, Bytes{first, 0} + frame))), "tunnel-header");
	EXPECT_EQ(verdict_of(frame_of(ip4(97, Bytes{0x30, 1} + frame))), "tunnel-header");
	EXPECT_EQ(verdict_of(frame_of(ip4(97, {0x30}))), "tunnel-short");
	EXPECT_EQ(verdict_of(frame_of(ip4(97, {0x30, 0}))), "link-short");
}

} // namespace
