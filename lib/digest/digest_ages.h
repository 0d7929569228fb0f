/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ages counted so that their median is known without keeping them.
 *
 * Eighths of a second up to two seconds, from there eight steps for each doubling: a median is
 * wrong by at most a sixteenth of itself, and never outside the youngest and the oldest, which are
 * exact. 97 days and more are one step. A value; one thread.
 */
#ifndef DIGEST_AGES_H
#define DIGEST_AGES_H

#include "base_compiler.h"

BASE_BEGIN_DECLS

#define DIGEST_AGES 192

struct digest_ages {
	uint64_t count;
	uint64_t youngest_us, oldest_us;
	uint32_t n[DIGEST_AGES];
};

/* All zero is an empty one. */
void digest_ages_add(struct digest_ages *ages, uint64_t age_us);

/* The age that half of them have not passed, in microseconds; 0 of none. */
uint64_t digest_ages_median_us(const struct digest_ages *ages);

BASE_END_DECLS

#endif
