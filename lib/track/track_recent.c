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

/* How much a packet that comes again says about being a copy. */
enum track_evidence {
	TRACK_EVIDENCE_NONE, /* hosts send such ones alike: RST or bare ACK, UDP without checksum */
	TRACK_EVIDENCE_WEAK, /* no identification, but contents */
	TRACK_EVIDENCE_STRONG,
};

static enum track_evidence
track_recent_evidence(const struct packet *pk)
{
	int has_text = pk->payload_bytes > 0 ||
	               (pk->tcp_flags & (PACKET_TCP_SYN | PACKET_TCP_FIN)) || pk->version == 6;

	if (pk->proto == PACKET_PROTO_UDP && pk->checksum == 0)
		return TRACK_EVIDENCE_NONE;
	if (pk->ip_id != 0)
		return TRACK_EVIDENCE_STRONG;
	if (pk->checksum == 0 || (pk->tcp_flags & PACKET_TCP_RST) || !has_text)
		return TRACK_EVIDENCE_NONE;
	return TRACK_EVIDENCE_WEAK;
}

static void
track_recent_teach(struct track_recent *recent, int again)
{
	recent->copies = (uint8_t)(recent->copies << 1 | again);
	if (recent->taught < 8)
		recent->taught++;
}

/* A quarter of the last ones came again: of a mirror that copies all it would be a half. */
static int
track_recent_is_copying(const struct track_recent *recent)
{
	int copies = __builtin_popcount(recent->copies);

	return copies > 0 && copies * 4 >= recent->taught;
}

/* Was the same mark here within the window? Otherwise it is now. */
static int
track_recent_again(struct track_recent *recent, const struct packet *pk, uint64_t mark,
                   uint32_t window_us)
{
	struct track_recent_slot *slot = track_recent_slot(recent, mark);
	uint32_t signature = (uint32_t)mark, time_us = (uint32_t)pk->time_us;

	if (pk->ip_id == 0)
		window_us /= TRACK_RECENT_NO_ID;
	if (slot->signature == signature && time_us - slot->time_us <= window_us)
		return 1;
	slot->signature = signature;
	slot->time_us = time_us;
	return 0;
}

int
track_recent_seen(struct track_recent *recent, const struct packet *pk, uint64_t mark,
                  uint32_t window_us)
{
	int again = track_recent_again(recent, pk, mark, window_us);
	enum track_evidence evidence = track_recent_evidence(pk);

	if (evidence != TRACK_EVIDENCE_NONE)
		track_recent_teach(recent, again);
	return again && (evidence == TRACK_EVIDENCE_STRONG || track_recent_is_copying(recent));
}
