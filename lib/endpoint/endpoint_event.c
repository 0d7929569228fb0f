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
	record->accepted_hi = accepted >> 32 & 0xffff;
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
		break;
	}
	event_add_asked(record, event->asked);
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
		number = endpoint_table_take(table, &key, hash[i], (enum endpoint_rank)event->rank,
		                             event->span);
		if (number == ENDPOINT_NONE)
			continue;
		event_apply(table, &table->records[number], event, &hash[i]);
		base_seq_write_end(&table->records[number].seq);
	}
	events->n = 0;
}

/* --- events queued -------------------------------------------------------------------------- */

void
endpoint_events_init(struct endpoint_events *events, struct endpoint_table *table,
                     const struct flow_hash_secret *secret)
{
	events->table = table;
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
