/* SPDX-License-Identifier: BSD-3-Clause */
/* Counts added up; see snapshot_metrics.h. */

#include "snapshot_metrics.h"
#include "track_state.h"

static void
metrics_add(uint64_t *to, const uint64_t *from, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		to[i] += base_load_u64(&from[i]);
}

static void
metrics_add_times(struct report_times to[2], const struct report_times from[2])
{
	for (unsigned end = 0; end < 2; end++) {
		metrics_add(to[end].count, from[end].count, BASE_COUNT_OF(to[end].count));
		metrics_add(&to[end].sum_us, &from[end].sum_us, 1);
	}
}

void
snapshot_metrics(const struct track *track, struct report_metrics *metrics)
{
	metrics_add(metrics->outcomes, track->counters.outcomes, REPORT_OUTCOMES);
	metrics_add(metrics->ended, track->counters.ended, REPORT_END_CAUSES);
	metrics_add_times(metrics->handshake, track->rtt.handshake);
	metrics_add_times(metrics->round_trip, track->rtt.round_trip);
}
