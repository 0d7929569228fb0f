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
#include <sys/resource.h>
#include <unistd.h>

#include "dpdk_event.h"
#include "dpdk_flags.h"
#include "dpdk_kernel.h"
#include "dpdk_port.h"
#include "dpdk_rss.h"

#define DPDK_RX_DESCRIPTORS   4096
#define DPDK_TX_DESCRIPTORS   512
#define DPDK_AF_PACKET_RING   "blocksz=65536,framesz=2048,framecnt=32768,qpairs=1"
#define DPDK_AF_PACKET_LOCKED (128 << 20) /* bytes, with the ring for sending that comes with it */
#define DPDK_AF_PACKET_CUT    1900 /* of a frame of the ring, the rest is the kernel's header */

static int
dpdk_fail(char *error, const struct dpdk_port *port, int code, const char *what)
{
	snprintf(error, DPDK_ERROR_MAX, "%s: %s: %s", port->given, what, rte_strerror(-code));
	return code;
}

/* The bus on which EAL has it. */
static const char *
dpdk_port_bus(const struct dpdk_port *port)
{
	return port->kind == DPDK_PORT_PCI ? "pci" : "vdev";
}

static int
dpdk_attach_device(struct dpdk_port *port, const char *arguments, char *error)
{
	int code = rte_eal_hotplug_add(dpdk_port_bus(port), port->device, arguments);

	/* a NIC that was there at the start has been probed by EAL */
	if (code == 0 || code == -EEXIST)
		code = rte_eth_dev_get_port_by_name(port->device, &port->id);
	if (code != 0)
		return dpdk_fail(
		    error, port, code,
		    "the port does not come up: no such device, or it refuses its arguments");
	port->attached = true;
	dpdk_event_watch(port);
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
	return dpdk_attach_device(port, arguments, error);
}

/* The driver's ring is locked in memory: where that is the reason, says so. */
static int
dpdk_fail_ring(const struct dpdk_port *port, int code, char *error)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur < DPDK_AF_PACKET_LOCKED)
		snprintf(
		    error, DPDK_ERROR_MAX,
		    "%s: the port does not come up: its ring of %d MB is locked in memory, which "
		    "takes CAP_IPC_LOCK or a limit (ulimit -l) that is not %llu kB",
		    port->given, DPDK_AF_PACKET_LOCKED >> 20,
		    (unsigned long long)limit.rlim_cur >> 10);
	return code;
}

static int
dpdk_attach_af_packet(struct dpdk_port *port, char *error)
{
	char arguments[256];
	int code;

	snprintf(port->device, sizeof(port->device), "net_af_packet%u", port->number);
	snprintf(arguments, sizeof(arguments), "iface=%s," DPDK_AF_PACKET_RING, port->interface);
	port->cut_at = DPDK_AF_PACKET_CUT;
	code = dpdk_attach_device(port, arguments, error);
	return code == 0 ? 0 : dpdk_fail_ring(port, code, error);
}

static int
dpdk_fail_interface(const struct dpdk_port *port, int code, char *error)
{
	if (code == -ENETDOWN)
		snprintf(error, DPDK_ERROR_MAX, "%s: the interface is down: ip link set %s up",
		         port->given, port->interface);
	else if (code == -EPERM)
		snprintf(error, DPDK_ERROR_MAX,
		         "%s: no permission: a packet socket takes CAP_NET_RAW", port->given);
	else
		dpdk_fail(error, port, code, "no such interface");
	return code;
}

/* A device on a kernel interface: af_packet's, ours or the user's, or af_xdp's. */
static int
dpdk_attach_interface(struct dpdk_port *port, char *error)
{
	struct dpdk_link link = { 0 };
	int code = dpdk_links_find(port->links, port->interface, 0, &link);

	if (code == 0 && !link.is_set_up)
		code = -ENETDOWN;
	port->ifindex = link.ifindex;
	if (code == 0)
		code = dpdk_port_be_promiscuous(port);
	if (code != 0)
		return dpdk_fail_interface(port, code, error);
	code = port->kind == DPDK_PORT_INTERFACE ? dpdk_attach_af_packet(port, error)
	                                         : dpdk_attach_vdev(port, error);
	if (code != 0)
		return code;
	port->packet_socket = dpdk_kernel_find_socket(port->ifindex);
	port->first = link.counters;
	if (dpdk_links_find(port->links, NULL, port->ifindex, &link) == 0)
		port->first = link.counters;
	port->last = port->first;
	return 0;
}

/* EAL knows devices by their full address. */
static int
dpdk_attach_pci(struct dpdk_port *port, char *error)
{
	struct dpdk_port_status status;

	dpdk_pci_name(port->given, port->device);
	dpdk_port_find(port, &status);
	if (status.state != DPDK_PORT_UP)
		return dpdk_fail(error, port, -ENODEV, "no such device");
	return dpdk_attach_device(port, "", error);
}

void
dpdk_port_init(struct dpdk_port *port, enum dpdk_port_kind kind, const char *given, unsigned number,
               struct dpdk_links *links, int wake_fd)
{
	*port = (struct dpdk_port){ .kind = kind,
		                    .given = given,
		                    .number = number,
		                    .links = links,
		                    .wake_fd = wake_fd,
		                    .packet_socket = -1,
		                    .promiscuous_socket = -1 };
	if (kind == DPDK_PORT_INTERFACE)
		snprintf(port->interface, sizeof(port->interface), "%.*s", IFNAMSIZ - 1, given);
	else if (strncmp(given, "net_af_packet", 13) == 0 || strncmp(given, "net_af_xdp", 10) == 0)
		dpdk_vdev_argument(given, ",iface=", port->interface, sizeof(port->interface));
}

/* What it knows of an earlier device is forgotten, but for the counters. */
static void
dpdk_port_forget(struct dpdk_port *port)
{
	if (port->promiscuous_socket >= 0)
		close(port->promiscuous_socket);
	port->promiscuous_socket = port->packet_socket = -1;
	port->ifindex = 0;
	port->kernel_drops = 0;
	port->cut_at = 0;
	port->is_promiscuous = false;
	port->first = port->last = (struct dpdk_link_counters){ 0 };
	__atomic_store_n(&port->removed, 0, __ATOMIC_RELAXED);
}

int
dpdk_port_attach(struct dpdk_port *port, char *error)
{
	int code;

	dpdk_port_forget(port);
	if (port->interface[0] != '\0')
		code = dpdk_attach_interface(port, error);
	else if (port->kind == DPDK_PORT_PCI)
		code = dpdk_attach_pci(port, error);
	else
		code = dpdk_attach_vdev(port, error);
	if (code != 0)
		dpdk_port_remove(port);
	return code;
}

unsigned
dpdk_port_symmetric_queues(const struct dpdk_port *port, unsigned wanted, const char **why)
{
	struct rte_eth_dev_info info;

	if (port->interface[0] != '\0')
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
	struct rte_eth_conf conf = { 0 };
	struct rte_eth_dev_info info;
	int code = rte_eth_dev_info_get(port->id, &info);

	if (code == 0) {
		conf.rxmode.offloads = info.rx_offload_capa & RTE_ETH_RX_OFFLOAD_SCATTER;
		if (port->verifies)
			conf.rxmode.offloads |= info.rx_offload_capa & RTE_ETH_RX_OFFLOAD_CHECKSUM;
		/*
		 * No interrupt for the link (lsc): with it ethdev gives the link as it was at the
		 * last one, and one that gets lost would never be noticed. So the device is read.
		 */
		conf.intr_conf.rmv = (*info.dev_flags & RTE_ETH_DEV_INTR_RMV) != 0;
		if (queues > 1)
			dpdk_rss_configure(&conf, &info, port->rss_key);
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
	dpdk_flags_keep(port->interface[0] != '\0');
	code = rte_eth_dev_start(port->id);
	dpdk_flags_keep(false);
	if (code != 0)
		return dpdk_fail(error, port, code, "the port does not start");
	port->started = true;
	port->queues = (uint16_t)queues;
	if (port->interface[0] != '\0')
		return 0; /* promiscuous since it was attached */
	code = dpdk_port_be_promiscuous(port);
	return code == 0 ? 0 : dpdk_fail(error, port, code, "the port cannot be made promiscuous");
}

void
dpdk_port_halt(struct dpdk_port *port)
{
	if (port->started) {
		if (port->is_promiscuous)
			rte_eth_promiscuous_disable(port->id);
		rte_eth_dev_stop(port->id);
	}
	port->started = false;
}

void
dpdk_port_stop(struct dpdk_port *port)
{
	if (port->attached)
		dpdk_port_count(port, &port->past);
	dpdk_port_halt(port);
	if (port->attached) {
		dpdk_event_forget(port);
		rte_eth_dev_close(port->id);
	}
	port->attached = false;
	dpdk_port_forget(port);
}

void
dpdk_port_remove(struct dpdk_port *port)
{
	bool attached = port->attached;

	dpdk_port_stop(port);
	if (attached)
		rte_eal_hotplug_remove(dpdk_port_bus(port), port->device);
}
