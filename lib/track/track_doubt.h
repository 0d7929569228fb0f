/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Room for the few connections of which something is in doubt (tcp_doubt.h): a small direct-mapped
 * table that all flows of a worker share.
 *
 * A flow's slot follows from its number. One that is another's is as good as empty, and is taken
 * only when there is something to remember, so ordinary trouble of many flows does not wipe out
 * what is known of one.
 *
 * Worker: writes and reads. Nobody else. Cost: one line or two off the short path.
 */
#ifndef TRACK_DOUBT_H
#define TRACK_DOUBT_H

#include "tcp_doubt.h"

BASE_BEGIN_DECLS

#define TRACK_DOUBT_SLOTS 4096u

/* Whose slots are is asked often, what is in them seldom: the first is small and stays warm. */
struct track_doubts {
	uint32_t owner[TRACK_DOUBT_SLOTS]; /* number of the flow plus one; 0: nobody's */
	struct tcp_doubt doubt[TRACK_DOUBT_SLOTS];
	struct tcp_doubt none; /* lent to a flow that has no slot; empty between segments */
};

BASE_INLINE uint32_t
track_doubt_slot(uint32_t number)
{
	return number & (TRACK_DOUBT_SLOTS - 1);
}

/* What is remembered of a flow, empty if nothing. Good until track_doubt_keep. Worker. */
BASE_INLINE struct tcp_doubt *
track_doubt_find(struct track_doubts *doubts, uint32_t number)
{
	uint32_t slot = track_doubt_slot(number);

	return doubts->owner[slot] == number + 1 ? &doubts->doubt[slot] : &doubts->none;
}

/* The rest of track_doubt_keep: gives up the flow's slot, or takes one. */
void
track_doubt_change(struct track_doubts *doubts, uint32_t number, const struct tcp_doubt *doubt);

/* Keeps what is now in `doubt`, which track_doubt_find has given, if it is not empty. Worker. */
BASE_INLINE void
track_doubt_keep(struct track_doubts *doubts, uint32_t number, const struct tcp_doubt *doubt)
{
	if ((doubt == &doubts->none) != tcp_doubt_is_empty(doubt))
		track_doubt_change(doubts, number, doubt);
}

BASE_END_DECLS

#endif
