/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How much memory this machine can still give. The daemon refuses what cannot be had before it
 * takes any: the kernel promises more than it has, and kills a process when the promise is called
 * in.
 *
 * One reading of /proc/meminfo, cold. It is true at that moment, for the whole machine and not for
 * one node.
 */
#ifndef MEM_ROOM_H
#define MEM_ROOM_H

#include "base_compiler.h"

BASE_BEGIN_DECLS

struct mem_room {
	uint64_t huge_bytes; /* in hugepages of the default size that are free and not reserved */
	uint64_t ordinary_bytes; /* available without swapping; hugepages are not part of it */
};

/* Reads the file `path`, or /proc/meminfo where it is NULL. Any thread. 0 or -errno. */
int mem_room_read(struct mem_room *room, const char *path);

BASE_END_DECLS

#endif
