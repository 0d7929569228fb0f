/* SPDX-License-Identifier: BSD-3-Clause */
/* Listeners of events; see events.h. */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base_clock.h"
#include "events.h"
#include "filter.h"
#include "mem_arena.h"
#include "snapshot.h"
#include "snapshot_event.h"
#include "track_emit.h"

#define EVENTS_TURN  8192 /* events looked at before others have their turn: a few milliseconds */
#define EVENTS_STEPS 128  /* of a private daemon's engine, the same */

/* A listener's place with one worker, and the event there, taken out already. */
struct events_place {
	uint64_t next;
	int has;
	struct track_event event;
};

struct events_listener {
	struct events *events;
	uint64_t limit, given; /* limit 0: none */
	uint64_t lost;         /* not told yet */
	int over;              /* nothing will come any more */
	struct filter filter;
	unsigned n_places;
	struct events_place places[]; /* one a worker */
};

/* --- life ----------------------------------------------------------------------------------- */

/* The first listener turns the workers' rings on, the last one off. */
static int
events_count(struct events *events, int by)
{
	int on = events->listeners + (unsigned)by > 0, error = 0;

	for (unsigned i = 0; i < events->engine->n_workers && !error; i++)
		error = snapshot_event_listen(events->engine->tracks[i], on);
	if (error == 0)
		events->listeners += (unsigned)by;
	return error;
}

static int
events_begin(struct events_listener *listener)
{
	const struct engine *engine = listener->events->engine;
	int error = events_count(listener->events, 1);

	if (error != 0)
		return error;
	for (unsigned i = 0; i < listener->n_places; i++) {
		listener->places[i].next =
		    listener->events->step ? 0 : snapshot_event_begin(engine->tracks[i]);
		listener->places[i].has = 0;
	}
	return 0;
}

struct events_listener *
events_open(struct events *events, const struct ctl_ask *ask, int *error, char *text)
{
	unsigned n = events->engine->n_workers;
	struct events_listener *listener =
	    mem_arena_alloc(sizeof(*listener) + n * sizeof(listener->places[0]));
	struct filter_error wrong;

	*error = -ENOMEM;
	if (listener == NULL)
		return NULL;
	memset(listener, 0, offsetof(struct events_listener, filter));
	listener->events = events;
	listener->limit = ask->limit;
	listener->n_places = n;
	if (filter_compile(&listener->filter, ask->filter, events->labels, &wrong) != 0) {
		snprintf(text, CTL_TEXT_MAX, "the filter, %s", wrong.text);
		*error = -EINVAL;
	} else {
		*error = events_begin(listener);
	}
	if (*error == 0)
		return listener;
	mem_arena_free(listener);
	return NULL;
}

void
events_close(struct events_listener *listener)
{
	if (listener == NULL)
		return;
	events_count(listener->events, -1);
	mem_arena_free(listener);
}

/* --- from the rings -------------------------------------------------------------------------- */

/* The place whose event is the oldest; NULL when there is no event now. */
static struct events_place *
events_oldest(struct events_listener *listener)
{
	struct engine *engine = listener->events->engine;
	struct events_place *oldest = NULL;

	for (unsigned i = 0; i < listener->n_places; i++) {
		struct events_place *place = &listener->places[i];

		if (!place->has)
			place->has = snapshot_event_read(engine->tracks[i], &place->next,
			                                 &place->event, &listener->lost);
		if (place->has && (oldest == NULL || place->event.at_us < oldest->event.at_us))
			oldest = place;
	}
	return oldest;
}

static int
events_matches(const struct events_listener *listener, const struct report_full *full)
{
	const struct filter_subject subject = {
		.row = &full->row,
		.full = full,
		.local = FILTER_LOCAL_CLIENT,
		.parts = FILTER_PARTS_ALL,
	};

	return filter_match(&listener->filter, &subject) == 1;
}

static void
events_was(struct report_event *to, const struct track_event *from)
{
	unsigned client = from->entry.flags & ENTRY_CLIENT_B;

	to->was_client = from->was[client];
	to->was_server = from->was[!client];
	if (to->was_client == to->row.client.state)
		to->was_client = REPORT_EVENT_SAME;
	if (to->was_server == to->row.server.state)
		to->was_server = REPORT_EVENT_SAME;
}

/* Takes the event out of its place. 1: it is in *to; 0: it is not for this listener. */
static int
events_take(struct events_listener *listener, struct events_place *place, struct report_event *to)
{
	static const uint8_t kinds[] = {
		[TRACK_EVENT_OPENED] = REPORT_EVENT_OPENED,
		[TRACK_EVENT_STATE] = REPORT_EVENT_STATE,
		[TRACK_EVENT_ENDED] = REPORT_EVENT_ENDED,
	};
	const struct engine *engine = listener->events->engine;
	const struct track *track = engine->tracks[place - listener->places];
	int64_t to_real_us = engine_to_real_us(engine);
	struct report_full full;

	place->has = 0;
	snapshot_event_row(track, to_real_us, &place->event, &full);
	if (!events_matches(listener, &full))
		return 0;
	to->row = full.row;
	to->time_us = place->event.at_us + (uint64_t)to_real_us;
	to->kind = kinds[place->event.kind];
	if (to->kind == REPORT_EVENT_STATE)
		events_was(to, &place->event);
	return 1;
}

/* What was missed comes before the event that follows the gap. */
static int
events_tell_lost(struct events_listener *listener, const struct events_place *place,
                 struct report_event *to)
{
	if (listener->lost == 0)
		return 0;
	to->kind = REPORT_EVENT_LOST;
	to->lost = listener->lost;
	to->time_us = place->event.at_us + (uint64_t)engine_to_real_us(listener->events->engine);
	listener->lost = 0;
	return 1;
}

static int
events_is_limit(const struct events_listener *listener)
{
	return listener->limit != 0 && listener->given == listener->limit;
}

/* Returns how many; *idle when the rings are empty. */
static unsigned
events_gather(struct events_listener *listener, struct report_event *rows, unsigned max, int *idle)
{
	struct events_place *place;
	unsigned n = 0;

	for (unsigned looked = 0; looked < EVENTS_TURN && n < max; looked++) {
		if (events_is_limit(listener))
			break;
		place = events_oldest(listener);
		*idle = place == NULL;
		if (*idle)
			break;
		if (events_tell_lost(listener, place, &rows[n])) {
			n++;
		} else if (events_take(listener, place, &rows[n])) {
			listener->given++;
			n++;
		}
	}
	return n;
}

/* Moves the engine on where nobody else does. 0: nothing will come, now or at all. */
static int
events_step(struct events_listener *listener)
{
	const struct events *events = listener->events;

	if (events->step == NULL || listener->over)
		return 0;
	listener->over = !events->step(events->step_ctx);
	return !listener->over;
}

int
events_rows(struct events_listener *listener, struct report_event *rows, unsigned max)
{
	unsigned n = 0;
	int idle = 0;

	for (unsigned i = 0; i < EVENTS_STEPS; i++) {
		n += events_gather(listener, rows + n, max - n, &idle);
		if (!idle || !events_step(listener))
			break;
	}
	if (n > 0)
		return (int)n;
	if (events_is_limit(listener) || (idle && listener->over))
		return 0;
	return idle && listener->events->step == NULL ? -EINPROGRESS : -EAGAIN;
}
