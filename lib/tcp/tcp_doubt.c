/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Is a segment to be believed? What comes before the first step of RFC 9293 3.10.7.4.
 *
 * Where the numbers of both ends are known, a segment whose SEQ lies outside its receiver's window
 * or whose ACK is out of reach is dropped by a host (RFC 5961 5). The tap does not know all that
 * the hosts know, for the mirror may have been away. So it changes nothing and remembers the
 * segment, until
 *   - the other end acknowledges it, in a segment that is not doubtful itself: believed;
 *   - a doubtful segment of the other end fits to it, each by its ACK where the other's bytes are:
 *     the mirror was away for both directions, and both are believed;
 *   - its sender goes on from there and the other end says nothing: believed, for the other
 *     direction is not seen any more;
 *   - either end sends anything else that is not doubtful: forgotten, it was a guess. A host that
 *     gets such a guess answers at once with an ACK of what it has.
 * When the caller has lost what was remembered, the third doubtful segment in a row is believed: no
 * connection is given up.
 *
 * Cost: a dozen comparisons, for segments off the short path alone.
 */

#include "tcp_step.h"

/* Doubtful segments that follow each other with losses between: believed after so many more. */
#define TCP_RUN_BELIEVED 3

/* The most that may be on its way to `end`: of a scale that was not seen, the worst is thought. */
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

/* RFC 9293 3.10.7.4, first. What lies behind is an old segment, unless no window reaches there. */
static int
tcp_doubt_seq(const struct tcp_end *snd, const struct tcp_end *rcv, const struct tcp_segment *seg)
{
	int32_t ahead = tcp_seq_diff(seg->seq, snd->snd_nxt);

	if (ahead > 0)
		return tcp_seq_gt(seg->seq, rcv->rcv_nxt + tcp_doubt_window(rcv, snd));
	return snd->snd_nxt - seg->seq > 2 * tcp_doubt_reach(rcv, snd);
}

/* RFC 5961 5.2, with room ahead for bytes that the mirror lost. */
static int
tcp_doubt_ack(const struct tcp_end *snd, const struct tcp_end *rcv, const struct tcp_segment *seg)
{
	int32_t reach = (int32_t)tcp_doubt_reach(snd, rcv);
	int32_t beyond = tcp_seq_diff(seg->ack, rcv->snd_nxt);

	return (seg->flags & TCP_ACK) && (beyond > reach || beyond < -reach);
}

/* Toward an end that opens, other rules hold: what it gets is told by its SYN. */
static int
tcp_doubt_raised(const struct tcp_step *s)
{
	const unsigned known = TCP_END_SEQ | TCP_END_ACK;

	return (s->snd->flags & TCP_END_SEQ) && (s->rcv->flags & known) == known &&
	       s->rcv->state != TCPS_SYN_SENT &&
	       (tcp_doubt_seq(s->snd, s->rcv, s->seg) || tcp_doubt_ack(s->snd, s->rcv, s->seg));
}

int
tcp_doubt_renumber(struct tcp_end *end, struct tcp_claim *note, uint32_t number)
{
	uint32_t forward = number - end->snd_nxt, back = 0 - forward;

	if (forward == 0 || (end->flags & TCP_END_FIN))
		return 0;
	tcp_hole_close(end, note);
	end->snd_nxt = number;
	/* Back to where it was before a guess was believed. */
	if (back < 1u << 31 && back <= end->payload) {
		end->payload -= back;
		return 0;
	}
	end->payload += forward;
	return 1;
}

/* Lets the numbers of both ends follow a segment that is believed in spite of them. */
static unsigned
tcp_doubt_resync(const struct tcp_step *s)
{
	const struct tcp_segment *seg = s->seg;
	unsigned result = 0;

	if (!tcp_doubt_raised(s))
		return 0;
	if (tcp_doubt_seq(s->snd, s->rcv, seg) && tcp_doubt_renumber(s->snd, s->snd_note, seg->seq))
		result = TCP_GAP;
	if (!tcp_doubt_ack(s->snd, s->rcv, seg))
		return result;
	if (tcp_seq_gt(seg->ack, s->rcv->snd_nxt) &&
	    tcp_doubt_renumber(s->rcv, s->rcv_note, seg->ack))
		result |= TCP_GAP_PEER;
	if (tcp_seq_leq(seg->ack, s->rcv->snd_nxt))
		s->snd->rcv_nxt = seg->ack;
	return result;
}

static void
tcp_doubt_forget(struct tcp_end *end, struct tcp_claim *note)
{
	end->flags &= ~(unsigned)(TCP_END_STRAY | TCP_END_STRAY_TWICE) & 0x1fffu;
	tcp_claim_clear(note, TCP_CLAIM_TEXT | TCP_CLAIM_FIN);
	note->run = 0;
}

/* What its receiver acknowledges when it has all of it. */
static uint32_t
tcp_claim_end(const struct tcp_claim *note)
{
	return note->seq + note->length + !!(note->bits & TCP_CLAIM_FIN);
}

static struct tcp_segment
tcp_claim_segment(const struct tcp_claim *note, const struct tcp_end *snd)
{
	return (struct tcp_segment){
		.seq = note->seq,
		.ack = note->ack,
		.length = note->length,
		.window = (uint16_t)snd->window,
		.wscale = TCP_WSCALE_NONE,
		.flags = note->bits & TCP_CLAIM_FIN ? TCP_ACK | TCP_FIN : TCP_ACK,
	};
}

/* Takes the remembered segment of the step's sender, late. The step's own segment is not it. */
static unsigned
tcp_doubt_replay(const struct tcp_step *s)
{
	const struct tcp_segment old = tcp_claim_segment(s->snd_note, s->snd);
	struct tcp_step again = *s;
	unsigned result;

	again.seg = &old;
	tcp_doubt_forget(s->snd, s->snd_note);
	result = tcp_doubt_resync(&again);
	return result | tcp_synchronized(&again);
}

/* The same of the step's receiver: what it passed over is, for this segment, the other end's. */
static unsigned
tcp_doubt_replay_peer(const struct tcp_step *s)
{
	struct tcp_step peer = tcp_step_reverse(s, s->seg);
	unsigned result = tcp_doubt_replay(&peer), gaps = TCP_GAP | TCP_GAP_PEER;

	return (result & ~gaps) | (result & TCP_GAP ? TCP_GAP_PEER : 0) |
	       (result & TCP_GAP_PEER ? TCP_GAP : 0);
}

static int
tcp_doubt_near(uint32_t a, uint32_t b)
{
	return a - b + TCP_REACH_MIN <= 2 * TCP_REACH_MIN;
}

/*
 * The other end's doubtful segment and this one: each acknowledges where the other's bytes are, one
 * of them exactly; the other may have been sent while more was under way.
 */
static int
tcp_doubt_fits(const struct tcp_claim *other, const struct tcp_segment *seg)
{
	uint32_t end = tcp_claim_end(other);

	return (other->bits & TCP_CLAIM_TEXT) && tcp_doubt_near(seg->ack, end) &&
	       tcp_doubt_near(seg->seq, other->ack) &&
	       (seg->seq == other->ack || seg->ack - other->seq <= end - other->seq);
}

static int
tcp_doubt_is_near_own(const struct tcp_claim *own, const struct tcp_segment *seg)
{
	return (own->bits & TCP_CLAIM_TEXT) && tcp_doubt_near(seg->seq, tcp_claim_end(own)) &&
	       tcp_doubt_near(seg->ack, own->ack);
}

static int
tcp_doubt_goes_on(const struct tcp_claim *own, const struct tcp_segment *seg)
{
	return tcp_doubt_is_near_own(own, seg) &&
	       (seg->seq == tcp_claim_end(own) || own->run >= TCP_RUN_BELIEVED);
}

static void
tcp_doubt_remember(const struct tcp_step *s)
{
	const struct tcp_segment *seg = s->seg;
	struct tcp_claim *own = s->snd_note;
	int near = tcp_doubt_is_near_own(own, seg);

	if ((s->snd->flags & TCP_END_STRAY) && !(own->bits & TCP_CLAIM_TEXT))
		s->snd->flags |= TCP_END_STRAY_TWICE; /* the note of the last one is lost */
	s->snd->flags |= TCP_END_STRAY;
	tcp_claim_clear(own, TCP_CLAIM_FIN);
	own->bits =
	    (uint8_t)(own->bits | TCP_CLAIM_TEXT | (seg->flags & TCP_FIN ? TCP_CLAIM_FIN : 0));
	own->run = near ? (uint8_t)(own->run + 1) : 0;
	own->seq = seg->seq;
	own->ack = seg->ack;
	own->length = (uint16_t)(seg->length < UINT16_MAX ? seg->length : UINT16_MAX);
}

/* Bytes of the other end's doubtful segment, and none that passed before. Its ACK was in order. */
static int
tcp_doubt_is_acknowledged(const struct tcp_step *s)
{
	const struct tcp_claim *other = s->rcv_note;
	const struct tcp_segment old = tcp_claim_segment(other, s->rcv);

	return (other->bits & TCP_CLAIM_TEXT) && (s->seg->flags & TCP_ACK) &&
	       tcp_seq_gt(s->seg->ack, s->rcv->snd_nxt) &&
	       s->seg->ack - other->seq - 1 < tcp_claim_end(other) - other->seq &&
	       !tcp_doubt_ack(s->rcv, s->snd, &old);
}

/* Not doubtful: it settles what was remembered of both. */
static unsigned
tcp_doubt_hear(const struct tcp_step *s)
{
	unsigned result = tcp_doubt_is_acknowledged(s) ? tcp_doubt_replay_peer(s) : 0;

	tcp_doubt_forget(s->rcv, s->rcv_note);
	tcp_doubt_forget(s->snd, s->snd_note);
	return result;
}

static int
tcp_doubt_is_believed(const struct tcp_step *s, unsigned *result)
{
	if (tcp_doubt_fits(s->rcv_note, s->seg))
		*result = tcp_doubt_replay_peer(s);
	else if (tcp_doubt_goes_on(s->snd_note, s->seg))
		*result = tcp_doubt_replay(s);
	else if (!(s->snd->flags & TCP_END_STRAY_TWICE) || (s->snd_note->bits & TCP_CLAIM_TEXT))
		return 0;
	*result |= tcp_doubt_resync(s);
	tcp_doubt_forget(s->snd, s->snd_note);
	return 1;
}

int
tcp_doubt_settle(const struct tcp_step *s, unsigned *result)
{
	*result = 0;
	if (!tcp_doubt_raised(s)) {
		if ((s->snd->flags | s->rcv->flags) & TCP_END_STRAY)
			*result = tcp_doubt_hear(s);
		return 1;
	}
	if (!(s->seg->flags & TCP_ACK))
		return 0; /* no host sends that */
	if (tcp_doubt_is_believed(s, result))
		return 1;
	tcp_doubt_remember(s);
	return 0;
}
