/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What happens to flows, as it happens: one ring for each worker, for `spanstat events`.
 *
 * Overview. While somebody listens, a worker writes a record for each flow that it opens, whose
 * state it changes at either end, or that it forgets. A record carries all that was known of the
 * flow at that moment, for the entry of an ended flow may belong to another by the time it is read.
 * A listener that does not read costs nobody anything, not even memory: the ring is its queue.
 *
 * Life. The ring has TRACK_EVENTS_RING records of five cache lines. It comes from the control
 * core's arena when somebody first listens, and stays until the engine's end.
 *
 * Who writes and who reads.
 *
 *	worker     writes the next record over the oldest and publishes it. It reads nobody's place
 *	           and waits for nobody
 *	listeners  any number, all on the control thread, each with its own place. One that falls a
 *	           whole ring behind gets the number of records that it has missed, and goes on
 *	           with the oldest one there is
 *
 * A record is read as an entry is: copied, and then the head is checked, which the worker moves
 * before it begins to write over the record (the sequence of base_atomic.h, in words, with the head
 * for a count).
 *
 * Cost. For the worker: where nobody listens one test an event and none a packet, else three to
 * five lines written an event.
 */
#ifndef TRACK_EMIT_H
#define TRACK_EMIT_H

#include "entry.h"
#include "entry_trouble.h"
#include "entry_upper.h"
#include "track.h"

BASE_BEGIN_DECLS

#define TRACK_EVENTS_RING 16384 /* records; a power of two */

enum track_event_kind { TRACK_EVENT_OPENED, TRACK_EVENT_STATE, TRACK_EVENT_ENDED };

/* What a record says besides what was known of the flow. */
struct track_event_about {
	uint64_t at_us;  /* the engine's clock */
	uint32_t number; /* of the flow */
	/*
	 * STATE: the bytes and the sender of the packet that did it, which entry has not counted
	 * yet
	 */
	uint32_t packet_bytes;
	uint32_t path_serial; /* of the flow's path, which may be another when the record is read */
	uint8_t dir;
	uint8_t was[2];      /* STATE: the states of ends a and b before */
	uint8_t kind;        /* enum track_event_kind */
	uint8_t cause;       /* ENDED: enum report_end_cause */
	uint8_t reserved[7]; /* to whole words */
};

struct BASE_ALIGNED(BASE_CACHE_LINE) track_event {
	struct entry entry; /* its sequence count means nothing */
	struct flow_cold cold;
	struct track_event_about about;
	uint8_t spare[40];
	struct entry_upper upper;        /* valid if the entry has ENTRY_UPPER */
	struct entry_trouble trouble[2]; /* each valid if its end has a record */
};

static_assert(sizeof(struct track_event) == 5 * BASE_CACHE_LINE, "whole lines");

struct track_events {
	/* worker: writes; control: reads */
	BASE_ALIGNED(BASE_CACHE_LINE) uint64_t head; /* records written so far */
	struct track_event records[TRACK_EVENTS_RING];
};

/* Write a record. Called where somebody listens (track_state.h). Worker. */
void track_emit_write_opened(struct track *track, uint32_t number);
void track_emit_write_state(struct track *track, uint32_t number, const struct packet *pk,
                            unsigned dir, int was);
void track_emit_write_ended(struct track *track, uint32_t number, enum report_end_cause cause);

/* Frees the ring. Control. */
void track_emit_free(struct track *track);

BASE_END_DECLS

#endif
