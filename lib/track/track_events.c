/* SPDX-License-Identifier: BSD-3-Clause */
/* The ring of events: written by the worker, read by listeners; see track_events.h. */

#include <errno.h>
#include <string.h>

#include "mem_arena.h"
#include "track_events.h"
#include "track_state.h"

static_assert((TRACK_EVENTS_RING & (TRACK_EVENTS_RING - 1)) == 0, "a power of two");

static const struct track_event *
track_events_slot(const struct track_events *events, uint64_t at)
{
	return &events->records[at & (TRACK_EVENTS_RING - 1)];
}

/* --- worker --------------------------------------------------------------------------------- */

/* The place of the next record, over the oldest, with what every record has. */
static struct track_event *
track_events_open(struct track *track, struct track_events *events, uint32_t number,
                  enum track_event_kind kind)
{
	struct track_event *to = &events->records[events->head & (TRACK_EVENTS_RING - 1)];
	const struct track_entry *e = track_entry(track->table, number);
	uint32_t wide = track_wide_number(e);

	/* The head that tells readers that the old record is gone stands before what follows. */
	__atomic_thread_fence(__ATOMIC_RELEASE);
	to->entry = *e;
	to->side = *flow_table_side(track->table, number);
	to->at_us = track->now_us & TRACK_TIME_MAX;
	to->kind = (uint8_t)kind;
	to->cause = REPORT_END_NONE;
	to->number = number;
	to->packet_bytes = 0;
	if (wide != TRACK_WIDE_NONE)
		to->wide = *track_wide_record(&track->wides, wide);
	return to;
}

static void
track_events_close(struct track_events *events)
{
	__atomic_store_n(&events->head, events->head + 1, __ATOMIC_RELEASE);
}

void
track_events_put_opened(struct track *track, uint32_t number)
{
	struct track_events *events = track->events_ring;

	track_events_open(track, events, number, TRACK_EVENT_OPENED);
	track_events_close(events);
}

void
track_events_put_state(struct track *track, uint32_t number, const struct packet *pk, unsigned dir,
                       int was)
{
	const struct track_entry *e = track_entry(track->table, number);
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

/* One that was replaced has ended already; one that had ended did so for its own reason. */
void
track_events_put_ended(struct track *track, uint32_t number, enum report_end_cause cause)
{
	const struct track_entry *e = track_entry(track->table, number);
	struct track_events *events = track->events_ring;
	struct track_event *to;

	if ((e->flags & TRACK_DETACHED) && cause != REPORT_END_REUSED)
		return;
	to = track_events_open(track, events, number, TRACK_EVENT_ENDED);
	if (track_end_cause(e) != REPORT_END_NONE)
		cause = track_end_cause(e);
	to->cause = (uint8_t)cause;
	track_events_close(events);
}

/* --- control -------------------------------------------------------------------------------- */

/* Every page is touched here, so that the worker does not enter the kernel for it. */
static struct track_events *
track_events_create(void)
{
	struct track_events *events = mem_arena_alloc_lines(sizeof(*events));

	if (events != NULL)
		memset(events, 0, sizeof(*events));
	return events;
}

int
track_events_listen(struct track *track, int on)
{
	if (track->events_ring == NULL && on)
		track->events_ring = track_events_create();
	if (track->events_ring == NULL && on)
		return -ENOMEM;
	__atomic_store_n(&track->events, on ? track->events_ring : NULL, __ATOMIC_RELEASE);
	return 0;
}

uint64_t
track_events_begin(const struct track *track)
{
	return __atomic_load_n(&track->events_ring->head, __ATOMIC_ACQUIRE);
}

/*
 * The slot of record `at` is written over while the head is `at` + TRACK_EVENTS_RING: from then on
 * it cannot be read.
 */
static int
track_events_is_gone(uint64_t head, uint64_t at)
{
	return head - at >= TRACK_EVENTS_RING;
}

/* The oldest that will surely be there is not the oldest, but one that leaves some time. */
static uint64_t
track_events_skip(uint64_t head, uint64_t *next)
{
	uint64_t from = head - TRACK_EVENTS_RING + TRACK_EVENTS_RING / 8;
	uint64_t skipped = from - *next;

	*next = from;
	return skipped;
}

int
track_events_read(const struct track *track, uint64_t *next, struct track_event *event,
                  uint64_t *lost)
{
	const struct track_events *events = track->events_ring;

	for (;;) {
		uint64_t head = __atomic_load_n(&events->head, __ATOMIC_ACQUIRE);

		if (*next == head)
			return 0;
		if (track_events_is_gone(head, *next)) {
			*lost += track_events_skip(head, next);
			continue;
		}
		base_copy_words(event, track_events_slot(events, *next), sizeof(*event));
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		head = __atomic_load_n(&events->head, __ATOMIC_RELAXED);
		if (!track_events_is_gone(head, *next))
			break;
	}
	++*next;
	return 1;
}

void
track_events_free(struct track *track)
{
	mem_arena_free(track->events_ring);
}
