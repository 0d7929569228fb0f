/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * MPLS labels (RFC 3032), what may follow the last of them, and the header of a service path (NSH,
 * RFC 8300), which carries the same. Pure, any thread.
 */

#include "layer.h"

#define MPLS_LABEL      4
#define MPLS_LABELS_MAX 16
#define PW_CONTROL_WORD 4
#define ETHER_HEADER    14
#define ETHER_ADDRESSES 12
#define NSH_HEADER_MIN  8 /* base and service path */

/* Labels until the one that says it is the last. */
enum layer
link_mpls(struct layer_walk *walk)
{
	bool last = false;

	for (unsigned labels = 0; !last; labels++) {
		if (labels == MPLS_LABELS_MAX)
			return layer_end(walk, PACKET_VLAN_DEPTH);
		if (!layer_has(walk, MPLS_LABEL))
			return layer_end(walk, PACKET_LINK_SHORT);
		last = walk->p[2] & 1;
		layer_take(walk, MPLS_LABEL);
	}
	return LAYER_PSEUDOWIRE;
}

static bool
link_type_may_be_carried(uint16_t type)
{
	return type == 0x0800 || type == 0x86dd || type == 0x8847 || type == 0x8864 ||
	       type == 0x8100 || type == 0x88a8 || type == 0x9100 || type == 0x9200;
}

/*
 * What follows the last label has no type (RFC 4928): IP by its first nibble, a channel of the
 * pseudowire by 1, and else an Ethernet frame, alone or behind a control word, whose first nibble
 * is 0 as that of many an address is (RFC 4385): the type in the right place says which.
 */
enum layer
link_pseudowire(struct layer_walk *walk)
{
	if (!layer_has(walk, 1))
		return layer_end(walk, PACKET_LINK_SHORT);
	switch (walk->p[0] >> 4) {
	case 4:
	case 6:
		return LAYER_RAW;
	case 1:
		return layer_end(walk, PACKET_NOT_IP);
	case 0:
		if (layer_has(walk, ETHER_HEADER) &&
		    link_type_may_be_carried(base_be16(walk->p + ETHER_ADDRESSES)))
			break;
		if (!layer_has(walk, PW_CONTROL_WORD))
			return layer_end(walk, PACKET_LINK_SHORT);
		layer_take(walk, PW_CONTROL_WORD);
	}
	return LAYER_INNER_ETHER;
}

/* What a service path carries, by the fourth byte of its header. */
static const uint8_t link_nsh_next[] = {
	[1] = LAYER_IPV4,
	[2] = LAYER_IPV6,
	[3] = LAYER_INNER_ETHER,
	[5] = LAYER_MPLS,
};

/* Its length counts words of four bytes, itself among them. */
enum layer
link_nsh(struct layer_walk *walk)
{
	uint32_t header;
	unsigned next;

	if (!layer_has(walk, NSH_HEADER_MIN))
		return layer_end(walk, PACKET_LINK_SHORT);
	header = (walk->p[1] & 0x3fu) * 4;
	if (header < NSH_HEADER_MIN || !layer_has(walk, header))
		return layer_end(walk, PACKET_LINK_SHORT);
	next = walk->p[3];
	layer_take(walk, header);
	if (next >= BASE_COUNT_OF(link_nsh_next) || link_nsh_next[next] == 0)
		return layer_end(walk, PACKET_NOT_IP);
	if (++walk->tags > MPLS_LABELS_MAX)
		return layer_end(walk, PACKET_VLAN_DEPTH);
	return (enum layer)link_nsh_next[next];
}
