/* SPDX-License-Identifier: BSD-3-Clause */
/* Blocks that grow; see filter_memory.h. */

#include <string.h>

#include "filter_memory.h"

void *
filter_memory_grow(const struct filter_memory *memory, void *old, size_t old_bytes, size_t used,
                   size_t bytes)
{
	void *block = memory->alloc(memory->ctx, bytes);

	assert(used <= old_bytes && used <= bytes);
	if (!block || !old)
		return block;
	memcpy(block, old, used);
	memory->release(memory->ctx, old, old_bytes);
	return block;
}
