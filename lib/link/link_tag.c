/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tags between the addresses and the type: of VLANs (802.1Q, 802.1ad), and of fabrics and port
 * extenders (802.1ah, 802.1BR, VN-Tag, FabricPath, TRILL, Cisco metadata). Pure, any thread.
 */

#include "layer.h"

#define TAGS_MAX        8
#define TAG_NEXT        2 /* the type of what a tag is put before */
#define VLAN_TAG        2
#define VLAN_ID         0x0fff
#define ETHER_ADDRESSES 12

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

/*
 * `number` is the tag's own type. Two of the tags say how long they are. A fabric puts a whole
 * frame of its own before the customer's, so its tag ends with the customer's addresses.
 */
enum layer
link_tag(struct layer_walk *walk)
{
	const uint8_t *p = walk->p;

	if (!layer_has(walk, TAG_NEXT))
		return layer_end(walk, PACKET_LINK_SHORT);
	switch (walk->number) {
	case 0x8926: /* VN-Tag */
		return link_tag_take(walk, 4);
	case 0x893f: /* E-Tag of 802.1BR */
		return link_tag_take(walk, 6);
	case 0x8909: /* Cisco metadata: version, words that follow, and those */
		return link_tag_take(walk, 2u + 4u * p[1]);
	case 0x8903: /* FabricPath */
		return link_tag_take(walk, 2 + ETHER_ADDRESSES);
	case 0x88e7: /* 802.1ah */
		return link_tag_take(walk, 4 + ETHER_ADDRESSES);
	default: /* TRILL: words of options are the bits over the hop count */
		return link_tag_take(walk, 6u + 4u * (base_be16(p) >> 6 & 0x1f) + ETHER_ADDRESSES);
	}
}
