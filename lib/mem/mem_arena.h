/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A jemalloc arena of the control core's own.
 *
 * The daemon's malloc is jemalloc; what reports and clients need comes from an arena apart, so that
 * its size is known, its fragmentation is its own, and it can be shown in `stats`. Control core
 * only: the arena is created once per process and lives as long as it.
 */
#ifndef MEM_ARENA_H
#define MEM_ARENA_H

#include "base_compiler.h"

BASE_BEGIN_DECLS

/*
 * Creates the arena. Control. 0 or -ENOMEM. Until it is called those below use malloc's arena.
 */
int mem_arena_init(void);

/* As malloc, realloc and free; fit for event_set_mem_functions. Control. */
void *mem_arena_alloc(size_t bytes);
void *mem_arena_realloc(void *old, size_t bytes);
void mem_arena_free(void *old);

/* As mem_arena_alloc, more than nothing, from the beginning of a cache line on. Control. */
void *mem_arena_alloc_lines(size_t bytes);

/* Bytes allocated in the arena now. Control. Cold. */
uint64_t mem_arena_bytes(void);

BASE_END_DECLS

#endif
