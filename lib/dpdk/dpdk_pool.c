/* SPDX-License-Identifier: BSD-3-Clause */
/* Sizes of mbuf pools. */

#include <errno.h>
#include <rte_lcore.h>
#include <rte_mbuf.h>
#include <string.h>

#include "capture_file.h"
#include "dpdk_pool.h"

#define DPDK_POOL_MBUFS 16384 /* in the descriptors, in a burst, in the lcores' caches */
#define DPDK_POOL_RING  8192  /* in a hand-over ring, dpdk_handover.c */
#define DPDK_POOL_CACHE 256
#define DPDK_POOL_ROOM  RTE_MBUF_DEFAULT_BUF_SIZE
#define DPDK_POOL_PAGE  4096 /* ordinary pages: no mbuf lies across the end of one */
#define DPDK_PATH_MAX   4096

bool
dpdk_vdev_argument(const char *vdev, const char *key, char *value, size_t size)
{
	const char *at = strstr(vdev, key);
	size_t n;

	if (at == NULL)
		return false;
	at += strlen(key);
	n = strcspn(at, ",");
	if (n >= size)
		return false;
	memcpy(value, at, n);
	value[n] = '\0';
	return true;
}

int
dpdk_pool_plan(struct dpdk_pool_plan *plan, const char *vdev, unsigned rings)
{
	char path[DPDK_PATH_MAX], infinite[8] = "";
	uint64_t packets;
	uint32_t longest;

	plan->mbufs = DPDK_POOL_MBUFS + rings * DPDK_POOL_RING;
	plan->data_room = DPDK_POOL_ROOM;
	if (vdev == NULL ||
	    !dpdk_vdev_argument(vdev, ",infinite_rx=", infinite, sizeof(infinite)) ||
	    strcmp(infinite, "1") != 0 ||
	    !dpdk_vdev_argument(vdev, ",rx_pcap=", path, sizeof(path)))
		return 0;
	if (capture_file_measure(path, &packets, &longest) != 0)
		return -EIO;
	plan->mbufs += (uint32_t)packets;
	if (longest + RTE_PKTMBUF_HEADROOM < DPDK_POOL_ROOM)
		plan->data_room = (uint16_t)RTE_ALIGN(longest + RTE_PKTMBUF_HEADROOM, 64);
	return 0;
}

uint64_t
dpdk_pool_bytes(const struct dpdk_pool_plan *plan)
{
	const uint64_t overhead = sizeof(struct rte_mbuf) + 2 * RTE_CACHE_LINE_SIZE;
	uint64_t bytes = plan->data_room + overhead;
	uint64_t a_page = DPDK_POOL_PAGE / bytes;

	if (a_page == 0)
		return plan->mbufs * RTE_ALIGN(bytes, DPDK_POOL_PAGE);
	return (plan->mbufs + a_page - 1) / a_page * DPDK_POOL_PAGE;
}

struct rte_mempool *
dpdk_pool_create(const struct dpdk_pool_plan *plan, const char *name, int node)
{
	return rte_pktmbuf_pool_create(name, plan->mbufs, DPDK_POOL_CACHE, 0, plan->data_room,
	                               node < 0 ? (int)rte_socket_id() : node);
}
