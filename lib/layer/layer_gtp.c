/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * GTP-U version 1 (3GPP TS 29.281) with extension headers: a subscriber's packet between the
 * stations of a mobile network. 5G carries Ethernet in it too. Pure, any thread.
 */

#include "layer.h"

#define GTP_HEADER      8
#define GTP_OPTIONS     4    /* sequence, N-PDU number, type of the first extension */
#define GTP_VERSION     0xf0 /* with the bit that says GTP and not GTP' */
#define GTP_VERSION_1   0x30
#define GTP_HAS_OPTIONS 0x07
#define GTP_HAS_CHAIN   0x04
#define GTP_CHAIN_MAX   16

enum gtp_type {
	GTP_ECHO_REQUEST = 1,
	GTP_ECHO_RESPONSE = 2,
	GTP_ERROR = 26,
	GTP_SUPPORTED_EXTENSIONS = 31,
	GTP_TUNNEL_STATUS = 253,
	GTP_END_MARKER = 254,
	GTP_PACKET = 255,
};

/*
 * Takes the options and the chain of extensions off: each says its length in words of four bytes,
 * and in its last byte the type of the next, 0 where there is none. False: it lies or was cut.
 */
static bool
layer_gtp_chain(struct layer_walk *walk, bool has_chain)
{
	unsigned next;

	if (!layer_has(walk, GTP_OPTIONS))
		return false;
	next = has_chain ? walk->p[3] : 0;
	layer_take(walk, GTP_OPTIONS);
	for (unsigned i = 0; next != 0; i++) {
		uint32_t size;

		if (i == GTP_CHAIN_MAX || !layer_has(walk, 1))
			return false;
		size = walk->p[0] * 4u;
		if (size == 0 || !layer_has(walk, size))
			return false;
		next = walk->p[size - 1];
		layer_take(walk, size);
	}
	return true;
}

static bool
layer_gtp_is_message(unsigned type)
{
	return type == GTP_ECHO_REQUEST || type == GTP_ECHO_RESPONSE || type == GTP_ERROR ||
	       type == GTP_SUPPORTED_EXTENSIONS || type == GTP_TUNNEL_STATUS ||
	       type == GTP_END_MARKER;
}

enum layer
layer_gtp(struct layer_walk *walk)
{
	unsigned flags, type;
	uint32_t length, teid;

	if (!layer_has(walk, GTP_HEADER))
		return layer_end(walk, PACKET_TUNNEL_SHORT);
	flags = walk->p[0];
	type = walk->p[1];
	length = base_be16(walk->p + 2);
	teid = base_be32(walk->p + 4);
	if ((flags & GTP_VERSION) != GTP_VERSION_1 ||
	    (length > walk->wire - GTP_HEADER && !walk->is_piece) ||
	    (type != GTP_PACKET &&
	     !(layer_gtp_is_message(type) && length == walk->wire - GTP_HEADER)))
		return layer_end(walk, PACKET_TUNNEL_HEADER);
	if (!layer_enter(walk, PACKET_TUNNEL_GTP, true, teid))
		return LAYER_END;
	if (type != GTP_PACKET)
		return layer_end(walk, PACKET_TUNNEL_CONTROL);
	layer_take(walk, GTP_HEADER);
	layer_limit(walk, length);
	if ((flags & GTP_HAS_OPTIONS) && !layer_gtp_chain(walk, flags & GTP_HAS_CHAIN))
		return layer_end(walk, PACKET_TUNNEL_HEADER);
	/* An IP address may look like the type of a frame, and a MAC address like IP. */
	return !layer_is_ip(walk, walk->p) && layer_is_frame(walk->p, walk->end) ? LAYER_INNER_ETHER
	                                                                         : LAYER_RAW;
}
