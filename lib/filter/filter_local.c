/* SPDX-License-Identifier: BSD-3-Clause */
/* Lines of rows; see filter_local.h. */

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "filter_local.h"

static int
side_net_has(const struct report_net *net, const uint8_t *addr)
{
	unsigned whole = net->len / 8, rest = net->len % 8;

	if (memcmp(net->addr, addr, whole) != 0)
		return 0;
	return rest == 0 || ((net->addr[whole] ^ addr[whole]) >> (8 - rest)) == 0;
}

static int
side_is_local(const struct filter_local *side, unsigned version, const uint8_t *addr)
{
	if (side->as_version != 0)
		return side->as_version == version &&
		       memcmp(side->as, addr, version == 4 ? 4 : 16) == 0;
	for (unsigned i = 0; i < side->n_nets; i++)
		if (side->nets[i].version == version && side_net_has(&side->nets[i], addr))
			return 1;
	return 0;
}

static int
side_is_alone(const struct filter_local *side, const struct report_row *row,
              const struct report_end *end)
{
	return side->alone &&
	       filter_unconnected_has(side->alone, row->ip_version, end->addr, end->port);
}

/* Has the host a socket for this end? */
static int
side_has_socket(const struct filter_local *side, const struct report_row *row,
                const struct report_end *end)
{
	/* Whoever used the ports again has their socket. */
	if (end->state == REPORT_CLOSED || row->end == REPORT_END_REUSED)
		return side->closed;
	if (end->state == REPORT_UDP)
		return side->served || (end == &row->client && !side_is_alone(side, row, end));
	return end->state != REPORT_LISTEN;
}

unsigned
filter_local_ends(const struct filter_local *side, const struct report_row *row)
{
	unsigned ends = 0;

	if (row->lines & REPORT_LINE_SOCKET)
		return side_is_local(side, row->ip_version, row->client.addr) ? REPORT_LINE_CLIENT
		                                                              : 0;
	if (side_has_socket(side, row, &row->client) &&
	    side_is_local(side, row->ip_version, row->client.addr))
		ends |= REPORT_LINE_CLIENT;
	if (side_has_socket(side, row, &row->server) &&
	    side_is_local(side, row->ip_version, row->server.addr))
		ends |= REPORT_LINE_SERVER;
	return ends;
}

int
filter_local_match(const struct filter_local *side, const struct filter *filter,
                   const struct filter_subject *subject)
{
	unsigned ends = filter_local_ends(side, subject->row);
	struct filter_subject seen = *subject;
	int lines = 0;

	seen.one_end = 1;
	for (unsigned end = REPORT_LINE_CLIENT; end <= REPORT_LINE_SERVER; end <<= 1) {
		int matches;

		if (!(ends & end))
			continue;
		seen.local = end == REPORT_LINE_CLIENT ? FILTER_LOCAL_CLIENT : FILTER_LOCAL_SERVER;
		matches = filter_match(filter, &seen);
		if (matches < 0)
			return matches;
		lines |= matches ? (int)end : 0;
	}
	return lines ? lines | (subject->row->lines & REPORT_LINE_SOCKET) : 0;
}

void
filter_local_learn(struct filter_local *side, const struct report_listen *from)
{
	if (side->alone && from->state == REPORT_LISTEN_UNCONNECTED)
		filter_unconnected_add(side->alone, from->ip_version, from->addr, from->port);
}

int
filter_local_socket(struct report_row *row, const struct report_listen *from)
{
	int listens = from->proto == IPPROTO_TCP && from->state == REPORT_LISTEN_LISTEN;

	if (!listens && from->state != REPORT_LISTEN_ANSWERED &&
	    from->state != REPORT_LISTEN_UNCONNECTED)
		return 0;
	memset(row, 0, sizeof(*row));
	row->proto = from->proto;
	row->ip_version = from->ip_version;
	row->vlan = from->vlan;
	row->opened_us = from->first_us;
	row->last_us = from->last_us;
	row->in_state_us = from->age_us;
	row->idle_us = from->idle_us;
	row->lines = REPORT_LINE_CLIENT | REPORT_LINE_SOCKET;
	memcpy(row->client.addr, from->addr, sizeof(row->client.addr));
	row->client.port = from->port;
	row->client.state = listens ? REPORT_LISTEN : REPORT_UDP;
	return 1;
}
