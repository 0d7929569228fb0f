/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * VXLAN (RFC 7348), also with a group policy's bits, and VXLAN-GPE, which says what it carries.
 * Pure, any thread.
 */

#include "layer.h"

#define VXLAN_HEADER 8
#define VXLAN_HAS_ID 0x08
#define GROUP_POLICY 0x80 /* the next three bytes say it */
#define GROUP_BITS   0x48 /* of the first of them */
#define GPE_RESERVED 0xf0 /* version 0 */
#define GPE_HAS_NEXT 0x04
#define GPE_ETHERNET 3
#define GPE_IS_OAM   0x01

/* What VXLAN-GPE carries, by its fourth byte. */
static const uint8_t layer_gpe_next[] = {
	[1] = LAYER_IPV4, [2] = LAYER_IPV6, [3] = LAYER_INNER_ETHER,
	[4] = LAYER_NSH,  [5] = LAYER_MPLS,
};

/*
 * Reserved bits are 0. Some senders use them, and a receiver is to ignore them, so what has others
 * is a header if a frame follows it. Else half of all texts would begin like one.
 */
static bool
layer_vxlan_is_header(const struct layer_walk *walk)
{
	const uint8_t *p = walk->p;

	if (p[7] == 0 && p[0] == VXLAN_HAS_ID && (p[1] | p[2] | p[3]) == 0)
		return true;
	if (p[7] == 0 && p[0] == (VXLAN_HAS_ID | GROUP_POLICY) && (p[1] & ~GROUP_BITS) == 0)
		return true;
	return (p[0] & VXLAN_HAS_ID) && layer_is_frame(p + VXLAN_HEADER, walk->end);
}

enum layer
layer_vxlan(struct layer_walk *walk)
{
	uint32_t vni;

	if (!layer_has(walk, VXLAN_HEADER))
		return layer_end(walk, PACKET_TUNNEL_SHORT);
	if (!layer_vxlan_is_header(walk))
		return layer_end(walk, PACKET_TUNNEL_HEADER);
	vni = base_be32(walk->p + 4) >> 8;
	if (!layer_enter(walk, PACKET_TUNNEL_VXLAN, true, vni))
		return LAYER_END;
	layer_take(walk, VXLAN_HEADER);
	return LAYER_INNER_ETHER;
}

/*
 * Without its bit the byte is 0 and the payload Ethernet. Senders that forget the bit are known, so
 * a byte that is not 0 counts.
 */
static unsigned
layer_gpe_carried(const struct layer_walk *walk)
{
	if (walk->p[0] & GPE_HAS_NEXT || walk->p[3] != 0)
		return walk->p[3];
	return GPE_ETHERNET;
}

enum layer
layer_vxlan_gpe(struct layer_walk *walk)
{
	const uint8_t *p = walk->p;
	unsigned next;

	if (!layer_has(walk, VXLAN_HEADER))
		return layer_end(walk, PACKET_TUNNEL_SHORT);
	if (!(p[0] & VXLAN_HAS_ID) || (p[0] & GPE_RESERVED) || (p[1] | p[2] | p[7]) != 0)
		return layer_end(walk, PACKET_TUNNEL_HEADER);
	next = layer_gpe_carried(walk);
	if (next >= BASE_COUNT_OF(layer_gpe_next) || layer_gpe_next[next] == 0)
		return layer_end(walk, PACKET_TUNNEL_HEADER);
	if (!layer_enter(walk, PACKET_TUNNEL_VXLAN_GPE, true, base_be32(p + 4) >> 8))
		return LAYER_END;
	if (p[0] & GPE_IS_OAM)
		return layer_end(walk, PACKET_TUNNEL_CONTROL);
	layer_take(walk, VXLAN_HEADER);
	return (enum layer)layer_gpe_next[next];
}
