/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What one segment shows of both ends.
 *
 * Pure functions on two struct tcp_end: no clock, no memory, no table of flows. The caller counts
 * packets and bytes. These functions move states and sequence numbers and say what happened.
 */
#ifndef TCP_SEGMENT_H
#define TCP_SEGMENT_H

#include "tcp_doubt.h"
#include "tcp_end.h"

BASE_BEGIN_DECLS

/* RFC 9293 3.1; the numbers of the header's control bits. */
enum tcp_flag {
	TCP_FIN = 0x01,
	TCP_SYN = 0x02,
	TCP_RST = 0x04,
	TCP_ACK = 0x10,
};

/*
 * What identification and time say of a SYN or SYN-ACK, beside the last one of its sender. Numbers
 * alone do not distinguish a mirror's late copy from a host that sends its SYN once more.
 */
enum tcp_syn_bit {
	TCP_SYN_REPEATED = 1 << 0, /* another packet: the host itself sent its SYN once more */
	TCP_SYN_SOON = 1 << 1,     /* sooner than a host would: hosts wait a second (RFC 6298) */
	TCP_SYN_COPIED = 1 << 2,   /* the same packet, within the time in which copies come */
};

struct tcp_segment {
	uint32_t seq, ack;
	uint32_t length; /* payload bytes */
	uint16_t window;
	uint8_t wscale; /* TCP_WSCALE_NONE: no such option */
	uint8_t flags;  /* enum tcp_flag, others are ignored */
	uint8_t sack;   /* 1: SACK permitted (RFC 2018 2); read in a SYN alone */
	uint8_t syn;    /* enum tcp_syn_bit; read in a SYN alone */
	uint16_t id;    /* of its datagram; 0: it has none. Read where there are holes, as at_us */
	uint32_t at_us; /* when it passed, cut to 32 bits: it is enough that minutes differ */
};

/* Bits of what a segment did. */
enum tcp_result {
	TCP_STATE_CHANGED = 1 << 0, /* of either end */
	TCP_NEW_CONNECTION =
	    1 << 1, /* nothing was done: end this record, begin another one with it */
	TCP_RETRANSMISSION =
	    1 << 2,       /* bytes, a SYN or a FIN that had passed before, all or in part */
	TCP_GAP = 1 << 3, /* numbers of its sender were passed over and are lost at the mirror */
	TCP_RST_IGNORED = 1 << 4,   /* RFC 5961: not the next number expected */
	TCP_SYN_ON_LIVE = 1 << 5,   /* another ISN on a live connection: counted, not believed */
	TCP_OUT_OF_WINDOW = 1 << 6, /* its receiver does not take it; it changed nothing */
	TCP_RST_BELIEVED = 1 << 7,
	TCP_SYN_SEEN = 1 << 8, /* the opening of the connection, maybe late */
	TCP_TIME_WAIT_RESTARTED = 1
	                          << 9, /* an end in TIME_WAIT sent an ACK: its time begins anew */
	TCP_GAP_PEER = 1 << 10,      /* bytes of the other end, never seen, that it acknowledges */
	TCP_OUT_OF_ORDER = 1 << 11,  /* bytes that fill a hole: late, or lost before the tap */
	TCP_WINDOW_CLOSED = 1 << 12, /* its sender's window is 0 */
	TCP_COPY = 1 << 13,          /* of a segment in the numbers that count; nothing was done */
	TCP_WINDOW_OPENED = 1 << 14, /* its sender's window was closed, and is not any more */
	TCP_LOST = 1 << 15, /* with TCP_OUT_OF_ORDER: sent again, for it was lost before the tap */
	TCP_NEEDLESS = 1 << 16,   /* with TCP_RETRANSMISSION: all of it was acknowledged before */
	TCP_RST_LATE = 1 << 17,   /* between two ends that are both done */
	TCP_RST_DENIED = 1 << 18, /* an end that a RST had closed goes on */
};

/*
 * May it be the first of a connection? RFC 9293 3.10.7: a segment without ACK that is neither SYN
 * nor RST is dropped by whoever gets it. Worker.
 */
BASE_INLINE bool
tcp_segment_opens(uint8_t flags)
{
	return flags & (TCP_SYN | TCP_RST | TCP_ACK);
}

/*
 * Is it data or an ACK, in order, between two ends that are open? Nearly every segment is. Worker,
 * hot.
 */
BASE_INLINE bool
tcp_segment_is_ordinary(const struct tcp_end *snd, const struct tcp_end *rcv,
                        const struct tcp_segment *seg)
{
	const unsigned known = TCP_END_SEQ | TCP_END_ACK;

	return (seg->flags & (TCP_SYN | TCP_FIN | TCP_RST | TCP_ACK)) == TCP_ACK &&
	       snd->state == TCPS_ESTABLISHED && rcv->state == TCPS_ESTABLISHED &&
	       (snd->flags & (known | TCP_END_DOUBTFUL | TCP_END_NUMBERED_TWICE |
	                      TCP_END_WINDOW_CLOSED)) == known &&
	       seg->seq == snd->snd_nxt &&
	       !(rcv->flags &
	         (TCP_END_HOLE | TCP_END_NEW_SYN | TCP_END_DOUBTFUL | TCP_END_NUMBERED_TWICE)) &&
	       seg->window != 0 &&
	       (!(rcv->flags & TCP_END_SEQ) || tcp_seq_leq(seg->ack, rcv->snd_nxt));
}

/* Does all that an ordinary segment does. Worker, hot. */
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
 * The first segment of a connection that was never seen before, one that opens. Both ends are zero
 * but for their counters; `doubt` is emptied. `snd` and `rcv` are the two elements of one array,
 * here and below, or one of them twice: a socket that sends to itself. Returns enum tcp_result
 * bits; without TCP_SYN_SEEN the connection is met midstream. Worker, hot.
 */
unsigned tcp_segment_first(struct tcp_end *snd, struct tcp_end *rcv, struct tcp_doubt *doubt,
                           const struct tcp_segment *seg);

/*
 * Any later segment that is not ordinary, from `snd` to `rcv`. `doubt` is what the caller has kept
 * of this connection since the last one, or empty; afterwards it holds what should be kept. Returns
 * enum tcp_result bits. RFC 9293 3.10.7. Worker, hot.
 */
unsigned tcp_segment_apply_rare(struct tcp_end *snd, struct tcp_end *rcv, struct tcp_doubt *doubt,
                                const struct tcp_segment *seg);

BASE_END_DECLS

#endif
