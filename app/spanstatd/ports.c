/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ports, cores and workers of a daemon, brought up in the order in which they depend on each other:
 *
 *	plan the mbufs -> CPUs and memory -> EAL -> attach each port -> queues -> engines -> start
 *
 * lcore 0 is the control core, 1 to N the workers, N+1 the receive core when one is needed: with
 * one worker it polls the ports itself; with several, a single port with symmetric RSS gives each
 * its queue; else the receive core hands on.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base_log.h"
#include "cores.h"
#include "dpdk_eal.h"
#include "dpdk_port.h"
#include "memory.h"
#include "ports.h"
#include "signals.h"
#include "worker.h"

#define PORTS_MAX REPORT_PORTS_MAX
static_assert(CONF_SOURCES_MAX == PORTS_MAX, "each source is a port");

struct ports {
	struct engine *engine;
	const struct options *options;
	struct dpdk_port port[PORTS_MAX];
	struct dpdk_pool_plan plan[PORTS_MAX];
	unsigned n_ports;
	struct dpdk_eal_config eal;
	struct memory_plan memory;
	unsigned n_launched;
	struct worker workers[CONF_WORKERS_MAX];
	struct steer steers[CONF_WORKERS_MAX]; /* of workers that share a port's queues */
	struct receiver receiver;              /* its hand-over has the rings either way */
	int has_receiver;
	struct dpdk_cuts cuts;
	struct dpdk_rss rss; /* of the one port whose queues the workers share */
};

/* --- plan ----------------------------------------------------------------------------------- */

static int
ports_plan_list(struct ports *ports, const struct conf_list *list, enum dpdk_port_kind kind)
{
	unsigned rings = ports->options->conf.workers > 1 ? ports->options->conf.workers : 0;

	for (unsigned i = 0; i < list->count; i++) {
		unsigned n = ports->n_ports;

		assert(n < PORTS_MAX); /* conf_check has seen to it */
		ports->port[n].given = list->item[i];
		ports->port[n].kind = kind;
		if (dpdk_pool_plan(&ports->plan[n], kind == DPDK_PORT_VDEV ? list->item[i] : NULL,
		                   rings) != 0) {
			base_error("%s: its capture cannot be read", list->item[i]);
			return -EINVAL;
		}
		ports->eal.memory_bytes += dpdk_pool_bytes(&ports->plan[n]);
		ports->n_ports++;
	}
	return 0;
}

static int
ports_plan(struct ports *ports)
{
	const struct conf_sources *sources = &ports->options->conf.sources;

	ports->eal.uses_pci = sources->pci.count > 0;
	if (ports_plan_list(ports, &sources->interface, DPDK_PORT_INTERFACE) != 0 ||
	    ports_plan_list(ports, &sources->pci, DPDK_PORT_PCI) != 0)
		return -EINVAL;
	return ports_plan_list(ports, &sources->vdev, DPDK_PORT_VDEV);
}

static bool
ports_cpu_is_shared(const struct ports *ports, unsigned lcore)
{
	for (unsigned i = 0; i < ports->eal.n_lcores; i++)
		if (i != lcore && ports->eal.cpu[i] == ports->eal.cpu[lcore])
			return true;
	return false;
}

static int
ports_plan_memory(struct ports *ports)
{
	int error = memory_choose(&ports->memory, &ports->options->conf, ports->eal.memory_bytes);

	ports->eal.no_huge = !ports->memory.packets_huge;
	return error;
}

/* --- up ------------------------------------------------------------------------------------- */

#define PORTS_FILES       32 /* of the process, EAL and the control core with a few clients */
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
	if (error != 0 && why[0] != '\0')
		base_error("eal: %s", why);
	else if (error != 0)
		base_error("eal: DPDK does not start: %s; log-level = debug says more",
		           strerror(-error));
	return error;
}

static int
ports_attach(struct ports *ports)
{
	char error[DPDK_ERROR_MAX];

	for (unsigned i = 0; i < ports->n_ports; i++) {
		struct dpdk_port *port = &ports->port[i];

		if (signals_end() != 0)
			return -EINTR;
		if (dpdk_port_attach(port, port->kind, port->given, i, error) != 0) {
			base_error("%s", error);
			return -ENODEV;
		}
		port->verifies = ports->options->conf.decode.checksum != PACKET_CHECKSUM_IGNORE;
		ports->cuts.bytes[port->id] =
		    ports->options->conf.cut_at != 0 ? ports->options->conf.cut_at : port->cut_at;
	}
	return 0;
}

/* One queue a port, and a core of its own that takes all of them. */
static unsigned
ports_use_receiver(struct ports *ports, const char *name, const char *why)
{
	unsigned workers = ports->options->conf.workers;

	ports->has_receiver = 1;
	base_info("%s: %s: one queue, and a receive core that hands each connection to its worker; "
	          "%u cores poll instead of %u",
	          name, why, workers + 1, workers);
	return 1;
}

/*
 * How many queues each port gets, and whether a receive core stands between them and the workers.
 */
static unsigned
ports_choose_queues(struct ports *ports)
{
	unsigned workers = ports->options->conf.workers, queues;
	const char *why;

	if (workers == 1)
		return 1;
	if (ports->n_ports > 1)
		return ports_use_receiver(ports, "several ports",
		                          "the two directions of a connection may come by two");
	queues = dpdk_port_symmetric_queues(&ports->port[0], workers, &why);
	return why == NULL ? queues : ports_use_receiver(ports, ports->port[0].given, why);
}

/*
 * A port with several queues is believed when it reports the settings that it was given and says
 * which queue a packet goes to; else it starts anew with one. Updates *queues. 0, or -errno with
 * error.
 */
static int
ports_start_port(struct ports *ports, struct dpdk_port *port, struct rte_mempool *pool,
                 unsigned *queues, char *error)
{
	int code = dpdk_port_start(port, *queues, pool, error);
	const char *why = "it refuses several queues";

	if (*queues == 1)
		return code;
	if (code == 0)
		why = dpdk_rss_differs(port->id);
	if (code == 0 && why == NULL)
		why = dpdk_rss_learn(&ports->rss, port->id);
	if (why == NULL)
		return 0;
	dpdk_port_halt(port);
	*queues = ports_use_receiver(ports, port->given, why);
	return dpdk_port_start(port, *queues, pool, error);
}

static int
ports_start_ports(struct ports *ports, unsigned *queues)
{
	char error[DPDK_ERROR_MAX], name[DPDK_NAME_MAX];

	for (unsigned i = 0; i < ports->n_ports; i++) {
		struct rte_mempool *pool;

		if (signals_end() != 0)
			return -EINTR;

		snprintf(name, sizeof(name), "port_%u", i);
		pool = dpdk_pool_create(&ports->plan[i], name);
		if (pool == NULL) {
			base_error("%s: no memory for %u packets", ports->port[i].given,
			           ports->plan[i].mbufs);
			return -ENOMEM;
		}
		if (ports_start_port(ports, &ports->port[i], pool, queues, error) != 0) {
			base_error("%s", error);
			return -ENODEV;
		}
	}
	return 0;
}

static int
ports_make_workers(struct ports *ports)
{
	const struct conf *conf = &ports->options->conf;
	uint32_t capacity = (conf->flows + conf->workers - 1) / conf->workers;
	enum mem_pages pages = ports->memory.tables_huge ? MEM_PAGES_HUGE : MEM_PAGES_THP;

	for (unsigned i = 0; i < conf->workers; i++) {
		int cpu = ports->eal.cpu[i + 1];
		int error = signals_end() != 0 ? -EINTR : 0;

		if (error != 0)
			return error;
		error = engine_add_worker(ports->engine, conf, capacity, pages, cpu, 0);

		if (error != 0) {
			base_error("no memory for a table of %u flows: %s", capacity,
			           strerror(-error));
			return error;
		}
		ports->engine->workers[i].lcore = i + 1;
		ports->workers[i] =
		    (struct worker){ .engine = ports->engine,
			             .number = i,
			             .cuts = &ports->cuts,
			             .shares_cpu = ports_cpu_is_shared(ports, i + 1) };
	}
	return 0;
}

/* No ring can be made: says so. */
static int
ports_no_rings(void)
{
	base_error("no memory for the rings between the cores");
	return -ENOMEM;
}

/* Workers that share a port's queues hand on what the NIC gave to the wrong one of them. */
static int
ports_wire_workers(struct ports *ports, unsigned queues)
{
	struct dpdk_handover *rings = &ports->receiver.steer.handover;

	if (queues == 1)
		return 0;
	if (dpdk_handover_init(rings, queues, true) != 0)
		return ports_no_rings();
	for (unsigned q = 0; q < queues; q++) {
		struct steer *steer = &ports->steers[q];

		if (steer_init(steer, queues, q, &ports->rss) != 0)
			return ports_no_rings();
		dpdk_handover_share(&steer->handover, rings);
		ports->workers[q].steer = steer;
		ports->workers[q].ring = rings->rings[q];
	}
	return 0;
}

static int
ports_wire_receiver(struct ports *ports)
{
	struct receiver *receiver = &ports->receiver;
	unsigned n = ports->engine->n_workers;

	receiver->engine = ports->engine;
	receiver->cuts = &ports->cuts;
	receiver->shares_cpu = ports_cpu_is_shared(ports, n + 1);
	if (steer_init(&receiver->steer, n, n, NULL) != 0 ||
	    dpdk_handover_init(&receiver->steer.handover, n, false) != 0)
		return ports_no_rings();
	for (unsigned i = 0; i < n; i++)
		ports->workers[i].ring = receiver->steer.handover.rings[i];
	return 0;
}

/*
 * Gives every queue its taker: worker i takes queue i of each port, or the receive core takes all.
 */
static int
ports_wire(struct ports *ports, unsigned queues)
{
	struct receiver *receiver = &ports->receiver;

	for (unsigned i = 0; i < ports->n_ports; i++) {
		for (unsigned q = 0; q < queues; q++) {
			struct worker_queue queue = { ports->port[i].id, (uint16_t)q };

			if (ports->has_receiver)
				receiver->queues[receiver->n_queues++] = queue;
			else
				ports->workers[q].queues[ports->workers[q].n_queues++] = queue;
		}
	}
	return ports->has_receiver ? ports_wire_receiver(ports) : ports_wire_workers(ports, queues);
}

static void
ports_report(void *ctx, struct report_stats *stats)
{
	struct ports *ports = ctx;

	stats->n_ports = ports->n_ports;
	for (unsigned i = 0; i < ports->n_ports; i++) {
		struct report_port *to = &stats->ports[i];
		struct dpdk_port_stats from;

		dpdk_port_stats(&ports->port[i], &from);
		strncpy(to->name, ports->port[i].given, sizeof(to->name) - 1);
		memcpy(to->driver, from.driver, sizeof(to->driver));
		to->received = from.received;
		to->bytes = from.bytes;
		to->missed = from.missed;
		to->errors = from.errors;
		to->state = from.up ? REPORT_PORT_UP : REPORT_PORT_DOWN;
	}
}

static int
ports_bring_up(struct ports *ports)
{
	unsigned queues;

	if (ports_plan(ports) != 0)
		return -EINVAL;
	cores_place(&ports->options->conf, &ports->eal);
	if (ports_plan_memory(ports) != 0)
		return -ENOMEM;
	if (ports_start_eal(ports) != 0 || ports_attach(ports) != 0)
		return -ENODEV;
	memory_log(&ports->memory, &ports->options->conf);
	queues = ports_choose_queues(ports);
	if (ports_make_workers(ports) != 0 || ports_start_ports(ports, &queues) != 0)
		return -ENODEV;
	return ports_wire(ports, queues);
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
	engine->ports = ports_report;
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
	for (unsigned i = 0; i < CONF_WORKERS_MAX; i++)
		steer_fini(&ports->steers[i]);
	dpdk_handover_fini(&ports->receiver.steer.handover);
	steer_fini(&ports->receiver.steer);
	for (unsigned i = 0; i < ports->n_ports; i++)
		dpdk_port_stop(&ports->port[i]);
	free(ports);
}
