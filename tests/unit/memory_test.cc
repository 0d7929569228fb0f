// SPDX-License-Identifier: BSD-3-Clause
// Where a daemon's memory will lie and whether there is room for it: decided from numbers alone.

#include <gtest/gtest.h>

#include "endpoint_case.h"
#include "memory.h"
#include "track.h"
#include "track_emit.h"
#include "snapshot.h"
#include "endpoint_table.h"

namespace
{

const uint64_t MB = 1 << 20;
const uint64_t SPARE = 128 * MB;

memory_plan
decide(memory_need need, mem_room room, int no_huge = 0)
{
	memory_plan plan = {};

	memory_decide(&plan, &need, &room, no_huge);
	return plan;
}

void
expect(const memory_plan &plan, int packets_huge, int tables_huge, int has_room)
{
	EXPECT_EQ(plan.packets_huge, packets_huge);
	EXPECT_EQ(plan.tables_huge, tables_huge);
	EXPECT_EQ(plan.has_room, has_room);
}

TEST(Memory, HugepagesForAllForPacketsForNone)
{
	const memory_need need = {100 * MB, 400 * MB, SPARE};

	expect(decide(need, {500 * MB, 0}), 1, 1, 1);
	expect(decide(need, {499 * MB, 400 * MB + SPARE}), 1, 0, 1);
	expect(decide(need, {499 * MB, 400 * MB + SPARE - 1}), 1, 0, 0);
	expect(decide(need, {100 * MB, 400 * MB + SPARE}), 1, 0, 1);
	expect(decide(need, {99 * MB, 500 * MB + SPARE}), 0, 0, 1);
	expect(decide(need, {99 * MB, 500 * MB + SPARE - 1}), 0, 0, 0);
	expect(decide(need, {0, 500 * MB + SPARE}), 0, 0, 1);
}

TEST(Memory, NoHugeLeavesHugepagesAlone)
{
	expect(decide({100 * MB, 400 * MB, SPARE}, {500 * MB, 0}, 1), 0, 0, 0);
	expect(decide({100 * MB, 400 * MB, SPARE}, {500 * MB, 500 * MB + SPARE}, 1), 0, 0, 1);
}

TEST(Memory, TheNeedIsWhatTheEngineTakes)
{
	for (uint32_t capacity : {1024u, 100000u, 1048576u}) {
		struct report_stats *stats = new struct report_stats();
		track_config config;
		struct track *track;

		track_config_init(&config);
		config.capacity = capacity;
		track = track_create(&config);
		ASSERT_NE(track, nullptr);
		snapshot_stats(track, stats);
		EXPECT_GE(track_need(capacity, ENDPOINT_CAPACITY), stats->memory_table_bytes);
		EXPECT_LT(track_need(capacity, ENDPOINT_CAPACITY) - stats->memory_table_bytes, 3 * MB)
		    << "struct track and no more";
		EXPECT_EQ(memory_tables(4 * capacity, 4, ENDPOINT_CAPACITY), 4 * track_need(capacity, ENDPOINT_CAPACITY));
		track_destroy(track);
		delete stats;
	}
}

/* Reports, and a ring of events for each. */
TEST(Memory, MoreIsKeptForMoreWorkers)
{
	EXPECT_EQ(memory_control(64) - memory_control(1), 63 * sizeof(struct track_events));
	EXPECT_GE(memory_control(1), SPARE + sizeof(struct track_events));
}

/* Each worker has sockets and cases of its own, however many flows, and rounds up to hugepages. */
TEST(Memory, TenMillionFlowsIn160BytesEach)
{
	const uint64_t own = endpoint_table_need(ENDPOINT_CAPACITY) + endpoint_case_table_need();

	EXPECT_LE(own, 28 * MB);
	EXPECT_LE(memory_tables(10000000, 1, ENDPOINT_CAPACITY) - own, UINT64_C(1600000000));
	EXPECT_LE(memory_tables(10000000, 4, ENDPOINT_CAPACITY) - 4 * own, UINT64_C(1650000000));
}

/* The most is the most: so many fit, one more does not. */
TEST(Memory, TheMostFlowsThatFit)
{
	const uint32_t asked = 20000000;
	const mem_room rooms[] = {{0, 1000 * MB}, {300 * MB, 700 * MB}, {1500 * MB, 200 * MB}};

	for (const mem_room &room : rooms)
		for (unsigned workers : {1u, 3u}) {
			memory_need need = {100 * MB, 0, SPARE};
			uint32_t most = memory_flows_max(&need, &room, 0, asked, workers, ENDPOINT_CAPACITY);

			ASSERT_GT(most, 1024u);
			ASSERT_LT(most, asked);
			need.tables_bytes = memory_tables(most, workers, ENDPOINT_CAPACITY);
			EXPECT_TRUE(decide(need, room).has_room) << most;
			need.tables_bytes = memory_tables(most + 1, workers, ENDPOINT_CAPACITY);
			EXPECT_FALSE(decide(need, room).has_room) << most;
		}
}

TEST(Memory, WhereEvenTheFewestDoNotFit)
{
	const memory_need need = {100 * MB, 0, SPARE};
	const mem_room little = {0, 100 * MB};

	EXPECT_EQ(memory_flows_max(&need, &little, 0, 1000000, 1, ENDPOINT_CAPACITY), 0u);
}

} // namespace
