/* SPDX-License-Identifier: BSD-3-Clause */
/* Workers, the receive core and the rings between them; and which of them polls which queue. */

#include <errno.h>
#include <string.h>

#include "base_log.h"
#include "ports_own.h"
#include "signals.h"

static bool
ports_cpu_is_shared(const struct ports *ports, unsigned lcore)
{
	for (unsigned i = 0; i < ports->eal.n_lcores; i++)
		if (i != lcore && ports->eal.cpu[i] == ports->eal.cpu[lcore])
			return true;
	return false;
}

int
ports_make_workers(struct ports *ports)
{
	const struct conf *conf = &ports->options->conf;
	uint32_t capacity = (conf->flows + conf->workers - 1) / conf->workers;
	enum mem_pages pages = ports->memory.tables_huge ? MEM_PAGES_HUGE : MEM_PAGES_THP;

	for (unsigned i = 0; i < conf->workers; i++) {
		int cpu = ports->eal.cpu[i + 1];
		int error;

		if (signals_end() != 0)
			return -EINTR;
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
ports_wire_workers(struct ports *ports)
{
	unsigned queues = ports->queues;
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
int
ports_wire(struct ports *ports)
{
	for (unsigned i = 0; i < ports->n_ports; i++)
		for (unsigned q = 0; q < ports->queues; q++)
			poll_give(ports->has_receiver ? &ports->receiver.poll
			                              : &ports->workers[q].poll,
			          ports->port[i].dpdk.id, (uint16_t)q, i);
	poll_call(&ports->engine->polls);
	return ports->has_receiver ? ports_wire_receiver(ports) : ports_wire_workers(ports);
}

unsigned
ports_polls(struct ports *ports, struct poll *polls[CONF_WORKERS_MAX + 1])
{
	unsigned n = 0;

	for (; n < ports->engine->n_workers; n++)
		polls[n] = &ports->workers[n].poll;
	if (ports->has_receiver)
		polls[n++] = &ports->receiver.poll;
	return n;
}
