/* SPDX-License-Identifier: BSD-3-Clause */
#include "capture_link.h"

#include <gtest/gtest.h>

namespace
{

TEST(CaptureLink, NumbersOfLinkTypes)
{
	EXPECT_EQ(capture_link_find(1), PACKET_LINK_ETHERNET);
	for (unsigned raw : { 12, 14, 101, 228, 229 })
		EXPECT_EQ(capture_link_find(raw), PACKET_LINK_RAW);
	for (unsigned loopback : { 0, 108 })
		EXPECT_EQ(capture_link_find(loopback), PACKET_LINK_LOOPBACK);
	for (unsigned ppp : { 9, 50 })
		EXPECT_EQ(capture_link_find(ppp), PACKET_LINK_PPP);
	EXPECT_EQ(capture_link_find(113), PACKET_LINK_SLL);
	EXPECT_EQ(capture_link_find(276), PACKET_LINK_SLL2);
}

TEST(CaptureLink, OthersAreNotRead)
{
	for (unsigned number : { 2u, 147u, 162u, 65535u, 65537u, UINT32_MAX })
		EXPECT_EQ(capture_link_find(number), CAPTURE_LINK_UNREAD) << number;
}

} // namespace
