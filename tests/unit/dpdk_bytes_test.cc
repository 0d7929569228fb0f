// SPDX-License-Identifier: BSD-3-Clause
// Bytes of frames: one thing, whatever a driver counts.

#include <gtest/gtest.h>

#include "dpdk_bytes.h"

namespace
{

TEST(DpdkBytes, ChecksumsAreNotCounted)
{
	EXPECT_EQ(dpdk_bytes_of_frames("net_e1000_em", 64 * 1000, 1000), 60u * 1000);
	EXPECT_EQ(dpdk_bytes_of_frames("net_e1000_em", 0, 0), 0u);
	EXPECT_EQ(dpdk_bytes_of_frames("net_e1000_igb", 60 * 1000, 1000), 60u * 1000);
	EXPECT_EQ(dpdk_bytes_of_frames("net_e1000", 64, 1), 64u) << "the whole name";
	EXPECT_EQ(dpdk_bytes_of_frames("", 64, 1), 64u);
}

/* Counters of a NIC are not read at one moment. */
TEST(DpdkBytes, NeverBelowZero)
{
	EXPECT_EQ(dpdk_bytes_of_frames("net_e1000_em", 3, 1), 3u);
}

} // namespace
