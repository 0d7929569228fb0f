/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ICMP errors (RFC 792, RFC 4443): a router or host says to the sender of a TCP or UDP packet what
 * became of it.
 *
 * Overview. An error quotes the packet that it is about: its IP header and, by RFC 792, at least
 * the eight bytes after it. They hold both ports and TCP's sequence number. Nothing else of the
 * quote is read. The packet then stands for the one that it quotes, and lib/track finds the flow by
 * it. A quote inside a quote is not followed: an error never answers an error (RFC 1122 3.2.2).
 * Every other ICMP gets the verdict PACKET_OTHER_PROTOCOL, and so does an error whose quote is cut,
 * of a later fragment, or of another protocol. Checksums are not verified, as nowhere in the
 * parser. The extensions of RFC 4884 are not read; they come after at least 128 bytes of quote.
 *
 * Life. None: pure functions of the packet.
 *
 * Who writes and who reads. They write into the packet that they are given. Any thread.
 *
 * Cost. Ordinary packets pay nothing.
 */

#include "layer.h"

#define ICMP_HEADER 8
#define ICMP_QUOTED 8 /* bytes of the quoted packet behind its IP header */

enum {
	ICMP4_UNREACHABLE = 3,
	ICMP4_TIME_EXCEEDED = 11,
	ICMP4_PARAMETER = 12,
	ICMP6_UNREACHABLE = 1,
	ICMP6_TOO_BIG = 2,
	ICMP6_TIME_EXCEEDED = 3,
	ICMP6_PARAMETER = 4,
};

/* Codes of destination unreachable: RFC 792 (0 to 5), RFC 1122 3.2.2.1, RFC 1812 5.2.7.1. */
static const uint8_t layer_icmp4_codes[] = {
	[0] = PACKET_ICMP_NET,    [1] = PACKET_ICMP_HOST,
	[2] = PACKET_ICMP_OTHER, /* protocol */
	[3] = PACKET_ICMP_PORT,   [4] = PACKET_ICMP_TOO_BIG,
	[5] = PACKET_ICMP_OTHER,  /* source route */
	[6] = PACKET_ICMP_NET,    /* unknown */
	[7] = PACKET_ICMP_HOST,   /* unknown */
	[8] = PACKET_ICMP_HOST,   /* isolated */
	[9] = PACKET_ICMP_ADMIN,  /* network */
	[10] = PACKET_ICMP_ADMIN, /* host */
	[11] = PACKET_ICMP_NET,   /* for this type of service */
	[12] = PACKET_ICMP_HOST,  /* for this type of service */
	[13] = PACKET_ICMP_ADMIN, /* by filtering */
};

/* RFC 4443 3.1; codes 5 and 6 are kinds of code 1. */
static const uint8_t layer_icmp6_codes[] = {
	[0] = PACKET_ICMP_NET, /* no route */
	[1] = PACKET_ICMP_ADMIN,
	[2] = PACKET_ICMP_OTHER, /* beyond the scope of the source's address */
	[3] = PACKET_ICMP_HOST,  /* address */
	[4] = PACKET_ICMP_PORT,
	[5] = PACKET_ICMP_ADMIN, /* policy on the source's address */
	[6] = PACKET_ICMP_ADMIN, /* route that rejects */
};

/*
 * Returns PACKET_ICMP_NONE for what is no error, and for source quench and redirect, which are
 * advice.
 */
static unsigned
layer_icmp4_class(unsigned type, unsigned code)
{
	switch (type) {
	case ICMP4_UNREACHABLE:
		return code < BASE_COUNT_OF(layer_icmp4_codes) ? layer_icmp4_codes[code]
		                                               : PACKET_ICMP_OTHER;
	case ICMP4_TIME_EXCEEDED:
		return PACKET_ICMP_TIME;
	case ICMP4_PARAMETER:
		return PACKET_ICMP_OTHER;
	default:
		return PACKET_ICMP_NONE;
	}
}

static unsigned
layer_icmp6_class(unsigned type, unsigned code)
{
	switch (type) {
	case ICMP6_UNREACHABLE:
		return code < BASE_COUNT_OF(layer_icmp6_codes) ? layer_icmp6_codes[code]
		                                               : PACKET_ICMP_OTHER;
	case ICMP6_TOO_BIG:
		return PACKET_ICMP_TOO_BIG;
	case ICMP6_TIME_EXCEEDED:
		return PACKET_ICMP_TIME;
	case ICMP6_PARAMETER:
		return PACKET_ICMP_OTHER;
	default:
		return PACKET_ICMP_NONE;
	}
}

/* Makes the packet the one that it quotes, as far as the quote says. The rest is 0. */
static void
layer_icmp_become(struct packet *pk, unsigned protocol, const uint8_t *p)
{
	pk->proto = (uint8_t)protocol;
	pk->src_port = base_be16(p);
	pk->dst_port = base_be16(p + 2);
	pk->seq = protocol == PACKET_PROTO_TCP ? base_be32(p + 4) : 0;
	pk->ack = 0;
	pk->payload_bytes = 0;
	pk->tcp_flags = 0;
	pk->window = 0;
	pk->mss = 0;
	pk->wscale = PACKET_NO_WSCALE;
	pk->checksum = 0;
	pk->payload_mix = 0;
}

static enum layer
layer_icmp_of(struct layer_walk *walk, unsigned version)
{
	const uint8_t *p = walk->p, *quoted;
	struct packet *pk = walk->pk;
	unsigned inner, icmp;

	if (version != pk->version || !layer_has(walk, ICMP_HEADER))
		return layer_end(walk, PACKET_OTHER_PROTOCOL);
	icmp = version == 6 ? layer_icmp6_class(p[0], p[1]) : layer_icmp4_class(p[0], p[1]);
	if (icmp == PACKET_ICMP_NONE)
		return layer_end(walk, PACKET_OTHER_PROTOCOL);
	quoted = version == 6 ? layer_ipv6_quoted(pk, p + ICMP_HEADER, walk->end, &inner)
	                      : layer_ipv4_quoted(pk, p + ICMP_HEADER, walk->end, &inner);
	if (quoted == NULL || walk->end - quoted < ICMP_QUOTED)
		return layer_end(walk, PACKET_OTHER_PROTOCOL);
	if (inner != PACKET_PROTO_TCP && inner != PACKET_PROTO_UDP)
		return layer_end(walk, PACKET_OTHER_PROTOCOL);
	layer_icmp_become(pk, inner, quoted);
	pk->icmp = (uint8_t)icmp;
	return layer_end(walk, PACKET_ICMP_ERROR);
}

enum layer
layer_icmp(struct layer_walk *walk)
{
	return layer_icmp_of(walk, 4);
}

enum layer
layer_icmp6(struct layer_walk *walk)
{
	return layer_icmp_of(walk, 6);
}
