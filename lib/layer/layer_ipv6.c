/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * IPv6 with its chain of extension headers (RFC 8200), jumbograms (RFC 2675), and what an ICMP
 * error quotes of it.
 *
 * Fragments are as in IPv4 (layer_ipv4.c). Pure, any thread.
 */

#include "layer.h"

#define IPV6_HEADER         40
#define IPV6_CHAIN_MAX      16
#define IPV6_EXTENSION_UNIT 8
#define IPV6_OPT_PAD1       0
#define IPV6_OPT_JUMBO      0xc2
#define IPV6_MORE           1

enum {
	IPV6_HOPOPTS = 0,
	IPV6_ROUTING = 43,
	IPV6_FRAGMENT = 44,
	IPV6_AUTH = 51,
	IPV6_DSTOPTS = 60,
	IPV6_MOBILITY = 135,
	IPV6_HIP = 139,
	IPV6_SHIM6 = 140,
};

/* The length of an extension header that has one, or 0 when `next` is no such header. */
static uint32_t
layer_extension_length(unsigned next, const uint8_t *p)
{
	switch (next) {
	case IPV6_HOPOPTS:
	case IPV6_ROUTING:
	case IPV6_DSTOPTS:
	case IPV6_MOBILITY:
	case IPV6_HIP:
	case IPV6_SHIM6:
		return (p[1] + 1u) * IPV6_EXTENSION_UNIT;
	case IPV6_FRAGMENT:
		return IPV6_EXTENSION_UNIT;
	case IPV6_AUTH:
		return (p[1] + 2u) * 4; /* RFC 4302 counts in words of four bytes */
	default:
		return 0;
	}
}

static bool
layer_is_extension(unsigned next)
{
	static const uint8_t any[2] = { 0, 0 };

	return layer_extension_length(next, any) != 0;
}

/* How far a walk along the chain has come. */
struct layer_chain {
	const uint8_t *p;
	uint32_t length;         /* what IP says is left from p on */
	unsigned next;           /* the protocol that stands at p */
	const uint8_t *fragment; /* its fragment header, or NULL */
};

/* Walks along the chain. Returns PACKET_TRACKED at its end, or the verdict where it breaks off. */
static enum packet_verdict
layer_ipv6_chain(struct layer_chain *at, const uint8_t *end)
{
	for (unsigned depth = 0; layer_is_extension(at->next); depth++) {
		uint32_t size;

		if (depth == IPV6_CHAIN_MAX || end - at->p < IPV6_EXTENSION_UNIT)
			return PACKET_IPV6_CHAIN;
		size = layer_extension_length(at->next, at->p);
		if (size > at->length || end - at->p < (ptrdiff_t)size)
			return PACKET_IPV6_CHAIN;
		if (at->next == IPV6_FRAGMENT)
			at->fragment = at->p;
		at->next = at->p[0];
		at->p += size;
		at->length -= size;
		if (at->fragment != NULL && (base_be16(at->fragment + 2) & 0xfff8))
			return PACKET_FRAGMENT;
	}
	return PACKET_TRACKED;
}

/*
 * RFC 2675: a length of 0 and a jumbo option, which a hop-by-hop header has in front of all others
 * or somewhere among its options. Returns the length that it says, or 0: there is no such option.
 */
static uint32_t
layer_ipv6_jumbo(const uint8_t *p, const uint8_t *end)
{
	const uint8_t *stop;

	if (end - p < IPV6_EXTENSION_UNIT)
		return 0;
	stop = p + (p[1] + 1u) * IPV6_EXTENSION_UNIT;
	if (stop > end)
		stop = end;
	for (p += 2; stop - p >= 2; p += p[0] == IPV6_OPT_PAD1 ? 1 : 2 + p[1])
		if (p[0] == IPV6_OPT_JUMBO && p[1] == 4 && stop - p >= 6)
			return base_be32(p + 2);
	return 0;
}

/* How many bytes follow the header by what it says, and where it says 0, by its option or frame. */
static uint32_t
layer_ipv6_length(const uint8_t *p, const uint8_t *end, uint32_t wire)
{
	uint32_t length = base_be16(p + 4);

	if (length == 0 && p[6] == IPV6_HOPOPTS)
		return layer_ipv6_jumbo(p + IPV6_HEADER, end);
	if (length == 0 && wire > IPV6_HEADER)
		length = wire - IPV6_HEADER; /* an offload engine's, as in IPv4 */
	return length;
}

static void
layer_ipv6_fragment(struct layer_walk *walk, const struct layer_chain *at)
{
	struct packet *pk = walk->pk;
	uint16_t field = base_be16(at->fragment + 2);

	if ((field & (0xfff8 | IPV6_MORE)) == 0)
		return; /* an atomic fragment is a whole datagram (RFC 6946) */
	pk->piece = field >> 3;
	pk->fragment_id = base_be32(at->fragment + 4);
	pk->fragment_tunnels = pk->tunnels;
	pk->fragment_proto = at->fragment[0];
	if (pk->piece != 0)
		pk->fragment = field & IPV6_MORE ? PACKET_FRAGMENT_LATER : PACKET_FRAGMENT_LAST;
	else
		pk->fragment = PACKET_FRAGMENT_FIRST;
	walk->is_piece = true;
	walk->piece_from = at->fragment + IPV6_EXTENSION_UNIT;
}

static void
layer_ipv6_fields(struct packet *pk, const uint8_t *p, uint32_t length)
{
	pk->version = 6;
	pk->ip_bytes = IPV6_HEADER + length;
	pk->ip_id = 0;
	pk->ttl = p[7];
	pk->src[0] = base_raw64(p + 8);
	pk->src[1] = base_raw64(p + 16);
	pk->dst[0] = base_raw64(p + 24);
	pk->dst[1] = base_raw64(p + 32);
}

enum layer
layer_ipv6(struct layer_walk *walk)
{
	const uint8_t *p = walk->p;
	struct packet *pk = walk->pk;
	struct layer_chain at;
	enum packet_verdict verdict;
	uint32_t length;

	if (!layer_has(walk, IPV6_HEADER))
		return layer_end(walk, PACKET_IPV6_SHORT);
	if (p[0] >> 4 != 6)
		return layer_end(walk, PACKET_IPV6_HEADER);
	length = layer_ipv6_length(p, walk->end, walk->wire);
	if (walk->wire < IPV6_HEADER || (length > walk->wire - IPV6_HEADER && !walk->is_piece))
		return layer_end(walk, PACKET_IPV6_LENGTH);
	layer_ipv6_fields(pk, p, length);
	pk->l3_offset = (uint16_t)(p - pk->data);
	layer_take(walk, IPV6_HEADER);
	layer_limit(walk, length);
	at = (struct layer_chain){ .p = walk->p, .length = length, .next = p[6] };
	verdict = layer_ipv6_chain(&at, walk->end);
	if (at.fragment != NULL)
		layer_ipv6_fragment(walk, &at);
	if (verdict == PACKET_FRAGMENT) {
		pk->proto = (uint8_t)at.next;
		pk->payload_bytes = at.length;
	}
	if (verdict != PACKET_TRACKED)
		return layer_end(walk, verdict);
	walk->p = at.p;
	walk->wire = at.length;
	return layer_follow_protocol(walk, at.next);
}

const uint8_t *
layer_ipv6_quoted(struct packet *pk, const uint8_t *p, const uint8_t *end, unsigned *protocol)
{
	struct layer_chain at;

	if (end - p < IPV6_HEADER || p[0] >> 4 != 6)
		return NULL;
	at = (struct layer_chain){ .p = p + IPV6_HEADER, .length = UINT32_MAX, .next = p[6] };
	if (layer_ipv6_chain(&at, end) != PACKET_TRACKED)
		return NULL;
	if (base_raw64(p + 8) != pk->dst[0] || base_raw64(p + 16) != pk->dst[1])
		return NULL;
	pk->src[0] = pk->dst[0];
	pk->src[1] = pk->dst[1];
	pk->dst[0] = base_raw64(p + 24);
	pk->dst[1] = base_raw64(p + 32);
	*protocol = at.next;
	return at.p;
}
