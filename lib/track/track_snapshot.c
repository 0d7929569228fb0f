/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rows, counters and orders: see the header. The two sides of the order box stand together at the
 * end, so that what each may touch and when is seen in one place.
 */

#include <errno.h>
#include <string.h>

#include "flow_sweep.h"
#include "track_row.h"
#include "track_state.h"

/* --- in order of number --------------------------------------------------------------------- */

#define TRACK_SCAN_AHEAD 16 /* entries fetched ahead */

/* One call's way through the slab. */
struct track_scan {
	const struct track *track;
	const struct track_snapshot_clock *clock;
	const struct track_snapshot_ask *ask;
	unsigned may_reject; /* a bit for each depth, but the whole, at which the filter may */
	struct track_copy copy;
	struct report_row outline;
};

static void
track_scan_init(struct track_scan *scan, const struct track *track,
                const struct track_snapshot_clock *clock, const struct track_snapshot_ask *ask)
{
	scan->track = track;
	scan->clock = clock;
	scan->ask = ask;
	scan->may_reject = 0;
	memset(&scan->outline, 0, sizeof(scan->outline));
	for (unsigned depth = 0; ask->filter != NULL && depth < TRACK_DEPTH_WHOLE; depth++)
		if (filter_may_reject(ask->filter, track_row_parts_most((enum track_depth)depth)))
			scan->may_reject |= 1u << depth;
}

/*
 * `active`: netstat's lines without the recently closed. An end that is over may have a peer that
 * is not.
 */
static int
track_is_active(const struct track_entry *e)
{
	return track_is_udp(e) || (!(e->flags & TRACK_DETACHED) &&
	                           !(tcp_state_is_over((enum tcp_state)e->end[0].state) &&
	                             tcp_state_is_over((enum tcp_state)e->end[1].state)));
}

/* --- events --------------------------------------------------------------------------------- */

/*
 * The counters of a segment that moved a flow come after its event was written: they are added
 * here.
 */
static void
track_event_packet(const struct track_event *event, struct report_row *row)
{
	int by_client = event->dir == track_client(&event->entry);
	struct report_end *end = by_client ? &row->client : &row->server;

	end->packets++;
	end->bytes += event->packet_bytes;
	if (row->client.packets != 0 && row->server.packets != 0)
		row->flags &= (uint8_t)~REPORT_ONEWAY;
	row->last_us += row->idle_us;
	row->idle_us = 0;
}

void
track_snapshot_event(const struct track *track, int64_t to_real_us, const struct track_event *event,
                     struct report_full *full)
{
	const struct track_snapshot_clock clock = { event->at_us, to_real_us };
	struct track_copy copy = { .entry = event->entry, .side = event->side };

	if (event->entry.flags & TRACK_WIDE)
		copy.wide = event->wide;
	track_row_full(track, &clock, event->number, &copy, full);
	if (event->kind == TRACK_EVENT_STATE)
		track_event_packet(event, &full->row);
	if (event->kind == TRACK_EVENT_ENDED)
		full->row.end = event->cause;
}

/* --- in order of number --------------------------------------------------------------------- */

/* Copies so deep; 0 when there is no flow, or one that is not of the kind asked for. */
static int
track_scan_copy(struct track_scan *scan, uint32_t number, enum track_depth depth)
{
	const struct track *track = scan->track;

	track_copy_take(track->table, &track->wides, number, depth, &scan->copy);
	if (scan->copy.entry.key.rest == 0)
		return 0;
	return depth == TRACK_DEPTH_LINE || scan->ask->what != TRACK_SNAPSHOT_ACTIVE ||
	       track_is_active(&scan->copy.entry);
}

/* Does the filter say no to a copy that is not whole? */
static int
track_scan_is_rejected(struct track_scan *scan, enum track_depth depth)
{
	const struct filter_subject subject = {
		.row = &scan->outline,
		.local = FILTER_LOCAL_CLIENT,
		.parts = track_row_parts(&scan->copy, depth),
	};

	track_row_outline(scan->clock, &scan->copy, depth, &scan->outline);
	return filter_match(scan->ask->filter, &subject) == 0;
}

/* A whole copy of the flow, unless it is free, or of another kind, or surely does not match. */
static int
track_scan_look(struct track_scan *scan, uint32_t number)
{
	if (track_copy_is_free(scan->track->table, number))
		return 0;
	for (unsigned i = 0; i < TRACK_DEPTH_WHOLE; i++) {
		enum track_depth depth = (enum track_depth)i;

		if (!(scan->may_reject & 1u << i))
			continue;
		if (!track_scan_copy(scan, number, depth) || track_scan_is_rejected(scan, depth))
			return 0;
	}
	return track_scan_copy(scan, number, TRACK_DEPTH_WHOLE);
}

static void
track_scan_put(const struct track_scan *scan, uint32_t number, void *rows, unsigned at)
{
	if (scan->ask->full)
		track_row_full(scan->track, scan->clock, number, &scan->copy,
		               (struct report_full *)rows + at);
	else
		track_row(scan->track, scan->clock, number, &scan->copy,
		          (struct report_row *)rows + at);
}

unsigned
track_snapshot_matching(const struct track *track, const struct track_snapshot_clock *clock,
                        const struct track_snapshot_ask *ask, uint32_t *next, uint32_t max_looks,
                        void *rows, unsigned max)
{
	uint32_t used = flow_table_used(track->table), number = *next;
	uint32_t end = number < used ? number + base_min_u32(max_looks, used - number) : number;
	struct track_scan scan;
	unsigned n = 0;

	track_scan_init(&scan, track, clock, ask);
	for (; number < end && n < max; number++) {
		track_copy_prefetch(track->table, number + TRACK_SCAN_AHEAD);
		if (track_scan_look(&scan, number))
			track_scan_put(&scan, number, rows, n++);
	}
	*next = number < used ? number : UINT32_MAX;
	return n;
}

unsigned
track_snapshot_rows(const struct track *track, const struct track_snapshot_clock *clock,
                    enum track_snapshot_what what, uint32_t *next, uint32_t max_looks,
                    struct report_row *rows, unsigned max)
{
	const struct track_snapshot_ask ask = { .what = what };

	return track_snapshot_matching(track, clock, &ask, next, max_looks, rows, max);
}

unsigned
track_snapshot_full(const struct track *track, const struct track_snapshot_clock *clock,
                    enum track_snapshot_what what, uint32_t *next, uint32_t max_looks,
                    struct report_full *rows, unsigned max)
{
	const struct track_snapshot_ask ask = { .what = what, .full = 1 };

	return track_snapshot_matching(track, clock, &ask, next, max_looks, rows, max);
}

/* --- counters ------------------------------------------------------------------------------- */

static void
track_snapshot_states(const struct track_counters *c, struct report_stats *stats)
{
	uint64_t udp = base_load_u64(&c->client_state[REPORT_UDP]);

	for (unsigned i = 0; i < REPORT_STATES; i++) {
		stats->flows_client_state[i] += base_load_u64(&c->client_state[i]);
		stats->flows_server_state[i] += base_load_u64(&c->server_state[i]);
		stats->flows_live += base_load_u64(&c->client_state[i]);
	}
	stats->flows_udp += udp;
	stats->flows_tcp = stats->flows_live - stats->flows_udp;
}

static void
track_snapshot_packets(const struct track *track, struct report_stats *stats)
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
}

void
track_snapshot_stats(const struct track *track, struct report_stats *stats)
{
	struct report_worker *worker = &stats->workers[track->worker];
	const struct track_counters *c = &track->counters;

	static_assert(PACKET_N_VERDICTS <= REPORT_VERDICTS_MAX, "a place for each verdict");
	track_snapshot_packets(track, stats);
	track_snapshot_states(c, stats);
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
	stats->flows_saturated += base_load_u64(&track->wides.refused);
	stats->flows_oneway += base_load_u64(&c->oneway);
	stats->sockets_live += base_load_u64(&track->sockets.live);
	stats->sockets_capacity += track_sockets_capacity(&track->sockets);
	stats->sockets_replaced += base_load_u64(&track->sockets.replaced);
	stats->sockets_passed_over += base_load_u64(&track->sockets.passed_over);
	worker->flows_live = __atomic_load_n(&track->table->live, __ATOMIC_RELAXED);
	worker->flows_capacity = track->table->capacity;
	stats->flows_capacity += track->table->capacity;
	stats->memory_table_bytes += flow_table_bytes(track->table) +
	                             track_wides_bytes(&track->wides) + track->sockets.region.bytes;
	stats->hugepages |= track->table->regions[0].pages == MEM_PAGES_HUGE;
}

uint64_t
track_snapshot_now_us(const struct track *track)
{
	return base_load_u64(&track->now_us);
}

/* --- orders: the control core's side -------------------------------------------------------- */

/* An id, taken apart: which flow of this worker it names. */
static uint64_t
track_id_offset(const struct track *track, uint64_t id)
{
	return (id - track->id_first) % track->id_stride;
}

int
track_snapshot_owns(const struct track *track, uint64_t id)
{
	return id >= track->id_first && track_id_offset(track, id) < track->table->capacity;
}

static struct track_order *
track_order_open(struct track *track)
{
	struct track_order *order = &track->order;

	return __atomic_load_n(&order->turn, __ATOMIC_ACQUIRE) == TRACK_ORDER_FREE ? order : NULL;
}

static int
track_order_give(struct track_order *order, enum track_order_kind kind)
{
	order->kind = kind;
	__atomic_store_n(&order->turn, TRACK_ORDER_GIVEN, __ATOMIC_RELEASE);
	return 0;
}

int
track_snapshot_order_drop(struct track *track, uint64_t id)
{
	struct track_order *order = track_order_open(track);
	uint64_t generation;

	if (!track_snapshot_owns(track, id))
		return -ENOENT;
	generation = (id - track->id_first) / track->id_stride;
	if (track_id_offset(track, id) >= flow_table_used(track->table) || generation > UINT32_MAX)
		return -ENOENT;
	if (order == NULL)
		return -EAGAIN;
	order->number = (uint32_t)track_id_offset(track, id);
	order->generation = (uint32_t)generation;
	return track_order_give(order, TRACK_ORDER_DROP);
}

int
track_snapshot_order_settings(struct track *track, const struct track_settings *settings)
{
	struct track_order *order = track_order_open(track);

	if (order == NULL)
		return -EAGAIN;
	order->settings = *settings;
	return track_order_give(order, TRACK_ORDER_SETTINGS);
}

int
track_snapshot_answer(struct track *track)
{
	struct track_order *order = &track->order;
	int answer;

	if (__atomic_load_n(&order->turn, __ATOMIC_ACQUIRE) != TRACK_ORDER_DONE)
		return -EINPROGRESS;
	answer = order->answer;
	__atomic_store_n(&order->turn, TRACK_ORDER_FREE, __ATOMIC_RELEASE);
	return answer;
}

/* --- orders: the worker's side -------------------------------------------------------------- */

static int
track_order_drop(struct track *track, const struct track_order *order)
{
	const struct flow_entry *entry = flow_table_entry(track->table, order->number);

	if (entry->key.rest == 0 ||
	    flow_table_side(track->table, order->number)->generation != order->generation)
		return -ENOENT;
	track_tell_ended(track, order->number, REPORT_END_DROPPED);
	track_forget(track, order->number);
	base_counter_add(&track->counters.dropped, 1);
	return 0;
}

/* New timers may be shorter than the dues that the old ones left: every flow is looked at anew. */
static int
track_order_settings(struct track *track, const struct track_order *order)
{
	track_set_settings(track, &order->settings);
	flow_sweep_force(track->table);
	return 0;
}

void
track_order_poll(struct track *track)
{
	struct track_order *order = &track->order;

	if (__atomic_load_n(&order->turn, __ATOMIC_ACQUIRE) != TRACK_ORDER_GIVEN)
		return;
	order->answer = order->kind == TRACK_ORDER_DROP ? track_order_drop(track, order)
	                                                : track_order_settings(track, order);
	__atomic_store_n(&order->turn, TRACK_ORDER_DONE, __ATOMIC_RELEASE);
}
