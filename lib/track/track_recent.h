/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets that the mirror shows twice: ingress and egress of one switch, or several VLANs.
 *
 * A small memory of the packets just seen, one word each, found by a mix of everything that a copy
 * keeps: flow, direction, IP identification, TCP numbers, checksum, length. Not TTL, not the link
 * layer. A retransmission differs in its identification or comes later. Some packets are never
 * taken for a copy, since two may be alike and not the same: UDP without a checksum; without
 * identification a RST and, in IPv4, a bare ACK, which hosts send once for every segment that they
 * refuse or miss.
 */
#ifndef TRACK_RECENT_H
#define TRACK_RECENT_H

#include "packet.h"

BASE_BEGIN_DECLS

#define TRACK_RECENT_BITS 14

struct track_recent {
	uint32_t signature;
	uint32_t time_us; /* low bits */
};

/* What a copy of this packet would have too. `hash` is its flow's; dir the direction. */
uint64_t track_recent_mark(const struct packet *pk, uint64_t hash, unsigned dir);

BASE_INLINE struct track_recent *
track_recent_slot(struct track_recent *recent, uint64_t mark)
{
	return &recent[mark >> (64 - TRACK_RECENT_BITS)];
}

/* True when the same packet was here within `window_us`; otherwise remembers it. Worker, hot. */
int track_recent_seen(struct track_recent *recent, const struct packet *pk, uint64_t mark,
                      uint32_t window_us);

BASE_END_DECLS

#endif
