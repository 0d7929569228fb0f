/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The steps of RFC 9293 3.10.7.4, as they see each other: private to lib/tcp.
 *
 * A struct tcp_step is one segment on its way through the steps. Each step is a file: tcp_rst.c,
 * tcp_syn.c, tcp_ack.c, tcp_text.c. tcp_doubt.c decides whether a segment reaches them, and
 * tcp_segment.c puts them in order. All are pure functions of what the step points to. They return
 * enum tcp_result bits where they do not say otherwise. Worker.
 */
#ifndef TCP_STEP_H
#define TCP_STEP_H

#include "tcp_segment.h"

BASE_BEGIN_DECLS

/*
 * The largest window (RFC 7323 2.3). Who jumps farther is a stranger, or another life of the tuple,
 * or the mirror was away.
 */
#define TCP_WINDOW_MAX (1 << 30)

struct tcp_step {
	struct tcp_end *snd, *rcv;
	struct tcp_claim *snd_claim, *rcv_claim;
	const struct tcp_segment *seg;
};

unsigned tcp_rst(const struct tcp_step *s);
unsigned tcp_syn(const struct tcp_step *s);

/* The two of a segment with ACK. `hears`: it acknowledges what its sender has not before. */
unsigned tcp_ack(const struct tcp_step *s, bool hears);
unsigned tcp_text(const struct tcp_step *s, bool hears);

/* A segment without SYN and RST that is to be believed: ACK, bytes, FIN. tcp_segment.c. */
unsigned tcp_synchronized(const struct tcp_step *s);

/* --- tcp_rst.c ------------------------------------------------------------------------------ */

/* Does either end claim a RST? Without a claim, what follows a RST says nothing about it. */
BASE_INLINE bool
tcp_rst_is_claimed(const struct tcp_step *s)
{
	return (s->snd_claim->bits | s->rcv_claim->bits) & TCP_CLAIM_RST;
}

/* Brings back an end that a RST closed and that goes on. Needs a claim of that RST. */
unsigned tcp_rst_survived(const struct tcp_step *s);

/* --- tcp_syn.c ------------------------------------------------------------------------------ */

/* Takes the ISN of a SYN, and all else that it says of its sender. */
void tcp_take_isn(struct tcp_end *snd, const struct tcp_segment *seg);

/* --- tcp_numbering.c ------------------------------------------------------------------------ */

/*
 * Where one of the ends is numbered twice: does the segment carry the numbers that do not count?
 * Learns from SYN-ACKs what the other end's are.
 */
bool tcp_numbering_is_other(const struct tcp_step *s);

/* The step's SYN, or SYN-ACK, begins another numbering of its sender. Returns TCP_COPY. */
unsigned tcp_numbering_begin(const struct tcp_step *s);

/* A newer SYN of the step's sender is about to replace the one before: remembers that. */
void tcp_numbering_replace(const struct tcp_step *s);

/*
 * A SYN-ACK of the step's sender, not taken yet. If by now both SYNs of its receiver are answered,
 * they are two numberings of one connection. Returns TCP_COPY where nothing else is to be done.
 */
unsigned tcp_numbering_answered(const struct tcp_step *s);

/* --- tcp_probe.c ---------------------------------------------------------------------------- */

/* A segment to be believed of a half-closed connection: use, or a sign of life? Before the ACK. */
void tcp_probe(const struct tcp_step *s);

/* --- tcp_doubt.c ---------------------------------------------------------------------------- */

/* No host has less on its way than this; RFC 9293 3.8.6.2 would call it one window. */
#define TCP_REACH_MIN 0x10000u

/*
 * Are these exactly the next bytes of the sender, with an ACK within any window, and nothing in
 * doubt before? Then tcp_doubt_settle would believe the segment and do nothing. Most segments that
 * are not ordinary are like this.
 */
BASE_INLINE bool
tcp_is_in_order(const struct tcp_step *s)
{
	return s->seg->seq == s->snd->snd_nxt && s->rcv->snd_nxt - s->seg->ack < TCP_REACH_MIN &&
	       !((s->snd->flags | s->rcv->flags) & TCP_END_DOUBTFUL);
}

/* Is the segment doubtful by its numbers? */
bool tcp_doubt_raised(const struct tcp_step *s);

/*
 * Is the segment to be believed? If so, *result has what that brought about, and the numbers of the
 * ends are such that the segment can be taken.
 */
bool tcp_doubt_settle(const struct tcp_step *s, unsigned *result);

/* --- any ------------------------------------------------------------------------------------ */

/* Moves an end by an event. Returns TCP_STATE_CHANGED or 0. */
BASE_INLINE unsigned
tcp_move(struct tcp_end *end, enum tcp_event event)
{
	enum tcp_state next = tcp_state_next((enum tcp_state)end->state, event);

	if (next == end->state)
		return 0;
	end->state = next & 15u;
	return TCP_STATE_CHANGED;
}

/* `snd` closes; it is the first of the two unless `rcv` was. */
BASE_INLINE void
tcp_mark_closer(struct tcp_end *snd, const struct tcp_end *rcv)
{
	if (!(rcv->flags & TCP_END_CLOSED_1ST))
		snd->flags |= TCP_END_CLOSED_1ST;
}

/* Is this ACK of the SYN of `rcv`? Toward an end that opens it must be. */
BASE_INLINE bool
tcp_ack_is_of_syn(const struct tcp_end *rcv, const struct tcp_segment *seg)
{
	return tcp_seq_geq(seg->ack, tcp_end_stream_start(rcv)) &&
	       tcp_seq_leq(seg->ack, rcv->snd_nxt);
}

BASE_INLINE void
tcp_claim_clear(struct tcp_claim *claim, unsigned bits)
{
	claim->bits = (uint8_t)(claim->bits & ~bits);
}

/* The same step as its receiver sees it, with segment `seg`. */
BASE_INLINE struct tcp_step
tcp_step_reverse(const struct tcp_step *s, const struct tcp_segment *seg)
{
	return (struct tcp_step){ s->rcv, s->snd, s->rcv_claim, s->snd_claim, seg };
}

BASE_END_DECLS

#endif
