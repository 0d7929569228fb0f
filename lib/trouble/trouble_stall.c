/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The same bytes sent again and again, and what came of bytes that were sent after a long silence.
 * See trouble.h.
 */

#include "trouble_own.h"

/* The first time and three more: a lossy path lets one of four through. */
#define TROUBLE_REPEATS 3
/* A segment may be as much shorter than the MSS, for its options (RFC 6691). */
#define TROUBLE_OPTIONS 60
/* No path is narrower (RFC 791); and where the MSS is not known, nothing shorter is a full one. */
#define TROUBLE_FULL_MIN 536
#define TROUBLE_FULL     1200

static bool
trouble_is_full(const struct trouble_moment *m)
{
	uint32_t mss = (uint32_t)m->e->more[!m->dir].mss, length = m->pk->payload_bytes;

	if (mss < TROUBLE_FULL_MIN)
		return length >= TROUBLE_FULL;
	return length >= TROUBLE_FULL_MIN && length + TROUBLE_OPTIONS >= mss;
}

/* Has the other end acknowledged bytes, but never as many as a full segment has? */
static bool
trouble_has_small(const struct trouble_moment *m)
{
	const struct tcp_end *snd = &m->e->end[m->dir], *rcv = &m->e->end[!m->dir];
	uint32_t acked = rcv->rcv_nxt - tcp_end_stream_start(snd);

	return (rcv->flags & TCP_END_ACK) && acked > 0 && acked < m->pk->payload_bytes;
}

/*
 * Has the server said nothing since its SYN-ACK? A server that sends SYN cookies does not repeat
 * it. One that did repeat it is known already.
 */
static bool
trouble_is_not_taken(const struct trouble_moment *m)
{
	const struct tcp_end *client = &m->e->end[m->dir], *server = &m->e->end[!m->dir];

	return m->dir == entry_client(m->e) && (server->flags & TCP_END_SYN) &&
	       server->payload == 0 && server->retransmitted == 0 && server->packets == 1 &&
	       server->rcv_nxt == tcp_end_stream_start(client);
}

uint64_t
trouble_idle(struct troubles *troubles, const struct trouble_moment *m, unsigned dir)
{
	return entry_rtt_idle(troubles->rtt, m->e, m->number, dir);
}

static void
trouble_stalled(struct troubles *troubles, const struct trouble_moment *m,
                const struct trouble_stall *stall)
{
	bool heard = (uint32_t)m->e->end[!m->dir].packets != stall->heard;
	uint32_t length = m->pk->payload_bytes;
	uint64_t idle_us = 0;

	if (trouble_is_full(m) && (heard || trouble_has_small(m)))
		trouble_add(troubles, m, trouble_of(m->e, m->dir, REPORT_TROUBLE_TOO_BIG_CLIENT),
		            length);
	if (heard)
		return;
	if (trouble_is_not_taken(m))
		trouble_add(troubles, m, REPORT_TROUBLE_DEAF, REPORT_DEAF_SILENT);
	trouble_add(troubles, m, trouble_of(m->e, m->dir, REPORT_TROUBLE_STALLED_CLIENT), length);
	idle_us = trouble_idle(troubles, m, m->dir);
	if (idle_us != 0)
		trouble_add(troubles, m, REPORT_TROUBLE_IDLE_SILENT, idle_us);
}

void
trouble_repeated(struct troubles *troubles, const struct trouble_moment *m)
{
	struct trouble_stall *stall = trouble_stall_of(troubles, m->number);

	if (stall->repeats == 0 || stall->seq != m->pk->seq || stall->dir != m->dir) {
		stall->seq = m->pk->seq;
		stall->dir = (uint8_t)m->dir;
		stall->length = (uint16_t)base_min_u32(m->pk->payload_bytes, UINT16_MAX);
		stall->heard = (uint32_t)m->e->end[!m->dir].packets;
		stall->repeats = 0;
	}
	if (stall->repeats == UINT8_MAX)
		return;
	stall->repeats++;
	if (stall->repeats == TROUBLE_REPEATS)
		trouble_stalled(troubles, m, stall);
}

void
trouble_survived(struct troubles *troubles, const struct entry *e, uint64_t idle_us,
                 uint64_t now_us)
{
	trouble_queue(troubles, e, now_us, REPORT_TROUBLE_IDLE_SURVIVED, 1, idle_us, 0);
}
