/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * UDP sockets that are known to be connected to nobody, for they talk with several peers.
 *
 * On its host such a socket is one line without peer, however many flows it has. A query that asks
 * for lines learns them from the records of sockets before it reads flows (filter_local.h).
 *
 * A set with a bound. What finds no room in it, or no memory, is not remembered: its flows then
 * pass for connected sockets. Memory: some 30 bytes a socket. Owned by one thread.
 */
#ifndef FILTER_UNCONNECTED_H
#define FILTER_UNCONNECTED_H

#include "mem_table.h"

BASE_BEGIN_DECLS

#define FILTER_UNCONNECTED_MAX 8192 /* a power of two */

struct filter_unconnected {
	struct mem_table sockets; /* only keys */
};

/* An empty set. The pool is borrowed; `secret`: any number that others cannot guess. */
void filter_unconnected_init(struct filter_unconnected *unconnected, struct mem_pool *pool,
                             uint64_t secret);
void filter_unconnected_fini(struct filter_unconnected *unconnected);

/* `addr`: sixteen bytes, IPv4 in the first four and the rest zero. */
void filter_unconnected_add(struct filter_unconnected *unconnected, unsigned version,
                            const uint8_t *addr, uint16_t port);
bool filter_unconnected_has(const struct filter_unconnected *unconnected, unsigned version,
                            const uint8_t *addr, uint16_t port);

BASE_END_DECLS

#endif
