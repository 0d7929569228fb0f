/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How much memory this machine could still give, so that what cannot fit is refused before any of
 * it is taken: the kernel gives more than it has and ends somebody when it is asked for it.
 *
 * A look at /proc/meminfo, cold; true at that moment and for the whole machine, not for one node.
 */
#ifndef MEM_ROOM_H
#define MEM_ROOM_H

#include "base_compiler.h"

BASE_BEGIN_DECLS

struct mem_room {
	uint64_t huge_bytes;     /* in hugepages of the default size that nobody has */
	uint64_t ordinary_bytes; /* that can be had without swapping, hugepages not among them */
};

/* Reads the file `path`, or /proc/meminfo where it is NULL. Any thread. 0 or -errno. */
int mem_room_read(struct mem_room *room, const char *path);

BASE_END_DECLS

#endif
