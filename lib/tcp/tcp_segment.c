/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * From a segment to events of the two ends' machines.
 *
 * The segment is taken apart in the order of RFC 9293 3.10.7.4, with a file for each step: whether
 * it is to be believed (tcp_doubt.c), RST, SYN, ACK, then data and FIN (tcp_text.c). Each part
 * compares numbers, never the order of arrival: taps reorder. What cannot be right by its numbers
 * (an ACK of a SYN that was not sent, a RST with another number) is counted and changes nothing.
 * What was merely lost at the mirror is a gap, and tracking goes on from there.
 *
 * Pure, worker. Cost: an ordinary data segment or ACK between two ESTABLISHED ends takes the short
 * path of the header (tcp_segment_is_ordinary) and none of this.
 */

#include <string.h>

#include "tcp_step.h"

/*
 * A segment without SYN or RST shows that its sender is synchronized. So the sender leaves
 * SYN-SENT, and so must the end that it answers have done, heard or not; an end that was not heard
 * yet is met midstream. Data from SYN-RECEIVED says that the mirror lost the last ACK of the
 * handshake: both ends are ESTABLISHED.
 */
static unsigned
tcp_leave_opening(const struct tcp_step *s)
{
	struct tcp_end *snd = s->snd, *rcv = s->rcv;
	const struct tcp_segment *seg = s->seg;
	unsigned result = 0;

	if (snd->state == TCPS_SYN_SENT && tcp_seq_geq(seg->seq, tcp_end_stream_start(snd))) {
		result = tcp_move(snd, TCPE_SND_SEGMENT);
		if (rcv->state == TCPS_CLOSED && !(rcv->flags & (TCP_END_SEQ | TCP_END_RST)))
			result |= tcp_move(rcv, TCPE_SND_SEGMENT);
	} else if (snd->state == TCPS_CLOSED && !(snd->flags & (TCP_END_SEQ | TCP_END_RST))) {
		result = tcp_move(snd, TCPE_SND_SEGMENT);
	} else if (snd->state == TCPS_SYN_RECEIVED && seg->length > 0 && seg->seq == snd->snd_nxt) {
		tcp_end_clear(snd, TCP_END_DEAF);
		result = tcp_move(snd, TCPE_SYN_ACKED) | tcp_move(rcv, TCPE_SND_SEGMENT);
	}
	return result;
}

unsigned
tcp_synchronized(const struct tcp_step *s)
{
	unsigned result;
	bool hears;

	tcp_end_clear(s->rcv, TCP_END_NEW_SYN); /* answered, and not with a SYN-ACK */
	tcp_claim_clear(s->rcv_claim, TCP_CLAIM_SYN | TCP_CLAIM_SYN_DATA);
	result = (tcp_rst_is_claimed(s) ? tcp_rst_survived(s) : 0) | tcp_leave_opening(s);
	hears = (s->snd->flags & TCP_END_ACK) && tcp_seq_gt(s->seg->ack, s->snd->rcv_nxt);
	result |= tcp_ack(s, hears);
	return result | tcp_text(s, hears);
}

unsigned
tcp_segment_apply_rare(struct tcp_end *snd, struct tcp_end *rcv, struct tcp_doubt *doubt,
                       const struct tcp_segment *seg)
{
	struct tcp_step s = { snd, rcv, &doubt->end[snd > rcv], &doubt->end[snd < rcv], seg };
	unsigned result = 0;

	if (((snd->flags | rcv->flags) & TCP_END_NUMBERED_TWICE) && tcp_numbering_is_other(&s))
		return TCP_COPY;
	if (seg->flags & TCP_RST)
		return tcp_rst(&s);
	if (seg->flags & TCP_SYN)
		return tcp_syn(&s);
	if (!(seg->flags & TCP_ACK))
		return TCP_OUT_OF_WINDOW; /* 3.10.7.4, fifth: no host takes it in any state */
	if (!tcp_is_in_order(&s) && !tcp_doubt_settle(&s, &result))
		return TCP_OUT_OF_WINDOW;
	if ((snd->flags ^ rcv->flags) & TCP_END_FIN)
		tcp_probe(&s);
	return result | tcp_synchronized(&s);
}

/* A SYN out of nothing: what tcp_syn makes of it, without all the questions about a past. */
static unsigned
tcp_first_syn(struct tcp_end *snd, const struct tcp_segment *seg)
{
	tcp_take_isn(snd, seg);
	snd->window = seg->window;
	return TCP_SYN_SEEN | tcp_move(snd, TCPE_SND_SYN);
}

unsigned
tcp_segment_first(struct tcp_end *snd, struct tcp_end *rcv, struct tcp_doubt *doubt,
                  const struct tcp_segment *seg)
{
	assert(tcp_segment_opens(seg->flags));
	tcp_doubt_clear(doubt);
	snd->wscale = rcv->wscale = TCP_WSCALE_NONE;
	snd->state = rcv->state = TCPS_CLOSED;
	if ((seg->flags & (TCP_SYN | TCP_ACK | TCP_RST)) == TCP_SYN)
		return tcp_first_syn(snd, seg);
	if (!(seg->flags & TCP_SYN) || (seg->flags & TCP_RST))
		snd->state = rcv->state = TCPS_ESTABLISHED;
	return tcp_segment_apply_rare(snd, rcv, doubt, seg) | TCP_STATE_CHANGED;
}
