/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * CAPWAP's data channel (RFC 5415 4.3): frames between an access point and its controller, 802.3 or
 * 802.11. What DTLS encrypts stays a flow of UDP. Of a frame in pieces the first counts for the
 * whole. Pure, any thread.
 */

#include "layer.h"

#define CAPWAP_HEADER_MIN 8
#define CAPWAP_IS_NATIVE  0x01 /* of the third byte: 802.11, not 802.3 */
#define CAPWAP_IS_PIECE   0x80 /* of the fourth */
#define CAPWAP_IS_ALIVE   0x08
#define CAPWAP_RESERVED   0x07
#define CAPWAP_OFFSET     0xfff8
#define CAPWAP_WLAN       1 /* the binding of RFC 5416 */
#define CAPWAP_ALIVE      6
#define CAPWAP_SESSION    35

/* A sign of life has no other flag and names its session: a length, then one element. */
static enum layer
layer_capwap_alive(struct layer_walk *walk, uint32_t header)
{
	const uint8_t *p = walk->p;

	if (!layer_has(walk, header + CAPWAP_ALIVE))
		return layer_end(walk, PACKET_TUNNEL_SHORT);
	if (p[3] != CAPWAP_IS_ALIVE || base_be16(p + header + 2) != CAPWAP_SESSION)
		return layer_end(walk, PACKET_TUNNEL_HEADER);
	return layer_end(walk, PACKET_TUNNEL_CONTROL);
}

enum layer
layer_capwap(struct layer_walk *walk)
{
	const uint8_t *p = walk->p;
	uint32_t header;
	bool is_native, is_piece;

	if (!layer_has(walk, CAPWAP_HEADER_MIN))
		return layer_end(walk, PACKET_TUNNEL_SHORT);
	header = (uint32_t)(p[1] >> 3) * 4;
	is_native = p[2] & CAPWAP_IS_NATIVE;
	is_piece = p[3] & CAPWAP_IS_PIECE;
	if (p[0] != 0 || header < CAPWAP_HEADER_MIN || (p[3] & CAPWAP_RESERVED) ||
	    (p[7] & CAPWAP_RESERVED) || (p[2] >> 1 & 0x1f) > CAPWAP_WLAN ||
	    (is_native && (p[2] >> 1 & 0x1f) != CAPWAP_WLAN))
		return layer_end(walk, PACKET_TUNNEL_HEADER);
	if (!layer_has(walk, header))
		return layer_end(walk, PACKET_TUNNEL_SHORT);
	if (!layer_enter(walk, PACKET_TUNNEL_CAPWAP, false, 0))
		return LAYER_END;
	if (p[3] & CAPWAP_IS_ALIVE)
		return layer_capwap_alive(walk, header);
	if (is_piece && (base_be16(p + 6) & CAPWAP_OFFSET))
		return layer_end(walk, PACKET_FRAGMENT);
	walk->is_piece |= is_piece;
	layer_take(walk, header);
	return is_native ? LAYER_WLAN : LAYER_INNER_ETHER;
}
