/* SPDX-License-Identifier: BSD-3-Clause */
/* What fragment.c has for fragment_wait.c and for nobody else; fragment.h is for others. */
#ifndef FRAGMENT_OWN_H
#define FRAGMENT_OWN_H

#include "fragment.h"

#define FRAGMENT_US      UINT64_C(30000000)
#define FRAGMENT_IPV6_US UINT64_C(60000000)

BASE_INLINE uint64_t
fragment_life_us(unsigned version)
{
	return version == 6 ? FRAGMENT_IPV6_US : FRAGMENT_US;
}

/* The set of datagrams of that name, and the list of those that wait for one of them. */
BASE_INLINE unsigned
fragment_set_number(uint64_t name)
{
	return (unsigned)(name >> (64 - FRAGMENT_SET_BITS));
}

/* Is it the first piece of a TCP segment, with its header? */
BASE_INLINE bool
fragment_is_cut_tcp(const struct packet *pk)
{
	return pk->verdict == PACKET_TRACKED && pk->fragment_tunnels == pk->tunnels &&
	       pk->proto == PACKET_PROTO_TCP;
}

/* The datagram of that name, while it is remembered, or NULL. */
struct fragment_datagram *
fragment_find(struct fragment_table *table, uint64_t name, uint64_t now_us);

/* A later fragment becomes a packet of its datagram's flow. */
void fragment_follow(struct fragment_table *table, struct fragment_datagram *datagram,
                     struct packet *pk);

#endif
