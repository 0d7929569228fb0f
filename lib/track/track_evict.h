/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Room in a full table: the flow that is least missed gives way.
 *
 * Overview. The order is: CLOSED, expired TIME_WAIT, unanswered SYN (and half-open connections),
 * one-way UDP, TIME_WAIT; then by idle time midstream, UDP, ESTABLISHED, and half-closed
 * connections last. A flow in use is never a victim: a flood of SYNs evicts SYNs.
 *
 * Life. Flows that are cheap to lose are remembered when they become so, in one ring for each
 * class. A victim is the oldest one in a ring that is still of its class. Where the rings have
 * none, a hand samples the table. Some are taken from a ring at once, so that a flood waits for
 * memory once for all of them: a few entries of a thousand are then free a little early.
 *
 * Who writes and who reads. Worker, nobody else.
 *
 * Cost. Constant for each victim from a ring. The hand examines a bounded number of entries in one
 * burst.
 */
#ifndef TRACK_EVICT_H
#define TRACK_EVICT_H

#include "track_timer.h"

BASE_BEGIN_DECLS

#define TRACK_EVICT_RING         4096     /* candidates remembered in each ring */
#define TRACK_EVICT_EXAMINED_MAX 128      /* entries that the hand may examine in one burst */
#define TRACK_EVICT_MAX          16       /* victims at once, and at most one in 1024 entries */
#define TRACK_IDLE_US            60000000 /* a flow with a packet within a minute is in use */

enum track_rank {
	TRACK_RANK_CLOSED,
	TRACK_RANK_TIME_WAIT_DUE,
	TRACK_RANK_SYN,
	TRACK_RANK_UDP_ONEWAY,
	TRACK_RANK_TIME_WAIT,
	TRACK_RANK_MIDSTREAM,
	TRACK_RANK_UDP,
	TRACK_RANK_ESTABLISHED,
	TRACK_RANK_HALF_CLOSED,
	TRACK_RANK_IN_USE, /* never a victim */
};

/* Of the ranks that are remembered as they come to be so. */
enum track_ring {
	TRACK_RING_CLOSED,
	TRACK_RING_SYN,
	TRACK_RING_UDP_ONEWAY,
	TRACK_RING_TIME_WAIT, /* due or not, in the order in which they are due */
	TRACK_N_RINGS,
	TRACK_RING_NONE = TRACK_N_RINGS
};

struct track_evict {
	struct track_evict_ring {
		uint32_t head, tail; /* numbers put and taken so far */
		uint32_t number[TRACK_EVICT_RING];
	} ring[TRACK_N_RINGS];
	uint32_t hand;
	uint32_t may_examine; /* entries that the hand may still examine in this burst */
};

/* The rank of a flow at that moment. Worker. */
enum track_rank
track_evict_rank(const struct track_timers *timers, const struct entry *e, uint64_t now_us);

/* Remembers a flow that is now of this class, if the class has a ring. Worker, hot. */
void track_evict_remember(struct track_evict *evict, enum track_class class_, uint32_t number);

/*
 * Chooses the flows that are least missed, all of one rank, each once: at most `max`, or one where
 * the hand has to choose. Returns how many; 0: there is no victim. Worker.
 */
unsigned track_evict_choose(struct track_evict *evict, const struct flow_table *table,
                            const struct track_timers *timers, uint64_t now_us, uint32_t *numbers,
                            unsigned max);

BASE_END_DECLS

#endif
