/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Teredo (RFC 4380): IPv6 in UDP through an address translator, behind an authentication and the
 * origin of the packet, either or both of which may be there. Only servers have a known port; what
 * a relay or another client sends is known by its length and its address. Pure, any thread.
 */

#include "layer.h"

#define TEREDO_ORIGIN          8
#define TEREDO_AUTHENTICATION  13u /* without the identifier and the value */
#define TEREDO_IS_ORIGIN       0x0000
#define TEREDO_IS_AUTHENTICATE 0x0001
#define IPV6_HEADER            40
#define IPV6_SRC               8
#define IPV6_DST               24
#define IPV6_NO_NEXT           59

/* Takes both headers off, where they are. False: cut. */
static bool
layer_teredo_headers(struct layer_walk *walk)
{
	if (layer_has(walk, 4) && base_be16(walk->p) == TEREDO_IS_AUTHENTICATE) {
		uint32_t size = TEREDO_AUTHENTICATION + walk->p[2] + walk->p[3];

		if (!layer_has(walk, size))
			return false;
		layer_take(walk, size);
	}
	if (layer_has(walk, 2) && base_be16(walk->p) == TEREDO_IS_ORIGIN) {
		if (!layer_has(walk, TEREDO_ORIGIN))
			return false;
		layer_take(walk, TEREDO_ORIGIN);
	}
	return layer_has(walk, IPV6_HEADER);
}

/*
 * Does IPv6 end with the packet, or with a list of trailers behind it (RFC 6081 4)? Each says its
 * length without the two bytes that say it. What the capture cut off is believed.
 */
static bool
layer_teredo_ends(const struct layer_walk *walk)
{
	uint32_t at = IPV6_HEADER + base_be16(walk->p + 4);

	if (at > walk->wire)
		return walk->is_piece;
	while (at + 2 <= walk->wire) {
		if (!layer_has(walk, at + 2))
			return true;
		at += 2u + walk->p[at + 1];
	}
	return at == walk->wire;
}

/* A prefix of Teredo, today's or that of its trial, or one of a link: a question to a router. */
static bool
layer_teredo_is_address(const uint8_t *p)
{
	uint32_t prefix = base_be32(p);

	return prefix == 0x20010000 || prefix == 0x3ffe831f || prefix >> 22 == 0xfe80 >> 6;
}

/* A bubble carries nothing: it opens the translator (RFC 4380 2.8). Some have text behind it. */
static bool
layer_teredo_is_bubble(const uint8_t *p)
{
	return p[6] == IPV6_NO_NEXT && base_be16(p + 4) == 0;
}

enum layer
layer_teredo(struct layer_walk *walk)
{
	bool is_bubble;

	if (!layer_teredo_headers(walk))
		return layer_end(walk, PACKET_TUNNEL_SHORT);
	is_bubble = layer_teredo_is_bubble(walk->p);
	if (walk->p[0] >> 4 != 6 || (!is_bubble && !layer_teredo_ends(walk)) ||
	    !(layer_teredo_is_address(walk->p + IPV6_SRC) ||
	      layer_teredo_is_address(walk->p + IPV6_DST)))
		return layer_end(walk, PACKET_TUNNEL_HEADER);
	if (!layer_enter(walk, PACKET_TUNNEL_TEREDO, false, 0))
		return LAYER_END;
	return is_bubble ? layer_end(walk, PACKET_TUNNEL_CONTROL) : LAYER_IPV6;
}
