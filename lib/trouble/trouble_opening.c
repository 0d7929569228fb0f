/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Openings that come to nothing: SYNs sent again, refused, about which an error came, and servers
 * that do not take a connection though its handshake has passed. See trouble.h.
 */

#include "trouble_own.h"

/* SYNs without an answer after which a connection counts as unanswered: seconds apart. */
#define TROUBLE_SYNS 3
/* SYN-ACKs sent again without data: TCP_DEFER_ACCEPT asks once, a full queue goes on. */
#define TROUBLE_SYN_ACKS 3

/*
 * The server repeats its SYN-ACK after the ACK of it. If the client has sent data, it has not taken
 * these either. Without data it may wait for them (TCP_DEFER_ACCEPT), and then it asks once.
 */
static bool
trouble_is_deaf(const struct trouble_moment *m)
{
	const struct tcp_end *server = &m->e->end[m->dir], *client = &m->e->end[!m->dir];

	if (!(server->flags & TCP_END_DEAF))
		return false;
	if (client->payload > 0)
		return server->retransmitted == 1;
	return server->retransmitted == TROUBLE_SYN_ACKS;
}

void
trouble_syn_repeated(struct troubles *troubles, const struct trouble_moment *m)
{
	bool answers = m->pk->tcp_flags & PACKET_TCP_ACK;

	if (answers) {
		if (m->dir != entry_client(m->e) && trouble_is_deaf(m))
			trouble_add(troubles, m, REPORT_TROUBLE_DEAF, REPORT_DEAF_REPEATS);
		return;
	}
	if (m->dir != entry_client(m->e) || m->e->end[!m->dir].packets != 0)
		return;
	trouble_add(troubles, m, REPORT_TROUBLE_SYN_AGAIN, 0);
	if (m->e->end[m->dir].packets + 1 == TROUBLE_SYNS)
		trouble_add(troubles, m, REPORT_TROUBLE_UNANSWERED, 0);
}

void
trouble_refused(struct troubles *troubles, const struct entry *e, unsigned server, uint64_t now_us)
{
	if (server != entry_client(e))
		trouble_queue(troubles, e, now_us, REPORT_TROUBLE_REFUSED, 1, 0, 0);
}

void
trouble_icmp(struct troubles *troubles, const struct entry *e, unsigned dir, unsigned icmp,
             uint64_t now_us)
{
	if (!entry_is_udp(e) && e->end[dir].state == TCPS_SYN_SENT && dir == entry_client(e))
		trouble_queue(troubles, e, now_us, REPORT_TROUBLE_UNREACHABLE, 1, 1u << icmp, 0);
}
