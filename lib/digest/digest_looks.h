/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What was counted when the same was asked before: how `leaks` knows what grows.
 *
 * A look is the counts of one answer. For each asking (the text of its filter) one look is kept,
 * for the DIGEST_LOOKS_MAX askings that were asked last; a new look takes the place of the one kept
 * only when that is DIGEST_LOOKS_APART_US old, so what is told is always the growth since a moment
 * that lies some seconds back, however often is asked. Both are told: the growth, and since when.
 *
 * Memory: 16 bytes a count; with what DIGEST_LEAKS_MAX and DIGEST_LOOKS_MAX allow, 2 MB. One
 * thread.
 */
#ifndef DIGEST_LOOKS_H
#define DIGEST_LOOKS_H

#include "filter_memory.h"

BASE_BEGIN_DECLS

#define DIGEST_LOOKS_MAX      8
#define DIGEST_LOOKS_APART_US UINT64_C(5000000)

struct digest_looks_count {
	uint64_t name; /* a hash of what was counted, under digest_looks.secret */
	uint64_t count;
};

struct digest_look {
	uint64_t asking; /* a hash of its text; 0: this place is free */
	uint64_t at_us, used_us;
	uint32_t n;
	uint32_t is_whole; /* what is not in it was not there */
	struct digest_looks_count *counts;
};

struct digest_looks {
	struct filter_memory memory;
	uint64_t secret;
	struct digest_look looks[DIGEST_LOOKS_MAX];
};

/* `memory` is copied; `secret`: any number that others cannot guess. */
void
digest_looks_init(struct digest_looks *looks, const struct filter_memory *memory, uint64_t secret);
void digest_looks_fini(struct digest_looks *looks);

/* The name of an asking, never 0. `text` ends with NUL. */
uint64_t digest_looks_asking(const struct digest_looks *looks, const char *text);

/* The look to compare with, or NULL: this was not asked before. Valid until the next keep. */
const struct digest_look *digest_looks_find(const struct digest_looks *looks, uint64_t asking);

/* What was counted under `name` then. 0 and *count; -ENOENT: that is not known. */
int digest_looks_count(const struct digest_look *look, uint64_t name, uint64_t *count);

/*
 * Offers counts of now (`now_us` on any clock that goes on) as the new look; they are copied, and
 * put in order before. Without memory for them the asking is forgotten. `is_whole`: nothing was
 * left out.
 */
void digest_looks_keep(struct digest_looks *looks, uint64_t asking, uint64_t now_us,
                       struct digest_looks_count *counts, uint32_t n, int is_whole);

BASE_END_DECLS

#endif
