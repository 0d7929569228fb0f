/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * In which network a packet is, and what becomes of connections that are routed between two.
 *
 * Overview. The key of a packet in a tunnel or a VLAN gets its domain (lib/domain) once it is
 * hashed. Overlays that route asymmetrically (RFC 9135, OVN) carry each direction of a connection
 * in a network of its own. So a packet that finds no flow in its domain, and is no SYN, joins the
 * flow of the same endpoints that waits for its other direction, if there is exactly one. Its
 * domain is then an alias of the flow's: a small memory knows the aliases that were used lately,
 * and the path of the flow holds it for ever.
 *
 * Life. An alias is found or made by a packet and forgotten with its flow.
 *
 * Who writes and who reads. Worker alone.
 *
 * Cost. Nothing for bursts without tunnels and VLAN identity. A packet in a tunnel pays one search
 * a step, and one read of the memory of aliases.
 */
#ifndef TRACK_DOMAIN_H
#define TRACK_DOMAIN_H

#include "domain.h"
#include "flow_table.h"

BASE_BEGIN_DECLS

struct track;
struct track_burst_state;

#define TRACK_ALIASES 4096 /* a power of two */

struct track_alias {
	uint64_t hash;     /* of the flow's key */
	uint32_t from, to; /* domains: of the packet, of the flow; from 0: free */
};

struct track_aliases {
	struct track_alias alias[TRACK_ALIASES];
};

/* Gives the packets of both bursts room for their paths. Control, before the start. */
void track_domain_init(struct track *track);

/*
 * Puts the domains into the keys of a burst, which are hashed. A packet for whose network there is
 * no room gets its verdict. Worker.
 */
void track_domain_burst(struct track *track, struct track_burst_state *burst);

/*
 * A packet of `dir` with that key has no flow. Returns the number of the flow in another domain
 * whose other direction it is, joined to it from now on, or FLOW_NONE. Worker.
 */
uint32_t track_domain_join(struct track *track, const struct packet *pk, const struct flow_key *key,
                           uint64_t hash, unsigned dir);

/* The flow leaves the index: its other domain is no alias any more. Worker. */
void track_domain_unjoin(struct track *track, uint32_t number, uint64_t hash);

/* A flow of that domain and path is gone: nobody else reads them there. Worker. */
void track_domain_drop(struct track *track, uint32_t domain, uint16_t path);

/* Counts a burst by the tunnels around its packets. Worker. */
void track_domain_count(struct track *track, const struct packet *packets, unsigned n);

BASE_END_DECLS

#endif
