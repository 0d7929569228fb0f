/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the machine says of ports: on which NUMA node they are, beside which cores, and why one
 * cannot be had. It is asked as `spanstat doctor` asks it (lib/doctor), so both say the same.
 */

#include <stdio.h>

#include "base_log.h"
#include "doctor.h"
#include "endpoint_table.h"
#include "mem_region.h"
#include "ports_own.h"

const struct doctor_machine ports_machine = { .root = "" };

/* The port as doctor names it. False: it stands on no device of the machine. */
static bool
ports_name(const struct dpdk_port *port, struct doctor_port *to)
{
	char device[DPDK_NAME_MAX];

	*to = (struct doctor_port){ .kind = DOCTOR_PORT_INTERFACE };
	if (port->kind == DPDK_PORT_PCI) {
		to->kind = DOCTOR_PORT_PCI;
		dpdk_pci_name(port->given, device);
	} else {
		snprintf(device, sizeof(device), "%s", port->interface);
	}
	snprintf(to->name, sizeof(to->name), "%.*s", (int)sizeof(to->name) - 1, device);
	return to->name[0] != '\0';
}

/* --- nodes ----------------------------------------------------------------------------------- */

/* Packets lie where their NIC is; those of other ports where the control core is. */
static int
ports_find_node(const struct dpdk_port *port, int control)
{
	struct doctor_port at;
	int node = ports_name(port, &at) ? doctor_node_of_port(&ports_machine, &at) : -1;

	return node >= 0 ? node : control;
}

void
ports_want_nodes(struct ports *ports, struct nodes *nodes)
{
	const struct conf *conf = &ports->options->conf;
	uint64_t tables =
	    memory_tables(conf->flows, conf->workers, endpoint_table_round(conf->listeners)) /
	    conf->workers;
	int control = mem_node_of_cpu(ports->eal.cpu[0]);

	nodes_want(nodes, control, MEMORY_EAL_BYTES, 0);
	for (unsigned i = 0; i < ports->n_ports; i++) {
		struct ports_port *port = &ports->port[i];

		port->node = ports_find_node(&port->dpdk, control);
		nodes_want(nodes, port->node, dpdk_pool_bytes(&port->plan), 0);
	}
	for (unsigned i = 0; i < conf->workers; i++)
		nodes_want(nodes, mem_node_of_cpu(ports->eal.cpu[i + 1]), 0, tables);
}

/* A core that reads the port's packets, and its node where that is another one. */
static void
ports_compare_core(const struct ports *ports, const struct dpdk_port *port, unsigned lcore)
{
	int cpu = ports->eal.cpu[lcore], node = dpdk_port_node(port), other = mem_node_of_cpu(cpu);
	char name[32] = "the receive core";

	if (node < 0 || other < 0 || node == other)
		return;
	if (lcore <= ports->engine->n_workers)
		snprintf(name, sizeof(name), "worker %u", lcore - 1);
	base_warning("port %s: NUMA node %d, and %s on CPU %d is of node %d: each packet crosses "
	             "between them; name CPUs of node %d in cpus",
	             port->given, node, name, cpu, other, node);
}

void
ports_compare_nodes(const struct ports *ports)
{
	unsigned n = ports->engine->n_workers + (ports->has_receiver ? 1 : 0);

	for (unsigned i = 0; i < ports->n_ports; i++)
		for (unsigned lcore = 1; ports->port[i].dpdk.attached && lcore <= n; lcore++)
			ports_compare_core(ports, &ports->port[i].dpdk, lcore);
}

/* --- why not --------------------------------------------------------------------------------- */

bool
ports_explain(const struct ports *ports, const struct dpdk_port *port, char *error)
{
	static struct report_finding findings[DOCTOR_FINDINGS_MAX];
	static struct doctor_setup setup;
	struct doctor_port at;
	unsigned n;

	if (port->kind != DPDK_PORT_PCI || !ports_name(port, &at))
		return false;
	setup.conf = ports->options->conf;
	n = doctor_examine_pci(&ports_machine, &setup, &at, findings);
	for (unsigned i = 0; i < n; i++) {
		const struct report_finding *row = &findings[i];

		if (row->verdict != REPORT_FINDING_MUST)
			continue;
		snprintf(error, DPDK_ERROR_MAX, "%s: %.200s: %.200s", port->given, row->what,
		         row->mend);
		return true;
	}
	return false;
}

void
ports_explain_all(const struct ports *ports)
{
	char error[DPDK_ERROR_MAX];

	for (unsigned i = 0; i < ports->n_ports; i++)
		if (ports_explain(ports, &ports->port[i].dpdk, error))
			base_error("%s", error);
}
