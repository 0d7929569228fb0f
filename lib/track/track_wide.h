/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The upper parts of counters that have outgrown their place in the entry.
 *
 * An entry's counters are as narrow as nearly every connection allows: 32,767 packets, 32 MB, 31
 * retransmissions. One that would overflow is emptied into the connection's wide record, a line of
 * its own from a pool of one for every TRACK_WIDE_SHARE flows, and goes on from zero; what is shown
 * is always the sum of both, and exact. So a flow pays half a byte for what few of them need.
 *
 * Where the pool is empty a counter stays at its most, which is counted (`refused`). The last
 * quarter of the pool is kept for packets, bytes and payload: a mirror that copies everything, or a
 * bad day on the network, takes nothing from them.
 *
 * Worker: writes, inside the entry's open write. Control: reads, inside the entry's read.
 */
#ifndef TRACK_WIDE_H
#define TRACK_WIDE_H

#include "mem_region.h"
#include "track_entry.h"

BASE_BEGIN_DECLS

#define TRACK_WIDE_SHARE 128
#define TRACK_WIDE_NONE  UINT32_MAX

/* Each stays at its most instead of going round. */
struct track_wide_end {
	uint64_t bytes : 48;
	uint64_t mss : 16; /* what the entry's `aside` held */
	uint64_t again_bytes : 48;
	uint64_t payload : 16; /* times that the 32 bits in the entry went round */
	uint64_t packets : 36;
	uint64_t again : 28;
	uint64_t copies : 26; /* of the connection: the sum of both ends */
	uint64_t out_of_order : 16;
	uint64_t gaps : 11;
	uint64_t zero_windows : 11;
};

struct BASE_ALIGNED(BASE_CACHE_LINE) track_wide {
	struct track_wide_end end[2];
};

static_assert(sizeof(struct track_wide) == BASE_CACHE_LINE, "one line");

/*
 * A free record holds the number of the next one. No reader takes that for counters: its entry was
 * closed before, so the sequence count has moved.
 */
struct track_wides {
	struct mem_region records;
	uint32_t capacity, used, free_head, taken;
	uint64_t refused; /* times that a counter had to stay at its most; control: reads */
};

/* Control, cold. 0 or -errno. */
int track_wides_init(struct track_wides *wides, uint32_t flows, enum mem_pages pages, int node);
void track_wides_fini(struct track_wides *wides);
uint64_t track_wides_bytes(const struct track_wides *wides);
uint64_t track_wides_need(uint32_t flows); /* of those that are not yet made */

/*
 * The flow's record, taken from the pool if it has none; NULL where the pool is empty, or, unless
 * `vital`, three quarters empty. Worker, in the entry's open write.
 */
struct track_wide *track_wide_take(struct track_wides *wides, struct track_entry *e, int vital);

/*
 * Gives the record `number` back, after the write that has closed its entry: a reader must not find
 * another flow's in it. Worker.
 */
void track_wide_release(struct track_wides *wides, uint32_t number);

/* The number of the flow's record, or TRACK_WIDE_NONE. */
BASE_INLINE uint32_t
track_wide_number(const struct track_entry *e)
{
	if (!(e->flags & TRACK_WIDE))
		return TRACK_WIDE_NONE;
	return (uint32_t)e->end[0].aside << 16 | (uint32_t)e->end[1].aside;
}

BASE_INLINE struct track_wide *
track_wide_record(const struct track_wides *wides, uint32_t number)
{
	return (struct track_wide *)wides->records.base + number;
}

BASE_END_DECLS

#endif
