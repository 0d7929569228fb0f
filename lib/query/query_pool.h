/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What all queries of a control core share: one bound on their memory, and what `leaks` counted
 * before.
 *
 * A block is taken from the control core's arena while there is room for it (query_share.h).
 * Control thread only.
 */
#ifndef QUERY_POOL_H
#define QUERY_POOL_H

#include "digest_history.h"
#include "query.h"
#include "query_share.h"

BASE_BEGIN_DECLS

#define QUERY_MEMORY_BYTES  (UINT64_C(1) << 30)  /* sorts, groups, digests, by default */
#define QUERY_HISTORY_BYTES (UINT64_C(16) << 20) /* what was counted before; it stays */

struct query_pool {
	struct query_shares shares;
	struct mem_pool kept; /* the history's */
	struct digest_history history;
};

/* `max`: bytes that sorts, groups and digests may have together. 0 or -errno. */
int query_pool_init(struct query_pool *pool, size_t max);
void query_pool_fini(struct query_pool *pool);

BASE_END_DECLS

#endif
