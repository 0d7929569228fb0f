/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Bytes and FIN: RFC 9293 3.10.7.4, seventh and eighth, and holes in the stream.
 *
 * Each byte is counted once, by its number. Bytes before snd_nxt either fill a hole (the network or
 * the taps reordered, or they were lost before the tap and sent again) or passed before. Of the
 * last hole its bounds are remembered in the connection's note; where the note is gone, the first
 * old bytes are taken to fill it.
 */

#include "tcp_step.h"

/* --- holes ---------------------------------------------------------------------------------- */

int
tcp_hole_open(struct tcp_end *end, struct tcp_claim *note, const struct tcp_end *peer,
              uint32_t from, uint32_t to)
{
	int lost = (end->flags & TCP_END_HOLE) && !(peer->flags & TCP_END_ACK);

	end->flags |= TCP_END_HOLE;
	note->bits |= TCP_CLAIM_HOLE;
	note->hole_from = from;
	note->hole_to = to;
	return lost;
}

void
tcp_hole_close(struct tcp_end *end, struct tcp_claim *note)
{
	tcp_end_clear(end, TCP_END_HOLE);
	tcp_claim_clear(note, TCP_CLAIM_HOLE);
}

/* Of one in the middle the whole hole is kept: there is room for one. */
static void
tcp_hole_shrink(struct tcp_end *end, struct tcp_claim *note, uint32_t from, uint32_t to)
{
	if (tcp_seq_leq(from, note->hole_from))
		note->hole_from = to;
	else if (tcp_seq_geq(to, note->hole_to))
		note->hole_to = from;
	if (tcp_seq_geq(note->hole_from, note->hole_to))
		tcp_hole_close(end, note);
}

/*
 * Bytes from..to lie before snd_nxt. The one before the next is what a keep-alive or a zero-window
 * probe repeats, and no retransmission (RFC 9293 3.8.4, 3.8.6.1).
 */
static unsigned
tcp_old_bytes(const struct tcp_step *s, uint32_t from, uint32_t to)
{
	struct tcp_end *snd = s->snd;
	struct tcp_claim *note = s->snd_note;
	unsigned result = to - from == 1 && to == snd->snd_nxt ? 0 : TCP_RETRANSMISSION;

	if (tcp_seq_leq(to, from))
		return 0;
	if (!(snd->flags & TCP_END_HOLE))
		return result;
	if (!(note->bits & TCP_CLAIM_HOLE)) {
		tcp_end_clear(snd, TCP_END_HOLE);
		return TCP_OUT_OF_ORDER;
	}
	if (tcp_seq_leq(to, note->hole_from) || tcp_seq_geq(from, note->hole_to))
		return result;
	if (tcp_seq_geq(from, note->hole_from) && tcp_seq_leq(to, note->hole_to))
		result = 0;
	tcp_hole_shrink(snd, note, from, to);
	return result | TCP_OUT_OF_ORDER;
}

/* --- bytes ---------------------------------------------------------------------------------- */

static unsigned
tcp_advance(const struct tcp_step *s)
{
	struct tcp_end *snd = s->snd;
	uint32_t from = s->seg->seq, next = snd->snd_nxt, to = from + s->seg->length;
	int32_t ahead, jump = tcp_seq_diff(from, next);
	unsigned result = 0;

	if (jump > TCP_RESYNC_DISTANCE || jump < -TCP_RESYNC_DISTANCE) {
		tcp_doubt_renumber(snd, s->snd_note, from);
		snd->payload += s->seg->length;
		snd->snd_nxt = to;
		return TCP_GAP;
	}
	ahead = tcp_seq_diff(to, next);
	if (ahead <= 0)
		return tcp_old_bytes(s, from, to);
	if (jump < 0)
		result = tcp_old_bytes(s, from, next);
	else if (jump > 0 && tcp_hole_open(snd, s->snd_note, s->rcv, next, from))
		result = TCP_GAP;
	snd->payload += (uint32_t)ahead;
	snd->snd_nxt = to;
	return result;
}

/* Behind its FIN an end has no bytes; a keep-alive may repeat the FIN's own number. */
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

static unsigned
tcp_fin_repeated(struct tcp_end *snd, struct tcp_end *rcv, const struct tcp_segment *seg)
{
	unsigned moved;

	if (seg->seq + seg->length + 1 != snd->snd_nxt)
		return 0;
	if (!tcp_end_fin_acked(snd, rcv))
		return TCP_RETRANSMISSION | tcp_move(rcv, TCPE_FIN_UNRECEIVED);
	if ((snd->flags | rcv->flags) & TCP_END_RST)
		return TCP_RETRANSMISSION;
	moved = tcp_move(snd, TCPE_SND_FIN_AGAIN);
	/*
	 * Once may be a repetition that crossed the ACK, or an ACK lost behind the tap. Again after
	 * another ACK, and the other's FIN not acknowledged either: it hears nothing.
	 */
	if (moved && (snd->flags & TCP_END_FIN_REPEATED) && (rcv->flags & TCP_END_FIN) &&
	    !tcp_end_fin_acked(rcv, snd))
		snd->flags |= TCP_END_DEAF;
	else if (moved)
		snd->flags |= TCP_END_FIN_REPEATED;
	return TCP_RETRANSMISSION | moved;
}

/*
 * An ACK, shown before the FIN that it acknowledges, had counted it as a byte unseen: the last
 * number of a hole. `had_hole`: before this segment's bytes.
 */
static int
tcp_fin_fills_hole(const struct tcp_step *s, int had_hole)
{
	struct tcp_claim *note = s->snd_note;
	uint32_t next = s->snd->snd_nxt;

	if (s->seg->seq + s->seg->length + 1 != next || !had_hole || s->snd->payload == 0)
		return 0;
	if (note->bits & TCP_CLAIM_HOLE) {
		if (note->hole_to != next)
			return 0;
		tcp_hole_shrink(s->snd, note, next - 1, next);
	} else {
		tcp_end_clear(s->snd, TCP_END_HOLE);
	}
	s->snd->payload--;
	return 1;
}

/* Its own ACK tells; a FIN that the tap shows late was sent before what was shown first. */
static int
tcp_fin_crossed(const struct tcp_end *snd, const struct tcp_end *rcv, const struct tcp_segment *seg)
{
	return (rcv->flags & TCP_END_FIN) &&
	       (!tcp_end_fin_acked(rcv, snd) ||
	        ((seg->flags & TCP_ACK) && tcp_seq_lt(seg->ack, rcv->snd_nxt)));
}

/* RFC 9293 3.10.7.3, first: toward SYN-SENT, what does not acknowledge the SYN is dropped. */
static int
tcp_fin_dropped(const struct tcp_end *rcv, const struct tcp_segment *seg)
{
	return rcv->state == TCPS_SYN_SENT && (seg->flags & TCP_ACK) &&
	       !tcp_ack_is_of_syn(rcv, seg);
}

static unsigned
tcp_fin(const struct tcp_step *s, int had_hole)
{
	struct tcp_end *snd = s->snd, *rcv = s->rcv;
	const struct tcp_segment *seg = s->seg;
	uint32_t number = seg->seq + seg->length;
	int crossed = tcp_fin_crossed(snd, rcv, seg), dropped = tcp_fin_dropped(rcv, seg);
	unsigned result;

	if (!tcp_fin_fills_hole(s, had_hole) && number != snd->snd_nxt)
		return 0; /* before bytes already sent: no host does this */
	snd->snd_nxt = number + 1;
	snd->flags |= TCP_END_FIN;
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
tcp_text(const struct tcp_step *s)
{
	struct tcp_end *snd = s->snd;
	const struct tcp_segment *seg = s->seg;
	int had_hole = !!(snd->flags & TCP_END_HOLE), fin = seg->flags & TCP_FIN;
	unsigned result;

	if (!(snd->flags & TCP_END_SEQ)) {
		snd->snd_nxt = seg->seq;
		snd->flags |= TCP_END_SEQ;
	}
	if (snd->flags & TCP_END_FIN)
		return fin ? tcp_fin_repeated(snd, s->rcv, seg) : tcp_text_after_fin(s);
	result = tcp_advance(s);
	return fin ? result | tcp_fin(s, had_hole) : result;
}
