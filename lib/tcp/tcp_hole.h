/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Holes: numbers of an end that were passed over and have not come yet.
 *
 * Overview. Bytes that come into a hole were late, or lost before the tap and sent again. Bytes
 * before snd_nxt and in no hole have passed before. So each hole is kept with its bounds, the
 * TCP_HOLES newest of an end. Which of the two it was is decided by when they come: a host sends
 * again what its peer has asked for, with a newer identification.
 *
 * Life. A hole ends when its bytes come, or when the other end acknowledges beyond it, which says
 * that the mirror lost them. A claim whose caller has lost it has none, and then the first old
 * bytes are taken to fill the hole.
 *
 * Who writes and who reads. Worker, lib/tcp alone.
 *
 * Cost. 16 bytes a hole, in what is kept of the few connections in doubt.
 */
#ifndef TCP_HOLE_H
#define TCP_HOLE_H

#include "base_compiler.h"

BASE_BEGIN_DECLS

#define TCP_HOLES 8 /* of an end; a hundred segments under way and a twentieth of them lost */

struct tcp_end;
struct tcp_claim;
struct tcp_segment;

struct tcp_hole {
	uint32_t from, to;
	uint32_t at_us; /* when the segment behind it passed; cut, as tcp_segment.at_us */
	uint16_t id;    /* of that segment */
	uint8_t acks;   /* without bytes, of the other end since, none of which covers it */
	uint8_t heard;  /* 1: the other end has it, by its ACK; only the tap does not */
};

/* What came of bytes before snd_nxt. */
enum tcp_hole_fill {
	TCP_HOLE_NOT,             /* they lie in no hole */
	TCP_HOLE_PARTLY = 1 << 0, /* some of them do ... */
	TCP_HOLE_WHOLLY = 1 << 1, /* ... or all */
	TCP_HOLE_AGAIN = 1 << 2,  /* and they were sent again: the first time they were lost */
};

/*
 * A segment of `end` begins at its seq, and so passed over what follows `from`. Where no ACKs of
 * the peer are seen, the holes before are given up: returns whether there was one. Worker.
 */
bool tcp_hole_open(struct tcp_end *end, struct tcp_claim *claim, const struct tcp_end *peer,
                   uint32_t from, const struct tcp_segment *seg);

/* The same by a segment of the peer: it acknowledges bytes from `from` to its ack. Worker. */
bool tcp_hole_open_heard(struct tcp_end *end, struct tcp_claim *claim, const struct tcp_end *peer,
                         uint32_t from, const struct tcp_segment *seg);

/*
 * Bytes from..to come late to an end with TCP_END_HOLE. Returns enum tcp_hole_fill bits, and closes
 * what is full. Worker.
 */
unsigned tcp_hole_fill(struct tcp_end *end, struct tcp_claim *claim, uint32_t from, uint32_t to,
                       const struct tcp_segment *seg);

/*
 * The peer of an end with TCP_END_HOLE sends an ACK, with bytes or without; peer->rcv_nxt is still
 * that of the one before. Returns whether it covers a hole, which is closed: the mirror lost what
 * was there. Worker.
 */
bool tcp_hole_acked(struct tcp_end *end, struct tcp_claim *claim, const struct tcp_end *peer,
                    const struct tcp_segment *seg);

/* Is `number` the last one of a hole? If so it is taken out of it. Worker. */
bool tcp_hole_take_last(struct tcp_end *end, struct tcp_claim *claim, uint32_t number);

/* Forgets all holes. Worker. */
void tcp_hole_close(struct tcp_end *end, struct tcp_claim *claim);

BASE_END_DECLS

#endif
