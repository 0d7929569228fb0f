/* SPDX-License-Identifier: BSD-3-Clause */
#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <random>

#include "digest_tops.h"

namespace {

struct Tops {
	struct digest_tops tops = {};
	std::map<uint32_t, uint64_t> truth;

	void add(uint32_t number)
	{
		uint8_t addr[16] = {};

		memcpy(addr, &number, 4);
		digest_tops_add(&tops, addr);
		truth[number]++;
	}
	std::vector<std::pair<uint32_t, struct digest_top>> get() const
	{
		struct digest_top top[DIGEST_TOPS];
		std::vector<std::pair<uint32_t, struct digest_top>> found;
		const unsigned n = digest_tops_get(&tops, top);

		for (unsigned i = 0; i < n; i++) {
			uint32_t number;

			memcpy(&number, top[i].addr, 4);
			found.push_back({ number, top[i] });
		}
		return found;
	}
};

TEST(DigestTops, AreExactWhileTheyAreFew)
{
	Tops tops;

	EXPECT_TRUE(tops.get().empty());
	for (uint32_t i = 1; i <= DIGEST_TOPS_KEPT; i++)
		for (uint32_t k = 0; k < i; k++)
			tops.add(i);
	const auto found = tops.get();
	ASSERT_EQ(found.size(), static_cast<size_t>(DIGEST_TOPS));
	for (uint32_t i = 0; i < DIGEST_TOPS; i++) {
		EXPECT_EQ(found[i].first, DIGEST_TOPS_KEPT - i);
		EXPECT_EQ(found[i].second.at_least, DIGEST_TOPS_KEPT - i);
		EXPECT_EQ(found[i].second.is_exact, 1u);
	}
}

TEST(DigestTops, FewerThanThereIsRoomFor)
{
	Tops tops;

	tops.add(7);
	tops.add(9);
	tops.add(9);
	ASSERT_EQ(tops.get().size(), 2u);
	EXPECT_EQ(tops.get()[0].first, 9u);
	EXPECT_EQ(tops.get()[1].second.at_least, 1u);
}

/* Whoever has more than one in sixteen is found among any number; nobody is told too many. */
TEST(DigestTops, AmongMany)
{
	const unsigned seed = std::random_device()();
	std::mt19937 rng(seed);
	Tops tops;

	for (int i = 0; i < 100000; i++)
		tops.add(rng() % 4 == 0 ? 1 + rng() % 2 : 1000 + rng() % 50000);
	const auto found = tops.get();
	ASSERT_GE(found.size(), 2u) << seed;
	EXPECT_LE(found[0].first, 2u);
	EXPECT_LE(found[1].first, 2u);
	for (const auto &[number, top] : found)
		EXPECT_LE(top.at_least, tops.truth[number]) << seed;
}

TEST(DigestTops, OfNobodyNothingIsSaid)
{
	Tops tops;

	for (uint32_t i = 0; i < 10000; i++)
		tops.add(i);
	EXPECT_TRUE(tops.get().empty()) << "each had one";
}

} // namespace
