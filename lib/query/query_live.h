/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The tables of workers as a source: what a mirror fills now, or what a capture file has filled.
 *
 * A walk goes through the workers one after the other; its cursor is (worker, entry number). Orders
 * go to the worker that owns the flow. Control thread only; no worker waits (snapshot.h).
 */
#ifndef QUERY_LIVE_H
#define QUERY_LIVE_H

#include "query_source.h"

BASE_BEGIN_DECLS

#define QUERY_WORKERS_MAX 64

/* What the owner of the workers adds. Both are called on the control thread. */
struct query_live_owner {
	void *ctx;
	/* The clock of this worker's times. */
	struct snapshot_clock (*clock)(void *ctx, const struct track *track);
	/* Ports, lcores, memory: what no engine knows. After the engines' own counters. */
	void (*stats)(void *ctx, struct report_stats *stats);
	unsigned (*home)(void *ctx, struct report_net *nets, unsigned max);
	/* The workers run on this thread: to ask whether an order is done carries it out. */
	bool polls;
};

struct query_live {
	struct query_live_owner owner;
	struct query_rings rings;
	uint8_t abandoned[QUERY_WORKERS_MAX]; /* 1: nobody waits for the answer in its box */
	uint64_t *tokens[QUERY_WORKERS_MAX];  /* its giver's, of the order there; NULL: nobody's */
};

/* Makes *source one of these engines, which are borrowed, as `live` is. */
void query_live_init(struct query_live *live, const struct query_live_owner *owner,
                     struct track *const *tracks, unsigned n, struct query_source *source);

/* Worker i takes new settings. 0; -EAGAIN: its box is not free yet. */
int query_live_settings(struct query_live *live, unsigned i, const struct track_settings *settings);

BASE_END_DECLS

#endif
