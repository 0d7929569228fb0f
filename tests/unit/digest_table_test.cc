/* SPDX-License-Identifier: BSD-3-Clause */
#include "digest_table.h"

#include <map>

#include "filter_fixture.h"

namespace {

struct Record {
	uint64_t key[2];
	uint64_t value;
};

struct Table {
	CountedMemory counted;
	struct filter_memory memory = counted.memory();
	struct digest_table table;

	explicit Table(uint32_t max, uint64_t secret = std::random_device()())
	{
		digest_table_init(&table, &memory, secret, 16, sizeof(Record), max);
	}
	~Table() { digest_table_fini(&table); }
	Record *take(uint64_t a, uint64_t b)
	{
		const uint64_t key[2] = { a, b };

		return static_cast<Record *>(digest_table_take(&table, key));
	}
	Record *find(uint64_t a, uint64_t b)
	{
		const uint64_t key[2] = { a, b };

		return static_cast<Record *>(digest_table_find(&table, key));
	}
};

TEST(DigestTable, IsAMap)
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
		const Record *record = static_cast<Record *>(digest_table_at(&t.table, i));

		EXPECT_EQ(t.find(record->key[0], record->key[1]), record);
	}
}

/* Keys that differ by one bit, or in one half alone, all have places of their own. */
TEST(DigestTable, KeysAreComparedWhole)
{
	Table t(1024, 0);

	for (unsigned bit = 0; bit < 128; bit++)
		t.take(bit < 64 ? 1ull << bit : 0, bit < 64 ? 0 : 1ull << (bit - 64))->value = bit + 1;
	t.take(0, 0)->value = 1000;
	EXPECT_EQ(t.table.n, 129u);
	for (unsigned bit = 0; bit < 128; bit++)
		EXPECT_EQ(t.find(bit < 64 ? 1ull << bit : 0, bit < 64 ? 0 : 1ull << (bit - 64))->value, bit + 1);
}

TEST(DigestTable, HasABound)
{
	Table t(128);

	for (uint64_t i = 0; i < 128; i++)
		ASSERT_NE(t.take(i, 0), nullptr);
	for (uint64_t i = 0; i < 200; i++)
		EXPECT_EQ(t.take(i, 0) != nullptr, i < 128);
	EXPECT_EQ(t.table.refused, 72u);
	EXPECT_EQ(t.find(128, 0), nullptr);
}

TEST(DigestTable, WithoutMemoryNothingIsLost)
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
		digest_table_fini(&t.table);
		EXPECT_EQ(t.counted.now, 0u);
	}
}

TEST(DigestTable, TheSecretMatters)
{
	const uint64_t key[2] = { 1, 2 };

	EXPECT_NE(digest_hash(1, key, 16), digest_hash(2, key, 16));
	EXPECT_NE(digest_hash(1, key, 8), digest_hash(1, key + 1, 8));
}

} // namespace
