/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets that the mirror shows twice: ingress and egress of one switch, or several VLANs.
 *
 * A small memory of the packets just seen, one word each, found by a mix of everything that a copy
 * keeps: flow, direction, IP identification, TCP numbers, checksum, length. Not TTL, not the link
 * layer. A retransmission differs in its identification or comes later.
 *
 * Without identification two packets may be alike and not the same: a fast retransmission, a RST
 * for each of two segments. Then what the mirror did lately decides: one that copies, copies
 * everything. So every packet that can tell teaches, and the others follow.
 */
#ifndef TRACK_RECENT_H
#define TRACK_RECENT_H

#include "packet.h"

BASE_BEGIN_DECLS

#define TRACK_RECENT_BITS 14

struct track_recent_slot {
	uint32_t signature;
	uint32_t time_us; /* low bits */
};

struct track_recent {
	struct track_recent_slot slot[1 << TRACK_RECENT_BITS];
	uint8_t taught; /* packets that taught, at most eight */
	uint8_t copies; /* the last eight of them, newest in bit 0: set where it came again */
};

/* What a copy of this packet would have too. `hash` is its flow's; dir the direction. */
uint64_t track_recent_mark(const struct packet *pk, uint64_t hash, unsigned dir);

BASE_INLINE struct track_recent_slot *
track_recent_slot(struct track_recent *recent, uint64_t mark)
{
	return &recent->slot[mark >> (64 - TRACK_RECENT_BITS)];
}

/* True when this is a copy of a packet seen within `window_us`; remembers it. Worker, hot. */
int track_recent_seen(struct track_recent *recent, const struct packet *pk, uint64_t mark,
                      uint32_t window_us);

BASE_END_DECLS

#endif
