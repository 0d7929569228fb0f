/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Bursts in, from a queue or a ring. The bytes of later packets are fetched while earlier ones are
 * read.
 */

#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <rte_ring.h>

#include "dpdk_receive.h"
#include "packet_checksum.h"

#define DPDK_PREFETCH_AHEAD 6
#define DPDK_WIRE_UNKNOWN   UINT32_MAX
#define DPDK_OUTER_IP_MAX   22 /* Ethernet and two tags: behind more may be an IP header before */

static uint32_t
dpdk_wire_length(const struct dpdk_cuts *cuts, const struct rte_mbuf *mbuf)
{
	uint32_t cut = cuts->bytes[mbuf->port];

	return cut != 0 && mbuf->pkt_len >= cut ? DPDK_WIRE_UNKNOWN : mbuf->pkt_len;
}

/* Puts a tag back that the NIC or the kernel took out, so that tags are read in one place. */
static void
dpdk_restore_vlan(struct rte_mbuf **mbuf)
{
	if ((*mbuf)->ol_flags & RTE_MBUF_F_RX_VLAN_STRIPPED)
		rte_vlan_insert(mbuf);
}

unsigned
dpdk_receive_port(struct dpdk_burst *burst, uint16_t port, uint16_t queue)
{
	burst->n = rte_eth_rx_burst(port, queue, burst->mbufs, PACKET_BURST_MAX);
	return burst->n;
}

unsigned
dpdk_receive_ring(struct dpdk_burst *burst, struct rte_ring *ring)
{
	burst->n = rte_ring_sc_dequeue_burst(ring, (void **)burst->mbufs, PACKET_BURST_MAX, NULL);
	return burst->n;
}

/* Enough contiguous bytes for every header: nearly always the first segment as it is. */
static void
dpdk_receive_headers(const struct rte_mbuf *mbuf, uint8_t *headers, struct packet *pk)
{
	uint32_t want = base_min_u32(mbuf->pkt_len, PACKET_HEADERS_MAX);

	pk->data = rte_pktmbuf_mtod(mbuf, const uint8_t *);
	pk->data_len = mbuf->data_len;
	if (mbuf->data_len >= want)
		return;
	pk->data = rte_pktmbuf_read(mbuf, 0, want, headers);
	pk->data_len = want;
}

void
dpdk_receive_packets(struct dpdk_burst *burst, const struct dpdk_cuts *cuts, struct packet *packets,
                     uint64_t time_us)
{
	unsigned n = burst->n;

	for (unsigned i = 0; i < n && i < DPDK_PREFETCH_AHEAD; i++)
		rte_prefetch0(rte_pktmbuf_mtod(burst->mbufs[i], void *));
	for (unsigned i = 0; i < n; i++) {
		struct packet *pk = &packets[i];

		if (i + DPDK_PREFETCH_AHEAD < n)
			rte_prefetch0(
			    rte_pktmbuf_mtod(burst->mbufs[i + DPDK_PREFETCH_AHEAD], void *));
		dpdk_restore_vlan(&burst->mbufs[i]);
		dpdk_receive_headers(burst->mbufs[i], burst->headers[i], pk);
		pk->wire_len = dpdk_wire_length(cuts, burst->mbufs[i]);
		pk->time_us = time_us;
		pk->link = PACKET_LINK_ETHERNET;
	}
}

/* Virtual devices say NONE: the bytes are what was sent, and their sums were never made. */
static uint8_t
dpdk_checksum(uint64_t flags, unsigned version)
{
	uint64_t ip = flags & RTE_MBUF_F_RX_IP_CKSUM_MASK, l4 = flags & RTE_MBUF_F_RX_L4_CKSUM_MASK;
	bool ip_is_right =
	    version == 6 || ip == RTE_MBUF_F_RX_IP_CKSUM_GOOD || ip == RTE_MBUF_F_RX_IP_CKSUM_NONE;

	if (ip == RTE_MBUF_F_RX_IP_CKSUM_BAD || l4 == RTE_MBUF_F_RX_L4_CKSUM_BAD)
		return PACKET_CHECKSUM_WRONG;
	if (ip_is_right && (l4 == RTE_MBUF_F_RX_L4_CKSUM_GOOD || l4 == RTE_MBUF_F_RX_L4_CKSUM_NONE))
		return PACKET_CHECKSUM_RIGHT;
	return PACKET_CHECKSUM_UNKNOWN;
}

void
dpdk_receive_checksums(const struct dpdk_burst *burst, const struct packet *packets, uint8_t *said)
{
	for (unsigned i = 0; i < burst->n; i++)
		said[i] = packets[i].l3_offset <= DPDK_OUTER_IP_MAX
		              ? dpdk_checksum(burst->mbufs[i]->ol_flags, packets[i].version)
		              : PACKET_CHECKSUM_UNKNOWN;
}

void
dpdk_receive_release(struct dpdk_burst *burst)
{
	rte_pktmbuf_free_bulk(burst->mbufs, burst->n);
	burst->n = 0;
}
