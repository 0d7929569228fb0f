/* SPDX-License-Identifier: BSD-3-Clause */
/* The control core's arena, by jemalloc's mallctl and the extended calls. */

#include <errno.h>
#include <jemalloc/jemalloc.h>
#include <stdio.h>

#include "mem_arena.h"

/*
 * jemalloc's "flags" for the calls below; 0 is the default arena. Control core: reads, writes. Of
 * the process, as malloc is: event_set_mem_functions takes functions that are given no context.
 */
static int arena_flags;
static unsigned arena_index;

int
mem_arena_init(void)
{
	size_t size = sizeof(arena_index);

	if (mallctl("arenas.create", &arena_index, &size, NULL, 0) != 0)
		return -ENOMEM;
	arena_flags = MALLOCX_ARENA(arena_index) | MALLOCX_TCACHE_NONE;
	return 0;
}

void *
mem_arena_alloc(size_t bytes)
{
	return mallocx(bytes != 0 ? bytes : 1, arena_flags);
}

void *
mem_arena_alloc_lines(size_t bytes)
{
	return mallocx(bytes, arena_flags | MALLOCX_ALIGN(BASE_CACHE_LINE));
}

void *
mem_arena_realloc(void *old, size_t bytes)
{
	if (old == NULL)
		return mem_arena_alloc(bytes);
	return rallocx(old, bytes != 0 ? bytes : 1, arena_flags);
}

void
mem_arena_free(void *old)
{
	if (old != NULL)
		dallocx(old, arena_flags);
}

static uint64_t
mem_arena_stat(const char *name)
{
	char key[64];
	size_t value = 0, size = sizeof(value);

	snprintf(key, sizeof(key), "stats.arenas.%u.%s.allocated", arena_index, name);
	return mallctl(key, &value, &size, NULL, 0) == 0 ? value : 0;
}

uint64_t
mem_arena_bytes(void)
{
	uint64_t epoch = 1;
	size_t size = sizeof(epoch);

	mallctl("epoch", &epoch, &size, &epoch, size); /* statistics are as of this call */
	return mem_arena_stat("small") + mem_arena_stat("large");
}
