/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ERSPAN: what a switch mirrors to another place, in GRE.
 *
 * Type I has no header of its own, and GRE no sequence before it; type II has eight bytes, type III
 * twelve, and eight more if its last bit says so. II and III say the VLAN that the mirrored frame
 * came in, which may have been taken off the frame. Pure, any thread.
 */

#include "layer.h"

#define GRE_SEQUENCE      0x1000
#define ERSPAN_2_HEADER   8
#define ERSPAN_3_HEADER   12
#define ERSPAN_3_PLATFORM 8
#define ERSPAN_SESSION    0x03ff
#define ERSPAN_VLAN       0x0fff
#define ERSPAN_KEEPS_TAG  3 /* the frame still has its tag */

/* Frames of type III: Ethernet, or IP alone. */
enum { ERSPAN_3_ETHERNET = 0, ERSPAN_3_IP = 2 };

/* The VLAN of the frame inside, if only this header says it. */
static uint16_t
layer_erspan_vlan(const uint8_t *p, bool keeps_tag)
{
	uint16_t vlan = base_be16(p) & ERSPAN_VLAN;

	return vlan != 0 && !keeps_tag ? vlan : PACKET_NO_VLAN;
}

/* In the place of type II's bits, type III says what was wrong with the frame. */
static bool
layer_erspan_2_keeps_tag(const uint8_t *p)
{
	return (p[2] >> 3 & 3) == ERSPAN_KEEPS_TAG;
}

/* Types I and II; `number` is the flags of GRE. */
enum layer
layer_erspan(struct layer_walk *walk)
{
	const uint8_t *p = walk->p;

	if (!(walk->number & GRE_SEQUENCE))
		return layer_enter(walk, PACKET_TUNNEL_ERSPAN, false, 0) ? LAYER_INNER_ETHER
		                                                         : LAYER_END;
	if (!layer_has(walk, ERSPAN_2_HEADER))
		return layer_end(walk, PACKET_TUNNEL_SHORT);
	if (p[0] >> 4 != 1)
		return layer_end(walk, PACKET_TUNNEL_HEADER);
	if (!layer_enter(walk, PACKET_TUNNEL_ERSPAN, true, base_be16(p + 2) & ERSPAN_SESSION))
		return LAYER_END;
	walk->inner_vlan = layer_erspan_vlan(p, layer_erspan_2_keeps_tag(p));
	layer_take(walk, ERSPAN_2_HEADER);
	return LAYER_INNER_ETHER;
}

enum layer
layer_erspan_3(struct layer_walk *walk)
{
	const uint8_t *p = walk->p;
	uint32_t header = ERSPAN_3_HEADER;
	unsigned type;

	if (!layer_has(walk, ERSPAN_3_HEADER))
		return layer_end(walk, PACKET_TUNNEL_SHORT);
	if (p[0] >> 4 != 2)
		return layer_end(walk, PACKET_TUNNEL_HEADER);
	if (p[11] & 1)
		header += ERSPAN_3_PLATFORM;
	if (!layer_has(walk, header))
		return layer_end(walk, PACKET_TUNNEL_SHORT);
	type = p[10] >> 2 & 0x1f;
	if (!layer_enter(walk, PACKET_TUNNEL_ERSPAN, true, base_be16(p + 2) & ERSPAN_SESSION))
		return LAYER_END;
	layer_take(walk, header);
	if (type == ERSPAN_3_ETHERNET) {
		walk->inner_vlan = layer_erspan_vlan(p, false);
		return LAYER_INNER_ETHER;
	}
	walk->pk->vlan = layer_erspan_vlan(p, false);
	return type == ERSPAN_3_IP ? LAYER_RAW : layer_end(walk, PACKET_NOT_IP);
}
