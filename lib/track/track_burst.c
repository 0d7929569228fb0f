/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The pipeline: bursts of parsed packets go through the stages, two bursts under way at a time.
 *
 * Overview. The stages are
 *
 *	key      the ordered pair of endpoints and the direction, of each packet that has a flow
 *	         (track_key.c)
 *	hash     all keys at once, in vectors
 *	bucket   fetch the home bucket; meanwhile make the fingerprint that a copy would have
 *	entry    compare tags, and fetch the entry that is probably the one
 *	further  the same in the next bucket, for the few that had to go past their home, and so on
 *	move     in the order of arrival: find for certain, move the connection, or open it
 *
 * Memory answers in the time in which some five packets are moved. So the engine moves one burst
 * while it waits for what the next burst asks for: a third of the packets after the buckets are
 * asked for, a third after the entries, a third after the few that go further. A burst alone would
 * begin by waiting for its first bucket and then for its first entry. What the stages find is a
 * hint. An earlier packet may open or end a flow meanwhile, so the last stage searches once more
 * whenever the hint does not hold the key.
 *
 * Life. A burst is pushed, waits for the next push or for track_flush, is moved, and is gone.
 *
 * Who writes and who reads. Worker, nobody else.
 *
 * Cost. Each fetch is a loop of its own: the core then runs ahead into as many fetches as it can
 * wait for at once. Woven between the moves, one to eight at a time, they took 5 to 15 cycles a
 * packet more, with 1 and 10 million flows; halves instead of thirds took 3 to 8 more. Bursts of 32
 * and of 64 are alike.
 */

#include "flow_index.h"
#include "track_key.h"
#include "track_move.h"

/* Makes the fingerprint that a copy would have, and fetches where it would be remembered. */
BASE_INLINE void
track_fetch_recent(struct track *track, struct track_burst_state *burst, unsigned i,
                   bool has_domains)
{
	const struct packet *pk = &burst->packets[burst->which[i]];
	uint64_t flow = burst->hash[i];

	if (has_domains) /* the same packet in another network is another */
		flow ^= burst->keys.word[FLOW_KEY_WORDS - 1][i] & FLOW_KEY_DOMAIN;
	burst->fingerprint[i] = duplicate_fingerprint(pk, flow, burst->dir[i]);
	burst->recent[i] = duplicate_set_of(&track->duplicates, pk, burst->fingerprint[i]);
	__builtin_prefetch(burst->recent[i], 1);
}

/* Fetches each home bucket. `searches`: for copies. The compiler makes a loop for each way. */
BASE_INLINE void
track_fetch_each(struct track *track, struct track_burst_state *burst, bool searches,
                 bool has_domains)
{
	for (unsigned i = 0; i < burst->m; i++) {
		flow_table_prefetch_bucket(track->table, burst->hash[i], 0);
		if (searches)
			track_fetch_recent(track, burst, i, has_domains);
	}
}

static void
track_fetch_buckets(struct track *track, struct track_burst_state *burst)
{
	if (track->settings.duplicate_window_us == 0)
		track_fetch_each(track, burst, false, false);
	else if (!burst->has_domains)
		track_fetch_each(track, burst, true, false);
	else
		track_fetch_each(track, burst, true, true);
}

/* Compares tags and fetches the entry that is probably the one, or the next bucket. */
BASE_INLINE void
track_fetch_candidate(struct track *track, struct track_burst_state *burst, unsigned i,
                      unsigned hop)
{
	uint32_t number = flow_index_candidate(track->table, burst->hash[i], hop);

	burst->candidate[i] = number;
	if (number != FLOW_NONE) {
		flow_table_prefetch_entry(track->table, number);
	} else if (flow_table_is_passed(track->table, burst->hash[i], hop)) {
		flow_table_prefetch_bucket(track->table, burst->hash[i], hop + 1);
		burst->further[burst->n_further++] = (uint8_t)i;
	}
}

/* One bucket further, for those that are still searched for. */
static void
track_fetch_further(struct track *track, struct track_burst_state *burst)
{
	unsigned n = burst->n_further;

	burst->n_further = 0;
	burst->hop++;
	for (unsigned k = 0; k < n; k++)
		track_fetch_candidate(track, burst, burst->further[k], burst->hop);
}

/*
 * May its time have run out, or was it silent for long? Not where a packet came lately, unless the
 * connection is over: then its time counts from its end, whatever packets come later.
 */
static bool
track_may_be_due(const struct track *track, const struct entry *e)
{
	return e->last_us + track->quiet_us <= track->now_us ||
	       tcp_state_is_over((enum tcp_state)e->end[0].state) ||
	       tcp_state_is_over((enum tcp_state)e->end[1].state);
}

/* The packet ends the silence of a connection that both ends have open: is the way still open? */
BASE_NOINLINE static void
track_wake(struct track *track, const struct track_burst_state *burst, unsigned i, uint32_t number,
           struct entry *e)
{
	uint64_t idle_us = track->now_us - e->last_us;

	if (e->end[0].state != TCPS_ESTABLISHED || e->end[1].state != TCPS_ESTABLISHED)
		return;
	base_seq_write_begin(&e->seq);
	entry_rtt_start_idle(&track->rtt, e, number, burst->dir[i],
	                     &burst->packets[burst->which[i]], idle_us, track->now_us);
	base_seq_write_end(&e->seq);
}

/* Is it due? If not, it has been silent for long. */
BASE_NOINLINE static bool
track_is_due(struct track *track, const struct track_burst_state *burst, unsigned i,
             uint32_t number)
{
	struct entry *e = entry_at(track->table, number);

	if (track_deadline(track, e) <= track->now_us)
		return true;
	if (track->now_us - e->last_us >= TRACK_SILENT_US)
		track_wake(track, burst, i, number, e);
	return false;
}

/* Searches from the home bucket on: the hint does not hold the key. */
BASE_NOINLINE static uint32_t
track_find_late(const struct track *track, const struct track_burst_state *burst, unsigned i)
{
	struct flow_key key = flow_burst_get(&burst->keys, i);

	return flow_table_find(track->table, &key, burst->hash[i]);
}

/* The number of the flow, if it is there and its time has not run out. */
BASE_INLINE uint32_t
track_find(struct track *track, const struct track_burst_state *burst, unsigned i)
{
	uint32_t number = burst->candidate[i];
	const struct entry *e;

	if (number == FLOW_NONE ||
	    !flow_burst_equal(&burst->keys, i, &flow_table_entry(track->table, number)->key) ||
	    (entry_at(track->table, number)->flags & ENTRY_DETACHED))
		number = track_find_late(track, burst, i);
	if (number == FLOW_NONE)
		return FLOW_NONE;
	e = entry_at(track->table, number);
	if (track_may_be_due(track, e) && track_is_due(track, burst, i, number)) {
		track_emit_ended(track, number, REPORT_END_TIMEOUT);
		track_forget(track, number, REPORT_END_TIMEOUT);
		base_counter_add(&track->counters.expired, 1);
		return FLOW_NONE;
	}
	return number;
}

/* The packet's network has no such flow. If it joins that of one which has, that flow is moved. */
BASE_NOINLINE static bool
track_move_joined(struct track *track, const struct packet *pk, const struct flow_key *key,
                  uint64_t hash, unsigned dir)
{
	uint32_t number = track_domain_join(track, pk, key, hash, dir);

	return number != FLOW_NONE && track_move(track, number, pk, dir) == 0;
}

/* A function of its own, so that the key is put together only where it is written. */
BASE_NOINLINE static enum packet_verdict
track_open_by(struct track *track, const struct track_burst_state *burst, const struct packet *pk,
              unsigned i)
{
	struct flow_key key = flow_burst_get(&burst->keys, i);
	uint64_t hash = burst->hash[i];
	unsigned dir = burst->dir[i];
	uint32_t number;

	if (pk->proto == PACKET_PROTO_TCP && !tcp_segment_opens((uint8_t)pk->tcp_flags))
		return PACKET_NO_ACK;
	if (BASE_UNLIKELY(flow_key_domain(&key) > DOMAIN_VLAN_MAX) &&
	    track_move_joined(track, pk, &key, hash, dir))
		return PACKET_TRACKED;
	number = track_open(track, pk, &key, hash, dir, track->now_us);
	return number != FLOW_NONE ? PACKET_TRACKED : PACKET_TABLE_FULL;
}

/* The flow has not been moved: `result` says why (track_move). */
BASE_NOINLINE static enum packet_verdict
track_not_moved(struct track *track, const struct track_burst_state *burst, const struct packet *pk,
                unsigned i, uint32_t number, unsigned result)
{
	if (result & TCP_COPY) {
		track_duplicate(track, number, burst->dir[i]);
		return PACKET_DUPLICATE;
	}
	if (track_reuse(track, &number, pk, burst->hash[i], burst->dir[i]))
		track_move(track, number, pk, burst->dir[i]);
	return number != FLOW_NONE ? PACKET_TRACKED : PACKET_TABLE_FULL;
}

BASE_INLINE enum packet_verdict
track_move_or_open(struct track *track, const struct track_burst_state *burst,
                   const struct packet *pk, unsigned i)
{
	uint32_t number = track_find(track, burst, i);
	unsigned result;

	if (number == FLOW_NONE)
		return track_open_by(track, burst, pk, i);
	result = track_move(track, number, pk, burst->dir[i]);
	return result == 0 ? PACKET_TRACKED : track_not_moved(track, burst, pk, i, number, result);
}

/* A copy moves nothing, late or not. It is counted on its flow. */
BASE_NOINLINE static enum packet_verdict
track_count_copy(struct track *track, const struct track_burst_state *burst, unsigned i,
                 enum duplicate_answer answer)
{
	uint32_t number = track_find(track, burst, i);

	if (number != FLOW_NONE)
		track_duplicate(track, number, burst->dir[i]);
	return answer == DUPLICATE_LATE ? PACKET_LATE_COPY : PACKET_DUPLICATE;
}

/*
 * What is no segment and no datagram: an ICMP error, or a packet whose network has no room. A
 * function of its own, so that ordinary packets pay one test for it and nothing more.
 */
BASE_NOINLINE static void
track_move_other(struct track *track, const struct track_burst_state *burst,
                 const struct packet *pk, unsigned i)
{
	if (pk->verdict == PACKET_ICMP_ERROR)
		track_icmp(track, track_find(track, burst, i), pk, burst->dir[i]);
}

BASE_INLINE void
track_burst_move(struct track *track, const struct track_burst_state *burst, unsigned i)
{
	struct packet *pk = &burst->packets[burst->which[i]];
	enum duplicate_answer answer = DUPLICATE_ORIGINAL;

	track_set_clock(track, pk->time_us);
	if (pk->verdict != PACKET_TRACKED) {
		track_move_other(track, burst, pk, i);
		return;
	}
	if (track->settings.duplicate_window_us != 0)
		answer =
		    duplicate_examine(&track->duplicates, burst->recent[i], pk,
		                      burst->fingerprint[i], track->settings.duplicate_window_us);
	if (BASE_UNLIKELY(answer != DUPLICATE_ORIGINAL))
		pk->verdict = (uint8_t)track_count_copy(track, burst, i, answer);
	else
		pk->verdict = (uint8_t)track_move_or_open(track, burst, pk, i);
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
track_burst_begin(struct track *track, struct track_burst_state *burst, struct packet *packets,
                  unsigned n)
{
	assert(n <= PACKET_BURST_MAX);
	burst->packets = packets;
	burst->n = n;
	burst->n_further = burst->hop = 0;
	burst->m = track_key_burst(packets, n, &burst->keys, burst->which, burst->dir,
	                           &burst->has_tunnels);
	burst->has_domains = burst->has_tunnels || track->settings.identity.vlan;
	track_profile_end(track->profile, TRACK_STAGE_KEY);
	flow_hash_burst(&track->table->secret, &burst->keys, burst->m, burst->hash);
	if (burst->has_domains)
		track_domain_burst(track, burst);
	track_profile_end(track->profile, TRACK_STAGE_HASH);
}

BASE_NOINLINE static void
track_move_some(struct track *track, const struct track_burst_state *burst, unsigned from,
                unsigned to)
{
	for (unsigned i = from; i < to; i++)
		track_burst_move(track, burst, i);
}

static void
track_feed(struct track *track, struct packet *packets, unsigned n)
{
	struct track_burst_state *last = &track->bursts[track->turn],
				 *next = &track->bursts[!track->turn];
	unsigned third = last->m / 3;

	track_profile_begin(track->profile);
	track_fetch_further(track, last);
	track_profile_end(track->profile, TRACK_STAGE_ENTRY);
	track_burst_begin(track, next, packets, n);
	track->evict.may_examine = TRACK_EVICT_EXAMINED_MAX;
	track_fetch_buckets(track, next);
	track_profile_end(track->profile, TRACK_STAGE_BUCKET);
	track_move_some(track, last, 0, third);
	track_profile_end(track->profile, TRACK_STAGE_MOVE);
	for (unsigned i = 0; i < next->m; i++)
		track_fetch_candidate(track, next, i, 0);
	track_profile_end(track->profile, TRACK_STAGE_ENTRY);
	track_move_some(track, last, third, 2 * third);
	track_profile_end(track->profile, TRACK_STAGE_MOVE);
	track_fetch_further(track, next);
	track_profile_end(track->profile, TRACK_STAGE_ENTRY);
	track_move_some(track, last, 2 * third, last->m);
	track_count_burst(track, last->packets, last->n);
	if (last->has_tunnels)
		track_domain_count(track, last->packets, last->n);
	track_profile_end(track->profile, TRACK_STAGE_MOVE);
	last->n = last->m = 0;
	last->has_tunnels = false;
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
	if (track->bursts[track->turn].n > 0)
		track_feed(track, NULL, 0);
}
