/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What one segment shows of both endpoints.
 *
 * Pure functions on two struct tcp_end: no clock, no memory, no table of flows. The caller counts
 * packets and bytes; these move states and sequence numbers and say what happened.
 */
#ifndef TCP_SEGMENT_H
#define TCP_SEGMENT_H

#include "tcp_end.h"

BASE_BEGIN_DECLS

/* RFC 9293 3.1; the numbers of the header's control bits. */
enum tcp_flag {
	TCP_FIN = 0x01,
	TCP_SYN = 0x02,
	TCP_RST = 0x04,
	TCP_ACK = 0x10,
};

struct tcp_segment {
	uint32_t seq, ack;
	uint32_t length; /* payload bytes */
	uint16_t window;
	uint16_t mss;   /* 0: no such option */
	uint8_t wscale; /* TCP_WSCALE_NONE: no such option */
	uint8_t flags;  /* enum tcp_flag, others are ignored */
};

/* Bits of what a segment did. */
enum tcp_result {
	TCP_STATE_CHANGED = 1 << 0,  /* of either end */
	TCP_NEW_CONNECTION = 1 << 1, /* nothing was done: end this record, begin another with it */
	TCP_RETRANSMISSION = 1 << 2, /* bytes, a SYN or a FIN that passed before */
	TCP_GAP = 1 << 3,            /* sequence numbers that the tap did not see, and will not */
	TCP_RST_IGNORED = 1 << 4,    /* RFC 5961: not the next number expected */
	TCP_SYN_ON_LIVE = 1 << 5,    /* another ISN on a live connection: counted, not believed */
	TCP_OUT_OF_WINDOW = 1 << 6,  /* its receiver does not take it */
	TCP_RST_BELIEVED = 1 << 7,
	TCP_SYN_SEEN = 1 << 8,       /* the opening of the connection, maybe late */
	TCP_TIME_WAIT_ANEW = 1 << 9, /* an end in TIME_WAIT acknowledged again */
};

/* Data or an ACK, in order, between two ends that are open: nearly every segment. Worker, hot. */
BASE_INLINE int
tcp_segment_is_ordinary(const struct tcp_end *snd, const struct tcp_end *rcv,
                        const struct tcp_segment *seg)
{
	const unsigned known = TCP_END_SEQ | TCP_END_ACK;

	return (seg->flags & (TCP_SYN | TCP_FIN | TCP_RST | TCP_ACK)) == TCP_ACK &&
	       snd->state == TCPS_ESTABLISHED && rcv->state == TCPS_ESTABLISHED &&
	       (snd->flags & (known | TCP_END_STRAY)) == known && seg->seq == snd->snd_nxt &&
	       !(rcv->flags & (TCP_END_HOLE | TCP_END_NEW_SYN)) &&
	       (!(rcv->flags & TCP_END_SEQ) || tcp_seq_leq(seg->ack, rcv->snd_nxt));
}

/* All that an ordinary segment does. */
BASE_INLINE void
tcp_segment_advance(struct tcp_end *snd, const struct tcp_segment *seg)
{
	snd->snd_nxt += seg->length;
	snd->payload += seg->length;
	if (tcp_seq_gt(seg->ack, snd->rcv_nxt))
		snd->rcv_nxt = seg->ack;
	snd->window = seg->window;
}

/*
 * The first segment of a connection never seen before; both ends are zeroed but for their counters.
 * Returns enum tcp_result bits; TCP_SYN_SEEN absent means midstream. Worker, hot.
 */
unsigned tcp_segment_first(struct tcp_end *snd, struct tcp_end *rcv, const struct tcp_segment *seg);

/* Any later segment, from `snd` to `rcv`. Returns enum tcp_result bits. Worker, hot. */
unsigned tcp_segment_apply(struct tcp_end *snd, struct tcp_end *rcv, const struct tcp_segment *seg);

BASE_END_DECLS

#endif
