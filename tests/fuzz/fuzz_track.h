/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The parts of the target fuzz_track: a small engine that is emptied between two inputs, and what
 * must hold of it at any time (fuzz_track_check.c). The program of an input is fuzz_track.c's.
 */
#ifndef FUZZ_TRACK_H
#define FUZZ_TRACK_H

#include "fuzz_data.h"
#include "track_state.h"

#define FUZZ_TRACK_FLOWS FLOW_CAPACITY_MIN /* few, so that they give way to one another */

/* An engine with few flows and few sockets. Its secrets are known: an input does the same twice. */
struct track *fuzz_track_create(void);

/* Makes it what fuzz_track_create has returned, at the cost of what was used of it. */
void fuzz_track_empty(struct track *track);

/* Remembers what a burst, taken in but not moved yet, will write into the memory of copies. */
void fuzz_track_touch(const struct track *track);

/*
 * After track_flush: `pushed` packets have gone in since it was empty, and its counters were
 * *before at the last check, which has them now; all zero at first.
 */
void fuzz_track_check(const struct track *track, uint64_t pushed, struct track_counters *before);

/* After fuzz_track_check: that flows come to an end when their time is over. */
void fuzz_track_check_quiet(struct track *track, struct track_counters *before);

#endif
