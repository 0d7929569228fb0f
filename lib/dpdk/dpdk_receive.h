/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A burst of mbufs as an array of struct packet.
 *
 * The bytes stay in the mbufs until the burst is released. Headers that lie in several segments are
 * first copied together; headers in one segment are not copied. Workers and the receive core, each
 * with its own struct dpdk_burst. Hot.
 */
#ifndef DPDK_RECEIVE_H
#define DPDK_RECEIVE_H

#include <rte_config.h>

#include "packet.h"

BASE_BEGIN_DECLS

struct rte_mbuf;
struct rte_ring;

struct dpdk_burst {
	struct rte_mbuf *mbufs[PACKET_BURST_MAX];
	unsigned n;
	uint8_t headers[PACKET_BURST_MAX][PACKET_HEADERS_MAX]; /* of mbufs in several segments */
};

/*
 * By port: from how many bytes on it cuts frames, so that their length on the wire is not known. 0:
 * it does not. Control: writes before the ports start; whoever receives: reads.
 */
struct dpdk_cuts {
	uint32_t bytes[RTE_MAX_ETHPORTS];
};

/* Receives from a port's queue, or from a hand-over ring. Returns the burst's packets. */
unsigned dpdk_receive_port(struct dpdk_burst *burst, uint16_t port, uint16_t queue);
unsigned dpdk_receive_ring(struct dpdk_burst *burst, struct rte_ring *ring);

/* Fills the receiver's fields of packets[0..burst->n), all of them received at `time_us`. */
void dpdk_receive_packets(struct dpdk_burst *burst, const struct dpdk_cuts *cuts,
                          struct packet *packets, uint64_t time_us);

/*
 * What the NIC found out about the checksums of packets that were parsed: said[i] is an enum
 * packet_checksum. Nothing, of a packet inside another one: the NIC has verified the outer one. Who
 * received them, while the mbufs are still there.
 */
void
dpdk_receive_checksums(const struct dpdk_burst *burst, const struct packet *packets, uint8_t *said);

/* Gives the mbufs back. Who received them. */
void dpdk_receive_release(struct dpdk_burst *burst);

BASE_END_DECLS

#endif
