/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What each NUMA node has of hugepages, and what is meant to lie there: packets with their port,
 * tables with their worker. A machine may have plenty and the one node that matters none.
 *
 * Control core, before EAL starts.
 */
#ifndef NODES_H
#define NODES_H

#include "doctor_memory.h"

BASE_BEGIN_DECLS

struct node {
	int number; /* negative: the whole machine, whose kernel knows no nodes */
	uint64_t all_bytes, free_bytes;
	uint64_t packets_bytes, tables_bytes; /* wanted */
};

struct nodes {
	struct node node[DOCTOR_NODES_MAX];
	unsigned n; /* at least one */
	unsigned page_kb;
};

/*
 * Reads them; nothing is wanted yet. `huge_bytes` are those of the whole machine that are free and
 * promised to nobody: what is promised may be of any node, so it is taken from each.
 */
void nodes_read(struct nodes *nodes, const struct doctor_machine *machine, uint64_t huge_bytes);

/* Wants more of a node. One that is not there, or is any, is the first. */
void nodes_want(struct nodes *nodes, int number, uint64_t packets_bytes, uint64_t tables_bytes);

/* What packets, or tables, want of all nodes together, in bytes. */
uint64_t nodes_packets(const struct nodes *nodes);
uint64_t nodes_tables(const struct nodes *nodes);

/*
 * The bytes of hugepages, at most `huge_bytes`, that count: none where a node lacks some for its
 * packets; enough for packets alone where one lacks some for its tables.
 */
uint64_t nodes_usable(const struct nodes *nodes, uint64_t huge_bytes);

/* A warning for each node that has too few, with the command that reserves enough. */
void nodes_warn(const struct nodes *nodes);

/* What was compared with what, at level debug. */
void nodes_say(const struct nodes *nodes);

BASE_END_DECLS

#endif
