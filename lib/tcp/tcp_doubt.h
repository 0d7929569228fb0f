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
 * Cost. 304 bytes, touched off the short path alone; most of them only where there are holes.
 */
#ifndef TCP_DOUBT_H
#define TCP_DOUBT_H

#include <string.h>

#include "tcp_hole.h"

/* Which of a claim's fields mean something. */
enum tcp_claim_bit {
	TCP_CLAIM_HOLE = 1 << 0,     /* holes; goes with TCP_END_HOLE */
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
	uint32_t number;
	uint32_t seq, ack; /* of the last doubtful segment */
	uint32_t other;    /* a SYN's number plus one */
	uint16_t length;
	uint8_t bits; /* enum tcp_claim_bit; 0: empty */
	uint8_t run;  /* doubtful segments near each other before that one */
	uint32_t n_holes;
	struct tcp_hole holes[TCP_HOLES]; /* in the order of their numbers, unless sent otherwise */
};

/* Of one connection, in the order of its two ends. Without bits: nothing is remembered. */
struct tcp_doubt {
	struct tcp_claim end[2];
};

static_assert(sizeof(struct tcp_doubt) == 304, "152 bytes an end");

/* Empties it. What its bits do not name is not read. Worker. */
BASE_INLINE void
tcp_doubt_clear(struct tcp_doubt *doubt)
{
	memset(&doubt->end[0], 0, offsetof(struct tcp_claim, holes));
	memset(&doubt->end[1], 0, offsetof(struct tcp_claim, holes));
}

/* Takes what another one holds, and empties that. Worker. */
BASE_INLINE void
tcp_doubt_take(struct tcp_doubt *to, struct tcp_doubt *from)
{
	for (unsigned end = 0; end < 2; end++) {
		memcpy(&to->end[end], &from->end[end], offsetof(struct tcp_claim, holes));
		if (from->end[end].n_holes > 0)
			memcpy(to->end[end].holes, from->end[end].holes,
			       sizeof(from->end[end].holes));
	}
	tcp_doubt_clear(from);
}

/* Whether there is anything to keep. Worker. */
BASE_INLINE bool
tcp_doubt_is_empty(const struct tcp_doubt *doubt)
{
	return (doubt->end[0].bits | doubt->end[1].bits) == 0;
}

#endif
