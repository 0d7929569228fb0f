/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The pool of wide records: given from a free list first and from untouched memory second, as the
 * slab of entries is. A flow's record is named by the 32 bits that its two ends keep aside, where
 * their MSS stood; the record has those while it is held.
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
entry_overflow_pool_init(struct entry_overflow_pool *wides, uint32_t flows, enum mem_pages pages,
                         int node)
{
	*wides = (struct entry_overflow_pool){ .free_head = ENTRY_OVERFLOW_NONE };
	wides->capacity = entry_overflow_pool_of(flows);
	return mem_region_init(&wides->records, wides->capacity * sizeof(struct entry_overflow),
	                       pages, node);
}

void
entry_overflow_pool_fini(struct entry_overflow_pool *wides)
{
	mem_region_fini(&wides->records);
}

uint64_t
entry_overflow_pool_bytes(const struct entry_overflow_pool *wides)
{
	return wides->records.bytes;
}

static uint32_t *
entry_overflow_link(const struct entry_overflow_pool *wides, uint32_t number)
{
	return (uint32_t *)(void *)entry_overflow_record(wides, number);
}

static uint32_t
entry_overflow_get_number(struct entry_overflow_pool *wides)
{
	uint32_t number = wides->free_head;

	if (number != ENTRY_OVERFLOW_NONE)
		wides->free_head = *entry_overflow_link(wides, number);
	else if (wides->used < wides->capacity)
		number = wides->used++;
	return number;
}

struct entry_overflow *
entry_overflow_take(struct entry_overflow_pool *wides, struct entry *e, int vital)
{
	uint32_t number = entry_overflow_number(e);
	struct entry_overflow *wide;

	if (number != ENTRY_OVERFLOW_NONE)
		return entry_overflow_record(wides, number);
	if (!vital && wides->taken >= wides->capacity - wides->capacity / 4)
		return NULL;
	number = entry_overflow_get_number(wides);
	if (number == ENTRY_OVERFLOW_NONE)
		return NULL;
	wides->taken++;
	wide = entry_overflow_record(wides, number);
	memset(wide, 0, sizeof(*wide));
	for (unsigned end = 0; end < 2; end++)
		wide->end[end].mss = e->end[end].aside;
	e->end[0].aside = (uint16_t)(number >> 16);
	e->end[1].aside = (uint16_t)number;
	e->flags |= ENTRY_OVERFLOW;
	return wide;
}

void
entry_overflow_release(struct entry_overflow_pool *wides, uint32_t number)
{
	/* Outside of any count: who is still copying it must not be torn from a whole word. */
	__atomic_store_n(entry_overflow_link(wides, number), wides->free_head, __ATOMIC_RELAXED);
	wides->free_head = number;
	wides->taken--;
}
