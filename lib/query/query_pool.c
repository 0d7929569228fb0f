/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory of queries; see query_pool.h. */

#include <errno.h>
#include <sys/random.h>

#include "mem_arena.h"
#include "query_pool.h"

int
query_secret(uint64_t *secret)
{
	return getrandom(secret, sizeof(*secret), 0) == sizeof(*secret) ? 0 : -errno;
}

int
query_pool_init(struct query_pool *pool)
{
	uint64_t secret = 0;
	int error = query_secret(&secret);

	mem_pool_init(&pool->sorts, mem_arena_alloc, mem_arena_free, QUERY_SORT_BYTES);
	mem_pool_init(&pool->digests, mem_arena_alloc, mem_arena_free, QUERY_DIGEST_BYTES);
	digest_history_init(&pool->history, &pool->digests, secret);
	return error;
}

void
query_pool_fini(struct query_pool *pool)
{
	digest_history_fini(&pool->history);
}
