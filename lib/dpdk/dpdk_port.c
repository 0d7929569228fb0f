/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ports by hotplug: each device is probed by itself, so that an error can name it.
 *
 * A kernel interface is a net_af_packet device with one queue: with several, the kernel's roll-over
 * fan-out would split a flow. Its ring is 64 MB, a fifth of a second of small packets on 10GbE.
 *
 * One transmit queue is always set up, since memif and vhost peers expect one. Nothing is ever
 * sent. Control.
 */

#include <errno.h>
#include <rte_dev.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_mempool.h>
#include <stdio.h>
#include <string.h>

#include "dpdk_kernel.h"
#include "dpdk_port.h"
#include "dpdk_rss.h"

#define DPDK_RX_DESCRIPTORS 4096
#define DPDK_TX_DESCRIPTORS 512
#define DPDK_AF_PACKET_RING "blocksz=65536,framesz=2048,framecnt=32768,qpairs=1"
#define DPDK_AF_PACKET_CUT  1900 /* of a frame of the ring, the rest is the kernel's header */

static int
dpdk_fail(char *error, const struct dpdk_port *port, int code, const char *what)
{
	snprintf(error, DPDK_ERROR_MAX, "%s: %s: %s", port->given, what, rte_strerror(-code));
	return code;
}

static int
dpdk_attach_device(struct dpdk_port *port, const char *bus, const char *arguments, char *error)
{
	int code = rte_eal_hotplug_add(bus, port->device, arguments);

	if (code == 0)
		code = rte_eth_dev_get_port_by_name(port->device, &port->id);
	if (code != 0)
		return dpdk_fail(
		    error, port, code,
		    "the port does not come up: no such device, or it refuses its arguments");
	port->attached = 1;
	return 0;
}

static int
dpdk_attach_interface(struct dpdk_port *port, unsigned number, char *error)
{
	char arguments[256];
	int ifindex, code;

	code = dpdk_kernel_check_interface(port->given, &ifindex);
	if (code == -ENETDOWN) {
		snprintf(error, DPDK_ERROR_MAX, "%s: the interface is down: ip link set %s up",
		         port->given, port->given);
		return code;
	}
	if (code != 0)
		return dpdk_fail(error, port, code, "no such interface");
	snprintf(port->device, sizeof(port->device), "net_af_packet%u", number);
	snprintf(arguments, sizeof(arguments), "iface=%s," DPDK_AF_PACKET_RING, port->given);
	code = dpdk_attach_device(port, "vdev", arguments, error);
	if (code != 0)
		return code;
	port->packet_socket = dpdk_kernel_find_socket(ifindex);
	port->cut_at = DPDK_AF_PACKET_CUT;
	return 0;
}

/* NAME,ARGS as on EAL's command line. */
static int
dpdk_attach_vdev(struct dpdk_port *port, char *error)
{
	size_t n = strcspn(port->given, ",");
	const char *arguments = port->given[n] == ',' ? port->given + n + 1 : "";

	if (n >= sizeof(port->device))
		return dpdk_fail(error, port, -ENAMETOOLONG, "the device's name");
	memcpy(port->device, port->given, n);
	port->device[n] = '\0';
	return dpdk_attach_device(port, "vdev", arguments, error);
}

static int
dpdk_attach_pci(struct dpdk_port *port, char *error)
{
	/* EAL knows devices by their full address */
	snprintf(port->device, sizeof(port->device), "%s%s",
	         strchr(port->given, ':') == strrchr(port->given, ':') ? "0000:" : "", port->given);
	return dpdk_attach_device(port, "pci", "", error);
}

int
dpdk_port_attach(struct dpdk_port *port, enum dpdk_port_kind kind, const char *given,
                 unsigned number, char *error)
{
	*port = (struct dpdk_port){ .kind = kind, .given = given, .packet_socket = -1 };
	switch (kind) {
	case DPDK_PORT_INTERFACE:
		return dpdk_attach_interface(port, number, error);
	case DPDK_PORT_PCI:
		return dpdk_attach_pci(port, error);
	default:
		return dpdk_attach_vdev(port, error);
	}
}

unsigned
dpdk_port_symmetric_queues(const struct dpdk_port *port, unsigned wanted, const char **why)
{
	struct rte_eth_dev_info info;

	if (port->kind == DPDK_PORT_INTERFACE)
		*why = "the kernel's fan-out would split connections";
	else if (rte_eth_dev_info_get(port->id, &info) != 0)
		*why = "it does not say what it can do";
	else
		*why = dpdk_rss_lacks(&info, wanted);
	return *why == NULL ? wanted : 1;
}

static int
dpdk_port_configure(struct dpdk_port *port, unsigned queues, struct rte_mempool *pool, char *error)
{
	uint16_t rx = DPDK_RX_DESCRIPTORS, tx = DPDK_TX_DESCRIPTORS;
	uint8_t key[DPDK_RSS_KEY_MAX];
	struct rte_eth_conf conf = { 0 };
	struct rte_eth_dev_info info;
	int code = rte_eth_dev_info_get(port->id, &info);

	if (code == 0) {
		conf.rxmode.offloads = info.rx_offload_capa & RTE_ETH_RX_OFFLOAD_SCATTER;
		if (port->verifies)
			conf.rxmode.offloads |= info.rx_offload_capa & RTE_ETH_RX_OFFLOAD_CHECKSUM;
		if (queues > 1)
			dpdk_rss_configure(&conf, &info, key);
		code = rte_eth_dev_configure(port->id, (uint16_t)queues, 1, &conf);
	}
	if (code == 0)
		code = rte_eth_dev_adjust_nb_rx_tx_desc(port->id, &rx, &tx);
	for (unsigned q = 0; code == 0 && q < queues; q++)
		code =
		    rte_eth_rx_queue_setup(port->id, (uint16_t)q, rx,
		                           (unsigned)rte_eth_dev_socket_id(port->id), NULL, pool);
	if (code == 0)
		code = rte_eth_tx_queue_setup(port->id, 0, tx,
		                              (unsigned)rte_eth_dev_socket_id(port->id), NULL);
	return code == 0 ? 0 : dpdk_fail(error, port, code, "the port cannot be configured");
}

int
dpdk_port_start(struct dpdk_port *port, unsigned queues, struct rte_mempool *pool, char *error)
{
	int code = dpdk_port_configure(port, queues, pool, error);

	if (code != 0)
		return code;
	code = rte_eth_dev_start(port->id);
	if (code != 0)
		return dpdk_fail(error, port, code, "the port does not start");
	port->started = 1;
	port->queues = (uint16_t)queues;
	code = rte_eth_promiscuous_enable(port->id);
	if (code != 0 && code != -ENOTSUP)
		return dpdk_fail(error, port, code, "the port cannot be made promiscuous");
	return 0;
}

void
dpdk_port_halt(struct dpdk_port *port)
{
	if (port->started) {
		rte_eth_promiscuous_disable(port->id);
		rte_eth_dev_stop(port->id);
	}
	port->started = 0;
}

void
dpdk_port_stop(struct dpdk_port *port)
{
	dpdk_port_halt(port);
	if (port->attached)
		rte_eth_dev_close(port->id);
	port->attached = 0;
}

void
dpdk_port_stats(struct dpdk_port *port, struct dpdk_port_stats *stats)
{
	struct rte_eth_dev_info info;
	struct rte_eth_link link;
	struct rte_eth_stats from;

	memset(stats, 0, sizeof(*stats));
	if (rte_eth_stats_get(port->id, &from) == 0) {
		stats->received = from.ipackets;
		stats->bytes = from.ibytes;
		stats->missed = from.imissed + from.rx_nombuf;
		stats->errors = from.ierrors;
	}
	port->kernel_drops += dpdk_kernel_take_drops(port->packet_socket);
	stats->missed += port->kernel_drops;
	stats->up = rte_eth_link_get_nowait(port->id, &link) == 0 && link.link_status;
	if (rte_eth_dev_info_get(port->id, &info) == 0)
		strncpy(stats->driver, info.driver_name, sizeof(stats->driver) - 1);
}
