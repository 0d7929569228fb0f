/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * struct ports, shared by the files of this folder and by nobody else; ports.h is for others.
 *
 * All of it is the control core's but for what workers and receive core are given at their start.
 */
#ifndef PORTS_OWN_H
#define PORTS_OWN_H

#include "dpdk_eal.h"
#include "dpdk_port.h"
#include "memory.h"
#include "ports.h"
#include "worker.h"

#define PORTS_MAX REPORT_PORTS_MAX

enum ports_phase {
	PORTS_ABSENT,  /* nothing is attached; nobody polls it */
	PORTS_OPEN,    /* polled */
	PORTS_LEAVING, /* gone; closed as soon as nobody polls it any more */
};

struct ports_port {
	struct dpdk_port dpdk;
	struct dpdk_pool_plan plan;
	int node;                 /* where its packets lie; negative: any */
	struct rte_mempool *pool; /* outlives the device: packets of it may still be under way */
	enum ports_phase phase;
	/* as the log has it */
	enum dpdk_port_state state;
	uint32_t changes;           /* of the state */
	bool refused;               /* it could not be opened again, which was logged */
	char name[IFNAMSIZ];        /* of an interface, which may be renamed */
	char driver[DPDK_NAME_MAX]; /* of the device that is attached, or was */
	uint64_t tried_us;          /* when it was last tried to open it again */
	/* at the last second, and how many seconds there were of packets that were not received */
	uint64_t received, arrived, stalled_sec;
	bool is_still; /* in the last second packets arrived and none was received */
};

struct ports {
	struct engine *engine;
	const struct options *options;
	struct ports_port port[PORTS_MAX];
	unsigned n_ports;
	unsigned queues; /* of each port */
	struct dpdk_links links;
	int wake_fd; /* drivers: write, when something has changed */
	struct event *second, *changed, *woken, *soon; /* when to look after the ports */
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

/* Each returns 0 or -errno, with a message. Before the poll loops start. */
int ports_attach(struct ports *ports);
void ports_choose_queues(struct ports *ports);
int ports_make_workers(struct ports *ports);
int ports_start_ports(struct ports *ports);
int ports_wire(struct ports *ports);

/* What a port is, in one line of the log; `before` stands in front of it. */
void ports_opened(struct ports *ports, struct ports_port *port, const char *before);

/* Opens port i, which is absent, and lets the loops poll it. 0, or -errno with error. */
int ports_open_again(struct ports *ports, unsigned i, char *error);

/* What every poll loop polls. Returns how many there are. */
unsigned ports_polls(struct ports *ports, struct poll *polls[CONF_WORKERS_MAX + 1]);

/* A poll loop that has not obeyed the last call, see engine.h; -1: all have. */
int ports_loop_behind(void *ports);

/* This machine, as lib/doctor asks about it. */
extern const struct doctor_machine ports_machine;

/* Says of each port where its packets lie, and wants that of the nodes; tables too. */
void ports_want_nodes(struct ports *ports, struct nodes *nodes);

/* Warns of each core that polls a port, or gets its packets, from another node. */
void ports_compare_nodes(const struct ports *ports);

/* Why a NIC cannot be had, and the command, in place of what DPDK says. False: it is not known. */
bool ports_explain(const struct ports *ports, const struct dpdk_port *port, char *error);

/* The same of each port, as lines of the log: EAL did not start. */
void ports_explain_all(const struct ports *ports);

void ports_unwatch(struct ports *ports);

#endif
