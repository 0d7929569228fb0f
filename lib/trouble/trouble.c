/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Segments lost before the tap, behind it, at the mirror; closed windows. See trouble.h.
 *
 * Segments are counted out of those of connections that lost some, since nobody counts the others
 * by socket while they pass: what such a connection has sent since it lost one the last time. So a
 * share of losses is that of the connections that have losses.
 */

#include "trouble_own.h"

#define TROUBLE_WINDOW_US  1000000 /* a window closed for less is a reader that reads */
#define TROUBLE_WHOLE_LATE 4096    /* packets that one loss may be counted out of at first */
/* After so many times the same bytes are no news of the path's losses: nobody takes them. */
#define TROUBLE_SAME_BYTES 3

void
trouble_init(struct troubles *troubles, struct endpoint_case_table *cases,
             struct endpoint_events *events, struct entry_rtt *rtt)
{
	endpoint_troubles_init(&troubles->queue, cases, events);
	troubles->rtt = rtt;
}

/* The slot, which is this flow's from now on. */
static struct trouble_stall *
trouble_stall_take(struct troubles *troubles, const struct trouble_moment *m)
{
	struct trouble_stall *stall = &troubles->stalls[m->number % TROUBLE_STALLS];

	if (stall->owner == m->number + 1)
		return stall;
	*stall = (struct trouble_stall){ .owner = m->number + 1 };
	for (unsigned end = 0; end < 2; end++) {
		uint32_t packets = (uint32_t)m->e->end[end].packets;

		stall->counted[end] =
		    packets > TROUBLE_WHOLE_LATE ? packets - TROUBLE_WHOLE_LATE : 0;
	}
	return stall;
}

/* What end `end` has sent since it was last asked for. Its counter goes round now and then. */
static uint32_t
trouble_whole(struct troubles *troubles, const struct trouble_moment *m, unsigned end)
{
	struct trouble_stall *stall = trouble_stall_take(troubles, m);
	uint32_t packets = (uint32_t)m->e->end[end].packets + (end == m->dir);
	uint32_t since = packets >= stall->counted[end] ? packets - stall->counted[end] : packets;

	stall->counted[end] = packets;
	return since;
}

static void
trouble_lost(struct troubles *troubles, const struct trouble_moment *m, uint32_t client,
             unsigned end)
{
	trouble_queue(troubles, m->e, m->now_us, trouble_of(m->e, end, client), 1, 0,
	              trouble_whole(troubles, m, end));
}

/*
 * Was it sent again, though nothing but the way should have kept it from its receiver? One whose
 * window is closed has no room for it.
 */
static bool
trouble_is_resent(const struct trouble_moment *m)
{
	return (m->result & TCP_RETRANSMISSION) && !(m->result & TCP_LOST) &&
	       m->pk->payload_bytes > 0 && !(m->e->end[!m->dir].flags & TCP_END_WINDOW_CLOSED);
}

static void
trouble_losses(struct troubles *troubles, const struct trouble_moment *m)
{
	const struct trouble_stall *stall;

	if (m->result & TCP_LOST)
		trouble_lost(troubles, m, REPORT_TROUBLE_LOST_BEFORE_CLIENT, m->dir);
	if (m->result & TCP_GAP)
		trouble_lost(troubles, m, REPORT_TROUBLE_UNSEEN_CLIENT, m->dir);
	if (m->result & TCP_GAP_PEER)
		trouble_lost(troubles, m, REPORT_TROUBLE_UNSEEN_CLIENT, !m->dir);
	if (!trouble_is_resent(m))
		return;
	if (m->result & TCP_NEEDLESS) {
		trouble_lost(troubles, m, REPORT_TROUBLE_NEEDLESS_CLIENT, m->dir);
		return;
	}
	trouble_stall_take(troubles, m);
	trouble_repeated(troubles, m);
	stall = trouble_stall_of(troubles, m->number);
	if (stall->repeats <= TROUBLE_SAME_BYTES)
		trouble_lost(troubles, m, REPORT_TROUBLE_LOST_BEHIND_CLIENT, m->dir);
}

static void
trouble_window(struct troubles *troubles, const struct trouble_moment *m)
{
	uint32_t trouble = trouble_of(m->e, m->dir, REPORT_TROUBLE_WINDOW_CLIENT);

	if (m->closed_us < TROUBLE_WINDOW_US)
		return;
	trouble_queue(troubles, m->e, m->now_us, trouble, !!(m->result & TCP_WINDOW_OPENED),
	              m->closed_us, 0);
}

void
trouble_segment(struct troubles *troubles, const struct trouble_moment *m)
{
	if (m->pk->tcp_flags & PACKET_TCP_RST) {
		trouble_rst(troubles, m);
		return;
	}
	if (m->pk->tcp_flags & PACKET_TCP_SYN) {
		if (m->result & TCP_RETRANSMISSION)
			trouble_syn_repeated(troubles, m);
		return;
	}
	trouble_losses(troubles, m);
	trouble_window(troubles, m);
	if (m->result & TCP_RST_DENIED)
		trouble_rst_denied(troubles, m);
}
