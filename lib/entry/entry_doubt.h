/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Room for the few connections of which something is in doubt (tcp_doubt.h): a small direct-mapped
 * table that all flows of a worker share.
 *
 * The slot of a flow follows from its number. A slot that belongs to another flow counts as empty.
 * It is taken over only when there is something to remember, so ordinary trouble of many flows does
 * not wipe out what is known of one.
 *
 * Worker: writes and reads. Nobody else. Cost: one line or two, off the short path.
 */
#ifndef ENTRY_DOUBT_H
#define ENTRY_DOUBT_H

#include "tcp_doubt.h"

BASE_BEGIN_DECLS

#define ENTRY_DOUBT_SLOTS 4096u

/*
 * The owner of a slot is asked for often, its contents seldom: so owners are apart, small, and stay
 * in the cache.
 */
struct entry_doubts {
	uint32_t owner[ENTRY_DOUBT_SLOTS]; /* number of the flow plus one; 0: nobody's */
	struct tcp_doubt doubt[ENTRY_DOUBT_SLOTS];
	struct tcp_doubt none; /* lent to a flow that has no slot; empty between segments */
};

BASE_INLINE uint32_t
entry_doubt_slot(uint32_t number)
{
	return number & (ENTRY_DOUBT_SLOTS - 1);
}

/* What is remembered of a flow, empty if nothing. Valid until entry_doubt_keep. Worker. */
BASE_INLINE struct tcp_doubt *
entry_doubt_find(struct entry_doubts *doubts, uint32_t number)
{
	uint32_t slot = entry_doubt_slot(number);

	return doubts->owner[slot] == number + 1 ? &doubts->doubt[slot] : &doubts->none;
}

/* The rest of entry_doubt_keep: gives up the flow's slot, or takes one. Worker. */
void
entry_doubt_change(struct entry_doubts *doubts, uint32_t number, const struct tcp_doubt *doubt);

/* Keeps what is now in `doubt`, which entry_doubt_find has returned, if it is not empty. Worker. */
BASE_INLINE void
entry_doubt_keep(struct entry_doubts *doubts, uint32_t number, const struct tcp_doubt *doubt)
{
	if ((doubt == &doubts->none) != tcp_doubt_is_empty(doubt))
		entry_doubt_change(doubts, number, doubt);
}

BASE_END_DECLS

#endif
