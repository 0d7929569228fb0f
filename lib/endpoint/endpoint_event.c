/* SPDX-License-Identifier: BSD-3-Clause */
/* Events queued, and what each kind does to a record; see endpoint_event.h. */

#include "endpoint_event.h"

/* --- counters of a record, its write open --------------------------------------------------- */

static void
event_add_asked(struct endpoint *record, uint64_t n)
{
	uint64_t asked = endpoint_asked(record) + n;

	record->asked_lo = (uint32_t)asked;
	record->asked_hi = asked >> 32 & 0xff;
}

static void
event_add_accepted(struct endpoint *record)
{
	uint64_t accepted = endpoint_accepted(record) + 1;

	record->accepted_lo = (uint32_t)accepted;
	record->accepted_hi = accepted >> 32 & 0xff;
}

/* One more, without going round. */
static uint32_t
event_one_more(uint32_t n)
{
	return n == UINT32_MAX ? n : n + 1;
}

static void
event_set_flags(struct endpoint *record, unsigned flags)
{
	record->flags = (record->flags | flags) & 0xff;
}

/* The UDP endpoint talks with another one, whose hash is `peer`. */
static void
event_peer(struct endpoint_table *table, struct endpoint *record, uint64_t peer)
{
	uint32_t low = (uint32_t)peer;

	if (!(record->flags & ENDPOINT_ONE_PEER)) {
		record->peer = low;
		event_set_flags(record, ENDPOINT_ONE_PEER);
	} else if (record->peer != low && !(record->flags & ENDPOINT_MANY_PEERS)) {
		event_set_flags(record, ENDPOINT_MANY_PEERS);
		endpoint_table_raise(table, (uint32_t)(record - table->records), ENDPOINT_SHOWN);
	}
}

/* --- what more is kept of TCP --------------------------------------------------------------- */

static uint32_t
event_tick(uint64_t us)
{
	return (uint32_t)(us >> ENDPOINT_CASE_TICK);
}

/* A socket that is slow has a case. The key of the socket is that of its case. */
static void
event_slow(const struct endpoint_events *events, const struct endpoint *record,
           const struct endpoint_event *event, uint32_t trouble, unsigned i, uint64_t hash)
{
	const struct flow_key key = flow_burst_get(&events->keys, i);
	const struct endpoint_trouble slow = {
		.now_us = event->time_us,
		.trouble = trouble,
		.n = 1,
		.amount = event->took_us,
		.whole = record->accepted_lo,
	};

	if (events->cases != NULL)
		endpoint_case_add(events->cases, &key, hash, &slow);
}

/* The first connection of a socket, of which there may never be another, has room in the record. */
static bool
event_is_first(struct endpoint *record, const struct endpoint_event *event)
{
	unsigned place = event->took_us != 0 ? report_times_place(event->took_us) + 1 : 0;

	if ((record->flags & ENDPOINT_MORE) || record->accepted_hi != 0 || record->accepted_lo > 1)
		return false;
	if (event->kind == ENDPOINT_EVENT_ACCEPTED)
		record->first_place = place & 31u;
	else if (event->kind == ENDPOINT_EVENT_ENDED && record->first_cause == REPORT_END_NONE)
		record->first_cause = event->cause & 7u;
	else
		return event->kind == ENDPOINT_EVENT_TIMED;
	return true;
}

/* Adds what the event says of times and ends. */
static void
event_more(const struct endpoint_events *events, uint32_t number,
           const struct endpoint_event *event, unsigned i, uint64_t hash)
{
	struct endpoint *record = &events->table->records[number];
	bool opens = event->kind == ENDPOINT_EVENT_ACCEPTED;
	struct endpoint_more *more;

	if (event_is_first(record, event))
		return;
	more = endpoint_table_more(events->table, number);
	if (opens)
		more->accepted_at = event_tick(event->time_us);
	if (event->kind == ENDPOINT_EVENT_ENDED)
		more->ended[event->cause] = event_one_more(more->ended[event->cause]);
	if (event->took_us == 0)
		return;
	if (opens)
		endpoint_more_time(more->handshake, &more->handshake_sum_us, event->took_us);
	else
		endpoint_more_time(more->round_trip, &more->round_trip_sum_us, event->took_us);
	if (endpoint_more_is_slow(opens ? &more->handshake_usual : &more->round_trip_usual,
	                          event->took_us, event_tick(event->time_us)))
		event_slow(events, record, event,
		           opens ? REPORT_TROUBLE_SLOW_ACCEPT : REPORT_TROUBLE_SLOW_SERVER, i,
		           hash);
}

/* --- events applied ------------------------------------------------------------------------- */

/* `hash` points to the event's own hash; those of its neighbours stand beside it. */
static void
event_apply(struct endpoint_table *table, struct endpoint *record,
            const struct endpoint_event *event, const uint64_t *hash)
{
	switch ((enum endpoint_event_kind)event->kind) {
	case ENDPOINT_EVENT_REPEATED:
		record->syn_ack_retransmitted = event_one_more(record->syn_ack_retransmitted);
		break;
	case ENDPOINT_EVENT_SERVES:
		event_peer(table, record, hash[1]);
		__attribute__((fallthrough));
	case ENDPOINT_EVENT_ACCEPTED:
		event_add_accepted(record);
		__attribute__((fallthrough));
	case ENDPOINT_EVENT_ANSWERED:
		event_set_flags(record, ENDPOINT_ANSWERED);
		break;
	case ENDPOINT_EVENT_REFUSED:
		record->refused = event_one_more(record->refused);
		break;
	case ENDPOINT_EVENT_UNANSWERED:
		record->unanswered = event_one_more(record->unanswered);
		break;
	case ENDPOINT_EVENT_TALKS:
		event_peer(table, record, hash[-1]);
		break;
	case ENDPOINT_EVENT_ASKED:
	case ENDPOINT_EVENT_PEER:
	case ENDPOINT_EVENT_ENDED:
	case ENDPOINT_EVENT_TIMED:
		break;
	}
	event_add_asked(record, event->asked);
}

/* Those that only sockets of TCP have. */
static bool
event_has_more(unsigned kind)
{
	return kind == ENDPOINT_EVENT_ACCEPTED || kind == ENDPOINT_EVENT_ENDED ||
	       kind == ENDPOINT_EVENT_TIMED;
}

static void
event_hash(const struct endpoint_events *events, uint64_t hash[ENDPOINT_EVENTS_MAX])
{
	flow_hash_burst(events->secret, &events->keys, events->n, hash);
	for (unsigned i = 0; i < events->n; i++) {
		const struct flow_key key = { .rest = events->keys.word[FLOW_KEY_WORDS - 1][i] };

		if (BASE_UNLIKELY(key.rest & FLOW_KEY_DOMAIN))
			hash[i] = endpoint_hash(
			    hash[i], domain_network(events->table->domains, flow_key_domain(&key)));
	}
}

/* The record, its write open. What is no news of the socket itself makes none. */
static uint32_t
event_take(struct endpoint_table *table, const struct flow_key *key, uint64_t hash,
           const struct endpoint_event *event)
{
	uint32_t number;

	if (event->kind != ENDPOINT_EVENT_ENDED && event->kind != ENDPOINT_EVENT_TIMED)
		return endpoint_table_take(table, key, hash, (enum endpoint_rank)event->rank,
		                           event->span);
	number = endpoint_table_find(table, key, hash);
	if (number != ENDPOINT_NONE)
		base_seq_write_begin(&table->records[number].seq);
	return number;
}

void
endpoint_event_apply(struct endpoint_events *events)
{
	struct endpoint_table *table = events->table;
	uint64_t hash[ENDPOINT_EVENTS_MAX];

	if (events->n == 0)
		return;
	event_hash(events, hash);
	for (unsigned i = 0; i < events->n; i++)
		endpoint_table_prefetch_set(table, hash[i]);
	for (unsigned i = 0; i < events->n; i++)
		endpoint_table_prefetch_record(table, hash[i]);
	for (unsigned i = 0; i < events->n; i++) {
		const struct endpoint_event *event = &events->event[i];
		struct flow_key key;
		uint32_t number;

		if (event->kind == ENDPOINT_EVENT_PEER)
			continue;
		key = flow_burst_get(&events->keys, i);
		number = event_take(table, &key, hash[i], event);
		if (number == ENDPOINT_NONE)
			continue;
		event_apply(table, &table->records[number], event, &hash[i]);
		if (event_has_more(event->kind))
			event_more(events, number, event, i, hash[i]);
		base_seq_write_end(&table->records[number].seq);
	}
	events->n = 0;
}

/* --- events queued -------------------------------------------------------------------------- */

void
endpoint_events_init(struct endpoint_events *events, struct endpoint_table *table,
                     struct endpoint_case_table *cases, const struct flow_hash_secret *secret)
{
	events->table = table;
	events->cases = cases;
	events->secret = secret;
	events->n = 0;
}

void
endpoint_event_reserve(struct endpoint_events *events)
{
	if (events->n > ENDPOINT_EVENTS_MAX - 2)
		endpoint_event_apply(events);
}

struct endpoint_event *
endpoint_event_add(struct endpoint_events *events, const struct flow_key *flow, unsigned end)
{
	struct flow_key key;

	if (events->n == ENDPOINT_EVENTS_MAX)
		endpoint_event_apply(events);
	endpoint_key(&key, flow, end);
	flow_burst_set(&events->keys, events->n, &key);
	return &events->event[events->n++];
}
