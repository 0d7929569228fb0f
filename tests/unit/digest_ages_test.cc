/* SPDX-License-Identifier: BSD-3-Clause */
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "digest_ages.h"

namespace {

uint64_t
median_of(const std::vector<uint64_t> &ages)
{
	struct digest_ages counted = {};

	for (uint64_t age : ages)
		digest_ages_add(&counted, age);
	EXPECT_EQ(counted.count, ages.size());
	return digest_ages_median_us(&counted);
}

TEST(DigestAges, OfNoneAndOfOne)
{
	EXPECT_EQ(median_of({}), 0u);
	for (uint64_t age : { 0ull, 1ull, 124999ull, 125000ull, 1999999ull, 2000000ull, 3600500000ull,
	                      86400000000ull * 97, ~0ull })
		EXPECT_EQ(median_of({ age }), age) << "the youngest and the oldest are exact";
}

TEST(DigestAges, AreNeverFarOff)
{
	const unsigned seed = std::random_device()();
	std::mt19937_64 rng(seed);

	for (int round = 0; round < 300; round++) {
		std::vector<uint64_t> ages(1 + rng() % 200);
		const unsigned bits = 10 + static_cast<unsigned>(rng() % 33); /* to 50 days */

		for (uint64_t &age : ages)
			age = rng() & ((1ull << bits) - 1);
		const uint64_t got = median_of(ages);
		std::sort(ages.begin(), ages.end());
		const double want = static_cast<double>(ages[(ages.size() - 1) / 2]);
		EXPECT_NEAR(static_cast<double>(got), want, want / 16 + 62500.0) << seed;
	}
}

TEST(DigestAges, TheOldestAreTold)
{
	struct digest_ages ages = {};

	for (uint64_t age : { 5000000ull, 1000ull, 86400000000ull * 200 })
		digest_ages_add(&ages, age);
	EXPECT_EQ(ages.youngest_us, 1000u);
	EXPECT_EQ(ages.oldest_us, 86400000000u * 200);
	EXPECT_NEAR(static_cast<double>(digest_ages_median_us(&ages)), 5e6, 5e6 / 16);
}

} // namespace
