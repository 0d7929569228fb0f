/* SPDX-License-Identifier: BSD-3-Clause */
/* What a histogram says in one number; see report_metrics.h. Any thread. */

#include "report_metrics.h"

static uint64_t
times_bound_us(unsigned place)
{
	return UINT64_C(1) << (place + REPORT_TIMES_FIRST);
}

uint64_t
report_times_median_us(const struct report_times *times)
{
	uint64_t all = 0, before = 0, from_us;
	unsigned place = 0;

	for (unsigned i = 0; i <= REPORT_TIMES_BOUNDS; i++)
		all += times->count[i];
	if (all == 0)
		return 0;
	while (before + times->count[place] < (all + 1) / 2)
		before += times->count[place++];
	from_us = place > 0 ? times_bound_us(place - 1) : 0;
	return from_us +
	       (times_bound_us(place) - from_us) * ((all + 1) / 2 - before) / times->count[place];
}
