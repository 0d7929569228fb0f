/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Large regions of memory on a NUMA node that the caller chooses. The flow tables lie in them.
 *
 * A region is taken once at the start and given back once at the end. Cold: every call enters the
 * kernel. Where hugepages are asked for they are tried first, all of them on the node that was
 * named; ordinary pages with transparent hugepages come second, of that node as far as it has some.
 * What was given is there: no page of it is missing when it is touched.
 */
#ifndef MEM_REGION_H
#define MEM_REGION_H

#include "base_compiler.h"

BASE_BEGIN_DECLS

#define MEM_NODE_ANY (-1)

enum mem_pages {
	MEM_PAGES_LAZY, /* ordinary pages, each given when first touched: capture files, tests */
	MEM_PAGES_THP,  /* ordinary pages, all given now, transparent hugepages asked for */
	MEM_PAGES_HUGE, /* hugepages of the default size; THP where its node has too few */
};

struct mem_region {
	void *base;
	size_t bytes;         /* as mapped: rounded up to whole hugepages */
	enum mem_pages pages; /* what it got, which may be less than what it asked for */
	int node;
};

/* Zeroed, page aligned. Any thread. 0, -ENOMEM, or -EINVAL for a node that does not exist. */
int mem_region_init(struct mem_region *region, size_t bytes, enum mem_pages pages, int node);
void mem_region_fini(struct mem_region *region);

/* The bytes that a region of `bytes` takes, rounded up to whole hugepages. Any thread. */
size_t mem_region_need(size_t bytes);

/* The node of a CPU, or MEM_NODE_ANY on a machine without NUMA. Any thread. */
int mem_node_of_cpu(int cpu);

BASE_END_DECLS

#endif
