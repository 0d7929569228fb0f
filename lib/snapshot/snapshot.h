/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where worker and control core meet. The ring of events (track_emit.h) is the only other place.
 *
 * Overview. Rows: the control core walks through a worker's slab in order of number, copies each
 * entry through its sequence count (snapshot_copy.h) and makes a report_row of the copy
 * (snapshot_row.h). A filter rejects flows by the head of their entry or by the entry, before they
 * are copied whole and made rows. Counters: they are read one by one. Orders: to forget a flow, or
 * to take new settings. The control core puts one at a time into a box, and the worker reads the
 * box between bursts.
 *
 * Life. Rows need nothing between two calls. An order stays in the box until snapshot_answer has
 * returned its answer.
 *
 * Who writes and who reads. The control core reads, and writes only the order box. The worker does
 * not notice.
 *
 * Cost. 15 to 25 ns for a flow that is left out, some 35 ns for a row.
 */
#ifndef SNAPSHOT_H
#define SNAPSHOT_H

#include "base_timeline.h"
#include "filter.h"
#include "report_row.h"
#include "report_stats.h"
#include "track.h"

BASE_BEGIN_DECLS

/* What the times of a row need: the engine's clock now, and what to add to it for UTC. */
struct snapshot_clock {
	uint64_t now_us;
	int64_t to_real_us;
	const struct base_timeline *timeline; /* of captures; NULL: to_real_us is what to add */
};

/* UTC of a moment on the engine's clock. Any. */
BASE_INLINE uint64_t
snapshot_real_us(const struct snapshot_clock *clock, uint64_t us)
{
	if (clock->timeline != NULL)
		return base_timeline_real(clock->timeline, us);
	return us + (uint64_t)clock->to_real_us;
}

/*
 * How long ago a moment on the engine's clock was. A capture may have been silent for longer than
 * that clock shows, and its times may have gone back. Any.
 */
BASE_INLINE uint64_t
snapshot_age_us(const struct snapshot_clock *clock, uint64_t us)
{
	uint64_t age = clock->now_us > us ? clock->now_us - us : 0, now, then;

	if (clock->timeline == NULL)
		return age;
	now = base_timeline_real(clock->timeline, clock->now_us);
	then = base_timeline_real(clock->timeline, us);
	return now > then && now - then > age ? now - then : age;
}

enum snapshot_what {
	SNAPSHOT_ACTIVE, /* connections with which neither end is done, and UDP flows */
	SNAPSHOT_ALL,    /* and those in TIME_WAIT and CLOSED */
};

/* What is asked for. */
struct snapshot_ask {
	enum snapshot_what what;
	int full; /* rows are struct report_full, else struct report_row */
	/*
	 * NULL: all flows. Else flows that surely do not match, with the client as the local end,
	 * are left out. Whether a flow that comes does match is for the caller to see.
	 */
	const struct filter *filter;
};

/*
 * Fills rows[0..max), struct report_row or report_full as asked, from the worker's flows, beginning
 * at number *next, and sets *next to where to go on. Examines no more than max_examined entries.
 * Returns how many rows; at the end *next is UINT32_MAX. Cost: 15 to 25 ns for a flow that the
 * filter leaves out. Control.
 */
unsigned snapshot_matching(const struct track *track, const struct snapshot_clock *clock,
                           const struct snapshot_ask *ask, uint32_t *next, uint32_t max_examined,
                           void *rows, unsigned max);

/*
 * Adds this worker's counters to stats, and fills the flows and packets of stats->workers[worker].
 * Control.
 */
void snapshot_stats(const struct track *track, struct report_stats *stats);

/* The engine's clock as the worker last published it. Control. */
uint64_t snapshot_now_us(const struct track *track);

/* Is `id` an ID that this worker gives? Control. */
bool snapshot_owns(const struct track *track, uint64_t id);

/*
 * Orders. 0: the order is given, and snapshot_answer returns its outcome. -EAGAIN: one is still
 * open. Drop also: -ENOENT: there is no such flow now. Control.
 */
int snapshot_order_drop(struct track *track, uint64_t id);
int snapshot_order_settings(struct track *track, const struct track_settings *settings);

/* -EINPROGRESS until the worker has done it; then its answer, once: 0 or -ENOENT. Control. */
int snapshot_answer(struct track *track);

BASE_END_DECLS

#endif
