// SPDX-License-Identifier: BSD-3-Clause
// The index against a std::unordered_map: random lives of flows, a full table, and keys chosen so
// that they crowd into few buckets. Afterwards every bucket's count is what it must be.

#include <algorithm>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "tables.h"

namespace
{

using support::Table;

/* Flows whose way begins in one of `n_homes` buckets from `first` on: found by trying. */
std::vector<uint64_t>
flows_at_home(const Table &table, uint32_t first, uint32_t n_homes, size_t n)
{
	std::vector<uint64_t> flows;

	for (uint64_t i = 0; flows.size() < n; i++) {
		uint32_t distance = (table.home(i) + table->n_buckets - first) % table->n_buckets;

		if (distance < n_homes)
			flows.push_back(i);
	}
	return flows;
}

void
live_at_random(uint32_t capacity, uint64_t universe, int steps, int verifications)
{
	std::mt19937_64 random(capacity);
	Table table(capacity);

	for (int i = 1; i <= steps; i++) {
		uint64_t n = random() % universe;
		auto known = table.known.find(n);

		if (known == table.known.end()) {
			ASSERT_EQ(table.find(n), FLOW_NONE);
			bool full = table.known.size() == capacity;
			ASSERT_EQ(table.insert(n) == FLOW_NONE, full);
		} else {
			ASSERT_EQ(table.find(n), known->second);
			if (random() % 4 != 0) /* so that it fills up */
				table.remove(n);
		}
		if (i % (steps / verifications) == 0) {
			ASSERT_NO_FATAL_FAILURE(table.verify());
		}
	}
}

TEST(FlowIndex, RandomLivesInASmallTable)
{
	live_at_random(FLOW_CAPACITY_MIN, 90, 1000000, 1000);
}

TEST(FlowIndex, RandomLivesInATableThatIsOftenFull)
{
	live_at_random(1000, 1300, 1000000, 100);
}

TEST(FlowIndex, RandomLivesInALargeTable)
{
	live_at_random(200000, 300000, 2000000, 4);
}

TEST(FlowIndex, EmptiesToNothing)
{
	Table table(5000);

	for (int round = 0; round < 3; round++) {
		for (uint64_t n = 0; n < 5000; n++)
			ASSERT_NE(table.insert(n), FLOW_NONE);
		EXPECT_GT(table.overflow_sum(), 0u) << "full, and nobody had to go further?";
		ASSERT_NO_FATAL_FAILURE(table.verify());
		for (uint64_t n = 0; n < 5000; n++)
			table.remove((n * 7919) % 5000);
		EXPECT_EQ(table.overflow_sum(), 0u);
		ASSERT_NO_FATAL_FAILURE(table.verify());
	}
}

TEST(FlowIndex, ManyFlowsOfOneBucket)
{
	Table table(1000);
	std::vector<uint64_t> flows = flows_at_home(table, 40, 1, 200);

	for (uint64_t n : flows)
		ASSERT_NE(table.insert(n), FLOW_NONE);
	EXPECT_EQ(table->buckets[40].overflow, 200 - FLOW_BUCKET_SLOTS);
	ASSERT_NO_FATAL_FAILURE(table.verify());
	/* The near ones leave: the far ones must still be found. */
	for (size_t i = 0; i < 100; i++)
		table.remove(flows[i]);
	ASSERT_NO_FATAL_FAILURE(table.verify());
	EXPECT_EQ(table.find(flows[0]), FLOW_NONE);
	/* Those that come now stand near again. */
	for (size_t i = 0; i < 50; i++)
		ASSERT_NE(table.insert(flows[i]), FLOW_NONE);
	ASSERT_NO_FATAL_FAILURE(table.verify());
	for (size_t i = 0; i < 200; i++)
		if (table.known.count(flows[i]))
			table.remove(flows[i]);
	EXPECT_EQ(table.overflow_sum(), 0u);
}

TEST(FlowIndex, CrowdThatGoesRoundTheEnd)
{
	Table table(600);
	uint32_t last = table->n_buckets - 1;
	std::vector<uint64_t> flows = flows_at_home(table, last, 2, 250);

	for (uint64_t n : flows)
		ASSERT_NE(table.insert(n), FLOW_NONE);
	EXPECT_GT(table->buckets[last].overflow, 0u);
	EXPECT_GT(table->buckets[0].overflow, 0u);
	ASSERT_NO_FATAL_FAILURE(table.verify());
	for (uint64_t n : flows)
		table.remove(n);
	EXPECT_EQ(table.overflow_sum(), 0u);
}

TEST(FlowIndex, CrowdUnderRandomLives)
{
	std::mt19937_64 random(5);
	Table table(400);
	std::vector<uint64_t> flows = flows_at_home(table, 10, 3, 280);

	for (int i = 0; i < 200000; i++) {
		uint64_t n = flows[random() % flows.size()];

		if (table.known.count(n))
			table.remove(n);
		else
			ASSERT_NE(table.insert(n), FLOW_NONE);
		if (i % 1000 == 0) {
			ASSERT_NO_FATAL_FAILURE(table.verify());
		}
	}
}

/* The candidate is a hint of the home bucket: right whenever the flow stands there alone of its tag. */
TEST(FlowIndex, CandidateIsTheFlowOrALookAlike)
{
	Table table(10000);
	unsigned hits = 0;

	for (uint64_t n = 0; n < 9000; n++)
		table.insert(n);
	for (uint64_t n = 0; n < 9000; n++) {
		uint32_t candidate = flow_index_candidate(table.get(), table.hash(n), 0);

		ASSERT_TRUE(candidate == FLOW_NONE || candidate < flow_table_used(table.get()));
		hits += candidate == table.known[n];
	}
	/* With 9.45 flows a bucket of fourteen slots: 8870 of 9000 on average. */
	EXPECT_GT(hits, 8750u);
	for (uint64_t n = 0; n < 9000; n++)
		table.remove(n);
	for (uint64_t n = 0; n < 9000; n++)
		ASSERT_EQ(flow_index_candidate(table.get(), table.hash(n), 0), FLOW_NONE);
}

/* Those that did not fit into their home stand in the next buckets, also past the last one. */
TEST(FlowIndex, CandidateFurtherIsOneThatHadToGoOn)
{
	for (uint32_t home : {UINT32_C(5), UINT32_MAX}) {
		Table table(1000);
		uint32_t bucket = home == UINT32_MAX ? table->n_buckets - 1 : home;
		std::vector<uint64_t> flows = flows_at_home(table, bucket, 1, 2 * FLOW_BUCKET_SLOTS + 3);
		unsigned at[3] = {0};

		for (unsigned hop = 0; hop < 3; hop++)
			EXPECT_FALSE(
			    flow_table_is_passed(table.get(), table.hash(flows[0]), hop));
		for (uint64_t n : flows)
			table.insert(n);
		for (unsigned hop = 0; hop < 3; hop++)
			EXPECT_EQ(flow_table_is_passed(table.get(), table.hash(flows[0]), hop),
			          hop < 2);
		for (uint64_t n : flows)
			for (unsigned hop = 0; hop < 3; hop++)
				at[hop] += flow_index_candidate(table.get(), table.hash(n), hop) ==
				           table.known[n];
		/* Two of a bucket have one tag of 4095 now and then: the first is shown for both. */
		EXPECT_GE(at[0], FLOW_BUCKET_SLOTS - 2u);
		EXPECT_GE(at[1], FLOW_BUCKET_SLOTS - 2u);
		EXPECT_GE(at[2], 2u);
	}
}

/* The overflow count stands still at its most instead of going round to none. */
TEST(FlowIndex, SaturatedOverflowHidesNobody)
{
	Table table(1000);
	std::vector<uint64_t> flows = flows_at_home(table, 7, 1, 20);

	for (uint64_t n : flows)
		table.insert(n);
	table->buckets[7].overflow = UINT8_MAX;
	for (uint64_t n : flows)
		EXPECT_EQ(table.find(n), table.known[n]);
	uint64_t last = flows.back();
	table.remove(last);
	EXPECT_EQ(table->buckets[7].overflow, UINT8_MAX);
	table.insert(last);
	EXPECT_EQ(table->buckets[7].overflow, UINT8_MAX);
	EXPECT_EQ(table.find(last), table.known[last]);
}

/* One tuple in as many domains as there are: nobody has to go past more than a few. */
class Domains : public testing::Test
{
protected:
	static constexpr uint32_t N = 20000, FIRST = 4097;

	flow_key
	key(uint32_t domain) const
	{
		flow_key made = support::numbered_key(1);

		made.rest |= (uint64_t)domain << FLOW_KEY_DOMAIN_SHIFT;
		return made;
	}

	uint32_t
	insert(uint32_t domain)
	{
		flow_key made = key(domain);
		uint32_t number = flow_table_insert(table.get(), &made, hash);

		base_seq_write_end(&flow_table_entry(table.get(), number)->seq);
		return number;
	}

	uint32_t
	find(uint32_t domain) const
	{
		flow_key made = key(domain);

		return flow_table_find(table.get(), &made, hash);
	}

	/* Buckets that one after the other are passed. */
	unsigned
	longest_way() const
	{
		unsigned longest = 0, way = 0;

		for (uint32_t b = 0; b < table->n_buckets; b++) {
			way = table->buckets[b].overflow > 0 ? way + 1 : 0;
			longest = std::max(longest, way);
		}
		return longest;
	}

	Table table{2 * N};
	uint64_t hash = table.hash(1);
};

TEST_F(Domains, OneTupleInThousandsIsFoundAtOnce)
{
	std::vector<uint32_t> numbers(FIRST + N);
	uint32_t crowd[FLOW_CROWD];
	flow_key first = key(FIRST);

	for (uint32_t d = FIRST; d < FIRST + N; d++)
		numbers[d] = insert(d);
	EXPECT_LE(longest_way(), 4u) << "a table that is half full";
	EXPECT_EQ(flow_table_find_endpoints(table.get(), &first, hash, crowd), (unsigned)FLOW_CROWD);
	for (uint32_t d = FIRST; d < FIRST + N; d++)
		ASSERT_EQ(find(d), numbers[d]) << d;
	EXPECT_EQ(find(FIRST + N), FLOW_NONE);
}

/* Those of the crowd and those that came later leave and come again, in any order. */
TEST_F(Domains, CrowdsComeAndGo)
{
	std::mt19937 random(7);
	std::vector<uint32_t> numbers(40, FLOW_NONE);

	for (int i = 0; i < 200000; i++) {
		uint32_t d = (uint32_t)random() % 40;

		ASSERT_EQ(find(FIRST + d), numbers[d]) << i;
		if (numbers[d] == FLOW_NONE) {
			numbers[d] = insert(FIRST + d);
			continue;
		}
		flow_table_unlink(table.get(), numbers[d]);
		flow_table_release(table.get(), numbers[d]);
		numbers[d] = FLOW_NONE;
	}
	for (uint32_t number : numbers)
		if (number != FLOW_NONE) {
			flow_table_unlink(table.get(), number);
			flow_table_release(table.get(), number);
		}
	EXPECT_EQ(table.overflow_sum(), 0u);
	EXPECT_EQ(table->live, 0u);
}

} // namespace
