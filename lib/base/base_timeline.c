/* SPDX-License-Identifier: BSD-3-Clause */
/* Pieces added and searched; see base_timeline.h. */

#include "base_timeline.h"

#define TIMELINE_END_US ((UINT64_C(1) << 48) - 1)

/* Up to here all time passes as it is. What is left has room for fifty silences. */
#define TIMELINE_SHORT_US (UINT64_C(1) << 47)

void
base_timeline_begin(struct base_timeline *timeline, uint64_t real_us)
{
	timeline->now_us = BASE_TIMELINE_ZERO_US;
	timeline->pieces[0] = (struct base_timeline_piece){
		.to_real_us = (int64_t)(real_us - BASE_TIMELINE_ZERO_US),
	};
	__atomic_store_n(&timeline->n, 1, __ATOMIC_RELEASE);
}

static struct base_timeline_piece *
timeline_last(struct base_timeline *timeline)
{
	return &timeline->pieces[timeline->n - 1];
}

/* From `us` on, which is after all that was given, it is `real_us`; or it is at the end. */
static uint64_t
timeline_jump(struct base_timeline *timeline, uint64_t us, uint64_t real_us)
{
	struct base_timeline_piece piece;

	us = us < TIMELINE_END_US ? us : TIMELINE_END_US;
	piece = (struct base_timeline_piece){ us, (int64_t)(real_us - us) };
	timeline->now_us = us;
	if (timeline->n == BASE_TIMELINE_MAX) {
		__atomic_store_n(&timeline_last(timeline)->to_real_us, piece.to_real_us,
		                 __ATOMIC_RELAXED);
		return us;
	}
	timeline->pieces[timeline->n] = piece;
	__atomic_store_n(&timeline->n, timeline->n + 1, __ATOMIC_RELEASE);
	return us;
}

uint64_t
base_timeline_take(struct base_timeline *timeline, uint64_t real_us)
{
	uint64_t now_us = timeline->now_us;
	const struct base_timeline_piece *last = timeline_last(timeline);
	int64_t us = (int64_t)real_us - last->to_real_us;

	if (us + (int64_t)BASE_TIMELINE_BACK_US < (int64_t)now_us)
		return timeline_jump(timeline, now_us + 1, real_us);
	if (us <= (int64_t)now_us)
		return us > (int64_t)last->from_us ? (uint64_t)us : last->from_us;
	if (us > (int64_t)TIMELINE_SHORT_US && (uint64_t)us - now_us > BASE_TIMELINE_SILENCE_US)
		return timeline_jump(timeline, now_us + BASE_TIMELINE_SILENCE_US, real_us);
	if (us > (int64_t)TIMELINE_END_US)
		return timeline_jump(timeline, TIMELINE_END_US, real_us);
	timeline->now_us = (uint64_t)us;
	return (uint64_t)us;
}

uint64_t
base_timeline_real(const struct base_timeline *timeline, uint64_t us)
{
	uint32_t n = __atomic_load_n(&timeline->n, __ATOMIC_ACQUIRE), first = 0;

	while (n - first > 1) { /* the last piece that begins at `us` or before */
		uint32_t middle = first + (n - first) / 2;

		if (timeline->pieces[middle].from_us <= us)
			first = middle;
		else
			n = middle;
	}
	return us +
	       (uint64_t)__atomic_load_n(&timeline->pieces[first].to_real_us, __ATOMIC_RELAXED);
}
