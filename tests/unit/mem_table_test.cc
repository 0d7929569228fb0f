/* SPDX-License-Identifier: BSD-3-Clause */
#include "mem_table.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "counted.h"

namespace {

struct Record {
	uint64_t key[2];
	uint64_t value;
};

struct Table {
	CountedMemory counted;
	struct mem_table table;

	explicit Table(uint32_t max, uint64_t secret = std::random_device()())
	{
		const struct mem_table_shape shape = { 16, sizeof(Record), 0, 0, max };

		mem_table_init(&table, counted.memory(), secret, &shape);
	}
	~Table() { mem_table_fini(&table); }
	Record *take(uint64_t a, uint64_t b)
	{
		const uint64_t key[2] = { a, b };

		return static_cast<Record *>(mem_table_take(&table, key));
	}
	Record *find(uint64_t a, uint64_t b)
	{
		const uint64_t key[2] = { a, b };

		return static_cast<Record *>(mem_table_find(&table, key));
	}
};

TEST(MemTable, IsAMap)
{
	std::map<std::pair<uint64_t, uint64_t>, uint64_t> want;
	const unsigned seed = std::random_device()();
	std::mt19937 rng(seed);
	Table t(4096);

	EXPECT_EQ(t.find(0, 0), nullptr) << "nothing is in an empty one";
	for (int i = 0; i < 20000; i++) {
		const uint64_t a = rng() % 60, b = rng() % 60;

		EXPECT_EQ(t.find(a, b) != nullptr, want.count({ a, b }) != 0) << seed;
		t.take(a, b)->value++;
		want[{ a, b }]++;
	}
	EXPECT_EQ(t.table.n, want.size());
	EXPECT_EQ(t.table.refused, 0u);
	for (const auto &[key, value] : want)
		EXPECT_EQ(t.find(key.first, key.second)->value, value) << seed;
	for (uint32_t i = 0; i < t.table.n; i++) {
		const Record *record = static_cast<Record *>(mem_table_at(&t.table, i));

		EXPECT_EQ(t.find(record->key[0], record->key[1]), record);
	}
}

/* Where the key is not what a record begins with. */
TEST(MemTable, AKeyInside)
{
	CountedMemory counted;
	struct mem_table table;
	struct Inside {
		uint64_t value, key;
	};
	const struct mem_table_shape shape = { 8, sizeof(Inside), offsetof(Inside, key), 1, 2 };

	mem_table_init(&table, counted.memory(), 5, &shape);
	for (uint64_t key : { 7, 9, 7, 11 }) {
		if (auto *inside = static_cast<Inside *>(mem_table_take(&table, &key)))
			inside->value++;
	}
	EXPECT_EQ(table.n, 2u);
	EXPECT_EQ(table.room, 2u) << "it began with one";
	EXPECT_EQ(table.refused, 1u);
	for (uint64_t key : { 7, 9 }) {
		const auto *inside = static_cast<Inside *>(mem_table_find(&table, &key));

		ASSERT_NE(inside, nullptr);
		EXPECT_EQ(inside->key, key);
		EXPECT_EQ(inside->value, key == 7 ? 2u : 1u);
	}
	mem_table_fini(&table);
	EXPECT_EQ(counted.now, 0u);
}

/* Keys that differ by one bit, or in one half alone, all have places of their own. */
TEST(MemTable, KeysAreComparedWhole)
{
	Table t(1024, 0);

	for (unsigned bit = 0; bit < 128; bit++)
		t.take(bit < 64 ? 1ull << bit : 0, bit < 64 ? 0 : 1ull << (bit - 64))->value = bit + 1;
	t.take(0, 0)->value = 1000;
	EXPECT_EQ(t.table.n, 129u);
	for (unsigned bit = 0; bit < 128; bit++)
		EXPECT_EQ(t.find(bit < 64 ? 1ull << bit : 0, bit < 64 ? 0 : 1ull << (bit - 64))->value, bit + 1);
}

TEST(MemTable, HasABound)
{
	Table t(128);

	for (uint64_t i = 0; i < 128; i++)
		ASSERT_NE(t.take(i, 0), nullptr);
	for (uint64_t i = 0; i < 200; i++)
		EXPECT_EQ(t.take(i, 0) != nullptr, i < 128);
	EXPECT_EQ(t.table.refused, 72u);
	EXPECT_EQ(t.find(128, 0), nullptr);
}

/* Memory may be there again later: a key that was refused gets no record that has a part of it. */
TEST(MemTable, OnceRefusedNothingIsNew)
{
	CountedMemory counted;
	struct mem_table table;
	const struct mem_table_shape shape = { 8, 16, 0, 64, 1024 };

	mem_table_init(&table, counted.memory(), 5, &shape);
	for (uint64_t key = 0; key < 64; key++)
		ASSERT_NE(mem_table_take(&table, &key), nullptr);
	counted.most = counted.now;
	for (uint64_t key = 0; key < 128; key++) {
		EXPECT_EQ(mem_table_take(&table, &key) != nullptr, key < 64);
		counted.most = SIZE_MAX;
		EXPECT_EQ(mem_table_take(&table, &key) != nullptr, key < 64);
		counted.most = counted.now;
	}
	EXPECT_EQ(table.refused, 128u);
	mem_table_fini(&table);
	counted.most = SIZE_MAX;
	const uint64_t key = 100;
	EXPECT_NE(mem_table_take(&table, &key), nullptr) << "used again";
	mem_table_fini(&table);
}

TEST(MemTable, WithoutMemoryNothingIsLost)
{
	for (size_t most = 0; most < 40000; most += 997) {
		Table t(4096);
		uint64_t taken = 0;

		t.counted.most = most;
		for (uint64_t i = 0; i < 1000; i++)
			taken += t.take(i, i) != nullptr;
		EXPECT_EQ(taken, t.table.n);
		EXPECT_EQ(t.table.refused, 1000 - taken);
		for (uint64_t i = 0; i < taken; i++)
			EXPECT_NE(t.find(i, i), nullptr) << most;
		mem_table_fini(&t.table);
		EXPECT_EQ(t.counted.now, 0u);
	}
}

TEST(MemTable, TheSecretMatters)
{
	const uint64_t key[2] = { 1, 2 };

	EXPECT_NE(mem_table_hash(1, key, 16), mem_table_hash(2, key, 16));
	EXPECT_NE(mem_table_hash(1, key, 8), mem_table_hash(1, key + 1, 8));
}

} // namespace
