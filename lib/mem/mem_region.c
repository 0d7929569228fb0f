/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Regions by mmap, placed on their node before the first touch decides otherwise.
 *
 * What mmap gives is a promise of the whole machine, hugepages too: one that its node cannot keep
 * ends the process by SIGBUS at the first touch. So every page of a region that is not lazy is
 * taken at once, and whether it was there is what populating says (Linux 5.14).
 */

#include <errno.h>
#include <numa.h>
#include <numaif.h>
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

/*
 * Hugepages on that node or none: then the caller takes ordinary ones. Those come from elsewhere
 * where the node has none left, for the kernel would kill somebody to make room there.
 */
static int
mem_bind(const struct mem_region *region)
{
	struct bitmask *nodes = numa_allocate_nodemask();
	long code;

	if (nodes == NULL)
		return -ENOMEM;
	numa_bitmask_setbit(nodes, (unsigned)region->node);
	code = mbind(region->base, region->bytes,
	             region->pages == MEM_PAGES_HUGE ? MPOL_BIND : MPOL_PREFERRED, nodes->maskp,
	             nodes->size + 1, 0);
	numa_bitmask_free(nodes);
	return code == 0 ? 0 : -errno;
}

/* MAP_POPULATE would touch the pages before the node is set. */
static int
mem_place(const struct mem_region *region)
{
	/* a kernel that does not place, as in a container, gives what it has */
	if (region->node != MEM_NODE_ANY && mem_bind(region) == -ENOMEM)
		return -ENOMEM;
	if (region->pages == MEM_PAGES_LAZY)
		return 0;
	if (region->pages == MEM_PAGES_THP)
		madvise(region->base, region->bytes, MADV_HUGEPAGE);
	return madvise(region->base, region->bytes, MADV_POPULATE_WRITE) == 0 ? 0 : -errno;
}

/* Hugepages are not reserved: there are reserves of the machine and none of a node. */
static int
mem_take(struct mem_region *region, enum mem_pages pages)
{
	int error;

	region->pages = pages;
	region->base =
	    mem_map(region->bytes, MAP_NORESERVE | (pages == MEM_PAGES_HUGE ? MAP_HUGETLB : 0));
	if (region->base == NULL)
		return -ENOMEM;
	error = mem_place(region);
	if (error == -EINVAL && pages != MEM_PAGES_HUGE)
		error = 0; /* an older kernel: pages come when they are touched */
	if (error != 0)
		mem_region_fini(region);
	return error == 0 ? 0 : -ENOMEM;
}

int
mem_region_init(struct mem_region *region, size_t bytes, enum mem_pages pages, int node)
{
	if (node != MEM_NODE_ANY && (numa_available() < 0 || node > numa_max_node() || node < 0))
		return -EINVAL;
	region->node = node;
	region->bytes = mem_region_need(bytes);
	if (pages == MEM_PAGES_HUGE && mem_take(region, pages) == 0)
		return 0;
	return mem_take(region, pages == MEM_PAGES_HUGE ? MEM_PAGES_THP : pages);
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
