/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where sorters and groups take their memory from: the caller says, and so sets the bound.
 *
 * Large blocks only, each released with the size it was asked for, so that the caller can keep
 * count; the daemon's come from the control core's arena.
 */
#ifndef FILTER_MEMORY_H
#define FILTER_MEMORY_H

#include "base_compiler.h"

BASE_BEGIN_DECLS

struct filter_memory {
	void *ctx;
	void *(*alloc)(void *ctx, size_t bytes); /* NULL: no more */
	void (*release)(void *ctx, void *block, size_t bytes);
};

/*
 * A block of `bytes` that begins with the `used` bytes of `old`, which is released; `old` may be
 * NULL. NULL: no more, and `old` is as it was. For filter_sort and filter_group.
 */
void *filter_memory_grow(const struct filter_memory *memory, void *old, size_t old_bytes,
                         size_t used, size_t bytes);

BASE_END_DECLS

#endif
