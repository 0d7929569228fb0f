/* SPDX-License-Identifier: BSD-3-Clause */
/* Geneve (RFC 8926) with options, which are skipped by their whole length. Pure, any thread. */

#include "layer.h"

#define GENEVE_HEADER     8
#define GENEVE_VERSION    0xc0
#define GENEVE_OPTIONS    0x3f /* words of four bytes */
#define GENEVE_RESERVED   0x3f
#define GENEVE_IS_CONTROL 0x80
#define GENEVE_OPTION     4 /* class, type, length */
#define GENEVE_TYPE_MIN   0x0600

/* Do the options end where the header does? Each says its length in words, without its own. */
static bool
layer_geneve_options(const uint8_t *p, const uint8_t *end)
{
	while (end - p >= GENEVE_OPTION) {
		if (p[3] & 0xe0)
			return false;
		p += GENEVE_OPTION + p[3] * 4u;
	}
	return p == end;
}

enum layer
layer_geneve(struct layer_walk *walk)
{
	const uint8_t *p = walk->p;
	uint32_t header;
	uint16_t type;

	if (!layer_has(walk, GENEVE_HEADER))
		return layer_end(walk, PACKET_TUNNEL_SHORT);
	type = base_be16(p + 2);
	if ((p[0] & GENEVE_VERSION) || (p[1] & GENEVE_RESERVED) || p[7] != 0 ||
	    type < GENEVE_TYPE_MIN)
		return layer_end(walk, PACKET_TUNNEL_HEADER);
	header = GENEVE_HEADER + (p[0] & GENEVE_OPTIONS) * 4u;
	if (!layer_has(walk, header))
		return layer_end(walk, PACKET_TUNNEL_SHORT);
	if (!layer_geneve_options(p + GENEVE_HEADER, p + header))
		return layer_end(walk, PACKET_TUNNEL_HEADER);
	if (!layer_enter(walk, PACKET_TUNNEL_GENEVE, true, base_be32(p + 4) >> 8))
		return LAYER_END;
	if (p[1] & GENEVE_IS_CONTROL)
		return layer_follow_ethertype(walk, type) == LAYER_END
		           ? LAYER_END
		           : layer_end(walk, PACKET_TUNNEL_CONTROL);
	layer_take(walk, header);
	return layer_follow_ethertype(walk, type);
}
