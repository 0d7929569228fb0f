/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Is this the same packet once more? A mirror shows packets twice where it copies ingress and
 * egress of one switch, or several VLANs.
 *
 * Overview. A small memory holds the packets just seen, one word for each: a fingerprint and a
 * time. The fingerprint mixes all that a copy keeps: flow, direction, IP identification, TCP
 * numbers, checksum, length. TTL and link layer are not in it.
 *
 *	an identification, not 0     the same packet, however late within a second (a datagram:
 *	                             a sixteenth): inside the window a copy, after it a late one
 *	SYN without identification   inside the window a copy, for hosts wait a second
 *	any other                    hosts send such packets alike, so each is copied once, and
 *	                             only while the port is known to copy
 *
 * The first two are evidence, and from them is learned whether the port copies, and
 * how long its copies take (duplicate_learn.h): one of the third kind comes no later than that.
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

#include "base_atomic.h"
#include "base_bytes.h"
#include "duplicate_learn.h"
#include "packet.h"

BASE_BEGIN_DECLS

/*
 * Sets of four, each half a cache line. With one slot for a fingerprint any packet in between could
 * push an original out before its copy came: at ten million packets a second, one copy in sixteen
 * that came 100 us later. With sets it takes four packets that meet in one set: one in ten
 * thousand.
 *
 * Packets that open or close, by which states move, have sets of their own, and more of them: the
 * others do not push them out. More sets for all would need more than the core's own cache beside
 * the table: with a million flows, four times as many slow a packet by 5 %, sixteen times by 22 %.
 */
#define DUPLICATE_SET_BITS   12
#define DUPLICATE_STATE_BITS 13
#define DUPLICATE_WAYS       4

/* A set, newest record first, as one vector: compared and moved at once. */
typedef uint64_t duplicate_set __attribute__((vector_size(DUPLICATE_WAYS * 8)));

enum duplicate_answer {
	DUPLICATE_ORIGINAL, /* nothing says that it is a copy */
	DUPLICATE_COPY,
	DUPLICATE_LATE, /* a copy that came after the window */
};

struct duplicate_memory {
	BASE_ALIGNED(BASE_CACHE_LINE)
	duplicate_set set[(1 << DUPLICATE_SET_BITS) + (1 << DUPLICATE_STATE_BITS)];
	struct duplicate_learned learned;
};

/* Odd constants of high entropy. Any would do, since the flow's keyed hash goes in first. */
#define DUPLICATE_MIX_1 UINT64_C(0x9e3779b97f4a7c15)
#define DUPLICATE_MIX_2 UINT64_C(0xc2b2ae3d27d4eb4f)

static_assert(offsetof(struct packet, checksum) == offsetof(struct packet, ip_id) + 2,
              "both in one word");

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
	/* The identification, and the checksum that lies behind it. */
	x ^= (uint64_t)base_raw32((const uint8_t *)&pk->ip_id) << 32;
	x ^= (uint64_t)(uint8_t)pk->tcp_flags << 24 ^ pk->ip_bytes;
	x = (x ^ x >> 29) * DUPLICATE_MIX_2;
	return x ^ x >> 32;
}

/* The set in which a packet is remembered. Without a branch: bursts have both kinds mixed. */
BASE_INLINE duplicate_set *
duplicate_set_of(struct duplicate_memory *memory, const struct packet *pk, uint64_t fingerprint)
{
	const unsigned state = PACKET_TCP_SYN | PACKET_TCP_FIN | PACKET_TCP_RST;
	uint64_t ordinary_set = fingerprint >> (64 - DUPLICATE_SET_BITS);
	uint64_t state_set =
	    (fingerprint >> (64 - DUPLICATE_STATE_BITS)) + (1 << DUPLICATE_SET_BITS);

	return &memory->set[pk->tcp_flags & state ? state_set : ordinary_set];
}

/* The record of a packet: fingerprint and time. */
BASE_INLINE uint64_t
duplicate_record(const struct packet *pk, uint64_t fingerprint)
{
	return fingerprint << DUPLICATE_TIME_BITS |
	       (pk->time_us >> DUPLICATE_TICK_SHIFT & DUPLICATE_TIME_MASK);
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
 * The rest of duplicate_examine: for a packet like an earlier one, and while there is something to
 * learn. Worker.
 */
enum duplicate_answer
duplicate_decide(struct duplicate_memory *memory, duplicate_set *set, const struct packet *pk,
                 uint64_t fingerprint, uint32_t window_us);

/*
 * Is this a copy, which comes within `window_us` unless it is late? Remembers the packet in its set
 * if not. One like none in its set, behind a mirror that has copied nothing lately, is no copy, and
 * nothing is learned from it. Worker, hot.
 */
BASE_INLINE enum duplicate_answer
duplicate_examine(struct duplicate_memory *memory, duplicate_set *set, const struct packet *pk,
                  uint64_t fingerprint, uint32_t window_us)
{
	uint64_t record = duplicate_record(pk, fingerprint);

	if (duplicate_set_has(set, record) || !memory->learned.idle)
		return duplicate_decide(memory, set, pk, fingerprint, window_us);
	duplicate_set_add(set, record);
	return DUPLICATE_ORIGINAL;
}

/* What a copy took at most, of late; 0: there was none. Any thread. */
BASE_INLINE uint32_t
duplicate_delay_us(const struct duplicate_memory *memory)
{
	return base_load_u32(&memory->learned.delay_us);
}

BASE_END_DECLS

#endif
