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
query_pool_init(struct query_pool *pool, size_t max)
{
	uint64_t secret = 0;
	int error = query_secret(&secret);

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
