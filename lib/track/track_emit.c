/* SPDX-License-Identifier: BSD-3-Clause */
/* The ring of events, as the worker writes it; snapshot_event.c reads it. See track_emit.h. */

#include "track_emit.h"
#include "mem_arena.h"
#include "track_state.h"

/* Opens the next record, over the oldest one, and fills what every record has. */
static struct track_event *
track_events_open(struct track *track, struct track_events *events, uint32_t number,
                  enum track_event_kind kind)
{
	struct track_event *to = &events->records[events->head & (TRACK_EVENTS_RING - 1)];
	const struct entry *e = entry_at(track->table, number);

	/*
	 * The head, from which readers know that the old record is gone, is written before what
	 * follows.
	 */
	__atomic_thread_fence(__ATOMIC_RELEASE);
	to->entry = *e;
	to->cold = *flow_table_cold(track->table, number);
	to->at_us = track->now_us & ENTRY_TIME_MAX;
	to->kind = (uint8_t)kind;
	to->cause = REPORT_END_NONE;
	to->number = number;
	to->packet_bytes = 0;
	to->path_serial = domain_path_serial(&track->domains, entry_cold_path(&to->cold));
	if (e->flags & ENTRY_UPPER)
		to->upper = *entry_upper_at(track->table, number);
	for (unsigned end = 0; end < 2; end++)
		if (entry_trouble_has(e, end))
			to->trouble[end] =
			    *entry_trouble_record(&track->trouble, entry_trouble_number(e, end));
	return to;
}

static void
track_events_close(struct track_events *events)
{
	__atomic_store_n(&events->head, events->head + 1, __ATOMIC_RELEASE);
}

void
track_emit_write_opened(struct track *track, uint32_t number)
{
	struct track_events *events = track->events_ring;

	track_events_open(track, events, number, TRACK_EVENT_OPENED);
	track_events_close(events);
}

void
track_emit_write_state(struct track *track, uint32_t number, const struct packet *pk, unsigned dir,
                       int was)
{
	const struct entry *e = entry_at(track->table, number);
	struct track_events *events = track->events_ring;
	struct track_event *to;

	if (was == (e->end[0].state | e->end[1].state << 8))
		return;
	to = track_events_open(track, events, number, TRACK_EVENT_STATE);
	to->was[0] = (uint8_t)was;
	to->was[1] = (uint8_t)(was >> 8);
	to->dir = (uint8_t)dir;
	to->packet_bytes = pk->ip_bytes;
	track_events_close(events);
}

/* A flow that was replaced has ended already. One that had ended keeps its own end cause. */
void
track_emit_write_ended(struct track *track, uint32_t number, enum report_end_cause cause)
{
	const struct entry *e = entry_at(track->table, number);
	struct track_events *events = track->events_ring;
	struct track_event *to;

	if ((e->flags & ENTRY_DETACHED) && cause != REPORT_END_REUSED)
		return;
	to = track_events_open(track, events, number, TRACK_EVENT_ENDED);
	if (entry_end_cause(e) != REPORT_END_NONE)
		cause = entry_end_cause(e);
	to->cause = (uint8_t)cause;
	track_events_close(events);
}

void
track_emit_free(struct track *track)
{
	mem_arena_free(track->events_ring);
}
