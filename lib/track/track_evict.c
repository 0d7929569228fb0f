/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Candidates for eviction, and the choice among them.
 *
 * A ring keeps the newest TRACK_EVICT_RING flows of its class and gives the oldest of those: under
 * a flood, choosing a victim takes constant time. What a ring says is checked when it is used, so
 * nothing has to be taken out of it when a flow changes its class or ends. Worker.
 */

#include "track_evict.h"

static const struct {
	uint8_t rank, ring;
} track_classes[TRACK_N_CLASSES] = {
	[TRACK_CLASS_CLOSED] = { TRACK_RANK_CLOSED, TRACK_RING_CLOSED },
	[TRACK_CLASS_SYN_SENT] = { TRACK_RANK_SYN, TRACK_RING_SYN },
	[TRACK_CLASS_SYN_RECEIVED] = { TRACK_RANK_SYN, TRACK_RING_SYN },
	[TRACK_CLASS_ESTABLISHED] = { TRACK_RANK_ESTABLISHED, TRACK_RING_NONE },
	[TRACK_CLASS_HALF_CLOSED] = { TRACK_RANK_HALF_CLOSED, TRACK_RING_NONE },
	[TRACK_CLASS_CLOSING] = { TRACK_RANK_TIME_WAIT, TRACK_RING_TIME_WAIT },
	[TRACK_CLASS_LAST_ACK] = { TRACK_RANK_TIME_WAIT, TRACK_RING_TIME_WAIT },
	[TRACK_CLASS_TIME_WAIT] = { TRACK_RANK_TIME_WAIT, TRACK_RING_TIME_WAIT },
	[TRACK_CLASS_MIDSTREAM] = { TRACK_RANK_MIDSTREAM, TRACK_RING_NONE },
	[TRACK_CLASS_UDP_ONEWAY] = { TRACK_RANK_UDP_ONEWAY, TRACK_RING_UDP_ONEWAY },
	[TRACK_CLASS_UDP] = { TRACK_RANK_UDP, TRACK_RING_NONE },
};

/* Which ring is asked for which rank, in that order. */
static const struct {
	uint8_t rank, ring;
} track_evict_order[] = {
	{ TRACK_RANK_CLOSED, TRACK_RING_CLOSED },
	{ TRACK_RANK_TIME_WAIT_DUE, TRACK_RING_TIME_WAIT },
	{ TRACK_RANK_SYN, TRACK_RING_SYN },
	{ TRACK_RANK_UDP_ONEWAY, TRACK_RING_UDP_ONEWAY },
	{ TRACK_RANK_TIME_WAIT, TRACK_RING_TIME_WAIT },
};

enum track_rank
track_evict_rank(const struct track_timers *timers, const struct entry *e, uint64_t now_us)
{
	enum track_class class_ = track_timer_class(e);
	enum track_rank rank = (enum track_rank)track_classes[class_].rank;

	if (class_ == TRACK_CLASS_TIME_WAIT && track_timer_deadline(timers, e, class_) <= now_us)
		return TRACK_RANK_TIME_WAIT_DUE;
	if (rank == TRACK_RANK_ESTABLISHED && (e->flags & ENTRY_MIDSTREAM))
		rank = TRACK_RANK_MIDSTREAM;
	if (rank >= TRACK_RANK_MIDSTREAM && e->last_us + TRACK_IDLE_US > now_us)
		return TRACK_RANK_IN_USE;
	return rank;
}

void
track_evict_remember(struct track_evict *evict, enum track_class class_, uint32_t number)
{
	unsigned which = track_classes[class_].ring;
	struct track_evict_ring *ring;

	if (which == TRACK_RING_NONE)
		return;
	ring = &evict->ring[which];
	ring->number[ring->head++ % TRACK_EVICT_RING] = number;
	if (ring->head - ring->tail > TRACK_EVICT_RING)
		ring->tail = ring->head - TRACK_EVICT_RING;
}

/* Is it among the n that are chosen already? A ring may name a flow twice. */
static bool
track_evict_is_chosen(const uint32_t *numbers, unsigned n, uint32_t number)
{
	for (unsigned i = 0; i < n; i++)
		if (numbers[i] == number)
			return true;
	return false;
}

/* Fetches the entries of the next candidates together. */
static void
track_evict_fetch(const struct track_evict_ring *ring, const struct flow_table *table, unsigned max)
{
	unsigned n = base_min_u32(ring->head - ring->tail, max);

	for (unsigned i = 0; i < n; i++)
		flow_table_prefetch_entry(table, ring->number[(ring->tail + i) % TRACK_EVICT_RING]);
}

/* Takes the oldest candidates of a ring that still have its rank, or a lower one. */
static unsigned
track_evict_take(struct track_evict_ring *ring, enum track_rank rank,
                 const struct flow_table *table, const struct track_timers *timers, uint64_t now_us,
                 uint32_t *numbers, unsigned max)
{
	unsigned n = 0;

	track_evict_fetch(ring, table, max);
	while (n < max && ring->tail != ring->head) {
		uint32_t number = ring->number[ring->tail++ % TRACK_EVICT_RING];
		const struct entry *e = entry_at(table, number);

		if (e->key.rest != 0 && track_evict_rank(timers, e, now_us) <= rank &&
		    !track_evict_is_chosen(numbers, n, number))
			numbers[n++] = number;
	}
	return n;
}

/*
 * Finds a TIME_WAIT that is due and not swept yet. Their ring is in the order in which they are
 * due: if the oldest is not due, none is.
 */
static unsigned
track_evict_take_due(struct track_evict_ring *ring, const struct flow_table *table,
                     const struct track_timers *timers, uint64_t now_us, uint32_t *victim)
{
	for (; ring->tail != ring->head; ring->tail++) {
		const struct entry *e;
		enum track_rank rank;

		*victim = ring->number[ring->tail % TRACK_EVICT_RING];
		e = entry_at(table, *victim);
		rank = track_evict_rank(timers, e, now_us);
		if (e->key.rest != 0 && rank <= TRACK_RANK_TIME_WAIT)
			return rank <= TRACK_RANK_TIME_WAIT_DUE;
	}
	return 0;
}

/*
 * The best victim among the entries that the hand may still examine. Of two of one rank it is the
 * one that is idle for longer.
 */
static uint32_t
track_evict_sample(struct track_evict *evict, const struct flow_table *table,
                   const struct track_timers *timers, uint64_t now_us)
{
	enum track_rank best_rank = TRACK_RANK_IN_USE;
	uint64_t best_last = UINT64_MAX;
	uint32_t best = FLOW_NONE;

	for (unsigned left = base_min_u32(evict->may_examine, TRACK_EVICT_EXAMINED_MAX / 4);
	     left > 0; left--) {
		const struct entry *e;
		enum track_rank rank;

		evict->may_examine--;
		evict->hand = evict->hand + 1 < table->used ? evict->hand + 1 : 0;
		e = entry_at(table, evict->hand);
		if (e->key.rest == 0)
			continue;
		rank = track_evict_rank(timers, e, now_us);
		if (rank < best_rank ||
		    (rank == best_rank && rank != TRACK_RANK_IN_USE && e->last_us < best_last)) {
			best = evict->hand;
			best_rank = rank;
			best_last = e->last_us;
		}
	}
	return best;
}

unsigned
track_evict_choose(struct track_evict *evict, const struct flow_table *table,
                   const struct track_timers *timers, uint64_t now_us, uint32_t *numbers,
                   unsigned max)
{
	unsigned n = 0;

	for (unsigned i = 0; i < BASE_COUNT_OF(track_evict_order) && n == 0; i++) {
		enum track_rank rank = (enum track_rank)track_evict_order[i].rank;
		struct track_evict_ring *ring = &evict->ring[track_evict_order[i].ring];

		if (rank == TRACK_RANK_TIME_WAIT_DUE)
			n = track_evict_take_due(ring, table, timers, now_us, numbers);
		else
			n = track_evict_take(ring, rank, table, timers, now_us, numbers, max);
	}
	if (n > 0)
		return n;
	numbers[0] = track_evict_sample(evict, table, timers, now_us);
	return numbers[0] != FLOW_NONE;
}
