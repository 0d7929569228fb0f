/* SPDX-License-Identifier: BSD-3-Clause */
/* The rules for a stamp that is far from the clock; see capture_stamp.h. */

#include <string.h>

#include "capture_stamp.h"

#define STAMP_DAY_US (86400 * UINT64_C(1000000))

#define STAMP_MINUTE_US (60 * UINT64_C(1000000))

/* So many that go on from each other are several. */
#define STAMP_SEVERAL 3

/* Is `a` before `b`, and not near it? Also for stamps that are no times at all. */
static bool
stamp_is_before(uint64_t a, uint64_t b)
{
	return a < b && b - a > CAPTURE_STAMP_FAR_US;
}

static uint64_t
stamp_apart(uint64_t a, uint64_t b)
{
	return a < b ? b - a : a - b;
}

/* --- the first ------------------------------------------------------------------------------ */

static void
stamp_sort(uint64_t *sorted, const uint64_t *stamps, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		unsigned at = i;

		for (; at > 0 && sorted[at - 1] > stamps[i]; at--)
			sorted[at] = sorted[at - 1];
		sorted[at] = stamps[i];
	}
}

/*
 * Of the stamps, sorted, those that lie no more than a day after the one before agree. Returns the
 * first of most, of two groups that are as many the later one; *has_stamp: `stamp` is in one as
 * large.
 */
static uint64_t
stamp_most(const uint64_t *sorted, unsigned n, uint64_t stamp, bool *has_stamp)
{
	unsigned most = 0, most_with_stamp = 0, first = 0;

	for (unsigned from = 0, to; from < n; from = to) {
		bool with_stamp = sorted[from] == stamp;

		for (to = from + 1; to < n && sorted[to] - sorted[to - 1] <= STAMP_DAY_US; to++)
			with_stamp |= sorted[to] == stamp;
		if (to - from >= most) {
			most = to - from;
			first = from;
		}
		if (with_stamp)
			most_with_stamp = to - from;
	}
	*has_stamp = most_with_stamp == most && (n != 2 || most == 2);
	return sorted[first];
}

/*
 * Not believed when it is ahead of most of the others on its day, or when more of them agree on
 * another. Of two that do not agree the later one is right: clocks that were lost begin early.
 */
static bool
stamp_judge_first(struct capture_clock *clock, const uint64_t *stamps, unsigned n)
{
	uint64_t sorted[CAPTURE_STAMPS_MAX] = { 0 }, first;
	unsigned before = 0;
	bool has_stamp;

	stamp_sort(sorted, stamps, n);
	first = stamp_most(sorted, n, stamps[0], &has_stamp);
	for (unsigned i = 1; i < n; i++)
		before +=
		    stamp_is_before(stamps[i], stamps[0]) && stamps[0] - stamps[i] <= STAMP_DAY_US;
	clock->runs = true;
	clock->now_us = stamps[0];
	if (before * 2 < n && (has_stamp || stamps[0] == first))
		return true;
	clock->now_us = first;
	return false;
}

/* --- the others ----------------------------------------------------------------------------- */

/* How many of the later ones go on from the stamp before one does not. */
static unsigned
stamp_run(uint64_t stamp, const uint64_t *later, unsigned n)
{
	unsigned run = 0;

	while (run < n && !stamp_is_before(later[run], stamp) &&
	       later[run] - stamp + CAPTURE_STAMP_FAR_US <= STAMP_DAY_US)
		run++;
	return run;
}

/*
 * A later one that lies before the clock is bad itself, or goes back, and says nothing of this one.
 * One that goes on from the clock says that this one is bad, unless several go on from this one and
 * it is not quite the clock either.
 */
static bool
stamp_judge_ahead(const struct capture_clock *clock, uint64_t stamp, const uint64_t *later,
                  unsigned n)
{
	uint64_t ahead = stamp - clock->now_us;
	bool several = stamp_run(stamp, later, n) + 1 >= STAMP_SEVERAL;
	unsigned agree = 0;

	for (unsigned i = 0; i < n; i++) {
		if (!stamp_is_before(later[i], stamp))
			agree++;
		else if (!stamp_is_before(later[i], clock->now_us) &&
		         (!several || stamp_apart(later[i], clock->now_us) <= STAMP_MINUTE_US))
			return false;
	}
	return agree > 0 || ahead <= STAMP_DAY_US || ahead <= 2 * clock->silence_us;
}

/* A stamp of 0 is none, however many there are. */
static bool
stamp_judge_behind(const struct capture_clock *clock, uint64_t stamp, const uint64_t *later,
                   unsigned n)
{
	unsigned run = stamp_run(stamp, later, n);

	for (unsigned i = 0; i < n; i++)
		if (!stamp_is_before(later[i], clock->now_us) &&
		    (run + 1 < STAMP_SEVERAL ||
		     stamp_apart(later[i], clock->now_us) <= STAMP_MINUTE_US))
			return false;
	return stamp != 0 && run > 0;
}

bool
capture_stamp_judge(struct capture_clock *clock, const uint64_t *stamps_us, unsigned n)
{
	uint64_t stamp = stamps_us[0], silence;
	bool believed;

	if (!clock->runs)
		return stamp_judge_first(clock, stamps_us, n);
	if (stamp > clock->now_us)
		believed = stamp_judge_ahead(clock, stamp, stamps_us + 1, n - 1);
	else
		believed = stamp_judge_behind(clock, stamp, stamps_us + 1, n - 1);
	if (!believed)
		return false;
	silence = stamp > clock->now_us ? stamp - clock->now_us : 0;
	if (silence > clock->silence_us)
		clock->silence_us = silence;
	clock->now_us = stamp;
	return true;
}
