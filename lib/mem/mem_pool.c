/* SPDX-License-Identifier: BSD-3-Clause */
/* Blocks counted; see mem_pool.h. */

#include <string.h>

#include "mem_pool.h"

void *
mem_pool_alloc(struct mem_pool *pool, size_t bytes)
{
	void *block = NULL;

	if (bytes <= pool->max && pool->bytes <= pool->max - bytes)
		block = pool->alloc(bytes);
	if (block)
		pool->bytes += bytes;
	return block;
}

void
mem_pool_release(struct mem_pool *pool, void *block, size_t bytes)
{
	if (!block)
		return;
	assert(pool->bytes >= bytes);
	pool->bytes -= bytes;
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
