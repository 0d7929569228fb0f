/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Bytes and FIN: RFC 9293 3.10.7.4, seventh and eighth, and holes in the stream.
 *
 * Each byte is counted once, by its number. Bytes before snd_nxt either fill a hole (the network or
 * the taps reordered them, or they were lost before the tap and retransmitted), or they passed
 * before (tcp_hole.h). Pure, worker.
 */

#include "tcp_step.h"

/*
 * Bytes from..to lie before snd_nxt. The byte just before snd_nxt is what a keep-alive or a
 * zero-window probe repeats, and no retransmission (RFC 9293 3.8.4, 3.8.6.1).
 */
BASE_NOINLINE static unsigned
tcp_old_bytes_any(const struct tcp_step *s, uint32_t from, uint32_t to)
{
	struct tcp_end *snd = s->snd;
	bool is_probe = to - from == 1 && to == snd->snd_nxt;
	unsigned fill = TCP_HOLE_NOT, result = 0;

	if (snd->flags & TCP_END_HOLE)
		fill = tcp_hole_fill(snd, s->snd_claim, from, to, s->seg);
	if (fill != TCP_HOLE_NOT)
		result = TCP_OUT_OF_ORDER | (fill & TCP_HOLE_AGAIN ? TCP_LOST : 0);
	if (is_probe || (fill & TCP_HOLE_WHOLLY))
		return result;
	if ((s->rcv->flags & TCP_END_ACK) && tcp_seq_leq(to, s->rcv->rcv_nxt))
		result |= TCP_NEEDLESS;
	return result | TCP_RETRANSMISSION;
}

static unsigned
tcp_old_bytes(const struct tcp_step *s, uint32_t from, uint32_t to)
{
	return tcp_seq_leq(to, from) ? 0 : tcp_old_bytes_any(s, from, to);
}

/* --- bytes ---------------------------------------------------------------------------------- */

static unsigned
tcp_advance(const struct tcp_step *s)
{
	struct tcp_end *snd = s->snd;
	uint32_t from = s->seg->seq, next = snd->snd_nxt, to = from + s->seg->length;
	int32_t ahead = tcp_seq_diff(to, next), jump = tcp_seq_diff(from, next);
	unsigned result = 0;

	if (ahead <= 0)
		return tcp_old_bytes(s, from, to);
	if (jump < 0)
		result = tcp_old_bytes(s, from, next);
	else if (jump > 0 && tcp_hole_open(snd, s->snd_claim, s->rcv, next, s->seg))
		result = TCP_GAP;
	snd->payload += (uint32_t)ahead;
	snd->snd_nxt = to;
	return result;
}

/* An end has no bytes behind its FIN. A keep-alive may repeat the number of the FIN itself. */
static unsigned
tcp_text_after_fin(const struct tcp_step *s)
{
	const struct tcp_segment *seg = s->seg;
	uint32_t fin = s->snd->snd_nxt - 1, to = seg->seq + seg->length;

	if (seg->length > 0 && tcp_seq_gt(seg->seq, fin))
		return TCP_OUT_OF_WINDOW;
	return tcp_old_bytes(s, seg->seq, tcp_seq_lt(to, fin) ? to : fin);
}

/* --- FIN ------------------------------------------------------------------------------------ */

/*
 * A FIN that passed before. One that acknowledges something new is the ACK of that, and says
 * nothing of the FIN: BSD answers a crossing FIN by its own FIN again, with a higher ACK.
 */
static unsigned
tcp_fin_repeated(struct tcp_end *snd, struct tcp_end *rcv, const struct tcp_segment *seg,
                 bool hears)
{
	unsigned moved;

	if (seg->seq + seg->length + 1 != snd->snd_nxt)
		return 0;
	if (hears)
		return TCP_RETRANSMISSION;
	if (!tcp_end_fin_acked(snd, rcv))
		return TCP_RETRANSMISSION | tcp_move(rcv, TCPE_FIN_UNRECEIVED);
	if ((snd->flags | rcv->flags) & TCP_END_RST)
		return TCP_RETRANSMISSION;
	moved = tcp_move(snd, TCPE_SND_FIN_REPEATED);
	/*
	 * Once may be a repetition that crossed the ACK, or an ACK that was lost behind the tap. If
	 * it is repeated after another ACK, and the other's FIN is not acknowledged either, the end
	 * hears nothing.
	 */
	if (moved && (snd->flags & TCP_END_FIN_REPEATED) && (rcv->flags & TCP_END_FIN) &&
	    !tcp_end_fin_acked(rcv, snd))
		snd->flags |= TCP_END_DEAF;
	else if (moved)
		snd->flags |= TCP_END_FIN_REPEATED;
	return TCP_RETRANSMISSION | moved;
}

/*
 * Does the FIN fill the last number of a hole? An ACK that the tap showed before the FIN had
 * counted the FIN as a byte unseen. `had_hole`: before this segment's bytes.
 */
static bool
tcp_fin_fills_hole(const struct tcp_step *s, bool had_hole)
{
	uint32_t next = s->snd->snd_nxt;

	if (s->seg->seq + s->seg->length + 1 != next || !had_hole || s->snd->payload == 0 ||
	    !tcp_hole_take_last(s->snd, s->snd_claim, next - 1))
		return false;
	s->snd->payload--;
	return true;
}

/*
 * Did the FINs cross? The ACK of this one decides. A FIN that the tap shows late was sent before
 * what was shown first.
 */
static bool
tcp_fin_crossed(const struct tcp_end *snd, const struct tcp_end *rcv, const struct tcp_segment *seg)
{
	return (rcv->flags & TCP_END_FIN) &&
	       (!tcp_end_fin_acked(rcv, snd) || tcp_seq_lt(seg->ack, rcv->snd_nxt));
}

/*
 * Is the FIN dropped? RFC 9293 3.10.7.3, first: SYN-SENT drops what does not acknowledge the SYN.
 * And an end that repeats its SYN-ACK has not even taken the ACK of that.
 */
static bool
tcp_fin_dropped(const struct tcp_end *rcv, const struct tcp_segment *seg)
{
	if (rcv->state == TCPS_SYN_RECEIVED)
		return rcv->flags & TCP_END_DEAF;
	return rcv->state == TCPS_SYN_SENT && !tcp_ack_is_of_syn(rcv, seg);
}

static unsigned
tcp_fin(const struct tcp_step *s, bool had_hole)
{
	struct tcp_end *snd = s->snd, *rcv = s->rcv;
	const struct tcp_segment *seg = s->seg;
	uint32_t number = seg->seq + seg->length;
	bool crossed = tcp_fin_crossed(snd, rcv, seg), dropped = tcp_fin_dropped(rcv, seg);
	unsigned result;

	if (!tcp_fin_fills_hole(s, had_hole) && number != snd->snd_nxt)
		return 0; /* it is before bytes that were sent already: no host does this */
	snd->snd_nxt = number + 1;
	snd->flags |= TCP_END_FIN;
	tcp_end_clear(snd, TCP_END_DEAF);
	tcp_mark_closer(snd, rcv);
	result = tcp_move(snd, crossed ? TCPE_SND_FIN_CROSSED : TCPE_SND_FIN);
	if (!dropped)
		result |= tcp_move(rcv, TCPE_RCV_FIN);
	if (tcp_end_fin_acked(snd, rcv)) /* the tap showed the ACK first */
		result |= tcp_move(snd, TCPE_FIN_ACKED);
	return result;
}

/* --- both ----------------------------------------------------------------------------------- */

unsigned
tcp_text(const struct tcp_step *s, bool hears)
{
	struct tcp_end *snd = s->snd;
	const struct tcp_segment *seg = s->seg;
	bool had_hole = snd->flags & TCP_END_HOLE, fin = seg->flags & TCP_FIN;
	unsigned result;

	if (!(snd->flags & TCP_END_SEQ)) {
		snd->snd_nxt = seg->seq;
		snd->flags |= TCP_END_SEQ;
	}
	if (snd->flags & TCP_END_FIN)
		return fin ? tcp_fin_repeated(snd, s->rcv, seg, hears) : tcp_text_after_fin(s);
	result = tcp_advance(s);
	return fin ? result | tcp_fin(s, had_hole) : result;
}
