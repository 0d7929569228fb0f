/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whether the memory that a configuration needs is there, and of which kind it will be: worked out
 * before EAL starts and before anything is taken, so that a refusal is a line and not the kernel's
 * out-of-memory killer.
 *
 * Packets (EAL's pools and rings) lie on hugepages where each node has room for its own; so do the
 * flow tables where each has room for its own besides. The rest is ordinary memory. Control core,
 * cold.
 */
#ifndef MEMORY_H
#define MEMORY_H

#include "conf.h"
#include "mem_room.h"
#include "nodes.h"

BASE_BEGIN_DECLS

#define MEMORY_EAL_BYTES ((uint64_t)64 << 20) /* EAL's own, rings, devices */

struct memory_need {
	uint64_t packets_bytes; /* EAL's part, its own among it */
	uint64_t tables_bytes;  /* of all workers */
	uint64_t control_bytes; /* ordinary memory left to reports, events and other programs */
};

struct memory_plan {
	struct memory_need need;
	int packets_huge, tables_huge; /* 1: on hugepages */
	bool has_room;
};

/* What the tables of all workers take for `flows` flows, with `sockets` records of sockets each. */
uint64_t memory_tables(uint32_t flows, unsigned workers, uint32_t sockets);

/* What the control core may come to need with so many workers. */
uint64_t memory_control(unsigned workers);

/*
 * To how many rings each port hands packets, by which its pool is sized: with several workers it
 * may come to a receive core.
 */
unsigned memory_rings(unsigned workers);

/* All that a configuration needs whose pools and rings take `pools_bytes`. */
void memory_need_of(struct memory_need *need, const struct conf *conf, uint64_t pools_bytes);

/* Hugepages of 2 MB, the default size, that tables and packets fill. */
unsigned long long memory_hugepages(const struct memory_need *need);

/* Megabytes, rounded up. */
unsigned long long memory_mb(uint64_t bytes);

/* Which of them lies where, and whether there is room for it. */
void memory_decide(struct memory_plan *plan, const struct memory_need *need,
                   const struct mem_room *room, int no_huge);

/* The most flows, at most `flows`, for which there is room; 0 where there is none for any. */
uint32_t memory_flows_max(const struct memory_need *need, const struct mem_room *room, int no_huge,
                          uint32_t flows, unsigned workers, uint32_t sockets);

/* What this machine has. Before nodes_read, which compares with it. */
void memory_room(struct mem_room *room);

/*
 * Plans for a configuration whose packets and tables want of the nodes what `nodes` says. Warns,
 * where hugepages are too few, how many to reserve and where; where there is too little, the need,
 * what is there and how many flows would have room. 0 or -ENOMEM, with a message.
 */
int memory_choose(struct memory_plan *plan, const struct conf *conf, const struct mem_room *there,
                  const struct nodes *nodes);

/* Tells the need in one line: once it is sure that nothing else keeps the daemon from starting. */
void memory_log(const struct memory_plan *plan, const struct conf *conf);

BASE_END_DECLS

#endif
