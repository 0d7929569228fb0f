/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * From a segment to events of the two endpoints' machines.
 *
 * A segment is taken apart in the order of RFC 9293 3.10.7.4: RST, SYN, ACK, data, FIN. Each part
 * compares numbers, never arrival: taps reorder. What cannot be right by its numbers (an ACK of a
 * SYN not sent, a RST beside the point) is counted and changes nothing; what was merely lost at the
 * mirror is a gap, and tracking goes on from there.
 *
 * Cost: an ordinary data segment or ACK between two ESTABLISHED ends takes the short path of the
 * header (tcp_segment_is_ordinary) and none of this.
 */

#include "tcp_segment.h"

/* Farther than any window (RFC 7323 2.3): such a jump is another life of the tuple, or a mirror
 * that was away. */
#define TCP_RESYNC_DISTANCE (1 << 30)

static unsigned
tcp_move(struct tcp_end *end, enum tcp_event event)
{
	enum tcp_state next = tcp_state_next((enum tcp_state)end->state, event);

	if (next == end->state)
		return 0;
	end->state = next & 15u;
	return TCP_STATE_CHANGED;
}

static unsigned
tcp_retransmitted(struct tcp_end *snd)
{
	if (snd->retransmissions < TCP_RETRANSMISSIONS_MAX)
		snd->retransmissions++;
	return TCP_RETRANSMISSION;
}

/*
 * Numbers were passed over. They may come yet (taps and networks reorder) or be sent again; when
 * the other end acknowledges beyond them first, the mirror lost them. Where no ACKs are seen the
 * next hole says so of the one before.
 */
static unsigned
tcp_hole_open(struct tcp_end *snd, const struct tcp_end *rcv)
{
	unsigned lost = (snd->flags & TCP_END_HOLE) && !(rcv->flags & TCP_END_ACK);

	snd->flags |= TCP_END_HOLE;
	return lost ? TCP_GAP : 0;
}

/* Bytes that lie before snd_nxt: they fill the hole, or passed before. */
static unsigned
tcp_old_bytes(struct tcp_end *snd)
{
	if (!(snd->flags & TCP_END_HOLE))
		return tcp_retransmitted(snd);
	tcp_end_clear(snd, TCP_END_HOLE);
	return 0;
}

static void
tcp_mark_closer(struct tcp_end *snd, const struct tcp_end *rcv)
{
	if (!(rcv->flags & TCP_END_CLOSED_1ST))
		snd->flags |= TCP_END_CLOSED_1ST;
}

/* Toward an end that opens, an ACK must be of its SYN; returns whether this one is. */
static int
tcp_ack_is_of_syn(const struct tcp_end *rcv, const struct tcp_segment *seg)
{
	return tcp_seq_geq(seg->ack, tcp_end_stream_start(rcv)) &&
	       tcp_seq_leq(seg->ack, rcv->snd_nxt);
}

/* --- RST ------------------------------------------------------------------------------------ */

/*
 * RFC 9293 3.10.7.3: toward SYN-SENT it must acknowledge the SYN. RFC 5961 3.2: elsewhere it must
 * be exactly the next number its receiver expects, which the tap knows from that end's ACKs, or
 * else from its sender's own numbers.
 */
static int
tcp_rst_is_acceptable(const struct tcp_end *snd, const struct tcp_end *rcv,
                      const struct tcp_segment *seg)
{
	if ((snd->flags & TCP_END_SEQ) && seg->seq == snd->snd_nxt)
		return 1;
	if ((rcv->flags & TCP_END_ACK) && seg->seq == rcv->rcv_nxt)
		return 1;
	if (rcv->state == TCPS_SYN_SENT && (seg->flags & TCP_ACK))
		return tcp_ack_is_of_syn(rcv, seg);
	return rcv->state != TCPS_SYN_SENT && !(snd->flags & TCP_END_SEQ) &&
	       !(rcv->flags & TCP_END_ACK);
}

static unsigned
tcp_rst(struct tcp_end *snd, struct tcp_end *rcv, const struct tcp_segment *seg)
{
	unsigned result;

	if (!tcp_rst_is_acceptable(snd, rcv, seg))
		return TCP_RST_IGNORED;
	if (tcp_state_is_over((enum tcp_state)snd->state) &&
	    tcp_state_is_over((enum tcp_state)rcv->state))
		return tcp_move(snd, TCPE_SND_RST);
	/* A RST with an ACK answers a segment without one: its sender has no connection at all. */
	if (snd->state == TCPS_SYN_SENT && seg->seq != snd->snd_nxt && !(seg->flags & TCP_ACK))
		return tcp_move(snd, TCPE_SND_RST_REJECT) | tcp_move(rcv, TCPE_RCV_RST);
	result = tcp_move(snd, TCPE_SND_RST) | tcp_move(rcv, TCPE_RCV_RST);
	snd->flags |= TCP_END_RST;
	tcp_mark_closer(snd, rcv);
	return result | TCP_RST_BELIEVED;
}

/* --- SYN ------------------------------------------------------------------------------------ */

static void
tcp_take_isn(struct tcp_end *snd, const struct tcp_segment *seg)
{
	snd->snd_nxt = seg->seq + 1 + seg->length; /* RFC 7413: data may come with it */
	snd->payload = seg->length;
	snd->flags |= TCP_END_SYN | TCP_END_SEQ;
	snd->mss = seg->mss;
	snd->wscale = seg->wscale & 15u;
}

/* What to make of a SYN or SYN-ACK whose ISN is not the one known. */
static unsigned
tcp_syn_other_isn(struct tcp_end *snd, struct tcp_end *rcv, const struct tcp_segment *seg)
{
	int past = tcp_state_is_past_established((enum tcp_state)snd->state) &&
	           tcp_state_is_past_established((enum tcp_state)rcv->state);

	if (past)
		return TCP_NEW_CONNECTION;
	if (seg->flags & TCP_ACK) {
		if ((rcv->flags & TCP_END_NEW_SYN) && seg->ack != tcp_end_stream_start(rcv))
			return TCP_NEW_CONNECTION;
		if (rcv->state != TCPS_SYN_SENT || !tcp_ack_is_of_syn(rcv, seg))
			return TCP_SYN_ON_LIVE;
		/* It answers the SYN that waits: what its sender showed before was another life. */
		snd->state = TCPS_CLOSED;
		snd->flags = 0;
		tcp_take_isn(snd, seg);
		return TCP_SYN_SEEN;
	}
	if (snd->state == TCPS_SYN_SENT && !(rcv->flags & (TCP_END_SEQ | TCP_END_ACK))) {
		tcp_take_isn(snd, seg); /* unanswered so far: there is nothing to protect */
		return 0;
	}
	snd->flags |= TCP_END_NEW_SYN;
	return TCP_SYN_ON_LIVE;
}

/* `snd` has no connection, or none any more, and has told the other, whose SYN was seen. */
static int
tcp_refused(const struct tcp_end *snd, const struct tcp_end *rcv)
{
	return (snd->flags & TCP_END_RST) && (rcv->flags & TCP_END_SYN) &&
	       snd->state == TCPS_CLOSED && rcv->state == TCPS_CLOSED;
}

/* Takes the ISN, or tells a retransmission from another connection. */
static unsigned
tcp_syn_number(struct tcp_end *snd, struct tcp_end *rcv, const struct tcp_segment *seg)
{
	if (!(snd->flags & TCP_END_SEQ)) {
		if (tcp_refused(snd, rcv) && !(seg->flags & TCP_ACK))
			return TCP_NEW_CONNECTION; /* it opens one itself */
		tcp_take_isn(snd, seg);
		return TCP_SYN_SEEN;
	}
	if (seg->seq + 1 != tcp_end_stream_start(snd))
		return tcp_syn_other_isn(snd, rcv, seg);
	if (snd->flags & TCP_END_SYN)
		return tcp_retransmitted(snd);
	snd->flags |= TCP_END_SYN; /* late: the tap showed what followed first */
	snd->mss = seg->mss;
	snd->wscale = seg->wscale & 15u;
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
	/* One that is repeated, or late, takes no later ACK back. */
	if (!(snd->flags & TCP_END_ACK) || rcv->state == TCPS_SYN_SENT ||
	    tcp_seq_gt(seg->ack, snd->rcv_nxt))
		snd->rcv_nxt = seg->ack;
	snd->flags |= TCP_END_ACK;
	result |= tcp_move(snd, TCPE_SND_SYN_ACK) | tcp_move(rcv, TCPE_SYN_ACKED);
	if ((rcv->flags & TCP_END_ACK) && rcv->rcv_nxt == tcp_end_stream_start(snd))
		result |= tcp_move(snd, TCPE_SYN_ACKED); /* simultaneous open */
	return result;
}

static unsigned
tcp_syn(struct tcp_end *snd, struct tcp_end *rcv, const struct tcp_segment *seg)
{
	unsigned result = tcp_syn_number(snd, rcv, seg);

	if (result & (TCP_NEW_CONNECTION | TCP_SYN_ON_LIVE))
		return result;
	if (snd->flags & TCP_END_FIN)
		return result; /* an old one: this end has opened and closed since */
	if ((seg->flags & TCP_ACK) && tcp_refused(rcv, snd))
		return result; /* it crossed the RST, which will answer it again */
	snd->window = seg->window;
	if (!(seg->flags & TCP_ACK))
		return result | tcp_move(snd, TCPE_SND_SYN);
	return result | tcp_syn_ack(snd, rcv, seg);
}

/* --- ACK ------------------------------------------------------------------------------------ */

/* Returns 0 when the ACK cannot be right and is not taken. */
static int
tcp_ack_number(struct tcp_end *snd, struct tcp_end *rcv, const struct tcp_segment *seg,
               unsigned *result)
{
	int32_t beyond;

	if (rcv->flags & TCP_END_SEQ) {
		beyond = tcp_seq_diff(seg->ack, rcv->snd_nxt);
		if (beyond > 0 && ((rcv->flags & TCP_END_FIN) || beyond > TCP_RESYNC_DISTANCE))
			return 0;
		if (beyond >= 0 && (rcv->flags & TCP_END_HOLE) && (snd->flags & TCP_END_ACK) &&
		    tcp_seq_gt(seg->ack, snd->rcv_nxt)) {
			tcp_end_clear(rcv, TCP_END_HOLE);
			*result |= TCP_GAP;
		}
		if (beyond > 0) { /* bytes the tap has not seen, and their receiver has */
			rcv->snd_nxt = seg->ack;
			rcv->payload += (uint32_t)beyond;
			*result |= tcp_hole_open(rcv, snd);
		}
	}
	if (!(snd->flags & TCP_END_ACK) || tcp_seq_gt(seg->ack, snd->rcv_nxt))
		snd->rcv_nxt = seg->ack;
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
tcp_hears_again(struct tcp_end *snd, const struct tcp_end *rcv)
{
	tcp_end_clear(snd, TCP_END_DEAF);
	return tcp_end_fin_acked(snd, rcv) ? tcp_move(snd, TCPE_FIN_ACKED) : 0;
}

static unsigned
tcp_ack(struct tcp_end *snd, struct tcp_end *rcv, const struct tcp_segment *seg)
{
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
	if (!tcp_ack_number(snd, rcv, seg, &result))
		return result;
	snd->window = seg->window;
	result |= tcp_ack_of_fin(snd, rcv);
	if (hears && (snd->flags & TCP_END_DEAF))
		result |= tcp_hears_again(snd, rcv);
	if (snd->state == TCPS_TIME_WAIT)
		result |= TCP_TIME_WAIT_ANEW;
	return result;
}

/* --- data and FIN --------------------------------------------------------------------------- */

/*
 * RFC 9293 3.10.7.4, first: would its receiver take a segment that begins here? Only a jump to
 * within a window's length of the window is judged: a longer one is a mirror that was away. And a
 * second one in a row is believed: the ACKs may be missing at the mirror.
 */
static int
tcp_is_stray(struct tcp_end *snd, const struct tcp_end *rcv, const struct tcp_segment *seg)
{
	uint32_t window = tcp_end_window(rcv, snd), right = rcv->rcv_nxt + window;

	if (!(rcv->flags & TCP_END_ACK) || !(rcv->flags & snd->flags & TCP_END_SYN) ||
	    tcp_seq_leq(seg->seq, snd->snd_nxt) || tcp_seq_leq(seg->seq, right) ||
	    tcp_seq_gt(seg->seq, right + window) || (snd->flags & TCP_END_STRAY)) {
		tcp_end_clear(snd, TCP_END_STRAY);
		return 0;
	}
	snd->flags |= TCP_END_STRAY;
	return 1;
}

static unsigned
tcp_advance(struct tcp_end *snd, const struct tcp_end *rcv, const struct tcp_segment *seg)
{
	uint32_t end = seg->seq + seg->length;
	int32_t ahead, jump = tcp_seq_diff(seg->seq, snd->snd_nxt);

	if (jump > TCP_RESYNC_DISTANCE || jump < -TCP_RESYNC_DISTANCE) {
		snd->payload += seg->length;
		snd->snd_nxt = end;
		return TCP_GAP;
	}
	ahead = tcp_seq_diff(end, snd->snd_nxt);
	if (ahead > 0) {
		snd->payload += (uint32_t)ahead;
		snd->snd_nxt = end;
		return jump > 0 ? tcp_hole_open(snd, rcv) : 0;
	}
	/*
	 * A keepalive repeats the byte before the next and is no retransmission (RFC 9293 3.8.4).
	 */
	if (seg->length > 1 || (seg->length == 1 && ahead < 0))
		return tcp_old_bytes(snd);
	return 0;
}

static unsigned
tcp_fin_again(struct tcp_end *snd, struct tcp_end *rcv, const struct tcp_segment *seg)
{
	unsigned result;

	if (seg->seq + seg->length + 1 != snd->snd_nxt)
		return 0;
	result = tcp_retransmitted(snd);
	if (!tcp_end_fin_acked(snd, rcv))
		return result | tcp_move(rcv, TCPE_FIN_UNRECEIVED);
	if ((snd->flags | rcv->flags) & TCP_END_RST)
		return result;
	/* Once may be a repetition that crossed the ACK; twice it does not hear. */
	snd->flags |= snd->flags & TCP_END_FIN_AGAIN ? TCP_END_DEAF : TCP_END_FIN_AGAIN;
	return result | tcp_move(snd, TCPE_SND_FIN_AGAIN);
}

/* An ACK, shown before the FIN that it acknowledges, had counted it as a byte unseen. */
static void
tcp_hole_fill_by_fin(struct tcp_end *snd)
{
	snd->payload--;
	tcp_end_clear(snd, TCP_END_HOLE);
}

static unsigned
tcp_fin(struct tcp_end *snd, struct tcp_end *rcv, const struct tcp_segment *seg)
{
	uint32_t number = seg->seq + seg->length;
	/* Its own ACK tells; a FIN that the tap shows late was sent before what was shown first. */
	int crossed = (rcv->flags & TCP_END_FIN) &&
	              (!tcp_end_fin_acked(rcv, snd) ||
	               ((seg->flags & TCP_ACK) && tcp_seq_lt(seg->ack, rcv->snd_nxt)));
	/*
	 * RFC 9293 3.10.7.3, first: toward SYN-SENT, what does not acknowledge the SYN is dropped.
	 */
	int dropped =
	    rcv->state == TCPS_SYN_SENT && (seg->flags & TCP_ACK) && !tcp_ack_is_of_syn(rcv, seg);
	unsigned result;

	if (snd->flags & TCP_END_FIN)
		return tcp_fin_again(snd, rcv, seg);
	if (number + 1 == snd->snd_nxt && snd->payload > 0)
		tcp_hole_fill_by_fin(snd);
	else if (number != snd->snd_nxt)
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

static unsigned
tcp_text(struct tcp_end *snd, struct tcp_end *rcv, const struct tcp_segment *seg)
{
	unsigned result = 0;

	if (!(snd->flags & TCP_END_SEQ)) {
		snd->snd_nxt = seg->seq;
		snd->flags |= TCP_END_SEQ;
	}
	if (tcp_is_stray(snd, rcv, seg))
		return TCP_OUT_OF_WINDOW;
	if (!(snd->flags & TCP_END_FIN))
		result = tcp_advance(snd, rcv, seg);
	else if (seg->length > 0 && !(seg->flags & TCP_FIN))
		result = tcp_old_bytes(snd);
	if (seg->flags & TCP_FIN)
		result |= tcp_fin(snd, rcv, seg);
	return result;
}

/* --- the whole ------------------------------------------------------------------------------ */

/*
 * A segment without SYN or RST shows that its sender is synchronized: it leaves SYN-SENT, and so
 * must have the end that it answers, heard or not; an end not yet heard is met midstream. Data from
 * SYN-RECEIVED says that the last ACK of the handshake was lost at the mirror: both ends are
 * through.
 */
static unsigned
tcp_synchronize(struct tcp_end *snd, struct tcp_end *rcv, const struct tcp_segment *seg)
{
	unsigned result = 0;

	if (snd->state == TCPS_SYN_SENT && tcp_seq_geq(seg->seq, tcp_end_stream_start(snd)) &&
	    (seg->flags & TCP_ACK)) {
		result = tcp_move(snd, TCPE_SND_SEGMENT);
		if (rcv->state == TCPS_CLOSED && !(rcv->flags & (TCP_END_SEQ | TCP_END_RST)))
			result |= tcp_move(rcv, TCPE_SND_SEGMENT);
	} else if (snd->state == TCPS_CLOSED && !(snd->flags & (TCP_END_SEQ | TCP_END_RST))) {
		result = tcp_move(snd, TCPE_SND_SEGMENT);
	} else if (snd->state == TCPS_SYN_RECEIVED && seg->length > 0 && seg->seq == snd->snd_nxt) {
		result = tcp_move(snd, TCPE_SYN_ACKED) | tcp_move(rcv, TCPE_SND_SEGMENT);
	}
	return result;
}

unsigned
tcp_segment_apply(struct tcp_end *snd, struct tcp_end *rcv, const struct tcp_segment *seg)
{
	unsigned result;

	if (tcp_segment_is_ordinary(snd, rcv, seg)) {
		tcp_segment_advance(snd, seg);
		return 0;
	}
	if (seg->flags & TCP_RST)
		return tcp_rst(snd, rcv, seg);
	if (seg->flags & TCP_SYN)
		return tcp_syn(snd, rcv, seg);
	tcp_end_clear(rcv, TCP_END_NEW_SYN); /* answered, and not with a SYN-ACK */
	result = tcp_synchronize(snd, rcv, seg);
	if (seg->flags & TCP_ACK)
		result |= tcp_ack(snd, rcv, seg);
	return result | tcp_text(snd, rcv, seg);
}

unsigned
tcp_segment_first(struct tcp_end *snd, struct tcp_end *rcv, const struct tcp_segment *seg)
{
	snd->wscale = rcv->wscale = TCP_WSCALE_NONE;
	snd->state = rcv->state = TCPS_CLOSED;
	if (!(seg->flags & TCP_SYN) || (seg->flags & TCP_RST))
		snd->state = rcv->state = TCPS_ESTABLISHED;
	return tcp_segment_apply(snd, rcv, seg) | TCP_STATE_CHANGED;
}
