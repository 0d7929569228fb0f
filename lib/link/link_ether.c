/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ethernet II, and 802.3 with LLC and SNAP that carries IP: the frame that a port brings, and
 * frames that other packets carry. Pure, any thread.
 */

#include "layer.h"

#define ETHER_HEADER     14
#define ETHER_ADDRESSES  12
#define ETHER_FRAMES_MAX 8 /* inside one another without a tunnel of IP between them */
#define LLC_HEADER       3
#define SNAP_HEADER      8
#define SNAP_TYPE_MIN    0x0600

enum layer
link_ether(struct layer_walk *walk)
{
	uint16_t type;

	if (!layer_has(walk, ETHER_HEADER))
		return layer_end(walk, PACKET_LINK_SHORT);
	type = base_be16(walk->p + ETHER_ADDRESSES);
	layer_take(walk, ETHER_HEADER);
	return layer_follow_frame(walk, type);
}

/*
 * The VLAN of a frame in a tunnel is its own; that of the wrapping is the underlay's. A frame in
 * that frame is of the same network, so there the outermost tag counts as everywhere.
 */
enum layer
link_inner(struct layer_walk *walk)
{
	if (++walk->frames > ETHER_FRAMES_MAX)
		return layer_end(walk, PACKET_VLAN_DEPTH);
	if (walk->pk->tunnels > 0 && walk->frames == 1) {
		walk->pk->vlan = walk->inner_vlan;
		walk->inner_vlan = PACKET_NO_VLAN;
	}
	walk->tags = 0;
	return LAYER_ETHER;
}

/*
 * 802.2 LLC with SNAP and an OUI of 0 holds an EtherType; every other LLC is a protocol that is not
 * IP: spanning tree, IS-IS, CDP.
 */
enum layer
link_llc(struct layer_walk *walk)
{
	static const uint8_t snap[] = { 0xaa, 0xaa, 0x03, 0, 0, 0 };
	uint16_t type;

	/* Behind a tunnel's port a frame has to look like one. */
	if (walk->has_plain && !layer_is_llc(walk->p, walk->end))
		return layer_end(walk, PACKET_LINK_UNKNOWN);
	if (!layer_has(walk, SNAP_HEADER) || memcmp(walk->p, snap, sizeof(snap)) != 0)
		return layer_end(walk, PACKET_NOT_IP);
	type = base_be16(walk->p + sizeof(snap));
	if (type < SNAP_TYPE_MIN)
		return layer_end(walk, PACKET_NOT_IP);
	layer_take(walk, SNAP_HEADER);
	return layer_follow_ethertype(walk, type);
}

enum layer
link_not_ip(struct layer_walk *walk)
{
	return layer_end(walk, PACKET_NOT_IP);
}
