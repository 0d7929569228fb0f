/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Keep-alives of a half-closed connection: RFC 9293 3.8.4.
 *
 * A host that keeps a connection alive repeats the number before its next, with one byte or none,
 * and the other answers by an ACK without news. Both say that the hosts are alive. Neither says
 * that anybody uses what is left of the connection; on the contrary, a host probes what was idle
 * for long. So whoever searches for ends that are not closed must not take them for use
 * (digest_half.h). Pure, worker.
 */

#include "tcp_step.h"

/* A probe of a closed window is alike, but then there is something to be sent. */
static bool
tcp_is_keepalive(const struct tcp_step *s)
{
	return s->seg->length <= 1 && s->seg->seq + 1 == s->snd->snd_nxt && s->rcv->window != 0;
}

static bool
tcp_is_answer(const struct tcp_step *s)
{
	return s->seg->length == 0 && s->seg->seq == s->snd->snd_nxt &&
	       (s->rcv->probed || s->seg->window == s->snd->window);
}

void
tcp_probe(const struct tcp_step *s)
{
	bool is_news = !(s->snd->flags & TCP_END_SEQ) || !(s->snd->flags & TCP_END_ACK) ||
	               tcp_seq_gt(s->seg->ack, s->snd->rcv_nxt) || (s->seg->flags & TCP_FIN);

	if (!is_news && tcp_is_keepalive(s))
		s->snd->probed = 1;
	else if (is_news || !tcp_is_answer(s))
		s->snd->probed = s->rcv->probed = 0;
}
