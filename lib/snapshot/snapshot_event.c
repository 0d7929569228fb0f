/* SPDX-License-Identifier: BSD-3-Clause */
/* The ring of events, as listeners read it; see snapshot_event.h. */

#include <errno.h>
#include <string.h>

#include "mem_arena.h"
#include "snapshot.h"
#include "snapshot_event.h"
#include "snapshot_row.h"
#include "track_emit.h"
#include "track_state.h"

static_assert((TRACK_EVENTS_RING & (TRACK_EVENTS_RING - 1)) == 0, "a power of two");

static const struct track_event *
snapshot_event_slot(const struct track_events *events, uint64_t at)
{
	return &events->records[at & (TRACK_EVENTS_RING - 1)];
}

/* Touches every page here, so that the worker does not enter the kernel for it. */
static struct track_events *
snapshot_event_create(void)
{
	struct track_events *events = mem_arena_alloc_lines(sizeof(*events));

	if (events != NULL)
		memset(events, 0, sizeof(*events));
	return events;
}

int
snapshot_event_listen(struct track *track, int on)
{
	if (track->events_ring == NULL && on)
		track->events_ring = snapshot_event_create();
	if (track->events_ring == NULL && on)
		return -ENOMEM;
	__atomic_store_n(&track->events, on ? track->events_ring : NULL, __ATOMIC_RELEASE);
	return 0;
}

uint64_t
snapshot_event_begin(const struct track *track)
{
	return __atomic_load_n(&track->events_ring->head, __ATOMIC_ACQUIRE);
}

/*
 * Is record `at` gone? Its slot is written over while the head is `at` + TRACK_EVENTS_RING: from
 * then on it cannot be read.
 */
static bool
snapshot_event_is_gone(uint64_t head, uint64_t at)
{
	return head - at >= TRACK_EVENTS_RING;
}

/*
 * Skips to a record that will surely be there: not the oldest one, but one that leaves some time.
 */
static uint64_t
snapshot_event_skip(uint64_t head, uint64_t *next)
{
	uint64_t from = head - TRACK_EVENTS_RING + TRACK_EVENTS_RING / 8;
	uint64_t skipped = from - *next;

	*next = from;
	return skipped;
}

bool
snapshot_event_read(const struct track *track, uint64_t *next, struct track_event *event,
                    uint64_t *lost)
{
	const struct track_events *events = track->events_ring;

	for (;;) {
		uint64_t head = __atomic_load_n(&events->head, __ATOMIC_ACQUIRE);

		if (*next == head)
			return false;
		if (snapshot_event_is_gone(head, *next)) {
			*lost += snapshot_event_skip(head, next);
			continue;
		}
		base_copy_words(event, snapshot_event_slot(events, *next), sizeof(*event));
		head = base_load_u64(&events->head);
		if (!snapshot_event_is_gone(head, *next))
			break;
	}
	++*next;
	return true;
}

/* Adds the packet that moved a flow: the flow counts it after its event is written. */
static void
snapshot_event_packet(const struct track_event *event, struct report_row *row)
{
	bool by_client = event->about.dir == entry_client(&event->entry);
	struct report_end *end = by_client ? &row->client : &row->server;

	end->packets++;
	end->bytes += event->about.packet_bytes;
	if (row->client.packets != 0 && row->server.packets != 0)
		row->flags &= (uint8_t)~REPORT_ONEWAY;
	row->last_us += row->idle_us;
	row->idle_us = 0;
}

void
snapshot_event_row(const struct track *track, const struct snapshot_clock *clock,
                   const struct track_event *event, struct report_full *full)
{
	const struct snapshot_clock then = { event->about.at_us, clock->to_real_us,
		                             clock->timeline };
	struct snapshot_copy copy = { .entry = event->entry,
		                      .cold = event->cold,
		                      .upper = event->upper,
		                      .trouble = { event->trouble[0], event->trouble[1] } };

	snapshot_copy_path(&track->domains, &copy);
	if (domain_path_serial(&track->domains, entry_cold_path(&copy.cold)) !=
	    event->about.path_serial) {
		copy.vlan = PACKET_NO_VLAN;
		copy.n_tunnels = copy.n_back = 0;
	}
	snapshot_row_full(track, &then, event->about.number, &copy, full);
	if (event->about.kind == TRACK_EVENT_STATE)
		snapshot_event_packet(event, &full->row);
	if (event->about.kind == TRACK_EVENT_ENDED)
		full->row.end_cause = event->about.cause;
}
