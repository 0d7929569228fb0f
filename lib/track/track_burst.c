/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The pipeline: bursts of parsed packets go through the stages, two bursts under way at a time.
 *
 *	key      the ordered pair of endpoints and the direction, of each packet that has a flow
 *	         (track_key.c)
 *	hash     all keys at once, in lanes
 *	bucket   fetch the home bucket; meanwhile the mark by which a copy is known
 *	entry    compare tags, and fetch the entry that is probably the one
 *	further  the same in the next bucket, for the few that had to go past their home, and again
 *	move     in arrival order: find for certain, move the connection, or open it
 *
 * Memory answers in the time in which some five packets are moved. So what a burst asks for is
 * waited for by moving the burst before it: a third of it after the buckets are asked for, a third
 * after the entries, a third after the few that go further. A burst alone would begin by waiting
 * for its first bucket and then for its first entry. What the stages find is a hint: an earlier
 * packet may open or end a flow meanwhile, so the last stage looks up again whenever the hint does
 * not hold the key.
 *
 * Each fetch is a loop of its own: the core then runs ahead into as many as it can wait for at
 * once. Woven between the moves, one to eight at a time, they took 5 to 15 cycles a packet more,
 * with 1 and 10 million flows; halves instead of thirds 3 to 8. Bursts of 32 and of 64 are alike.
 */

#include "flow_index.h"
#include "track_key.h"
#include "track_move.h"

/* Fetches the home bucket; meanwhile the mark by which a copy is known. */
BASE_INLINE void
track_fetch_bucket(struct track *track, struct track_stage *stage, unsigned i)
{
	flow_table_prefetch_bucket(track->table, stage->hash[i], 0);
	if (track->settings.duplicate_window_us == 0)
		return;
	stage->mark[i] =
	    duplicate_mark(&stage->packets[stage->which[i]], stage->hash[i], stage->dir[i]);
	__builtin_prefetch(duplicate_set(&track->recent, stage->mark[i]), 1);
}

/* Compares tags and fetches the entry that is probably the one, or the bucket after. */
BASE_INLINE void
track_fetch_candidate(struct track *track, struct track_stage *stage, unsigned i, unsigned hop)
{
	uint32_t number = flow_index_candidate(track->table, stage->hash[i], hop);

	stage->candidate[i] = number;
	if (number != FLOW_NONE) {
		flow_table_prefetch_entry(track->table, number);
	} else if (flow_table_is_passed(track->table, stage->hash[i], hop)) {
		flow_table_prefetch_bucket(track->table, stage->hash[i], hop + 1);
		stage->further[stage->n_further++] = (uint8_t)i;
	}
}

/* Those that are still looked for, one bucket further. */
static void
track_fetch_further(struct track *track, struct track_stage *stage)
{
	unsigned n = stage->n_further;

	stage->n_further = 0;
	stage->hop++;
	for (unsigned k = 0; k < n; k++)
		track_fetch_candidate(track, stage, stage->further[k], stage->hop);
}

/*
 * May its time have run out? Not where a packet came lately, unless the connection is over: that is
 * counted from its end, whatever strays in later.
 */
static int
track_may_be_due(const struct track *track, const struct entry *e)
{
	return e->last_us + track->min_timer_us <= track->now_us ||
	       tcp_state_is_over((enum tcp_state)e->end[0].state) ||
	       tcp_state_is_over((enum tcp_state)e->end[1].state);
}

BASE_NOINLINE static int
track_is_due(const struct track *track, const struct entry *e)
{
	return track_timer_deadline(&track->settings.timers, e, track_timer_class(e)) <=
	       track->now_us;
}

/* From the home bucket on: the hint does not hold the key. */
BASE_NOINLINE static uint32_t
track_find_late(const struct track *track, const struct track_stage *stage, unsigned i)
{
	struct flow_key key = flow_burst_get(&stage->keys, i);

	return flow_table_find(track->table, &key, stage->hash[i]);
}

/* The flow's number, if it is there and its time has not run out. */
BASE_INLINE uint32_t
track_find(struct track *track, const struct track_stage *stage, unsigned i)
{
	uint32_t number = stage->candidate[i];
	const struct entry *e;

	if (number == FLOW_NONE ||
	    !flow_burst_equal(&stage->keys, i, &flow_table_entry(track->table, number)->key) ||
	    (entry_at(track->table, number)->flags & ENTRY_DETACHED))
		number = track_find_late(track, stage, i);
	if (number == FLOW_NONE)
		return FLOW_NONE;
	e = entry_at(track->table, number);
	if (track_may_be_due(track, e) && track_is_due(track, e)) {
		track_emit_ended(track, number, REPORT_END_TIMEOUT);
		track_forget(track, number);
		base_counter_add(&track->counters.expired, 1);
		return FLOW_NONE;
	}
	return number;
}

/* Apart, so that the key is only put together where it is written. */
BASE_NOINLINE static enum packet_verdict
track_open_by(struct track *track, const struct track_stage *stage, const struct packet *pk,
              unsigned i)
{
	struct flow_key key = flow_burst_get(&stage->keys, i);
	uint32_t number = track_open(track, pk, &key, stage->hash[i], stage->dir[i]);

	return number != FLOW_NONE ? PACKET_TRACKED : PACKET_TABLE_FULL;
}

BASE_INLINE enum packet_verdict
track_move_or_open(struct track *track, const struct track_stage *stage, const struct packet *pk,
                   unsigned i)
{
	uint32_t number = track_find(track, stage, i);

	if (number != FLOW_NONE) {
		if (track_move(track, number, pk, stage->dir[i]) == 0)
			return PACKET_TRACKED;
		track_detach(track, number);
	}
	return track_open_by(track, stage, pk, i);
}

/* A copy moves nothing, and is counted where it belongs. */
BASE_NOINLINE static enum packet_verdict
snapshot_copy_of(struct track *track, const struct track_stage *stage, unsigned i)
{
	uint32_t number = track_find(track, stage, i);

	if (number != FLOW_NONE)
		track_duplicate(track, number, stage->dir[i]);
	return PACKET_DUPLICATE;
}

/* Apart, so that the way of ordinary packets has one test of it and nothing more. */
BASE_NOINLINE static void
track_move_icmp(struct track *track, const struct track_stage *stage, const struct packet *pk,
                unsigned i)
{
	track_icmp(track, track_find(track, stage, i), pk, stage->dir[i]);
}

BASE_INLINE void
track_stage_move(struct track *track, const struct track_stage *stage, unsigned i)
{
	struct packet *pk = &stage->packets[stage->which[i]];

	if (pk->time_us > track->now_us)
		__atomic_store_n(&track->now_us, pk->time_us, __ATOMIC_RELAXED);
	if (pk->verdict == PACKET_ICMP_ERROR)
		track_move_icmp(track, stage, pk, i);
	else if (track->settings.duplicate_window_us != 0 &&
	         duplicate_seen(&track->recent, pk, stage->mark[i],
	                        track->settings.duplicate_window_us))
		pk->verdict = (uint8_t)snapshot_copy_of(track, stage, i);
	else
		pk->verdict = (uint8_t)track_move_or_open(track, stage, pk, i);
}

static void
track_count_burst(struct track *track, const struct packet *packets, unsigned n)
{
	uint64_t tracked = 0, bytes = 0;

	for (unsigned i = 0; i < n; i++) {
		if (packets[i].verdict == PACKET_TRACKED) {
			tracked++;
			bytes += packets[i].ip_bytes;
		} else {
			base_counter_add(&track->counters.verdicts[packets[i].verdict], 1);
		}
	}
	base_counter_add(&track->counters.verdicts[PACKET_TRACKED], tracked);
	base_counter_add(&track->counters.bytes, bytes);
}

/* Takes a burst in: its keys and their hashes. */
static void
track_stage_begin(struct track *track, struct track_stage *stage, struct packet *packets,
                  unsigned n)
{
	assert(n <= PACKET_BURST_MAX);
	stage->packets = packets;
	stage->n = n;
	stage->n_further = stage->hop = 0;
	stage->m = track_key_burst(packets, n, track->settings.vlan_identity, &stage->keys,
	                           stage->which, stage->dir);
	track_profile_end(track->laps, TRACK_PART_KEY);
	flow_hash_burst(&track->table->secret, &stage->keys, stage->m, stage->hash);
	track_profile_end(track->laps, TRACK_PART_HASH);
}

BASE_NOINLINE static void
track_move_some(struct track *track, const struct track_stage *stage, unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++)
		track_stage_move(track, stage, i);
}

static void
track_feed(struct track *track, struct packet *packets, unsigned n)
{
	struct track_stage *last = &track->stage[track->turn], *next = &track->stage[!track->turn];
	unsigned third = last->m / 3;

	track_profile_begin(track->laps);
	track_fetch_further(track, last);
	track_profile_end(track->laps, TRACK_PART_ENTRY);
	track_stage_begin(track, next, packets, n);
	track->evict.looks = TRACK_EVICT_EXAMINED_MAX;
	for (unsigned i = 0; i < next->m; i++)
		track_fetch_bucket(track, next, i);
	track_profile_end(track->laps, TRACK_PART_BUCKET);
	track_move_some(track, last, 0, third);
	track_profile_end(track->laps, TRACK_PART_MOVE);
	for (unsigned i = 0; i < next->m; i++)
		track_fetch_candidate(track, next, i, 0);
	track_profile_end(track->laps, TRACK_PART_ENTRY);
	track_move_some(track, last, third, 2 * third);
	track_profile_end(track->laps, TRACK_PART_MOVE);
	track_fetch_further(track, next);
	track_profile_end(track->laps, TRACK_PART_ENTRY);
	track_move_some(track, last, 2 * third, last->m);
	track_count_burst(track, last->packets, last->n);
	track_profile_end(track->laps, TRACK_PART_MOVE);
	last->n = last->m = 0;
	track->turn = !track->turn;
}

struct packet *
track_inlet(struct track *track)
{
	return track->inlet[!track->turn];
}

void
track_push(struct track *track, unsigned n)
{
	track_feed(track, track_inlet(track), n);
}

void
track_flush(struct track *track)
{
	if (track->stage[track->turn].n > 0)
		track_feed(track, NULL, 0);
}
