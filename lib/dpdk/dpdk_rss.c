/* SPDX-License-Identifier: BSD-3-Clause */
/* The key, what a port says of it, and the tables of its hash. Control. */

#include <rte_ethdev.h>
#include <string.h>

#include "base_hash.h"
#include "dpdk_rss.h"

#define DPDK_RSS_REPEATED 0x6d5au
#define DPDK_RSS_SILENT   "it does not say which queue a packet goes to"

/* The fields by which both directions must be hashed; what else a port offers is not needed. */
static const uint64_t dpdk_rss_fields = RTE_ETH_RSS_NONFRAG_IPV4_TCP |
                                        RTE_ETH_RSS_NONFRAG_IPV4_UDP |
                                        RTE_ETH_RSS_NONFRAG_IPV6_TCP | RTE_ETH_RSS_NONFRAG_IPV6_UDP;

const char *
dpdk_rss_lacks(const struct rte_eth_dev_info *info, unsigned wanted)
{
	if (info->max_rx_queues < wanted)
		return "it has fewer queues than there are workers";
	if ((info->flow_type_rss_offloads & dpdk_rss_fields) != dpdk_rss_fields)
		return "it cannot spread packets by addresses and ports";
	if (info->hash_key_size == 0 || info->hash_key_size > DPDK_RSS_KEY_MAX)
		return "its hash takes no key, so that directions part";
	return NULL;
}

static void
dpdk_rss_key(uint8_t *key, unsigned size)
{
	for (unsigned i = 0; i < size; i++)
		key[i] = (uint8_t)(i % 2 ? DPDK_RSS_REPEATED : DPDK_RSS_REPEATED >> 8);
}

/* The innermost headers, where the port can read so deep. */
static uint64_t
dpdk_rss_level(const struct rte_eth_dev_info *info)
{
	return info->flow_type_rss_offloads & RTE_ETH_RSS_LEVEL_INNERMOST;
}

void
dpdk_rss_configure(struct rte_eth_conf *conf, const struct rte_eth_dev_info *info,
                   uint8_t key[DPDK_RSS_KEY_MAX])
{
	dpdk_rss_key(key, info->hash_key_size);
	conf->rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
	conf->rx_adv_conf.rss_conf =
	    (struct rte_eth_rss_conf){ .rss_key = key,
		                       .rss_key_len = info->hash_key_size,
		                       .rss_hf = dpdk_rss_fields | dpdk_rss_level(info) };
}

const char *
dpdk_rss_differs(uint16_t port)
{
	uint8_t wanted[DPDK_RSS_KEY_MAX], got[DPDK_RSS_KEY_MAX] = { 0 };
	struct rte_eth_rss_conf conf = { .rss_key = got, .rss_key_len = DPDK_RSS_KEY_MAX };
	struct rte_eth_dev_info info;

	if (rte_eth_dev_info_get(port, &info) != 0 || info.hash_key_size > DPDK_RSS_KEY_MAX ||
	    rte_eth_dev_rss_hash_conf_get(port, &conf) != 0)
		return "it does not say by which key it spreads packets";
	dpdk_rss_key(wanted, info.hash_key_size);
	if (memcmp(got, wanted, info.hash_key_size) != 0)
		return "it did not take the key that keeps directions together";
	if ((conf.rss_hf & dpdk_rss_fields) != dpdk_rss_fields)
		return "it does not spread by the ports of TCP and UDP as it was told";
	return NULL;
}

/* The 32 bits of the key that begin at a bit. */
static uint32_t
dpdk_rss_window(unsigned bit)
{
	uint64_t repeated = DPDK_RSS_REPEATED * UINT64_C(0x0001000100010001);

	return (uint32_t)(repeated << bit >> 32);
}

static void
dpdk_rss_tables(struct dpdk_rss *rss)
{
	for (unsigned byte = 0; byte < 256; byte++) {
		rss->high[byte] = rss->low[byte] = 0;
		for (unsigned bit = 0; bit < 8; bit++)
			if (byte & 0x80u >> bit) {
				rss->high[byte] ^= dpdk_rss_window(bit);
				rss->low[byte] ^= dpdk_rss_window(bit + 8);
			}
	}
}

/* Reads the table of queues of the port. False when the port does not give it. */
static bool
dpdk_rss_query(struct dpdk_rss *rss, uint16_t port, uint32_t size)
{
	struct rte_eth_rss_reta_entry64 reta[DPDK_RSS_RETA_MAX / RTE_ETH_RETA_GROUP_SIZE];

	for (unsigned i = 0; i < BASE_COUNT_OF(reta); i++)
		reta[i].mask = UINT64_MAX;
	if (rte_eth_dev_rss_reta_query(port, reta, (uint16_t)size) != 0)
		return false;
	for (unsigned i = 0; i < size; i++)
		rss->queue[i] = reta[i / RTE_ETH_RETA_GROUP_SIZE].reta[i % RTE_ETH_RETA_GROUP_SIZE];
	return true;
}

const char *
dpdk_rss_learn(struct dpdk_rss *rss, uint16_t port)
{
	struct rte_eth_dev_info info;
	uint32_t size;

	dpdk_rss_tables(rss);
	rss->reta_size = 0;
	if (base_hash_draw(&rss->secret) != 0)
		return "there is no randomness";
	if (!rte_eth_dev_is_valid_port(port) || rte_eth_dev_info_get(port, &info) != 0)
		return DPDK_RSS_SILENT;
	size = info.reta_size;
	if (size == 0 || size > DPDK_RSS_RETA_MAX || (size & (size - 1)) != 0 ||
	    !dpdk_rss_query(rss, port, size))
		return DPDK_RSS_SILENT;
	rss->reta_size = size;
	return NULL;
}
