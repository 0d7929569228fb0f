// SPDX-License-Identifier: BSD-3-Clause
// The hand: it comes to every entry, once a round, evenly, and passes those that are due later.

#include <map>
#include <set>

#include <gtest/gtest.h>

#include "flow_hand.h"
#include "tables.h"

namespace
{

using support::Table;

const uint64_t NOW_US = 1000000000;

/* A full table whose flows are due in two hours. */
void
fill(Table &table)
{
	for (uint32_t n = 0; n < table->capacity; n++) {
		ASSERT_NE(table.insert(n), FLOW_NONE);
		flow_sweep_put_off(table.get(), n, NOW_US);
	}
}

flow_hand_reach
reach(uint32_t blocks, int16_t within = FLOW_HAND_ALL)
{
	return {flow_tick(NOW_US), within, blocks};
}

TEST(FlowHand, ComesToEachEntryOnceARound)
{
	for (uint32_t capacity : {64u, 65u, 96u, 1000u, 4096u, 8191u}) {
		const uint32_t blocks = (capacity + FLOW_HAND_BLOCK - 1) / FLOW_HAND_BLOCK;
		std::map<uint32_t, unsigned> met;
		Table table(capacity);
		flow_hand hand = {};
		flow_hand_reach to = reach(3 * blocks);

		fill(table);
		for (uint32_t n; (n = flow_hand_next(&hand, table.get(), &to)) != FLOW_NONE;)
			met[n]++;
		EXPECT_EQ(to.blocks, 0u);
		EXPECT_EQ(met.size(), capacity);
		for (const auto &[number, times] : met) {
			EXPECT_LT(number, capacity);
			EXPECT_LE(times, 3u) << number;
			EXPECT_GE(times, 2u) << number; // the last few are still on their way
		}
	}
}

TEST(FlowHand, PassesWhatIsDueLater)
{
	Table table(4096);
	flow_hand hand = {};
	std::set<uint32_t> soon, met;

	fill(table);
	for (uint32_t n = 3; n < 4096; n += 61) {
		flow_sweep_set_due(table.get(), n, NOW_US, NOW_US + n % 2 * 60000000);
		soon.insert(n);
	}
	flow_hand_reach to = reach(2 * 4096 / FLOW_HAND_BLOCK, 60 * 4 + 1);
	for (uint32_t n; (n = flow_hand_next(&hand, table.get(), &to)) != FLOW_NONE;)
		met.insert(n);
	EXPECT_EQ(met, soon);
	to = reach(2 * 4096 / FLOW_HAND_BLOCK, 59 * 4);
	met.clear();
	for (uint32_t n; (n = flow_hand_next(&hand, table.get(), &to)) != FLOW_NONE;)
		met.insert(n);
	for (uint32_t n : soon)
		EXPECT_TRUE(n % 2 == 1 || met.count(n)) << n;
	for (unsigned i = 0; i < FLOW_HAND_AHEAD; i++) // fetched while the reach was longer
		met.erase(hand.ahead[i] - 1);
	EXPECT_LE(met.size(), soon.size() / 2 + FLOW_HAND_AHEAD);
}

TEST(FlowHand, FewStepsAreAFairSample)
{
	Table table(65536);
	flow_hand hand = {};
	unsigned met[8] = {};

	fill(table);
	flow_hand_reach to = reach(64);
	for (uint32_t n; (n = flow_hand_next(&hand, table.get(), &to)) != FLOW_NONE;)
		met[n / 8192]++;
	for (unsigned eighth = 0; eighth < 8; eighth++) {
		EXPECT_GE(met[eighth], 5u * FLOW_HAND_BLOCK) << eighth;
		EXPECT_LE(met[eighth], 11u * FLOW_HAND_BLOCK) << eighth;
	}
}

TEST(FlowHand, StaysWithinItsReach)
{
	Table table(4096);
	flow_hand hand = {};

	fill(table);
	flow_hand_reach to = reach(7, 0); // nothing is due now
	EXPECT_EQ(flow_hand_next(&hand, table.get(), &to), FLOW_NONE);
	EXPECT_EQ(to.blocks, 0u);
	EXPECT_EQ(flow_hand_next(&hand, table.get(), &to), FLOW_NONE);
}

} // namespace
