/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Teredo (RFC 4380): IPv6 in UDP through an address translator, behind an authentication and the
 * origin of the packet, either or both of which may be there. Pure, any thread.
 */

#include "layer.h"

#define TEREDO_ORIGIN          8
#define TEREDO_AUTHENTICATION  13u /* without the identifier and the value */
#define TEREDO_IS_ORIGIN       0x0000
#define TEREDO_IS_AUTHENTICATE 0x0001
#define IPV6_HEADER            40
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

enum layer
layer_teredo(struct layer_walk *walk)
{
	if (!layer_teredo_headers(walk))
		return layer_end(walk, PACKET_TUNNEL_SHORT);
	if (walk->p[0] >> 4 != 6)
		return layer_end(walk, PACKET_TUNNEL_HEADER);
	if (!layer_enter(walk, PACKET_TUNNEL_TEREDO, false, 0))
		return LAYER_END;
	/* A bubble carries nothing: it opens the translator (RFC 4380 2.8). */
	if (walk->p[6] == IPV6_NO_NEXT && base_be16(walk->p + 4) == 0)
		return layer_end(walk, PACKET_TUNNEL_CONTROL);
	return LAYER_IPV6;
}
