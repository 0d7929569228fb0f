/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A jemalloc arena that belongs to the control core.
 *
 * The daemon's malloc is jemalloc. What reports and clients need comes from a separate arena: so
 * its size is known, its fragmentation stays its own, and `stats` can show it. Control core only.
 * The arena is created once per process and lives until the process ends.
 */
#ifndef MEM_ARENA_H
#define MEM_ARENA_H

#include "base_compiler.h"

BASE_BEGIN_DECLS

/*
 * Creates the arena. 0 or -ENOMEM. Until it is called, the functions below use malloc's arena.
 * Control.
 */
int mem_arena_init(void);

/* As malloc, realloc and free; event_set_mem_functions may take them. Control. */
void *mem_arena_alloc(size_t bytes);
void *mem_arena_realloc(void *old, size_t bytes);
void mem_arena_free(void *old);

/* As mem_arena_alloc, for at least one byte, and aligned to a cache line. Control. */
void *mem_arena_alloc_lines(size_t bytes);

/* Bytes allocated in the arena now. Control. Cold. */
uint64_t mem_arena_bytes(void);

BASE_END_DECLS

#endif
