/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What all queries of a control core share: bounds on their memory, and what `leaks` counted
 * before.
 *
 * A block is taken from the control core's arena while the pool has room for it. Control thread
 * only.
 */
#ifndef QUERY_POOL_H
#define QUERY_POOL_H

#include "digest_history.h"
#include "mem_pool.h"
#include "query.h"

BASE_BEGIN_DECLS

#define QUERY_SORT_BYTES   (UINT64_C(512) << 20) /* all sorts and groups together */
#define QUERY_DIGEST_BYTES (UINT64_C(128) << 20) /* all digests together */

struct query_pool {
	struct mem_pool sorts, digests;
	struct digest_history history;
};

/* 0 or -errno. */
int query_pool_init(struct query_pool *pool);
void query_pool_fini(struct query_pool *pool);

/* A number that others cannot guess. 0 or -errno. */
int query_secret(uint64_t *secret);

BASE_END_DECLS

#endif
