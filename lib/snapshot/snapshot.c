/* SPDX-License-Identifier: BSD-3-Clause */
/* Rows in order of number, and counters; see snapshot.h. */

#include <string.h>

#include "flow_sweep.h"
#include "snapshot.h"
#include "snapshot_row.h"
#include "track_state.h"

/* --- in order of number --------------------------------------------------------------------- */

#define SNAPSHOT_SCAN_AHEAD 16 /* entries fetched ahead */

/* One call's walk through the slab. */
struct snapshot_scan {
	const struct track *track;
	const struct snapshot_clock *clock;
	const struct snapshot_ask *ask;
	unsigned may_reject; /* one bit for each depth but the whole: the filter may reject there */
	struct snapshot_copy copy;
	struct report_row outline;
};

static void
snapshot_scan_init(struct snapshot_scan *scan, const struct track *track,
                   const struct snapshot_clock *clock, const struct snapshot_ask *ask)
{
	scan->track = track;
	scan->clock = clock;
	scan->ask = ask;
	scan->may_reject = 0;
	memset(&scan->outline, 0, sizeof(scan->outline));
	for (unsigned depth = 0; ask->filter != NULL && depth < SNAPSHOT_DEPTH_WHOLE; depth++)
		if (filter_may_reject(ask->filter,
		                      snapshot_row_parts_most((enum snapshot_depth)depth)))
			scan->may_reject |= 1u << depth;
}

/*
 * Is it `active`: not recently closed, as netstat has it? An end that is over may have a peer that
 * is not.
 */
static bool
snapshot_is_active(const struct entry *e)
{
	return entry_is_udp(e) || (!(e->flags & ENTRY_DETACHED) &&
	                           !(tcp_state_is_over((enum tcp_state)e->end[0].state) &&
	                             tcp_state_is_over((enum tcp_state)e->end[1].state)));
}

/*
 * Copies to that depth. Returns false when there is no flow, or one that is not of the kind asked
 * for.
 */
static bool
snapshot_scan_copy(struct snapshot_scan *scan, uint32_t number, enum snapshot_depth depth)
{
	const struct track *track = scan->track;

	snapshot_copy_take(track, number, depth, &scan->copy);
	if (scan->copy.entry.key.rest == 0)
		return false;
	return depth == SNAPSHOT_DEPTH_HEAD || scan->ask->what != SNAPSHOT_ACTIVE ||
	       snapshot_is_active(&scan->copy.entry);
}

/* Does the filter reject a copy that is not whole? */
static bool
snapshot_scan_is_rejected(struct snapshot_scan *scan, enum snapshot_depth depth)
{
	const struct filter_subject subject = {
		.row = &scan->outline,
		.local = FILTER_LOCAL_CLIENT,
		.parts = snapshot_row_parts(&scan->copy, depth),
	};

	snapshot_row_outline(scan->clock, &scan->copy, depth, &scan->outline);
	return filter_match(scan->ask->filter, &subject) == 0;
}

/*
 * Takes a whole copy of the flow. Returns false if it is free, of another kind, or surely does not
 * match.
 */
static bool
snapshot_scan_examine(struct snapshot_scan *scan, uint32_t number)
{
	if (snapshot_copy_is_free(scan->track->table, number))
		return false;
	for (unsigned i = 0; i < SNAPSHOT_DEPTH_WHOLE; i++) {
		enum snapshot_depth depth = (enum snapshot_depth)i;

		if (!(scan->may_reject & 1u << i))
			continue;
		if (!snapshot_scan_copy(scan, number, depth) ||
		    snapshot_scan_is_rejected(scan, depth))
			return false;
	}
	return snapshot_scan_copy(scan, number, SNAPSHOT_DEPTH_WHOLE);
}

static void
snapshot_scan_put(const struct snapshot_scan *scan, uint32_t number, void *rows, unsigned at)
{
	if (scan->ask->full)
		snapshot_row_full(scan->track, scan->clock, number, &scan->copy,
		                  (struct report_full *)rows + at);
	else
		snapshot_row(scan->track, scan->clock, number, &scan->copy,
		             (struct report_row *)rows + at);
}

unsigned
snapshot_matching(const struct track *track, const struct snapshot_clock *clock,
                  const struct snapshot_ask *ask, uint32_t *next, uint32_t max_examined, void *rows,
                  unsigned max)
{
	uint32_t used = flow_table_used(track->table), number = *next;
	uint32_t end = number < used ? number + base_min_u32(max_examined, used - number) : number;
	struct snapshot_scan scan;
	unsigned n = 0;

	snapshot_scan_init(&scan, track, clock, ask);
	for (; number < end && n < max; number++) {
		snapshot_copy_prefetch(track->table, number + SNAPSHOT_SCAN_AHEAD);
		if (snapshot_scan_examine(&scan, number))
			snapshot_scan_put(&scan, number, rows, n++);
	}
	*next = number < used ? number : UINT32_MAX;
	return n;
}

/* --- counters ------------------------------------------------------------------------------- */

/* Each counter is read once, so that the parts make the whole while the worker counts on. */
static void
snapshot_states(const struct track_counters *c, struct report_stats *stats)
{
	for (unsigned i = 0; i < REPORT_STATES; i++) {
		uint64_t clients = base_load_u64(&c->client_state[i]);

		stats->flows_client_state[i] += clients;
		stats->flows_server_state[i] += base_load_u64(&c->server_state[i]);
		stats->flows_live += clients;
		*(i == REPORT_UDP ? &stats->flows_udp : &stats->flows_tcp) += clients;
		for (unsigned to = 0; to < REPORT_STATES; to++)
			stats->flows_moves[i][to] += base_load_u64(&c->moves[i][to]);
	}
}

static void
snapshot_packets(const struct track *track, struct report_stats *stats)
{
	struct report_worker *worker = &stats->workers[track->worker];
	const struct track_counters *c = &track->counters;

	stats->n_verdicts = PACKET_N_VERDICTS;
	for (unsigned i = 0; i < PACKET_N_VERDICTS; i++) {
		uint64_t n = base_load_u64(&c->verdicts[i]);

		stats->verdicts[i] += n;
		worker->received += n;
		worker->tracked += i == PACKET_TRACKED ? n : 0;
		strncpy(stats->verdict_names[i], packet_verdict_name((enum packet_verdict)i),
		        sizeof(stats->verdict_names[i]) - 1);
	}
	stats->received += worker->received;
	stats->tracked += worker->tracked;
	stats->ignored = stats->received - stats->tracked;
	stats->duplicates = stats->verdicts[PACKET_DUPLICATE];
	stats->late_copies = stats->verdicts[PACKET_LATE_COPY];
}

/* Of all workers the longest: their ports may differ. */
static void
snapshot_copies(const struct track *track, struct report_stats *stats)
{
	uint32_t delay_us = duplicate_delay_us(&track->duplicates);

	if (delay_us > stats->copy_delay_us)
		stats->copy_delay_us = delay_us;
	stats->copy_window_us = base_load_u32(&track->settings.duplicate_window_us);
}

/* By what wrapped the packets, and the flows that came in two networks. */
static void
snapshot_tunnels(const struct track *track, struct report_stats *stats)
{
	const struct track_counters *c = &track->counters;

	static_assert(PACKET_N_TUNNELS <= REPORT_KINDS_MAX, "a place for each kind");
	stats->n_tunnels = PACKET_N_TUNNELS;
	for (unsigned i = 0; i < PACKET_N_TUNNELS; i++) {
		struct report_tunnel *to = &stats->tunnels[i];

		to->packets += base_load_u64(&c->tunnels[i]);
		to->ignored += base_load_u64(&c->tunnels_ignored[i]);
		strncpy(to->name, packet_tunnel_name((enum packet_tunnel_kind)i),
		        sizeof(to->name) - 1);
	}
	stats->networks_joined += base_load_u64(&c->joined);
	stats->networks_ambiguous += base_load_u64(&c->ambiguous);
	stats->networks_refused += base_load_u64(&track->domains.refused);
}

void
snapshot_stats(const struct track *track, struct report_stats *stats)
{
	struct report_worker *worker = &stats->workers[track->worker];
	const struct track_counters *c = &track->counters;

	static_assert(PACKET_N_VERDICTS <= REPORT_VERDICTS_MAX, "a place for each verdict");
	snapshot_packets(track, stats);
	snapshot_copies(track, stats);
	snapshot_tunnels(track, stats);
	snapshot_states(c, stats);
	stats->gaps += base_load_u64(&c->gaps);
	stats->retransmissions += base_load_u64(&c->retransmissions);
	stats->rst_ignored += base_load_u64(&c->rst_ignored);
	stats->syn_on_live += base_load_u64(&c->syn_on_live);
	stats->icmp_tied += base_load_u64(&c->icmp_tied);
	stats->icmp_no_flow += base_load_u64(&c->icmp_no_flow);
	stats->icmp_ignored += base_load_u64(&c->icmp_ignored);
	stats->flows_created += base_load_u64(&c->created);
	stats->flows_expired += base_load_u64(&c->expired);
	stats->flows_evicted += base_load_u64(&c->evicted);
	stats->flows_reused += base_load_u64(&c->reused);
	stats->flows_dropped += base_load_u64(&c->dropped);
	stats->flows_refused += base_load_u64(&c->refused);
	stats->flows_saturated += base_load_u64(&track->trouble.refused);
	stats->flows_oneway += base_load_u64(&c->oneway);
	stats->sockets_live += base_load_u64(&track->endpoints.live);
	stats->sockets_capacity += endpoint_table_capacity(&track->endpoints);
	stats->sockets_replaced += base_load_u64(&track->endpoints.replaced);
	stats->sockets_passed_over += base_load_u64(&track->endpoints.passed_over);
	worker->flows_live = base_load_u32(&track->table->live);
	worker->flows_capacity = track->table->capacity;
	stats->flows_capacity += track->table->capacity;
	stats->memory_table_bytes +=
	    flow_table_bytes(track->table) + entry_trouble_pool_bytes(&track->trouble) +
	    track->endpoints.region.bytes + track->cases.region.bytes + track->domains.region.bytes;
	stats->hugepages |= track->table->region.pages == MEM_PAGES_HUGE;
}

uint64_t
snapshot_now_us(const struct track *track)
{
	return base_load_u64(&track->now_us);
}
