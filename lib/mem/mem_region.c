/* SPDX-License-Identifier: BSD-3-Clause */
/* Regions by mmap, placed by libnuma before the first touch decides otherwise. */

#include <errno.h>
#include <numa.h>
#include <sys/mman.h>
#include <unistd.h>

#include "mem_region.h"

#define MEM_HUGEPAGE_BYTES ((size_t)2 << 20)

size_t
mem_region_need(size_t bytes)
{
	return (bytes + MEM_HUGEPAGE_BYTES - 1) / MEM_HUGEPAGE_BYTES * MEM_HUGEPAGE_BYTES;
}

static void *
mem_map(size_t bytes, int flags)
{
	void *base =
	    mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);

	return base == MAP_FAILED ? NULL : base;
}

/* Populated after placement: MAP_POPULATE would touch the pages before the node is set. */
static void
mem_place(const struct mem_region *region)
{
	if (region->node != MEM_NODE_ANY)
		numa_tonode_memory(region->base, region->bytes, region->node);
	if (region->pages == MEM_PAGES_THP)
		madvise(region->base, region->bytes, MADV_HUGEPAGE);
	if (region->pages != MEM_PAGES_LAZY)
		madvise(region->base, region->bytes, MADV_POPULATE_WRITE);
}

int
mem_region_init(struct mem_region *region, size_t bytes, enum mem_pages pages, int node)
{
	if (node != MEM_NODE_ANY && (numa_available() < 0 || node > numa_max_node() || node < 0))
		return -EINVAL;
	region->node = node;
	region->pages = pages;
	region->bytes = mem_region_need(bytes);
	region->base = NULL;
	if (pages == MEM_PAGES_HUGE) {
		region->base = mem_map(region->bytes, MAP_HUGETLB);
		if (region->base == NULL)
			region->pages = MEM_PAGES_THP;
	}
	if (region->base == NULL)
		region->base = mem_map(region->bytes, MAP_NORESERVE);
	if (region->base == NULL)
		return -ENOMEM;
	mem_place(region);
	return 0;
}

void
mem_region_fini(struct mem_region *region)
{
	if (region->base != NULL)
		munmap(region->base, region->bytes);
	region->base = NULL;
}

int
mem_node_of_cpu(int cpu)
{
	int node = numa_available() < 0 ? MEM_NODE_ANY : numa_node_of_cpu(cpu);

	return node < 0 ? MEM_NODE_ANY : node;
}
