// SPDX-License-Identifier: BSD-3-Clause
// Durations in eleven or twelve bits: exact where small, within one part in 2^digits elsewhere.

#include <cmath>

#include <gtest/gtest.h>

#include "tcp_duration.h"

namespace
{

TEST(TcpDuration, SmallOnesAreExact)
{
	for (unsigned digits : { 6u, 7u })
		for (uint64_t us = 0; us < (2u << digits); us++)
			ASSERT_EQ(tcp_duration_unpack(tcp_duration_pack(us, digits), digits), us);
}

TEST(TcpDuration, NextBelowAndWithinItsDigits)
{
	for (unsigned digits : { 6u, 7u }) {
		for (uint64_t us = 1; us < UINT64_C(1) << (digits + 31); us += us / 37 + 1) {
			uint64_t got = tcp_duration_unpack(tcp_duration_pack(us, digits), digits);

			ASSERT_LE(got, us);
			ASSERT_LT((double)(us - got), (double)us / std::pow(2, digits)) << us;
		}
	}
}

TEST(TcpDuration, EveryCodeComesBackAndTheyRise)
{
	for (unsigned digits : { 6u, 7u }) {
		uint64_t last = 0;

		for (unsigned code = 1; code < 32u << digits; code++) {
			uint64_t us = tcp_duration_unpack(code, digits);

			ASSERT_GT(us, last);
			ASSERT_EQ(tcp_duration_pack(us, digits), code);
			last = us;
		}
	}
}

TEST(TcpDuration, StaysAtItsMost)
{
	EXPECT_EQ(tcp_duration_pack(UINT64_MAX, 6), 2047u);
	EXPECT_EQ(tcp_duration_pack(UINT64_MAX, 7), 4095u);
	EXPECT_GT(tcp_duration_unpack(2047, 6), UINT64_C(37) * 3600 * 1000000);
}

} // namespace
