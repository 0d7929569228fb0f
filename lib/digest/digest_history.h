/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What was counted when the same was asked before: how `leaks` knows what grows.
 *
 * A sample is the counts of one answer. An asking is a question, named by the text of its filter.
 * For each asking the last few samples are kept, some seconds apart. The one to compare with is the
 * newest of those that are DIGEST_HISTORY_BACK_US old, or else the oldest. So the answer shows the
 * growth since the question was asked before; if that was a moment ago, or if a report is asked for
 * again and again, it shows the growth over some seconds. It says both the growth and since when.
 *
 * There is room for DIGEST_HISTORY_MAX samples; those of the asking that was not asked for the
 * longest time go first. Memory: 16 bytes a count; with what DIGEST_LEAKS_MAX and
 * DIGEST_HISTORY_MAX allow, 8 MB. One thread.
 */
#ifndef DIGEST_HISTORY_H
#define DIGEST_HISTORY_H

#include "mem_pool.h"

BASE_BEGIN_DECLS

#define DIGEST_HISTORY_MAX     32
#define DIGEST_HISTORY_EACH    4 /* of one asking */
#define DIGEST_HISTORY_BACK_US UINT64_C(5000000)
#define DIGEST_HISTORY_APART_US                                                                    \
	UINT64_C(2000000) /* EACH samples, so far apart, reach BACK_US back */

struct digest_history_count {
	uint64_t name; /* a hash of what was counted, under digest_history.secret */
	uint64_t count;
};

struct digest_sample {
	uint64_t asking; /* a hash of its text; 0: this place is free */
	uint64_t at_us;
	uint64_t used_us; /* when its asking was asked for the last time */
	uint32_t n;
	uint32_t is_whole; /* what is not in it was not there */
	struct digest_history_count *counts;
};

struct digest_history {
	struct mem_pool *pool;
	uint64_t secret;
	struct digest_sample samples[DIGEST_HISTORY_MAX];
};

/* The pool is borrowed; `secret`: any number that others cannot guess. */
void digest_history_init(struct digest_history *history, struct mem_pool *pool, uint64_t secret);
void digest_history_fini(struct digest_history *history);

/* The name of an asking, never 0. `text` ends with NUL. */
uint64_t digest_history_asking(const struct digest_history *history, const char *text);

/* The sample to compare with, or NULL: this was not asked before. Valid until the next keep. */
const struct digest_sample *
digest_history_find(const struct digest_history *history, uint64_t asking, uint64_t now_us);

/* What was counted under `name` then. 0 and *count; -ENOENT: that is not known. */
int digest_history_count(const struct digest_sample *sample, uint64_t name, uint64_t *count);

/*
 * Offers counts of now (`now_us` on any clock that goes on) as a sample; they are copied, and put
 * in order before. One that follows the last too soon, or finds no memory, is not kept. `is_whole`:
 * nothing was left out.
 */
void digest_history_keep(struct digest_history *history, uint64_t asking, uint64_t now_us,
                         struct digest_history_count *counts, uint32_t n, int is_whole);

BASE_END_DECLS

#endif
