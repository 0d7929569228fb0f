/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A digest: rows by the million go in, a few rows that add them up come out.
 *
 * There is one kind for each report that adds up (report_table.h), behind one set of functions, so
 * that the feeder need not know which it feeds. The feeder gives all connections, then calls
 * `pass`, and gives all of them once more as long as that returns 1. Then it settles the digest and
 * takes its rows. Two or three passes cost less than remembering every connection: what is kept
 * grows with the rows of the answer, not with the connections.
 *
 * Memory: from the feeder, so the feeder bounds it; each kind has a bound on its rows too. What
 * finds no room is counted in one row `other` (digest_row.h), so sums are always those of all
 * connections. One thread a digest; calls nobody but the memory.
 */
#ifndef DIGEST_H
#define DIGEST_H

#include "digest_history.h"
#include "digest_row.h"
#include "filter_key.h"
#include "mem_pool.h"
#include "report_table.h"

BASE_BEGIN_DECLS

struct digest_config {
	struct mem_pool *pool;     /* borrowed */
	uint64_t secret;           /* any number that others cannot guess */
	uint64_t wait_us;          /* 2 x MSL, of those that forecast */
	struct filter_order order; /* clients: of its rows; none: the largest first */
	struct digest_history
	    *history;    /* leaks: the counts of before; borrowed; NULL: none are known */
	uint64_t asking; /* the same: digest_history_asking */
};

struct digest_kind {
	size_t row_bytes; /* of a row, as digest_row.h has it */
	int full;         /* connections are wanted whole */
	int sorts;        /* --sort has a meaning */

	/* The configuration is copied. NULL: no memory. */
	void *(*create)(const struct digest_config *config);
	void (*destroy)(void *digest); /* NULL is allowed */

	/* One connection; `full` is NULL unless `full` above. `matches`: the filter wants it. */
	void (*add)(void *digest, const struct report_row *row, const struct report_full *full,
	            int matches);
	/* All connections were given. 1: give them all once more; 0: that was all. */
	int (*pass)(void *digest);
	/*
	 * No connection comes any more: puts the rows of the answer in order. `now_us`: a clock
	 * that goes on. Some tens of milliseconds where there are as many rows as there may be.
	 */
	void (*settle)(void *digest, uint64_t now_us);

	/* After settle: how many rows; row `i` of them into `row`. */
	uint32_t (*count)(const void *digest);
	void (*row)(const void *digest, uint32_t i, void *row);
};

/* Those of the table of reports: digest_NAME, in digest_NAME.c. */
#define DIGEST_DECLARE(id, name, letter, row, source, digest, ...)                                 \
	extern const struct digest_kind digest_##digest;
REPORT_TABLE(DIGEST_DECLARE)
#undef DIGEST_DECLARE

BASE_END_DECLS

#endif
