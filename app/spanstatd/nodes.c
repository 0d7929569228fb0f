/* SPDX-License-Identifier: BSD-3-Clause */
/* Needs and free hugepages, node by node; see nodes.h. */

#include <stdio.h>

#include "base_log.h"
#include "nodes.h"

static uint64_t
node_less(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

void
nodes_read(struct nodes *nodes, const struct doctor_machine *machine, uint64_t huge_bytes)
{
	uint64_t free_bytes = 0, promised;
	struct doctor_huge huge;

	*nodes = (struct nodes){ .page_kb = doctor_memory_page_kb(machine) };
	for (int number = 0; number < DOCTOR_NODES_MAX; number++) {
		if (!doctor_memory_huge(machine, number, nodes->page_kb, &huge))
			continue;
		nodes->node[nodes->n++] = (struct node){ .number = number,
			                                 .all_bytes = huge.all_bytes,
			                                 .free_bytes = huge.free_bytes };
		free_bytes += huge.free_bytes;
	}
	promised = free_bytes > huge_bytes ? free_bytes - huge_bytes : 0;
	for (unsigned i = 0; i < nodes->n; i++)
		nodes->node[i].free_bytes -= node_less(nodes->node[i].free_bytes, promised);
	if (nodes->n > 0)
		return;
	doctor_memory_huge(machine, -1, nodes->page_kb, &huge);
	nodes->node[nodes->n++] =
	    (struct node){ .number = -1, .all_bytes = huge.all_bytes, .free_bytes = huge_bytes };
}

void
nodes_want(struct nodes *nodes, int number, uint64_t packets_bytes, uint64_t tables_bytes)
{
	unsigned at = 0;

	for (unsigned i = 0; i < nodes->n; i++)
		if (nodes->node[i].number == number)
			at = i;
	nodes->node[at].packets_bytes += packets_bytes;
	nodes->node[at].tables_bytes += tables_bytes;
}

uint64_t
nodes_packets(const struct nodes *nodes)
{
	uint64_t bytes = 0;

	for (unsigned i = 0; i < nodes->n; i++)
		bytes += nodes->node[i].packets_bytes;
	return bytes;
}

uint64_t
nodes_tables(const struct nodes *nodes)
{
	uint64_t bytes = 0;

	for (unsigned i = 0; i < nodes->n; i++)
		bytes += nodes->node[i].tables_bytes;
	return bytes;
}

static bool
node_lacks(const struct node *node)
{
	return node->free_bytes < node->packets_bytes + node->tables_bytes;
}

uint64_t
nodes_usable(const struct nodes *nodes, uint64_t huge_bytes)
{
	uint64_t usable = huge_bytes;

	for (unsigned i = 0; i < nodes->n; i++) {
		if (nodes->node[i].free_bytes < nodes->node[i].packets_bytes)
			return 0;
		if (node_lacks(&nodes->node[i]))
			usable = node_less(huge_bytes, nodes_packets(nodes));
	}
	return usable;
}

static unsigned long long
node_mb(uint64_t bytes)
{
	return (bytes + (1u << 20) - 1) >> 20;
}

/* "node 1: ", or nothing. */
static const char *
node_name(const struct node *node, char name[32])
{
	name[0] = '\0';
	if (node->number >= 0)
		snprintf(name, 32, "node %d: ", node->number);
	return name;
}

static void
node_warn(const struct node *node, unsigned page_kb)
{
	uint64_t wants = node->packets_bytes + node->tables_bytes;
	uint64_t page_bytes = (uint64_t)(page_kb != 0 ? page_kb : 2048) << 10;
	uint64_t more = (wants - node->free_bytes + page_bytes - 1) / page_bytes;
	char folder[DOCTOR_FOLDER_MAX], name[32];

	doctor_memory_folder(node->number, folder);
	base_warning("%s%llu MB of hugepages are free and %llu are wanted: going on with ordinary "
	             "memory; echo %llu > %s/hugepages-%llukB/nr_hugepages reserves them",
	             node_name(node, name), (unsigned long long)node->free_bytes >> 20,
	             node_mb(wants), (unsigned long long)(node->all_bytes / page_bytes + more),
	             folder, (unsigned long long)page_bytes >> 10);
}

void
nodes_warn(const struct nodes *nodes)
{
	for (unsigned i = 0; i < nodes->n; i++)
		if (node_lacks(&nodes->node[i]))
			node_warn(&nodes->node[i], nodes->page_kb);
}

void
nodes_say(const struct nodes *nodes)
{
	char name[32];

	for (unsigned i = 0; i < nodes->n; i++) {
		const struct node *node = &nodes->node[i];

		base_debug("%spackets want %llu MB and tables %llu MB; free are %llu MB of "
		           "hugepages",
		           node_name(node, name), node_mb(node->packets_bytes),
		           node_mb(node->tables_bytes), (unsigned long long)node->free_bytes >> 20);
	}
}
