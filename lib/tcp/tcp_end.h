/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One endpoint of a connection as the tap knows it: 32 bytes, half a cache line.
 *
 * The two of a connection share a line in its flow entry. A UDP flow uses the counters alone. The
 * counters stand in the high bits of their words, so that one that overflows wraps and harms
 * nothing beside it: 2^48 bytes are six hours of one connection at 100 Gbit/s.
 *
 * Worker: writes. Control: reads, through the entry's sequence count.
 */
#ifndef TCP_END_H
#define TCP_END_H

#include "tcp_seq.h"
#include "tcp_state.h"

#define TCP_WSCALE_NONE         15
#define TCP_RETRANSMISSIONS_MAX 63

enum tcp_end_flag {
	TCP_END_SYN = 1 << 0,        /* its SYN was seen: its ISN is known */
	TCP_END_SEQ = 1 << 1,        /* snd_nxt is known */
	TCP_END_ACK = 1 << 2,        /* rcv_nxt is known */
	TCP_END_FIN = 1 << 3,        /* its FIN was seen: snd_nxt counts it */
	TCP_END_RST = 1 << 4,        /* its RST was believed */
	TCP_END_NEW_SYN = 1 << 5,    /* a SYN with another ISN, waiting for an answer */
	TCP_END_STRAY = 1 << 6,      /* the last segment lay outside the window */
	TCP_END_CLOSED_1ST = 1 << 7, /* the first of the two to close */
	TCP_END_HOLE = 1 << 8,       /* numbers before snd_nxt were not seen, but may still come */
	TCP_END_FIN_AGAIN = 1 << 9,  /* it repeated its FIN after the ACK of it had passed */
	TCP_END_DEAF = 1 << 10,      /* and again after another: ACKs do not reach it */
};

struct tcp_end {
	uint64_t window : 16;  /* last advertised, unscaled */
	uint64_t bytes : 48;   /* of whole IP datagrams sent */
	uint64_t mss : 16;     /* of its SYN; 0: not seen */
	uint64_t payload : 48; /* stream bytes sent, each sequence number once; SYN and FIN not */
	uint64_t state : 4;    /* enum tcp_state, or the tracker's number for UDP */
	uint64_t wscale : 4;   /* of its SYN; TCP_WSCALE_NONE */
	uint64_t flags : 11;   /* enum tcp_end_flag */
	uint64_t retransmissions : 6; /* stays at TCP_RETRANSMISSIONS_MAX */
	uint64_t packets : 39;
	uint32_t snd_nxt; /* RFC 9293 3.3.1, as far as the tap has seen */
	uint32_t rcv_nxt; /* the highest ACK it has sent */
};

static_assert(sizeof(struct tcp_end) == 32, "two ends fill one cache line");

BASE_INLINE void
tcp_end_clear(struct tcp_end *end, enum tcp_end_flag flag)
{
	end->flags = end->flags & ~(unsigned)flag & 0x7ff;
}

/* The sequence number of the first byte of the stream: the ISN plus one. Needs TCP_END_SEQ. */
BASE_INLINE uint32_t
tcp_end_stream_start(const struct tcp_end *end)
{
	return end->snd_nxt - (uint32_t)end->payload - !!(end->flags & TCP_END_FIN);
}

/* Its FIN is acknowledged by an ACK of its own number plus one, from `peer`. */
BASE_INLINE int
tcp_end_fin_acked(const struct tcp_end *end, const struct tcp_end *peer)
{
	return (end->flags & TCP_END_FIN) && (peer->flags & TCP_END_ACK) &&
	       peer->rcv_nxt == end->snd_nxt;
}

/* Receive window in bytes. A scale counts only where both offered one (RFC 7323 2.2). */
BASE_INLINE uint32_t
tcp_end_window(const struct tcp_end *end, const struct tcp_end *peer)
{
	unsigned shift = end->wscale;

	if (shift == TCP_WSCALE_NONE || peer->wscale == TCP_WSCALE_NONE)
		shift = 0;
	return (uint32_t)end->window << shift;
}

#endif
