/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A port: a kernel interface, a NIC or a virtual device from which packets come.
 *
 * attach -> (how many queues keep a connection together?) -> start -> receive -> stop. Whatever
 * does not come up is told in words with the port's name as the user gave it. Control core; cold,
 * but for what dpdk_receive.h does with a started port.
 */
#ifndef DPDK_PORT_H
#define DPDK_PORT_H

#include "dpdk_pool.h"

BASE_BEGIN_DECLS

#define DPDK_NAME_MAX  64
#define DPDK_ERROR_MAX 512

enum dpdk_port_kind { DPDK_PORT_INTERFACE, DPDK_PORT_PCI, DPDK_PORT_VDEV };

struct dpdk_port {
	enum dpdk_port_kind kind;
	const char *given;          /* as the user wrote it; kept, not copied */
	char device[DPDK_NAME_MAX]; /* DPDK's name of it */
	uint16_t id;
	uint16_t queues; /* receive queues, once started */
	uint16_t attached, started;
	uint32_t cut_at;       /* bytes from which on it cuts frames; 0: it does not */
	int packet_socket;     /* of an interface: the kernel's side, or -1 */
	uint64_t kernel_drops; /* taken from there so far */
};

struct dpdk_port_stats {
	uint64_t received, bytes, missed, errors;
	uint32_t up;
	char driver[DPDK_NAME_MAX];
};

/*
 * Probes the device. `number` makes its name unique. 0, or -errno and error[DPDK_ERROR_MAX] says
 * it.
 */
int dpdk_port_attach(struct dpdk_port *port, enum dpdk_port_kind kind, const char *given,
                     unsigned number, char *error);

/*
 * The receive queues, at most `wanted`, over which the port can spread packets so that both
 * directions of a connection meet in one: symmetric RSS by the repeating key. 1 when it cannot:
 * then *why says what keeps it from it, and is NULL otherwise.
 */
unsigned
dpdk_port_symmetric_queues(const struct dpdk_port *port, unsigned wanted, const char **why);

/* Configures `queues` receive queues and starts, promiscuous. 0, or -errno with error. */
int dpdk_port_start(struct dpdk_port *port, unsigned queues, struct rte_mempool *pool, char *error);
/* Halted, it may be started again with other queues; stopped, it is gone. */
void dpdk_port_halt(struct dpdk_port *port);
void dpdk_port_stop(struct dpdk_port *port);

void dpdk_port_stats(struct dpdk_port *port, struct dpdk_port_stats *stats);

BASE_END_DECLS

#endif
