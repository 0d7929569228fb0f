/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Is a segment to be believed? This comes before the first step of RFC 9293 3.10.7.4.
 *
 * Overview. Where the numbers of both ends are known, a host drops a segment whose SEQ lies outside
 * its receiver's window, or whose ACK is out of reach (RFC 5961 5). The tap does not know all that
 * the hosts know, for the mirror may have been away. So such a segment is doubtful: it changes
 * nothing, and the claim of its sender (struct tcp_claim) remembers it.
 *
 * Life. A doubtful segment is remembered until one of these happens:
 *   - The other end acknowledges it, in a segment that is not doubtful itself: it is believed.
 *   - A doubtful segment of the other end matches it, since the ACK of each is where the bytes of
 *     the other are: the mirror was away for both directions, and both are believed.
 *   - Its sender goes on from there and the other end says nothing: it is believed, for the other
 *     direction is not seen any more.
 *   - Either end sends anything else that is not doubtful: it is forgotten, it was a guess. A host
 *     that gets such a guess answers at once with an ACK of what it has.
 * When the caller has lost the claim, the third doubtful segment in a row is believed: no
 * connection is given up.
 *
 * Who writes and who reads. Worker. Pure functions of what the step points to.
 *
 * Cost. A dozen comparisons, for segments off the short path alone.
 */

#include "tcp_step.h"

/*
 * Doubtful segments that follow each other with losses between: after so many, the next one is
 * believed.
 */
#define TCP_RUN_BELIEVED 3

/* The most that may be on its way to `end`. If a scale was not seen, the largest is assumed. */
static uint32_t
tcp_doubt_window(const struct tcp_end *end, const struct tcp_end *peer)
{
	if (end->flags & peer->flags & TCP_END_SYN)
		return tcp_end_window(end, peer);
	return (uint32_t)end->window << TCP_WSCALE_MAX;
}

static uint32_t
tcp_doubt_reach(const struct tcp_end *end, const struct tcp_end *peer)
{
	uint32_t window = tcp_doubt_window(end, peer);

	return window > TCP_REACH_MIN ? window : TCP_REACH_MIN;
}

/* Does `number` lie farther from where `end` is than any window reaches? */
static bool
tcp_doubt_is_jump(const struct tcp_end *end, uint32_t number)
{
	int32_t jump = tcp_seq_diff(number, end->snd_nxt);

	return (end->flags & TCP_END_SEQ) && (jump > TCP_WINDOW_MAX || jump < -TCP_WINDOW_MAX);
}

/*
 * Is a window known? Toward an end that opens, other rules hold: its SYN decides what it takes
 * (tcp_syn.c).
 */
static bool
tcp_doubt_knows_window(const struct tcp_end *snd, const struct tcp_end *rcv)
{
	const unsigned known = TCP_END_SEQ | TCP_END_ACK;

	return (snd->flags & TCP_END_SEQ) && (rcv->flags & known) == known &&
	       rcv->state != TCPS_SYN_SENT;
}

/*
 * Is SEQ doubtful? RFC 9293 3.10.7.4, first. What lies behind is an old segment, unless no window
 * reaches so far.
 */
static bool
tcp_doubt_seq(const struct tcp_end *snd, const struct tcp_end *rcv, const struct tcp_segment *seg)
{
	int32_t ahead = tcp_seq_diff(seg->seq, snd->snd_nxt);

	if (!tcp_doubt_knows_window(snd, rcv))
		return tcp_doubt_is_jump(snd, seg->seq);
	if (ahead > 0)
		return tcp_seq_gt(seg->seq, rcv->rcv_nxt + tcp_doubt_window(rcv, snd));
	return snd->snd_nxt - seg->seq > 2 * tcp_doubt_reach(rcv, snd);
}

/* Is ACK doubtful? RFC 5961 5.2, with room ahead for bytes that the mirror lost. */
static bool
tcp_doubt_ack(const struct tcp_end *snd, const struct tcp_end *rcv, const struct tcp_segment *seg)
{
	int32_t reach = (int32_t)tcp_doubt_reach(snd, rcv);
	int32_t beyond = tcp_seq_diff(seg->ack, rcv->snd_nxt);

	if (!(seg->flags & TCP_ACK))
		return false;
	if (!tcp_doubt_knows_window(snd, rcv))
		return rcv->state != TCPS_SYN_SENT && tcp_doubt_is_jump(rcv, seg->ack);
	return beyond > reach || beyond < -reach;
}

bool
tcp_doubt_raised(const struct tcp_step *s)
{
	return tcp_doubt_seq(s->snd, s->rcv, s->seg) || tcp_doubt_ack(s->snd, s->rcv, s->seg);
}

/*
 * Sets snd_nxt to where the stream is now. What was passed over is payload, for it was sent; but
 * not beyond any window, unless the other end has `heard` it: then it is another numbering. Returns
 * whether numbers were passed over.
 */
static bool
tcp_doubt_renumber(struct tcp_end *end, struct tcp_claim *claim, uint32_t number, bool heard)
{
	bool jumps = tcp_doubt_is_jump(end, number);
	uint32_t forward = number - end->snd_nxt, back = 0 - forward;

	if (forward == 0 || (end->flags & TCP_END_FIN))
		return false;
	tcp_hole_close(end, claim);
	end->snd_nxt = number;
	/* Back to where the number was before a guess was believed. */
	if (back < 1u << 31 && back <= end->payload) {
		end->payload -= back;
		return false;
	}
	if (heard || !jumps)
		end->payload += forward;
	return true;
}

/*
 * Lets the numbers of both ends follow a segment that is believed in spite of them. `heard`: the
 * other end has shown that it got it.
 */
static unsigned
tcp_doubt_resync(const struct tcp_step *s, bool heard)
{
	const struct tcp_segment *seg = s->seg;
	unsigned result = 0;

	if (tcp_doubt_seq(s->snd, s->rcv, seg) &&
	    tcp_doubt_renumber(s->snd, s->snd_claim, seg->seq, heard))
		result = TCP_GAP;
	if (!tcp_doubt_ack(s->snd, s->rcv, seg))
		return result;
	if (tcp_seq_gt(seg->ack, s->rcv->snd_nxt) &&
	    tcp_doubt_renumber(s->rcv, s->rcv_claim, seg->ack, heard))
		result |= TCP_GAP_PEER;
	if (tcp_seq_leq(seg->ack, s->rcv->snd_nxt))
		s->snd->rcv_nxt = seg->ack;
	return result;
}

static void
tcp_doubt_forget(struct tcp_end *end, struct tcp_claim *claim)
{
	tcp_end_clear(end, TCP_END_DOUBTFUL);
	tcp_end_clear(end, TCP_END_DOUBTFUL_TWICE);
	tcp_claim_clear(claim, TCP_CLAIM_TEXT | TCP_CLAIM_FIN);
	claim->run = 0;
}

/* The number that its receiver acknowledges when it has all of the segment. */
static uint32_t
tcp_claim_end(const struct tcp_claim *claim)
{
	return claim->seq + claim->length + !!(claim->bits & TCP_CLAIM_FIN);
}

static struct tcp_segment
tcp_claim_segment(const struct tcp_claim *claim, const struct tcp_end *snd)
{
	return (struct tcp_segment){
		.seq = claim->seq,
		.ack = claim->ack,
		.length = claim->length,
		.window = (uint16_t)snd->window,
		.wscale = TCP_WSCALE_NONE,
		.flags = claim->bits & TCP_CLAIM_FIN ? TCP_ACK | TCP_FIN : TCP_ACK,
	};
}

/*
 * Takes the remembered segment of the step's sender now, late. The step's own segment is another
 * one.
 */
static unsigned
tcp_doubt_replay(const struct tcp_step *s, bool heard)
{
	const struct tcp_segment old = tcp_claim_segment(s->snd_claim, s->snd);
	struct tcp_step late = *s;
	unsigned result;

	late.seg = &old;
	tcp_doubt_forget(s->snd, s->snd_claim);
	result = tcp_doubt_resync(&late, heard);
	return result | tcp_synchronized(&late);
}

/*
 * The same for the step's receiver. Numbers that the old segment passes over are, for the step's
 * segment, those of the other end.
 */
static unsigned
tcp_doubt_replay_peer(const struct tcp_step *s)
{
	struct tcp_step peer = tcp_step_reverse(s, s->seg);
	unsigned result = tcp_doubt_replay(&peer, true), gaps = TCP_GAP | TCP_GAP_PEER;

	return (result & ~gaps) | (result & TCP_GAP ? TCP_GAP_PEER : 0) |
	       (result & TCP_GAP_PEER ? TCP_GAP : 0);
}

static bool
tcp_doubt_near(uint32_t a, uint32_t b)
{
	return a - b + TCP_REACH_MIN <= 2 * TCP_REACH_MIN;
}

/*
 * Does the other end's doubtful segment match this one? Each must acknowledge where the other's
 * bytes are, one of them exactly: the other may have been sent while more was under way.
 */
static bool
tcp_doubt_matches(const struct tcp_claim *other, const struct tcp_segment *seg)
{
	uint32_t end = tcp_claim_end(other);

	return (other->bits & TCP_CLAIM_TEXT) && tcp_doubt_near(seg->ack, end) &&
	       tcp_doubt_near(seg->seq, other->ack) &&
	       (seg->seq == other->ack || seg->ack - other->seq <= end - other->seq);
}

static bool
tcp_doubt_is_near_own(const struct tcp_claim *own, const struct tcp_segment *seg)
{
	return (own->bits & TCP_CLAIM_TEXT) && tcp_doubt_near(seg->seq, tcp_claim_end(own)) &&
	       tcp_doubt_near(seg->ack, own->ack);
}

static bool
tcp_doubt_goes_on(const struct tcp_claim *own, const struct tcp_segment *seg)
{
	return tcp_doubt_is_near_own(own, seg) &&
	       (seg->seq == tcp_claim_end(own) || own->run >= TCP_RUN_BELIEVED);
}

static void
tcp_doubt_remember(const struct tcp_step *s)
{
	const struct tcp_segment *seg = s->seg;
	struct tcp_claim *own = s->snd_claim;
	bool near = tcp_doubt_is_near_own(own, seg);

	if ((s->snd->flags & TCP_END_DOUBTFUL) && !(own->bits & TCP_CLAIM_TEXT))
		s->snd->flags |= TCP_END_DOUBTFUL_TWICE; /* the claim of the last one is lost */
	s->snd->flags |= TCP_END_DOUBTFUL;
	tcp_claim_clear(own, TCP_CLAIM_FIN);
	own->bits =
	    (uint8_t)(own->bits | TCP_CLAIM_TEXT | (seg->flags & TCP_FIN ? TCP_CLAIM_FIN : 0));
	own->run = near ? (uint8_t)(own->run + 1) : 0;
	own->seq = seg->seq;
	own->ack = seg->ack;
	own->length = (uint16_t)(seg->length < UINT16_MAX ? seg->length : UINT16_MAX);
}

/*
 * Does it acknowledge bytes of the other end's doubtful segment, and none that passed before? The
 * ACK of that segment must have been in order.
 */
static bool
tcp_doubt_is_acknowledged(const struct tcp_step *s)
{
	const struct tcp_claim *other = s->rcv_claim;
	const struct tcp_segment old = tcp_claim_segment(other, s->rcv);

	return (other->bits & TCP_CLAIM_TEXT) && tcp_seq_gt(s->seg->ack, s->rcv->snd_nxt) &&
	       s->seg->ack - other->seq - 1 < tcp_claim_end(other) - other->seq &&
	       !tcp_doubt_ack(s->rcv, s->snd, &old);
}

/* A segment that is not doubtful settles what was remembered of both ends. */
static unsigned
tcp_doubt_hear(const struct tcp_step *s)
{
	unsigned result = tcp_doubt_is_acknowledged(s) ? tcp_doubt_replay_peer(s) : 0;

	tcp_doubt_forget(s->rcv, s->rcv_claim);
	tcp_doubt_forget(s->snd, s->snd_claim);
	return result;
}

static bool
tcp_doubt_is_believed(const struct tcp_step *s, unsigned *result)
{
	bool heard = tcp_doubt_matches(s->rcv_claim, s->seg);

	if (heard)
		*result = tcp_doubt_replay_peer(s);
	else if (tcp_doubt_goes_on(s->snd_claim, s->seg))
		*result = tcp_doubt_replay(s, false);
	else if (!(s->snd->flags & TCP_END_DOUBTFUL_TWICE) || (s->snd_claim->bits & TCP_CLAIM_TEXT))
		return false;
	*result |= tcp_doubt_resync(s, heard);
	tcp_doubt_forget(s->snd, s->snd_claim);
	return true;
}

bool
tcp_doubt_settle(const struct tcp_step *s, unsigned *result)
{
	*result = 0;
	if (!tcp_doubt_raised(s)) {
		if ((s->snd->flags | s->rcv->flags) & TCP_END_DOUBTFUL)
			*result = tcp_doubt_hear(s);
		return true;
	}
	if (tcp_doubt_is_believed(s, result))
		return true;
	tcp_doubt_remember(s);
	return false;
}
