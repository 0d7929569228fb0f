/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The engine's calls as tests like them: a burst that has moved everything when it returns, and rows
 * without a filter.
 */
#ifndef SUPPORT_CALLS_H
#define SUPPORT_CALLS_H

#include <algorithm>

#include "snapshot.h"
#include "track.h"

namespace support
{

/*
 * Moves the engine by packets of the caller's, at most PACKET_BURST_MAX; their verdicts afterwards
 * are what they were counted as.
 */
inline void
burst(struct track *track, packet *packets, unsigned n)
{
	packet *inlet;

	track_flush(track);
	inlet = track_inlet(track);
	std::copy(packets, packets + n, inlet);
	track_push(track, n);
	track_flush(track);
	std::copy(inlet, inlet + n, packets);
}

/* As snapshot_matching; all flows of `what`. */
inline unsigned
snapshot_rows(const struct track *track, const snapshot_clock *clock, snapshot_what what, uint32_t *next,
              uint32_t max_examined, report_row *rows, unsigned max)
{
	snapshot_ask ask = {};

	ask.what = what;
	return snapshot_matching(track, clock, &ask, next, max_examined, rows, max);
}

/* The same with everything that is known of them. */
inline unsigned
snapshot_full(const struct track *track, const snapshot_clock *clock, snapshot_what what, uint32_t *next,
              uint32_t max_examined, report_full *rows, unsigned max)
{
	snapshot_ask ask = {};

	ask.what = what;
	ask.full = 1;
	return snapshot_matching(track, clock, &ask, next, max_examined, rows, max);
}

} // namespace support

#endif
