/* SPDX-License-Identifier: BSD-3-Clause */
/* Steps of ages; see digest_ages.h. */

#include "digest_ages.h"

#define AGES_UNIT_US UINT64_C(125000)
#define AGES_LINEAR  16 /* units counted each by itself: 2^4 */
#define AGES_SHIFT   3  /* 2^3 steps a doubling from there on */

static unsigned
ages_step(uint64_t age_us)
{
	uint64_t units = age_us / AGES_UNIT_US;
	unsigned top, step;

	if (units < AGES_LINEAR)
		return (unsigned)units;
	top = 63u - (unsigned)__builtin_clzll(units);
	step = AGES_LINEAR + ((top - 4) << AGES_SHIFT) + (units >> (top - AGES_SHIFT) & 7);
	return step < DIGEST_AGES ? step : DIGEST_AGES - 1;
}

/* The middle of a step. */
static uint64_t
ages_middle_us(unsigned step)
{
	unsigned above = step - AGES_LINEAR, top = 4 + (above >> AGES_SHIFT);
	uint64_t from;

	if (step < AGES_LINEAR)
		return step * AGES_UNIT_US + AGES_UNIT_US / 2;
	from = (8 + (uint64_t)(above & 7)) << (top - AGES_SHIFT);
	return from * AGES_UNIT_US + (AGES_UNIT_US << (top - AGES_SHIFT)) / 2;
}

void
digest_ages_add(struct digest_ages *ages, uint64_t age_us)
{
	if (ages->count == 0 || age_us < ages->youngest_us)
		ages->youngest_us = age_us;
	if (age_us > ages->oldest_us)
		ages->oldest_us = age_us;
	ages->count++;
	ages->n[ages_step(age_us)]++;
}

uint64_t
digest_ages_median_us(const struct digest_ages *ages)
{
	uint64_t below = 0, median_us;
	unsigned step = 0;

	if (ages->count == 0)
		return 0;
	while (step < DIGEST_AGES - 1 && 2 * (below + ages->n[step]) < ages->count)
		below += ages->n[step++];
	median_us = ages_middle_us(step);
	if (median_us < ages->youngest_us)
		return ages->youngest_us;
	return median_us < ages->oldest_us ? median_us : ages->oldest_us;
}
