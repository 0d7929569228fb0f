/* SPDX-License-Identifier: BSD-3-Clause */
/* Records of all workers become one row for each endpoint; see snapshot_endpoint.h. Control. */

#include <string.h>

#include "endpoint_case.h"
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

static void
snapshot_endpoint_times_add(struct report_times *to, const uint32_t *places, uint64_t sum_us)
{
	for (unsigned i = 0; i <= REPORT_TIMES_BOUNDS; i++)
		to->count[i] += places[i];
	to->sum_us += sum_us;
}

static uint64_t
snapshot_endpoint_tick_us(const struct snapshot_clock *clock, uint32_t tick)
{
	return tick != 0 ? snapshot_real_us(clock, (uint64_t)tick << ENDPOINT_CASE_TICK) : 0;
}

/* What more is kept of TCP. */
static void
snapshot_endpoint_row_more(struct report_listen *row, const struct endpoint_copy *copy,
                           const struct snapshot_clock *clock)
{
	const struct endpoint_more *more = &copy->more;
	uint64_t accepted_us = snapshot_endpoint_tick_us(clock, more->accepted_at);
	uint64_t refused_us = snapshot_endpoint_tick_us(clock, more->refused_at);

	/* The first connection of a socket left no other time than that of the socket. */
	if (accepted_us == 0 && row->proto == PACKET_PROTO_TCP &&
	    endpoint_accepted(&copy->record) > 0)
		accepted_us = snapshot_real_us(clock, copy->record.last_us);

	for (unsigned i = 0; i < REPORT_END_CAUSES; i++)
		row->ended[i] += more->ended[i];
	if (accepted_us > row->accepted_us)
		row->accepted_us = accepted_us;
	if (refused_us != 0 && (row->refused_first_us == 0 || refused_us < row->refused_first_us))
		row->refused_first_us = refused_us;
	row->deaf += more->deaf;
	row->resets[0] += more->resets[0];
	row->resets[1] += more->resets[1];
	snapshot_endpoint_times_add(&row->handshake, more->handshake, more->handshake_sum_us);
	snapshot_endpoint_times_add(&row->round_trip, more->round_trip, more->round_trip_sum_us);
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
	/* These two are kept in ticks, rounded down. */
	if (row->accepted_us != 0 && row->accepted_us < row->first_us)
		row->accepted_us = row->first_us;
	if (row->refused_first_us != 0 && row->refused_first_us < row->first_us)
		row->refused_first_us = row->first_us;
}

/*
 * Makes the row of the endpoint from all workers. Returns false when the turn of an earlier worker
 * has made it.
 */
static bool
snapshot_endpoint_row(const struct snapshot_endpoint_view *view, const struct endpoint_copy *copy,
                      const struct snapshot_clock *clock, struct report_listen *row)
{
	struct endpoint_copy other;
	unsigned flags;

	for (unsigned i = 0; i < view->at; i++)
		if (snapshot_endpoint_find(view->tracks[i], copy, &other))
			return false;
	snapshot_endpoint_row_begin(row, view->tracks[view->at], copy);
	flags = snapshot_endpoint_row_add(row, &copy->record);
	snapshot_endpoint_row_more(row, copy, clock);
	for (unsigned i = view->at + 1; i < view->n_tracks; i++)
		if (snapshot_endpoint_find(view->tracks[i], copy, &other)) {
			flags |= snapshot_endpoint_row_add(row, &other.record);
			snapshot_endpoint_row_more(row, &other, clock);
		}
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
		if (copy.record.name == 0 || !snapshot_endpoint_row(view, &copy, clock, &rows[n]) ||
		    !snapshot_endpoint_row_is_wanted(view, &rows[n]))
			continue;
		snapshot_endpoint_row_times(&rows[n++], clock);
	}
	*next = number < capacity ? number : UINT32_MAX;
	return n;
}
