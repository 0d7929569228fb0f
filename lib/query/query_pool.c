/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory of queries; see query_pool.h. */

#include <errno.h>
#include <sys/random.h>

#include "mem_arena.h"
#include "query_pool.h"

static void *
query_alloc(void *ctx, size_t bytes)
{
	struct query_budget *budget = ctx;
	void *block = NULL;

	if (bytes <= budget->most - budget->bytes)
		block = mem_arena_alloc(bytes);
	if (block)
		budget->bytes += bytes;
	return block;
}

static void
query_release(void *ctx, void *block, size_t bytes)
{
	struct query_budget *budget = ctx;

	assert(budget->bytes >= bytes);
	budget->bytes -= bytes;
	mem_arena_free(block);
}

struct filter_memory
query_budget_memory(struct query_budget *budget)
{
	return (struct filter_memory){ budget, query_alloc, query_release };
}

int
query_secret(uint64_t *secret)
{
	return getrandom(secret, sizeof(*secret), 0) == sizeof(*secret) ? 0 : -errno;
}

int
query_pool_init(struct query_pool *pool)
{
	struct filter_memory memory;
	uint64_t secret = 0;
	int error = query_secret(&secret);

	*pool = (struct query_pool){
		.sorts.most = QUERY_SORT_BYTES,
		.digests.most = QUERY_DIGEST_BYTES,
	};
	memory = query_budget_memory(&pool->digests);
	digest_history_init(&pool->history, &memory, secret);
	return error;
}

void
query_pool_fini(struct query_pool *pool)
{
	digest_history_fini(&pool->history);
}
