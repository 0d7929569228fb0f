/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The upper parts of counters that have outgrown their place in the entry.
 *
 * Overview. The counters of an entry have the room that nearly every connection needs and no more:
 * 32,767 packets, 32 MB, 31 retransmissions. A counter that would overflow is emptied into the
 * connection's overflow record and goes on from zero. What is shown is always the sum of both, and
 * exact. Where the pool is empty a counter stays at its most, and that is counted (`refused`).
 *
 * Life. A record comes from a pool with one for every ENTRY_OVERFLOW_SHARE flows when a counter
 * first overflows, and goes back when its flow is forgotten. The last quarter of the pool is for
 * packets, bytes and payload: a mirror that copies everything, or a bad day on the network, takes
 * nothing from them.
 *
 * Who writes and who reads. Worker: writes, inside the entry's open write. Control: reads, inside
 * the entry's read.
 *
 * Cost. Half a byte a flow for the pool; a line more for those that need it.
 */
#ifndef ENTRY_OVERFLOW_H
#define ENTRY_OVERFLOW_H

#include "entry.h"
#include "mem_region.h"

BASE_BEGIN_DECLS

#define ENTRY_OVERFLOW_SHARE 128
#define ENTRY_OVERFLOW_NONE  UINT32_MAX

/* Each counter stays at its most instead of going round. */
struct entry_overflow_end {
	uint64_t bytes : 48;
	uint64_t mss : 16; /* what `aside` of the end held */
	uint64_t retransmitted_bytes : 48;
	uint64_t payload : 16; /* times that the 32 bits in the entry went round */
	uint64_t packets : 36;
	uint64_t retransmitted : 28;
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
 * A free record holds the number of the next one. No reader takes that for counters: the record's
 * entry was closed before, so its sequence count has moved.
 */
struct entry_overflow_pool {
	struct mem_region records;
	uint32_t capacity, used, free_head, taken;
	uint64_t refused; /* times that a counter had to stay at its most; control: reads */
};

/*
 * Memory for the records of `flows` flows, of the given kind and NUMA node. 0 or -errno. Control,
 * cold.
 */
int entry_overflow_pool_init(struct entry_overflow_pool *pool, uint32_t flows, enum mem_pages pages,
                             int node);
void entry_overflow_pool_fini(struct entry_overflow_pool *pool);
uint64_t entry_overflow_pool_bytes(const struct entry_overflow_pool *pool);
uint64_t entry_overflow_pool_need(uint32_t flows); /* of a pool that is not made yet. Any */

/*
 * The flow's record, taken from the pool if it has none. NULL where the pool is empty, or, unless
 * `vital`, three quarters used. Worker, in the entry's open write.
 */
struct entry_overflow *
entry_overflow_take(struct entry_overflow_pool *pool, struct entry *e, bool vital);

/*
 * Gives the record `number` back. This comes after the write that closed its entry: a reader must
 * not find another flow's record there. Worker.
 */
void entry_overflow_release(struct entry_overflow_pool *pool, uint32_t number);

/* The number of the flow's record, or ENTRY_OVERFLOW_NONE. Worker, or of a copied entry: any. */
BASE_INLINE uint32_t
entry_overflow_number(const struct entry *e)
{
	if (!(e->flags & ENTRY_OVERFLOW))
		return ENTRY_OVERFLOW_NONE;
	return (uint32_t)e->end[0].aside << 16 | (uint32_t)e->end[1].aside;
}

BASE_INLINE struct entry_overflow *
entry_overflow_record(const struct entry_overflow_pool *pool, uint32_t number)
{
	return (struct entry_overflow *)pool->records.base + number;
}

BASE_END_DECLS

#endif
