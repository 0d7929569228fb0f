/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Overview. `events`: what the workers write of connections, filtered and handed to those who
 * listen. A listener has a place in each worker's ring (snapshot_event.h) and a filter of its own;
 * what it asks for next is taken from the rings then and there, in the order of time as far as it
 * is written. The rings are everybody's queue: a client that does not read falls behind by itself
 * and gets the number of events it has missed, whatever the filter.
 *
 * Life. From the question until it is ended from outside, or its limit is reached. A source that
 * reads capture files does so between the questions of its listener, through `step`: then nothing
 * is ever lost, for the worker waits until its ring is empty, and the listener begins with the
 * first event of all.
 *
 * Who writes and who reads. Control thread only; the rings say the rest.
 *
 * Cost. Memory: some 13 KB a listener, and 264 bytes for each worker.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "filter.h"
#include "mem_arena.h"
#include "query_kinds.h"
#include "report_event.h"
#include "snapshot_event.h"

#define EVENT_TURN  8192 /* events examined before others have their turn: a few milliseconds */
#define EVENT_STEPS 128  /* of an engine that is moved on here, the same */

/* A listener's place with one worker, and the event there, taken out already. */
struct event_place {
	uint64_t next;
	int has;
	struct track_event event;
};

struct query_event {
	struct query query;
	void *ctx; /* the source's */
	struct query_rings *rings;
	uint64_t limit, given; /* limit 0: none */
	uint64_t lost;         /* not reported yet */
	int over;              /* nothing will come any more */
	struct filter filter;
	unsigned n_places;
	struct event_place places[]; /* one a worker */
};

/* --- life ----------------------------------------------------------------------------------- */

/* The first listener turns the workers' rings on, the last one off. */
static int
event_count(struct query_rings *rings, int by)
{
	int on = rings->listeners + (unsigned)by > 0, error = 0;

	for (unsigned i = 0; i < rings->n && !error; i++)
		error = snapshot_event_listen(rings->tracks[i], on);
	if (error == 0)
		rings->listeners += (unsigned)by;
	return error;
}

static int
event_begin(struct query_event *query)
{
	const struct query_rings *rings = query->rings;
	int error = event_count(query->rings, 1);

	if (error != 0)
		return error;
	for (unsigned i = 0; i < query->n_places; i++) {
		query->places[i].next = rings->step ? 0 : snapshot_event_begin(rings->tracks[i]);
		query->places[i].has = 0;
	}
	return 0;
}

/* 0 or -errno, and `text`. */
static int
event_read(struct query_event *query, const struct report_labels *labels,
           const struct query_request *request, char *text)
{
	struct filter_error error;

	if (filter_compile(&query->filter, request->filter, labels, &error) != 0)
		return query_refuse(text, "the filter, ", error.text);
	return event_begin(query);
}

static struct query *
event_open(const struct query_source *source, struct query_pool *pool BASE_UNUSED,
           const struct query_request *request, int *error, char *text)
{
	unsigned n = source->rings ? source->rings->n : 0;
	struct query_event *query = mem_arena_alloc(sizeof(*query) + n * sizeof(query->places[0]));

	*error = -ENOMEM;
	if (query == NULL)
		return NULL;
	memset(query, 0, offsetof(struct query_event, filter));
	query->ctx = source->ctx;
	query->rings = source->rings;
	query->limit = request->limit;
	query->n_places = n;
	query->query.endless = n > 0 && source->rings->step == NULL;
	*error = n > 0 ? event_read(query, source->labels, request, text) : -ENOTSUP;
	if (*error == 0)
		return &query->query;
	mem_arena_free(query);
	return NULL;
}

static void
event_close(struct query *base)
{
	struct query_event *query = (struct query_event *)base;

	event_count(query->rings, -1);
	mem_arena_free(query);
}

/* --- from the rings -------------------------------------------------------------------------- */

static int
event_read_place(struct query_event *query, unsigned i)
{
	struct event_place *place = &query->places[i];
	uint64_t before = query->lost;
	int has =
	    snapshot_event_read(query->rings->tracks[i], &place->next, &place->event, &query->lost);

	query->rings->lost += query->lost - before;
	return has;
}

/* The place whose event is the oldest; NULL when there is no event now. */
static struct event_place *
event_oldest(struct query_event *query)
{
	struct event_place *oldest = NULL;

	for (unsigned i = 0; i < query->n_places; i++) {
		struct event_place *place = &query->places[i];

		if (!place->has)
			place->has = event_read_place(query, i);
		if (place->has &&
		    (oldest == NULL || place->event.about.at_us < oldest->event.about.at_us))
			oldest = place;
	}
	return oldest;
}

static bool
event_matches(const struct query_event *query, const struct report_full *full)
{
	const struct filter_subject subject = {
		.row = &full->row,
		.full = full,
		.local = FILTER_LOCAL_CLIENT,
		.parts = FILTER_PARTS_ALL,
		.paths = query->query.source->paths,
	};

	return filter_match(&query->filter, &subject) == 1;
}

static void
event_was(struct report_event *to, const struct track_event *from)
{
	unsigned client = from->entry.flags & ENTRY_CLIENT_B;

	to->was_client = from->about.was[client];
	to->was_server = from->about.was[!client];
	if (to->was_client == to->row.client.state)
		to->was_client = REPORT_EVENT_SAME;
	if (to->was_server == to->row.server.state)
		to->was_server = REPORT_EVENT_SAME;
}

/* Takes the event out of its place. 1: it is in *to; 0: it is not for this listener. */
static int
event_take(struct query_event *query, struct event_place *place, struct report_event *to)
{
	static const uint8_t kinds[] = {
		[TRACK_EVENT_OPENED] = REPORT_EVENT_OPENED,
		[TRACK_EVENT_STATE] = REPORT_EVENT_STATE,
		[TRACK_EVENT_ENDED] = REPORT_EVENT_ENDED,
	};
	const struct track *track = query->rings->tracks[place - query->places];
	struct snapshot_clock clock;
	struct report_full full;

	place->has = 0;
	query->rings->clock(query->ctx, &clock);
	snapshot_event_row(track, &clock, &place->event, &full);
	if (!event_matches(query, &full))
		return 0;
	to->row = full.row;
	to->time_us = snapshot_real_us(&clock, place->event.about.at_us);
	to->kind = kinds[place->event.about.kind];
	if (to->kind == REPORT_EVENT_STATE)
		event_was(to, &place->event);
	return 1;
}

/* What was missed comes before the event that follows the gap. */
static int
event_say_lost(struct query_event *query, const struct event_place *place, struct report_event *to)
{
	struct snapshot_clock clock;

	if (query->lost == 0)
		return 0;
	query->rings->clock(query->ctx, &clock);
	to->kind = REPORT_EVENT_LOST;
	to->lost = query->lost;
	to->time_us = snapshot_real_us(&clock, place->event.about.at_us);
	query->lost = 0;
	return 1;
}

static bool
event_is_limit(const struct query_event *query)
{
	return query->limit != 0 && query->given == query->limit;
}

/* Returns how many; *idle when the rings are empty. */
static unsigned
event_gather(struct query_event *query, struct report_event *rows, unsigned max, int *idle)
{
	struct event_place *place;
	unsigned n = 0;

	for (unsigned examined = 0; examined < EVENT_TURN && n < max; examined++) {
		if (event_is_limit(query))
			break;
		place = event_oldest(query);
		*idle = place == NULL;
		if (*idle)
			break;
		if (event_say_lost(query, place, &rows[n])) {
			n++;
		} else if (event_take(query, place, &rows[n])) {
			query->given++;
			n++;
		}
	}
	return n;
}

/* Moves the engine on where nobody else does. 0: nothing will come, now or at all. */
static int
event_step(struct query_event *query)
{
	const struct query_rings *rings = query->rings;

	if (rings->step == NULL || query->over)
		return 0;
	query->over = !rings->step(rings->step_ctx);
	return !query->over;
}

static int
event_rows(struct query *base, void *to, unsigned max)
{
	struct query_event *query = (struct query_event *)base;
	struct report_event *rows = to;
	unsigned n = 0;
	int idle = 0;

	for (unsigned i = 0; i < EVENT_STEPS; i++) {
		n += event_gather(query, rows + n, max - n, &idle);
		if (!idle || !event_step(query))
			break;
	}
	if (n > 0)
		return (int)n;
	if (event_is_limit(query) || (idle && query->over))
		return 0;
	return idle && query->rings->step == NULL ? -EINPROGRESS : -EAGAIN;
}

const struct query_ops query_events = { event_open, event_rows, event_close };
