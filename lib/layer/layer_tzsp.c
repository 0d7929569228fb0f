/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * TZSP: a stream of sniffed frames, as wireless sensors and routers send them. Four bytes and a
 * list of tags stand before the frame. Pure, any thread.
 */

#include "layer.h"

#define TZSP_HEADER   4
#define TZSP_TAGS_MAX 64

enum tzsp_type { TZSP_RECEIVED = 0, TZSP_SENT = 1, TZSP_ALIVE = 4, TZSP_OPENER = 5 };

/* What is behind the tags, by its number in the header. */
static const uint8_t tzsp_carried[] = {
	[1] = LAYER_INNER_ETHER, [4] = LAYER_PPP_FRAMED, [5] = LAYER_FDDI,
	[7] = LAYER_RAW,         [18] = LAYER_WLAN,
};

enum tzsp_tag { TZSP_TAG_PADDING = 0, TZSP_TAG_END = 1 };

/* Takes the tags off. False: no end, or cut. */
static bool
layer_tzsp_tags(struct layer_walk *walk)
{
	for (unsigned i = 0; i < TZSP_TAGS_MAX && layer_has(walk, 1); i++) {
		unsigned tag = walk->p[0];
		uint32_t size = 1;

		if (tag != TZSP_TAG_PADDING && tag != TZSP_TAG_END) {
			if (!layer_has(walk, 2))
				return false;
			size = 2u + walk->p[1];
		}
		if (!layer_has(walk, size))
			return false;
		layer_take(walk, size);
		if (tag == TZSP_TAG_END)
			return true;
	}
	return false;
}

enum layer
layer_tzsp(struct layer_walk *walk)
{
	const uint8_t *p = walk->p;
	unsigned type, carried;

	if (!layer_has(walk, TZSP_HEADER))
		return layer_end(walk, PACKET_TUNNEL_SHORT);
	type = p[1];
	carried = base_be16(p + 2);
	if (p[0] != 1 || carried >= BASE_COUNT_OF(tzsp_carried) ||
	    (type > TZSP_SENT && type != TZSP_ALIVE && type != TZSP_OPENER))
		return layer_end(walk, PACKET_TUNNEL_HEADER);
	if (!layer_enter(walk, PACKET_TUNNEL_TZSP, false, 0))
		return LAYER_END;
	if (type > TZSP_SENT)
		return layer_end(walk, PACKET_TUNNEL_CONTROL);
	layer_take(walk, TZSP_HEADER);
	if (!layer_tzsp_tags(walk))
		return layer_end(walk, PACKET_TUNNEL_SHORT);
	if (tzsp_carried[carried] == LAYER_END)
		return layer_end(walk, PACKET_TUNNEL_HEADER);
	return (enum layer)tzsp_carried[carried];
}
