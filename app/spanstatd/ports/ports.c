/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ports, cores and workers of a daemon, brought up in the order in which they depend on each other:
 *
 *	plan the mbufs -> CPUs and memory -> EAL -> attach each port -> queues -> engines -> start
 *
 * ports_open.c attaches and starts, ports_wire.c gives queues to poll loops, ports_watch.c looks
 * after what comes and goes, ports_machine.c asks the machine about them.
 *
 * lcore 0 is the control core, 1 to N the workers, N+1 the receive core when one is needed: with
 * one worker it polls the ports itself; with several, a single port with symmetric RSS gives each
 * its queue; else the receive core hands on.
 */

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base_log.h"
#include "cores.h"
#include "ports_own.h"
#include "signals.h"

static_assert(CONF_SOURCES_MAX == PORTS_MAX, "each source is a port");
static_assert(CONF_LIST_MAX <= DPDK_PCI_MAX, "EAL is told each NIC");

/* --- plan ----------------------------------------------------------------------------------- */

static int
ports_plan_list(struct ports *ports, const struct conf_list *list, enum dpdk_port_kind kind)
{
	unsigned rings = memory_rings(ports->options->conf.workers);

	for (unsigned i = 0; i < list->count; i++) {
		unsigned n = ports->n_ports;

		assert(n < PORTS_MAX); /* conf_check has seen to it */
		dpdk_port_init(&ports->port[n].dpdk, kind, list->item[i], n, &ports->links,
		               ports->wake_fd);
		if (dpdk_pool_plan(&ports->port[n].plan,
		                   kind == DPDK_PORT_VDEV ? list->item[i] : NULL, rings) != 0) {
			base_error("%s: its capture cannot be read", list->item[i]);
			return -EINVAL;
		}
		ports->n_ports++;
	}
	return 0;
}

static int
ports_plan(struct ports *ports)
{
	const struct conf_sources *sources = &ports->options->conf.sources;

	for (unsigned i = 0; i < sources->pci.count; i++)
		ports->eal.pci[ports->eal.n_pci++] = sources->pci.item[i];
	if (ports_plan_list(ports, &sources->interface, DPDK_PORT_INTERFACE) != 0 ||
	    ports_plan_list(ports, &sources->pci, DPDK_PORT_PCI) != 0)
		return -EINVAL;
	return ports_plan_list(ports, &sources->vdev, DPDK_PORT_VDEV);
}

static int
ports_plan_memory(struct ports *ports)
{
	struct nodes nodes;
	struct mem_room room;
	int error;

	memory_room(&room);
	nodes_read(&nodes, &ports_machine, room.huge_bytes);
	ports_want_nodes(ports, &nodes);
	error = memory_choose(&ports->memory, &ports->options->conf, &room, &nodes);
	ports->eal.no_huge = !ports->memory.packets_huge;
	for (unsigned i = 0; i < nodes.n; i++)
		dpdk_eal_want(&ports->eal, nodes.node[i].number, nodes.node[i].packets_bytes);
	return error;
}

/* --- up ------------------------------------------------------------------------------------- */

#define PORTS_FILES       40 /* of the process, EAL and the control core with a few clients */
#define PORTS_FILES_LCORE 4  /* two pipes */
#define PORTS_FILES_PORT  4

/* EAL panics where it gets no pipe. */
static int
ports_check_files(const struct ports *ports)
{
	rlim_t wanted = PORTS_FILES + PORTS_FILES_LCORE * ports->eal.n_lcores +
	                PORTS_FILES_PORT * ports->n_ports;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
		return 0;
	base_error("%lu descriptors are allowed and %lu are needed: LimitNOFILE= or ulimit -n",
	           (unsigned long)limit.rlim_cur, (unsigned long)wanted);
	return -EMFILE;
}

static int
ports_start_eal(struct ports *ports)
{
	char why[DPDK_EAL_WHY_MAX];
	int error = ports_check_files(ports);

	if (error != 0)
		return error;
	ports->eal.extra = ports->options->conf.eal;
	ports->eal.verbose = ports->options->conf.log_level == BASE_LOG_DEBUG;
	error = dpdk_eal_init(&ports->eal, why);
	if (signals_end() != 0)
		return -EINTR; /* no failure, whatever it was that was interrupted */
	if (error != 0)
		ports_explain_all(ports);
	if (error != 0 && why[0] != '\0')
		base_error("eal: %s", why);
	else if (error != 0)
		base_error("eal: DPDK does not start: %s; log-level = debug says more",
		           strerror(-error));
	return error;
}

static void
ports_report(void *ctx, struct report_stats *stats)
{
	static const uint32_t states[] = { [DPDK_PORT_DOWN] = REPORT_PORT_DOWN,
		                           [DPDK_PORT_UP] = REPORT_PORT_UP,
		                           [DPDK_PORT_GONE] = REPORT_PORT_GONE };
	struct ports *ports = ctx;

	stats->n_ports = ports->n_ports;
	for (unsigned i = 0; i < ports->n_ports; i++) {
		struct ports_port *port = &ports->port[i];
		struct report_port *to = &stats->ports[i];
		struct dpdk_port_counters from;

		dpdk_port_count(&port->dpdk, &from);
		strncpy(to->name, port->dpdk.given, sizeof(to->name) - 1);
		memcpy(to->driver, port->driver, sizeof(to->driver));
		to->received = from.received;
		to->bytes = from.bytes;
		to->missed = from.missed;
		to->no_buffer = from.no_buffer;
		to->errors = from.errors;
		to->sent = from.sent;
		to->state = states[port->state];
		to->changes = port->changes;
		to->stalled_sec = port->stalled_sec;
	}
}

/* By which the control core hears that something has changed. */
static int
ports_open_sockets(struct ports *ports)
{
	int error = dpdk_links_open(&ports->links);

	ports->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (error == 0 && ports->wake_fd < 0)
		error = -errno;
	if (error != 0)
		base_error("the kernel does not say what interfaces there are: %s",
		           strerror(-error));
	return error;
}

static int
ports_bring_up(struct ports *ports)
{
	if (ports_open_sockets(ports) != 0 || ports_plan(ports) != 0)
		return -EINVAL;
	cores_place(&ports->options->conf, &ports->eal);
	if (ports_plan_memory(ports) != 0)
		return -ENOMEM;
	if (ports_start_eal(ports) != 0 || ports_attach(ports) != 0)
		return -ENODEV;
	memory_log(&ports->memory, &ports->options->conf);
	ports_choose_queues(ports);
	if (ports_make_workers(ports) != 0 || ports_start_ports(ports) != 0)
		return -ENODEV;
	ports_compare_nodes(ports);
	return ports_wire(ports);
}

struct ports *
ports_create(struct engine *engine, const struct options *options)
{
	struct ports *ports = aligned_alloc(BASE_CACHE_LINE, (sizeof(*ports) + 63) / 64 * 64);

	if (ports == NULL) {
		base_error("no memory for the ports");
		return NULL;
	}
	memset(ports, 0, sizeof(*ports));
	ports->engine = engine;
	ports->options = options;
	ports->wake_fd = -1;
	engine->ports = ports_report;
	engine->loop_behind = ports_loop_behind;
	engine->ports_ctx = ports;
	if (ports_bring_up(ports) == 0)
		return ports;
	ports_destroy(ports);
	return NULL;
}

int
ports_start(struct ports *ports)
{
	unsigned n = ports->engine->n_workers;
	int error = 0;

	for (unsigned i = 0; i < n && error == 0; i++, ports->n_launched++)
		error = dpdk_eal_launch(i + 1, worker_run, &ports->workers[i]);
	if (error == 0 && ports->has_receiver) {
		error = dpdk_eal_launch(n + 1, receiver_run, &ports->receiver);
		ports->n_launched++;
	}
	if (error != 0)
		base_error("a core does not start: %s", strerror(-error));
	return error;
}

void
ports_destroy(struct ports *ports)
{
	for (unsigned i = 0; i < ports->n_launched; i++)
		dpdk_eal_wait(i + 1);
	ports_unwatch(ports);
	for (unsigned i = 0; i < CONF_WORKERS_MAX; i++)
		steer_fini(&ports->steers[i]);
	dpdk_handover_fini(&ports->receiver.steer.handover);
	steer_fini(&ports->receiver.steer);
	for (unsigned i = 0; i < ports->n_ports; i++)
		dpdk_port_stop(&ports->port[i].dpdk);
	dpdk_links_close(&ports->links);
	if (ports->wake_fd >= 0)
		close(ports->wake_fd);
	free(ports);
}
