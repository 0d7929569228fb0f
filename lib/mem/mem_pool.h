/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory with a bound: what several reports take together, counted, and no more than their owner
 * allows.
 *
 * The owner says where blocks come from and how many bytes there may be; a caller gets NULL when
 * there are no more. A pool may lie in another one: its bytes count in both, and both bounds hold.
 * Large blocks only: each is given back with the size it was asked for, so that nothing needs to be
 * stored beside it. One thread. Cost: that of the owner's allocator.
 */
#ifndef MEM_POOL_H
#define MEM_POOL_H

#include "base_compiler.h"

BASE_BEGIN_DECLS

struct mem_pool {
	void *(*alloc)(size_t bytes); /* NULL: there is no more */
	void (*release)(void *block);
	struct mem_pool *within; /* the pool around it, NULL: none; borrowed */
	size_t max;              /* bytes that may be in use */
	size_t bytes;            /* in use */
	/* whose bound the last refusal met: its own or one around it; the owner may clear it */
	const struct mem_pool *full;
};

/* An empty one. `alloc` and `release` are as malloc and free, `max` is in bytes. */
BASE_INLINE void
mem_pool_init(struct mem_pool *pool, void *(*alloc)(size_t bytes), void (*release)(void *block),
              size_t max)
{
	pool->alloc = alloc;
	pool->release = release;
	pool->within = NULL;
	pool->max = max;
	pool->bytes = 0;
	pool->full = NULL;
}

/* An empty one in another one, which gives the blocks and must outlive it. */
BASE_INLINE void
mem_pool_init_within(struct mem_pool *pool, struct mem_pool *within, size_t max)
{
	mem_pool_init(pool, within->alloc, within->release, max);
	pool->within = within;
}

/*
 * Not cleared. NULL, and `full` names the pool: that would be more than its bound; the outermost
 * one too where the owner's allocator has no more.
 */
void *mem_pool_alloc(struct mem_pool *pool, size_t bytes);

/* `bytes` as it was asked for. A block of NULL is allowed. */
void mem_pool_release(struct mem_pool *pool, void *block, size_t bytes);

/*
 * A block of `bytes` that begins with the `used` bytes of `old`, which is released; `old` may be
 * NULL. NULL: no more, and `old` is as it was.
 */
void *mem_pool_grow(struct mem_pool *pool, void *old, size_t old_bytes, size_t used, size_t bytes);

BASE_END_DECLS

#endif
