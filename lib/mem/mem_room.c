/* SPDX-License-Identifier: BSD-3-Clause */
/* Four lines of /proc/meminfo. */

#include <errno.h>
#include <stdio.h>

#include "mem_room.h"

#define MEM_KB UINT64_C(1024)

int
mem_room_read(struct mem_room *room, const char *path)
{
	FILE *file = fopen(path != NULL ? path : "/proc/meminfo", "r");
	unsigned long long pages = 0, reserved = 0, page_kb = 0, available_kb = 0;
	char line[128];

	if (file == NULL)
		return -errno;
	while (fgets(line, sizeof(line), file) != NULL) {
		sscanf(line, "MemAvailable: %llu kB", &available_kb);
		sscanf(line, "HugePages_Free: %llu", &pages);
		sscanf(line, "HugePages_Rsvd: %llu", &reserved);
		sscanf(line, "Hugepagesize: %llu kB", &page_kb);
	}
	fclose(file);
	room->huge_bytes = (pages > reserved ? pages - reserved : 0) * page_kb * MEM_KB;
	room->ordinary_bytes = available_kb * MEM_KB;
	return 0;
}
