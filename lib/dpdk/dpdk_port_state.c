/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is so of a port now: its state, its counters, its promiscuous mode; see dpdk_port.h.
 *
 * Of a port on a kernel interface the kernel says it, for the driver takes a link for granted and
 * counts bytes of frames as its ring has cut them; of any other its driver.
 */

#include <errno.h>
#include <rte_ethdev.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dpdk_bytes.h"
#include "dpdk_kernel.h"
#include "dpdk_port.h"

static bool
dpdk_port_is_interface(const struct dpdk_port *port)
{
	return port->interface[0] != '\0';
}

static void
dpdk_port_set(struct dpdk_port_status *status, enum dpdk_port_state state, const char *why)
{
	status->state = state;
	status->why = why;
}

static void
dpdk_port_set_link(struct dpdk_port_status *status, const struct dpdk_link *link)
{
	if (!link->is_set_up)
		dpdk_port_set(status, DPDK_PORT_DOWN, "the interface is set down");
	else if (!link->has_carrier)
		dpdk_port_set(status, DPDK_PORT_DOWN, "no carrier");
	memcpy(status->name, link->name, sizeof(status->name));
	status->is_promiscuous = link->promiscuity > 0;
}

/* --- before it is attached ------------------------------------------------------------------ */

void
dpdk_pci_name(const char *given, char device[DPDK_NAME_MAX])
{
	snprintf(device, DPDK_NAME_MAX, "%s%s",
	         strchr(given, ':') == strrchr(given, ':') ? "0000:" : "", given);
}

static void
dpdk_port_find_pci(const struct dpdk_port *port, struct dpdk_port_status *status)
{
	char device[DPDK_NAME_MAX], path[DPDK_NAME_MAX + 64];

	dpdk_pci_name(port->given, device);
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s", device);
	if (access(path, F_OK) != 0)
		dpdk_port_set(status, DPDK_PORT_GONE, "there is no such device");
}

static void
dpdk_port_find_interface(const struct dpdk_port *port, struct dpdk_port_status *status)
{
	struct dpdk_link link;

	if (dpdk_links_find(port->links, port->interface, 0, &link) != 0)
		dpdk_port_set(status, DPDK_PORT_GONE, "there is no such interface");
	else if (!link.is_set_up)
		dpdk_port_set(status, DPDK_PORT_DOWN, "the interface is set down");
}

void
dpdk_port_find(const struct dpdk_port *port, struct dpdk_port_status *status)
{
	*status = (struct dpdk_port_status){ .state = DPDK_PORT_UP };
	if (dpdk_port_is_interface(port))
		dpdk_port_find_interface(port, status);
	else if (port->kind == DPDK_PORT_PCI)
		dpdk_port_find_pci(port, status);
}

/* --- attached ------------------------------------------------------------------------------- */

/*
 * An interface that was deleted and made again under the same number is another one: the driver's
 * socket does not have it.
 */
static void
dpdk_port_check_interface(const struct dpdk_port *port, struct dpdk_port_status *status)
{
	struct dpdk_link link;
	int error = dpdk_links_find(port->links, NULL, port->ifindex, &link);

	if (error == -ENODEV ||
	    (port->packet_socket >= 0 && !dpdk_kernel_is_bound(port->packet_socket, port->ifindex)))
		dpdk_port_set(status, DPDK_PORT_GONE, "its interface was deleted");
	else if (error == 0)
		dpdk_port_set_link(status, &link);
}

static void
dpdk_port_check_device(struct dpdk_port *port, struct dpdk_port_status *status)
{
	struct rte_eth_link link;

	if (__atomic_load_n(&port->removed, __ATOMIC_RELAXED) ||
	    rte_eth_dev_is_removed(port->id) == 1)
		dpdk_port_set(status, DPDK_PORT_GONE, "its device was removed");
	else if (rte_eth_link_get_nowait(port->id, &link) != 0 || !link.link_status)
		dpdk_port_set(status, DPDK_PORT_DOWN, "no link");
	status->is_promiscuous = !port->is_promiscuous || rte_eth_promiscuous_get(port->id) == 1;
}

void
dpdk_port_check(struct dpdk_port *port, struct dpdk_port_status *status)
{
	*status = (struct dpdk_port_status){ .state = DPDK_PORT_UP, .is_promiscuous = true };
	if (dpdk_port_is_interface(port))
		dpdk_port_check_interface(port, status);
	else
		dpdk_port_check_device(port, status);
}

int
dpdk_port_be_promiscuous(struct dpdk_port *port)
{
	int code;

	if (!dpdk_port_is_interface(port)) {
		code = rte_eth_promiscuous_enable(port->id);
		port->is_promiscuous = code == 0;
		return code == -ENOTSUP ? 0 : code;
	}
	code = dpdk_kernel_be_promiscuous(port->ifindex);
	if (code < 0)
		return code;
	if (port->promiscuous_socket >= 0)
		close(port->promiscuous_socket);
	port->promiscuous_socket = code;
	return 0;
}

bool
dpdk_port_note_deleted(struct dpdk_port *port, const struct dpdk_link *link)
{
	if (!port->attached || port->ifindex != link->ifindex)
		return false;
	/* some drivers, veth among them, have put theirs away by then */
	if (link->counters.bytes > port->last.bytes)
		port->last = link->counters;
	return true;
}

static void
dpdk_port_count_interface(struct dpdk_port *port, struct dpdk_port_counters *counters)
{
	struct dpdk_link link;

	if (dpdk_links_find(port->links, NULL, port->ifindex, &link) == 0)
		port->last = link.counters;
	counters->arrived = port->last.packets - port->first.packets;
	port->kernel_drops += dpdk_kernel_take_drops(port->packet_socket);
	/* what it has counted itself was there, if it is more: an interface may be gone */
	if (counters->bytes < port->last.bytes - port->first.bytes)
		counters->bytes = port->last.bytes - port->first.bytes;
	counters->missed += port->kernel_drops + port->last.missed - port->first.missed;
	counters->errors += port->last.errors - port->first.errors;
}

void
dpdk_port_count(struct dpdk_port *port, struct dpdk_port_counters *counters)
{
	const struct dpdk_port_counters past = port->past;
	struct rte_eth_stats stats = { 0 };
	char driver[DPDK_NAME_MAX];

	*counters = past;
	if (!port->attached || rte_eth_stats_get(port->id, &stats) != 0)
		return;
	dpdk_port_driver(port, driver);
	*counters = (struct dpdk_port_counters){ .received = stats.ipackets,
		                                 .arrived = stats.ipackets + stats.imissed,
		                                 .bytes = dpdk_bytes_of_frames(driver, stats.ibytes,
		                                                               stats.ipackets),
		                                 .missed = stats.imissed + stats.rx_nombuf,
		                                 .no_buffer = stats.rx_nombuf,
		                                 .errors = stats.ierrors,
		                                 .sent = stats.opackets };
	if (dpdk_port_is_interface(port))
		dpdk_port_count_interface(port, counters);
	counters->received += past.received;
	counters->arrived += past.arrived;
	counters->bytes += past.bytes;
	counters->missed += past.missed;
	counters->no_buffer += past.no_buffer;
	counters->errors += past.errors;
	counters->sent += past.sent;
}

void
dpdk_port_driver(const struct dpdk_port *port, char driver[DPDK_NAME_MAX])
{
	struct rte_eth_dev_info info;

	*driver = '\0';
	if (port->attached && rte_eth_dev_info_get(port->id, &info) == 0)
		snprintf(driver, DPDK_NAME_MAX, "%s", info.driver_name);
}

int
dpdk_port_node(const struct dpdk_port *port)
{
	return rte_eth_dev_socket_id(port->id);
}
