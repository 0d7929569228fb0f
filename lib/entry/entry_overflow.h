/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The upper parts of counters that have outgrown their place in the entry.
 *
 * An entry's counters are as narrow as nearly every connection allows: 32,767 packets, 32 MB, 31
 * retransmissions. One that would overflow is emptied into the connection's wide record, a line of
 * its own from a pool of one for every ENTRY_OVERFLOW_SHARE flows, and goes on from zero; what is shown
 * is always the sum of both, and exact. So a flow pays half a byte for what few of them need.
 *
 * Where the pool is empty a counter stays at its most, which is counted (`refused`). The last
 * quarter of the pool is kept for packets, bytes and payload: a mirror that copies everything, or a
 * bad day on the network, takes nothing from them.
 *
 * Worker: writes, inside the entry's open write. Control: reads, inside the entry's read.
 */
#ifndef ENTRY_OVERFLOW_H
#define ENTRY_OVERFLOW_H

#include "entry.h"
#include "mem_region.h"

BASE_BEGIN_DECLS

#define ENTRY_OVERFLOW_SHARE 128
#define ENTRY_OVERFLOW_NONE  UINT32_MAX

/* Each stays at its most instead of going round. */
struct entry_overflow_end {
	uint64_t bytes : 48;
	uint64_t mss : 16; /* what the entry's `aside` held */
	uint64_t retransmitted_bytes : 48;
	uint64_t payload : 16; /* times that the 32 bits in the entry went round */
	uint64_t packets : 36;
	uint64_t again : 28;
	uint64_t copies : 26; /* of the connection: the sum of both ends */
	uint64_t out_of_order : 16;
	uint64_t gaps : 11;
	uint64_t zero_windows : 11;
};

struct BASE_ALIGNED(BASE_CACHE_LINE) entry_overflow {
	struct entry_overflow_end end[2];
};

static_assert(sizeof(struct entry_overflow) == BASE_CACHE_LINE, "one line");

/*
 * A free record holds the number of the next one. No reader takes that for counters: its entry was
 * closed before, so the sequence count has moved.
 */
struct entry_overflow_pool {
	struct mem_region records;
	uint32_t capacity, used, free_head, taken;
	uint64_t refused; /* times that a counter had to stay at its most; control: reads */
};

/* Control, cold. 0 or -errno. */
int entry_overflow_pool_init(struct entry_overflow_pool *wides, uint32_t flows,
                             enum mem_pages pages, int node);
void entry_overflow_pool_fini(struct entry_overflow_pool *wides);
uint64_t entry_overflow_pool_bytes(const struct entry_overflow_pool *wides);
uint64_t entry_overflow_pool_need(uint32_t flows); /* of those that are not yet made */

/*
 * The flow's record, taken from the pool if it has none; NULL where the pool is empty, or, unless
 * `vital`, three quarters empty. Worker, in the entry's open write.
 */
struct entry_overflow *
entry_overflow_take(struct entry_overflow_pool *wides, struct entry *e, int vital);

/*
 * Gives the record `number` back, after the write that has closed its entry: a reader must not find
 * another flow's in it. Worker.
 */
void entry_overflow_release(struct entry_overflow_pool *wides, uint32_t number);

/* The number of the flow's record, or ENTRY_OVERFLOW_NONE. */
BASE_INLINE uint32_t
entry_overflow_number(const struct entry *e)
{
	if (!(e->flags & ENTRY_OVERFLOW))
		return ENTRY_OVERFLOW_NONE;
	return (uint32_t)e->end[0].aside << 16 | (uint32_t)e->end[1].aside;
}

BASE_INLINE struct entry_overflow *
entry_overflow_record(const struct entry_overflow_pool *wides, uint32_t number)
{
	return (struct entry_overflow *)wides->records.base + number;
}

BASE_END_DECLS

#endif
