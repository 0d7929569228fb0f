/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A port's mbufs: how many and how large, worked out before EAL starts so that memory can be asked
 * for.
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
 * For a port that hands packets to `rings` rings. `vdev` is a virtual device's arguments or NULL: a
 * net_pcap with infinite_rx=1 keeps every packet of its capture in an mbuf, so that is read
 * through. Control, cold. 0 or -EIO.
 */
int dpdk_pool_plan(struct dpdk_pool_plan *plan, const char *vdev, unsigned rings);
uint64_t dpdk_pool_bytes(const struct dpdk_pool_plan *plan);

/* NULL and rte_errno. Control, after dpdk_eal_init. */
struct rte_mempool *dpdk_pool_create(const struct dpdk_pool_plan *plan, const char *name);

BASE_END_DECLS

#endif
