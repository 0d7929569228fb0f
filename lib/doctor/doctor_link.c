/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Kernel interfaces, by files: link, what they say to the network, the longest frame; and what is
 * known of any port: is it there, its node, its interface. See doctor_checks.h.
 */

#include <arpa/inet.h>
#include <linux/if.h>
#include <stdio.h>
#include <string.h>

#include "base_net.h"
#include "base_text.h"
#include "doctor_checks.h"
#include "doctor_file.h"

#define LINK_NET       "/sys/class/net"
#define LINK_PCI       "/sys/bus/pci/devices"
#define LINK_INET6_MAX 65536
#define LINK_MTU       1500
#define LINK_MTU_OUTER 1600 /* a whole frame in VXLAN or ERSPAN, over IPv6 and with a tag */

/* --- any port -------------------------------------------------------------------------------- */

bool
doctor_is_there(const struct doctor *doctor, const struct doctor_port *port)
{
	return doctor_has(doctor->machine,
	                  port->kind == DOCTOR_PORT_PCI ? LINK_PCI "/%s" : LINK_NET "/%s",
	                  port->name);
}

static bool
link_first_name(const struct doctor *doctor, const char *device, const char *below, char *interface)
{
	struct dirent **names;
	int n = doctor_list(doctor->machine, &names, LINK_PCI "/%s/%s/net", device, below);

	if (n > 0)
		snprintf(interface, IFNAMSIZ, "%.15s", names[0]->d_name);
	doctor_list_free(names, n);
	return n > 0;
}

/* Of a virtio NIC the interface is its virtio device's, one folder below. */
bool
doctor_port_interface(const struct doctor *doctor, const struct doctor_port *port, char *interface)
{
	struct dirent **names;
	bool found = false;
	int n;

	if (port->kind == DOCTOR_PORT_INTERFACE) {
		snprintf(interface, IFNAMSIZ, "%.15s", port->name);
		return true;
	}
	if (link_first_name(doctor, port->name, ".", interface))
		return true;
	n = doctor_list(doctor->machine, &names, LINK_PCI "/%s", port->name);
	for (int i = 0; i < n && !found; i++)
		found = !strncmp(names[i]->d_name, "virtio", 6) &&
		        link_first_name(doctor, port->name, names[i]->d_name, interface);
	doctor_list_free(names, n);
	return found;
}

int
doctor_node_of_port(const struct doctor_machine *machine, const struct doctor_port *port)
{
	long long node = -1;

	doctor_read_number(machine, &node,
	                   port->kind == DOCTOR_PORT_PCI ? LINK_PCI "/%s/numa_node"
	                                                 : LINK_NET "/%s/device/numa_node",
	                   port->name);
	return (int)node;
}

int
doctor_port_node(const struct doctor *doctor, const struct doctor_port *port)
{
	return doctor_node_of_port(doctor->machine, port);
}

void
doctor_check_numa(struct doctor *doctor, const struct doctor_port *port)
{
	const struct conf_cpu_list *workers = &doctor->setup->conf.cpus.workers;
	int node = doctor_port_node(doctor, port);
	char cpus[128] = "";

	if (node < 0) {
		doctor_add(doctor, REPORT_FINDING_OK, port->name, _("of no node"));
		return;
	}
	doctor_read(doctor->machine, cpus, sizeof(cpus), "/sys/devices/system/node/node%d/cpulist",
	            node);
	for (unsigned i = 0; i < workers->count; i++) {
		int other = doctor_cpu_node(doctor, workers->cpu[i]);

		if (other < 0 || other == node)
			continue;
		doctor_add(doctor, REPORT_FINDING_ADVICE, port->name,
		           _("node %d, and CPU %u of a worker is of node %d: each packet crosses "
		             "between them"),
		           node, workers->cpu[i], other);
		doctor_mend(doctor, "cpus { workers = \"...\" } # of %s", cpus);
		return;
	}
	if (workers->count == 0 && doctor_has(doctor->machine, "/sys/devices/system/node/node1")) {
		doctor_add(
		    doctor, REPORT_FINDING_ADVICE, port->name,
		    _("node %d, and no CPU is named for the workers: they may be of another"),
		    node);
		doctor_mend(doctor, "cpus { workers = \"...\" } # of %s", cpus);
		return;
	}
	doctor_add(doctor, REPORT_FINDING_OK, port->name, _("node %d"), node);
}

/* --- the link -------------------------------------------------------------------------------- */

void
doctor_check_link(struct doctor *doctor, const struct doctor_port *port)
{
	long long flags = 0, carrier = 0, speed = -1;

	if (!doctor_is_there(doctor, port)) {
		doctor_add(doctor, REPORT_FINDING_MUST, port->name,
		           _("there is no such interface"));
		doctor_mend(doctor, "ip link");
		return;
	}
	doctor_read_number(doctor->machine, &flags, LINK_NET "/%s/flags", port->name);
	doctor_read_number(doctor->machine, &carrier, LINK_NET "/%s/carrier", port->name);
	doctor_read_number(doctor->machine, &speed, LINK_NET "/%s/speed", port->name);
	if (!(flags & IFF_UP)) {
		doctor_add(doctor, REPORT_FINDING_MUST, port->name, _("the interface is down"));
		doctor_mend(doctor, "ip link set %s up", port->name);
	} else if (carrier == 0) {
		doctor_add(doctor, REPORT_FINDING_MUST, port->name,
		           _("no carrier: look at the cable and at the mirror session"));
		doctor_mend(doctor, "ethtool %s", port->name);
	} else if (speed > 0) {
		doctor_add(doctor, REPORT_FINDING_OK, port->name, _("up, %lld Mbit/s"), speed);
	} else {
		doctor_add(doctor, REPORT_FINDING_OK, port->name, _("up"));
	}
}

/* --- what it says ---------------------------------------------------------------------------- */

/* Do tunnels of mirrors end at this address? Then the kernel has to answer for it. */
static bool
link_ends_mirror(const struct doctor *doctor, unsigned version, const uint8_t *addr)
{
	const struct conf_home *ends = &doctor->setup->conf.decode.mirror_to;

	for (unsigned i = 0; i < ends->count; i++)
		if (ends->net[i].version == version &&
		    base_net_agree(ends->net[i].addr, addr, ends->net[i].len))
			return true;
	return false;
}

enum link_inet6 { LINK_INET6_NONE, LINK_INET6_HAS, LINK_INET6_ENDS };

/* One line of if_inet6 (address, index, length, scope, flags, name): what it is of `interface`. */
static enum link_inet6
link_inet6_line(const struct doctor *doctor, const char *line, const char *interface)
{
	uint8_t addr[16];
	char name[64];

	if (sscanf(line, "%*s %*s %*s %*s %*s %63s", name) != 1 || strcmp(name, interface) != 0)
		return LINK_INET6_NONE;
	for (unsigned i = 0; i < sizeof(addr); i++)
		if (sscanf(line + 2 * i, "%2hhx", &addr[i]) != 1)
			return LINK_INET6_HAS;
	return link_ends_mirror(doctor, 6, addr) ? LINK_INET6_ENDS : LINK_INET6_HAS;
}

/* The most that one of its addresses is. */
static enum link_inet6
link_inet6(const struct doctor *doctor, const char *interface)
{
	static char text[LINK_INET6_MAX];
	enum link_inet6 most = LINK_INET6_NONE;

	doctor_read(doctor->machine, text, sizeof(text), "/proc/self/net/if_inet6");
	for (const char *line = text; line; line = strchr(line, '\n')) {
		enum link_inet6 one;

		line += *line == '\n';
		one = link_inet6_line(doctor, line, interface);
		if (one > most)
			most = one;
	}
	return most;
}

static void
link_speaks_inet6(struct doctor *doctor, const struct doctor_port *port)
{
	long long disabled = 1;
	enum link_inet6 has;

	doctor_read_number(doctor->machine, &disabled, "/proc/sys/net/ipv6/conf/%s/disable_ipv6",
	                   port->name);
	if (disabled) {
		doctor_add(doctor, REPORT_FINDING_OK, port->name, _("IPv6 is off"));
		return;
	}
	has = link_inet6(doctor, port->name);
	if (has == LINK_INET6_ENDS) {
		doctor_add(doctor, REPORT_FINDING_OK, port->name,
		           _("tunnels of mirrors end at an IPv6 address of it (mirror-to)"));
		return;
	}
	doctor_add(doctor, REPORT_FINDING_ADVICE, port->name,
	           has == LINK_INET6_HAS
	               ? _("IPv6 is on and it has an address: the kernel sends frames into the "
	                   "mirror")
	               : _("IPv6 is on: the kernel sends frames into the mirror"));
	doctor_mend(doctor, "sysctl -w net.ipv6.conf.%s.disable_ipv6=1", port->name);
}

void
doctor_check_speaks(struct doctor *doctor, const struct doctor_port *port)
{
	struct doctor_nic nic;
	uint8_t addr[4];

	link_speaks_inet6(doctor, port);
	if (doctor->machine->read_nic(port->name, &nic) != 0)
		return;
	if (nic.ipv4[0] == '\0') {
		doctor_add(doctor, REPORT_FINDING_OK, port->name, _("no IPv4 address"));
		return;
	}
	if (inet_pton(AF_INET, nic.ipv4, addr) == 1 && link_ends_mirror(doctor, 4, addr)) {
		doctor_add(doctor, REPORT_FINDING_OK, port->name,
		           _("tunnels of mirrors end at its address, %s (mirror-to)"), nic.ipv4);
		return;
	}
	doctor_add(doctor, REPORT_FINDING_ADVICE, port->name,
	           _("it has the address %s: the kernel answers ARP in the mirror, and what comes "
	             "for it"),
	           nic.ipv4);
	doctor_mend(doctor, "ip -4 address flush dev %s", port->name);
}

/* --- the longest frame ----------------------------------------------------------------------- */

void
doctor_check_mtu(struct doctor *doctor, const struct doctor_port *port)
{
	unsigned wants = doctor->setup->conf.decode.mirror_to.count > 0 ? LINK_MTU_OUTER : LINK_MTU;
	long long mtu = 0, longer = 0;

	doctor_read_number(doctor->machine, &mtu, LINK_NET "/%s/mtu", port->name);
	doctor_read_number(doctor->machine, &longer, LINK_NET "/%s/statistics/rx_length_errors",
	                   port->name);
	if (longer > 0) {
		doctor_add(doctor, REPORT_FINDING_ADVICE, port->name,
		           _("%lld frames were not taken for their length: the mirror has longer "
		             "ones than the MTU, %lld"),
		           longer, mtu);
		doctor_mend(doctor, "ip link set %s mtu 9000", port->name);
	} else if (mtu < wants) {
		doctor_add(doctor, REPORT_FINDING_ADVICE, port->name,
		           _("the MTU is %lld, and the mirror's frames have up to %u bytes"), mtu,
		           wants);
		doctor_mend(doctor, "ip link set %s mtu %u", port->name, wants);
	} else {
		doctor_add(doctor, REPORT_FINDING_OK, port->name, _("%lld bytes, none was longer"),
		           mtu);
	}
}
