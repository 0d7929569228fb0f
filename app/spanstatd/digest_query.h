/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One report under way that adds connections up: leaks, timewait, clients.
 *
 * Feeds a digest (lib/digest) with the rows of the workers, as often as it wants them, and gives
 * its lines; each call of digest_query_rows is one bounded turn. Which connections count is said by
 * the request's filter, how many lines by its limit.
 * Control thread only. Memory comes from the control core's arena; what all digests take together,
 * and what is remembered of looks, is bounded.
 */
#ifndef DIGEST_QUERY_H
#define DIGEST_QUERY_H

#include "digest.h"
#include "mem_pool.h"
#include "query.h"

struct digest_query;

/* What all of them share. */
struct digest_pool {
	struct mem_pool memory;      /* of digests, bounded */
	struct digest_history looks; /* for leaks: what was counted before */
};

/* 0 or -errno. */
int digest_pool_init(struct digest_pool *pool);
void digest_pool_fini(struct digest_pool *pool);

/* Is `request` (enum ctl_type) one of these reports? */
int digest_query_answers(unsigned request);

/*
 * As ctl_source.open; source and pool are borrowed, of the source fetch alone is used. `wait_us`:
 * how long TIME_WAIT lasts. NULL, and *error and text.
 */
struct digest_query *
digest_query_open(const struct query_source *source, struct digest_pool *pool, unsigned request,
                  uint64_t wait_us, const struct ctl_ask *ask, int *error, char *text);

/* As ctl_source.rows. */
int
digest_query_rows(struct digest_query *query, struct ctl_cursor *cursor, void *lines, unsigned max);

/* NULL is allowed. */
void digest_query_close(struct digest_query *query);

#endif
