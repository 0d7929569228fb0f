/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory for tests of what takes it from a pool: counted, and scarce where a test wants that. */
#ifndef SUPPORT_COUNTED_H
#define SUPPORT_COUNTED_H

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "mem_pool.h"

/* Blocks that are counted; no more than `most` bytes of them. */
struct CountedMemory {
	struct mem_pool pool = { alloc, free, nullptr, SIZE_MAX, 0, nullptr };
	size_t &now = pool.bytes, &most = pool.max;
	size_t peak = 0; /* from memory() on, until another one's is asked for */

	struct mem_pool *memory()
	{
		current = this;
		return &pool;
	}

private:
	static inline CountedMemory *current = nullptr;

	static void *alloc(size_t bytes)
	{
		current->peak = std::max(current->peak, current->now + bytes);
		return malloc(bytes);
	}
};

#endif
