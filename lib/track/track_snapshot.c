/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rows, counters and orders: see the header. The two sides of the order box stand together at the
 * end, so that what each may touch and when is seen in one place.
 */

#include <errno.h>
#include <string.h>

#include "flow_sweep.h"
#include "track_state.h"

/* --- rows ----------------------------------------------------------------------------------- */

/* A whole copy of an entry and its side. The worker never waits; the reader copies again. */
static void
track_copy(const struct flow_table *table, uint32_t number, struct track_entry *copy,
           struct flow_side *side)
{
	const struct flow_entry *entry = flow_table_entry(table, number);
	uint32_t begun;

	do {
		begun = base_seq_read_begin(&entry->seq);
		base_copy_words(copy, entry, sizeof(*copy));
		base_copy_words(side, flow_table_side(table, number), sizeof(*side));
	} while (base_seq_read_retry(&entry->seq, begun));
}

static void
track_row_end(struct report_end *to, const struct track_entry *e, unsigned end)
{
	const struct tcp_end *from = &e->end[end];
	const uint64_t *addr = end ? e->key.b_addr : e->key.a_addr;

	if (flow_key_is_ipv6(&e->key))
		memcpy(to->addr, addr, 16);
	else
		memcpy(to->addr, &addr[1], 4);
	to->port = flow_key_port(&e->key, end);
	to->state = from->state;
	to->packets = from->packets;
	to->bytes = from->bytes;
	to->payload = from->payload;
	to->mss = from->mss;
	to->wscale = from->wscale == TCP_WSCALE_NONE ? UINT8_MAX : from->wscale;
	to->window = tcp_end_window(from, &e->end[!end]);
	to->snd_nxt = from->snd_nxt;
	to->retransmissions = from->retransmissions;
}

/* A hole still open is a gap as far as anyone knows. */
static int
track_has_gap(const struct track_entry *e)
{
	return (e->flags & TRACK_GAP) || ((e->end[0].flags | e->end[1].flags) & TCP_END_HOLE);
}

static uint8_t
track_row_flags(const struct track_entry *e)
{
	return (uint8_t)((e->flags & TRACK_MIDSTREAM ? REPORT_MIDSTREAM : 0) |
	                 (track_is_oneway(e) ? REPORT_ONEWAY : 0) |
	                 (track_has_gap(e) ? REPORT_GAP : 0) |
	                 (e->flags & TRACK_ROLE_GUESSED ? REPORT_ROLE_GUESSED : 0));
}

static uint8_t
track_row_closer(const struct track_entry *e)
{
	unsigned client = track_client(e);

	if (track_is_udp(e))
		return REPORT_CLOSER_NONE;
	if (e->end[client].flags & TCP_END_CLOSED_1ST)
		return REPORT_CLOSER_CLIENT;
	return e->end[!client].flags & TCP_END_CLOSED_1ST ? REPORT_CLOSER_SERVER
	                                                  : REPORT_CLOSER_NONE;
}

static uint64_t
track_age(uint64_t now_us, uint64_t then_us)
{
	return now_us > then_us ? now_us - then_us : 0;
}

static void
track_row(const struct track *track, const struct track_snapshot_clock *clock, uint32_t number,
          const struct track_entry *e, const struct flow_side *side, struct report_row *row)
{
	unsigned client = track_client(e);

	memset(row, 0, sizeof(*row));
	row->id = track->id_first + side->generation * track->id_stride + number;
	row->proto = (uint8_t)flow_key_protocol(&e->key);
	row->ip_version = flow_key_is_ipv6(&e->key) ? 6 : 4;
	row->flags = track_row_flags(e);
	row->closed_by = track_row_closer(e);
	row->end = (uint8_t)track_end_cause(e);
	row->worker = (uint8_t)track->worker;
	row->vlan = side->user;
	row->opened_us = track_opened_us(e) + (uint64_t)clock->to_real_us;
	row->last_us = e->last_us + (uint64_t)clock->to_real_us;
	row->in_state_us = track_age(clock->now_us, e->since_us);
	row->idle_us = track_age(clock->now_us, e->last_us);
	track_row_end(&row->client, e, client);
	track_row_end(&row->server, e, !client);
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

unsigned
track_snapshot_rows(const struct track *track, const struct track_snapshot_clock *clock,
                    enum track_snapshot_what what, uint32_t *next, uint32_t max_looks,
                    struct report_row *rows, unsigned max)
{
	uint32_t used = flow_table_used(track->table), number = *next;
	unsigned n = 0;

	for (; number < used && n < max && max_looks > 0; number++, max_looks--) {
		struct track_entry copy;
		struct flow_side side;

		track_copy(track->table, number, &copy, &side);
		if (copy.key.rest == 0 ||
		    (what == TRACK_SNAPSHOT_ACTIVE && !track_is_active(&copy)))
			continue;
		track_row(track, clock, number, &copy, &side, &rows[n++]);
	}
	*next = number < used ? number : UINT32_MAX;
	return n;
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
	stats->flows_created += base_load_u64(&c->created);
	stats->flows_expired += base_load_u64(&c->expired);
	stats->flows_evicted += base_load_u64(&c->evicted);
	stats->flows_reused += base_load_u64(&c->reused);
	stats->flows_dropped += base_load_u64(&c->dropped);
	stats->flows_refused += base_load_u64(&c->refused);
	stats->flows_oneway += base_load_u64(&c->oneway);
	worker->flows_live = __atomic_load_n(&track->table->live, __ATOMIC_RELAXED);
	worker->flows_capacity = track->table->capacity;
	stats->flows_capacity += track->table->capacity;
	stats->memory_table_bytes += flow_table_bytes(track->table);
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
