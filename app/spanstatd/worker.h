/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The poll loops: what runs on the cores that never sleep.
 *
 * A worker takes packets from its queues, hands on what is another worker's, takes what others hand
 * to it from its ring, and moves its engine. A receive core takes packets from all ports and hands
 * them to workers. Both read the clock and
 * engine->polls once a turn.
 */
#ifndef WORKER_H
#define WORKER_H

#include "engine.h"
#include "steer.h"

/* Set before its lcore starts; nobody writes it afterwards, but for what poll.h says. */
struct worker {
	struct engine *engine;
	unsigned number;
	struct poll poll;
	struct rte_ring *ring; /* what others hand to it; NULL: nobody does */
	const struct dpdk_cuts *cuts;
	struct steer *steer; /* hands on what is another worker's; NULL: nothing is */
	int shares_cpu;      /* another poll loop has the same CPU: give way when idle */
};

struct receiver {
	struct engine *engine;
	struct poll poll;
	const struct dpdk_cuts *cuts;
	struct steer steer;
	int shares_cpu;
};

/* lcore functions: return when the engine is stopped. */
int worker_run(void *worker);
int receiver_run(void *receiver);

#endif
