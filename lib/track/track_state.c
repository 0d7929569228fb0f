/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The life of a flow: opened by its first packet, moved by each one after it. track_reuse.c is for
 * a tuple that begins another life, track_end.c for the end of one.
 *
 * Every change is inside one open sequence count of the entry. What follows from a change of state
 * (the counters by state, the time in the state, the end cause, a nearer deadline) is done here and
 * nowhere else. Worker.
 */

#include "tcp_duration.h"
#include "track_move.h"

void
track_set_since(struct entry *e, unsigned changed, uint64_t now_us)
{
	for (unsigned end = 0; end < 2; end++) {
		uint64_t held_us = now_us - e->since_us +
		                   tcp_duration_unpack(e->more[end].held, TCP_DURATION_TIME_DIGITS);

		if (changed & 1u << end)
			held_us = 0;
		e->more[end].held = tcp_duration_pack(held_us, TCP_DURATION_TIME_DIGITS) & 0x7ff;
	}
	e->since_us = now_us & ENTRY_TIME_MAX;
}

static void
track_settle_rst(struct track *track, struct entry *e)
{
	if (entry_end_cause(e) == REPORT_END_NONE)
		track_endpoint_ended(track, e, REPORT_END_RST);
	entry_set_end_cause(e, REPORT_END_RST);
}

/*
 * Sets the end cause once the connection is over: by RST, or when both ends are past their FINs.
 * Its socket hears of a RST then, not when the connection is forgotten.
 */
static void
track_settle_end_cause(struct track *track, struct entry *e, unsigned result)
{
	bool over = tcp_state_is_over((enum tcp_state)e->end[0].state) &&
	            tcp_state_is_over((enum tcp_state)e->end[1].state);

	if (!over)
		entry_set_end_cause(e, REPORT_END_NONE);
	else if (result & TCP_RST_BELIEVED)
		track_settle_rst(track, e);
	else if (entry_end_cause(e) == REPORT_END_NONE)
		entry_set_end_cause(e, REPORT_END_FIN);
}

/* A SYN or SYN-ACK is evidence of the roles, whatever was guessed before. */
static void
track_settle_role(struct track *track, struct entry *e, const struct packet *pk, unsigned dir)
{
	bool answers = pk->tcp_flags & PACKET_TCP_ACK;
	unsigned client = answers ? !dir : dir;

	if (answers)
		track_endpoint_answered(track, e, pk, dir);
	if (e->flags & ENTRY_ROLE_GUESSED)
		e->flags = (uint16_t)((e->flags & ~(ENTRY_ROLE_GUESSED | ENTRY_CLIENT_B)) |
		                      (client ? ENTRY_CLIENT_B : 0));
	if (!answers)
		e->flags &= (uint16_t)~ENTRY_MIDSTREAM;
}

static void
track_count_result(struct track *track, unsigned result)
{
	const unsigned counted = TCP_GAP | TCP_GAP_PEER | TCP_RETRANSMISSION | TCP_RST_IGNORED |
	                         TCP_SYN_ON_LIVE | TCP_OUT_OF_WINDOW;
	struct track_counters *c = &track->counters;

	if (!(result & counted))
		return;
	base_counter_add(&c->gaps, (result & TCP_GAP ? 1u : 0) + (result & TCP_GAP_PEER ? 1u : 0));
	base_counter_add(&c->retransmissions, !!(result & TCP_RETRANSMISSION));
	base_counter_add(&c->rst_ignored, !!(result & TCP_RST_IGNORED));
	base_counter_add(&c->syn_on_live, !!(result & TCP_SYN_ON_LIVE));
	base_counter_add(&c->out_of_window, !!(result & TCP_OUT_OF_WINDOW));
}

/* What follows when a segment did more than advance numbers. */
static void
track_settle(struct track *track, struct entry *e, const struct packet *pk, unsigned dir,
             unsigned result)
{
	track_count_result(track, result);
	if (result & (TCP_GAP | TCP_GAP_PEER))
		e->flags |= ENTRY_GAP;
	if (result & TCP_SYN_SEEN)
		track_settle_role(track, e, pk, dir);
	if (result & TCP_STATE_CHANGED)
		track_settle_end_cause(track, e, result);
	if ((pk->tcp_flags & PACKET_TCP_SYN) && !(result & TCP_SYN_ON_LIVE))
		e->more[dir].mss = pk->mss;
}

/* --- SYNs, sockets connected to themselves ---------------------------------------------------- */

/* What this SYN is, beside the last one of its sender: enum tcp_syn_bit. Remembers it. */
static uint8_t
track_see_syn(struct track *track, const struct entry *e, uint32_t number, const struct packet *pk,
              unsigned dir)
{
	const struct entry_syn_time time = {
		.now_us = track->now_us & ENTRY_TIME_MAX,
		.since_us = e->since_us,
		.window_us = track->settings.duplicate_window_us,
	};

	return (uint8_t)entry_syn_see(&track->syns, number, dir, pk->ip_id, &time);
}

/* Both ends of such a connection are one socket, and one state. */
static void
track_follow_self(struct entry *e, unsigned dir, const struct tcp_end *rcv)
{
	if (rcv == &e->end[dir])
		e->end[!dir].state = e->end[dir].state;
}

/* --- first packet --------------------------------------------------------------------------- */

static void
track_open_tcp(struct track *track, struct entry *e, uint32_t number, const struct packet *pk,
               unsigned dir)
{
	const unsigned opening = PACKET_TCP_SYN | PACKET_TCP_ACK | PACKET_TCP_RST;
	struct tcp_doubt *doubt = entry_doubt_find(&track->doubts, number);
	struct tcp_segment seg = track_segment(pk);
	struct tcp_end *rcv = entry_receiver(e, dir);
	unsigned result;

	if (pk->tcp_flags & PACKET_TCP_SYN)
		entry_syn_open_by(&track->syns, number, dir, pk->ip_id, track->now_us);
	else
		entry_syn_open(&track->syns, number);
	result = tcp_segment_first(&e->end[dir], rcv, doubt, &seg);
	track_follow_self(e, dir, rcv);
	if ((pk->tcp_flags & opening) != PACKET_TCP_SYN)
		e->flags |= ENTRY_MIDSTREAM;
	entry_doubt_keep(&track->doubts, number, doubt);
	track_settle(track, e, pk, dir, result);
	if (e->end[dir].flags & TCP_END_SEQ)
		entry_rtt_start(&track->rtt, e, number, dir, pk, e->last_us);
}

static void
track_open_udp(struct entry *e, const struct packet *pk, unsigned dir)
{
	e->end[0].state = e->end[1].state = ENTRY_STATE_UDP;
	e->end[dir].payload += pk->payload_bytes;
}

static void
track_open_entry(struct track *track, struct entry *e, uint32_t number, const struct packet *pk,
                 unsigned dir, uint64_t at_us)
{
	e->more[0] = e->more[1] = (struct entry_more){ 0 };
	e->end[0] = e->end[1] = (struct tcp_end){ .wscale = TCP_WSCALE_NONE };
	e->last_us = e->since_us = at_us & ENTRY_TIME_MAX;
	entry_set_opened_us(e, at_us);
	e->flags = track_role_first(track, e, pk, dir);
	entry_count_packet(track->table, e, dir, pk);
	if (pk->proto == PACKET_PROTO_TCP)
		track_open_tcp(track, e, number, pk, dir);
	else
		track_open_udp(e, pk, dir);
}

/* Makes room in a full table. Returns false when there is no victim. */
static bool
track_make_room(struct track *track)
{
	unsigned max = base_min_u32(TRACK_EVICT_MAX, track->table->capacity / 1024 + 1), n;
	uint32_t victims[TRACK_EVICT_MAX];

	if (track->keep)
		return false;
	n = track_evict_choose(&track->evict, track->table, &track->settings.timers, track->now_us,
	                       victims, max);
	track_forget_many(track, victims, n, REPORT_END_EVICTED);
	base_counter_add(&track->counters.evicted, n);
	return n > 0;
}

/* Most packets have neither a tunnel nor a tag, and their flows hold nothing. */
static void
track_open_path(struct track *track, uint32_t number, const struct packet *pk, uint32_t domain,
                unsigned dir)
{
	struct flow_cold *cold = flow_table_cold(track->table, number);

	entry_cold_set_path(cold, 0);
	if (pk->tunnels == 0 && pk->vlan == PACKET_NO_VLAN && domain == DOMAIN_NONE)
		return;
	entry_cold_set_path(cold, domain_path_hold(&track->domains, pk, dir));
	domain_hold(&track->domains, domain);
}

uint32_t
track_open(struct track *track, const struct packet *pk, const struct flow_key *key, uint64_t hash,
           unsigned dir, uint64_t at_us)
{
	uint32_t number = flow_table_insert(track->table, key, hash);
	struct entry *e;

	if (number == FLOW_NONE && track_make_room(track))
		number = flow_table_insert(track->table, key, hash);
	if (number == FLOW_NONE) {
		base_counter_add(&track->counters.refused, 1);
		return FLOW_NONE;
	}
	e = entry_at(track->table, number);
	track_open_entry(track, e, number, pk, dir, at_us);
	track_open_path(track, number, pk, flow_key_domain(key), dir);
	base_seq_write_end(&e->seq);
	track_count_in(track, track_pair(e));
	for (unsigned end = 0; end < 2; end++)
		track_count_move(track, REPORT_CLOSED, e->end[end].state);
	base_counter_add(&track->counters.oneway, !flow_key_is_self(key));
	base_counter_add(&track->counters.created, 1);
	track_evict_opened(&track->evict, track->table->capacity, track->now_us);
	track_follow_class(track, e, number);
	track_emit_opened(track, number);
	return number;
}

/* --- every other packet --------------------------------------------------------------------- */

/* The bytes of a segment that lie before what its sender has already sent. */
static uint32_t
track_old_bytes(const struct tcp_end *snd, const struct tcp_segment *seg)
{
	int32_t behind = tcp_seq_diff(snd->snd_nxt, seg->seq);

	if (!(snd->flags & TCP_END_SEQ) || behind <= 0)
		return 0;
	return base_min_u32((uint32_t)behind, seg->length);
}

/* What a segment may change, as it was before. */
struct track_before {
	struct track_pair pair;
	uint8_t state[2];
	uint16_t flags[2]; /* enum tcp_end_flag */
	uint32_t payload[2];
	uint32_t snd_nxt, old_bytes; /* of its sender */
};

static struct track_before
track_before(const struct entry *e, unsigned dir, const struct tcp_segment *seg)
{
	return (struct track_before){
		.pair = track_pair(e),
		.state = { e->end[0].state, e->end[1].state },
		.flags = { (uint16_t)e->end[0].flags, (uint16_t)e->end[1].flags },
		.payload = { e->end[0].payload, e->end[1].payload },
		.snd_nxt = e->end[dir].snd_nxt,
		.old_bytes = track_old_bytes(&e->end[dir], seg),
	};
}

/* Counts what the segment did beyond what any packet does. */
static void
track_count_segment(struct track *track, struct entry *e, unsigned dir, unsigned result,
                    const struct track_before *before)
{
	const unsigned counted = TCP_RETRANSMISSION | TCP_OUT_OF_ORDER | TCP_GAP | TCP_GAP_PEER;

	for (unsigned end = 0; end < 2; end++)
		if (before->payload[end] - e->end[end].payload > UINT32_MAX / 2 + 1 &&
		    before->payload[end] > e->end[end].payload)
			entry_count_payload_wrap(track->table, e, end);
	if (result & counted)
		entry_count_segment(&track->trouble, e, dir, result, before->old_bytes);
}

/* What goes wrong by it, for the case of the server. */
BASE_NOINLINE static void
track_trouble(struct track *track, struct entry *e, uint32_t number, const struct packet *pk,
              unsigned dir, unsigned result, const struct track_before *before)
{
	struct trouble_moment moment = {
		.now_us = track->now_us,
		.e = e,
		.number = number,
		.pk = pk,
		.dir = dir,
		.result = result,
		.was = { before->state[0], before->state[1] },
		.was_rst = { !!(before->flags[0] & TCP_END_RST),
		             !!(before->flags[1] & TCP_END_RST) },
	};

	if (result & (TCP_WINDOW_CLOSED | TCP_WINDOW_OPENED))
		moment.closed_us =
		    entry_count_window(&track->trouble, e, dir, result, track->now_us);
	trouble_segment(&track->troubles, &moment);
}

/* Did it move the numbers of its sender on, without loss or retransmission? */
static bool
track_is_news(const struct entry *e, unsigned dir, unsigned result,
              const struct track_before *before)
{
	const unsigned not_new = TCP_RETRANSMISSION | TCP_OUT_OF_ORDER | TCP_OUT_OF_WINDOW |
	                         TCP_GAP | TCP_SYN_ON_LIVE | TCP_RST_BELIEVED;

	return !(result & not_new) && (e->end[dir].flags & TCP_END_SEQ) &&
	       (!(before->flags[dir] & TCP_END_SEQ) ||
	        tcp_seq_gt(e->end[dir].snd_nxt, before->snd_nxt));
}

void
track_share_news(struct track *track, const struct entry *e, unsigned dir)
{
	const struct entry_rtt_news *news = &track->rtt.news;

	if (news->took_us != 0 && dir != entry_client(e))
		track_endpoint_timed(track, e, news->took_us);
	if (news->idle_us != 0)
		trouble_survived(&track->troubles, e, news->idle_us, track->now_us);
}

/* The segment may answer the one that is timed, spoil it, or be the next to be timed. */
static void
track_time(struct track *track, struct entry *e, uint32_t number, const struct packet *pk,
           unsigned dir, unsigned result, const struct track_before *before)
{
	if (e->flags & ENTRY_TIMED)
		track_answer_timed(track, e, number, dir, pk);
	if ((e->flags & ENTRY_TIMED) && (result & TCP_RETRANSMISSION))
		entry_rtt_spoil(&track->rtt, e, number, dir);
	if (!(e->flags & ENTRY_TIMED) && entry_rtt_is_candidate(&e->end[dir]) &&
	    track_is_news(e, dir, result, before))
		entry_rtt_start(&track->rtt, e, number, dir, pk, track->now_us);
}

/* Keeps times, counters by state and the deadline in step with a change of state or of roles. */
static void
track_follow_states(struct track *track, struct entry *e, uint32_t number, unsigned dir,
                    unsigned result, const struct track_before *before)
{
	unsigned changed = 0;

	for (unsigned end = 0; end < 2; end++) {
		if (before->state[end] == e->end[end].state)
			continue;
		track_count_move(track, before->state[end], e->end[end].state);
		changed |= 1u << end;
	}
	if (result & TCP_TIME_WAIT_RESTARTED)
		changed |= 1u << dir;
	if (changed != 0)
		track_set_since(e, changed, track->now_us);
	if (result & (TCP_STATE_CHANGED | TCP_SYN_SEEN)) {
		track_count_out(track, before->pair);
		track_count_in(track, track_pair(e));
		track_follow_class(track, e, number);
	}
}

/* What a deaf server takes at last has been counted as accepted when it passed first. */
static unsigned
track_server_before(const struct entry *e, const struct track_before *before)
{
	bool was_deaf = before->flags[!entry_client(e)] & TCP_END_DEAF;

	return was_deaf ? TCPS_ESTABLISHED : before->pair.server;
}

unsigned
track_move_slowly(struct track *track, struct entry *e, uint32_t number, const struct packet *pk,
                  unsigned dir)
{
	struct tcp_segment seg = track_segment(pk);
	struct track_before before = track_before(e, dir, &seg);
	struct tcp_doubt *doubt = entry_doubt_find(&track->doubts, number);
	struct tcp_end *rcv = entry_receiver(e, dir);
	unsigned result;

	entry_rtt_prefetch(&track->rtt, number);
	if (pk->tcp_flags & PACKET_TCP_SYN)
		seg.syn = track_see_syn(track, e, number, pk, dir);
	result = tcp_segment_apply_rare(&e->end[dir], rcv, doubt, &seg);
	track_follow_self(e, dir, rcv);
	entry_doubt_keep(&track->doubts, number, doubt);
	if (result & (TCP_NEW_CONNECTION | TCP_COPY))
		return result & (TCP_NEW_CONNECTION | TCP_COPY);
	if ((result & TCP_SYN_ON_LIVE) && !(pk->tcp_flags & PACKET_TCP_ACK))
		entry_syn_wait(&track->syns, number, dir, pk, track->now_us, e->last_us);
	track_count_segment(track, e, dir, result, &before);
	if (trouble_is_any(result))
		track_trouble(track, e, number, pk, dir, result, &before);
	track_time(track, e, number, pk, dir, result, &before);
	if (result == 0)
		return 0;
	track_settle(track, e, pk, dir, result);
	track_endpoint_moved(track, e, pk, dir, before.pair.client, track_server_before(e, &before),
	                     result);
	track_follow_states(track, e, number, dir, result, &before);
	track_emit_state(track, number, pk, dir, before.state[0] | before.state[1] << 8);
	return 0;
}

void
track_duplicate(struct track *track, uint32_t number, unsigned dir)
{
	struct entry *e = entry_at(track->table, number);

	base_seq_write_begin(&e->seq);
	entry_count_copy(&track->trouble, e, dir);
	base_seq_write_end(&e->seq);
}
