/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What an operator may say of the layers: which UDP ports are tunnels, and how deep to look.
 *
 * Written by the control core before the workers start; read by all.
 */
#ifndef LAYER_SETTINGS_H
#define LAYER_SETTINGS_H

#include <string.h>

#include "base_compiler.h"
#include "packet_tunnel.h"

BASE_BEGIN_DECLS

#define LAYER_PORTS_MAX 32 /* UDP ports of tunnels, all kinds together */

/*
 * X(symbol, key of the configuration, either, default ports...). `either`: the port may be the
 * sender's, for an answer goes back to where the question came from; else it is always the
 * receiver's, and the sender's says nothing.
 */
#define LAYER_PORT_KINDS(X)                                                                        \
	X(VXLAN, "vxlan-ports", 0, 4789, 8472)                                                     \
	X(VXLAN_GPE, "vxlan-gpe-ports", 0, 4790)                                                   \
	X(GENEVE, "geneve-ports", 0, 6081)                                                         \
	X(GTP, "gtp-ports", 1, 2152)                                                               \
	X(L2TP, "l2tp-ports", 1, 1701)                                                             \
	X(TEREDO, "teredo-ports", 1, 3544)                                                         \
	X(CAPWAP, "capwap-ports", 1, 5247)                                                         \
	X(MPLS_UDP, "mpls-ports", 0, 6635)                                                         \
	X(TZSP, "tzsp-ports", 0, 37008)

enum layer_port_kind {
#define X(symbol, ...) LAYER_PORT_##symbol,
	LAYER_PORT_KINDS(X)
#undef X
	    LAYER_N_PORT_KINDS
};

/* As many ports as one register of x86-64-v3 holds: of a wider type the compiler makes loops. */
#define LAYER_PORT_LANES 16
typedef uint16_t layer_port_lanes
    __attribute__((vector_size(LAYER_PORT_LANES * 2), aligned(2), may_alias));

struct layer_settings {
	/*
	 * The ports side by side, so that two comparisons find whether one is among them; 0 where
	 * there is none.
	 */
	uint16_t ports[LAYER_PORTS_MAX];
	uint8_t layer[LAYER_PORTS_MAX];  /* enum layer, of each of them */
	uint8_t either[LAYER_PORTS_MAX]; /* 1: also as the sender's port */
	uint8_t n;                       /* of them */
	uint8_t depth;                   /* tunnels in one another, 1 to PACKET_TUNNEL_MAX */
};

/* Every kind on its usual ports, as deep as can be. Any. */
void layer_settings_init(struct layer_settings *settings);

/* The key of the configuration that says the ports of a kind: a literal. Any. */
const char *layer_settings_key(enum layer_port_kind kind);

/*
 * Gives a kind these ports instead of those that it has. 0, or -ENOSPC: more than LAYER_PORTS_MAX
 * in all, or -EEXIST: another kind has one of them; nothing was changed then. Control.
 */
int layer_settings_set_ports(struct layer_settings *settings, enum layer_port_kind kind,
                             const uint16_t *ports, unsigned n);

/* Is one of the two a port of a tunnel, or does it resemble one? Any thread, hot. */
BASE_INLINE bool
layer_settings_may_be_tunnel(const struct layer_settings *settings, uint16_t src, uint16_t dst)
{
	typedef uint64_t words __attribute__((vector_size(LAYER_PORT_LANES * 2)));
	const layer_port_lanes *ports = (const layer_port_lanes *)(const void *)settings->ports;
	words same =
	    (words)((ports[0] == src) | (ports[0] == dst) | (ports[1] == src) | (ports[1] == dst));

	static_assert(LAYER_PORTS_MAX == 2 * LAYER_PORT_LANES, "two registers");
	return (same[0] | same[1] | same[2] | same[3]) != 0;
}

/* The layer behind these ports (enum layer), or 0: none. Any thread. */
unsigned layer_settings_layer(const struct layer_settings *settings, uint16_t src, uint16_t dst);

BASE_END_DECLS

#endif
