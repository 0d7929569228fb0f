// SPDX-License-Identifier: BSD-3-Clause
// The slab: numbers, generations, the free list, what a reader sees, and how much memory it all takes.

#include <cerrno>
#include <unordered_set>

#include <gtest/gtest.h>

#include "tables.h"

namespace
{

using support::numbered_key;
using support::Table;

TEST(FlowTable, RefusesCapacitiesOutOfRange)
{
	for (uint32_t capacity : {0u, 1u, FLOW_CAPACITY_MIN - 1u, FLOW_CAPACITY_MAX + 1u, UINT32_MAX}) {
		errno = 0;
		EXPECT_EQ(flow_table_create(capacity, MEM_PAGES_LAZY, MEM_NODE_ANY), nullptr);
		EXPECT_EQ(errno, EINVAL) << capacity;
	}
	errno = 0;
	EXPECT_EQ(flow_table_create(1000, MEM_PAGES_LAZY, 4000), nullptr) << "no such node";
	EXPECT_EQ(errno, EINVAL);
	flow_table_destroy(nullptr);
}

TEST(FlowTable, HoldsExactlyItsCapacity)
{
	for (uint32_t capacity : {64u, 65u, 100u, 1023u}) {
		Table table(capacity);

		for (uint64_t n = 0; n < capacity; n++)
			ASSERT_NE(table.insert(n), FLOW_NONE) << n << " of " << capacity;
		EXPECT_EQ(table.insert(capacity), FLOW_NONE);
		EXPECT_EQ(table->live, capacity);
		table.verify();
		table.remove(0);
		EXPECT_NE(table.insert(capacity), FLOW_NONE);
		table.verify();
	}
}

TEST(FlowTable, NumbersComeFromTheFreeListFirst)
{
	Table table(1000);

	for (uint64_t n = 0; n < 10; n++)
		EXPECT_EQ(table.insert(n), n);
	EXPECT_EQ(flow_table_used(table.get()), 10u);
	table.remove(3);
	table.remove(7);
	EXPECT_EQ(table.insert(100), 7u) << "last out, first in";
	EXPECT_EQ(table.insert(101), 3u);
	EXPECT_EQ(table.insert(102), 10u);
	EXPECT_EQ(flow_table_used(table.get()), 11u);
	table.verify();
}

TEST(FlowTable, GenerationGoesUpAtEachRelease)
{
	Table table(64);
	std::unordered_set<uint64_t> ids;

	for (uint64_t n = 0; n < 10000; n++) {
		uint32_t number = table.insert(n);
		uint32_t generation = flow_table_cold(table.get(), number)->generation;

		ASSERT_TRUE(ids.insert((uint64_t)generation << 32 | number).second);
		table.remove(n);
		ASSERT_EQ(flow_table_cold(table.get(), number)->generation, generation + 1);
	}
}

TEST(FlowTable, NumberIsLostAfterItsLastGeneration)
{
	Table table(64);

	for (uint64_t n = 0; n < 64; n++)
		ASSERT_EQ(table.insert(n), n);
	table->cold[5].generation = FLOW_GENERATION_LAST - 1;
	table.remove(5);
	ASSERT_EQ(table.insert(100), 5u); // its last
	EXPECT_EQ(table->cold[5].generation, FLOW_GENERATION_LAST);
	table.remove(100);
	EXPECT_EQ(table->cold[5].generation, FLOW_GENERATION_LAST);
	EXPECT_EQ(table->live, 63u);
	EXPECT_EQ(table.insert(101), FLOW_NONE);
	table.remove(7); // all others are given as before
	EXPECT_EQ(table.insert(102), 7u);
	EXPECT_EQ(table->cold[7].generation, 1u);
}

TEST(FlowTable, UnlinkedIsNotFoundButStillShown)
{
	Table table(64);
	uint32_t number = table.insert(1);
	flow_key key = numbered_key(1);

	flow_table_unlink(table.get(), number);
	EXPECT_EQ(table.find(1), FLOW_NONE);
	EXPECT_TRUE(flow_key_equal(&flow_table_entry(table.get(), number)->key, &key));
	EXPECT_EQ(table->live, 1u);
	/* Another life of the same flow, while the first is shown. */
	uint32_t again = table.insert(1);
	EXPECT_NE(again, number);
	EXPECT_EQ(table.find(1), again);
	flow_table_release(table.get(), number);
	EXPECT_EQ(flow_table_entry(table.get(), number)->key.rest, 0u);
	EXPECT_EQ(table.find(1), again);
	EXPECT_EQ(table->live, 1u);
}

TEST(FlowTable, InsertLeavesTheWriteOpen)
{
	Table table(64);
	flow_key key = numbered_key(1);
	uint32_t number = flow_table_insert(table.get(), &key, table.hash(1));
	flow_entry *e = flow_table_entry(table.get(), number);

	EXPECT_EQ(e->seq & 1, 1u);
	base_seq_write_end(&e->seq);
	uint32_t begun = base_seq_read_begin(&e->seq);
	EXPECT_FALSE(base_seq_read_retry(&e->seq, begun));
	flow_table_unlink(table.get(), number);
	EXPECT_FALSE(base_seq_read_retry(&e->seq, begun)) << "unlinking is not a write of the entry";
	flow_table_release(table.get(), number);
	EXPECT_TRUE(base_seq_read_retry(&e->seq, begun));
	EXPECT_EQ(e->seq & 1, 0u);
}

/* The free list runs through entries that a reader may look at: it must not show a key. */
TEST(FlowTable, FreeEntriesHaveNoKey)
{
	Table table(500);

	for (uint64_t n = 0; n < 500; n++)
		table.insert(n);
	for (uint64_t n = 0; n < 500; n += 2)
		table.remove(n);
	for (uint32_t number = 0; number < flow_table_used(table.get()); number++)
		EXPECT_EQ(flow_table_entry(table.get(), number)->key.rest != 0, number % 2 == 1);
}

TEST(FlowTable, FitsTheMemoryItPromises)
{
	for (uint32_t capacity : {1u << 20, 10000000u}) {
		Table table(capacity);

		/* 158.1 bytes a flow, rounded up to a hugepage */
		EXPECT_LE(flow_table_bytes(table.get()),
		          (uint64_t)capacity * 1581 / 10 + (2 << 20) + sizeof(flow_table));
		EXPECT_GE(flow_table_bytes(table.get()), (uint64_t)capacity * 158);
		EXPECT_LT((uint64_t)capacity, (uint64_t)table->n_buckets * FLOW_BUCKET_SLOTS * 88 / 100);
	}
}

TEST(FlowTable, ShapesOfMemory)
{
	EXPECT_EQ(sizeof(flow_entry), 128u);
	EXPECT_EQ(sizeof(flow_bucket), 64u);
	EXPECT_EQ(sizeof(flow_upper), 16u);
	EXPECT_EQ(sizeof(flow_cold), 8u);
	Table table(1000);
	EXPECT_EQ((uintptr_t)table->entries % sizeof(flow_entry), 0u) << "an even line";
	EXPECT_EQ((uintptr_t)table->buckets % BASE_CACHE_LINE, 0u);
	EXPECT_EQ((uintptr_t)table->upper % BASE_CACHE_LINE, 0u);
	EXPECT_EQ((uintptr_t)table->cold % BASE_CACHE_LINE, 0u);
}

} // namespace
