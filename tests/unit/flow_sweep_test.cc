// SPDX-License-Identifier: BSD-3-Clause
// The hand: what is due is found within one turn, nothing is shown early, at any tick of the 16 bits.

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "flow_sweep.h"
#include "tables.h"

namespace
{

using support::Table;

const uint64_t SEC = 1000000;

/* One whole turn as an owner makes it, `piece` cold slots a call, numbers taken `max` at a time. */
std::multiset<uint32_t>
turn(Table &table, uint64_t now_us, uint32_t piece, unsigned max = 64)
{
	std::vector<uint32_t> numbers(max);
	std::multiset<uint32_t> found;

	for (uint32_t passed = 0; passed < table->used;) {
		uint32_t before = table->sweep_next;
		unsigned n = flow_sweep(table.get(), now_us, std::min(piece, table->used - passed),
		                        numbers.data(), max);

		passed += (table->sweep_next + table->used - before - 1) % table->used + 1;
		for (unsigned i = 0; i < n; i++) {
			if (flow_table_entry(table.get(), numbers[i])->key.rest != 0)
				found.insert(numbers[i]);
			else
				flow_sweep_put_off(table.get(), numbers[i], now_us);
		}
	}
	return found;
}

TEST(FlowSweep, EmptyTable)
{
	Table table(64);
	uint32_t number;

	EXPECT_EQ(flow_sweep(table.get(), 0, 100, &number, 1), 0u);
	EXPECT_EQ(flow_sweep(table.get(), 0, 0, &number, 1), 0u);
}

/* Deadlines at every distance; at each second exactly those of which the time has come are shown. */
TEST(FlowSweep, EverythingDueAndNothingEarly)
{
	/* the second of these starts just before the ticks' 16 bits wrap */
	for (uint64_t start_us : {UINT64_C(0), (UINT64_C(65536) - 200) * FLOW_TICK_US,
	                          UINT64_C(1700000000000000)}) {
		Table table(1000);
		std::map<uint32_t, uint64_t> deadlines;
		std::mt19937_64 random(start_us);

		for (uint64_t n = 0; n < 1000; n++) {
			uint32_t number = table.insert(n);

			deadlines[number] = start_us + random() % (100 * SEC);
			flow_sweep_set_due(table.get(), number, start_us, deadlines[number]);
		}
		for (uint64_t now = start_us; now <= start_us + 101 * SEC; now += SEC) {
			std::multiset<uint32_t> found = turn(table, now, 100);

			for (const auto &[number, deadline] : deadlines) {
				bool due = deadline + FLOW_TICK_US <= now;
				bool early = deadline > now + FLOW_TICK_US;

				ASSERT_LE(found.count(number), 1u);
				ASSERT_TRUE(!due || found.count(number) == 1) << now - deadline;
				ASSERT_TRUE(!early || found.count(number) == 0) << deadline - now;
			}
			for (uint32_t number : found) {
				table.remove(number); /* numbers were given in order of flows */
				deadlines.erase(number);
			}
		}
		EXPECT_TRUE(deadlines.empty());
	}
}

TEST(FlowSweep, DueAtOnce)
{
	Table table(64);
	uint32_t number = table.insert(0);

	flow_sweep_set_due(table.get(), number, 500 * SEC, 500 * SEC);
	EXPECT_EQ(turn(table, 500 * SEC, 64).count(number), 1u);
	flow_sweep_set_due(table.get(), number, 500 * SEC, 3 * SEC);
	EXPECT_EQ(turn(table, 500 * SEC, 64).count(number), 1u) << "long past";
}

/* What lies farther than the ticks reach is shown before its time, and its owner puts it off again. */
TEST(FlowSweep, FarDeadlinesAreShownEarlyButInTime)
{
	Table table(64);
	uint32_t number = table.insert(0);
	const uint64_t deadline = 86400 * SEC;
	uint64_t now = 0, shown = 0;

	flow_sweep_set_due(table.get(), number, now, deadline);
	for (; shown < 20; now += SEC) {
		if (turn(table, now, 64).count(number) == 0)
			continue;
		shown++;
		if (now >= deadline)
			break;
		flow_sweep_set_due(table.get(), number, now, deadline);
	}
	EXPECT_EQ(now, deadline + SEC);
	EXPECT_GE(shown, 86400 * SEC / FLOW_TICK_US / FLOW_TICK_FAR);
	EXPECT_LE(shown, 15u);
}

TEST(FlowSweep, EveryPieceSizeFindsEverything)
{
	for (uint32_t piece : {1u, 3u, 7u, 8u, 9u, 64u, 1000u}) {
		for (unsigned max : {1u, 5u, 64u}) {
			Table table(203);

			for (uint64_t n = 0; n < 203; n++)
				flow_sweep_set_due(table.get(), table.insert(n), 0,
				                   n % 3 == 0 ? 10 * SEC : 100 * SEC);
			std::multiset<uint32_t> found = turn(table, 20 * SEC, piece, max);

			EXPECT_EQ(found.size(), 68u) << piece << " " << max;
			for (uint32_t number : found)
				EXPECT_EQ(number % 3, 0u);
		}
	}
}

TEST(FlowSweep, BudgetIsKept)
{
	Table table(1000);
	uint32_t numbers[64];

	for (uint64_t n = 0; n < 1000; n++)
		flow_sweep_set_due(table.get(), table.insert(n), 0, 1000 * SEC);
	flow_sweep(table.get(), SEC, 300, numbers, 64);
	EXPECT_EQ(table->sweep_next, 300u);
	flow_sweep(table.get(), SEC, 5, numbers, 64);
	EXPECT_EQ(table->sweep_next, 305u);
	flow_sweep(table.get(), SEC, 5000, numbers, 64);
	EXPECT_EQ(table->sweep_next, 305u) << "no more than one turn";
}

TEST(FlowSweep, StopsWhereTheArrayIsFull)
{
	Table table(100);
	uint32_t numbers[10];

	for (uint64_t n = 0; n < 100; n++)
		flow_sweep_set_due(table.get(), table.insert(n), 0, 0);
	EXPECT_EQ(flow_sweep(table.get(), SEC, 100, numbers, 10), 10u);
	EXPECT_EQ(numbers[9], 9u);
	EXPECT_EQ(flow_sweep(table.get(), SEC, 100, numbers, 10), 10u);
	EXPECT_EQ(numbers[0], 10u) << "it goes on where it stopped";
}

TEST(FlowSweep, FreeEntriesArePutOff)
{
	Table table(64);
	uint32_t numbers[64];

	for (uint64_t n = 0; n < 64; n++)
		flow_sweep_set_due(table.get(), table.insert(n), 0, 0);
	for (uint64_t n = 0; n < 64; n += 2)
		table.remove(n);
	std::multiset<uint32_t> found = turn(table, SEC, 64);
	EXPECT_EQ(found.size(), 32u);
	for (uint32_t number : found)
		EXPECT_EQ(number % 2, 1u);
	EXPECT_EQ(flow_sweep(table.get(), SEC, 64, numbers, 64), 32u) << "the live ones";
}

/* A number put off while it was free is due again when it is given to another flow. */
TEST(FlowSweep, ReusedNumberHasItsOwnDue)
{
	Table table(64);
	uint32_t number = table.insert(1);

	flow_sweep_set_due(table.get(), number, 0, 0);
	table.remove(1);
	EXPECT_TRUE(turn(table, SEC, 64).empty());
	ASSERT_EQ(table.insert(2), number);
	flow_sweep_set_due(table.get(), number, SEC, 3 * SEC);
	EXPECT_TRUE(turn(table, 2 * SEC, 64).empty());
	EXPECT_EQ(turn(table, 4 * SEC, 64).count(number), 1u);
}

TEST(FlowSweep, ForcedTurnShowsEveryLiveFlowOnce)
{
	Table table(500);
	uint32_t numbers[64];

	for (uint64_t n = 0; n < 500; n++)
		flow_sweep_set_due(table.get(), table.insert(n), 0, 3000 * SEC);
	for (uint64_t n = 0; n < 500; n += 5)
		table.remove(n);
	flow_sweep(table.get(), SEC, 123, numbers, 64); /* the hand stands somewhere */
	EXPECT_TRUE(turn(table, SEC, 100).empty());
	flow_sweep_force(table.get());
	std::multiset<uint32_t> found = turn(table, SEC, 100);
	EXPECT_EQ(found.size(), 400u);
	EXPECT_EQ(std::set<uint32_t>(found.begin(), found.end()).size(), 400u);
	EXPECT_TRUE(turn(table, SEC, 100).empty()) << "one turn, no more";
}

} // namespace
