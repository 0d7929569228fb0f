/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Records for the counters of trouble that have outgrown their place in the entry: retransmissions,
 * holes, closed windows, copies.
 *
 * Overview. An end has room for the trouble that nearly every connection has and no more: six
 * retransmissions of 16 KB, three segments out of order. Where one of these counters has no room,
 * or there is trouble that has no counter in the end (a closed window, segments lost before the
 * tap), the end gets a record, and from then on all its trouble is counted there. The record's
 * number lies where the counters were, so it takes no room of its own. Where the pool is empty the
 * counter stays at its most, and that is counted (`refused`). Packets, bytes and payload never need
 * a record (entry_upper.h).
 *
 * Life. A record comes from a pool with one for every ENTRY_TROUBLE_SHARE flows when a counter
 * first has no room, and goes back when its flow is forgotten.
 *
 * Who writes and who reads. Worker: writes, inside the entry's open write. Control: reads, inside
 * the entry's read.
 *
 * Cost. 48 bytes a record, 0.75 a flow; a line more for each trouble of an end that has one.
 */
#ifndef ENTRY_TROUBLE_H
#define ENTRY_TROUBLE_H

#include "entry.h"
#include "mem_region.h"

BASE_BEGIN_DECLS

#define ENTRY_TROUBLE_SHARE 64
#define ENTRY_TROUBLE_NONE  UINT32_MAX

/*
 * What an end has room for. The one value of `retransmitted` that is above its most says that the
 * end has a record.
 */
#define ENTRY_TROUBLE_RETRANSMITTED_MAX       6
#define ENTRY_TROUBLE_RETRANSMITTED_BYTES_MAX ((1u << 14) - 1)
#define ENTRY_TROUBLE_OUT_OF_ORDER_MAX        3
#define ENTRY_TROUBLE_GAPS_MAX                3

/* Each counter stays at its most instead of going round. */
struct entry_trouble {
	uint64_t retransmitted_bytes : 48;
	uint64_t zero_windows : 16;
	uint64_t retransmitted : 32;
	uint64_t out_of_order : 32;
	uint64_t copies : 36; /* those of packets that this end sent, when it had a record */
	uint64_t gaps : 28;
	uint32_t lost;           /* segments that came again, for the tap never saw the first */
	uint32_t needless;       /* of `retransmitted`: all of it had been acknowledged */
	uint64_t closed_us : 48; /* how long its window was closed, until it was opened last */
	uint64_t spare : 16;
	uint64_t closed_at_us : 48; /* since when it is, if TCP_END_WINDOW_CLOSED says so */
	uint64_t spare_too : 16;
};

static_assert(sizeof(struct entry_trouble) == 48, "whole words");

/*
 * A free record holds the number of the next one. No reader takes that for counters: the record's
 * entry was released before, which moved its sequence count (flow_table_release).
 */
struct entry_trouble_pool {
	struct mem_region records;
	uint32_t capacity, used, free_head, taken;
	uint64_t refused; /* times that a counter had to stay at its most; control: reads */
};

/*
 * Memory for the records of `flows` flows, of the given kind and NUMA node. 0 or -errno. Control,
 * cold.
 */
int entry_trouble_pool_init(struct entry_trouble_pool *pool, uint32_t flows, enum mem_pages pages,
                            int node);
void entry_trouble_pool_fini(struct entry_trouble_pool *pool);
uint64_t entry_trouble_pool_bytes(const struct entry_trouble_pool *pool);
uint64_t entry_trouble_pool_need(uint32_t flows); /* of a pool that is not made yet. Any */

/*
 * The end's record, taken from the pool if it has none; the counters of the end move into it. NULL
 * where the pool is empty, which is counted. Worker, in the entry's open write.
 */
struct entry_trouble *
entry_trouble_take(struct entry_trouble_pool *pool, struct entry *e, unsigned end);

/*
 * Gives the record `number` back. This comes after the write that closed its entry: a reader must
 * not find another flow's record there. Worker.
 */
void entry_trouble_release(struct entry_trouble_pool *pool, uint32_t number);

/* Has the end a record? Worker, or of a copied entry: any. */
BASE_INLINE bool
entry_trouble_has(const struct entry *e, unsigned end)
{
	return e->end[end].retransmitted > ENTRY_TROUBLE_RETRANSMITTED_MAX;
}

/*
 * The number of the end's record, or ENTRY_TROUBLE_NONE: 18 bits, cut in three. Worker, or of a
 * copied entry: any.
 */
BASE_INLINE uint32_t
entry_trouble_number(const struct entry *e, unsigned end)
{
	if (!entry_trouble_has(e, end))
		return ENTRY_TROUBLE_NONE;
	return (uint32_t)e->more[end].retransmitted_bytes |
	       (uint32_t)e->end[end].out_of_order << 14 | (uint32_t)e->end[end].gaps << 16;
}

BASE_INLINE struct entry_trouble *
entry_trouble_record(const struct entry_trouble_pool *pool, uint32_t number)
{
	return (struct entry_trouble *)pool->records.base + number;
}

BASE_END_DECLS

#endif
