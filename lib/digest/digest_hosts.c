/* SPDX-License-Identifier: BSD-3-Clause */
/* Signs of life; see digest_hosts.h. */

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "digest_hosts.h"

#define HOSTS_OWES_US UINT64_C(1000000) /* longer than any delayed ACK */

/* One end of a row, and the other. */
struct hosts_view {
	const struct report_row *row;
	const struct report_end *own, *peer;
	const struct report_more *own_more, *peer_more;
};

static struct digest_host_key
hosts_key(const struct report_end *end, unsigned version)
{
	struct digest_host_key key = { .ip_version = (uint8_t)version };

	memcpy(key.addr, end->addr, version == 6 ? 16 : 4);
	return key;
}

void
digest_hosts_init(struct mem_table *hosts, struct mem_pool *pool, uint64_t secret)
{
	static const struct mem_table_shape shape = {
		.key_bytes = sizeof(struct digest_host_key),
		.record_bytes = sizeof(struct digest_host),
		.max = DIGEST_HOSTS_MAX,
	};

	mem_table_init(hosts, pool, secret, &shape);
}

int
digest_hosts_want(struct mem_table *hosts, const struct report_end *end, unsigned version)
{
	const struct digest_host_key key = hosts_key(end, version);

	return mem_table_take(hosts, &key) ? 0 : -ENOMEM;
}

const struct digest_host *
digest_hosts_find(const struct mem_table *hosts, const struct report_end *end, unsigned version)
{
	const struct digest_host_key key = hosts_key(end, version);

	return mem_table_find(hosts, &key);
}

int
digest_hosts_owes(const struct report_more *from, const struct report_more *to)
{
	if (!(from->known & REPORT_KNOWS_SND_NXT) || !(to->known & REPORT_KNOWS_RCV_NXT))
		return -1;
	return (int32_t)(from->snd_nxt - to->rcv_nxt) > 0;
}

/* When an end's state proves that it, or its peer, sent something: at its beginning. */
static bool
hosts_state_is_own_doing(unsigned state)
{
	return state == REPORT_FIN_WAIT_1 || state == REPORT_LAST_ACK;
}

static bool
hosts_state_is_peers_doing(unsigned state)
{
	return state == REPORT_FIN_WAIT_2 || state == REPORT_CLOSE_WAIT ||
	       state == REPORT_TIME_WAIT;
}

static uint64_t
hosts_later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* The last moment at which the row proves that its own end sent something; 0: never. */
static uint64_t
hosts_heard_us(const struct hosts_view *v)
{
	uint64_t now_us = digest_row_now_us(v->row);
	uint64_t heard_us = v->row->opened_us;

	if (v->own->packets == 0)
		return 0;
	if (hosts_state_is_own_doing(v->own->state))
		heard_us = hosts_later(heard_us, now_us - v->own_more->in_state_us);
	if (hosts_state_is_peers_doing(v->peer->state))
		heard_us = hosts_later(heard_us, now_us - v->peer_more->in_state_us);
	if (v->peer->packets > 0 && digest_hosts_owes(v->peer_more, v->own_more) == 0)
		heard_us = hosts_later(heard_us, v->row->last_us);
	return heard_us;
}

/* A SYN that is repeated and has never been answered. */
static bool
hosts_is_refused_an_answer(const struct hosts_view *v)
{
	return v->peer->state == REPORT_SYN_SENT && v->own->packets == 0 &&
	       v->row->last_us - v->row->opened_us + v->row->idle_us >= HOSTS_OWES_US;
}

/* Bytes or a FIN that ought to have been acknowledged by now. */
static bool
hosts_is_overdue(const struct hosts_view *v)
{
	return !(v->row->flags & REPORT_ONEWAY) && v->row->idle_us >= HOSTS_OWES_US &&
	       digest_hosts_owes(v->peer_more, v->own_more) == 1;
}

static uint64_t
hosts_asked_us(const struct hosts_view *v)
{
	if (v->row->end_cause != REPORT_END_NONE)
		return 0;
	return hosts_is_refused_an_answer(v) || hosts_is_overdue(v) ? v->row->last_us : 0;
}

static void
hosts_note(struct mem_table *hosts, const struct hosts_view *v)
{
	const struct digest_host_key key = hosts_key(v->own, v->row->ip_version);
	struct digest_host *host = mem_table_find(hosts, &key);

	if (!host)
		return;
	host->heard_us = hosts_later(host->heard_us, hosts_heard_us(v));
	host->asked_us = hosts_later(host->asked_us, hosts_asked_us(v));
}

void
digest_hosts_see(struct mem_table *hosts, const struct report_full *full)
{
	const struct report_row *row = &full->row;
	const struct hosts_view client = { row, &row->client, &row->server, &full->client,
		                           &full->server };
	const struct hosts_view server = { row, &row->server, &row->client, &full->server,
		                           &full->client };

	if (row->proto != IPPROTO_TCP || hosts->n == 0)
		return;
	hosts_note(hosts, &client);
	hosts_note(hosts, &server);
}
