/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SYN: RFC 9293 3.10.7.2, 3.10.7.3 and 3.10.7.4, fourth, with RFC 5961 4 and RFC 7413.
 *
 * The number decides what a SYN is, never the moment. With the known ISN it is a retransmission, or
 * late. With another ISN it is another life of the tuple. On a live connection that is believed
 * only when the other end answers that very SYN. Until then its sender has a claim; a host that is
 * alive answers with a challenge ACK, which takes the claim away. Pure, worker.
 */

#include "tcp_step.h"

static void
tcp_take_options(struct tcp_end *snd, const struct tcp_segment *seg)
{
	snd->wscale = seg->wscale & 15u;
	if (seg->sack)
		snd->flags |= TCP_END_SACK;
}

void
tcp_take_isn(struct tcp_end *snd, const struct tcp_segment *seg)
{
	snd->snd_nxt = seg->seq + 1 + seg->length; /* RFC 7413: data may come with it */
	snd->payload = seg->length;
	snd->flags |= TCP_END_SYN | TCP_END_SEQ;
	tcp_take_options(snd, seg);
}

/* A SYN that waits for an answer on a live connection. */
static void
tcp_claim_syn(const struct tcp_step *s)
{
	struct tcp_claim *claim = s->snd_claim;

	s->snd->flags |= TCP_END_NEW_SYN;
	claim->number = s->seg->seq + 1;
	tcp_claim_clear(claim, TCP_CLAIM_SYN_DATA | TCP_CLAIM_RST);
	claim->bits =
	    (uint8_t)(claim->bits | TCP_CLAIM_SYN | (s->seg->length ? TCP_CLAIM_SYN_DATA : 0));
}

/*
 * Does this SYN-ACK answer the SYN that waits? Of a SYN whose claim is lost it is known that it was
 * not the first.
 */
static bool
tcp_answers_new_syn(const struct tcp_step *s)
{
	const struct tcp_claim *claim = s->rcv_claim;
	uint32_t most = claim->bits & TCP_CLAIM_SYN_DATA ? UINT16_MAX : 0;

	if (!(s->rcv->flags & TCP_END_NEW_SYN))
		return false;
	if (claim->bits & TCP_CLAIM_SYN)
		return s->seg->ack - claim->number <= most;
	return s->seg->ack != tcp_end_stream_start(s->rcv);
}

static unsigned
tcp_syn_ack_other_isn(const struct tcp_step *s)
{
	if (tcp_answers_new_syn(s))
		return TCP_NEW_CONNECTION;
	if (s->rcv->state != TCPS_SYN_SENT || !tcp_ack_is_of_syn(s->rcv, s->seg))
		return TCP_SYN_ON_LIVE;
	/*
	 * It answers the SYN that waits: what its sender showed before was another life of the
	 * tuple.
	 */
	s->snd->state = TCPS_CLOSED;
	s->snd->flags &= TCP_END_NUMBERED_TWICE;
	tcp_hole_close(s->snd, s->snd_claim);
	tcp_take_isn(s->snd, s->seg);
	return TCP_SYN_SEEN;
}

/* What to make of a SYN or SYN-ACK whose ISN is not the one known. */
static unsigned
tcp_syn_other_isn(const struct tcp_step *s)
{
	const struct tcp_end *snd = s->snd, *rcv = s->rcv;

	if ((s->seg->syn & TCP_SYN_COPIED) &&
	    !(snd->flags & (TCP_END_NUMBERED_TWICE | TCP_END_NEW_SYN)))
		return tcp_numbering_begin(s);
	if (tcp_state_is_past_established((enum tcp_state)snd->state) &&
	    tcp_state_is_past_established((enum tcp_state)rcv->state))
		return TCP_NEW_CONNECTION;
	if (s->seg->flags & TCP_ACK)
		return tcp_syn_ack_other_isn(s);
	if (snd->state == TCPS_SYN_SENT && !(rcv->flags & (TCP_END_SEQ | TCP_END_ACK))) {
		tcp_numbering_replace(s); /* unanswered so far: there is nothing to protect */
		tcp_take_isn(s->snd, s->seg);
		return 0;
	}
	tcp_claim_syn(s);
	return TCP_SYN_ON_LIVE;
}

/*
 * Has `snd` no connection, or none any more, and has its RST said so to `rcv`, whose SYN was seen?
 */
static bool
tcp_refused(const struct tcp_end *snd, const struct tcp_end *rcv)
{
	return (snd->flags & TCP_END_RST) && (rcv->flags & TCP_END_SYN) &&
	       snd->state == TCPS_CLOSED && rcv->state == TCPS_CLOSED;
}

/*
 * Did the end say the two parts of a SYN-ACK one after the other? It acknowledged the other's SYN
 * first, and that ACK had the number of this SYN (split handshake).
 */
static bool
tcp_syn_is_split(const struct tcp_step *s)
{
	const struct tcp_end *snd = s->snd, *rcv = s->rcv;

	return !(s->seg->flags & TCP_ACK) && !(snd->flags & (TCP_END_SYN | TCP_END_FIN)) &&
	       snd->payload == 0 && s->seg->seq == snd->snd_nxt && (snd->flags & TCP_END_ACK) &&
	       (rcv->flags & TCP_END_SYN) && rcv->state == TCPS_SYN_SENT &&
	       snd->rcv_nxt == rcv->snd_nxt;
}

static unsigned
tcp_syn_split(const struct tcp_step *s)
{
	s->snd->state = TCPS_CLOSED; /* what it showed before was half of a SYN-ACK */
	tcp_take_isn(s->snd, s->seg);
	return TCP_SYN_SEEN | tcp_move(s->snd, TCPE_SND_SYN_ACK);
}

/* Were its bytes counted as a part of the ISN, by an ACK that the tap showed first (RFC 7413)? */
static bool
tcp_syn_data_is_late(const struct tcp_end *snd, const struct tcp_segment *seg)
{
	return !(snd->flags & TCP_END_SYN) && seg->length > 0 &&
	       seg->seq + 1 + seg->length == tcp_end_stream_start(snd);
}

/* Takes the ISN, or decides whether it is a retransmission or another connection. */
static unsigned
tcp_syn_number(const struct tcp_step *s)
{
	struct tcp_end *snd = s->snd;
	const struct tcp_segment *seg = s->seg;

	if (!(snd->flags & TCP_END_SEQ)) {
		if (tcp_refused(snd, s->rcv) && !(seg->flags & TCP_ACK))
			return TCP_NEW_CONNECTION; /* it opens one itself */
		tcp_take_isn(snd, seg);
		return TCP_SYN_SEEN;
	}
	if (tcp_syn_is_split(s))
		return tcp_syn_split(s);
	if (tcp_syn_data_is_late(snd, seg))
		snd->payload += seg->length;
	if (seg->seq + 1 != tcp_end_stream_start(snd))
		return tcp_syn_other_isn(s);
	if (snd->flags & TCP_END_SYN)
		return TCP_RETRANSMISSION;
	snd->flags |= TCP_END_SYN; /* late: the tap showed first what followed it */
	tcp_take_options(snd, seg);
	return TCP_SYN_SEEN;
}

static unsigned
tcp_syn_ack(struct tcp_end *snd, struct tcp_end *rcv, const struct tcp_segment *seg)
{
	unsigned result;

	if (!(rcv->flags & TCP_END_SEQ)) { /* its SYN was not seen, but this says what it was */
		rcv->snd_nxt = seg->ack;
		rcv->flags |= TCP_END_SEQ;
		result = tcp_move(rcv, TCPE_SND_SYN);
	} else if (!tcp_ack_is_of_syn(rcv, seg)) {
		return 0; /* not for this SYN */
	} else {
		result = 0;
	}
	/* A SYN-ACK that is repeated, or late, takes no later ACK back. */
	if (!(snd->flags & TCP_END_ACK) || rcv->state == TCPS_SYN_SENT ||
	    tcp_seq_gt(seg->ack, snd->rcv_nxt))
		snd->rcv_nxt = seg->ack;
	snd->flags |= TCP_END_ACK;
	if (rcv->state == TCPS_SYN_RECEIVED)
		tcp_end_clear(rcv, TCP_END_DEAF);
	result |= tcp_move(snd, TCPE_SND_SYN_ACK) | tcp_move(rcv, TCPE_SYN_ACKED);
	if ((rcv->flags & TCP_END_ACK) && rcv->rcv_nxt == tcp_end_stream_start(snd))
		result |= tcp_move(snd, TCPE_SYN_ACKED); /* simultaneous open */
	return result;
}

/*
 * Does the end say, by its SYN-ACK once more, that it did not take the ACK of it that passed? It
 * did not if it sent nothing else: a full accept queue drops that ACK, and what follows. But two
 * ends that both repeat theirs open at once, and each says to the other that it hears.
 */
static bool
tcp_syn_ack_is_repeated(const struct tcp_step *s)
{
	const struct tcp_end *snd = s->snd, *rcv = s->rcv;

	return (s->seg->syn & TCP_SYN_REPEATED) && (snd->flags & rcv->flags & TCP_END_ACK) &&
	       rcv->state != TCPS_SYN_RECEIVED && snd->payload == 0 &&
	       s->seg->ack == snd->rcv_nxt && rcv->rcv_nxt == snd->snd_nxt;
}

/* From now on no ACK of its SYN counts, until it shows by something else that it is open. */
static unsigned
tcp_syn_ack_repeated(struct tcp_end *snd)
{
	unsigned moved = tcp_move(snd, TCPE_SND_SYN_ACK_REPEATED);

	if (snd->state == TCPS_SYN_RECEIVED)
		snd->flags |= TCP_END_DEAF;
	return moved;
}

/* May the end try once more? Its SYN was refused, and this is no copy of that SYN. */
static bool
tcp_syn_tries_again(const struct tcp_step *s)
{
	return tcp_refused(s->rcv, s->snd) && !(s->snd->flags & (TCP_END_ACK | TCP_END_RST)) &&
	       (s->seg->syn & TCP_SYN_REPEATED);
}

/* Does it come behind the end of the connection that it opened? Then it moves nothing. */
static bool
tcp_syn_is_old(const struct tcp_step *s, bool was_known)
{
	const struct tcp_end *snd = s->snd, *rcv = s->rcv;

	if (snd->flags & TCP_END_FIN)
		return true; /* this end has opened and closed since */
	if (snd->state != TCPS_CLOSED || rcv->state != TCPS_CLOSED ||
	    !((snd->flags | rcv->flags) & TCP_END_RST))
		return false;
	if (s->seg->flags & TCP_ACK) /* or it crossed the RST, which will answer the next too */
		return was_known || tcp_refused(rcv, snd);
	return was_known && !tcp_syn_tries_again(s);
}

/* As tcp_syn_number, of a SYN-ACK; it marks no end of a connection that it does not belong to. */
static unsigned
tcp_syn_ack_number(const struct tcp_step *s)
{
	const uint32_t snd_flags = s->snd->flags, rcv_flags = s->rcv->flags;
	unsigned result = tcp_numbering_answered(s);

	if (!(result & TCP_COPY))
		result |= tcp_syn_number(s);
	if (result & TCP_NEW_CONNECTION) {
		s->snd->flags = snd_flags & ((1u << TCP_END_FLAGS) - 1);
		s->rcv->flags = rcv_flags & ((1u << TCP_END_FLAGS) - 1);
	}
	return result;
}

unsigned
tcp_syn(const struct tcp_step *s)
{
	struct tcp_end *snd = s->snd, *rcv = s->rcv;
	const struct tcp_segment *seg = s->seg;
	bool was_known = snd->flags & TCP_END_SEQ;
	unsigned result = (seg->flags & TCP_ACK) ? tcp_syn_ack_number(s) : tcp_syn_number(s);

	if (result & (TCP_NEW_CONNECTION | TCP_SYN_ON_LIVE | TCP_COPY))
		return result;
	if (tcp_syn_is_old(s, was_known))
		return result;
	snd->window = seg->window;
	if (!(seg->flags & TCP_ACK))
		return result | tcp_move(snd, TCPE_SND_SYN);
	if (tcp_syn_ack_is_repeated(s))
		return result | tcp_syn_ack_repeated(snd);
	return result | tcp_syn_ack(snd, rcv, seg);
}
