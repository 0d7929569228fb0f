/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * IPv4 with options (RFC 791) and IPv6 with its chain of extension headers (RFC 8200).
 *
 * The first fragment of a datagram carries the ports and is tracked like a whole datagram. Later
 * fragments are PACKET_FRAGMENT, until fragments are followed. Pure, any thread.
 */

#include "packet_layer.h"

#define IPV4_HEADER_MIN     20
#define IPV4_FRAGMENT_MASK  0x1fff
#define IPV6_HEADER         40
#define IPV6_CHAIN_MAX      16
#define IPV6_EXTENSION_UNIT 8
#define IPV6_OPT_PAD1       0
#define IPV6_OPT_JUMBO      0xc2

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

enum packet_verdict
packet_ipv4(struct packet *pk, const uint8_t *p, const uint8_t *end, uint32_t wire)
{
	uint32_t header, total;

	if (end - p < IPV4_HEADER_MIN)
		return PACKET_IPV4_SHORT;
	header = (p[0] & 0x0fu) * 4;
	if (p[0] >> 4 != 4 || header < IPV4_HEADER_MIN)
		return PACKET_IPV4_HEADER;
	total = base_be16(p + 2);
	if (total == 0) /* the sender's offload engine had not filled it in yet */
		total = wire;
	if (total < header || total > wire)
		return PACKET_IPV4_LENGTH;
	if (end - p < (ptrdiff_t)header)
		return PACKET_IPV4_SHORT;
	pk->version = 4;
	pk->l3_offset = (uint16_t)(p - pk->data);
	pk->ip_bytes = total;
	pk->ip_id = base_be16(p + 4);
	pk->ttl = p[8];
	pk->src[0] = pk->dst[0] = 0;
	pk->src[1] = base_raw32(p + 12);
	pk->dst[1] = base_raw32(p + 16);
	if (base_be16(p + 6) & IPV4_FRAGMENT_MASK)
		return PACKET_FRAGMENT;
	if ((uint32_t)(end - p) > total)
		end = p + total;
	return packet_transport(pk, p[9], p + header, end, total - header);
}

/* The length of an extension header that has one, or 0 when `next` is no such header. */
static uint32_t
packet_extension_length(unsigned next, const uint8_t *p)
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
packet_is_extension(unsigned next)
{
	static const uint8_t any[2] = { 0, 0 };

	return packet_extension_length(next, any) != 0;
}

/* How far a walk along the chain has come. */
struct packet_chain {
	const uint8_t *p;
	uint32_t length; /* what IP says is left from p on */
	unsigned next;   /* the protocol that stands at p */
};

/* Walks along the chain. Returns PACKET_TRACKED at its end, or the verdict where it breaks off. */
static enum packet_verdict
packet_ipv6_chain(struct packet_chain *at, const uint8_t *end)
{
	for (unsigned depth = 0; packet_is_extension(at->next); depth++) {
		uint32_t size;

		if (depth == IPV6_CHAIN_MAX || end - at->p < IPV6_EXTENSION_UNIT)
			return PACKET_IPV6_CHAIN;
		size = packet_extension_length(at->next, at->p);
		if (size > at->length || end - at->p < (ptrdiff_t)size)
			return PACKET_IPV6_CHAIN;
		if (at->next == IPV6_FRAGMENT && (base_be16(at->p + 2) & 0xfff8))
			return PACKET_FRAGMENT;
		at->next = at->p[0];
		at->p += size;
		at->length -= size;
	}
	return PACKET_TRACKED;
}

/*
 * RFC 2675: a length of 0 and a jumbo option, which a hop-by-hop header has in front of all others
 * or somewhere among its options. Returns the length that it says, or 0: there is no such option.
 */
static uint32_t
packet_ipv6_jumbo(const uint8_t *p, const uint8_t *end)
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
packet_ipv6_length(const uint8_t *p, const uint8_t *end, uint32_t wire)
{
	uint32_t length = base_be16(p + 4);

	if (length == 0 && p[6] == IPV6_HOPOPTS)
		return packet_ipv6_jumbo(p + IPV6_HEADER, end);
	if (length == 0 && wire > IPV6_HEADER)
		length = wire - IPV6_HEADER; /* an offload engine's, as in IPv4 */
	return length;
}

enum packet_verdict
packet_ipv6(struct packet *pk, const uint8_t *p, const uint8_t *end, uint32_t wire)
{
	struct packet_chain at;
	enum packet_verdict verdict;
	uint32_t length;

	if (end - p < IPV6_HEADER)
		return PACKET_IPV6_SHORT;
	if (p[0] >> 4 != 6)
		return PACKET_IPV6_HEADER;
	length = packet_ipv6_length(p, end, wire);
	if (wire < IPV6_HEADER || length > wire - IPV6_HEADER)
		return PACKET_IPV6_LENGTH;
	pk->version = 6;
	pk->l3_offset = (uint16_t)(p - pk->data);
	pk->ip_bytes = IPV6_HEADER + length;
	pk->ip_id = 0;
	pk->ttl = p[7];
	pk->src[0] = base_raw64(p + 8);
	pk->src[1] = base_raw64(p + 16);
	pk->dst[0] = base_raw64(p + 24);
	pk->dst[1] = base_raw64(p + 32);
	if ((uint32_t)(end - p) > pk->ip_bytes)
		end = p + pk->ip_bytes;
	at = (struct packet_chain){ .p = p + IPV6_HEADER, .length = length, .next = p[6] };
	verdict = packet_ipv6_chain(&at, end);
	if (verdict != PACKET_TRACKED)
		return verdict;
	return packet_transport(pk, at.next, at.p, end, at.length);
}

/* --- what an ICMP error quotes ---------------------------------------------------------------- */

/*
 * The lengths and the checksum of the quoted header are ignored: some hosts and routers are known
 * to change them in what they quote.
 */
static const uint8_t *
packet_ipv4_quoted(struct packet *pk, const uint8_t *p, const uint8_t *end, unsigned *protocol)
{
	uint32_t header;

	if (end - p < IPV4_HEADER_MIN)
		return NULL;
	header = (p[0] & 0x0fu) * 4;
	if (p[0] >> 4 != 4 || header < IPV4_HEADER_MIN || end - p < (ptrdiff_t)header)
		return NULL;
	if ((base_be16(p + 6) & IPV4_FRAGMENT_MASK) || base_raw32(p + 12) != pk->dst[1])
		return NULL;
	pk->src[1] = pk->dst[1];
	pk->dst[1] = base_raw32(p + 16);
	*protocol = p[9];
	return p + header;
}

static const uint8_t *
packet_ipv6_quoted(struct packet *pk, const uint8_t *p, const uint8_t *end, unsigned *protocol)
{
	struct packet_chain at;

	if (end - p < IPV6_HEADER || p[0] >> 4 != 6)
		return NULL;
	at = (struct packet_chain){ .p = p + IPV6_HEADER, .length = UINT32_MAX, .next = p[6] };
	if (packet_ipv6_chain(&at, end) != PACKET_TRACKED)
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

const uint8_t *
packet_ip_quoted(struct packet *pk, const uint8_t *p, const uint8_t *end, unsigned *protocol)
{
	return pk->version == 6 ? packet_ipv6_quoted(pk, p, end, protocol)
	                        : packet_ipv4_quoted(pk, p, end, protocol);
}
