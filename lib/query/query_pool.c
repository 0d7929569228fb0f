/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory of queries; see query_pool.h. */

#include "query_pool.h"
#include "base_hash.h"
#include "mem_arena.h"

int
query_pool_init(struct query_pool *pool, size_t max)
{
	uint64_t secret = 0;
	int error = base_hash_draw(&secret);

	query_shares_init(&pool->shares, max);
	mem_pool_init(&pool->kept, mem_arena_alloc, mem_arena_free, QUERY_HISTORY_BYTES);
	digest_history_init(&pool->history, &pool->kept, secret);
	return error;
}

void
query_pool_fini(struct query_pool *pool)
{
	digest_history_fini(&pool->history);
}
