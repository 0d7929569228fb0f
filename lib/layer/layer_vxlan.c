/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * VXLAN (RFC 7348), also with a group policy's bits, and VXLAN-GPE, which says what it carries.
 * Pure, any thread.
 */

#include "layer.h"

#define VXLAN_HEADER 8
#define VXLAN_HAS_ID 0x08
#define GPE_VERSION  0x30
#define GPE_HAS_NEXT 0x04
#define GPE_IS_OAM   0x01

/* What VXLAN-GPE carries, by its fourth byte. */
static const uint8_t layer_gpe_next[] = {
	[1] = LAYER_IPV4, [2] = LAYER_IPV6, [3] = LAYER_INNER_ETHER,
	[4] = LAYER_NSH,  [5] = LAYER_MPLS,
};

/* The last byte is reserved and 0; without that half of all texts would begin like a header. */
static bool
layer_vxlan_is_header(const struct layer_walk *walk)
{
	return (walk->p[0] & VXLAN_HAS_ID) && walk->p[7] == 0;
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

enum layer
layer_vxlan_gpe(struct layer_walk *walk)
{
	const uint8_t *p = walk->p;
	unsigned next;

	if (!layer_has(walk, VXLAN_HEADER))
		return layer_end(walk, PACKET_TUNNEL_SHORT);
	if (!layer_vxlan_is_header(walk) || (p[0] & GPE_VERSION))
		return layer_end(walk, PACKET_TUNNEL_HEADER);
	next = p[0] & GPE_HAS_NEXT ? p[3] : 3;
	if (next >= BASE_COUNT_OF(layer_gpe_next) || layer_gpe_next[next] == 0)
		return layer_end(walk, PACKET_TUNNEL_HEADER);
	if (!layer_enter(walk, PACKET_TUNNEL_VXLAN_GPE, true, base_be32(p + 4) >> 8))
		return LAYER_END;
	if (p[0] & GPE_IS_OAM)
		return layer_end(walk, PACKET_TUNNEL_CONTROL);
	layer_take(walk, VXLAN_HEADER);
	return (enum layer)layer_gpe_next[next];
}
