/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A flow's life: opened by its first packet, moved by each one after it, detached when its tuple
 * begins another life, forgotten in the end.
 *
 * Every change is inside one open sequence count of the entry. What follows from a change of state
 * (the counters by state, the time in state, how it ended, a nearer deadline) is done here and only
 * here.
 */

#include "track_state.h"
#include "flow_sweep.h"
#include "tcp_segment.h"

/* Under which states a flow is counted. */
struct track_pair {
	uint8_t client, server;
};

static struct track_pair
track_pair(const struct track_entry *e)
{
	unsigned client = track_client(e);

	return (struct track_pair){ e->end[client].state, e->end[!client].state };
}

static void
track_count_in(struct track *track, struct track_pair pair)
{
	base_counter_add(&track->counters.client_state[pair.client], 1);
	base_counter_add(&track->counters.server_state[pair.server], 1);
}

static void
track_count_out(struct track *track, struct track_pair pair)
{
	base_counter_add(&track->counters.client_state[pair.client], (uint64_t)-1);
	base_counter_add(&track->counters.server_state[pair.server], (uint64_t)-1);
}

static void
track_set_due(struct track *track, const struct track_entry *e, uint32_t number)
{
	flow_sweep_set_due(track->table, number, track->now_us,
	                   track_timer_deadline(&track->settings.timers, e));
}

static struct tcp_segment
track_segment(const struct packet *pk)
{
	return (struct tcp_segment){
		.seq = pk->seq,
		.ack = pk->ack,
		.length = pk->payload_bytes,
		.window = pk->window,
		.mss = pk->mss,
		.wscale = pk->wscale,
		.flags = (uint8_t)pk->tcp_flags,
	};
}

/* Why a connection ended, once it has: by RST, or when both ends are past their FINs. */
static void
track_settle_end(struct track_entry *e, unsigned result)
{
	int over = tcp_state_is_over((enum tcp_state)e->end[0].state) &&
	           tcp_state_is_over((enum tcp_state)e->end[1].state);

	if (!over)
		track_set_end_cause(e, REPORT_END_NONE);
	else if (result & TCP_RST_BELIEVED)
		track_set_end_cause(e, REPORT_END_RST);
	else if (track_end_cause(e) == REPORT_END_NONE)
		track_set_end_cause(e, REPORT_END_FIN);
}

/* A SYN or SYN-ACK is evidence of the roles, whatever was guessed before. */
static void
track_settle_role(struct track *track, struct track_entry *e, const struct packet *pk, unsigned dir)
{
	int answers = pk->tcp_flags & PACKET_TCP_ACK;
	unsigned client = answers ? !dir : dir;

	if (answers)
		track_role_learn(&track->listeners, track->table, e, dir);
	if (e->flags & TRACK_ROLE_GUESSED)
		e->flags = (uint16_t)((e->flags & ~(TRACK_ROLE_GUESSED | TRACK_CLIENT_B)) |
		                      (client ? TRACK_CLIENT_B : 0));
	if (!answers)
		e->flags &= (uint16_t)~TRACK_MIDSTREAM;
}

static void
track_count_result(struct track *track, unsigned result)
{
	struct track_counters *c = &track->counters;

	base_counter_add(&c->gaps, !!(result & TCP_GAP));
	base_counter_add(&c->retransmissions, !!(result & TCP_RETRANSMISSION));
	base_counter_add(&c->rst_ignored, !!(result & TCP_RST_IGNORED));
	base_counter_add(&c->syn_on_live, !!(result & TCP_SYN_ON_LIVE));
	base_counter_add(&c->out_of_window, !!(result & TCP_OUT_OF_WINDOW));
}

/* What follows when a segment did more than advance numbers. */
static void
track_settle(struct track *track, struct track_entry *e, const struct packet *pk, unsigned dir,
             unsigned result)
{
	track_count_result(track, result);
	if (result & TCP_GAP)
		e->flags |= TRACK_GAP;
	if (result & TCP_SYN_SEEN)
		track_settle_role(track, e, pk, dir);
	if (result & TCP_STATE_CHANGED)
		track_settle_end(e, result);
	if (result & (TCP_STATE_CHANGED | TCP_TIME_WAIT_ANEW))
		e->since_us = track->now_us & TRACK_TIME_MAX;
}

static void
track_count_packet(struct tcp_end *snd, const struct packet *pk)
{
	snd->packets++;
	snd->bytes += pk->ip_bytes;
}

/* --- first packet --------------------------------------------------------------------------- */

static void
track_open_tcp(struct track *track, struct track_entry *e, const struct packet *pk, unsigned dir)
{
	const unsigned opening = PACKET_TCP_SYN | PACKET_TCP_ACK | PACKET_TCP_RST;
	struct tcp_segment seg = track_segment(pk);
	unsigned result = tcp_segment_first(&e->end[dir], &e->end[!dir], &seg);

	if ((pk->tcp_flags & opening) != PACKET_TCP_SYN)
		e->flags |= TRACK_MIDSTREAM;
	track_settle(track, e, pk, dir, result);
}

static void
track_open_udp(struct track_entry *e, const struct packet *pk, unsigned dir)
{
	e->end[0].state = e->end[1].state = TRACK_STATE_UDP;
	e->end[dir].payload += pk->payload_bytes;
}

static void
track_open_entry(struct track *track, struct track_entry *e, const struct packet *pk, unsigned dir)
{
	e->end[0] = e->end[1] = (struct tcp_end){ .wscale = TCP_WSCALE_NONE };
	e->last_us = e->since_us = track->now_us & TRACK_TIME_MAX;
	track_set_opened_us(e, track->now_us);
	e->flags = track_role_first(&track->listeners, track->table, e, pk, dir);
	track_count_packet(&e->end[dir], pk);
	if (pk->proto == PACKET_PROTO_TCP)
		track_open_tcp(track, e, pk, dir);
	else
		track_open_udp(e, pk, dir);
}

/* Room in a full table; returns 0 when there is none to be had. */
static int
track_make_room(struct track *track)
{
	uint32_t victim;

	if (track->keep)
		return 0;
	victim =
	    track_evict_choose(&track->evict, track->table, &track->settings.timers, track->now_us);
	if (victim == FLOW_NONE)
		return 0;
	track_forget(track, victim);
	base_counter_add(&track->counters.evicted, 1);
	return 1;
}

uint32_t
track_open(struct track *track, const struct packet *pk, const struct flow_key *key, uint64_t hash,
           unsigned dir)
{
	uint32_t number = flow_table_insert(track->table, key, hash);
	struct track_entry *e;

	if (number == FLOW_NONE && track_make_room(track))
		number = flow_table_insert(track->table, key, hash);
	if (number == FLOW_NONE) {
		base_counter_add(&track->counters.refused, 1);
		return FLOW_NONE;
	}
	e = track_entry(track->table, number);
	track_open_entry(track, e, pk, dir);
	flow_table_side(track->table, number)->user = pk->vlan;
	base_seq_write_end(&e->seq);
	track_count_in(track, track_pair(e));
	base_counter_add(&track->counters.oneway, 1);
	base_counter_add(&track->counters.created, 1);
	track_set_due(track, e, number);
	track_evict_note(&track->evict, e, number);
	return number;
}

/* --- every other packet --------------------------------------------------------------------- */

/* The states, the roles or the deadline may change: counters by state are kept in step. */
static unsigned
track_move_slowly(struct track *track, struct track_entry *e, uint32_t number,
                  const struct packet *pk, unsigned dir, const struct tcp_segment *seg)
{
	struct track_pair before = track_pair(e);
	unsigned result = tcp_segment_apply(&e->end[dir], &e->end[!dir], seg);

	if (result & TCP_NEW_CONNECTION)
		return TCP_NEW_CONNECTION;
	if (result == 0)
		return 0;
	track_settle(track, e, pk, dir, result);
	if (result & (TCP_STATE_CHANGED | TCP_SYN_SEEN)) {
		track_count_out(track, before);
		track_count_in(track, track_pair(e));
		track_set_due(track, e, number);
		track_evict_note(&track->evict, e, number);
	}
	return 0;
}

static unsigned
track_move_tcp(struct track *track, struct track_entry *e, uint32_t number, const struct packet *pk,
               unsigned dir)
{
	struct tcp_segment seg = track_segment(pk);

	if (tcp_segment_is_ordinary(&e->end[dir], &e->end[!dir], &seg)) {
		tcp_segment_advance(&e->end[dir], &seg);
		return 0;
	}
	return track_move_slowly(track, e, number, pk, dir, &seg);
}

unsigned
track_move(struct track *track, uint32_t number, const struct packet *pk, unsigned dir)
{
	struct track_entry *e = track_entry(track->table, number);
	struct tcp_end *snd = &e->end[dir];
	unsigned result = 0;

	base_seq_write_begin(&e->seq);
	if (pk->proto == PACKET_PROTO_TCP)
		result = track_move_tcp(track, e, number, pk, dir);
	else
		snd->payload += pk->payload_bytes;
	if (result == 0) {
		if (snd->packets == 0)
			base_counter_add(&track->counters.oneway, (uint64_t)-1);
		track_count_packet(snd, pk);
		e->last_us = track->now_us & TRACK_TIME_MAX;
	}
	base_seq_write_end(&e->seq);
	return result;
}

/* --- end ------------------------------------------------------------------------------------ */

void
track_detach(struct track *track, uint32_t number)
{
	struct track_entry *e = track_entry(track->table, number);

	flow_table_unlink(track->table, number);
	base_seq_write_begin(&e->seq);
	e->flags |= TRACK_DETACHED;
	e->since_us = track->now_us & TRACK_TIME_MAX;
	track_set_end_cause(e, REPORT_END_REUSED);
	base_seq_write_end(&e->seq);
	track_set_due(track, e, number);
	track_evict_note(&track->evict, e, number);
	base_counter_add(&track->counters.reused, 1);
}

void
track_forget_hash(struct track *track, uint32_t number, uint64_t hash)
{
	struct track_entry *e = track_entry(track->table, number);

	track_count_out(track, track_pair(e));
	if (track_is_oneway(e))
		base_counter_add(&track->counters.oneway, (uint64_t)-1);
	if (!(e->flags & TRACK_DETACHED))
		flow_table_unlink_hash(track->table, number, hash);
	flow_table_release(track->table, number);
}

void
track_forget(struct track *track, uint32_t number)
{
	const struct flow_table *table = track->table;

	track_forget_hash(track, number,
	                  flow_hash(&table->secret, &flow_table_entry(table, number)->key));
}
