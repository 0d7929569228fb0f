// SPDX-License-Identifier: BSD-3-Clause
/*
 * A flow table with a memory: everything done to it is done to a std::unordered_map too, and the two are
 * compared. Keys are made from numbers, so that a test names a flow by one.
 */
#ifndef SUPPORT_TABLES_H
#define SUPPORT_TABLES_H

#include <cstring>
#include <memory>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <gtest/gtest.h>

extern "C" {
#include "flow_index.h"
}
#include "flow_table.h"

namespace support
{

inline flow_key
numbered_key(uint64_t n)
{
	return {{0, n}, {0, ~n}, n << 32 | 6 << 1};
}

class Table
{
public:
	explicit Table(uint32_t capacity)
		: table(flow_table_create(capacity, MEM_PAGES_LAZY, MEM_NODE_ANY),
	                flow_table_destroy)
	{
	}

	flow_table *operator->() const { return table.get(); }
	flow_table *get() const { return table.get(); }

	uint64_t
	hash(uint64_t n) const
	{
		flow_key key = numbered_key(n);

		return flow_hash(&table->secret, &key);
	}

	/* Which bucket the flow begins to look in. */
	uint32_t
	home(uint64_t n) const
	{
		return flow_table_home(table.get(), hash(n));
	}

	uint32_t
	find(uint64_t n) const
	{
		flow_key key = numbered_key(n);

		return flow_table_find(table.get(), &key, hash(n));
	}

	uint32_t
	insert(uint64_t n)
	{
		flow_key key = numbered_key(n);
		uint32_t number = flow_table_insert(table.get(), &key, hash(n));

		if (number == FLOW_NONE)
			return number;
		memset(flow_table_entry(table.get(), number)->user, (int)n, FLOW_USER_BYTES);
		base_seq_write_end(&flow_table_entry(table.get(), number)->seq);
		known[n] = number;
		return number;
	}

	void
	remove(uint64_t n)
	{
		uint32_t number = known.at(n);

		flow_table_unlink(table.get(), number);
		flow_table_release(table.get(), number);
		known.erase(n);
	}

	/* The whole table is what was put into it, and every count in the index is right. */
	void
	verify() const
	{
		std::unordered_set<uint32_t> numbers;

		ASSERT_EQ(table->live, known.size());
		for (const auto &[n, number] : known) {
			flow_key key = numbered_key(n);

			ASSERT_EQ(find(n), number) << n;
			ASSERT_TRUE(flow_key_equal(&flow_table_entry(table.get(), number)->key, &key));
			ASSERT_TRUE(numbers.insert(number).second) << "given twice: " << number;
			ASSERT_LT(number, flow_table_used(table.get()));
			ASSERT_EQ(flow_table_entry(table.get(), number)->seq & 1, 0u);
		}
		verify_index();
	}

	uint64_t
	overflow_sum() const
	{
		uint64_t sum = 0;

		for (uint32_t b = 0; b < table->n_buckets; b++)
			sum += table->buckets[b].overflow;
		return sum;
	}

	std::unordered_map<uint64_t, uint32_t> known;

private:
	/* Each bucket's overflow is the number of entries whose way led past it. */
	void
	verify_index() const
	{
		std::vector<uint32_t> passed(table->n_buckets);
		uint64_t slots = 0;

		for (uint32_t b = 0; b < table->n_buckets; b++) {
			for (unsigned s = 0; s < FLOW_BUCKET_SLOTS; s++) {
				if (flow_bucket_tag(&table->buckets[b], s) == 0)
					continue;
				slots++;
				const flow_entry *e = flow_table_entry(
				    table.get(), flow_bucket_number(&table->buckets[b], s));
				uint64_t h = flow_hash(&table->secret, &e->key);
				uint32_t from = flow_table_home(table.get(), h);

				for (; from != b; from = (from + 1) % table->n_buckets)
					passed[from]++;
			}
		}
		ASSERT_EQ(slots, known.size());
		for (uint32_t b = 0; b < table->n_buckets; b++)
			ASSERT_EQ(table->buckets[b].overflow, passed[b]) << "bucket " << b;
	}

	std::unique_ptr<flow_table, decltype(&flow_table_destroy)> table;
};

} // namespace support

#endif
