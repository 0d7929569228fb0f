/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What begins here, by the bytes alone: where a header does not say what it carries, or where it
 * may be none at all, because a UDP port is all that speaks for it.
 *
 * Whoever asks is on the safe side with a no: a packet that is refused stays a flow of its own.
 * Pure, any thread.
 */

#include "layer.h"

#define GUESS_ETHER      14
#define GUESS_ADDRESSES  12
#define GUESS_TAGS       8
#define GUESS_LLC        3
#define GUESS_USUAL_IPV4 0x45
#define GUESS_PADDED     64 /* the shortest frame */

/*
 * An IP packet ends where what carries it does, or goes on in the next piece. What is left over is
 * a short frame's padding, which IPv6 is too long for, or a trailer: that is only believed of the
 * usual IPv4 header, whose first byte begins no host's address.
 */
bool
layer_is_ip(const struct layer_walk *walk, const uint8_t *p)
{
	uint32_t wire = walk->wire - (uint32_t)(p - walk->p), length;

	if (walk->end - p < 20)
		return false;
	switch (p[0] >> 4) {
	case 4:
		length = base_be16(p + 2);
		if ((p[0] & 0x0f) < 5 || length < 20)
			return false;
		break;
	case 6:
		length = 40u + base_be16(p + 4);
		break;
	default:
		return false;
	}
	if (length >= wire)
		return length == wire || walk->is_piece;
	if (walk->has_plain && walk->frames == 0)
		return false; /* nobody pads a datagram */
	return p[0] == GUESS_USUAL_IPV4 || (p[0] >> 4 == 4 && wire <= GUESS_PADDED);
}

uint32_t
layer_tag_size(uint16_t type, const uint8_t *p)
{
	switch (type) {
	case 0x8100: /* 802.1Q, 802.1ad, and the same before there was a standard */
	case 0x88a8:
	case 0x9100:
	case 0x9200:
		return 2;
	case 0x8926: /* VN-Tag */
		return 4;
	case 0x893f: /* E-Tag of 802.1BR */
		return 6;
	case 0x8909: /* Cisco metadata: version, words that follow, and those */
		return 2u + 4u * p[1];
	case 0x8903: /* FabricPath */
		return 2 + GUESS_ADDRESSES;
	case 0x88e7: /* 802.1ah */
		return 4 + GUESS_ADDRESSES;
	case 0x22f3: /* TRILL: words of options are the bits over the hop count */
		return 6u + 4u * (base_be16(p) >> 6 & 0x1f) + GUESS_ADDRESSES;
	default:
		return 0;
	}
}

/* What stands behind the type of a frame, or behind that of a tag. */
static bool
layer_is_carried(uint16_t type, const uint8_t *p, const uint8_t *end)
{
	if (end - p < 2)
		return false;
	switch (type) {
	case 0x0800:
		return p[0] >> 4 == 4 && (p[0] & 0x0f) >= 5;
	case 0x86dd:
		return p[0] >> 4 == 6;
	case 0x0806:
		return base_be16(p) == 1; /* hardware: Ethernet */
	case 0x8847:
	case 0x8848:
		return end - p >= 4 && p[3] != 0; /* a label that may go on */
	case 0x894f: /* a service path's version, length, and what it carries */
		return end - p >= 4 && p[0] >> 5 == 0 && (p[1] & 0x3f) >= 2 && p[3] >= 1 &&
		       p[3] <= 5;
	case 0x8863:
	case 0x8864:
		return p[0] == 0x11; /* version and type */
	case 0x88cc:
		return p[0] == 0x02; /* the one that every such frame begins with */
	default:
		return type < 0x0600 && type >= GUESS_LLC && layer_is_llc(p, end);
	}
}

bool
layer_is_frame(const uint8_t *p, const uint8_t *end)
{
	uint16_t type;
	uint32_t size;

	if (end - p < GUESS_ETHER + 2)
		return false;
	type = base_be16(p + GUESS_ETHER - 2);
	p += GUESS_ETHER;
	for (unsigned i = 0; i < GUESS_TAGS && end - p >= 2; i++) {
		size = layer_tag_size(type, p);
		if (size == 0)
			break;
		if (end - p < (ptrdiff_t)size + 2)
			return false;
		type = base_be16(p + size);
		p += size + 2;
	}
	return layer_is_carried(type, p, end);
}

/* 802.2: both service points the same but for the bit of group or answer, and unnumbered. */
bool
layer_is_llc(const uint8_t *p, const uint8_t *end)
{
	if (end - p < GUESS_LLC || p[2] != 0x03 || (p[0] & 0xfe) != (p[1] & 0xfe))
		return false;
	switch (p[0] & 0xfe) {
	case 0x42: /* spanning tree */
	case 0xaa: /* SNAP */
	case 0xe0: /* IPX */
	case 0xf0: /* NetBIOS */
	case 0xfe: /* IS-IS */
		return true;
	default:
		return false;
	}
}

bool
layer_is_ppp(const uint8_t *p, const uint8_t *end)
{
	if (end - p >= 2 && p[0] == 0xff && p[1] == 0x03)
		p += 2;
	if (end - p < 3)
		return false;
	switch (base_be16(p)) {
	case 0x0021:
		return p[2] >> 4 == 4 && (p[2] & 0x0f) >= 5;
	case 0x0057:
		return p[2] >> 4 == 6;
	case 0xc021: /* the link's own control */
	case 0x8021:
	case 0x8057:
		return true;
	default:
		return false;
	}
}
