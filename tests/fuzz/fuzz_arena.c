/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The control core's arena from malloc, in place of lib/mem's from jemalloc: so a sanitizer sees a
 * step beyond a block of it.
 */

#include <stdlib.h>

#include "mem_arena.h"

int
mem_arena_init(void)
{
	return 0;
}

void *
mem_arena_alloc(size_t bytes)
{
	return malloc(bytes);
}

void *
mem_arena_realloc(void *old, size_t bytes)
{
	return realloc(old, bytes);
}

void
mem_arena_free(void *old)
{
	free(old);
}

void *
mem_arena_alloc_lines(size_t bytes)
{
	size_t lines = (bytes + BASE_CACHE_LINE - 1) / BASE_CACHE_LINE;

	return aligned_alloc(BASE_CACHE_LINE, lines * BASE_CACHE_LINE);
}

uint64_t
mem_arena_bytes(void)
{
	return 0;
}
