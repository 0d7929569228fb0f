/* SPDX-License-Identifier: BSD-3-Clause */
#include "packet_link.h"

#include <gtest/gtest.h>

namespace
{

TEST(PacketLink, NumbersOfLinkTypes)
{
	EXPECT_EQ(packet_link_of(1), PACKET_LINK_ETHERNET);
	for (unsigned raw : { 12, 14, 101, 228, 229 })
		EXPECT_EQ(packet_link_of(raw), PACKET_LINK_RAW);
	for (unsigned loopback : { 0, 108 })
		EXPECT_EQ(packet_link_of(loopback), PACKET_LINK_LOOPBACK);
	for (unsigned ppp : { 9, 50 })
		EXPECT_EQ(packet_link_of(ppp), PACKET_LINK_PPP);
	EXPECT_EQ(packet_link_of(113), PACKET_LINK_SLL);
	EXPECT_EQ(packet_link_of(276), PACKET_LINK_SLL2);
}

TEST(PacketLink, OthersAreNotRead)
{
	for (unsigned number : { 2u, 147u, 162u, 65535u, 65537u, UINT32_MAX })
		EXPECT_EQ(packet_link_of(number), PACKET_LINK_NONE) << number;
}

} // namespace
