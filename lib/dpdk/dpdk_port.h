/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A port: a kernel interface, a NIC or a virtual device from which packets come.
 *
 *	init -> find -> attach -> (how many queues keep a connection together?) -> start -> check,
 *	once a second -> remove, when it is gone -> find, until it is back -> attach ...
 *
 * Errors are texts with the port's name as the user gave it. Control core, cold; dpdk_receive.h
 * receives from a started port. Only the mark of a removed device is written by EAL's interrupt
 * thread.
 */
#ifndef DPDK_PORT_H
#define DPDK_PORT_H

#include "dpdk_link.h"
#include "dpdk_pool.h"
#include "dpdk_rss.h"

BASE_BEGIN_DECLS

#define DPDK_NAME_MAX  64
#define DPDK_ERROR_MAX 512

enum dpdk_port_kind { DPDK_PORT_INTERFACE, DPDK_PORT_PCI, DPDK_PORT_VDEV };
enum dpdk_port_state { DPDK_PORT_DOWN, DPDK_PORT_UP, DPDK_PORT_GONE };

struct dpdk_port_counters {
	uint64_t received;  /* packets */
	uint64_t arrived;   /* those that the NIC or interface has seen, whatever became of them */
	uint64_t bytes;     /* of frames, without CRC; of an interface its own, both ways */
	uint64_t missed;    /* in the NIC, its queue or the kernel's socket */
	uint64_t no_buffer; /* those of them for which there was no mbuf */
	uint64_t errors, sent;
};

struct dpdk_port {
	enum dpdk_port_kind kind;
	const char *given; /* as the user wrote it; kept, not copied */
	unsigned number;   /* makes the device's name unique */
	bool verifies; /* its NIC is asked to verify checksums, if it can; set before the start */
	struct dpdk_links *links;       /* whose interfaces there are */
	struct dpdk_port_counters past; /* of all its devices but the one that is attached */

	/* of the device that is attached */
	char device[DPDK_NAME_MAX]; /* DPDK's name of it */
	uint16_t id;
	uint16_t queues; /* receive queues, once started */
	bool attached, started;
	bool is_promiscuous;               /* by the driver */
	uint8_t rss_key[DPDK_RSS_KEY_MAX]; /* drivers keep the pointer, and read it at the start */
	uint32_t cut_at;                   /* bytes from which on it cuts frames; 0: it does not */
	uint32_t removed;                  /* EAL's interrupt thread: sets; control: reads */
	int wake_fd; /* an eventfd that is written to when the driver reports a change; -1 */

	/* of one on a kernel interface */
	char interface[IFNAMSIZ]; /* as the user wrote it; empty: it is none */
	int ifindex;
	int packet_socket;      /* the driver's socket in the kernel, or -1 */
	int promiscuous_socket; /* keeps the interface promiscuous; -1: there is none */
	uint64_t kernel_drops;  /* taken from the driver's socket so far */
	struct dpdk_link_counters first, last; /* the interface's, when it was attached, and now */
};

/* What is so now. */
struct dpdk_port_status {
	enum dpdk_port_state state;
	const char *why;     /* not UP: the reason, in words */
	bool is_promiscuous; /* also where it is not known, or cannot be */
	char name[IFNAMSIZ]; /* of an interface: what it is called now; else empty */
};

/* In place. `links` stays the caller's. */
void dpdk_port_init(struct dpdk_port *port, enum dpdk_port_kind kind, const char *given,
                    unsigned number, struct dpdk_links *links, int wake_fd);

/* Of one that is not attached: UP, its device is there; DOWN: but it cannot be attached yet. */
void dpdk_port_find(const struct dpdk_port *port, struct dpdk_port_status *status);

/* A PCI address as EAL and the kernel write it, with its domain. */
void dpdk_pci_name(const char *given, char device[DPDK_NAME_MAX]);

/* Probes the device. 0, or -errno, and error[0..DPDK_ERROR_MAX) says why. */
int dpdk_port_attach(struct dpdk_port *port, char *error);

/*
 * The number of receive queues, at most `wanted`, over which the port can spread packets so that
 * both directions of a connection meet in one: symmetric RSS by the repeating key. 1 when it
 * cannot: then *why says what prevents it, and is NULL otherwise.
 */
unsigned
dpdk_port_symmetric_queues(const struct dpdk_port *port, unsigned wanted, const char **why);

/* Configures `queues` receive queues and starts, promiscuous. 0, or -errno with error. */
int dpdk_port_start(struct dpdk_port *port, unsigned queues, struct rte_mempool *pool, char *error);

/* A halted port may be started with other queues; a stopped one is of no use any more. */
void dpdk_port_halt(struct dpdk_port *port);
void dpdk_port_stop(struct dpdk_port *port);

/* Stops it and gives its device back, so that it can be attached anew. Nobody polls it any more. */
void dpdk_port_remove(struct dpdk_port *port);

/* Of one that is attached. */
void dpdk_port_check(struct dpdk_port *port, struct dpdk_port_status *status);

/* Asks for promiscuous mode again. 0 or -errno. */
int dpdk_port_be_promiscuous(struct dpdk_port *port);

/* An interface was deleted, these were its last counters: whether it was this port's. */
bool dpdk_port_note_deleted(struct dpdk_port *port, const struct dpdk_link *link);

/* All its devices together. */
void dpdk_port_count(struct dpdk_port *port, struct dpdk_port_counters *counters);

/* The driver of the device that is attached, else "". */
void dpdk_port_driver(const struct dpdk_port *port, char driver[DPDK_NAME_MAX]);

/* The NUMA node of the device that is attached; negative: any. */
int dpdk_port_node(const struct dpdk_port *port);

BASE_END_DECLS

#endif
