/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Is it a copy? The memory of recent packets, and the evidence that a packet like an earlier one
 * gives.
 *
 * 128 KB for each worker, no lists: the oldest packet of a set of four gives way. Worker alone.
 * Cost: constant.
 */

#include "duplicate.h"

/*
 * Without an identification a fast retransmission resembles a copy, but it comes later than a copy.
 * So the window is divided by this.
 */
#define DUPLICATE_NO_ID 8

/* What it says about copies that a packet like this one has been there before. */
enum duplicate_evidence {
	/* Hosts themselves send such packets alike: RST, bare ACK, UDP without checksum. */
	DUPLICATE_EVIDENCE_NONE,
	DUPLICATE_EVIDENCE_WEAK, /* no identification, but contents */
	DUPLICATE_EVIDENCE_STRONG,
};

static enum duplicate_evidence
duplicate_evidence(const struct packet *pk)
{
	bool has_text = pk->payload_bytes > 0 ||
	                (pk->tcp_flags & (PACKET_TCP_SYN | PACKET_TCP_FIN)) || pk->version == 6;

	if (pk->proto == PACKET_PROTO_UDP && pk->checksum == 0)
		return DUPLICATE_EVIDENCE_NONE;
	if (pk->ip_id != 0)
		return DUPLICATE_EVIDENCE_STRONG;
	if (pk->checksum == 0 || (pk->tcp_flags & PACKET_TCP_RST) || !has_text)
		return DUPLICATE_EVIDENCE_NONE;
	return DUPLICATE_EVIDENCE_WEAK;
}

/* Remembers whether one more packet with evidence was repeated. */
static void
duplicate_learn(struct duplicate_memory *memory, bool was_there)
{
	memory->copies = (uint8_t)(memory->copies << 1 | was_there);
	if (memory->learned < DUPLICATE_LEARNED_MAX)
		memory->learned++;
}

/*
 * A quarter of the last packets with evidence were repeated. With a mirror that copies everything
 * it would be half of them.
 */
static bool
duplicate_is_copying(const struct duplicate_memory *memory)
{
	int copies = __builtin_popcount(memory->copies);

	return copies > 0 && copies * 4 >= memory->learned;
}

/*
 * Was a packet of this fingerprint there within the window? If not, it is now. One that was there
 * earlier keeps its place in its set and gets the new time.
 */
static bool
duplicate_was_there(struct duplicate_memory *memory, const struct packet *pk, uint64_t fingerprint,
                    uint32_t window_us)
{
	duplicate_set *set = duplicate_set_of(memory, fingerprint);
	uint64_t record = duplicate_record(pk, fingerprint);

	if (pk->ip_id == 0)
		window_us /= DUPLICATE_NO_ID;
	for (unsigned way = 0; way < DUPLICATE_WAYS; way++) {
		if (!duplicate_is_alike((*set)[way], record))
			continue;
		if (((record - (*set)[way]) & DUPLICATE_TIME_MASK) <= window_us)
			return true;
		(*set)[way] = record;
		return false;
	}
	duplicate_set_add(set, record);
	return false;
}

bool
duplicate_decide(struct duplicate_memory *memory, const struct packet *pk, uint64_t fingerprint,
                 uint32_t window_us)
{
	bool was_there = duplicate_was_there(memory, pk, fingerprint, window_us);
	enum duplicate_evidence evidence = duplicate_evidence(pk);

	if (evidence != DUPLICATE_EVIDENCE_NONE)
		duplicate_learn(memory, was_there);
	return was_there && (evidence == DUPLICATE_EVIDENCE_STRONG || duplicate_is_copying(memory));
}
