/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One end of a connection as the tap knows it: 24 bytes, what its packets read and write.
 *
 * The two ends of a connection share a line in its flow entry. lib/tcp moves the state, the flags,
 * the window and the sequence numbers. The rest is room for the counters of whoever keeps the
 * connection, who also carries over what outgrows it (entry_upper.h, entry_trouble.h). A UDP flow
 * uses the counters alone.
 *
 * Worker: writes. Control: reads, through the entry's sequence count.
 */
#ifndef TCP_END_H
#define TCP_END_H

#include "tcp_seq.h"
#include "tcp_state.h"

#define TCP_WSCALE_NONE 15
#define TCP_WSCALE_MAX  14 /* RFC 7323 2.3 */
#define TCP_END_FLAGS   16 /* bits */

enum tcp_end_flag {
	TCP_END_SYN = 1 << 0,        /* its SYN was seen: its ISN is known */
	TCP_END_SEQ = 1 << 1,        /* snd_nxt is known */
	TCP_END_ACK = 1 << 2,        /* rcv_nxt is known */
	TCP_END_FIN = 1 << 3,        /* its FIN was seen: snd_nxt counts it */
	TCP_END_RST = 1 << 4,        /* its RST was believed */
	TCP_END_NEW_SYN = 1 << 5,    /* a SYN with another ISN, waiting for an answer */
	TCP_END_DOUBTFUL = 1 << 6,   /* its last segment was doubtful (tcp_doubt.h) */
	TCP_END_CLOSED_1ST = 1 << 7, /* the first of the two to close */
	TCP_END_HOLE = 1 << 8,       /* numbers before snd_nxt were not seen, but may still come */
	TCP_END_FIN_REPEATED = 1 << 9, /* it repeated its FIN after the ACK of it had passed */
	TCP_END_DEAF = 1 << 10, /* it repeats a SYN-ACK, or FIN: ACKs of that do not reach it */
	TCP_END_SACK = 1 << 11, /* its SYN permits selective acknowledgements (RFC 2018) */
	TCP_END_DOUBTFUL_TWICE = 1 << 12, /* so was the one before, and its claim is lost */
	TCP_END_NUMBERED_TWICE = 1 << 13, /* what it sends passes in other numbers too */
	TCP_END_WINDOW_CLOSED = 1 << 14,  /* it has closed its window, and not opened it again */
};

struct tcp_end {
	uint32_t snd_nxt;     /* RFC 9293 3.3.1, as far as the tap has seen */
	uint32_t rcv_nxt;     /* the highest ACK it has sent */
	uint32_t payload;     /* stream bytes sent, each sequence number once; SYN and FIN not */
	uint32_t window : 16; /* last advertised, unscaled */
	uint32_t flags : TCP_END_FLAGS; /* enum tcp_end_flag */
	union {
		uint64_t traffic; /* packets and bytes, to be added to at once */
		struct {
			uint64_t state : 4;         /* enum tcp_state, or the tracker's for UDP */
			uint64_t wscale : 4;        /* of its SYN; TCP_WSCALE_NONE */
			uint64_t payload_high : 5;  /* times that `payload` went round */
			uint64_t retransmitted : 3; /* segments that had passed before */
			uint64_t packets : 16;
			uint64_t out_of_order : 2; /* segments that came into a hole */
			uint64_t probed : 1;       /* half closed: keep-alives since it was used */
			uint64_t gaps : 2;         /* holes that the mirror left */
			uint64_t bytes : 27;       /* of IP datagrams */
		};
	};
};

#define TCP_END_PACKETS_SHIFT 16
#define TCP_END_PACKETS_MAX   0xffffu
#define TCP_END_BYTES_BITS    27
#define TCP_END_BYTES_SHIFT   37
#define TCP_END_BYTES_MAX     ((1u << TCP_END_BYTES_BITS) - 1)

static_assert(sizeof(struct tcp_end) == 24, "two ends and the head of an entry fill a line");

BASE_INLINE void
tcp_end_clear(struct tcp_end *end, enum tcp_end_flag flag)
{
	end->flags = end->flags & ~(unsigned)flag & ((1u << TCP_END_FLAGS) - 1);
}

/* The sequence number of the first byte of the stream: the ISN plus one. Needs TCP_END_SEQ. */
BASE_INLINE uint32_t
tcp_end_stream_start(const struct tcp_end *end)
{
	return end->snd_nxt - end->payload - !!(end->flags & TCP_END_FIN);
}

/* Is its FIN acknowledged: has `peer` sent an ACK of the number of the FIN plus one? */
BASE_INLINE bool
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
