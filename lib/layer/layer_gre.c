/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * GRE with checksum, key and sequence (RFC 2784, RFC 2890), and what is carried in it: IP, MPLS,
 * Ethernet, NVGRE (RFC 7637), PPTP's version 1 with PPP (RFC 2637), WCCP, and ERSPAN
 * (layer_erspan.c). Pure, any thread.
 */

#include "layer.h"

#define GRE_HEADER       4
#define GRE_FIELD        4 /* checksum with its partner, key, sequence, acknowledgement */
#define WCCP_REDIRECTION 4
/* RFC 7637 3.2: smaller ones name no network, so what is there is a key of plain GRE. */
#define NVGRE_VSID_MIN 0x001000

enum gre_flag {
	GRE_CHECKSUM = 0x8000,
	GRE_ROUTING = 0x4000, /* RFC 1701's, which RFC 2784 forbids */
	GRE_KEY = 0x2000,
	GRE_SEQUENCE = 0x1000,
	GRE_ACK = 0x0080, /* version 1 */
	GRE_VERSION = 0x0007,
};

enum gre_protocol {
	GRE_KEEPALIVE = 0x0000,
	GRE_BRIDGE = 0x6558, /* transparent Ethernet bridging */
	GRE_PPP = 0x880b,
	GRE_WCCP = 0x883e,
	GRE_ERSPAN = 0x88be,
	GRE_ARUBA = 0x8200, /* 802.11 of an access point; some bits say which radio and queue */
	GRE_ARUBA_MASK = 0xfe0f,
	GRE_ERSPAN_3 = 0x22eb,
};

/* Of the fields that the flags announce, how many are there? */
static uint32_t
layer_gre_fields(uint16_t flags)
{
	return (uint32_t) !!(flags & GRE_CHECKSUM) + !!(flags & GRE_KEY) +
	       !!(flags & GRE_SEQUENCE) + ((flags & (GRE_ACK | GRE_VERSION)) == (GRE_ACK | 1));
}

/*
 * Version 1, of PPTP: the key is the length of what follows and the number of the call. Without a
 * sequence it acknowledges and carries nothing.
 */
static enum layer
layer_gre_pptp(struct layer_walk *walk, uint16_t flags, uint32_t key)
{
	uint32_t length = key >> 16;

	if (!(flags & GRE_KEY) || (flags & GRE_CHECKSUM) ||
	    (length > walk->wire && !walk->is_piece))
		return layer_end(walk, PACKET_TUNNEL_HEADER);
	if (!layer_enter(walk, PACKET_TUNNEL_PPTP, true, key & 0xffff))
		return LAYER_END;
	if (!(flags & GRE_SEQUENCE) || length == 0)
		return layer_end(walk, PACKET_TUNNEL_CONTROL);
	layer_limit(walk, length);
	return LAYER_PPP_FRAMED;
}

/* Version 2 of WCCP puts four bytes before the packet, which do not begin like IPv4. */
static enum layer
layer_gre_wccp(struct layer_walk *walk)
{
	if (!layer_enter(walk, PACKET_TUNNEL_WCCP, false, 0))
		return LAYER_END;
	if (!layer_has(walk, WCCP_REDIRECTION))
		return layer_end(walk, PACKET_TUNNEL_SHORT);
	if (walk->p[0] >> 4 != 4)
		layer_take(walk, WCCP_REDIRECTION);
	return LAYER_IPV4;
}

/* NVGRE has a key and nothing else; the key is 24 bits of VSID and 8 that spread the flows. */
static bool
layer_gre_is_nvgre(uint16_t flags, uint32_t key)
{
	return flags == GRE_KEY && key >> 8 >= NVGRE_VSID_MIN;
}

static enum layer
layer_gre_carried(struct layer_walk *walk, uint16_t flags, uint16_t protocol, uint32_t key)
{
	bool is_nvgre = protocol == GRE_BRIDGE && layer_gre_is_nvgre(flags, key);

	switch (protocol) {
	case GRE_ERSPAN_3:
		return LAYER_ERSPAN_3;
	case GRE_ERSPAN:
		walk->number = flags;
		return LAYER_ERSPAN;
	case GRE_WCCP:
		return layer_gre_wccp(walk);
	}
	if (is_nvgre ? !layer_enter(walk, PACKET_TUNNEL_NVGRE, true, key >> 8)
	             : !layer_enter(walk, PACKET_TUNNEL_GRE, flags & GRE_KEY, key))
		return LAYER_END;
	if (protocol == GRE_KEEPALIVE)
		return layer_end(walk, PACKET_TUNNEL_CONTROL);
	if (protocol == GRE_PPP)
		return LAYER_PPP_FRAMED;
	if ((protocol & GRE_ARUBA_MASK) == GRE_ARUBA)
		return LAYER_WLAN;
	return layer_follow_ethertype(walk, protocol);
}

enum layer
layer_gre(struct layer_walk *walk)
{
	const uint8_t *p = walk->p;
	uint16_t flags, protocol;
	uint32_t header, key = 0;

	if (!layer_has(walk, GRE_HEADER))
		return layer_end(walk, PACKET_TUNNEL_SHORT);
	flags = base_be16(p);
	protocol = base_be16(p + 2);
	if ((flags & GRE_VERSION) > 1 || (flags & GRE_ROUTING) ||
	    ((flags & GRE_VERSION) == 1 && protocol != GRE_PPP))
		return layer_end(walk, PACKET_TUNNEL_HEADER);
	header = GRE_HEADER + layer_gre_fields(flags) * GRE_FIELD;
	if (!layer_has(walk, header))
		return layer_end(walk, PACKET_TUNNEL_SHORT);
	if (flags & GRE_KEY)
		key = base_be32(p + GRE_HEADER + (flags & GRE_CHECKSUM ? GRE_FIELD : 0));
	layer_take(walk, header);
	if ((flags & GRE_VERSION) == 1)
		return layer_gre_pptp(walk, flags, key);
	return layer_gre_carried(walk, flags, protocol, key);
}
