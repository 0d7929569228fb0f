/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * MPLS labels (RFC 3032), what may follow the last of them, and the header of a service path (NSH,
 * RFC 8300), which carries the same. Pure, any thread.
 */

#include "layer.h"

#define MPLS_LABEL      4
#define MPLS_LABELS_MAX 16
#define PW_CONTROL_WORD 4
#define NSH_HEADER_MIN  8 /* base and service path */
#define NSH_VERSION     0xc0
#define NSH_IS_OAM      0x20   /* the path's own */
#define PW_CHANNEL      0x1000 /* version 0, and 8 bits that are 0 */

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

/*
 * What follows the last label has no type (RFC 4928): IP by its first nibble, a channel of the
 * pseudowire by 1, and else an Ethernet frame, alone or behind a control word, whose first nibble
 * is 0 (RFC 4385). The address that a frame begins with may have any of these nibbles: so one that
 * has a known type in the right place is a frame, unless it says like IP where it ends.
 */
enum layer
link_pseudowire(struct layer_walk *walk)
{
	if (!layer_has(walk, 2))
		return layer_end(walk, PACKET_LINK_SHORT);
	if (!layer_is_ip(walk, walk->p) && layer_is_frame(walk->p, walk->end))
		return LAYER_INNER_ETHER;
	switch (walk->p[0] >> 4) {
	case 4:
	case 6:
		if (!walk->has_plain || layer_is_ip(walk, walk->p))
			return LAYER_RAW;
		break;
	case 1:
		if (base_be16(walk->p) == PW_CHANNEL)
			return layer_end(walk, PACKET_NOT_IP);
		break;
	case 0:
		if (!layer_has(walk, PW_CONTROL_WORD))
			return layer_end(walk, PACKET_LINK_SHORT);
		layer_take(walk, PW_CONTROL_WORD);
	}
	/* Labels are no evidence: any bytes look like some. */
	if (walk->has_plain && !layer_is_frame(walk->p, walk->end))
		return layer_end(walk, PACKET_LINK_UNKNOWN);
	return LAYER_INNER_ETHER;
}

/* What a service path carries, by the fourth byte of its header. */
static const uint8_t link_nsh_next[] = {
	[1] = LAYER_IPV4, [2] = LAYER_IPV6, [3] = LAYER_INNER_ETHER,
	[4] = LAYER_NSH,  [5] = LAYER_MPLS,
};

/* Its length counts words of four bytes, itself among them. */
enum layer
link_nsh(struct layer_walk *walk)
{
	uint32_t header;
	unsigned next;

	if (!layer_has(walk, NSH_HEADER_MIN))
		return layer_end(walk, PACKET_LINK_SHORT);
	if (walk->p[0] & NSH_VERSION || walk->p[0] & NSH_IS_OAM)
		return layer_end(walk, walk->has_plain ? PACKET_LINK_UNKNOWN : PACKET_NOT_IP);
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
