/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The pipeline: a burst of parsed packets goes through the stages.
 *
 *	key      the ordered pair of endpoints and the direction, of each packet that has a flow
 *	         (track_key.c)
 *	hash     all keys at once, in lanes
 *	bucket   fetch the home bucket; meanwhile the mark by which a copy is known
 *	entry    compare tags, and fetch the entry that is probably the one
 *	further  the same in the next bucket, for the few that had to go past their home
 *	move     in arrival order: find for certain, move the connection, or open it
 *
 * The first two are done for the whole burst. The others follow each other through it at a distance
 * of TRACK_AHEAD packets: long enough for memory to answer, short enough not to ask for more lines
 * than the core can wait for at once. What they find is a hint: an earlier packet may open or end a
 * flow meanwhile, so the last stage looks up again whenever the hint does not hold the key.
 */

#include "track_key.h"
#include "track_state.h"

/* Packets between two stages: 6 to 10 are best with 1 to 10 million flows. */
#define TRACK_AHEAD      8
#define TRACK_FURTHER_ON (FLOW_NONE - 1)

static_assert(FLOW_CAPACITY_MAX < TRACK_FURTHER_ON, "no number of an entry");

/* Fetches the home bucket; meanwhile the mark by which a copy is known. */
static void
track_fetch_bucket(struct track *track, const struct packet *packets, unsigned i)
{
	flow_table_prefetch_home(track->table, track->hash[i]);
	if (track->settings.duplicate_window_us == 0)
		return;
	track->mark[i] =
	    track_recent_mark(&packets[track->which[i]], track->hash[i], track->dir[i]);
	__builtin_prefetch(track_recent_slot(&track->recent, track->mark[i]), 1);
}

/* Compares tags and fetches the entry that is probably the one, or the next bucket. */
static void
track_fetch_entry(struct track *track, unsigned i)
{
	uint32_t number = flow_index_candidate(track->table, track->hash[i]);

	if (number != FLOW_NONE) {
		flow_table_prefetch_entry(track->table, number);
	} else if (flow_table_home_is_passed(track->table, track->hash[i])) {
		flow_table_prefetch_next(track->table, track->hash[i]);
		number = TRACK_FURTHER_ON;
	}
	track->candidate[i] = number;
}

static void
track_fetch_further(struct track *track, unsigned i)
{
	if (track->candidate[i] != TRACK_FURTHER_ON)
		return;
	track->candidate[i] = flow_index_candidate_next(track->table, track->hash[i]);
	if (track->candidate[i] != FLOW_NONE)
		flow_table_prefetch_entry(track->table, track->candidate[i]);
}

/*
 * May its time have run out? Not where a packet came lately, unless the connection is over: that is
 * counted from its end, whatever strays in later.
 */
static int
track_may_be_due(const struct track *track, const struct track_entry *e)
{
	return e->last_us + track->min_timer_us <= track->now_us ||
	       tcp_state_is_over((enum tcp_state)e->end[0].state) ||
	       tcp_state_is_over((enum tcp_state)e->end[1].state);
}

/* From the home bucket on: the hint does not hold the key. */
static uint32_t
track_find_again(const struct track *track, unsigned i)
{
	struct flow_key key = flow_burst_get(&track->keys, i);

	return flow_table_find(track->table, &key, track->hash[i]);
}

/* The flow's number, if it is there and its time has not run out. */
BASE_INLINE uint32_t
track_find(struct track *track, unsigned i)
{
	uint32_t number = track->candidate[i];
	const struct track_entry *e;

	if (number >= TRACK_FURTHER_ON ||
	    !flow_burst_equal(&track->keys, i, &flow_table_entry(track->table, number)->key) ||
	    (track_entry(track->table, number)->flags & TRACK_DETACHED))
		number = track_find_again(track, i);
	if (number == FLOW_NONE)
		return FLOW_NONE;
	e = track_entry(track->table, number);
	if (track_may_be_due(track, e) &&
	    track_timer_deadline(&track->settings.timers, e) <= track->now_us) {
		track_forget(track, number);
		base_counter_add(&track->counters.expired, 1);
		return FLOW_NONE;
	}
	return number;
}

static enum packet_verdict
track_move_or_open(struct track *track, const struct packet *pk, unsigned i)
{
	uint32_t number = track_find(track, i);
	struct flow_key key;

	if (number != FLOW_NONE) {
		if (track_move(track, number, pk, track->dir[i]) == 0)
			return PACKET_TRACKED;
		track_detach(track, number);
	}
	key = flow_burst_get(&track->keys, i);
	number = track_open(track, pk, &key, track->hash[i], track->dir[i]);
	return number != FLOW_NONE ? PACKET_TRACKED : PACKET_TABLE_FULL;
}

/* A copy moves nothing, and is counted where it belongs. */
BASE_NOINLINE static enum packet_verdict
track_copy_of(struct track *track, unsigned i)
{
	uint32_t number = track_find(track, i);

	if (number != FLOW_NONE)
		track_copy_seen(track, number, track->dir[i]);
	return PACKET_DUPLICATE;
}

/* Apart, so that the way of ordinary packets has one test of it and nothing more. */
BASE_NOINLINE static void
track_move_icmp(struct track *track, const struct packet *pk, unsigned i)
{
	track_icmp(track, track_find(track, i), pk, track->dir[i]);
}

static void
track_stage_move(struct track *track, struct packet *packets, unsigned i)
{
	struct packet *pk = &packets[track->which[i]];

	if (pk->time_us > track->now_us)
		track->now_us = pk->time_us;
	if (pk->verdict == PACKET_ICMP_ERROR)
		track_move_icmp(track, pk, i);
	else if (track->settings.duplicate_window_us != 0 &&
	         track_recent_seen(&track->recent, pk, track->mark[i],
	                           track->settings.duplicate_window_us))
		pk->verdict = (uint8_t)track_copy_of(track, i);
	else
		pk->verdict = (uint8_t)track_move_or_open(track, pk, i);
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

void
track_burst(struct track *track, struct packet *packets, unsigned n)
{
	unsigned m;

	assert(n <= PACKET_BURST_MAX);
	m = track_key_burst(packets, n, track->settings.vlan_identity, &track->keys, track->which,
	                    track->dir);
	flow_hash_burst(&track->table->secret, &track->keys, m, track->hash);
	track->evict.looks = TRACK_EVICT_LOOKS;
	for (unsigned step = 0; step < m + 3 * TRACK_AHEAD; step++) {
		if (step < m)
			track_fetch_bucket(track, packets, step);
		if (step - TRACK_AHEAD < m) /* unsigned: false before it is reached */
			track_fetch_entry(track, step - TRACK_AHEAD);
		if (step - 2 * TRACK_AHEAD < m)
			track_fetch_further(track, step - 2 * TRACK_AHEAD);
		if (step - 3 * TRACK_AHEAD < m)
			track_stage_move(track, packets, step - 3 * TRACK_AHEAD);
	}
	track_count_burst(track, packets, n);
}
