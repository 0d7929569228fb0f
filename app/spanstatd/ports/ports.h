/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets from ports: the part of the daemon that knows DPDK, wired to its workers.
 */
#ifndef PORTS_H
#define PORTS_H

#include "engine.h"
#include "options.h"

struct ports;
struct event_base;

/*
 * Brings up EAL, every port of the configuration and the workers' engines. NULL: something did not
 * come up; it was named on standard error and nothing runs.
 */
struct ports *ports_create(struct engine *engine, const struct options *options);

/* Starts receive core and workers. 0 or -errno, with a message. */
int ports_start(struct ports *ports);

/* Looks after ports that come and go, by events of `base`. 0 or -1, with a message. */
int ports_watch(struct ports *ports, struct event_base *base);

/* Waits for workers that have the order to stop, and takes everything down. */
void ports_destroy(struct ports *ports);

#endif
