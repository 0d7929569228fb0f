/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * IPv4 with options (RFC 791), and what an ICMP error quotes of it.
 *
 * The first fragment of a datagram carries the ports. Later ones are PACKET_FRAGMENT here, and what
 * names their datagram is left in the packet: whoever follows fragments (lib/fragment) gives them
 * their flow. Pure, any thread.
 */

#include "layer.h"

#define IPV4_HEADER_MIN  20
#define IPV4_OFFSET_MASK 0x1fff
#define IPV4_MORE        0x2000

/* IPv4 or IPv6 by the version nibble, as raw IP links and some tunnels have it. */
enum layer
layer_raw(struct layer_walk *walk)
{
	if (!layer_has(walk, 1))
		return layer_end(walk, PACKET_LINK_SHORT);
	switch (walk->p[0] >> 4) {
	case 4:
		return LAYER_IPV4;
	case 6:
		return LAYER_IPV6;
	default:
		return layer_end(walk, walk->has_plain ? PACKET_TUNNEL_HEADER : PACKET_NOT_IP);
	}
}

/* `field` is the word of flags and offset. */
static void
layer_ipv4_fragment(struct layer_walk *walk, uint16_t field, unsigned protocol)
{
	struct packet *pk = walk->pk;
	bool more = field & IPV4_MORE;

	if ((field & (IPV4_OFFSET_MASK | IPV4_MORE)) == 0)
		return;
	pk->piece = field & IPV4_OFFSET_MASK;
	pk->fragment_id = pk->ip_id;
	pk->fragment_tunnels = pk->tunnels;
	pk->fragment_proto = (uint8_t)protocol;
	if (pk->piece != 0)
		pk->fragment = more ? PACKET_FRAGMENT_LATER : PACKET_FRAGMENT_LAST;
	else
		pk->fragment = PACKET_FRAGMENT_FIRST;
	walk->is_piece = true;
}

enum layer
layer_ipv4(struct layer_walk *walk)
{
	const uint8_t *p = walk->p;
	struct packet *pk = walk->pk;
	uint32_t header, total;

	if (!layer_has(walk, IPV4_HEADER_MIN))
		return layer_end(walk, PACKET_IPV4_SHORT);
	header = (p[0] & 0x0fu) * 4;
	if (p[0] >> 4 != 4 || header < IPV4_HEADER_MIN)
		return layer_end(walk, PACKET_IPV4_HEADER);
	total = base_be16(p + 2);
	if (total == 0) /* the sender's offload engine had not filled it in yet */
		total = walk->wire;
	if (total < header || (total > walk->wire && !walk->is_piece))
		return layer_end(walk, PACKET_IPV4_LENGTH);
	if (!layer_has(walk, header))
		return layer_end(walk, PACKET_IPV4_SHORT);
	pk->version = 4;
	pk->l3_offset = (uint16_t)(p - pk->data);
	pk->ip_bytes = total;
	pk->ip_id = base_be16(p + 4);
	pk->ttl = p[8];
	pk->src[0] = pk->dst[0] = 0;
	pk->src[1] = base_raw32(p + 12);
	pk->dst[1] = base_raw32(p + 16);
	layer_ipv4_fragment(walk, base_be16(p + 6), p[9]);
	layer_take(walk, header);
	layer_limit(walk, total - header);
	if (pk->fragment == PACKET_FRAGMENT_FIRST)
		walk->piece_from = walk->p;
	if ((base_be16(p + 6) & IPV4_OFFSET_MASK) != 0) {
		pk->proto = p[9];
		pk->payload_bytes = total - header;
		return layer_end(walk, PACKET_FRAGMENT);
	}
	return layer_follow_protocol(walk, p[9]);
}

/*
 * The lengths and the checksum of the quoted header are ignored: some hosts and routers are known
 * to change them in what they quote.
 */
const uint8_t *
layer_ipv4_quoted(struct packet *pk, const uint8_t *p, const uint8_t *end, unsigned *protocol)
{
	uint32_t header;

	if (end - p < IPV4_HEADER_MIN)
		return NULL;
	header = (p[0] & 0x0fu) * 4;
	if (p[0] >> 4 != 4 || header < IPV4_HEADER_MIN || end - p < (ptrdiff_t)header)
		return NULL;
	if ((base_be16(p + 6) & IPV4_OFFSET_MASK) || base_raw32(p + 12) != pk->dst[1])
		return NULL;
	pk->src[1] = pk->dst[1];
	pk->dst[1] = base_raw32(p + 16);
	*protocol = p[9];
	return p + header;
}
