// SPDX-License-Identifier: BSD-3-Clause
// Numbers of link layers in capture files.

#include <gtest/gtest.h>

#include "packet_link.h"
#include "tunnels.h"

namespace
{

using namespace support;

TEST(PacketLink, Numbers)
{
	const struct {
		uint32_t number;
		enum packet_link link;
	} known[] = {
		{0, PACKET_LINK_LOOPBACK}, {1, PACKET_LINK_ETHERNET},   {9, PACKET_LINK_PPP},
		{10, PACKET_LINK_FDDI},    {12, PACKET_LINK_RAW},       {14, PACKET_LINK_RAW},
		{50, PACKET_LINK_PPP},     {51, PACKET_LINK_PPP_ETHER}, {101, PACKET_LINK_RAW},
		{104, PACKET_LINK_HDLC},   {105, PACKET_LINK_WLAN},     {108, PACKET_LINK_LOOPBACK},
		{113, PACKET_LINK_SLL},    {127, PACKET_LINK_RADIOTAP}, {149, PACKET_LINK_PKTAP},
		{192, PACKET_LINK_PPI},    {228, PACKET_LINK_RAW},      {229, PACKET_LINK_RAW},
		{239, PACKET_LINK_NFLOG},  {258, PACKET_LINK_PKTAP},    {276, PACKET_LINK_SLL2},
	};
	unsigned found = 0;

	for (uint32_t number = 0; number < 1000; number++)
		found += packet_link_of(number) != PACKET_LINK_NONE;
	EXPECT_EQ(found, sizeof(known) / sizeof(known[0]));
	for (const auto &one : known)
		EXPECT_EQ(packet_link_of(one.number), one.link) << one.number;
	EXPECT_EQ(packet_link_of(0x10001), PACKET_LINK_NONE);
	EXPECT_EQ(packet_link_of(UINT32_MAX), PACKET_LINK_NONE);
}

} // namespace
