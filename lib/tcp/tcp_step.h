/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The steps of RFC 9293 3.10.7.4 among each other: private to lib/tcp.
 *
 * One segment on its way through the steps is a struct tcp_step. Each step is a file: tcp_rst.c,
 * tcp_syn.c, tcp_ack.c, tcp_text.c; whether a segment reaches them is tcp_doubt.c, and
 * tcp_segment.c puts them in order. All are pure functions of what the step points to. Worker.
 */
#ifndef TCP_STEP_H
#define TCP_STEP_H

#include "tcp_segment.h"

BASE_BEGIN_DECLS

/* Farther than any window (RFC 7323 2.3): such a jump is another life of the tuple, or a mirror
 * that was away. */
#define TCP_RESYNC_DISTANCE (1 << 30)

struct tcp_step {
	struct tcp_end *snd, *rcv;
	struct tcp_claim *snd_note, *rcv_note;
	const struct tcp_segment *seg;
};

unsigned tcp_rst(const struct tcp_step *s);
unsigned tcp_syn(const struct tcp_step *s);
unsigned tcp_ack(const struct tcp_step *s);
unsigned tcp_text(const struct tcp_step *s);

/* A segment without SYN and RST that is to be believed: ACK, bytes, FIN. tcp_segment.c. */
unsigned tcp_synchronized(const struct tcp_step *s);

/* --- tcp_rst.c ------------------------------------------------------------------------------ */

/* Is anything remembered of a RST? Without it nothing can be told from what follows one. */
BASE_INLINE int
tcp_rst_is_claimed(const struct tcp_step *s)
{
	return (s->snd_note->bits | s->rcv_note->bits) & TCP_CLAIM_RST;
}

/* An end that a RST closed, and that goes on, is brought back. Needs a RST that is noted. */
unsigned tcp_rst_survived(const struct tcp_step *s);

/* --- tcp_doubt.c ---------------------------------------------------------------------------- */

/* No host has less on its way than this; RFC 9293 3.8.6.2 would call it one window. */
#define TCP_REACH_MIN 0x10000u

/*
 * Exactly the next bytes of its sender, an ACK within any window, and nothing in doubt before it:
 * tcp_doubt_settle would believe it and do nothing. Most segments that are not ordinary are so.
 */
BASE_INLINE int
tcp_is_in_order(const struct tcp_step *s)
{
	return s->seg->seq == s->snd->snd_nxt && s->rcv->snd_nxt - s->seg->ack < TCP_REACH_MIN &&
	       !((s->snd->flags | s->rcv->flags) & TCP_END_STRAY);
}

/*
 * Whether the segment is to be believed; if so, *result has what that brought about, and the ends'
 * numbers are such that it can be taken.
 */
int tcp_doubt_settle(const struct tcp_step *s, unsigned *result);

/* Puts snd_nxt where the stream is now, payload with it. Returns whether it passed numbers over. */
int tcp_doubt_renumber(struct tcp_end *end, struct tcp_claim *note, uint32_t number);

/* --- tcp_text.c ----------------------------------------------------------------------------- */

/*
 * Numbers of `end` were passed over. They may come yet (taps and networks reorder) or be sent
 * again; when the other end acknowledges beyond them first, the mirror lost them. Where no ACKs are
 * seen the next hole says so of the one before: returns whether it does.
 */
int tcp_hole_open(struct tcp_end *end, struct tcp_claim *note, const struct tcp_end *peer,
                  uint32_t from, uint32_t to);

void tcp_hole_close(struct tcp_end *end, struct tcp_claim *note);

/* --- any ------------------------------------------------------------------------------------ */

BASE_INLINE unsigned
tcp_move(struct tcp_end *end, enum tcp_event event)
{
	enum tcp_state next = tcp_state_next((enum tcp_state)end->state, event);

	if (next == end->state)
		return 0;
	end->state = next & 15u;
	return TCP_STATE_CHANGED;
}

BASE_INLINE void
tcp_mark_closer(struct tcp_end *snd, const struct tcp_end *rcv)
{
	if (!(rcv->flags & TCP_END_CLOSED_1ST))
		snd->flags |= TCP_END_CLOSED_1ST;
}

/* Toward an end that opens, an ACK must be of its SYN; returns whether this one is. */
BASE_INLINE int
tcp_ack_is_of_syn(const struct tcp_end *rcv, const struct tcp_segment *seg)
{
	return tcp_seq_geq(seg->ack, tcp_end_stream_start(rcv)) &&
	       tcp_seq_leq(seg->ack, rcv->snd_nxt);
}

BASE_INLINE void
tcp_claim_clear(struct tcp_claim *note, unsigned bits)
{
	note->bits = (uint8_t)(note->bits & ~bits);
}

/* The same segment's step, seen from its receiver. */
BASE_INLINE struct tcp_step
tcp_step_reverse(const struct tcp_step *s, const struct tcp_segment *seg)
{
	return (struct tcp_step){ s->rcv, s->snd, s->rcv_note, s->snd_note, seg };
}

BASE_END_DECLS

#endif
