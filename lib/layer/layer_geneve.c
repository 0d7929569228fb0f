/* SPDX-License-Identifier: BSD-3-Clause */
/* Geneve (RFC 8926) with options, which are skipped by their whole length. Pure, any thread. */

#include "layer.h"

#define GENEVE_HEADER     8
#define GENEVE_VERSION    0xc0
#define GENEVE_OPTIONS    0x3f /* words of four bytes */
#define GENEVE_IS_CONTROL 0x80

enum layer
layer_geneve(struct layer_walk *walk)
{
	const uint8_t *p = walk->p;
	uint32_t header;
	uint16_t type;

	if (!layer_has(walk, GENEVE_HEADER))
		return layer_end(walk, PACKET_TUNNEL_SHORT);
	if ((p[0] & GENEVE_VERSION) || (p[1] & 0x3f) || p[7] != 0)
		return layer_end(walk, PACKET_TUNNEL_HEADER);
	header = GENEVE_HEADER + (p[0] & GENEVE_OPTIONS) * 4u;
	if (!layer_has(walk, header))
		return layer_end(walk, PACKET_TUNNEL_SHORT);
	if (!layer_enter(walk, PACKET_TUNNEL_GENEVE, true, base_be32(p + 4) >> 8))
		return LAYER_END;
	if (p[1] & GENEVE_IS_CONTROL)
		return layer_end(walk, PACKET_TUNNEL_CONTROL);
	type = base_be16(p + 2);
	layer_take(walk, header);
	return layer_follow_ethertype(walk, type);
}
