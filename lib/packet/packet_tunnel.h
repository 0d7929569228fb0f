/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What wrapped a packet on its way to the tap: the tunnels around the flow, outermost first.
 *
 * Only tunnels that IP carries are in the list; tags, labels and the headers of links are not. The
 * parser fills a path where the receiver gave room for one (packet.h). What of it names the network
 * of a flow is decided by who keeps flows.
 */
#ifndef PACKET_TUNNEL_H
#define PACKET_TUNNEL_H

#include "base_compiler.h"

BASE_BEGIN_DECLS

#define PACKET_TUNNEL_MAX 8 /* tunnels in one another */

/*
 * X(symbol, name in reports, names a network, what it is). An id names a network where it is the
 * same in both directions and stands for one address space: tenants may use the same addresses in
 * two of them. Keys, sessions, labels and endpoint identifiers are another thing in each direction.
 */
#define PACKET_TUNNELS(X)                                                                          \
	X(IPIP, "ipip", 0, "IPv4 or IPv6 in either (RFC 2003, RFC 2473, RFC 4213)")                \
	X(GRE, "gre", 0, "GRE (RFC 2784, RFC 2890); the id is its key")                            \
	X(NVGRE, "nvgre", 1, "NVGRE (RFC 7637); the id is its VSID")                               \
	X(PPTP, "pptp", 0, "PPTP (RFC 2637); the id is its call")                                  \
	X(WCCP, "wccp", 0, "a web cache's redirection")                                            \
	X(ERSPAN, "erspan", 0, "a remote mirror port's, types I to III; the id is its session")    \
	X(ETHERIP, "etherip", 0, "Ethernet in IP (RFC 3378)")                                      \
	X(L2TP, "l2tp", 0, "L2TP version 2 or 3 (RFC 2661, RFC 3931); the id is its session")      \
	X(VXLAN, "vxlan", 1, "VXLAN (RFC 7348); the id is its VNI")                                \
	X(VXLAN_GPE, "vxlan-gpe", 1, "VXLAN with other payloads than Ethernet; the id is its VNI") \
	X(GENEVE, "geneve", 1, "Geneve (RFC 8926); the id is its VNI")                             \
	X(GTP, "gtp", 0, "GTP-U (3GPP TS 29.281); the id is its TEID")                             \
	X(TEREDO, "teredo", 0, "Teredo (RFC 4380)")                                                \
	X(CAPWAP, "capwap", 0, "CAPWAP's data (RFC 5415)")                                         \
	X(MPLS, "mpls", 0, "MPLS in UDP or IP (RFC 7510, RFC 4023); the id is its last label")     \
	X(TZSP, "tzsp", 0, "a wireless sniffer's stream")

enum packet_tunnel_kind {
#define X(symbol, name, network, meaning) PACKET_TUNNEL_##symbol,
	PACKET_TUNNELS(X)
#undef X
	    PACKET_N_TUNNELS
};

struct packet_tunnel {
	uint64_t src[2], dst[2]; /* of the outer IP header, as in struct packet */
	uint32_t id;
	uint8_t kind;    /* enum packet_tunnel_kind */
	uint8_t version; /* of the outer IP header: 4 or 6 */
	uint8_t has_id;  /* 0: it has none, or the packet does not say it */
	uint8_t spare;
};

/* Its first struct packet.tunnels levels are filled, outermost first. */
struct packet_path {
	struct packet_tunnel level[PACKET_TUNNEL_MAX];
};

/* The literal name of a kind below PACKET_N_TUNNELS. Any thread. */
const char *packet_tunnel_name(enum packet_tunnel_kind kind);

/* The kind of that name, or -1. Any thread. */
int packet_tunnel_kind_of(const char *name);

/* Does the id of such a tunnel name a network? Any thread. */
bool packet_tunnel_names_network(enum packet_tunnel_kind kind);

BASE_END_DECLS

#endif
