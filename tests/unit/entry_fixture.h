// SPDX-License-Identifier: BSD-3-Clause
// One flow's entry to count on by hand: its sums as a reader would have them.
#ifndef ENTRY_FIXTURE_H
#define ENTRY_FIXTURE_H

#include <memory>

#include <gtest/gtest.h>

#include "entry_count.h"

/* A table of 64 with one flow, and a pool of 64 records. */
class Counted
{
public:
	Counted() : table_(flow_table_create(64, MEM_PAGES_LAZY, MEM_NODE_ANY), flow_table_destroy)
	{
		EXPECT_EQ(entry_trouble_pool_init(&pool, 64, MEM_PAGES_LAZY, MEM_NODE_ANY), 0);
		e = open();
	}

	~Counted() { entry_trouble_pool_fini(&pool); }

	entry *
	open()
	{
		flow_key key = {{0, 1}, {0, 2}, ++keys_ << 32 | 6 << 1};
		uint32_t number = flow_table_insert(table(), &key, flow_hash(&table()->secret, &key));
		entry *opened = entry_at(table(), number);

		opened->flags = 0;
		opened->more[0] = opened->more[1] = entry_more();
		opened->end[0] = opened->end[1] = tcp_end();
		base_seq_write_end(&opened->seq);
		return opened;
	}

	flow_table *table() const { return table_.get(); }
	uint32_t number() const { return (uint32_t)(e - entry_at(table(), 0)); }

	const entry_upper *
	upper() const
	{
		return e->flags & ENTRY_UPPER ? entry_upper_at(table(), number()) : nullptr;
	}

	void
	packet_of(unsigned end, uint32_t bytes)
	{
		packet pk = {};

		pk.ip_bytes = bytes;
		entry_count_packet(table(), e, end, &pk);
	}

	entry_counts
	counts(unsigned end) const
	{
		entry_trouble trouble[2] = {};
		entry_counts sums;

		for (unsigned i = 0; i < 2; i++)
			if (entry_trouble_has(e, i))
				trouble[i] = *entry_trouble_record(&pool, entry_trouble_number(e, i));
		entry_count_read(e, upper(), trouble, end, &sums);
		return sums;
	}

	entry *e;
	entry_trouble_pool pool;

private:
	std::unique_ptr<flow_table, decltype(&flow_table_destroy)> table_;
	uint64_t keys_ = 0;
};

#endif
