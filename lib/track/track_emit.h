/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What happens to flows, as it happens: a ring a worker, for `spanstat events`.
 *
 * While somebody listens, a worker writes a record for each flow that it opens, whose state it
 * changes at either end, or that it forgets. A record carries all that was known of the flow at
 * that moment, for the flow of an ended one may be another by the time it is read.
 *
 *	worker     writes the next record over the oldest and publishes it; looks at nobody's place
 *	           and waits for nobody
 *	listeners  any number, all on the control thread, each with a place of its own. One that
 *	           falls a whole ring behind is told how many records it has missed, and goes on
 *	           with the oldest there is
 *
 * So a listener that does not read costs nobody anything, not even memory: the ring is its queue.
 * A record is read as an entry is: copied, then held against the head, which the worker moves
 * before it begins to write over the record (base_atomic.h's sequence, with the head for a count).
 *
 * Memory: TRACK_EVENTS_RING records of four cache lines, taken from the control core's arena when
 * first somebody listens, kept until the engine's end. Cost for the worker: nobody listens: one
 * test an event, none a packet; else three or four lines written an event.
 */
#ifndef TRACK_EMIT_H
#define TRACK_EMIT_H

#include "entry.h"
#include "entry_overflow.h"
#include "track.h"

BASE_BEGIN_DECLS

#define TRACK_EVENTS_RING 16384 /* records; a power of two */

enum track_event_kind { TRACK_EVENT_OPENED, TRACK_EVENT_STATE, TRACK_EVENT_ENDED };

struct BASE_ALIGNED(BASE_CACHE_LINE) track_event {
	struct entry entry; /* its sequence count means nothing */
	struct flow_cold side;
	uint64_t at_us;  /* the engine's clock */
	uint32_t number; /* of the flow */
	/* STATE: what entry has not counted yet, the packet that did it: its bytes, its sender */
	uint32_t packet_bytes;
	uint8_t dir;
	uint8_t was[2]; /* STATE: of the ends a and b before */
	uint8_t kind;   /* enum track_event_kind */
	uint8_t cause;  /* ENDED: enum report_end_cause */
	uint8_t reserved[35];
	struct entry_overflow wide; /* if the entry says that it has one */
};

static_assert(sizeof(struct track_event) == 4 * BASE_CACHE_LINE, "whole lines");

struct track_events {
	/* worker: writes; control: reads */
	BASE_ALIGNED(BASE_CACHE_LINE) uint64_t head; /* records written so far */
	struct track_event records[TRACK_EVENTS_RING];
};

/* What the worker writes; called where somebody listens (track_state.h). */
void track_emit_write_opened(struct track *track, uint32_t number);
void track_emit_write_state(struct track *track, uint32_t number, const struct packet *pk,
                            unsigned dir, int was);
void track_emit_write_ended(struct track *track, uint32_t number, enum report_end_cause cause);

/* Frees the ring. */
void track_emit_free(struct track *track);

BASE_END_DECLS

#endif
