/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ACK: RFC 9293 3.10.7.4, fifth.
 *
 * What it acknowledges was received, seen by the tap or not; so it may show bytes that the mirror
 * lost, and it ends the hope for a hole. A FIN is acknowledged only by its own number plus one.
 */

#include "tcp_step.h"

/* It covers a hole of the other end: the mirror lost what was there. */
static unsigned
tcp_ack_of_hole(const struct tcp_step *s)
{
	struct tcp_end *rcv = s->rcv;
	uint32_t to = s->rcv_note->bits & TCP_CLAIM_HOLE ? s->rcv_note->hole_to : rcv->snd_nxt;

	if (!(rcv->flags & TCP_END_HOLE) || !(s->snd->flags & TCP_END_ACK) ||
	    tcp_seq_lt(s->seg->ack, to) || tcp_seq_leq(s->seg->ack, s->snd->rcv_nxt))
		return 0;
	tcp_hole_close(rcv, s->rcv_note);
	return TCP_GAP_PEER;
}

/* Returns 0 when the ACK cannot be right and is not taken. */
static int
tcp_ack_number(const struct tcp_step *s, unsigned *result)
{
	struct tcp_end *snd = s->snd, *rcv = s->rcv;
	uint32_t ack = s->seg->ack, from = rcv->snd_nxt;
	int32_t beyond;

	if (rcv->flags & TCP_END_SEQ) {
		beyond = tcp_seq_diff(ack, from);
		if (beyond > 0 && ((rcv->flags & TCP_END_FIN) || beyond > TCP_RESYNC_DISTANCE))
			return 0;
		*result |= tcp_ack_of_hole(s);
		if (beyond > 0) { /* bytes the tap has not seen, and their receiver has */
			rcv->snd_nxt = ack;
			rcv->payload += (uint32_t)beyond;
			if (tcp_hole_open(rcv, s->rcv_note, snd, from, ack))
				*result |= TCP_GAP_PEER;
		}
	}
	if (!(snd->flags & TCP_END_ACK) || tcp_seq_gt(ack, snd->rcv_nxt))
		snd->rcv_nxt = ack;
	snd->flags |= TCP_END_ACK;
	return 1;
}

/*
 * An end that was deaf to it twice is not believed to hear it the third time, until it shows that
 * it does. Not in LAST-ACK: there it has nothing left by which to show it.
 */
static unsigned
tcp_ack_of_fin(struct tcp_end *snd, struct tcp_end *rcv)
{
	unsigned result;

	if (!tcp_end_fin_acked(rcv, snd))
		return 0;
	result = tcp_move(snd, TCPE_RCV_FIN);
	if (!(rcv->flags & TCP_END_DEAF) || rcv->state == TCPS_LAST_ACK)
		result |= tcp_move(rcv, TCPE_FIN_ACKED);
	return result;
}

/* It acknowledges something new; and what it so has heard acknowledges its FIN. */
static unsigned
tcp_hears_anew(struct tcp_end *snd, const struct tcp_end *rcv)
{
	tcp_end_clear(snd, TCP_END_DEAF);
	return tcp_end_fin_acked(snd, rcv) ? tcp_move(snd, TCPE_FIN_ACKED) : 0;
}

/* RFC 9293 3.8.6. */
static unsigned
tcp_ack_window(struct tcp_end *snd, uint16_t window)
{
	unsigned closed = window == 0 && snd->window != 0;

	snd->window = window;
	return closed ? TCP_WINDOW_CLOSED : 0;
}

unsigned
tcp_ack(const struct tcp_step *s)
{
	struct tcp_end *snd = s->snd, *rcv = s->rcv;
	const struct tcp_segment *seg = s->seg;
	int hears = (snd->flags & TCP_END_ACK) && tcp_seq_gt(seg->ack, snd->rcv_nxt);
	unsigned result = 0;

	/* No SYN beside it: it will be rejected by this number. */
	if (rcv->state == TCPS_SYN_SENT) {
		snd->rcv_nxt = seg->ack;
		snd->flags |= TCP_END_ACK;
		return 0;
	}
	if (rcv->state == TCPS_SYN_RECEIVED) {
		if (!tcp_ack_is_of_syn(rcv, seg))
			return 0;
		result = tcp_move(rcv, TCPE_SYN_ACKED);
	}
	if (!tcp_ack_number(s, &result))
		return result;
	result |= tcp_ack_window(snd, seg->window);
	result |= tcp_ack_of_fin(snd, rcv);
	if (hears && (snd->flags & TCP_END_DEAF))
		result |= tcp_hears_anew(snd, rcv);
	if (snd->state == TCPS_TIME_WAIT)
		result |= TCP_TIME_WAIT_ANEW;
	return result;
}
