/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where the time of a burst goes, by stage: for whoever measures the pipeline while it runs.
 *
 * Nobody does unless track_measure was called: a test a stage and burst. The stages of two bursts
 * lie between each other (track_burst.c), so a lap is the time that passed, waiting for memory
 * included, and the laps of a burst add up to what it took. Cycles are those of the time stamp
 * counter. Worker.
 */
#ifndef TRACK_LAP_H
#define TRACK_LAP_H

#include "base_compiler.h"

enum track_lap {
	TRACK_LAP_KEY,    /* keys made */
	TRACK_LAP_HASH,   /* and hashed */
	TRACK_LAP_BUCKET, /* buckets fetched, marks made */
	TRACK_LAP_ENTRY,  /* tags compared, entries fetched, in all buckets that were looked into */
	TRACK_LAP_MOVE,   /* found, moved or opened, counted */
	TRACK_N_LAPS
};

struct track_laps {
	uint64_t cycles[TRACK_N_LAPS]; /* added to */
	uint64_t begun;                /* of the lap that runs */
};

BASE_INLINE void
track_lap_begin(struct track_laps *laps)
{
	if (laps != NULL)
		laps->begun = __builtin_ia32_rdtsc();
}

/* Ends a lap and begins the next. */
BASE_INLINE void
track_lap_end(struct track_laps *laps, enum track_lap lap)
{
	uint64_t now;

	if (laps == NULL)
		return;
	now = __builtin_ia32_rdtsc();
	laps->cycles[lap] += now - laps->begun;
	laps->begun = now;
}

#endif
