/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * RSTs in open connections: whose they are, what they cut off, and whether they are forged. See
 * trouble.h.
 *
 * A RST is somebody else's if its TTL is not one that the host has in whose name it comes, or if
 * that end goes on sending behind the number of its own RST. Single bits are no proof (a load
 * balancer answers for its servers with a TTL of its own): who reads them decides.
 */

#include <string.h>

#include "trouble_own.h"

#define TROUBLE_BOTH_US 1000000 /* between a RST in the name of one end and that of the other */

/* --- TTLs ----------------------------------------------------------------------------------- */

void
trouble_learn_another(struct trouble_host *host, uint8_t ttl)
{
	memmove(&host->ttl[1], &host->ttl[0], TROUBLE_TTLS - 1);
	host->ttl[0] = ttl;
}

/* Is it known which TTLs the sender has, and is this another one? */
static bool
trouble_is_other_ttl(struct troubles *troubles, const struct trouble_moment *m)
{
	uint32_t tag;
	const struct trouble_host *host = trouble_host(troubles, m->e, m->dir, &tag);

	if (host->tag != tag)
		return false;
	for (unsigned i = 0; i < TROUBLE_TTLS; i++)
		if (host->ttl[i] == m->pk->ttl)
			return false;
	return true;
}

/* --- RSTs ----------------------------------------------------------------------------------- */

static void
trouble_forged(struct troubles *troubles, const struct trouble_moment *m, unsigned end,
               unsigned why)
{
	trouble_add(troubles, m, trouble_of(m->e, end, REPORT_TROUBLE_FORGED_CLIENT), why);
}

/* A RST of each end, within a second, both with their sender's next number. */
static bool
trouble_is_of_both(const struct trouble_moment *m)
{
	const struct tcp_end *snd = &m->e->end[m->dir];

	return m->was_rst[!m->dir] && !m->was_rst[m->dir] && m->was[0] == TCPS_CLOSED &&
	       m->was[1] == TCPS_CLOSED && (snd->flags & TCP_END_SEQ) &&
	       m->pk->seq == snd->snd_nxt && m->now_us - m->e->since_us <= TROUBLE_BOTH_US;
}

/* A believed RST between two ends that were open. */
static void
trouble_reset(struct troubles *troubles, const struct trouble_moment *m)
{
	uint64_t idle_us = trouble_idle(troubles, m, !m->dir);

	trouble_add(troubles, m, trouble_of(m->e, m->dir, REPORT_TROUBLE_RESET_CLIENT), 0);
	if (trouble_outstanding(m->e, m->dir) + trouble_outstanding(m->e, !m->dir) > 0)
		trouble_add(troubles, m, trouble_of(m->e, m->dir, REPORT_TROUBLE_CUT_CLIENT), 0);
	if (idle_us != 0)
		trouble_add(troubles, m, REPORT_TROUBLE_IDLE_RESET, idle_us);
}

void
trouble_rst(struct troubles *troubles, const struct trouble_moment *m)
{
	unsigned why = 0;

	if ((m->result & TCP_RST_BELIEVED) && m->was[0] == TCPS_ESTABLISHED &&
	    m->was[1] == TCPS_ESTABLISHED)
		trouble_reset(troubles, m);
	if (m->was[0] < TCPS_SYN_RECEIVED || m->was[1] < TCPS_SYN_RECEIVED)
		why = trouble_is_of_both(m) ? REPORT_FORGED_BOTH : 0;
	else if (!(m->result & (TCP_RST_BELIEVED | TCP_RST_IGNORED)))
		return;
	if ((why != 0 || m->was[m->dir] >= TCPS_SYN_RECEIVED) && trouble_is_other_ttl(troubles, m))
		why |= REPORT_FORGED_TTL;
	if (why != 0)
		trouble_forged(troubles, m, m->dir, why);
}

/* An end that a RST had closed goes on. Whose RST was it? */
void
trouble_rst_denied(struct troubles *troubles, const struct trouble_moment *m)
{
	if (m->was[m->dir] != TCPS_CLOSED || m->e->end[m->dir].state == TCPS_CLOSED)
		return;
	if (m->was_rst[m->dir])
		trouble_forged(troubles, m, m->dir, REPORT_FORGED_GOES);
	else if (m->was_rst[!m->dir])
		trouble_forged(troubles, m, !m->dir, REPORT_FORGED_DENIED);
}
