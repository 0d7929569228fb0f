/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Is this the same packet once more? A mirror shows packets twice where it copies ingress and
 * egress of one switch, or several VLANs.
 *
 * Overview. A small memory holds the packets just seen, one word for each: a fingerprint and a
 * time. The fingerprint mixes all that a copy keeps: flow, direction, IP identification, TCP
 * numbers, checksum, length. TTL and link layer are not in it. A retransmission has another
 * identification, or it comes later than a copy. Without an identification two packets may be alike
 * and yet be two: a fast retransmission, or a RST for each of two segments. Then the recent past of
 * the mirror decides, since a mirror that copies, copies everything. Packets that give evidence are
 * learned from; the others are judged by what was learned.
 *
 * Life. All zero at first; lives as long as the worker's engine. A packet is remembered until four
 * others of its set have come.
 *
 * Who writes and who reads. One worker, nobody else.
 *
 * Cost. Half a cache line a packet, which the caller can fetch ahead (duplicate_set_of), and one
 * comparison of vectors.
 */
#ifndef DUPLICATE_H
#define DUPLICATE_H

#include "packet.h"

BASE_BEGIN_DECLS

/*
 * Sets of four, each half a cache line. With one slot for a fingerprint any packet in between could
 * push an original out before its copy came: at ten million packets a second, one copy in sixteen
 * that came 100 us later. With sets it takes four packets that meet in one set: one in ten
 * thousand.
 */
#define DUPLICATE_SET_BITS 12
#define DUPLICATE_WAYS     4

/*
 * A record is one word: the low 43 bits of the fingerprint above the low 21 bits of the time in
 * microseconds, twice the longest window. With the 12 bits that choose the set, two different
 * packets are taken for one about once in two days of ten million a second.
 */
#define DUPLICATE_TIME_BITS 21
#define DUPLICATE_TIME_MASK ((UINT64_C(1) << DUPLICATE_TIME_BITS) - 1)

/* A set, newest record first, as one vector: compared and moved at once. */
typedef uint64_t duplicate_set __attribute__((vector_size(DUPLICATE_WAYS * 8)));

struct duplicate_memory {
	BASE_ALIGNED(BASE_CACHE_LINE) duplicate_set set[1 << DUPLICATE_SET_BITS];
	uint8_t learned; /* packets with evidence so far, at most eight */
	uint8_t copies;  /* the last eight of them, newest in bit 0: set where it was repeated */
};

#define DUPLICATE_LEARNED_MAX 8

/* Odd constants of high entropy. Any would do, since the flow's keyed hash goes in first. */
#define DUPLICATE_MIX_1 UINT64_C(0x9e3779b97f4a7c15)
#define DUPLICATE_MIX_2 UINT64_C(0xc2b2ae3d27d4eb4f)

/*
 * The fingerprint: a copy of this packet would have the same. `hash` is the keyed hash of its flow;
 * `dir` is the direction. Worker, hot.
 */
BASE_INLINE uint64_t
duplicate_fingerprint(const struct packet *pk, uint64_t hash, unsigned dir)
{
	uint64_t x = hash + dir;

	x ^= pk->proto == PACKET_PROTO_TCP ? (uint64_t)pk->seq << 32 | pk->ack : pk->payload_mix;
	x = (x ^ x >> 32) * DUPLICATE_MIX_1;
	x ^= (uint64_t)pk->ip_id << 48 | (uint64_t)pk->checksum << 32 |
	     (uint64_t)(pk->tcp_flags & 0xff) << 24 | (pk->ip_bytes & 0xffffff);
	x = (x ^ x >> 29) * DUPLICATE_MIX_2;
	return x ^ x >> 32;
}

/* The set in which a fingerprint is remembered. */
BASE_INLINE duplicate_set *
duplicate_set_of(struct duplicate_memory *memory, uint64_t fingerprint)
{
	return &memory->set[fingerprint >> (64 - DUPLICATE_SET_BITS)];
}

/* The record of a packet: fingerprint and time. */
BASE_INLINE uint64_t
duplicate_record(const struct packet *pk, uint64_t fingerprint)
{
	return fingerprint << DUPLICATE_TIME_BITS | (pk->time_us & DUPLICATE_TIME_MASK);
}

/* Have both records the same fingerprint? */
BASE_INLINE bool
duplicate_is_alike(uint64_t record, uint64_t other)
{
	return (record ^ other) >> DUPLICATE_TIME_BITS == 0;
}

/*
 * Is a record of the same fingerprint in the set? Without a branch for each way: nearly never is
 * one of them the same.
 */
BASE_INLINE bool
duplicate_set_has(const duplicate_set *set, uint64_t record)
{
	duplicate_set same = (*set ^ record) >> DUPLICATE_TIME_BITS == 0;

	return (same[0] | same[1] | same[2] | same[3]) != 0;
}

/* Puts a record in front; the oldest of the set leaves. */
BASE_INLINE void
duplicate_set_add(duplicate_set *set, uint64_t record)
{
	*set = (duplicate_set){ record, (*set)[0], (*set)[1], (*set)[2] };
}

/*
 * The rest of duplicate_is_copy: for a packet like an earlier one, and while there is something to
 * learn. Worker.
 */
bool duplicate_decide(struct duplicate_memory *memory, const struct packet *pk,
                      uint64_t fingerprint, uint32_t window_us);

/*
 * Is this a copy of a packet that was seen within `window_us`? Remembers the packet. One like none
 * in its set, behind a mirror that has copied nothing lately, is no copy, and nothing is learned
 * from it. Worker, hot.
 */
BASE_INLINE bool
duplicate_is_copy(struct duplicate_memory *memory, const struct packet *pk, uint64_t fingerprint,
                  uint32_t window_us)
{
	duplicate_set *set = duplicate_set_of(memory, fingerprint);
	uint64_t record = duplicate_record(pk, fingerprint);

	if (duplicate_set_has(set, record) || memory->copies != 0 ||
	    memory->learned < DUPLICATE_LEARNED_MAX)
		return duplicate_decide(memory, pk, fingerprint, window_us);
	duplicate_set_add(set, record);
	return false;
}

BASE_END_DECLS

#endif
