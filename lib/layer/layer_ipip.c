/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * IP behind IP: IPv4 and IPv6 in either (RFC 2003, RFC 2473, RFC 4213), and the authentication
 * header of IPv4 (RFC 4302), which encrypts nothing. Pure, any thread.
 */

#include "layer.h"

#define AH_HEADER_MIN    12
#define PROTOCOL_IS_IPV6 41

enum layer
layer_ipip(struct layer_walk *walk)
{
	bool is_ipv6 = walk->number == PROTOCOL_IS_IPV6;

	if (!layer_enter(walk, PACKET_TUNNEL_IPIP, false, 0))
		return LAYER_END;
	return is_ipv6 ? LAYER_IPV6 : LAYER_IPV4;
}

/* IPv6 has it in its chain of headers (layer_ipv6.c). Its length counts words, without two. */
enum layer
layer_ah(struct layer_walk *walk)
{
	uint32_t header;
	unsigned next;

	if (!layer_has(walk, AH_HEADER_MIN))
		return layer_end(walk, PACKET_TUNNEL_SHORT);
	header = (walk->p[1] + 2u) * 4;
	if (header < AH_HEADER_MIN || header > walk->wire)
		return layer_end(walk, PACKET_TUNNEL_HEADER);
	if (!layer_has(walk, header))
		return layer_end(walk, PACKET_TUNNEL_SHORT);
	next = walk->p[0];
	layer_take(walk, header);
	return layer_follow_protocol(walk, next);
}
