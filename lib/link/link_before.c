/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Headers that a capture puts before another link's: Darwin's PKTAP and per-packet information
 * (PPI). Both say their own length and the number of the link behind them. Pure, any thread.
 */

#include "layer.h"
#include "packet_link.h"

#define PKTAP_HEADER_MIN 12
#define PPI_HEADER       8
#define BEFORE_MAX       2 /* of such headers */

static uint32_t
link_le32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static enum layer
link_before(struct layer_walk *walk, uint32_t size, uint32_t linktype)
{
	if (!layer_has(walk, size))
		return layer_end(walk, PACKET_LINK_SHORT);
	if (++walk->frames > BEFORE_MAX)
		return layer_end(walk, PACKET_VLAN_DEPTH);
	layer_take(walk, size);
	return layer_follow_link(walk, packet_link_of(linktype));
}

enum layer
link_pktap(struct layer_walk *walk)
{
	uint32_t size;

	if (!layer_has(walk, PKTAP_HEADER_MIN))
		return layer_end(walk, PACKET_LINK_SHORT);
	size = link_le32(walk->p);
	if (size < PKTAP_HEADER_MIN)
		return layer_end(walk, PACKET_LINK_SHORT);
	return link_before(walk, size, link_le32(walk->p + 8));
}

enum layer
link_ppi(struct layer_walk *walk)
{
	uint32_t size;

	if (!layer_has(walk, PPI_HEADER))
		return layer_end(walk, PACKET_LINK_SHORT);
	size = (uint32_t)walk->p[2] | (uint32_t)walk->p[3] << 8;
	if (walk->p[0] != 0 || size < PPI_HEADER)
		return layer_end(walk, PACKET_LINK_SHORT);
	return link_before(walk, size, link_le32(walk->p + 4));
}
