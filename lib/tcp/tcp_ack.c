/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ACK: RFC 9293 3.10.7.4, fifth.
 *
 * What an ACK acknowledges was received, whether or not the tap saw it. So an ACK may show bytes
 * that the mirror lost, and then there is no more hope that they fill a hole. A FIN is acknowledged
 * only by its own number plus one. Pure, worker.
 */

#include "tcp_step.h"

/* Takes the number of an ACK. Returns false when the ACK cannot be right and is not taken. */
static bool
tcp_ack_number(const struct tcp_step *s, unsigned *result)
{
	struct tcp_end *snd = s->snd, *rcv = s->rcv;
	uint32_t ack = s->seg->ack, from = rcv->snd_nxt;
	int32_t beyond;

	if (rcv->flags & TCP_END_SEQ) {
		beyond = tcp_seq_diff(ack, from);
		if (beyond > 0 && ((rcv->flags & TCP_END_FIN) || beyond > TCP_WINDOW_MAX))
			return false;
		if ((rcv->flags & TCP_END_HOLE) && tcp_hole_acked(rcv, s->rcv_claim, snd, s->seg))
			*result |= TCP_GAP_PEER;
		if (beyond > 0) { /* bytes that the tap has not seen, but their receiver has */
			rcv->snd_nxt = ack;
			rcv->payload += (uint32_t)beyond;
			if (tcp_hole_open_heard(rcv, s->rcv_claim, snd, from, s->seg))
				*result |= TCP_GAP_PEER;
		}
	}
	if (!(snd->flags & TCP_END_ACK) || tcp_seq_gt(ack, snd->rcv_nxt))
		snd->rcv_nxt = ack;
	snd->flags |= TCP_END_ACK;
	return true;
}

/*
 * The ACK of a FIN. An end that did not hear it twice is not believed to hear it the third time,
 * until it shows that it does. LAST-ACK is excepted: an end in that state has nothing left by which
 * to show it.
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

/*
 * The end acknowledges something new, so it hears again. If what it has heard acknowledges its SYN
 * or FIN, that counts now.
 */
static unsigned
tcp_hears_anew(struct tcp_end *snd, const struct tcp_end *rcv)
{
	unsigned result = tcp_move(snd, TCPE_SYN_ACKED);

	tcp_end_clear(snd, TCP_END_DEAF);
	return tcp_end_fin_acked(snd, rcv) ? result | tcp_move(snd, TCPE_FIN_ACKED) : result;
}

/* The advertised window, RFC 9293 3.8.6. */
static unsigned
tcp_ack_window(struct tcp_end *snd, uint16_t window)
{
	unsigned was_closed = snd->flags & TCP_END_WINDOW_CLOSED, was = snd->window;

	snd->window = window;
	if (window != 0) {
		tcp_end_clear(snd, TCP_END_WINDOW_CLOSED);
		return was_closed ? TCP_WINDOW_OPENED : 0;
	}
	if (!was_closed && was == 0) /* not known since when, or of a connection that is over */
		return 0;
	snd->flags |= TCP_END_WINDOW_CLOSED;
	return TCP_WINDOW_CLOSED;
}

unsigned
tcp_ack(const struct tcp_step *s, bool hears)
{
	struct tcp_end *snd = s->snd, *rcv = s->rcv;
	const struct tcp_segment *seg = s->seg;
	unsigned result = 0;

	/* No SYN comes with it, so its receiver will reject it by this number. */
	if (rcv->state == TCPS_SYN_SENT) {
		snd->rcv_nxt = seg->ack;
		snd->flags |= TCP_END_ACK;
		return 0;
	}
	if (rcv->state == TCPS_SYN_RECEIVED) {
		if (!tcp_ack_is_of_syn(rcv, seg))
			return 0;
		if (!(rcv->flags & TCP_END_DEAF))
			result = tcp_move(rcv, TCPE_SYN_ACKED);
	}
	if (!tcp_ack_number(s, &result))
		return result;
	result |= tcp_ack_window(snd, seg->window);
	result |= tcp_ack_of_fin(snd, rcv);
	if (hears && (snd->flags & TCP_END_DEAF))
		result |= tcp_hears_anew(snd, rcv);
	if (snd->state == TCPS_TIME_WAIT)
		result |= TCP_TIME_WAIT_RESTARTED;
	return result;
}
