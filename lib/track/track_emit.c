/* SPDX-License-Identifier: BSD-3-Clause */
/* The ring of events, as the worker writes it; snapshot_event.c reads it. See track_emit.h. */

#include "track_emit.h"
#include "mem_arena.h"
#include "track_state.h"

/* What hangs on the flow, as far as there is any. */
static void
track_events_write_rest(const struct track *track, uint32_t number, struct track_event *to)
{
	const struct entry *e = entry_at(track->table, number);

	if (e->flags & ENTRY_UPPER)
		base_write_words(&to->upper, entry_upper_at(track->table, number),
		                 sizeof(to->upper));
	for (unsigned end = 0; end < 2; end++)
		if (entry_trouble_has(e, end))
			base_write_words(
			    &to->trouble[end],
			    entry_trouble_record(&track->trouble, entry_trouble_number(e, end)),
			    sizeof(to->trouble[end]));
}

/*
 * Writes the next record over the oldest one, of which readers know by the head that it is gone,
 * and makes it known by the head. What is the same for all kinds is added to `about`.
 */
static void
track_events_write(const struct track *track, uint32_t number, struct track_event_about *about)
{
	struct track_events *events = track->events_ring;
	struct track_event *to = &events->records[events->head & (TRACK_EVENTS_RING - 1)];
	const struct flow_cold *cold = flow_table_cold(track->table, number);

	about->at_us = track->now_us & ENTRY_TIME_MAX;
	about->number = number;
	about->path_serial = domain_path_serial(&track->domains, entry_cold_path(cold));
	base_write_words(&to->entry, entry_at(track->table, number), sizeof(to->entry));
	base_write_words(&to->cold, cold, sizeof(to->cold));
	base_write_words(&to->about, about, sizeof(to->about));
	track_events_write_rest(track, number, to);
	__atomic_store_n(&events->head, events->head + 1, __ATOMIC_RELEASE);
}

void
track_emit_write_opened(struct track *track, uint32_t number)
{
	struct track_event_about about = { .kind = TRACK_EVENT_OPENED };

	track_events_write(track, number, &about);
}

void
track_emit_write_state(struct track *track, uint32_t number, const struct packet *pk, unsigned dir,
                       int was)
{
	const struct entry *e = entry_at(track->table, number);
	struct track_event_about about = {
		.kind = TRACK_EVENT_STATE,
		.was = { (uint8_t)was, (uint8_t)(was >> 8) },
		.dir = (uint8_t)dir,
		.packet_bytes = pk->ip_bytes,
	};

	if (was != (e->end[0].state | e->end[1].state << 8))
		track_events_write(track, number, &about);
}

/* A flow that was replaced has ended already. One that had ended keeps its own end cause. */
void
track_emit_write_ended(struct track *track, uint32_t number, enum report_end_cause cause)
{
	const struct entry *e = entry_at(track->table, number);
	struct track_event_about about = { .kind = TRACK_EVENT_ENDED };

	if ((e->flags & ENTRY_DETACHED) && cause != REPORT_END_REUSED)
		return;
	if (entry_end_cause(e) != REPORT_END_NONE)
		cause = entry_end_cause(e);
	about.cause = (uint8_t)cause;
	track_events_write(track, number, &about);
}

void
track_emit_free(struct track *track)
{
	mem_arena_free(track->events_ring);
}
