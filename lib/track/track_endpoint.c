/* SPDX-License-Identifier: BSD-3-Clause */
/* From what happens to a flow to events of the endpoints at its ends; see track_endpoint.h. */

#include "track_endpoint.h"
#include "tcp_duration.h"
#include "track_state.h"

static struct endpoint_event *
track_endpoint_add_span(struct track *track, const struct entry *e, unsigned end,
                        enum endpoint_event_kind kind, enum endpoint_rank rank, uint32_t asked,
                        struct endpoint_span span)
{
	struct endpoint_event *event = endpoint_event_add(&track->endpoint_events, &e->key, end);

	*event = (struct endpoint_event){
		.time_us = track->now_us,
		.kind = (uint8_t)kind,
		.rank = (uint8_t)rank,
		.asked = asked,
		.span = span,
	};
	return event;
}

/* Queues what was seen of end `end` at this moment. */
static struct endpoint_event *
track_endpoint_add(struct track *track, const struct entry *e, unsigned end,
                   enum endpoint_event_kind kind, enum endpoint_rank rank, uint32_t asked)
{
	return track_endpoint_add_span(track, e, end, kind, rank, asked,
	                               (struct endpoint_span){ track->now_us, track->now_us });
}

/*
 * Queues what is known of end `end` now that the flow is forgotten. It was seen while the flow was,
 * and not at this moment: a timer has run out since, or room was made.
 */
static void
track_endpoint_add_past(struct track *track, const struct entry *e, unsigned end,
                        enum endpoint_event_kind kind, uint32_t asked)
{
	track_endpoint_add_span(track, e, end, kind, ENDPOINT_SILENT, asked,
	                        (struct endpoint_span){ entry_opened_us(e), e->last_us });
}

/* Queues a time or an end: what says nothing of the socket's own answers. */
static void
track_endpoint_add_more(struct track *track, const struct entry *e, enum endpoint_event_kind kind,
                        enum report_end_cause cause, uint64_t took_us)
{
	*endpoint_event_add(&track->endpoint_events, &e->key, !entry_client(e)) =
	    (struct endpoint_event){
		    .time_us = track->now_us,
		    .kind = (uint8_t)kind,
		    .cause = (uint8_t)cause,
		    .took_us = (uint32_t)(took_us < UINT32_MAX ? took_us : UINT32_MAX),
	    };
}

/* --- TCP ------------------------------------------------------------------------------------ */

/* Anybody can forge a SYN-ACK out of nowhere; one that answers a SYN is proof. */
static enum endpoint_rank
track_endpoint_rank(const struct entry *e)
{
	return e->end[0].flags & e->end[1].flags & TCP_END_SYN ? ENDPOINT_PROVEN : ENDPOINT_SHOWN;
}

/*
 * The client's SYNs of this connection. What it has sent so far, when its opening is decided for
 * the first time; one, when it was refused before and has sent another SYN.
 */
static uint32_t
track_endpoint_syns(const struct entry *e)
{
	return e->flags & ENTRY_ASKED ? 1 : e->end[entry_client(e)].packets;
}

/* Has this socket been said to answer a moment ago? Remembers it. */
static bool
track_endpoint_is_said(struct track *track, const struct entry *e, unsigned end)
{
	const uint64_t *addr = end ? e->key.b_addr : e->key.a_addr;
	uint64_t port = flow_key_port(&e->key, end);
	uint64_t socket = addr[0] + addr[1] + (port << 48) + (e->key.rest & FLOW_KEY_DOMAIN);
	uint64_t *said;

	socket *= UINT64_C(0x9e3779b97f4a7c15); /* 2^64 over the golden ratio: any odd one does */
	said = &track->said.socket[(socket >> 56) % TRACK_SAID];
	socket += track->now_us >> TRACK_SAID_SHIFT;
	if (*said == socket)
		return true;
	*said = socket;
	return false;
}

void
track_endpoint_answered(struct track *track, const struct entry *e, const struct packet *pk,
                        unsigned end)
{
	if (track_endpoint_is_said(track, e, end))
		return;
	track_endpoint_add(track, e, end, ENDPOINT_EVENT_ANSWERED, track_endpoint_rank(e), 0);
	trouble_learn_ttl(&track->troubles, e, end, pk);
}

bool
track_endpoint_is_known(struct track *track, const struct entry *e, unsigned end)
{
	const struct endpoint_table *table = &track->endpoints;
	struct flow_key key;
	uint32_t number;
	uint64_t hash;

	endpoint_event_apply(&track->endpoint_events);
	endpoint_key(&key, &e->key, end);
	hash = endpoint_hash(flow_hash(&track->table->secret, &key),
	                     domain_network(table->domains, flow_key_domain(&key)));
	number = endpoint_table_find(table, &key, hash);
	return number != ENDPOINT_NONE && (table->records[number].flags & ENDPOINT_ANSWERED);
}

/*
 * Has the server accepted? The server has done its part of the handshake, or, where the mirror did
 * not show the server, the client shows that it has done its own. A SYN-ACK accepts nothing: in a
 * simultaneous open, where one does end the other's SYN_RECEIVED, there is no listening socket (RFC
 * 9293 3.5).
 */
static bool
track_endpoint_is_accepted(const struct entry *e, const struct packet *pk, unsigned dir,
                           enum tcp_state client_before, enum tcp_state server_before)
{
	unsigned client = entry_client(e);

	if ((pk->tcp_flags & PACKET_TCP_SYN) || e->end[!client].state < TCPS_ESTABLISHED)
		return false;
	return server_before == TCPS_SYN_RECEIVED ||
	       (server_before == TCPS_CLOSED && client_before == TCPS_SYN_SENT && dir == client);
}

/* Is it a SYN-ACK that says nothing new, or that it has not taken the ACK of the last one? */
static bool
track_endpoint_is_repeated(const struct entry *e, const struct packet *pk, unsigned dir,
                           unsigned result)
{
	const unsigned syn_ack = PACKET_TCP_SYN | PACKET_TCP_ACK;

	return (pk->tcp_flags & syn_ack) == syn_ack && dir != entry_client(e) &&
	       (result & TCP_RETRANSMISSION) &&
	       (!(result & TCP_STATE_CHANGED) || (e->end[dir].flags & TCP_END_DEAF));
}

/* From the tap to the server and back; 0: not known. */
static uint32_t
track_endpoint_handshake_us(const struct entry *e)
{
	return (uint32_t)tcp_duration_unpack(e->more[!entry_client(e)].handshake,
	                                     TCP_DURATION_TIME_DIGITS);
}

void
track_endpoint_timed(struct track *track, const struct entry *e, uint64_t took_us)
{
	track_endpoint_add_more(track, e, ENDPOINT_EVENT_TIMED, REPORT_END_NONE, took_us);
}

static void
track_endpoint_count(struct track *track, enum report_outcome outcome)
{
	base_counter_add(&track->counters.outcomes[outcome], 1);
}

/*
 * A RST of the server while the client waits is a refusal, also after a SYN-ACK: the server's queue
 * was full. A RST of the client gives up what was asked.
 */
void
track_endpoint_opening(struct track *track, struct entry *e, const struct packet *pk, unsigned dir,
                       enum tcp_state client_before, enum tcp_state server_before, unsigned result)
{
	enum endpoint_rank rank = ENDPOINT_SHOWN;
	enum report_outcome outcome = REPORT_OUTCOME_SUCCESS;
	enum endpoint_event_kind kind;
	struct endpoint_event *event;

	if (track_endpoint_is_repeated(e, pk, dir, result)) {
		track_endpoint_add(track, e, dir, ENDPOINT_EVENT_REPEATED, rank, 0);
		return;
	}
	if (pk->tcp_flags & PACKET_TCP_RST) {
		if (!(result & TCP_RST_BELIEVED) || client_before != TCPS_SYN_SENT)
			return;
		kind = dir == entry_client(e) ? ENDPOINT_EVENT_ASKED : ENDPOINT_EVENT_REFUSED;
		outcome = dir == entry_client(e) ? REPORT_OUTCOME_RESET : REPORT_OUTCOME_REFUSED;
	} else if (track_endpoint_is_accepted(e, pk, dir, client_before, server_before)) {
		kind = ENDPOINT_EVENT_ACCEPTED;
		rank = track_endpoint_rank(e);
	} else {
		return;
	}
	track_endpoint_count(track, outcome);
	event = track_endpoint_add(track, e, !entry_client(e), kind, rank, track_endpoint_syns(e));
	if (kind == ENDPOINT_EVENT_ACCEPTED) {
		event->took_us = track_endpoint_handshake_us(e);
		trouble_learn_ttl(&track->troubles, e, dir, pk);
	}
	if (kind == ENDPOINT_EVENT_REFUSED)
		trouble_refused(&track->troubles, e, dir, track->now_us);
	e->flags |= ENTRY_ASKED;
}

/* --- UDP ------------------------------------------------------------------------------------ */

void
track_endpoint_both_ways(struct track *track, const struct entry *e)
{
	unsigned client = entry_client(e);

	endpoint_event_reserve(&track->endpoint_events);
	track_endpoint_add(track, e, !client, ENDPOINT_EVENT_SERVES, ENDPOINT_PROVEN, 1);
	track_endpoint_add(track, e, client, ENDPOINT_EVENT_TALKS, ENDPOINT_SILENT, 0);
}

void
track_endpoint_refused(struct track *track, const struct entry *e, unsigned end)
{
	track_endpoint_add(track, e, end, ENDPOINT_EVENT_REFUSED, ENDPOINT_SHOWN, 0);
}

/* What the newest ICMP error about the flow said; REPORT_ICMP_NONE: there was none. */
static enum report_icmp
track_endpoint_icmp(const struct track *track, const struct entry *e)
{
	uint32_t number = (uint32_t)(e - entry_at(track->table, 0));

	if (!(e->flags & ENTRY_UPPER))
		return REPORT_ICMP_NONE;
	return (enum report_icmp)entry_upper_icmp(entry_upper_at(track->table, number));
}

/* Where the mirror showed only the answers of a server, nobody was asked. */
static void
track_endpoint_forget_udp(struct track *track, const struct entry *e)
{
	unsigned sender = e->end[0].packets == 0;
	enum endpoint_event_kind kind = ENDPOINT_EVENT_PEER;

	if (sender == entry_client(e))
		kind = track_endpoint_icmp(track, e) == REPORT_ICMP_PORT
		           ? ENDPOINT_EVENT_ASKED
		           : ENDPOINT_EVENT_UNANSWERED;
	endpoint_event_reserve(&track->endpoint_events);
	track_endpoint_add_past(track, e, !sender, kind, 1);
	track_endpoint_add_past(track, e, sender, ENDPOINT_EVENT_TALKS, 0);
}

/* --- any ------------------------------------------------------------------------------------ */

/* What was forgotten before its time could still have been answered. */
static void
track_endpoint_count_unanswered(struct track *track, const struct entry *e,
                                enum report_end_cause cause)
{
	if (cause == REPORT_END_EVICTED || cause == REPORT_END_DROPPED)
		return;
	track_endpoint_count(track, track_endpoint_icmp(track, e) != REPORT_ICMP_NONE
	                                ? REPORT_OUTCOME_UNREACHABLE
	                                : REPORT_OUTCOME_TIMED_OUT);
}

/* Has the server accepted it? Then the client has acknowledged what the server sent. */
static bool
track_endpoint_was_open(const struct entry *e)
{
	unsigned client = entry_client(e);

	return (e->flags & ENTRY_ASKED) && (e->end[!client].flags & TCP_END_SEQ) &&
	       (e->end[client].flags & TCP_END_ACK);
}

static uint64_t
track_endpoint_round_trip_us(const struct entry *e)
{
	return tcp_duration_unpack(e->more[!entry_client(e)].rtt, TCP_DURATION_RTT_DIGITS);
}

void
track_endpoint_ended(struct track *track, const struct entry *e, enum report_end_cause cause)
{
	if (track_endpoint_was_open(e))
		track_endpoint_add_more(track, e, ENDPOINT_EVENT_ENDED, cause,
		                        track_endpoint_round_trip_us(e));
}

/* A half-open connection was asked and answered. That it went no further is nobody's refusal. */
void
track_endpoint_forget(struct track *track, const struct entry *e, enum report_end_cause cause)
{
	unsigned client = entry_client(e);

	if (entry_is_udp(e)) {
		if (entry_is_oneway(e))
			track_endpoint_forget_udp(track, e);
		return;
	}
	if (e->end[client].state != TCPS_SYN_SENT) {
		if (entry_end_cause(e) == REPORT_END_NONE)
			track_endpoint_ended(track, e, cause);
		return;
	}
	track_endpoint_count_unanswered(track, e, cause);
	track_endpoint_add_past(track, e, !client,
	                        e->end[!client].packets == 0 ? ENDPOINT_EVENT_UNANSWERED
	                                                     : ENDPOINT_EVENT_ASKED,
	                        track_endpoint_syns(e));
}

void
track_endpoint_poll(struct track *track)
{
	const struct endpoint_events *events = &track->endpoint_events;

	const struct endpoint_troubles *troubles = &track->troubles.queue;

	if (events->n > 0 && events->event[0].time_us + ENDPOINT_EVENTS_LATE_US <= track->now_us)
		endpoint_event_apply(&track->endpoint_events);
	if (troubles->n > 0 &&
	    troubles->trouble[0].now_us + ENDPOINT_EVENTS_LATE_US <= track->now_us)
		endpoint_trouble_apply(&track->troubles.queue);
}
