/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Claims: what a segment said and nobody has acknowledged yet. Doubtful segments, holes, SYNs and
 * RSTs in question.
 *
 * Overview. A segment whose numbers its receiver would not take is a guess of somebody who cannot
 * see the traffic (RFC 5961 5), or the first one after a time in which the mirror was away. It
 * changes nothing. It is remembered until another segment decides which of the two it was.
 *
 * Life. Few connections have a claim at a time, so it has no room in their entries: the caller
 * keeps a small table that many share (entry_doubt.h). Whatever is in there may be gone at the next
 * segment (all zero). The flags of struct tcp_end then say that there was something, and the rules
 * do without it.
 *
 * Who writes and who reads. Worker: writes and reads. Nobody else.
 *
 * Cost. 56 bytes, touched off the short path alone.
 */
#ifndef TCP_DOUBT_H
#define TCP_DOUBT_H

#include "base_compiler.h"

/* Which of a claim's fields mean something. */
enum tcp_claim_bit {
	TCP_CLAIM_HOLE = 1 << 0,     /* hole_from, hole_to; goes with TCP_END_HOLE */
	TCP_CLAIM_TEXT = 1 << 1,     /* seq, ack, length; goes with TCP_END_DOUBTFUL */
	TCP_CLAIM_FIN = 1 << 2,      /* that segment has a FIN behind its bytes */
	TCP_CLAIM_SYN = 1 << 3,      /* number: its SYN's plus one; goes with TCP_END_NEW_SYN */
	TCP_CLAIM_SYN_DATA = 1 << 4, /* bytes came with that SYN */
	TCP_CLAIM_RST = 1 << 5,      /* number: of the RST believed, then its sender's own next */
	/* tcp_numbering.c; one of the two at most */
	TCP_CLAIM_OTHER = 1 << 6,      /* other: goes with TCP_END_NUMBERED_TWICE */
	TCP_CLAIM_SYN_BEFORE = 1 << 7, /* other: of the SYN that a newer one has replaced */
};

/* Of one end, as a sender. */
struct tcp_claim {
	uint32_t hole_from, hole_to; /* the last numbers passed over, and not come yet */
	uint32_t number;
	uint32_t seq, ack; /* of the last doubtful segment */
	uint32_t other;    /* a SYN's number plus one */
	uint16_t length;
	uint8_t bits; /* enum tcp_claim_bit; 0: empty */
	uint8_t run;  /* doubtful segments near each other before that one */
};

/* Of one connection, in the order of its two ends. All zero: nothing is remembered. */
struct tcp_doubt {
	struct tcp_claim end[2];
};

static_assert(sizeof(struct tcp_doubt) == 56, "28 bytes an end");

/* Whether there is anything to keep. Worker. */
BASE_INLINE bool
tcp_doubt_is_empty(const struct tcp_doubt *doubt)
{
	return (doubt->end[0].bits | doubt->end[1].bits) == 0;
}

#endif
