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
#ifndef DUPLICATE_H
#define DUPLICATE_H

#include "packet.h"

BASE_BEGIN_DECLS

/*
 * Sets of four, each half a cache line. With one slot a mark any packet in between could put an
 * original out of mind before its copy came: at ten million a second, one copy in sixteen that came
 * 100 us later. Four must meet in one set now: one in ten thousand.
 */
#define DUPLICATE_SET_BITS 12
#define DUPLICATE_WAYS     4

/*
 * A word: the low 43 bits of the mark above the low 21 of the time, twice the longest window. With
 * the 12 that choose the set, two packets are taken for one in two days of ten million a second.
 */
#define DUPLICATE_TIME_BITS 21
#define DUPLICATE_TIME_MASK ((UINT64_C(1) << DUPLICATE_TIME_BITS) - 1)

/* A set, newest first, as one vector: compared and moved at once. */
typedef uint64_t duplicate_words __attribute__((vector_size(DUPLICATE_WAYS * 8)));

struct duplicate {
	BASE_ALIGNED(BASE_CACHE_LINE) duplicate_words set[1 << DUPLICATE_SET_BITS];
	uint8_t taught; /* packets that taught, at most eight */
	uint8_t copies; /* the last eight of them, newest in bit 0: set where it came again */
};

#define DUPLICATE_TAUGHT_MAX 8

/* Odd constants of high entropy; any would do: what is mixed is keyed by the flow's hash. */
#define DUPLICATE_MIX_1 UINT64_C(0x9e3779b97f4a7c15)
#define DUPLICATE_MIX_2 UINT64_C(0xc2b2ae3d27d4eb4f)

/* What a copy of this packet would have too. `hash` is its flow's; dir the direction. */
BASE_INLINE uint64_t
duplicate_mark(const struct packet *pk, uint64_t hash, unsigned dir)
{
	uint64_t x = hash + dir;

	x ^= pk->proto == PACKET_PROTO_TCP ? (uint64_t)pk->seq << 32 | pk->ack : pk->text;
	x = (x ^ x >> 32) * DUPLICATE_MIX_1;
	x ^= (uint64_t)pk->ip_id << 48 | (uint64_t)pk->checksum << 32 |
	     (uint64_t)(pk->tcp_flags & 0xff) << 24 | (pk->ip_bytes & 0xffffff);
	x = (x ^ x >> 29) * DUPLICATE_MIX_2;
	return x ^ x >> 32;
}

BASE_INLINE duplicate_words *
duplicate_set(struct duplicate *recent, uint64_t mark)
{
	return &recent->set[mark >> (64 - DUPLICATE_SET_BITS)];
}

/* The mark and the moment of a packet, as its set has them. */
BASE_INLINE uint64_t
duplicate_word(const struct packet *pk, uint64_t mark)
{
	return mark << DUPLICATE_TIME_BITS | (pk->time_us & DUPLICATE_TIME_MASK);
}

BASE_INLINE int
duplicate_is_same(uint64_t word, uint64_t other)
{
	return (word ^ other) >> DUPLICATE_TIME_BITS == 0;
}

/* Without a branch a way: hardly ever is one of them the same. */
BASE_INLINE int
duplicate_is_any(const duplicate_words *set, uint64_t word)
{
	duplicate_words same = (*set ^ word) >> DUPLICATE_TIME_BITS == 0;

	return (same[0] | same[1] | same[2] | same[3]) != 0;
}

/* The oldest leaves. */
BASE_INLINE void
duplicate_push(duplicate_words *set, uint64_t word)
{
	*set = (duplicate_words){ word, (*set)[0], (*set)[1], (*set)[2] };
}

/* The same for any packet, be it alike or not. duplicate.c. */
int duplicate_judge(struct duplicate *recent, const struct packet *pk, uint64_t mark,
                    uint32_t window_us);

/*
 * True when this is a copy of a packet seen within `window_us`; remembers it. A packet like none in
 * its set, behind a mirror that has copied nothing lately, is not a copy and teaches nothing.
 * Worker, hot.
 */
BASE_INLINE int
duplicate_seen(struct duplicate *recent, const struct packet *pk, uint64_t mark, uint32_t window_us)
{
	duplicate_words *set = duplicate_set(recent, mark);
	uint64_t word = duplicate_word(pk, mark);

	if (duplicate_is_any(set, word) || recent->copies != 0 ||
	    recent->taught < DUPLICATE_TAUGHT_MAX)
		return duplicate_judge(recent, pk, mark, window_us);
	duplicate_push(set, word);
	return 0;
}

BASE_END_DECLS

#endif
