/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A port: a kernel interface, a NIC or a virtual device from which packets come.
 *
 * attach -> (how many queues keep a connection together?) -> start -> receive -> stop. Errors are
 * texts with the port's name as the user gave it. Control core, cold; dpdk_receive.h receives from
 * a started port.
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
	bool verifies;   /* its NIC is asked to verify checksums, if it can; set before the start */
	uint32_t cut_at; /* bytes from which on it cuts frames; 0: it does not */
	int packet_socket;     /* of an interface: the driver's socket in the kernel, or -1 */
	uint64_t kernel_drops; /* taken from that socket so far */
};

struct dpdk_port_stats {
	uint64_t received, bytes, missed, errors;
	uint32_t up;
	char driver[DPDK_NAME_MAX];
};

/*
 * Probes the device. `number` makes its name unique. 0, or -errno, and error[0..DPDK_ERROR_MAX)
 * says why. Control.
 */
int dpdk_port_attach(struct dpdk_port *port, enum dpdk_port_kind kind, const char *given,
                     unsigned number, char *error);

/*
 * The number of receive queues, at most `wanted`, over which the port can spread packets so that
 * both directions of a connection meet in one: symmetric RSS by the repeating key. 1 when it
 * cannot: then *why says what prevents it, and is NULL otherwise. Control.
 */
unsigned
dpdk_port_symmetric_queues(const struct dpdk_port *port, unsigned wanted, const char **why);

/* Configures `queues` receive queues and starts, promiscuous. 0, or -errno with error. Control. */
int dpdk_port_start(struct dpdk_port *port, unsigned queues, struct rte_mempool *pool, char *error);
/* A halted port may be started with other queues; a stopped one is gone. Control. */
void dpdk_port_halt(struct dpdk_port *port);
void dpdk_port_stop(struct dpdk_port *port);

/* Reads the port's counters and the kernel's; missed is the sum of both. Control. */
void dpdk_port_stats(struct dpdk_port *port, struct dpdk_port_stats *stats);

BASE_END_DECLS

#endif
