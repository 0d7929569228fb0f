/* SPDX-License-Identifier: BSD-3-Clause */
/* Blocks counted; see mem_pool.h. */

#include <string.h>

#include "mem_pool.h"

static bool
pool_has_room(const struct mem_pool *pool, size_t bytes)
{
	return bytes <= pool->max && pool->bytes <= pool->max - bytes;
}

void *
mem_pool_alloc(struct mem_pool *pool, size_t bytes)
{
	struct mem_pool *at = pool;
	void *block = NULL;

	while (pool_has_room(at, bytes) && at->within)
		at = at->within;
	if (pool_has_room(at, bytes))
		block = pool->alloc(bytes);
	if (!block) {
		pool->full = at;
		return NULL;
	}
	for (at = pool; at; at = at->within)
		at->bytes += bytes;
	return block;
}

void
mem_pool_release(struct mem_pool *pool, void *block, size_t bytes)
{
	if (!block)
		return;
	for (struct mem_pool *at = pool; at; at = at->within) {
		assert(at->bytes >= bytes);
		at->bytes -= bytes;
	}
	pool->release(block);
}

void *
mem_pool_grow(struct mem_pool *pool, void *old, size_t old_bytes, size_t used, size_t bytes)
{
	void *block = mem_pool_alloc(pool, bytes);

	assert(used <= old_bytes && used <= bytes);
	if (!block || !old)
		return block;
	memcpy(block, old, used);
	mem_pool_release(pool, old, old_bytes);
	return block;
}
