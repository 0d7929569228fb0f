/* SPDX-License-Identifier: BSD-3-Clause */
/* Roles by evidence, then by port, then by who spoke first. */

#include "track_role.h"
#include "track_endpoint.h"

#define TRACK_WELL_KNOWN_PORTS 1024 /* RFC 6335: system ports are below */

static uint16_t
track_role_flags(unsigned client, bool guessed)
{
	return (uint16_t)((client ? ENTRY_CLIENT_B : 0) | (guessed ? ENTRY_ROLE_GUESSED : 0));
}

/* UDP opens with its first packet, but an answer may be the first that the mirror shows. */
static uint16_t
track_role_udp(const struct packet *pk, unsigned dir)
{
	if (pk->src_port < TRACK_WELL_KNOWN_PORTS && pk->dst_port >= TRACK_WELL_KNOWN_PORTS)
		return track_role_flags(!dir, true);
	return track_role_flags(dir, false);
}

uint16_t
track_role_first(struct track *track, const struct entry *e, const struct packet *pk, unsigned dir)
{
	unsigned syn = pk->tcp_flags & (PACKET_TCP_SYN | PACKET_TCP_ACK);

	if (pk->proto == PACKET_PROTO_UDP)
		return track_role_udp(pk, dir);
	if (syn == PACKET_TCP_SYN)
		return track_role_flags(dir, false);
	if (syn == (PACKET_TCP_SYN | PACKET_TCP_ACK))
		return track_role_flags(!dir, false);
	if (track_endpoint_is_known(track, e, dir))
		return track_role_flags(!dir, false);
	if (track_endpoint_is_known(track, e, !dir))
		return track_role_flags(dir, false);
	if (pk->src_port < TRACK_WELL_KNOWN_PORTS && pk->src_port < pk->dst_port)
		return track_role_flags(!dir, true);
	return track_role_flags(dir, true);
}
