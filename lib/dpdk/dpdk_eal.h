/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * DPDK's environment: memory, cores, and nothing else. Ports are attached one by one afterwards
 * (dpdk_port.h), since EAL starts although a device on its command line failed.
 *
 * Control core, once a process, cold.
 */
#ifndef DPDK_EAL_H
#define DPDK_EAL_H

#include "base_compiler.h"

BASE_BEGIN_DECLS

#define DPDK_LCORES_MAX 72
#define DPDK_PCI_MAX    16
#define DPDK_NODES_MAX  32 /* as EAL is built */

struct dpdk_eal_config {
	unsigned n_lcores;        /* lcore 0 is the caller's */
	int cpu[DPDK_LCORES_MAX]; /* where each lcore runs; several may share one */
	uint64_t memory_bytes;    /* that pools, rings and EAL itself will take; dpdk_eal_want */
	uint64_t node_bytes[DPDK_NODES_MAX]; /* of them, on each NUMA node, by its number */
	unsigned n_nodes;                    /* 0: there are none */
	int no_huge;                         /* ordinary memory */
	const char *pci[DPDK_PCI_MAX];       /* NICs as the user wrote them: no other is touched */
	unsigned n_pci;                      /* 0: the PCI bus is not scanned */
	int verbose;       /* EAL says what it does: lines of the log, at level debug */
	const char *extra; /* arguments of the user, split at spaces; they come last */
};

/* Wants memory of a node; negative: the machine knows none. Before dpdk_eal_init. Control. */
void dpdk_eal_want(struct dpdk_eal_config *config, int node, uint64_t bytes);

/*
 * Starts EAL, which leaves nothing in the file system. 0; or -errno, by EAL's rte_errno, and `why`,
 * of DPDK_EAL_WHY_MAX bytes, is what it says of the reason: text, or "". What it says besides goes
 * to the log at level debug; at level info if the user has given arguments. Control, once.
 */
#define DPDK_EAL_WHY_MAX 512
int dpdk_eal_init(const struct dpdk_eal_config *config, char *why);

/* Runs fn(arg) on an lcore until it returns; waits for it. 0 or -errno. Control. */
int dpdk_eal_launch(unsigned lcore, int (*fn)(void *), void *arg);
void dpdk_eal_wait(unsigned lcore);

BASE_END_DECLS

#endif
