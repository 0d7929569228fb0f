/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The pool of wide records: given from a free list first and from untouched memory second, as the
 * slab of entries is. A flow's record is named by the 32 bits that its two ends keep aside, where
 * their MSS stood; the record has those while it is held.
 */

#include <string.h>

#include "track_wide.h"

#define TRACK_WIDE_MIN 64

static uint32_t
track_wides_of(uint32_t flows)
{
	uint32_t share = flows / TRACK_WIDE_SHARE;

	return share < TRACK_WIDE_MIN ? TRACK_WIDE_MIN : share;
}

uint64_t
track_wides_need(uint32_t flows)
{
	return mem_region_need(track_wides_of(flows) * sizeof(struct track_wide));
}

int
track_wides_init(struct track_wides *wides, uint32_t flows, enum mem_pages pages, int node)
{
	*wides = (struct track_wides){ .free_head = TRACK_WIDE_NONE };
	wides->capacity = track_wides_of(flows);
	return mem_region_init(&wides->records, wides->capacity * sizeof(struct track_wide), pages,
	                       node);
}

void
track_wides_fini(struct track_wides *wides)
{
	mem_region_fini(&wides->records);
}

uint64_t
track_wides_bytes(const struct track_wides *wides)
{
	return wides->records.bytes;
}

static uint32_t *
track_wide_link(const struct track_wides *wides, uint32_t number)
{
	return (uint32_t *)(void *)track_wide_record(wides, number);
}

static uint32_t
track_wide_get_number(struct track_wides *wides)
{
	uint32_t number = wides->free_head;

	if (number != TRACK_WIDE_NONE)
		wides->free_head = *track_wide_link(wides, number);
	else if (wides->used < wides->capacity)
		number = wides->used++;
	return number;
}

struct track_wide *
track_wide_take(struct track_wides *wides, struct track_entry *e, int vital)
{
	uint32_t number = track_wide_number(e);
	struct track_wide *wide;

	if (number != TRACK_WIDE_NONE)
		return track_wide_record(wides, number);
	if (!vital && wides->taken >= wides->capacity - wides->capacity / 4)
		return NULL;
	number = track_wide_get_number(wides);
	if (number == TRACK_WIDE_NONE)
		return NULL;
	wides->taken++;
	wide = track_wide_record(wides, number);
	memset(wide, 0, sizeof(*wide));
	for (unsigned end = 0; end < 2; end++)
		wide->end[end].mss = e->end[end].aside;
	e->end[0].aside = (uint16_t)(number >> 16);
	e->end[1].aside = (uint16_t)number;
	e->flags |= TRACK_WIDE;
	return wide;
}

void
track_wide_release(struct track_wides *wides, uint32_t number)
{
	/* Outside of any count: who is still copying it must not be torn from a whole word. */
	__atomic_store_n(track_wide_link(wides, number), wides->free_head, __ATOMIC_RELAXED);
	wides->free_head = number;
	wides->taken--;
}
