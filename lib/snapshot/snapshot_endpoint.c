/* SPDX-License-Identifier: BSD-3-Clause */
/* Records of all workers become one row for each endpoint; see snapshot_endpoint.h. Control. */

#include <string.h>

#include "endpoint_copy.h"
#include "snapshot.h"
#include "snapshot_endpoint.h"
#include "snapshot_row.h"
#include "track_state.h"

/* The share of another worker. Its table has a secret of its own, and other numbers of domains. */
static bool
snapshot_endpoint_find(const struct track *track, const struct endpoint_copy *as,
                       struct endpoint_copy *copy)
{
	const struct flow_key key = endpoint_copy_key(as);

	return endpoint_copy_find(&track->endpoints, as, flow_hash(&track->table->secret, &key),
	                          copy);
}

static unsigned
snapshot_endpoint_peers(const struct endpoint *record)
{
	if (flow_key_protocol(&(struct flow_key){ .rest = record->name }) != PACKET_PROTO_UDP)
		return REPORT_PEERS_NONE;
	if (record->flags & ENDPOINT_MANY_PEERS)
		return REPORT_PEERS_MANY;
	return record->flags & ENDPOINT_ONE_PEER ? REPORT_PEERS_ONE : REPORT_PEERS_NONE;
}

static void
snapshot_endpoint_row_begin(struct report_listen *row, const struct track *track,
                            const struct endpoint_copy *copy)
{
	const struct flow_key key = endpoint_copy_key(copy);

	memset(row, 0, sizeof(*row));
	if (flow_key_is_ipv6(&key))
		memcpy(row->addr, key.a_addr, 16);
	else
		memcpy(row->addr, &key.a_addr[1], 4);
	row->ip_version = flow_key_is_ipv6(&key) ? 6 : 4;
	row->port = flow_key_port(&key, 0);
	row->proto = (uint8_t)flow_key_protocol(&key);
	row->vlan = copy->vlan;
	row->path = snapshot_row_path(track->paths, copy->tunnels, copy->n_tunnels, 0);
	row->first_us = UINT64_MAX;
}

/*
 * Adds the share of one worker and returns the flags of its record. Two workers see different flows
 * of the endpoint, so one peer for each of them makes two peers.
 */
static unsigned
snapshot_endpoint_row_add(struct report_listen *row, const struct endpoint *record)
{
	unsigned peers = row->peers + snapshot_endpoint_peers(record);

	row->peers = (uint8_t)base_min_u32(peers, REPORT_PEERS_MANY);
	row->asked += endpoint_asked(record);
	row->accepted += endpoint_accepted(record);
	row->refused += record->refused;
	row->unanswered += record->unanswered;
	if (row->proto == PACKET_PROTO_TCP)
		row->syn_ack_retransmitted += record->syn_ack_retransmitted;
	if (record->first_us < row->first_us)
		row->first_us = record->first_us;
	if (record->last_us > row->last_us)
		row->last_us = record->last_us;
	return record->flags;
}

static enum report_listen_state
snapshot_endpoint_row_state(const struct report_listen *row, unsigned flags)
{
	if (row->proto == PACKET_PROTO_TCP && (flags & ENDPOINT_ANSWERED))
		return REPORT_LISTEN_LISTEN;
	if (row->peers == REPORT_PEERS_MANY)
		return REPORT_LISTEN_UNCONNECTED;
	if (flags & ENDPOINT_ANSWERED)
		return REPORT_LISTEN_ANSWERED;
	return row->refused > 0 ? REPORT_LISTEN_REFUSED : REPORT_LISTEN_SILENT;
}

static void
snapshot_endpoint_row_times(struct report_listen *row, const struct snapshot_clock *clock)
{
	row->age_us = snapshot_age_us(clock, row->first_us);
	row->idle_us = snapshot_age_us(clock, row->last_us);
	row->first_us = snapshot_real_us(clock, row->first_us);
	row->last_us = snapshot_real_us(clock, row->last_us);
}

/*
 * Makes the row of the endpoint from all workers. Returns false when the turn of an earlier worker
 * has made it.
 */
static bool
snapshot_endpoint_row(const struct snapshot_endpoint_view *view, const struct endpoint_copy *copy,
                      struct report_listen *row)
{
	struct endpoint_copy other;
	unsigned flags;

	for (unsigned i = 0; i < view->at; i++)
		if (snapshot_endpoint_find(view->tracks[i], copy, &other))
			return false;
	snapshot_endpoint_row_begin(row, view->tracks[view->at], copy);
	flags = snapshot_endpoint_row_add(row, &copy->record);
	for (unsigned i = view->at + 1; i < view->n_tracks; i++)
		if (snapshot_endpoint_find(view->tracks[i], copy, &other))
			flags |= snapshot_endpoint_row_add(row, &other.record);
	row->state = (uint8_t)snapshot_endpoint_row_state(row, flags);
	return true;
}

/*
 * Is the row asked for? An endpoint that only talks, with one peer, is a client's; it is kept so
 * that a second peer is recognized.
 */
static bool
snapshot_endpoint_row_is_wanted(const struct snapshot_endpoint_view *view,
                                const struct report_listen *row)
{
	if (row->state != REPORT_LISTEN_SILENT)
		return true;
	return view->with_silent && row->asked > 0;
}

unsigned
snapshot_endpoint_rows(const struct snapshot_endpoint_view *view,
                       const struct snapshot_clock *clock, uint32_t *next, uint32_t max_examined,
                       struct report_listen *rows, unsigned max)
{
	const struct endpoint_table *table = &view->tracks[view->at]->endpoints;
	uint32_t capacity = endpoint_table_capacity(table), number = *next;
	unsigned n = 0;

	for (; number < capacity && n < max && max_examined > 0; number++, max_examined--) {
		struct endpoint_copy copy;

		endpoint_copy_take(table, number, &copy);
		if (copy.record.name == 0 || !snapshot_endpoint_row(view, &copy, &rows[n]) ||
		    !snapshot_endpoint_row_is_wanted(view, &rows[n]))
			continue;
		snapshot_endpoint_row_times(&rows[n++], clock);
	}
	*next = number < capacity ? number : UINT32_MAX;
	return n;
}
