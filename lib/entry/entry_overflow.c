/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The pool of overflow records. They are given from a free list first and from untouched memory
 * second, as the slab gives entries.
 *
 * The two ends of a flow keep 32 bits aside, which name its record. The MSS of both ends was there;
 * the record keeps it meanwhile. Worker writes.
 */

#include <string.h>

#include "entry_overflow.h"

#define ENTRY_OVERFLOW_MIN 64

static uint32_t
entry_overflow_pool_of(uint32_t flows)
{
	uint32_t share = flows / ENTRY_OVERFLOW_SHARE;

	return share < ENTRY_OVERFLOW_MIN ? ENTRY_OVERFLOW_MIN : share;
}

uint64_t
entry_overflow_pool_need(uint32_t flows)
{
	return mem_region_need(entry_overflow_pool_of(flows) * sizeof(struct entry_overflow));
}

int
entry_overflow_pool_init(struct entry_overflow_pool *pool, uint32_t flows, enum mem_pages pages,
                         int node)
{
	*pool = (struct entry_overflow_pool){ .free_head = ENTRY_OVERFLOW_NONE };
	pool->capacity = entry_overflow_pool_of(flows);
	return mem_region_init(&pool->records, pool->capacity * sizeof(struct entry_overflow),
	                       pages, node);
}

void
entry_overflow_pool_fini(struct entry_overflow_pool *pool)
{
	mem_region_fini(&pool->records);
}

uint64_t
entry_overflow_pool_bytes(const struct entry_overflow_pool *pool)
{
	return pool->records.bytes;
}

static uint32_t *
entry_overflow_link(const struct entry_overflow_pool *pool, uint32_t number)
{
	return (uint32_t *)(void *)entry_overflow_record(pool, number);
}

static uint32_t
entry_overflow_get_number(struct entry_overflow_pool *pool)
{
	uint32_t number = pool->free_head;

	if (number != ENTRY_OVERFLOW_NONE)
		pool->free_head = *entry_overflow_link(pool, number);
	else if (pool->used < pool->capacity)
		number = pool->used++;
	return number;
}

struct entry_overflow *
entry_overflow_take(struct entry_overflow_pool *pool, struct entry *e, bool vital)
{
	uint32_t number = entry_overflow_number(e);
	struct entry_overflow *record;

	if (number != ENTRY_OVERFLOW_NONE)
		return entry_overflow_record(pool, number);
	if (!vital && pool->taken >= pool->capacity - pool->capacity / 4)
		return NULL;
	number = entry_overflow_get_number(pool);
	if (number == ENTRY_OVERFLOW_NONE)
		return NULL;
	pool->taken++;
	record = entry_overflow_record(pool, number);
	memset(record, 0, sizeof(*record));
	for (unsigned end = 0; end < 2; end++)
		record->end[end].mss = e->end[end].aside;
	e->end[0].aside = (uint16_t)(number >> 16);
	e->end[1].aside = (uint16_t)number;
	e->flags |= ENTRY_OVERFLOW;
	return record;
}

void
entry_overflow_release(struct entry_overflow_pool *pool, uint32_t number)
{
	/*
	 * Outside of any sequence count: a reader that still copies the record must not see a torn
	 * word.
	 */
	__atomic_store_n(entry_overflow_link(pool, number), pool->free_head, __ATOMIC_RELAXED);
	pool->free_head = number;
	pool->taken--;
}
