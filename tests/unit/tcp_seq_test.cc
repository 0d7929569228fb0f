// SPDX-License-Identifier: BSD-3-Clause
// Sequence arithmetic modulo 2^32: the order holds wherever the wrap lies.

#include <gtest/gtest.h>

#include "tcp_seq.h"

namespace
{

const uint32_t bases[] = {0,          1,          1000,       0x7ffffffe, 0x7fffffff,
                          0x80000000, 0x80000001, 0xfffffffe, 0xffffffff};
const uint32_t distances[] = {1, 2, 1460, 65535, 1u << 30, 0x7ffffffe, 0x7fffffff};

TEST(TcpSeq, EqualNumbers)
{
	for (uint32_t a : bases) {
		EXPECT_EQ(tcp_seq_diff(a, a), 0);
		EXPECT_FALSE(tcp_seq_lt(a, a));
		EXPECT_FALSE(tcp_seq_gt(a, a));
		EXPECT_TRUE(tcp_seq_leq(a, a));
		EXPECT_TRUE(tcp_seq_geq(a, a));
	}
}

TEST(TcpSeq, OrderHoldsAcrossTheWrap)
{
	for (uint32_t a : bases) {
		for (uint32_t distance : distances) {
			uint32_t later = a + distance;

			EXPECT_EQ(tcp_seq_diff(later, a), (int32_t)distance);
			EXPECT_EQ(tcp_seq_diff(a, later), -(int32_t)distance);
			EXPECT_TRUE(tcp_seq_lt(a, later)) << a << " " << distance;
			EXPECT_TRUE(tcp_seq_leq(a, later));
			EXPECT_TRUE(tcp_seq_gt(later, a));
			EXPECT_TRUE(tcp_seq_geq(later, a));
			EXPECT_FALSE(tcp_seq_lt(later, a));
			EXPECT_FALSE(tcp_seq_leq(later, a));
			EXPECT_FALSE(tcp_seq_gt(a, later));
			EXPECT_FALSE(tcp_seq_geq(a, later));
		}
	}
}

} // namespace
