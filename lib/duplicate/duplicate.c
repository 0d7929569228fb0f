/* SPDX-License-Identifier: BSD-3-Clause */
/* The memory of recent packets: 128 KB, no lists: in each set of four the oldest leaves. */

#include "duplicate.h"

/* Without an identification a fast retransmission looks like a copy, but does not come as soon. */
#define DUPLICATE_NO_ID 8

/* How much a packet that comes again says about being a copy. */
enum duplicate_evidence {
	DUPLICATE_EVIDENCE_NONE, /* hosts send such ones alike: RST or bare ACK, UDP without checksum */
	DUPLICATE_EVIDENCE_WEAK, /* no identification, but contents */
	DUPLICATE_EVIDENCE_STRONG,
};

static enum duplicate_evidence
duplicate_evidence(const struct packet *pk)
{
	int has_text = pk->payload_bytes > 0 ||
	               (pk->tcp_flags & (PACKET_TCP_SYN | PACKET_TCP_FIN)) || pk->version == 6;

	if (pk->proto == PACKET_PROTO_UDP && pk->checksum == 0)
		return DUPLICATE_EVIDENCE_NONE;
	if (pk->ip_id != 0)
		return DUPLICATE_EVIDENCE_STRONG;
	if (pk->checksum == 0 || (pk->tcp_flags & PACKET_TCP_RST) || !has_text)
		return DUPLICATE_EVIDENCE_NONE;
	return DUPLICATE_EVIDENCE_WEAK;
}

static void
duplicate_teach(struct duplicate *recent, int again)
{
	recent->copies = (uint8_t)(recent->copies << 1 | again);
	if (recent->taught < DUPLICATE_TAUGHT_MAX)
		recent->taught++;
}

/* A quarter of the last ones came again: of a mirror that copies all it would be a half. */
static int
duplicate_is_copying(const struct duplicate *recent)
{
	int copies = __builtin_popcount(recent->copies);

	return copies > 0 && copies * 4 >= recent->taught;
}

/*
 * Was the same mark here within the window? Otherwise it is now. One that was here earlier stays
 * where it is in its set, with the new time.
 */
static int
duplicate_is_repeated(struct duplicate *recent, const struct packet *pk, uint64_t mark,
                      uint32_t window_us)
{
	duplicate_words *set = duplicate_set(recent, mark);
	uint64_t word = duplicate_word(pk, mark);

	if (pk->ip_id == 0)
		window_us /= DUPLICATE_NO_ID;
	for (unsigned way = 0; way < DUPLICATE_WAYS; way++) {
		if (!duplicate_is_same((*set)[way], word))
			continue;
		if (((word - (*set)[way]) & DUPLICATE_TIME_MASK) <= window_us)
			return 1;
		(*set)[way] = word;
		return 0;
	}
	duplicate_push(set, word);
	return 0;
}

int
duplicate_judge(struct duplicate *recent, const struct packet *pk, uint64_t mark,
                uint32_t window_us)
{
	int again = duplicate_is_repeated(recent, pk, mark, window_us);
	enum duplicate_evidence evidence = duplicate_evidence(pk);

	if (evidence != DUPLICATE_EVIDENCE_NONE)
		duplicate_teach(recent, again);
	return again && (evidence == DUPLICATE_EVIDENCE_STRONG || duplicate_is_copying(recent));
}
