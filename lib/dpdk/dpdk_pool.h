/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The mbufs of a port: how many and how large. This is worked out before EAL starts, so that the
 * memory can be asked for. Control, cold.
 */
#ifndef DPDK_POOL_H
#define DPDK_POOL_H

#include "base_compiler.h"

BASE_BEGIN_DECLS

struct rte_mempool;

struct dpdk_pool_plan {
	uint32_t mbufs;
	uint16_t data_room; /* bytes of packet in one mbuf, headroom included */
};

/*
 * Plans for a port that hands packets to `rings` rings. `vdev` is the arguments of a virtual device
 * or NULL: a net_pcap with infinite_rx=1 keeps every packet of its capture in an mbuf, so the
 * capture is read through. Control, cold. 0 or -EIO.
 */
int dpdk_pool_plan(struct dpdk_pool_plan *plan, const char *vdev, unsigned rings);
uint64_t dpdk_pool_bytes(const struct dpdk_pool_plan *plan);

/*
 * On a NUMA node; negative: that of the caller. NULL and rte_errno. Control, after dpdk_eal_init.
 */
struct rte_mempool *dpdk_pool_create(const struct dpdk_pool_plan *plan, const char *name, int node);

/*
 * The value of a vdev's argument, `key` being ",KEY=". False: it is not there, or is longer. Any.
 */
bool dpdk_vdev_argument(const char *vdev, const char *key, char *value, size_t size);

BASE_END_DECLS

#endif
