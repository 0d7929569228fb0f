/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where the time of a burst goes, by stage: for who measures the pipeline while it runs.
 *
 * Unless a benchmark has set struct track's `profile` this costs a test for each stage and burst.
 * The stages of two bursts lie between each other (track_burst.c). So the cycles of a stage are the
 * time that passed, waiting for memory included, and those of all stages add up to what the burst
 * took. Cycles are those of base_cpu_cycles. Worker.
 */
#ifndef TRACK_PROFILE_H
#define TRACK_PROFILE_H

#include "base_cpu.h"

enum track_stage {
	TRACK_STAGE_KEY,    /* keys made */
	TRACK_STAGE_HASH,   /* and hashed */
	TRACK_STAGE_BUCKET, /* buckets fetched, fingerprints made */
	TRACK_STAGE_ENTRY,  /* tags compared, entries fetched, in all buckets that were searched */
	TRACK_STAGE_MOVE,   /* found, moved or opened, counted */
	TRACK_N_STAGES
};

struct track_profile {
	uint64_t cycles[TRACK_N_STAGES]; /* added to */
	uint64_t begun;                  /* of the stage that runs */
};

BASE_INLINE void
track_profile_begin(struct track_profile *profile)
{
	if (profile != NULL)
		profile->begun = base_cpu_cycles();
}

/* Ends a stage and begins the next one. */
BASE_INLINE void
track_profile_end(struct track_profile *profile, enum track_stage stage)
{
	uint64_t now;

	if (profile == NULL)
		return;
	now = base_cpu_cycles();
	profile->cycles[stage] += now - profile->begun;
	profile->begun = now;
}

#endif
