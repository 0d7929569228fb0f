/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where worker and control core meet, and the only place but for the ring of events
 * (track_emit.h).
 *
 * Rows: the control core goes through a worker's slab in order of number, copies each entry
 * through its sequence count (snapshot_copy.h) and makes a report_row of the copy (snapshot_row.h). The
 * worker does not notice. A filter turns flows away by their first line or their entry, before they
 * are copied whole and made rows. Counters: read one by one. Orders: forget a flow, take new
 * settings: one at a time, in a box that the worker looks into between bursts.
 */
#ifndef SNAPSHOT_H
#define SNAPSHOT_H

#include "filter.h"
#include "report_row.h"
#include "report_stats.h"
#include "track.h"

BASE_BEGIN_DECLS

/* What a row's times need: the engine's clock now, and what to add to it to get UTC. */
struct snapshot_clock {
	uint64_t now_us;
	int64_t to_real_us;
};

enum snapshot_what {
	SNAPSHOT_ACTIVE, /* connections that neither end has done with, and UDP flows */
	SNAPSHOT_ALL,    /* and those in TIME_WAIT and CLOSED */
};

/* What is asked for. */
struct snapshot_ask {
	enum snapshot_what what;
	int full; /* rows are struct report_full, else struct report_row */
	/*
	 * NULL: all. Else flows that it surely does not match, with the client as the local end,
	 * are left out; whether one that comes does match is for the caller to see.
	 */
	const struct filter *filter;
};

/*
 * Fills rows[0..max), struct report_row or report_full as asked, from the worker's flows, beginning
 * at number *next, and sets *next to where to go on. Looks at no more than max_examined entries.
 * Returns how many rows; at the end *next is UINT32_MAX. Cost: 15 to 25 ns for a flow that the
 * filter leaves out. Control.
 */
unsigned snapshot_matching(const struct track *track, const struct snapshot_clock *clock,
                           const struct snapshot_ask *ask, uint32_t *next, uint32_t max_examined,
                           void *rows, unsigned max);

/*
 * Adds this worker's counters to stats and fills stats->workers[worker]'s flows and packets.
 * Control.
 */
void snapshot_stats(const struct track *track, struct report_stats *stats);

/* The engine's clock as the worker last published it. Control. */
uint64_t snapshot_now_us(const struct track *track);

/* Is `id` one that this worker gives? Control. */
int snapshot_owns(const struct track *track, uint64_t id);

/*
 * Orders. 0: the order is given and snapshot_answer tells its end; -EAGAIN: one is still
 * open; drop: -ENOENT: no such flow now. Control.
 */
int snapshot_order_drop(struct track *track, uint64_t id);
int snapshot_order_settings(struct track *track, const struct track_settings *settings);

/* -EINPROGRESS until the worker has done it; then its answer, once: 0, or -ENOENT. Control. */
int snapshot_answer(struct track *track);

BASE_END_DECLS

#endif
