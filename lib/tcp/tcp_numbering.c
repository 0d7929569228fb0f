/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One connection in two numberings: the mirror shows it before and behind a firewall that changes
 * sequence numbers.
 *
 * Overview. Such a firewall adds a constant to all numbers of an end, maybe of both. So the tap
 * sees each segment twice, in numbers that have nothing to do with each other. One numbering
 * counts, the first as a rule; a segment in the other is a copy (TCP_COPY).
 *
 * Life. It begins with two SYNs of one end that differ in their ISN: either the second is the same
 * packet by its identification and its time, or the other end answers both, which makes the newer
 * one count. From then on the end is
 * marked (TCP_END_NUMBERED_TWICE), and its claim holds where its stream begins in the other
 * numbering. A segment belongs to the numbering to whose next number it is nearer. Where the claim
 * is lost, what is doubtful in the numbering that counts is taken for a copy. That is right unless
 * the two numberings lie within a window of each other.
 *
 * Who writes and who reads. Worker. Pure functions of what the step points to.
 *
 * Cost. One mask in the short path, which has it anyway. Of a connection in two numberings most
 * segments go the long way.
 */

#include "tcp_step.h"

/* How far apart two numbers are, in either direction. */
static uint32_t
tcp_numbering_distance(uint32_t a, uint32_t b)
{
	return a - b < b - a ? a - b : b - a;
}

static bool
tcp_numbering_is_lost(const struct tcp_end *end, const struct tcp_claim *claim)
{
	return (end->flags & TCP_END_NUMBERED_TWICE) && !(claim->bits & TCP_CLAIM_OTHER);
}

/* Are the numbers of `end` known, and in both numberings? */
static bool
tcp_numbering_is_known(const struct tcp_end *end)
{
	const unsigned both = TCP_END_NUMBERED_TWICE | TCP_END_SEQ;

	return (end->flags & both) == both;
}

/* How far `number`, of the stream of `end`, is from its next: in what counts, and in the other. */
static void
tcp_numbering_measure(const struct tcp_end *end, const struct tcp_claim *claim, uint32_t number,
                      uint32_t distance[2])
{
	uint32_t shift = claim->other - tcp_end_stream_start(end);
	uint32_t counts = tcp_numbering_distance(number, end->snd_nxt);
	uint32_t other = tcp_numbering_distance(number - shift, end->snd_nxt);

	distance[0] = counts > distance[0] ? counts : distance[0];
	distance[1] = other > distance[1] ? other : distance[1];
}

static void
tcp_numbering_mark(struct tcp_end *end, struct tcp_claim *claim, uint32_t other)
{
	end->flags |= TCP_END_NUMBERED_TWICE;
	claim->other = other;
	tcp_claim_clear(claim, TCP_CLAIM_SYN_BEFORE);
	claim->bits |= TCP_CLAIM_OTHER;
}

/*
 * Is it a SYN, or SYN-ACK, of the other numbering? Only its exact number is: any other may be that
 * of another life. The first SYN-ACK shows what the other numbers of its sender are.
 */
static bool
tcp_numbering_is_other_syn(const struct tcp_step *s)
{
	const struct tcp_segment *seg = s->seg;
	uint32_t start = seg->seq + 1;

	if (!(seg->flags & TCP_ACK) || !(s->rcv_claim->bits & TCP_CLAIM_OTHER))
		return (s->snd_claim->bits & TCP_CLAIM_OTHER) && start == s->snd_claim->other &&
		       start != tcp_end_stream_start(s->snd);
	if (seg->ack != s->rcv_claim->other)
		return false;
	if (!(s->snd->flags & TCP_END_NUMBERED_TWICE))
		tcp_numbering_mark(s->snd, s->snd_claim, start);
	return true;
}

bool
tcp_numbering_is_other(const struct tcp_step *s)
{
	const struct tcp_segment *seg = s->seg;
	uint32_t distance[2] = { 0, 0 };

	if (seg->flags & TCP_SYN)
		return tcp_numbering_is_other_syn(s);
	if (tcp_numbering_is_lost(s->snd, s->snd_claim) ||
	    tcp_numbering_is_lost(s->rcv, s->rcv_claim))
		return tcp_doubt_raised(s);
	if (tcp_numbering_is_known(s->snd))
		tcp_numbering_measure(s->snd, s->snd_claim, seg->seq, distance);
	if ((seg->flags & TCP_ACK) && tcp_numbering_is_known(s->rcv))
		tcp_numbering_measure(s->rcv, s->rcv_claim, seg->ack, distance);
	return distance[1] < distance[0];
}

unsigned
tcp_numbering_begin(const struct tcp_step *s)
{
	tcp_numbering_mark(s->snd, s->snd_claim, s->seg->seq + 1);
	return TCP_COPY;
}

/* --- both answered -------------------------------------------------------------------------- */

/*
 * Until the other end has answered both, the newer SYN is a new attempt, and counts. One that comes
 * late is nothing else.
 */
void
tcp_numbering_replace(const struct tcp_step *s)
{
	struct tcp_claim *claim = s->snd_claim;

	tcp_claim_clear(claim, TCP_CLAIM_SYN_BEFORE);
	if (!(s->seg->syn & TCP_SYN_SOON) || (claim->bits & TCP_CLAIM_OTHER))
		return;
	claim->other = tcp_end_stream_start(s->snd);
	claim->bits |= TCP_CLAIM_SYN_BEFORE;
}

unsigned
tcp_numbering_answered(const struct tcp_step *s)
{
	struct tcp_end *snd = s->snd;
	uint32_t start = s->seg->seq + 1, known = tcp_end_stream_start(snd);
	bool of_first = s->seg->ack == s->rcv_claim->other;
	bool had_first = (snd->flags & TCP_END_SYN) && !(snd->flags & TCP_END_ACK);
	bool both =
	    of_first ? snd->flags & TCP_END_ACK : had_first && tcp_ack_is_of_syn(s->rcv, s->seg);

	if (!(s->rcv_claim->bits & TCP_CLAIM_SYN_BEFORE) || !both)
		return 0;
	tcp_numbering_mark(s->rcv, s->rcv_claim, s->rcv_claim->other);
	if (start != known)
		tcp_numbering_mark(snd, s->snd_claim, of_first ? start : known);
	return of_first ? TCP_COPY : 0;
}
