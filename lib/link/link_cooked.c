/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What systems put before a packet where the link has no header that they could show: Linux cooked
 * v1 and v2, BSD loopback, netfilter's log; and FDDI. Pure, any thread.
 */

#include "layer.h"

#define SLL_HEADER      16
#define SLL2_HEADER     20
#define LOOPBACK_HEADER 4
#define NFLOG_HEADER    4
#define NFLOG_ATTRIBUTE 4
#define NFLOG_PAYLOAD   9
#define NFLOG_MAX       64
#define FDDI_HEADER     13
#define FDDI_KIND       0xc0 /* of the frame */
#define FDDI_IS_LLC     0x40

enum layer
link_sll(struct layer_walk *walk)
{
	uint16_t type;

	if (!layer_has(walk, SLL_HEADER))
		return layer_end(walk, PACKET_LINK_SHORT);
	type = base_be16(walk->p + 14);
	layer_take(walk, SLL_HEADER);
	return layer_follow_frame(walk, type);
}

enum layer
link_sll2(struct layer_walk *walk)
{
	uint16_t type;

	if (!layer_has(walk, SLL2_HEADER))
		return layer_end(walk, PACKET_LINK_SHORT);
	type = base_be16(walk->p);
	layer_take(walk, SLL2_HEADER);
	return layer_follow_frame(walk, type);
}

/*
 * The address family was written in the byte order of the machine that captured: AF_INET is 2
 * everywhere, AF_INET6 is 24, 28 or 30 by system, 10 on Linux and 23 on Windows.
 */
enum layer
link_loopback(struct layer_walk *walk)
{
	uint32_t family;

	if (!layer_has(walk, LOOPBACK_HEADER))
		return layer_end(walk, PACKET_LINK_SHORT);
	family = base_be32(walk->p);
	if (family > 0xffff)
		family = __builtin_bswap32(family);
	layer_take(walk, LOOPBACK_HEADER);
	switch (family) {
	case 2:
	case 10:
	case 23:
	case 24:
	case 28:
	case 30:
		return LAYER_RAW;
	default:
		return layer_end(walk, PACKET_NOT_IP);
	}
}

static uint16_t
link_le16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

/* Attributes with their lengths, little end first, each filled up to four bytes. */
enum layer
link_nflog(struct layer_walk *walk)
{
	if (!layer_has(walk, NFLOG_HEADER))
		return layer_end(walk, PACKET_LINK_SHORT);
	layer_take(walk, NFLOG_HEADER);
	for (unsigned i = 0; i < NFLOG_MAX && layer_has(walk, NFLOG_ATTRIBUTE); i++) {
		uint32_t size = link_le16(walk->p), padded = (size + 3) & ~3u;

		if (size < NFLOG_ATTRIBUTE)
			return layer_end(walk, PACKET_LINK_SHORT);
		if ((link_le16(walk->p + 2) & 0x7fff) == NFLOG_PAYLOAD) {
			if (size > walk->wire)
				return layer_end(walk, PACKET_LINK_SHORT);
			layer_limit(walk, size);
			layer_take(walk, NFLOG_ATTRIBUTE);
			return LAYER_RAW;
		}
		if (!layer_has(walk, padded))
			return layer_end(walk, PACKET_LINK_SHORT);
		layer_take(walk, padded);
	}
	return layer_end(walk, PACKET_NOT_IP);
}

enum layer
link_fddi(struct layer_walk *walk)
{
	unsigned control;

	if (!layer_has(walk, FDDI_HEADER))
		return layer_end(walk, PACKET_LINK_SHORT);
	control = walk->p[0];
	layer_take(walk, FDDI_HEADER);
	return (control & FDDI_KIND) == FDDI_IS_LLC ? LAYER_LLC : layer_end(walk, PACKET_NOT_IP);
}
