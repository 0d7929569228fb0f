/* SPDX-License-Identifier: BSD-3-Clause */
/* Requests of SIOCETHTOOL, which need no rights to read; see doctor_ethtool.h. */

#include <arpa/inet.h>
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "doctor_ethtool.h"

#define ETHTOOL_FEATURES_MAX 256
#define ETHTOOL_WORD_BITS    32

struct ethtool_talk {
	int fd;
	struct ifreq request;
};

static const struct {
	const char *name; /* the kernel's */
	unsigned bit;
} ethtool_offloads[] = {
	{ "rx-gro", DOCTOR_OFFLOAD_GRO },
	{ "rx-lro", DOCTOR_OFFLOAD_LRO },
	{ "rx-gro-hw", DOCTOR_OFFLOAD_GRO_HW },
	{ "rx-vlan-hw-parse", DOCTOR_OFFLOAD_VLAN_STRIP },
	{ "rx-vlan-filter", DOCTOR_OFFLOAD_VLAN_FILTER },
};

static bool
ethtool_ask(struct ethtool_talk *talk, void *command)
{
	talk->request.ifr_data = command;
	return ioctl(talk->fd, SIOCETHTOOL, &talk->request) == 0;
}

/* --- offloads -------------------------------------------------------------------------------- */

/* How many features this kernel has; 0: it does not say. */
static unsigned
ethtool_count_features(struct ethtool_talk *talk)
{
	union {
		struct ethtool_sset_info info;
		uint8_t bytes[sizeof(struct ethtool_sset_info) + sizeof(uint32_t)];
	} set = { .info = { .cmd = ETHTOOL_GSSET_INFO, .sset_mask = 1ull << ETH_SS_FEATURES } };

	if (!ethtool_ask(talk, &set) || set.info.sset_mask == 0 ||
	    set.info.data[0] > ETHTOOL_FEATURES_MAX)
		return 0;
	return set.info.data[0];
}

static unsigned
ethtool_offload_bit(const uint8_t *name)
{
	for (unsigned i = 0; i < BASE_COUNT_OF(ethtool_offloads); i++)
		if (!strncmp((const char *)name, ethtool_offloads[i].name, ETH_GSTRING_LEN))
			return ethtool_offloads[i].bit;
	return 0;
}

/* The kernel numbers its features as it likes, so they are found by their names. */
static void
ethtool_read_offloads(struct ethtool_talk *talk, struct doctor_nic *nic)
{
	unsigned n = ethtool_count_features(talk);
	unsigned words = (n + ETHTOOL_WORD_BITS - 1) / ETHTOOL_WORD_BITS;
	struct ethtool_gstrings *names = calloc(1, sizeof(*names) + n * ETH_GSTRING_LEN);
	struct ethtool_gfeatures *features =
	    calloc(1, sizeof(*features) + words * sizeof(features->features[0]));

	if (n > 0 && names && features) {
		names->cmd = ETHTOOL_GSTRINGS;
		names->string_set = ETH_SS_FEATURES;
		names->len = n;
		features->cmd = ETHTOOL_GFEATURES;
		features->size = words;
		if (ethtool_ask(talk, names) && ethtool_ask(talk, features))
			nic->knows |= DOCTOR_KNOWS_OFFLOADS;
	}
	for (unsigned i = 0; (nic->knows & DOCTOR_KNOWS_OFFLOADS) && i < n; i++) {
		uint32_t active = features->features[i / ETHTOOL_WORD_BITS].active;

		if (active >> i % ETHTOOL_WORD_BITS & 1)
			nic->offloads |= ethtool_offload_bit(names->data + i * ETH_GSTRING_LEN);
	}
	free(features);
	free(names);
}

/* --- the rest -------------------------------------------------------------------------------- */

static void
ethtool_read_rings(struct ethtool_talk *talk, struct doctor_nic *nic)
{
	struct ethtool_ringparam rings = { .cmd = ETHTOOL_GRINGPARAM };

	if (!ethtool_ask(talk, &rings) || rings.rx_max_pending == 0)
		return;
	nic->knows |= DOCTOR_KNOWS_RINGS;
	nic->ring = rings.rx_pending;
	nic->ring_max = rings.rx_max_pending;
}

static void
ethtool_read_pause(struct ethtool_talk *talk, struct doctor_nic *nic)
{
	struct ethtool_pauseparam pause = { .cmd = ETHTOOL_GPAUSEPARAM };

	if (!ethtool_ask(talk, &pause))
		return;
	nic->knows |= DOCTOR_KNOWS_PAUSE;
	nic->pause_rx = pause.rx_pause != 0;
	nic->pause_tx = pause.tx_pause != 0;
}

static void
ethtool_read_queues(struct ethtool_talk *talk, struct doctor_nic *nic)
{
	struct ethtool_channels channels = { .cmd = ETHTOOL_GCHANNELS };

	if (!ethtool_ask(talk, &channels))
		return;
	nic->knows |= DOCTOR_KNOWS_QUEUES;
	nic->queues = channels.rx_count + channels.combined_count;
	nic->queues_max = channels.max_rx + channels.max_combined;
	nic->is_combined = channels.combined_count > 0;
}

/* Of sizes of 0 the kernel answers with those that there are. */
static void
ethtool_read_rss(struct ethtool_talk *talk, struct doctor_nic *nic)
{
	struct ethtool_rxfh rss = { .cmd = ETHTOOL_GRSSH };

	if (!ethtool_ask(talk, &rss))
		return;
	nic->knows |= DOCTOR_KNOWS_RSS;
	nic->rss_key_bytes = rss.key_size;
	nic->rss_table = rss.indir_size;
}

static void
ethtool_read_address(struct ethtool_talk *talk, struct doctor_nic *nic)
{
	struct ifreq request = talk->request;
	struct sockaddr_in addr;

	request.ifr_addr.sa_family = AF_INET;
	if (ioctl(talk->fd, SIOCGIFADDR, &request) != 0)
		return;
	memcpy(&addr, &request.ifr_addr, sizeof(addr));
	inet_ntop(AF_INET, &addr.sin_addr, nic->ipv4, sizeof(nic->ipv4));
}

int
doctor_ethtool_read(const char *interface, struct doctor_nic *nic)
{
	struct ethtool_talk talk = { .fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0) };
	int error = 0;

	memset(nic, 0, sizeof(*nic));
	if (talk.fd < 0)
		return -errno;
	if (strlen(interface) >= IFNAMSIZ) {
		close(talk.fd);
		return -ENODEV;
	}
	strcpy(talk.request.ifr_name, interface);
	if (ioctl(talk.fd, SIOCGIFINDEX, &talk.request) != 0)
		error = -errno;
	if (!error) {
		ethtool_read_offloads(&talk, nic);
		ethtool_read_rings(&talk, nic);
		ethtool_read_pause(&talk, nic);
		ethtool_read_queues(&talk, nic);
		ethtool_read_rss(&talk, nic);
		ethtool_read_address(&talk, nic);
	}
	close(talk.fd);
	return error;
}
