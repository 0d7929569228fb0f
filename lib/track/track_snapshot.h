/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where worker and control core meet, and the only place but for the ring of events
 * (track_events.h).
 *
 * Rows: the control core goes through a worker's slab in order of number, copies each entry
 * through its sequence count (track_copy.h) and makes a report_row of the copy (track_row.h). The
 * worker does not notice. A filter turns flows away by their first line or their entry, before they
 * are copied whole and made rows. Counters: read one by one. Orders: forget a flow, take new
 * settings: one at a time, in a box that the worker looks into between bursts.
 */
#ifndef TRACK_SNAPSHOT_H
#define TRACK_SNAPSHOT_H

#include "filter.h"
#include "report_row.h"
#include "report_stats.h"
#include "track.h"

BASE_BEGIN_DECLS

struct track_event;

/* What a row's times need: the engine's clock now, and what to add to it to get UTC. */
struct track_snapshot_clock {
	uint64_t now_us;
	int64_t to_real_us;
};

enum track_snapshot_what {
	TRACK_SNAPSHOT_ACTIVE, /* connections that neither end has done with, and UDP flows */
	TRACK_SNAPSHOT_ALL,    /* and those in TIME_WAIT and CLOSED */
};

enum track_order_kind { TRACK_ORDER_DROP, TRACK_ORDER_SETTINGS };

/* What is asked for. */
struct track_snapshot_ask {
	enum track_snapshot_what what;
	int full; /* rows are struct report_full, else struct report_row */
	/*
	 * NULL: all. Else flows that it surely does not match, with the client as the local end,
	 * are left out; whether one that comes does match is for the caller to see.
	 */
	const struct filter *filter;
};

/*
 * Fills rows[0..max) from the worker's flows, beginning at number *next, and sets *next to where to
 * go on. Looks at no more than max_looks entries. Returns how many rows; at the end *next is
 * UINT32_MAX. Control.
 */
unsigned track_snapshot_rows(const struct track *track, const struct track_snapshot_clock *clock,
                             enum track_snapshot_what what, uint32_t *next, uint32_t max_looks,
                             struct report_row *rows, unsigned max);

/* The same with everything that is known of them. Control. */
unsigned track_snapshot_full(const struct track *track, const struct track_snapshot_clock *clock,
                             enum track_snapshot_what what, uint32_t *next, uint32_t max_looks,
                             struct report_full *rows, unsigned max);

/* Both, with a filter. Cost: 15 to 25 ns for a flow that is left out. Control. */
unsigned
track_snapshot_matching(const struct track *track, const struct track_snapshot_clock *clock,
                        const struct track_snapshot_ask *ask, uint32_t *next, uint32_t max_looks,
                        void *rows, unsigned max);

/* What was known of a flow when an event of this worker was written. Any. */
void track_snapshot_event(const struct track *track, int64_t to_real_us,
                          const struct track_event *event, struct report_full *full);

/*
 * Adds this worker's counters to stats and fills stats->workers[worker]'s flows and packets.
 * Control.
 */
void track_snapshot_stats(const struct track *track, struct report_stats *stats);

/* The engine's clock as the worker last published it. Control. */
uint64_t track_snapshot_now_us(const struct track *track);

/* Is `id` one that this worker gives? Control. */
int track_snapshot_owns(const struct track *track, uint64_t id);

/*
 * Orders. 0: the order is given and track_snapshot_answer tells its end; -EAGAIN: one is still
 * open; drop: -ENOENT: no such flow now. Control.
 */
int track_snapshot_order_drop(struct track *track, uint64_t id);
int track_snapshot_order_settings(struct track *track, const struct track_settings *settings);

/* -EINPROGRESS until the worker has done it; then its answer, once: 0, or -ENOENT. Control. */
int track_snapshot_answer(struct track *track);

BASE_END_DECLS

#endif
