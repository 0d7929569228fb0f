/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * 802.11 data in the clear, alone or behind what the radio measured (radiotap).
 *
 * What is encrypted is not IP to a tap, and neither are management and control. Of several frames
 * in one (A-MSDU) one is read, and the others are counted for whoever asks for them; of a frame in
 * pieces the first counts for the whole. Pure, any thread.
 */

#include "layer.h"

#define WLAN_HEADER      24
#define WLAN_ADDRESS_4   6
#define WLAN_QOS         2u
#define WLAN_HT          4u
#define WLAN_MSDU        14 /* addresses and length before each frame of several */
#define WLAN_MSDU_MIN    8  /* what each holds: LLC and SNAP */
#define WLAN_MSDU_MAX    64 /* in one */
#define WLAN_QOS_IS_MANY 0x80
#define RADIOTAP_HEADER  8
#define RADIOTAP_WORDS   32

enum wlan_control {
	WLAN_VERSION = 0x03,
	WLAN_TYPE = 0x0c,
	WLAN_DATA = 0x08,
	WLAN_EMPTY = 0x40, /* of the subtype: no data */
	WLAN_HAS_QOS = 0x80,
};

enum wlan_flag {
	WLAN_TO_AND_FROM = 0x03,
	WLAN_MORE_PIECES = 0x04,
	WLAN_PROTECTED = 0x40,
	WLAN_ORDER = 0x80,
};

/* How long the header is; 0: the frame carries nothing that can be read. */
static uint32_t
link_wlan_header(const struct layer_walk *walk, unsigned control, unsigned flags)
{
	uint32_t header = WLAN_HEADER;

	if ((control & (WLAN_VERSION | WLAN_TYPE)) != WLAN_DATA || (control & WLAN_EMPTY) ||
	    (flags & WLAN_PROTECTED))
		return 0;
	if ((flags & WLAN_TO_AND_FROM) == WLAN_TO_AND_FROM)
		header += WLAN_ADDRESS_4;
	if (control & WLAN_HAS_QOS)
		header += WLAN_QOS + (flags & WLAN_ORDER ? WLAN_HT : 0);
	return walk->is_padded ? (header + 3) & ~3u : header;
}

/* Does the header's QoS field say that several frames are in this one? */
static bool
link_wlan_is_many(const struct layer_walk *walk, unsigned control, unsigned flags)
{
	uint32_t at = WLAN_HEADER;

	if ((flags & WLAN_TO_AND_FROM) == WLAN_TO_AND_FROM)
		at += WLAN_ADDRESS_4;
	return (control & WLAN_HAS_QOS) && (walk->p[at] & WLAN_QOS_IS_MANY);
}

/* How long a frame among several is, by the head before it; 0: there is none. */
static uint32_t
link_wlan_one(const uint8_t *p, const uint8_t *end)
{
	uint32_t size = end - p >= WLAN_MSDU ? base_be16(p + WLAN_MSDU - 2) : 0;

	return size < WLAN_MSDU_MIN ? 0 : WLAN_MSDU + size;
}

/* To the next one, which begins at a word of four bytes; `end`: this was the last. */
static const uint8_t *
link_wlan_next(const uint8_t *p, const uint8_t *end)
{
	uint32_t size = (link_wlan_one(p, end) + 3) & ~3u;

	return size != 0 && end - p > (ptrdiff_t)size ? p + size : end;
}

/*
 * Several frames in one, each behind its addresses and length: goes to the one that is asked for,
 * the first where nobody asks, and counts those behind it.
 */
static enum layer
link_wlan_many(struct layer_walk *walk)
{
	const uint8_t *p = walk->p;
	unsigned part = walk->is_part ? 0 : walk->part, more = 0;
	uint32_t size;

	for (; part > 0; part--)
		p = link_wlan_next(p, walk->end);
	size = link_wlan_one(p, walk->end);
	if (size == 0)
		return layer_end(walk, PACKET_LINK_SHORT);
	layer_take(walk, (uint32_t)(p - walk->p));
	while (more < WLAN_MSDU_MAX &&
	       link_wlan_one(p = link_wlan_next(p, walk->end), walk->end) != 0)
		more++;
	if (!walk->is_part)
		walk->pk->more = (uint8_t)more;
	walk->is_part = true;
	if (size <= walk->wire)
		layer_limit(walk, size);
	layer_take(walk, WLAN_MSDU);
	return LAYER_LLC;
}

enum layer
link_wlan(struct layer_walk *walk)
{
	unsigned control, flags;
	uint32_t header;
	bool is_many;

	if (!layer_has(walk, WLAN_HEADER))
		return layer_end(walk, PACKET_LINK_SHORT);
	/* Some controllers swap the two bytes. The version is 0, so only data sent so has bits. */
	control = walk->p[0] & WLAN_VERSION ? walk->p[1] : walk->p[0];
	flags = walk->p[0] & WLAN_VERSION ? walk->p[0] : walk->p[1];
	header = link_wlan_header(walk, control, flags);
	if (header == 0)
		return layer_end(walk, PACKET_NOT_IP);
	if (!layer_has(walk, header))
		return layer_end(walk, PACKET_LINK_SHORT);
	is_many = link_wlan_is_many(walk, control, flags);
	if (walk->p[22] & 0x0f) /* the number of a piece */
		return layer_end(walk, PACKET_FRAGMENT);
	walk->is_piece |= (flags & WLAN_MORE_PIECES) != 0;
	walk->is_padded = false;   /* what radiotap said was of this frame */
	if (walk->pk->tunnels > 0) /* the VLAN is that of the wrapping */
		walk->pk->vlan = PACKET_NO_VLAN;
	layer_take(walk, header);
	return is_many ? link_wlan_many(walk) : LAYER_LLC;
}

/*
 * Is the 802.11 header filled up to words? Radiotap's flags say so, bit 5 of the second field; the
 * first, a time of eight bytes on its own boundary, and more words of presence may stand before.
 */
static bool
link_radiotap_is_padded(const uint8_t *p, uint32_t size)
{
	uint32_t at = 4, present = (uint32_t)p[4] | (uint32_t)p[7] << 24;

	for (unsigned i = 0; i < RADIOTAP_WORDS && at + 4 <= size && (p[at + 3] & 0x80); i++)
		at += 4;
	at += 4;
	if (!(present & 2))
		return false;
	if (present & 1)
		at = ((at + 7) & ~7u) + 8;
	return at < size && (p[at] & 0x20);
}

enum layer
link_radiotap(struct layer_walk *walk)
{
	uint32_t size;

	if (!layer_has(walk, RADIOTAP_HEADER))
		return layer_end(walk, PACKET_LINK_SHORT);
	size = (uint32_t)walk->p[2] | (uint32_t)walk->p[3] << 8;
	if (walk->p[0] != 0 || size < RADIOTAP_HEADER || !layer_has(walk, size))
		return layer_end(walk, PACKET_LINK_SHORT);
	walk->is_padded = link_radiotap_is_padded(walk->p, size);
	layer_take(walk, size);
	return LAYER_WLAN;
}
