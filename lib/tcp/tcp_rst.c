/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * RST: RFC 9293 3.10.7.3 and 3.10.7.4, second, with RFC 5961 3 and RFC 1337.
 *
 * A host takes a RST only when it has exactly the next number that the host expects. It answers one
 * elsewhere in its window with a challenge ACK. The tap knows that number from the host's last ACK,
 * which may be behind; so the next number of the RST's own sender is accepted too. When the RST was
 * believed by that number and its receiver goes on nevertheless, the receiver is brought back.
 *
 * Called for each RST, and for each segment of a connection whose ends claim a RST. Pure, worker.
 */

#include "tcp_step.h"

static bool
tcp_rst_is_acceptable(const struct tcp_end *snd, const struct tcp_end *rcv,
                      const struct tcp_segment *seg)
{
	if ((snd->flags & TCP_END_SEQ) && seg->seq == snd->snd_nxt)
		return true;
	if ((rcv->flags & TCP_END_ACK) && seg->seq == rcv->rcv_nxt)
		return true;
	if (rcv->state == TCPS_SYN_SENT && (seg->flags & TCP_ACK))
		return tcp_ack_is_of_syn(rcv, seg);
	return rcv->state != TCPS_SYN_SENT && !(snd->flags & TCP_END_SEQ) &&
	       !(rcv->flags & TCP_END_ACK);
}

/*
 * Remembers a RST that its receiver may yet deny. In SYN-RECEIVED there is little to come back to.
 */
static void
tcp_claim_rst(const struct tcp_step *s)
{
	if (!(s->snd->flags & TCP_END_SEQ) || s->seg->seq != s->snd->snd_nxt ||
	    s->snd->state < TCPS_ESTABLISHED || s->rcv->state < TCPS_ESTABLISHED)
		return;
	s->snd_claim->number = s->seg->seq;
	tcp_claim_clear(s->snd_claim, TCP_CLAIM_SYN);
	s->snd_claim->bits |= TCP_CLAIM_RST;
}

unsigned
tcp_rst(const struct tcp_step *s)
{
	struct tcp_end *snd = s->snd, *rcv = s->rcv;
	const struct tcp_segment *seg = s->seg;
	unsigned result;

	if (!tcp_rst_is_acceptable(snd, rcv, seg))
		return TCP_RST_IGNORED;
	if ((rcv->flags & TCP_END_ACK) && seg->seq == rcv->rcv_nxt)
		tcp_claim_clear(s->snd_claim, TCP_CLAIM_RST); /* this RST is beyond doubt */
	if (tcp_state_is_over((enum tcp_state)snd->state) &&
	    tcp_state_is_over((enum tcp_state)rcv->state))
		return tcp_move(snd, TCPE_SND_RST) | TCP_RST_LATE;
	/* A RST with an ACK answers a segment without one: its sender has no connection at all. */
	if (snd->state == TCPS_SYN_SENT && seg->seq != snd->snd_nxt && !(seg->flags & TCP_ACK))
		return tcp_move(snd, TCPE_SND_RST_REJECT) | tcp_move(rcv, TCPE_RCV_RST);
	tcp_claim_rst(s);
	result = tcp_move(snd, TCPE_SND_RST) | tcp_move(rcv, TCPE_RCV_RST);
	snd->flags |= TCP_END_RST;
	tcp_mark_closer(snd, rcv);
	return result | TCP_RST_BELIEVED;
}

/* --- and yet it lives ----------------------------------------------------------------------- */

/*
 * Does the segment deny the RST? RFC 5961 3.2: the receiver misses bytes before the RST and asks
 * for them by an ACK that says nothing new. An ACK that was under way when the RST passed would
 * acknowledge more, or all. And only an end that the RST did not close can acknowledge what lies
 * behind the number of the RST.
 */
static bool
tcp_rst_is_denied(const struct tcp_step *s)
{
	const struct tcp_end *snd = s->snd;
	const struct tcp_segment *seg = s->seg;
	const unsigned known = TCP_END_SEQ | TCP_END_ACK;
	uint32_t number = s->rcv_claim->number;

	if (!(s->rcv_claim->bits & TCP_CLAIM_RST) || !(seg->flags & TCP_ACK) ||
	    (snd->flags & known) != known || seg->seq != snd->snd_nxt)
		return false;
	return tcp_seq_gt(seg->ack, number) ||
	       (seg->length == 0 && !(seg->flags & TCP_FIN) && seg->ack == snd->rcv_nxt &&
	        seg->window == snd->window && tcp_seq_lt(seg->ack, number));
}

/*
 * Does it have all that precedes the RST? Then it takes the RST, and what seemed to deny the RST
 * was older.
 */
static bool
tcp_rst_is_taken(const struct tcp_step *s)
{
	return (s->rcv_claim->bits & TCP_CLAIM_RST) && (s->rcv->flags & TCP_END_RST) &&
	       (s->seg->flags & TCP_ACK) && s->seg->ack == s->rcv_claim->number;
}

/* Does this end send bytes from the RST's number on? Then it was not this end that sent the RST. */
static bool
tcp_rst_is_forged(const struct tcp_step *s)
{
	return (s->snd_claim->bits & TCP_CLAIM_RST) && s->seg->seq == s->snd_claim->number &&
	       s->seg->seq == s->snd->snd_nxt && s->seg->length > 0;
}

/* Brings a closed end back to the state that follows from what it has sent and heard. */
static unsigned
tcp_revive(struct tcp_end *end, const struct tcp_end *peer)
{
	unsigned first = end->flags & TCP_END_CLOSED_1ST;

	tcp_move(end, TCPE_SND_SEGMENT);
	if ((peer->flags & TCP_END_FIN) && !first)
		tcp_move(end, TCPE_RCV_FIN);
	if (end->flags & TCP_END_FIN)
		tcp_move(end, TCPE_SND_FIN);
	if (tcp_end_fin_acked(end, peer))
		tcp_move(end, TCPE_FIN_ACKED);
	if (peer->flags & TCP_END_FIN)
		tcp_move(end, TCPE_RCV_FIN);
	return TCP_STATE_CHANGED | TCP_RST_DENIED;
}

unsigned
tcp_rst_survived(const struct tcp_step *s)
{
	unsigned moved;

	if (s->snd->state != TCPS_CLOSED && !tcp_rst_is_taken(s))
		return 0;
	if (s->snd->state != TCPS_CLOSED) {
		moved = tcp_move(s->snd, TCPE_RCV_RST);
		return moved ? moved | TCP_RST_BELIEVED : 0;
	}
	if (tcp_rst_is_forged(s)) {
		tcp_end_clear(s->snd, TCP_END_RST);
		return tcp_revive(s->snd, s->rcv);
	}
	return tcp_rst_is_denied(s) ? tcp_revive(s->snd, s->rcv) : 0;
}
