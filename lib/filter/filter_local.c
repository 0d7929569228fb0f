/* SPDX-License-Identifier: BSD-3-Clause */
/* The lines that rows give; see filter_local.h. */

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "base_net.h"
#include "filter_local.h"

static bool
local_has_address(const struct filter_local *local, unsigned version, const uint8_t *addr)
{
	if (local->as_version != 0)
		return local->as_version == version &&
		       memcmp(local->as, addr, version == 4 ? 4 : 16) == 0;
	for (unsigned i = 0; i < local->n_nets; i++)
		if (local->nets[i].version == version &&
		    base_net_agree(local->nets[i].addr, addr, local->nets[i].len))
			return true;
	return false;
}

static bool
local_is_unconnected(const struct filter_local *local, const struct report_row *row,
                     const struct report_end *end)
{
	return local->unconnected &&
	       filter_unconnected_has(local->unconnected, row->ip_version, end->addr, end->port);
}

/* Has the host a socket for this end? */
static bool
local_has_socket(const struct filter_local *local, const struct report_row *row,
                 const struct report_end *end)
{
	/* The later connection of these ports has the socket. */
	if (end->state == REPORT_CLOSED || row->replaced)
		return local->closed;
	if (end->state == REPORT_UDP)
		return local->served ||
		       (end == &row->client && !local_is_unconnected(local, row, end));
	return end->state != REPORT_LISTEN;
}

/* Is it a socket connected to itself? Its host has one line for it. */
static bool
local_is_self(const struct report_row *row)
{
	return row->client.port == row->server.port && row->proto == IPPROTO_TCP &&
	       memcmp(row->client.addr, row->server.addr, sizeof(row->client.addr)) == 0;
}

unsigned
filter_local_ends(const struct filter_local *local, const struct report_row *row)
{
	unsigned ends = 0;

	if (row->lines & REPORT_LINE_SOCKET)
		return local_has_address(local, row->ip_version, row->client.addr)
		           ? REPORT_LINE_CLIENT
		           : 0;
	if (local_has_socket(local, row, &row->client) &&
	    local_has_address(local, row->ip_version, row->client.addr))
		ends |= REPORT_LINE_CLIENT;
	if (local_has_socket(local, row, &row->server) &&
	    local_has_address(local, row->ip_version, row->server.addr) && !local_is_self(row))
		ends |= REPORT_LINE_SERVER;
	return ends;
}

int
filter_local_match(const struct filter_local *local, const struct filter *filter,
                   const struct filter_subject *subject)
{
	unsigned ends = filter_local_ends(local, subject->row);
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
filter_local_learn(struct filter_local *local, const struct report_listen *from)
{
	if (local->unconnected && from->state == REPORT_LISTEN_UNCONNECTED)
		filter_unconnected_add(local->unconnected, from->ip_version, from->addr,
		                       from->port);
}

bool
filter_local_socket(struct report_row *row, const struct report_listen *from)
{
	bool listens = from->proto == IPPROTO_TCP && from->state == REPORT_LISTEN_LISTEN;

	if (!listens && from->state != REPORT_LISTEN_ANSWERED &&
	    from->state != REPORT_LISTEN_UNCONNECTED)
		return false;
	memset(row, 0, sizeof(*row));
	row->proto = from->proto;
	row->ip_version = from->ip_version;
	row->vlan = from->vlan;
	row->vni = REPORT_NO_VNI;
	row->path = from->path;
	row->opened_us = from->first_us;
	row->last_us = from->last_us;
	row->in_state_us = from->age_us;
	row->idle_us = from->idle_us;
	row->lines = REPORT_LINE_CLIENT | REPORT_LINE_SOCKET;
	memcpy(row->client.addr, from->addr, sizeof(row->client.addr));
	row->client.port = from->port;
	row->client.state = listens ? REPORT_LISTEN : REPORT_UDP;
	return true;
}
