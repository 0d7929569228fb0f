/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tags between the addresses and the type: of VLANs (802.1Q, 802.1ad), and of fabrics and port
 * extenders (802.1ah, 802.1BR, VN-Tag, FabricPath, TRILL, Cisco metadata). Pure, any thread.
 */

#include "layer.h"

#define TAGS_MAX 8
#define TAG_NEXT 2 /* the type of what a tag is put before */
#define VLAN_TAG 2
#define VLAN_ID  0x0fff

/* Takes a tag off, with the type behind it. */
static enum layer
link_tag_take(struct layer_walk *walk, uint32_t size)
{
	uint16_t type;

	if (++walk->tags > TAGS_MAX)
		return layer_end(walk, PACKET_VLAN_DEPTH);
	if (!layer_has(walk, size + TAG_NEXT))
		return layer_end(walk, PACKET_LINK_SHORT);
	type = base_be16(walk->p + size);
	layer_take(walk, size + TAG_NEXT);
	return layer_follow_frame(walk, type);
}

/* VID 0 is a priority and no VLAN (IEEE 802.1Q 9.6). The outermost that is one names the VLAN. */
enum layer
link_vlan(struct layer_walk *walk)
{
	if (layer_has(walk, VLAN_TAG) && walk->pk->vlan == PACKET_NO_VLAN &&
	    (base_be16(walk->p) & VLAN_ID) != 0)
		walk->pk->vlan = base_be16(walk->p) & VLAN_ID;
	return link_tag_take(walk, VLAN_TAG);
}

/* `number` is the tag's own type. */
enum layer
link_tag(struct layer_walk *walk)
{
	if (!layer_has(walk, TAG_NEXT))
		return layer_end(walk, PACKET_LINK_SHORT);
	return link_tag_take(walk, layer_tag_size(walk->number, walk->p));
}
