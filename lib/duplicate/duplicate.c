/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Is it a copy? What a packet like an earlier one proves.
 *
 * What is learned of the mirror is in duplicate_learn.c. Worker alone. Cost: constant.
 */

#include "duplicate.h"

/*
 * The same packet, however late. TCP's numbers part its packets for longer than a copy can take. Of
 * datagrams the identification alone does: at a million a second a host's 65,536 come round in 66
 * ms.
 */
#define DUPLICATE_LATE_TCP_US 1000000
#define DUPLICATE_LATE_UDP_US 62500

/* What it says about copies that a packet like this one has been there before. */
enum duplicate_evidence {
	/* Hosts send such packets alike: datagrams, duplicate ACKs, RSTs, retransmissions. */
	DUPLICATE_EVIDENCE_NONE,
	/* A SYN without identification. Hosts wait a second before they send it again. */
	DUPLICATE_EVIDENCE_SOON,
	/* A host gives each packet of its own an identification that no other has at that time. */
	DUPLICATE_EVIDENCE_SURE,
};

/*
 * Of a datagram without a checksum the identification is not enough: tunnels send datagrams that
 * begin alike, and fast enough for identifications to come round within the second.
 */
static enum duplicate_evidence
duplicate_evidence(const struct packet *pk)
{
	if (pk->proto == PACKET_PROTO_UDP && pk->checksum == 0)
		return DUPLICATE_EVIDENCE_NONE;
	if (pk->ip_id != 0)
		return DUPLICATE_EVIDENCE_SURE;
	return pk->tcp_flags & PACKET_TCP_SYN ? DUPLICATE_EVIDENCE_SOON : DUPLICATE_EVIDENCE_NONE;
}

/* The way of the set that has the fingerprint, or DUPLICATE_WAYS. */
static unsigned
duplicate_find(const duplicate_set *set, uint64_t record)
{
	unsigned way = 0;

	while (way < DUPLICATE_WAYS && !duplicate_is_alike((*set)[way], record))
		way++;
	return way;
}

static uint32_t
duplicate_late(const struct packet *pk)
{
	return duplicate_ticks(pk->proto == PACKET_PROTO_TCP ? DUPLICATE_LATE_TCP_US
	                                                     : DUPLICATE_LATE_UDP_US);
}

/* Remembers an original. One that was there earlier keeps its place and gets the new time. */
static enum duplicate_answer
duplicate_remember(struct duplicate_memory *memory, duplicate_set *set, unsigned way,
                   uint64_t record)
{
	if (way < DUPLICATE_WAYS)
		(*set)[way] = record;
	else
		duplicate_set_add(set, record);
	duplicate_learn_wait(&memory->learned);
	return DUPLICATE_ORIGINAL;
}

/*
 * Packets without evidence are copied once each: the next one that is like them is an original
 * again. Which of equal packets are the copies does not matter, only how many.
 */
static enum duplicate_answer
duplicate_decide_by_mirror(struct duplicate_memory *memory, duplicate_set *set, unsigned way,
                           uint64_t record, uint32_t window_us)
{
	uint32_t reach = duplicate_learn_reach(&memory->learned, window_us);

	if (way == DUPLICATE_WAYS || reach == 0 || duplicate_age(record, (*set)[way]) > reach)
		return duplicate_remember(memory, set, way, record);
	(*set)[way] = 0;
	return DUPLICATE_COPY;
}

enum duplicate_answer
duplicate_decide(struct duplicate_memory *memory, duplicate_set *set, const struct packet *pk,
                 uint64_t fingerprint, uint32_t window_us)
{
	uint64_t record = duplicate_record(pk, fingerprint);
	enum duplicate_evidence evidence = duplicate_evidence(pk);
	uint32_t window = duplicate_ticks(window_us);
	unsigned way = duplicate_find(set, record);
	uint32_t age;

	if (evidence == DUPLICATE_EVIDENCE_NONE)
		return duplicate_decide_by_mirror(memory, set, way, record, window_us);
	age = way < DUPLICATE_WAYS ? duplicate_age(record, (*set)[way]) : UINT32_MAX;
	if (age <= window) {
		duplicate_learn_copy(&memory->learned, record, age);
		return DUPLICATE_COPY;
	}
	if (evidence == DUPLICATE_EVIDENCE_SURE && age <= duplicate_late(pk))
		return DUPLICATE_LATE;
	duplicate_learn_original(&memory->learned, record, window);
	return duplicate_remember(memory, set, way, record);
}
