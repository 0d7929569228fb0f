/* SPDX-License-Identifier: BSD-3-Clause */
/* Walks over the workers' tables, and orders to them; see query_live.h. */

#include <errno.h>
#include <string.h>

#include "query_live.h"
#include "snapshot_case.h"
#include "snapshot_endpoint.h"

#define LIVE_EXAMINED_MAX 65536 /* entries examined before other queries have their turn */
#define LIVE_SOCKETS_MAX  4096  /* records of sockets, each also searched in other workers' */

/* The place moves on in the worker's table, or to the next worker. */
static void
live_move(struct query_cursor *cursor, uint32_t next)
{
	cursor->words[1] = next;
	if (next == UINT32_MAX) {
		cursor->words[1] = 0;
		cursor->words[0]++;
	}
}

static int
live_flows(void *ctx, struct query_cursor *cursor, const struct snapshot_ask *ask, void *rows,
           unsigned max)
{
	const struct query_live *live = ctx;
	uint32_t next = (uint32_t)cursor->words[1];
	struct snapshot_clock clock;
	struct track *track;
	unsigned n;

	if (cursor->words[0] >= live->rings.n)
		return 0;
	track = live->rings.tracks[cursor->words[0]];
	clock = live->owner.clock(live->owner.ctx, track);
	n = snapshot_matching(track, &clock, ask, &next, LIVE_EXAMINED_MAX, rows, max);
	live_move(cursor, next);
	return n > 0 ? (int)n : -EAGAIN;
}

static int
live_endpoints(void *ctx, struct query_cursor *cursor, bool with_silent, struct report_listen *rows,
               unsigned max)
{
	const struct query_live *live = ctx;
	uint32_t next = (uint32_t)cursor->words[1];
	struct snapshot_endpoint_view view = { live->rings.tracks, live->rings.n,
		                               (unsigned)cursor->words[0], with_silent };
	struct snapshot_clock clock;
	unsigned n;

	if (cursor->words[0] >= live->rings.n)
		return 0;
	clock = live->owner.clock(live->owner.ctx, live->rings.tracks[cursor->words[0]]);
	n = snapshot_endpoint_rows(&view, &clock, &next, LIVE_SOCKETS_MAX, rows, max);
	live_move(cursor, next);
	return n > 0 ? (int)n : -EAGAIN;
}

static int
live_cases(void *ctx, struct query_cursor *cursor, struct report_case *rows, unsigned max)
{
	const struct query_live *live = ctx;
	uint32_t next = (uint32_t)cursor->words[1];
	struct snapshot_clock clock;
	struct track *track;
	unsigned n;

	if (cursor->words[0] >= live->rings.n)
		return 0;
	track = live->rings.tracks[cursor->words[0]];
	clock = live->owner.clock(live->owner.ctx, track);
	n = snapshot_case_rows(track, &clock, &next, rows, max);
	live_move(cursor, next);
	return n > 0 ? (int)n : -EAGAIN;
}

static void
live_stats(void *ctx, struct report_stats *stats)
{
	const struct query_live *live = ctx;

	stats->n_workers = live->rings.n;
	for (unsigned i = 0; i < live->rings.n; i++)
		snapshot_stats(live->rings.tracks[i], stats);
	stats->events_lost = live->rings.lost;
	live->owner.stats(live->owner.ctx, stats);
}

static unsigned
live_home(void *ctx, struct report_net *nets, unsigned max)
{
	const struct query_live *live = ctx;

	return live->owner.home(live->owner.ctx, nets, max);
}

static void
live_clock(void *ctx, struct snapshot_clock *clock)
{
	const struct query_live *live = ctx;

	*clock = live->owner.clock(live->owner.ctx, live->rings.tracks[0]);
}

/* --- orders --------------------------------------------------------------------------------- */

/* A token is the worker's number; or this and an errno: the answer, collected for its giver. */
#define LIVE_ANSWERED (UINT64_C(1) << 32)

/* The answer in the box of worker i, which is empty then; or -EINPROGRESS. */
static int
live_answer(struct query_live *live, unsigned i)
{
	struct track *track = live->rings.tracks[i];
	int result;

	if (live->owner.polls)
		track_poll(track, 0);
	result = snapshot_answer(track);
	if (result == -EINPROGRESS)
		return result;
	live->tokens[i] = NULL;
	live->abandoned[i] = 0;
	return result;
}

static int
live_drop_done(void *ctx, uint64_t token)
{
	if (token & LIVE_ANSWERED)
		return -(int)(token & ~LIVE_ANSWERED);
	return live_answer(ctx, (unsigned)token);
}

static void
live_abandon(void *ctx, uint64_t token)
{
	struct query_live *live = ctx;

	if (token & LIVE_ANSWERED)
		return;
	live->tokens[token] = NULL;
	live->abandoned[token] = 1;
}

/*
 * Empties the box of worker i if its answer is there, so that it takes orders again. Whoever gave
 * the order finds the answer in its token: it may not ask for long, for its client does not read.
 */
static void
live_collect(struct query_live *live, unsigned i)
{
	uint64_t *token = live->tokens[i];
	int result;

	if (token == NULL && !live->abandoned[i])
		return;
	result = live_answer(live, i);
	if (token != NULL && result != -EINPROGRESS)
		*token = LIVE_ANSWERED | (uint64_t)-result;
}

static int
live_drop(void *ctx, uint64_t id, uint64_t *token)
{
	struct query_live *live = ctx;

	for (unsigned i = 0; i < live->rings.n; i++) {
		struct track *track = live->rings.tracks[i];
		int error;

		if (!snapshot_owns(track, id))
			continue;
		live_collect(live, i);
		error = snapshot_order_drop(track, id);
		if (error != 0)
			return error;
		*token = i;
		live->tokens[i] = token;
		return -EINPROGRESS;
	}
	return -ENOENT;
}

int
query_live_settings(struct query_live *live, unsigned i, const struct track_settings *settings)
{
	int error;

	live_collect(live, i);
	error = snapshot_order_settings(live->rings.tracks[i], settings);
	/* Nobody waits for the answer: the next order collects it. */
	if (error == 0)
		live->abandoned[i] = 1;
	return error;
}

void
query_live_init(struct query_live *live, const struct query_live_owner *owner,
                struct track *const *tracks, unsigned n, struct query_source *source)
{
	assert(n <= QUERY_WORKERS_MAX);
	*live = (struct query_live){
		.owner = *owner,
		.rings = { .n = n, .tracks = tracks, .clock = live_clock },
	};
	*source = (struct query_source){
		.ctx = live,
		.flows = live_flows,
		.endpoints = live_endpoints,
		.cases = live_cases,
		.stats = live_stats,
		.home = live_home,
		.drop = live_drop,
		.drop_done = live_drop_done,
		.abandon = live_abandon,
		.rings = &live->rings,
	};
}
