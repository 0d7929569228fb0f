/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a worker counts for metrics alone: openings, ends, times.
 *
 * Beside the counters of `stats` (snapshot.h), and read in the same way: each count is whole by
 * itself. Control thread only; some hundred loads.
 */
#ifndef SNAPSHOT_METRICS_H
#define SNAPSHOT_METRICS_H

#include "report_metrics.h"
#include "track.h"

BASE_BEGIN_DECLS

/* Adds the counts of one worker. */
void snapshot_metrics(const struct track *track, struct report_metrics *metrics);

BASE_END_DECLS

#endif
