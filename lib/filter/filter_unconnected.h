/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * UDP sockets that are known to be connected to nobody, for they talk with several peers.
 *
 * On its host such a socket is one line without peer, however many flows it has. A query that asks
 * for lines learns them from the records of sockets before it looks at flows (filter_local.h).
 *
 * A set of fixed size. What finds no place in it, after a few slots, is not remembered: its flows
 * then look like connected sockets. Owned by one thread. Cost: a few slots looked at.
 */
#ifndef FILTER_UNCONNECTED_H
#define FILTER_UNCONNECTED_H

#include "base_compiler.h"

BASE_BEGIN_DECLS

#define FILTER_UNCONNECTED_SLOTS 8192 /* a power of two */

struct filter_unconnected {
	uint64_t seed; /* the caller's to choose, so that nobody can aim at one slot */
	struct {
		uint8_t addr[16];
		uint16_t port;
		uint16_t version; /* 4, 6; 0: free */
	} slots[FILTER_UNCONNECTED_SLOTS];
};

/* Empties it. */
void filter_unconnected_init(struct filter_unconnected *alone, uint64_t seed);

/* `addr`: sixteen bytes, IPv4 in the first four and the rest zero. */
void filter_unconnected_add(struct filter_unconnected *alone, unsigned version, const uint8_t *addr,
                            uint16_t port);
int filter_unconnected_has(const struct filter_unconnected *alone, unsigned version,
                           const uint8_t *addr, uint16_t port);

BASE_END_DECLS

#endif
