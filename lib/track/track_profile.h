/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where the time of a burst goes, by stage: for whoever measures the pipeline while it runs.
 *
 * Nobody does unless a benchmark has set struct track's `laps`: a test a stage and burst. The stages of two bursts
 * lie between each other (track_burst.c), so a lap is the time that passed, waiting for memory
 * included, and the laps of a burst add up to what it took. Cycles are those of the time stamp
 * counter. Worker.
 */
#ifndef TRACK_PROFILE_H
#define TRACK_PROFILE_H

#include "base_compiler.h"

enum track_part {
	TRACK_PART_KEY,    /* keys made */
	TRACK_PART_HASH,   /* and hashed */
	TRACK_PART_BUCKET, /* buckets fetched, marks made */
	TRACK_PART_ENTRY, /* tags compared, entries fetched, in all buckets that were looked into */
	TRACK_PART_MOVE,  /* found, moved or opened, counted */
	TRACK_N_PARTS
};

struct track_profile {
	uint64_t cycles[TRACK_N_PARTS]; /* added to */
	uint64_t begun;                 /* of the lap that runs */
};

BASE_INLINE void
track_profile_begin(struct track_profile *laps)
{
	if (laps != NULL)
		laps->begun = __builtin_ia32_rdtsc();
}

/* Ends a lap and begins the next. */
BASE_INLINE void
track_profile_end(struct track_profile *laps, enum track_part lap)
{
	uint64_t now;

	if (laps == NULL)
		return;
	now = __builtin_ia32_rdtsc();
	laps->cycles[lap] += now - laps->begun;
	laps->begun = now;
}

#endif
