/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What flows show of the endpoints at their ends: queued while packets pass, and applied to the
 * table of endpoints many at once.
 *
 * Overview. One event alone would wait for two lines of memory, one after the other. So an event is
 * written to a line in the cache instead, and the table is behind the flows for at most
 * ENDPOINT_EVENTS_LATE_US. When events are applied, all of them are hashed together, their sets are
 * fetched, then their records, and then they are applied.
 *
 * An event is of a time, or of a span of it: that a socket did not answer shows only when its flow
 * is forgotten, long after the flow was seen.
 *
 * Life. An event is queued until the queue is full, or its oldest event is ENDPOINT_EVENTS_LATE_US
 * old.
 *
 * Who writes and who reads. Worker only.
 *
 * Cost. 60 to 70 cycles an event, all included, even if each makes a new record. A SYN-ACK of a
 * socket that has sent one within ENDPOINT_ANSWERED_AGAIN_US says nothing new, and is not queued.
 */
#ifndef ENDPOINT_EVENT_H
#define ENDPOINT_EVENT_H

#include "endpoint_case.h"
#include "endpoint_table.h"
#include "flow_burst.h"

BASE_BEGIN_DECLS

#define ENDPOINT_EVENTS_MAX     FLOW_BURST_MAX
#define ENDPOINT_EVENTS_LATE_US 10000

enum endpoint_event_kind {
	ENDPOINT_EVENT_ANSWERED,   /* TCP: sent a SYN-ACK */
	ENDPOINT_EVENT_REPEATED,   /* TCP: repeated the SYN-ACK */
	ENDPOINT_EVENT_ACCEPTED,   /* TCP: the handshake is complete */
	ENDPOINT_EVENT_REFUSED,    /* TCP: answered the SYN with RST */
	ENDPOINT_EVENT_ASKED,      /* TCP: answered, and the handshake came to nothing */
	ENDPOINT_EVENT_UNANSWERED, /* no answer of any kind */
	ENDPOINT_EVENT_ENDED,      /* TCP: a connection is over, but not by FINs */
	ENDPOINT_EVENT_TIMED,      /* TCP: a round trip, of one connection or another */
	/* of two events in a row, one for each end of a UDP flow: */
	ENDPOINT_EVENT_SERVES, /* the first: answered the second */
	ENDPOINT_EVENT_PEER,   /* the first: nothing but the peer of the second */
	ENDPOINT_EVENT_TALKS,  /* the second: talks with the first, whatever the first's kind is */
};

struct endpoint_event {
	uint64_t time_us; /* when it was queued */
	uint32_t asked;   /* SYNs or flows */
	uint8_t kind;     /* enum endpoint_event_kind */
	uint8_t rank;     /* enum endpoint_rank of the evidence */
	uint8_t cause;    /* ENDED: enum report_end_cause */
	uint32_t
	    took_us; /* ACCEPTED: handshake; ENDED, TIMED: round trip; to the socket. 0: none */
	struct endpoint_span span;
};

struct endpoint_events {
	struct endpoint_table *table;
	struct endpoint_case_table *cases; /* of sockets that are slow; NULL: nobody keeps them */
	const struct flow_hash_secret *secret;
	uint32_t n;
	struct endpoint_event event[ENDPOINT_EVENTS_MAX];
	struct flow_burst keys;
};

/*
 * Makes an empty queue for `table`, whose keys are hashed with `secret`. All are borrowed. Control.
 */
void endpoint_events_init(struct endpoint_events *events, struct endpoint_table *table,
                          struct endpoint_case_table *cases, const struct flow_hash_secret *secret);

/* Applies all queued events to the table. Worker. */
void endpoint_event_apply(struct endpoint_events *events);

/* Makes room for two events, so that they come in a row. Worker. */
void endpoint_event_reserve(struct endpoint_events *events);

/*
 * Queues an event of end `end` (0: a, 1: b) of the flow with that key, and returns it: the caller
 * writes all of it before anything else is queued. A copy of one made elsewhere would wait for the
 * stores of its parts. Worker.
 */
struct endpoint_event *
endpoint_event_add(struct endpoint_events *events, const struct flow_key *flow, unsigned end);

BASE_END_DECLS

#endif
