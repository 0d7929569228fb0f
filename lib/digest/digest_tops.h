/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The addresses that are met most often, among any number of them, in a few hundred bytes.
 *
 * Space saving (Metwally, Agrawal, El Abbadi 2005): a new address that finds no place takes that of
 * the one counted least, and inherits its count as its possible error. An address met more often
 * than one time in DIGEST_TOPS_KEPT is always found, and its count is what it has at
 * least; while no more than DIGEST_TOPS_KEPT different ones came, all counts are exact. A value;
 * one thread.
 */
#ifndef DIGEST_TOPS_H
#define DIGEST_TOPS_H

#include "digest_row.h"

BASE_BEGIN_DECLS

#define DIGEST_TOPS_KEPT 16

struct digest_tops {
	uint32_t n;
	uint32_t replaced; /* 1: some had to make room */
	struct {
		uint8_t addr[16];
		uint64_t count, error;
	} kept[DIGEST_TOPS_KEPT];
};

/* All zero is an empty one. `addr` as report_end has it. */
void digest_tops_add(struct digest_tops *tops, const uint8_t addr[16]);

/*
 * The ones met most often into to[0..DIGEST_TOPS), the most first; those of whom nothing is certain
 * are left out. Returns how many.
 */
unsigned digest_tops_get(const struct digest_tops *tops, struct digest_top *to);

BASE_END_DECLS

#endif
