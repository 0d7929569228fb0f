/* SPDX-License-Identifier: BSD-3-Clause */
/* The memory of recent packets: direct mapped, 128 KB, no lists: a newer packet takes the slot. */

#include "track_recent.h"

/* Without an identification a fast retransmission looks like a copy, but does not come as soon. */
#define TRACK_RECENT_NO_ID 8

/* Odd constants of high entropy; any would do: what is mixed is keyed by the flow's hash. */
#define MIX_1 UINT64_C(0x9e3779b97f4a7c15)
#define MIX_2 UINT64_C(0xc2b2ae3d27d4eb4f)

uint64_t
track_recent_mark(const struct packet *pk, uint64_t hash, unsigned dir)
{
	uint64_t x = hash + dir;

	x ^= pk->proto == PACKET_PROTO_TCP ? (uint64_t)pk->seq << 32 | pk->ack : pk->text;
	x = (x ^ x >> 32) * MIX_1;
	x ^= (uint64_t)pk->ip_id << 48 | (uint64_t)pk->checksum << 32 |
	     (uint64_t)(pk->tcp_flags & 0xff) << 24 | (pk->ip_bytes & 0xffffff);
	x = (x ^ x >> 29) * MIX_2;
	return x ^ x >> 32;
}

/* Does the packet carry enough for an equal one to be the same one? */
static int
track_recent_tells(const struct packet *pk)
{
	if (pk->proto == PACKET_PROTO_UDP)
		return pk->checksum != 0;
	if (pk->ip_id != 0)
		return 1;
	if (pk->checksum == 0 || (pk->tcp_flags & PACKET_TCP_RST))
		return 0;
	return pk->version == 6 || pk->payload_bytes > 0 ||
	       (pk->tcp_flags & (PACKET_TCP_SYN | PACKET_TCP_FIN));
}

int
track_recent_seen(struct track_recent *recent, const struct packet *pk, uint64_t mark,
                  uint32_t window_us)
{
	struct track_recent *slot = track_recent_slot(recent, mark);
	uint32_t signature = (uint32_t)mark, time_us = (uint32_t)pk->time_us;

	if (pk->ip_id == 0)
		window_us /= TRACK_RECENT_NO_ID;
	if (slot->signature == signature && time_us - slot->time_us <= window_us)
		return track_recent_tells(pk);
	slot->signature = signature;
	slot->time_us = time_us;
	return 0;
}
