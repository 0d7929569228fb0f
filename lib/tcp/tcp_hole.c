/* SPDX-License-Identifier: BSD-3-Clause */
/* The list of holes of an end; see tcp_hole.h. Pure, worker. */

#include <string.h>

#include "tcp_step.h"

/* No network reorders so far; Wireshark takes the same bound. */
#define TCP_REORDER_US 3000
/* RFC 5681 3.2: a host sends again what three ACKs have not asked beyond. */
#define TCP_AGAIN_ACKS 3
/* Identifications nearer than this are of one counter. Others are random, and say nothing. */
#define TCP_ID_NEAR 1024

/* --- the list ------------------------------------------------------------------------------- */

static bool
tcp_hole_is_known(const struct tcp_end *end, const struct tcp_claim *claim)
{
	return (end->flags & TCP_END_HOLE) && (claim->bits & TCP_CLAIM_HOLE);
}

void
tcp_hole_close(struct tcp_end *end, struct tcp_claim *claim)
{
	tcp_end_clear(end, TCP_END_HOLE);
	tcp_claim_clear(claim, TCP_CLAIM_HOLE);
	claim->n_holes = 0;
}

static void
tcp_hole_remove(struct tcp_end *end, struct tcp_claim *claim, unsigned i)
{
	claim->n_holes--;
	memmove(&claim->holes[i], &claim->holes[i + 1],
	        (claim->n_holes - i) * sizeof(claim->holes[0]));
	if (claim->n_holes == 0)
		tcp_hole_close(end, claim);
}

/* The newest is the last. Where there is no room the oldest is given up. */
static void
tcp_hole_add(struct tcp_claim *claim, const struct tcp_hole *hole)
{
	if (claim->n_holes == TCP_HOLES) {
		claim->n_holes--;
		memmove(&claim->holes[0], &claim->holes[1],
		        claim->n_holes * sizeof(claim->holes[0]));
	}
	claim->holes[claim->n_holes++] = *hole;
}

static bool
tcp_hole_begin(struct tcp_end *end, struct tcp_claim *claim, const struct tcp_end *peer,
               const struct tcp_hole *hole)
{
	bool lost = (end->flags & TCP_END_HOLE) && !(peer->flags & TCP_END_ACK);

	if (lost || !tcp_hole_is_known(end, claim))
		claim->n_holes = 0;
	end->flags |= TCP_END_HOLE;
	claim->bits |= TCP_CLAIM_HOLE;
	tcp_hole_add(claim, hole);
	return lost;
}

bool
tcp_hole_open(struct tcp_end *end, struct tcp_claim *claim, const struct tcp_end *peer,
              uint32_t from, const struct tcp_segment *seg)
{
	const struct tcp_hole hole = { from, seg->seq, seg->at_us, seg->id, 0, 0 };

	return tcp_hole_begin(end, claim, peer, &hole);
}

bool
tcp_hole_open_heard(struct tcp_end *end, struct tcp_claim *claim, const struct tcp_end *peer,
                    uint32_t from, const struct tcp_segment *seg)
{
	const struct tcp_hole hole = { from, seg->ack, seg->at_us, 0, 0, 1 };

	return tcp_hole_begin(end, claim, peer, &hole);
}

/* --- late bytes ----------------------------------------------------------------------------- */

/*
 * Is this segment newer than the one behind the hole? Then its bytes were sent again. The
 * identification says it where hosts count them; else a host had to be asked, or to wait.
 */
static bool
tcp_hole_is_again(const struct tcp_hole *hole, const struct tcp_segment *seg)
{
	int newer = (int16_t)(uint16_t)(seg->id - hole->id);

	if (hole->heard)
		return false;
	if (seg->id != 0 && hole->id != 0 && newer != 0 && newer < TCP_ID_NEAR &&
	    newer > -TCP_ID_NEAR)
		return newer > 0;
	return hole->acks >= TCP_AGAIN_ACKS || seg->at_us - hole->at_us >= TCP_REORDER_US;
}

/* Takes from..to, which overlaps it, out of hole `i`. From its middle it leaves two. */
static void
tcp_hole_cut(struct tcp_end *end, struct tcp_claim *claim, unsigned i, uint32_t from, uint32_t to)
{
	struct tcp_hole *hole = &claim->holes[i];
	struct tcp_hole rest = *hole;

	if (tcp_seq_leq(from, hole->from) && tcp_seq_geq(to, hole->to)) {
		tcp_hole_remove(end, claim, i);
	} else if (tcp_seq_leq(from, hole->from)) {
		hole->from = to;
	} else if (tcp_seq_geq(to, hole->to)) {
		hole->to = from;
	} else if (claim->n_holes < TCP_HOLES) {
		hole->to = from;
		rest.from = to;
		memmove(&claim->holes[i + 2], &claim->holes[i + 1],
		        (claim->n_holes - i - 1) * sizeof(claim->holes[0]));
		claim->holes[i + 1] = rest;
		claim->n_holes++;
	}
}

unsigned
tcp_hole_fill(struct tcp_end *end, struct tcp_claim *claim, uint32_t from, uint32_t to,
              const struct tcp_segment *seg)
{
	unsigned fill = TCP_HOLE_NOT;

	if (!tcp_hole_is_known(end, claim)) {
		tcp_hole_close(end, claim);
		return TCP_HOLE_WHOLLY;
	}
	for (unsigned i = claim->n_holes; i-- > 0;) {
		const struct tcp_hole hole = claim->holes[i];

		if (tcp_seq_leq(to, hole.from) || tcp_seq_geq(from, hole.to))
			continue;
		if (tcp_seq_geq(from, hole.from) && tcp_seq_leq(to, hole.to))
			fill |= TCP_HOLE_WHOLLY;
		fill |= TCP_HOLE_PARTLY | (tcp_hole_is_again(&hole, seg) ? TCP_HOLE_AGAIN : 0);
		tcp_hole_cut(end, claim, i, from, to);
	}
	return fill;
}

bool
tcp_hole_take_last(struct tcp_end *end, struct tcp_claim *claim, uint32_t number)
{
	struct tcp_hole *last = &claim->holes[claim->n_holes - 1u];

	if (!tcp_hole_is_known(end, claim)) {
		tcp_hole_close(end, claim);
		return true;
	}
	if (last->to != number + 1)
		return false;
	tcp_hole_cut(end, claim, claim->n_holes - 1u, number, number + 1);
	return true;
}

/* --- ACKs ----------------------------------------------------------------------------------- */

bool
tcp_hole_acked(struct tcp_end *end, struct tcp_claim *claim, const struct tcp_end *peer,
               const struct tcp_segment *seg)
{
	bool news = (peer->flags & TCP_END_ACK) && tcp_seq_gt(seg->ack, peer->rcv_nxt);
	bool covers = false;

	if (!tcp_hole_is_known(end, claim)) {
		covers = news && tcp_seq_geq(seg->ack, end->snd_nxt);
		if (covers)
			tcp_hole_close(end, claim);
		return covers;
	}
	for (unsigned i = claim->n_holes; i-- > 0;) {
		struct tcp_hole *hole = &claim->holes[i];

		if (news && tcp_seq_geq(seg->ack, hole->to)) {
			covers = true;
			tcp_hole_remove(end, claim, i);
		} else if (seg->length == 0 && hole->acks < UINT8_MAX) {
			hole->acks++;
		}
	}
	return covers;
}
