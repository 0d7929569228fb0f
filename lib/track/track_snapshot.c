/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rows, counters and orders: see the header. The two sides of the order box stand together at the
 * end, so that what each may touch and when is seen in one place.
 */

#include <errno.h>
#include <string.h>

#include "flow_sweep.h"
#include "track_coarse.h"
#include "track_state.h"

/* --- rows ----------------------------------------------------------------------------------- */

/* All that is known of a flow, at one moment. */
struct track_copy {
	struct track_entry entry;
	struct flow_side side;
	struct track_wide wide;
};

static const struct track_wide *
track_copy_wide(const struct track_copy *copy)
{
	return copy->entry.flags & TRACK_WIDE ? &copy->wide : NULL;
}

/* The worker never waits; the reader copies again. A number half written may be any number. */
static void
track_copy(const struct track *track, uint32_t number, struct track_copy *copy)
{
	const struct flow_entry *entry = flow_table_entry(track->table, number);
	uint32_t begun, wide;

	do {
		begun = base_seq_read_begin(&entry->seq);
		base_copy_words(&copy->entry, entry, sizeof(copy->entry));
		base_copy_words(&copy->side, flow_table_side(track->table, number),
		                sizeof(copy->side));
		wide = track_wide_number(&copy->entry);
		if (wide < track->wides.capacity)
			base_copy_words(&copy->wide, track_wide_record(&track->wides, wide),
			                sizeof(copy->wide));
	} while (base_seq_read_retry(&entry->seq, begun));
}

static void
track_row_end(struct report_end *to, const struct track_copy *copy, unsigned end)
{
	const struct track_entry *e = &copy->entry;
	const uint64_t *addr = end ? e->key.b_addr : e->key.a_addr;
	struct track_sums sums;

	track_tally_read(e, track_copy_wide(copy), end, &sums);
	if (flow_key_is_ipv6(&e->key))
		memcpy(to->addr, addr, 16);
	else
		memcpy(to->addr, &addr[1], 4);
	to->port = flow_key_port(&e->key, end);
	to->state = e->end[end].state;
	to->packets = sums.packets;
	to->bytes = sums.bytes;
	to->payload = sums.payload;
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

static void
track_row_icmp(struct report_row *row, const struct flow_side *side, unsigned client)
{
	row->icmp = (uint8_t)track_side_icmp(side);
	if (row->icmp != REPORT_ICMP_NONE)
		row->icmp_end = track_side_icmp_end(side) == client ? REPORT_CLOSER_CLIENT
		                                                    : REPORT_CLOSER_SERVER;
}

static uint64_t
track_age(uint64_t now_us, uint64_t then_us)
{
	return now_us > then_us ? now_us - then_us : 0;
}

static void
track_row(const struct track *track, const struct track_snapshot_clock *clock, uint32_t number,
          const struct track_copy *copy, struct report_row *row)
{
	const struct track_entry *e = &copy->entry;
	unsigned client = track_client(e);

	memset(row, 0, sizeof(*row));
	row->id = track->id_first + copy->side.generation * track->id_stride + number;
	row->proto = (uint8_t)flow_key_protocol(&e->key);
	row->ip_version = flow_key_is_ipv6(&e->key) ? 6 : 4;
	row->flags = track_row_flags(e);
	row->closed_by = track_row_closer(e);
	row->end = (uint8_t)track_end_cause(e);
	row->worker = (uint8_t)track->worker;
	row->vlan = track_side_vlan(&copy->side);
	track_row_icmp(row, &copy->side, client);
	row->opened_us = track_opened_us(e) + (uint64_t)clock->to_real_us;
	row->last_us = e->last_us + (uint64_t)clock->to_real_us;
	row->in_state_us = track_age(clock->now_us, e->since_us);
	row->idle_us = track_age(clock->now_us, e->last_us);
	track_row_end(&row->client, copy, client);
	track_row_end(&row->server, copy, !client);
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

/* --- everything ----------------------------------------------------------------------------- */

static uint8_t
track_more_known(const struct tcp_end *end)
{
	return (uint8_t)((end->flags & TCP_END_SYN ? REPORT_KNOWS_SYN : 0) |
	                 (end->flags & TCP_END_SACK ? REPORT_KNOWS_SACK : 0) |
	                 (end->flags & TCP_END_SEQ ? REPORT_KNOWS_SND_NXT : 0) |
	                 (end->flags & TCP_END_ACK ? REPORT_KNOWS_RCV_NXT : 0));
}

static void
track_more_trouble(struct report_more *to, const struct track_copy *copy, unsigned end)
{
	struct track_sums sums;

	track_tally_read(&copy->entry, track_copy_wide(copy), end, &sums);
	to->again = sums.again;
	to->again_bytes = sums.again_bytes;
	to->out_of_order = (uint32_t)sums.out_of_order;
	to->gaps = (uint32_t)sums.gaps;
	to->zero_windows = (uint32_t)sums.zero_windows;
	to->mss = sums.mss;
}

static void
track_more(struct report_more *to, const struct track_copy *copy, unsigned end,
           uint64_t in_state_us)
{
	const struct tcp_end *from = &copy->entry.end[end];

	memset(to, 0, sizeof(*to));
	to->in_state_us = in_state_us + track_coarse_get(from->held, TRACK_COARSE_TIME_DIGITS);
	if (from->state == TRACK_STATE_UDP)
		return;
	track_more_trouble(to, copy, end);
	to->rtt_us = (uint32_t)track_coarse_get(from->rtt, TRACK_COARSE_RTT_DIGITS);
	to->handshake_us = (uint32_t)track_coarse_get(from->handshake, TRACK_COARSE_TIME_DIGITS);
	to->window = tcp_end_window(from, &copy->entry.end[!end]);
	to->snd_nxt = from->snd_nxt;
	to->rcv_nxt = from->rcv_nxt;
	to->wscale = from->wscale == TCP_WSCALE_NONE ? UINT8_MAX : from->wscale;
	to->known = track_more_known(from);
}

static void
track_full(const struct track *track, const struct track_snapshot_clock *clock, uint32_t number,
           const struct track_copy *copy, struct report_full *full)
{
	unsigned client = track_client(&copy->entry);

	track_row(track, clock, number, copy, &full->row);
	full->copies = track_tally_copies(&copy->entry, track_copy_wide(copy));
	track_more(&full->client, copy, client, full->row.in_state_us);
	track_more(&full->server, copy, !client, full->row.in_state_us);
}

/* --- in order of number --------------------------------------------------------------------- */

/* The next flow of the kind asked for from *next on; 0 when there is none within the looks left. */
static int
track_snapshot_next(const struct track *track, enum track_snapshot_what what, uint32_t *next,
                    uint32_t *looks, struct track_copy *copy)
{
	uint32_t used = flow_table_used(track->table);

	while (*next<used && * looks> 0) {
		track_copy(track, (*next)++, copy);
		(*looks)--;
		if (copy->entry.key.rest != 0 &&
		    (what != TRACK_SNAPSHOT_ACTIVE || track_is_active(&copy->entry)))
			return 1;
	}
	return 0;
}

static uint32_t
track_snapshot_cursor(const struct track *track, uint32_t next)
{
	return next < flow_table_used(track->table) ? next : UINT32_MAX;
}

unsigned
track_snapshot_rows(const struct track *track, const struct track_snapshot_clock *clock,
                    enum track_snapshot_what what, uint32_t *next, uint32_t max_looks,
                    struct report_row *rows, unsigned max)
{
	struct track_copy copy;
	unsigned n = 0;

	while (n < max && track_snapshot_next(track, what, next, &max_looks, &copy))
		track_row(track, clock, *next - 1, &copy, &rows[n++]);
	*next = track_snapshot_cursor(track, *next);
	return n;
}

unsigned
track_snapshot_full(const struct track *track, const struct track_snapshot_clock *clock,
                    enum track_snapshot_what what, uint32_t *next, uint32_t max_looks,
                    struct report_full *rows, unsigned max)
{
	struct track_copy copy;
	unsigned n = 0;

	while (n < max && track_snapshot_next(track, what, next, &max_looks, &copy))
		track_full(track, clock, *next - 1, &copy, &rows[n++]);
	*next = track_snapshot_cursor(track, *next);
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
