/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * PPP (RFC 1661), alone, in HDLC's framing (RFC 1662) or in a session over Ethernet (RFC 2516), and
 * Cisco's HDLC. Pure, any thread.
 */

#include "layer.h"

#define PPP_PROTOCOL 2
#define PPP_FRAMING  2
#define PPPOE_HEADER 6
#define HDLC_HEADER  4

enum layer
link_ppp(struct layer_walk *walk)
{
	uint16_t protocol;

	if (!layer_has(walk, PPP_PROTOCOL))
		return layer_end(walk, PACKET_LINK_SHORT);
	/* An odd first byte is the whole protocol, compressed (RFC 1661 6.5). */
	if (walk->p[0] & 1) {
		protocol = walk->p[0];
		layer_take(walk, 1);
	} else {
		protocol = base_be16(walk->p);
		layer_take(walk, PPP_PROTOCOL);
	}
	return layer_follow_ppp(walk, protocol);
}

/* Address and control may stand before the protocol, and on serial lines Cisco's own instead. */
enum layer
link_ppp_framed(struct layer_walk *walk)
{
	if (!layer_has(walk, PPP_FRAMING))
		return layer_end(walk, PACKET_LINK_SHORT);
	if (base_be16(walk->p) == 0xff03)
		layer_take(walk, PPP_FRAMING);
	else if (base_be16(walk->p) == 0x0f00 || base_be16(walk->p) == 0x8f00)
		return LAYER_HDLC;
	return LAYER_PPP;
}

/* The session stage. Its length is not asked: what it carries says its own. */
enum layer
link_pppoe(struct layer_walk *walk)
{
	if (!layer_has(walk, PPPOE_HEADER))
		return layer_end(walk, PACKET_LINK_SHORT);
	if (walk->p[1] != 0) /* discovery: it finds the other end, and carries nothing */
		return layer_end(walk, PACKET_NOT_IP);
	layer_take(walk, PPPOE_HEADER);
	return LAYER_PPP;
}

/* Address (one host or all), a zero, an EtherType. PPP on the same line begins with ff 03. */
enum layer
link_hdlc(struct layer_walk *walk)
{
	uint16_t type;

	if (!layer_has(walk, HDLC_HEADER))
		return layer_end(walk, PACKET_LINK_SHORT);
	if (base_be16(walk->p) == 0xff03)
		return LAYER_PPP_FRAMED;
	type = base_be16(walk->p + 2);
	layer_take(walk, HDLC_HEADER);
	return layer_follow_ethertype(walk, type);
}
