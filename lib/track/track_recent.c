/* SPDX-License-Identifier: BSD-3-Clause */
/* The memory of recent packets: 128 KB, no lists: in each set of four the oldest leaves. */

#include "track_recent.h"

/* Without an identification a fast retransmission looks like a copy, but does not come as soon. */
#define TRACK_RECENT_NO_ID 8

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
	if (recent->taught < TRACK_RECENT_TAUGHT_MAX)
		recent->taught++;
}

/* A quarter of the last ones came again: of a mirror that copies all it would be a half. */
static int
track_recent_is_copying(const struct track_recent *recent)
{
	int copies = __builtin_popcount(recent->copies);

	return copies > 0 && copies * 4 >= recent->taught;
}

/*
 * Was the same mark here within the window? Otherwise it is now. One that was here earlier stays
 * where it is in its set, with the new time.
 */
static int
track_recent_again(struct track_recent *recent, const struct packet *pk, uint64_t mark,
                   uint32_t window_us)
{
	track_recent_words *set = track_recent_set(recent, mark);
	uint64_t word = track_recent_word(pk, mark);

	if (pk->ip_id == 0)
		window_us /= TRACK_RECENT_NO_ID;
	for (unsigned way = 0; way < TRACK_RECENT_WAYS; way++) {
		if (!track_recent_is_same((*set)[way], word))
			continue;
		if (((word - (*set)[way]) & TRACK_RECENT_TIME_MASK) <= window_us)
			return 1;
		(*set)[way] = word;
		return 0;
	}
	track_recent_push(set, word);
	return 0;
}

int
track_recent_judge(struct track_recent *recent, const struct packet *pk, uint64_t mark,
                   uint32_t window_us)
{
	int again = track_recent_again(recent, pk, mark, window_us);
	enum track_evidence evidence = track_recent_evidence(pk);

	if (evidence != TRACK_EVIDENCE_NONE)
		track_recent_teach(recent, again);
	return again && (evidence == TRACK_EVIDENCE_STRONG || track_recent_is_copying(recent));
}
