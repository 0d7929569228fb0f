/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Receive-side scaling that keeps both directions of a connection in one queue.
 *
 * Overview. It says what a port must offer for that, whether the port does it, and by which queue a
 * packet should have come. Toeplitz with a key of sixteen repeated bits is the same for both
 * directions (Woo and Park). It also depends only on the exclusive or of all 16-bit words that are
 * hashed, so two small tables give it. By them a worker knows the stray packets: those that the NIC
 * gave to the wrong worker, whose other direction another worker may see (tunnels, fragments, a
 * card that hashes by other fields). It hands them on.
 *
 * Life. Set up before the ports start; struct dpdk_rss is learned after the start.
 *
 * Who writes and who reads. The control core sets up. Workers read struct dpdk_rss, which nobody
 * writes later.
 *
 * Cost. Two loads from small tables for each tracked packet.
 */
#ifndef DPDK_RSS_H
#define DPDK_RSS_H

#include "packet.h"

BASE_BEGIN_DECLS

struct rte_eth_conf;
struct rte_eth_dev_info;

#define DPDK_RSS_KEY_MAX  64
#define DPDK_RSS_RETA_MAX 4096

struct dpdk_rss {
	uint32_t high[256], low[256]; /* of the hash, by the bytes of the folded word */
	uint16_t queue[DPDK_RSS_RETA_MAX];
	uint32_t reta_size; /* a power of two */
	uint64_t secret;    /* by which those who take the queues agree on other things */
};

/* NULL where a port can spread over `wanted` queues; else what it lacks, as a text. Control. */
const char *dpdk_rss_lacks(const struct rte_eth_dev_info *info, unsigned wanted);

/*
 * Asks the port for it. `key` must stay as long as the port: drivers keep the pointer and read the
 * key when the port starts. Control.
 */
void dpdk_rss_configure(struct rte_eth_conf *conf, const struct rte_eth_dev_info *info,
                        uint8_t key[DPDK_RSS_KEY_MAX]);

/*
 * For a started port: NULL where it says that it hashes as it was configured, else what it does
 * instead, as a text. Control.
 */
const char *dpdk_rss_differs(uint16_t port);

/* Learns which queue each hash goes to. NULL, or why not, as a text. Control, after the start. */
const char *dpdk_rss_learn(struct dpdk_rss *rss, uint16_t port);

/* The hash of a parsed packet's addresses and ports. Any, hot. */
BASE_INLINE uint32_t
dpdk_rss_hash(const struct dpdk_rss *rss, const struct packet *pk)
{
	uint64_t words = pk->src[0] ^ pk->src[1] ^ pk->dst[0] ^ pk->dst[1];
	uint32_t half = (uint32_t)(words ^ words >> 32);
	uint16_t word = __builtin_bswap16((uint16_t)(half ^ half >> 16));

	word = (uint16_t)(word ^ pk->src_port ^ pk->dst_port);
	return rss->high[word >> 8] ^ rss->low[word & 0xff];
}

BASE_END_DECLS

#endif
