/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The pool of records of trouble. They are given from a free list first and from untouched memory
 * second, as the slab gives entries.
 *
 * The number of a record takes the place of three counters of its end; another one, at a value that
 * it cannot count to, says so. Worker writes.
 */

#include "entry_trouble.h"

#define ENTRY_TROUBLE_MIN    64
#define ENTRY_TROUBLE_MARKER (ENTRY_TROUBLE_RETRANSMITTED_MAX + 1)

static_assert(FLOW_CAPACITY_MAX / ENTRY_TROUBLE_SHARE < 1u << 19, "19 bits name every record");

static uint32_t
entry_trouble_pool_of(uint32_t flows)
{
	uint32_t share = flows / ENTRY_TROUBLE_SHARE;

	return share < ENTRY_TROUBLE_MIN ? ENTRY_TROUBLE_MIN : share;
}

uint64_t
entry_trouble_pool_need(uint32_t flows)
{
	return mem_region_need(entry_trouble_pool_of(flows) * sizeof(struct entry_trouble));
}

int
entry_trouble_pool_init(struct entry_trouble_pool *pool, uint32_t flows, enum mem_pages pages,
                        int node)
{
	*pool = (struct entry_trouble_pool){ .free_head = ENTRY_TROUBLE_NONE };
	pool->capacity = entry_trouble_pool_of(flows);
	return mem_region_init(&pool->records, pool->capacity * sizeof(struct entry_trouble), pages,
	                       node);
}

void
entry_trouble_pool_fini(struct entry_trouble_pool *pool)
{
	mem_region_fini(&pool->records);
}

uint64_t
entry_trouble_pool_bytes(const struct entry_trouble_pool *pool)
{
	return pool->records.bytes;
}

static uint32_t *
entry_trouble_link(const struct entry_trouble_pool *pool, uint32_t number)
{
	return (uint32_t *)(void *)entry_trouble_record(pool, number);
}

static uint32_t
entry_trouble_get_number(struct entry_trouble_pool *pool)
{
	uint32_t number = pool->free_head;

	if (number != ENTRY_TROUBLE_NONE)
		pool->free_head = *entry_trouble_link(pool, number);
	else if (pool->used < pool->capacity)
		number = pool->used++;
	return number;
}

struct entry_trouble *
entry_trouble_take(struct entry_trouble_pool *pool, struct entry *e, unsigned end)
{
	uint32_t number = entry_trouble_number(e, end);
	struct entry_more *more = &e->more[end];
	struct tcp_end *of = &e->end[end];
	struct entry_trouble *record;

	if (number != ENTRY_TROUBLE_NONE)
		return entry_trouble_record(pool, number);
	number = entry_trouble_get_number(pool);
	if (number == ENTRY_TROUBLE_NONE) {
		base_counter_add(&pool->refused, 1);
		return NULL;
	}
	pool->taken++;
	record = entry_trouble_record(pool, number);
	*record = (struct entry_trouble){
		.retransmitted = of->retransmitted,
		.retransmitted_bytes = more->retransmitted_bytes,
		.out_of_order = of->out_of_order,
		.gaps = of->gaps,
	};
	of->retransmitted = ENTRY_TROUBLE_MARKER;
	more->retransmitted_bytes = number & ENTRY_TROUBLE_RETRANSMITTED_BYTES_MAX;
	of->out_of_order = number >> 14 & ENTRY_TROUBLE_OUT_OF_ORDER_MAX;
	of->gaps = number >> 16 & ENTRY_TROUBLE_GAPS_MAX;
	return record;
}

void
entry_trouble_release(struct entry_trouble_pool *pool, uint32_t number)
{
	/*
	 * Outside of any sequence count: a reader that still copies the record must not see a torn
	 * word, and whoever gets this one has to see that the count of the entry moved before.
	 */
	__atomic_store_n(entry_trouble_link(pool, number), pool->free_head, __ATOMIC_RELEASE);
	pool->free_head = number;
	pool->taken--;
}
