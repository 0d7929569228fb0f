/* SPDX-License-Identifier: BSD-3-Clause */
/* Names of tunnels, and which of their ids name a network, from the one list in the header. */

#include <string.h>

#include "packet_tunnel.h"

static const struct {
	const char *name;
	bool names_network;
} packet_tunnels[] = {
#define X(symbol, name, network, meaning) [PACKET_TUNNEL_##symbol] = { name, network },
	PACKET_TUNNELS(X)
#undef X
};

const char *
packet_tunnel_name(enum packet_tunnel_kind kind)
{
	assert(kind < PACKET_N_TUNNELS);
	return packet_tunnels[kind].name;
}

int
packet_tunnel_kind_of(const char *name)
{
	for (int kind = 0; kind < PACKET_N_TUNNELS; kind++)
		if (strcmp(packet_tunnels[kind].name, name) == 0)
			return kind;
	return -1;
}

bool
packet_tunnel_names_network(enum packet_tunnel_kind kind)
{
	assert(kind < PACKET_N_TUNNELS);
	return packet_tunnels[kind].names_network;
}
