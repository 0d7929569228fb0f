/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * L2TP, version 2 (RFC 2661) over UDP with PPP, and version 3 (RFC 3931) over UDP or IP with
 * Ethernet or PPP.
 *
 * Version 3 does not say in the packet how long its cookie is (0, 4 or 8 bytes), whether four bytes
 * of a sublayer follow, nor what it carries: both ends agreed on that before. So the first offset
 * at which something begins that can be read is taken. Pure, any thread.
 */

#include "layer.h"

#define L2TP_FLAGS          2
#define L2TP_VERSION_MASK   0x000f
#define L2TP_3_SESSION      4
#define L2TP_3_UDP          4 /* flags and reserved, before the session */
#define L2TP_3_BEFORE_MAX   12
#define L2TP_CONTROL_HEADER 12

enum l2tp_flag {
	L2TP_CONTROL = 0x8000,
	L2TP_LENGTH = 0x4000,
	L2TP_SEQUENCE = 0x0800,
	L2TP_OFFSET = 0x0200,
	L2TP_RESERVED = 0x34f0, /* all 0 */
};

/* Behind the session's number: cookie and sublayer, as far as what follows makes sense. */
static enum layer
layer_l2tp_3(struct layer_walk *walk)
{
	uint32_t session;

	if (!layer_has(walk, L2TP_3_SESSION))
		return layer_end(walk, PACKET_TUNNEL_SHORT);
	session = base_be32(walk->p);
	if (!layer_enter(walk, PACKET_TUNNEL_L2TP, true, session))
		return LAYER_END;
	if (session == 0)
		return layer_end(walk, PACKET_TUNNEL_CONTROL);
	layer_take(walk, L2TP_3_SESSION);
	for (unsigned before = 0; before <= L2TP_3_BEFORE_MAX; before += 4) {
		if (!layer_has(walk, before))
			break;
		if (layer_is_frame(walk->p + before, walk->end)) {
			layer_take(walk, before);
			return LAYER_INNER_ETHER;
		}
		if (layer_is_ppp(walk->p + before, walk->end)) {
			layer_take(walk, before);
			return LAYER_PPP_FRAMED;
		}
	}
	return layer_end(walk, PACKET_TUNNEL_HEADER);
}

enum layer
layer_l2tp_ip(struct layer_walk *walk)
{
	return layer_l2tp_3(walk);
}

/* Length and both sequence numbers come before the offset, whose padding is not counted by it. */
static enum layer
layer_l2tp_2(struct layer_walk *walk, uint16_t flags)
{
	const uint8_t *p = walk->p;
	uint32_t ids = L2TP_FLAGS + (flags & L2TP_LENGTH ? 2 : 0);
	uint32_t header = ids + 4 + (flags & L2TP_SEQUENCE ? 4 : 0);

	if (!layer_has(walk, header + (flags & L2TP_OFFSET ? 2 : 0)))
		return layer_end(walk, PACKET_TUNNEL_SHORT);
	if (flags & L2TP_LENGTH &&
	    (base_be16(p + 2) < header || (base_be16(p + 2) > walk->wire && !walk->is_piece)))
		return layer_end(walk, PACKET_TUNNEL_HEADER);
	if (flags & L2TP_OFFSET)
		header += 2 + base_be16(p + header);
	if (!layer_has(walk, header))
		return layer_end(walk, PACKET_TUNNEL_SHORT);
	if (!layer_enter(walk, PACKET_TUNNEL_L2TP, true, base_be16(p + ids + 2)))
		return LAYER_END;
	if (flags & L2TP_LENGTH)
		layer_limit(walk, base_be16(p + 2));
	if (walk->wire < header)
		return layer_end(walk, PACKET_TUNNEL_HEADER);
	layer_take(walk, header);
	/* A zero-length body acknowledges (RFC 2661 5.8). */
	return walk->wire == 0 ? layer_end(walk, PACKET_TUNNEL_CONTROL) : LAYER_PPP_FRAMED;
}

/* A control message is believed whole only: with all its fields, and as long as the packet. */
static enum layer
layer_l2tp_control(struct layer_walk *walk, uint16_t flags)
{
	unsigned version = flags & L2TP_VERSION_MASK;

	if ((flags & ~L2TP_VERSION_MASK) != (L2TP_CONTROL | L2TP_LENGTH | L2TP_SEQUENCE) ||
	    !layer_has(walk, L2TP_CONTROL_HEADER) || base_be16(walk->p + 2) != walk->wire)
		return layer_end(walk, PACKET_TUNNEL_HEADER);
	return layer_enter(walk, PACKET_TUNNEL_L2TP, version == 3,
	                   version == 3 ? base_be32(walk->p + 4) : 0)
	           ? layer_end(walk, PACKET_TUNNEL_CONTROL)
	           : LAYER_END;
}

enum layer
layer_l2tp(struct layer_walk *walk)
{
	uint16_t flags;
	unsigned version;

	if (!layer_has(walk, L2TP_FLAGS))
		return layer_end(walk, PACKET_TUNNEL_SHORT);
	flags = base_be16(walk->p);
	version = flags & L2TP_VERSION_MASK;
	if ((version != 2 && version != 3) || (flags & L2TP_RESERVED))
		return layer_end(walk, PACKET_TUNNEL_HEADER);
	if (flags & L2TP_CONTROL)
		return layer_l2tp_control(walk, flags);
	if (version == 2)
		return layer_l2tp_2(walk, flags);
	/* Over UDP a message of control has its own bit, so no session is 0. */
	if (!layer_has(walk, L2TP_3_UDP + L2TP_3_SESSION))
		return layer_end(walk, PACKET_TUNNEL_SHORT);
	if (flags != version || base_be16(walk->p + 2) != 0 || base_be32(walk->p + L2TP_3_UDP) == 0)
		return layer_end(walk, PACKET_TUNNEL_HEADER);
	layer_take(walk, L2TP_3_UDP);
	return layer_l2tp_3(walk);
}
