/* SPDX-License-Identifier: BSD-3-Clause */
/* Roles by evidence, then by port, then by who spoke first. */

#include "track_role.h"

#define TRACK_WELL_KNOWN_PORTS 1024 /* RFC 6335: system ports are below */

static uint64_t
track_listener_mark(const struct flow_table *table, const struct track_entry *e, unsigned end)
{
	const uint64_t *addr = end ? e->key.b_addr : e->key.a_addr;
	struct flow_key key = { { addr[0], addr[1] }, { 0, 0 }, 0 };

	key.rest = (uint64_t)flow_key_port(&e->key, end) << 48 | (e->key.rest & 0xffffffff);
	return flow_hash(&table->secret, &key) | 1; /* never 0, which is no listener */
}

void
track_role_learn(struct track_listeners *listeners, const struct flow_table *table,
                 const struct track_entry *e, unsigned listener)
{
	uint64_t mark = track_listener_mark(table, e, listener);

	listeners->mark[mark / 2 % TRACK_LISTENERS] = mark;
}

static int
track_role_listens(const struct track_listeners *listeners, const struct flow_table *table,
                   const struct track_entry *e, unsigned end)
{
	uint64_t mark = track_listener_mark(table, e, end);

	return listeners->mark[mark / 2 % TRACK_LISTENERS] == mark;
}

static uint16_t
track_role_flags(unsigned client, int guessed)
{
	return (uint16_t)((client ? TRACK_CLIENT_B : 0) | (guessed ? TRACK_ROLE_GUESSED : 0));
}

/* UDP opens with its first packet, but an answer may be the first that the mirror shows. */
static uint16_t
track_role_udp(const struct packet *pk, unsigned dir)
{
	if (pk->src_port < TRACK_WELL_KNOWN_PORTS && pk->dst_port >= TRACK_WELL_KNOWN_PORTS)
		return track_role_flags(!dir, 1);
	return track_role_flags(dir, 0);
}

uint16_t
track_role_first(const struct track_listeners *listeners, const struct flow_table *table,
                 const struct track_entry *e, const struct packet *pk, unsigned dir)
{
	unsigned syn = pk->tcp_flags & (PACKET_TCP_SYN | PACKET_TCP_ACK);

	if (pk->proto == PACKET_PROTO_UDP)
		return track_role_udp(pk, dir);
	if (syn == PACKET_TCP_SYN)
		return track_role_flags(dir, 0);
	if (syn == (PACKET_TCP_SYN | PACKET_TCP_ACK))
		return track_role_flags(!dir, 0);
	if (track_role_listens(listeners, table, e, dir))
		return track_role_flags(!dir, 0);
	if (track_role_listens(listeners, table, e, !dir))
		return track_role_flags(dir, 0);
	if (pk->src_port < TRACK_WELL_KNOWN_PORTS && pk->src_port < pk->dst_port)
		return track_role_flags(!dir, 1);
	return track_role_flags(dir, 1);
}
