/* SPDX-License-Identifier: BSD-3-Clause */
/* Rows, part by part, with the parts of enum filter_part; see snapshot_row.h. */

#include <string.h>

#include "report_path.h"
#include "snapshot.h"
#include "snapshot_row.h"
#include "tcp_duration.h"
#include "track_state.h"

/* --- parts ---------------------------------------------------------------------------------- */

unsigned
snapshot_row_parts_most(enum snapshot_depth depth)
{
	static const unsigned parts[SNAPSHOT_N_DEPTHS] = {
		[SNAPSHOT_DEPTH_HEAD] = FILTER_PART_KEY | FILTER_PART_TIMES,
		[SNAPSHOT_DEPTH_ENTRY] =
		    FILTER_PART_KEY | FILTER_PART_TIMES | FILTER_PART_STATES | FILTER_PART_COUNTERS,
		[SNAPSHOT_DEPTH_WHOLE] = FILTER_PARTS_ALL,
	};

	return parts[depth];
}

unsigned
snapshot_row_parts(const struct snapshot_copy *copy, enum snapshot_depth depth)
{
	unsigned parts = snapshot_row_parts_most(depth);

	if (depth == SNAPSHOT_DEPTH_ENTRY && snapshot_copy_upper(copy) != NULL)
		parts &= ~(unsigned)FILTER_PART_COUNTERS;
	return parts;
}

/*
 * An address of either family fills its sixteen bytes: in the key, zeros stand beside the four
 * bytes of IPv4.
 */
static void
snapshot_row_end_key(struct report_end *to, const struct flow_key *key, unsigned end)
{
	const uint64_t *addr = end ? key->b_addr : key->a_addr;
	bool is_ipv6 = flow_key_is_ipv6(key);
	const uint64_t words[2] = { is_ipv6 ? addr[0] : addr[1], is_ipv6 ? addr[1] : 0 };

	memcpy(to->addr, words, sizeof(to->addr));
	to->port = flow_key_port(key, end);
}

static void
snapshot_row_key(struct report_row *row, const struct entry *e, unsigned client)
{
	row->proto = (uint8_t)flow_key_protocol(&e->key);
	row->ip_version = flow_key_is_ipv6(&e->key) ? 6 : 4;
	snapshot_row_end_key(&row->client, &e->key, client);
	snapshot_row_end_key(&row->server, &e->key, !client);
}

static void
snapshot_row_times(struct report_row *row, const struct snapshot_clock *clock,
                   const struct entry *e)
{
	row->opened_us = snapshot_real_us(clock, entry_opened_us(e));
	row->last_us = snapshot_real_us(clock, e->last_us);
	row->in_state_us = snapshot_age_us(clock, e->since_us);
	row->idle_us = snapshot_age_us(clock, e->last_us);
}

/* Is there a gap? A hole that is still open is a gap as far as anybody knows. */
static bool
snapshot_row_has_gap(const struct entry *e)
{
	return (e->flags & ENTRY_GAP) || ((e->end[0].flags | e->end[1].flags) & TCP_END_HOLE);
}

static uint8_t
snapshot_row_flags(const struct entry *e)
{
	return (uint8_t)((e->flags & ENTRY_MIDSTREAM ? REPORT_MIDSTREAM : 0) |
	                 (entry_is_oneway(e) ? REPORT_ONEWAY : 0) |
	                 (snapshot_row_has_gap(e) ? REPORT_GAP : 0) |
	                 (e->flags & ENTRY_ROLE_GUESSED ? REPORT_ROLE_GUESSED : 0));
}

static uint8_t
snapshot_row_closer(const struct entry *e)
{
	unsigned client = entry_client(e);

	if (entry_is_udp(e))
		return REPORT_CLOSER_NONE;
	if (e->end[client].flags & TCP_END_CLOSED_1ST)
		return REPORT_CLOSER_CLIENT;
	return e->end[!client].flags & TCP_END_CLOSED_1ST ? REPORT_CLOSER_SERVER
	                                                  : REPORT_CLOSER_NONE;
}

static void
snapshot_row_states(struct report_row *row, const struct entry *e, unsigned client)
{
	row->flags = snapshot_row_flags(e);
	row->closed_by = snapshot_row_closer(e);
	row->end_cause = (uint8_t)entry_end_cause(e);
	row->replaced = !!(e->flags & ENTRY_DETACHED);
	row->client.state = e->end[client].state;
	row->server.state = e->end[!client].state;
}

static void
snapshot_row_end_counters(struct report_end *to, const struct entry *e,
                          const struct entry_upper *upper, unsigned end)
{
	struct entry_counts sums;

	entry_count_read(e, upper, NULL, end, &sums);
	to->packets = sums.packets;
	to->bytes = sums.bytes;
	to->payload = sums.payload;
}

static void
snapshot_row_icmp(struct report_row *row, const struct entry_upper *upper, unsigned client)
{
	row->icmp = (uint8_t)entry_upper_icmp(upper);
	if (row->icmp != REPORT_ICMP_NONE)
		row->icmp_end = entry_upper_icmp_end(upper) == client ? REPORT_CLOSER_CLIENT
		                                                      : REPORT_CLOSER_SERVER;
}

/* --- paths ---------------------------------------------------------------------------------- */

static void
snapshot_row_address(uint8_t to[16], const uint64_t addr[2], unsigned version)
{
	const uint64_t words[2] = { version == 4 ? addr[1] : addr[0], version == 4 ? 0 : addr[1] };

	memcpy(to, words, 16);
}

uint32_t
snapshot_row_path(struct report_paths *paths, const struct packet_tunnel *tunnels, unsigned n,
                  unsigned end)
{
	uint32_t number = REPORT_PATH_NONE;

	for (unsigned i = 0; i < n && paths != NULL; i++) {
		struct report_step step = { .id = tunnels[i].id,
			                    .kind = tunnels[i].kind,
			                    .version = tunnels[i].version,
			                    .has_id = tunnels[i].has_id,
			                    .outside = number };

		snapshot_row_address(end == 0 ? step.src : step.dst, tunnels[i].src, step.version);
		snapshot_row_address(end == 0 ? step.dst : step.src, tunnels[i].dst, step.version);
		number = report_paths_add(paths, &step);
		if (number == REPORT_PATH_NONE)
			break;
	}
	return number;
}

/* Of the innermost tunnel whose id names a network. */
static uint32_t
snapshot_row_vni(const struct snapshot_copy *copy)
{
	for (unsigned i = copy->n_tunnels; i > 0; i--) {
		const struct packet_tunnel *step = &copy->tunnels[i - 1];

		if (step->has_id && step->kind < PACKET_N_TUNNELS &&
		    packet_tunnel_names_network((enum packet_tunnel_kind)step->kind))
			return step->id;
	}
	return REPORT_NO_VNI;
}

/* The path of what the client sends, joined with that of the server's where it is another. */
static uint32_t
snapshot_row_paths(struct report_paths *paths, const struct snapshot_copy *copy, unsigned client)
{
	struct report_step join = { .kind = REPORT_STEP_JOIN };

	if (copy->n_back == 0)
		return snapshot_row_path(paths, copy->tunnels, copy->n_tunnels, client);
	if (client == 0) {
		join.outside = snapshot_row_path(paths, copy->tunnels, copy->n_tunnels, 0);
		join.id = snapshot_row_path(paths, copy->back, copy->n_back, 1);
	} else {
		join.outside = snapshot_row_path(paths, copy->back, copy->n_back, 1);
		join.id = snapshot_row_path(paths, copy->tunnels, copy->n_tunnels, 0);
	}
	return join.outside == REPORT_PATH_NONE ? REPORT_PATH_NONE : report_paths_add(paths, &join);
}

/* --- rows ----------------------------------------------------------------------------------- */

void
snapshot_row_outline(const struct snapshot_clock *clock, const struct snapshot_copy *copy,
                     enum snapshot_depth depth, struct report_row *row)
{
	const struct entry_upper *upper =
	    depth == SNAPSHOT_DEPTH_WHOLE ? snapshot_copy_upper(copy) : NULL;
	const struct entry *e = &copy->entry;
	unsigned client = entry_client(e);

	snapshot_row_key(row, e, client);
	snapshot_row_times(row, clock, e);
	if (depth == SNAPSHOT_DEPTH_HEAD)
		return;
	snapshot_row_states(row, e, client);
	snapshot_row_end_counters(&row->client, e, upper, client);
	snapshot_row_end_counters(&row->server, e, upper, !client);
}

void
snapshot_row(const struct track *track, const struct snapshot_clock *clock, uint32_t number,
             const struct snapshot_copy *copy, struct report_row *row)
{
	memset(row, 0, sizeof(*row));
	snapshot_row_outline(clock, copy, SNAPSHOT_DEPTH_WHOLE, row);
	row->id = track->id_first + copy->cold.generation * track->id_stride + number;
	row->worker = (uint8_t)track->worker;
	row->vlan = copy->vlan;
	row->vni = snapshot_row_vni(copy);
	if (copy->n_tunnels > 0)
		row->path = snapshot_row_paths(track->paths, copy, entry_client(&copy->entry));
	snapshot_row_icmp(row, snapshot_copy_upper(copy), entry_client(&copy->entry));
}

/* --- everything ----------------------------------------------------------------------------- */

static uint8_t
snapshot_row_more_known(const struct tcp_end *end)
{
	return (uint8_t)((end->flags & TCP_END_SYN ? REPORT_KNOWS_SYN : 0) |
	                 (end->flags & TCP_END_SACK ? REPORT_KNOWS_SACK : 0) |
	                 (end->flags & TCP_END_SEQ ? REPORT_KNOWS_SND_NXT : 0) |
	                 (end->flags & TCP_END_ACK ? REPORT_KNOWS_RCV_NXT : 0) |
	                 (end->probed ? REPORT_KNOWS_IDLE : 0));
}

static uint8_t
snapshot_row_more_seen(const struct tcp_end *end)
{
	return (uint8_t)((end->flags & TCP_END_SYN ? REPORT_SEEN_SYN : 0) |
	                 (end->flags & TCP_END_ACK ? REPORT_SEEN_ACK : 0) |
	                 (end->flags & TCP_END_FIN ? REPORT_SEEN_FIN : 0) |
	                 (end->flags & TCP_END_RST ? REPORT_SEEN_RST : 0));
}

static void
snapshot_row_more_trouble(struct report_more *to, const struct snapshot_copy *copy, unsigned end,
                          const struct snapshot_clock *clock)
{
	struct entry_counts sums;

	entry_count_read(&copy->entry, NULL, copy->trouble, end, &sums);
	to->retransmitted = sums.retransmitted;
	to->retransmitted_bytes = sums.retransmitted_bytes;
	to->out_of_order = (uint32_t)sums.out_of_order;
	to->gaps = (uint32_t)sums.gaps;
	to->zero_windows = (uint32_t)sums.zero_windows;
	to->lost = (uint32_t)sums.lost;
	to->needless = (uint32_t)sums.needless;
	to->closed_us = sums.closed_us;
	if (sums.closed_at_us != 0)
		to->closed_us += snapshot_age_us(clock, sums.closed_at_us);
	to->mss = sums.mss;
}

static void
snapshot_row_more(struct report_more *to, const struct snapshot_copy *copy, unsigned end,
                  uint64_t in_state_us, const struct snapshot_clock *clock)
{
	const struct tcp_end *from = &copy->entry.end[end];
	const struct entry_more *more = &copy->entry.more[end];

	memset(to, 0, sizeof(*to));
	to->in_state_us = in_state_us + tcp_duration_unpack(more->held, TCP_DURATION_TIME_DIGITS);
	if (from->state == ENTRY_STATE_UDP)
		return;
	snapshot_row_more_trouble(to, copy, end, clock);
	to->rtt_us = (uint32_t)tcp_duration_unpack(more->rtt, TCP_DURATION_RTT_DIGITS);
	to->handshake_us = (uint32_t)tcp_duration_unpack(more->handshake, TCP_DURATION_TIME_DIGITS);
	to->window = tcp_end_window(from, &copy->entry.end[!end]);
	to->snd_nxt = from->snd_nxt;
	to->rcv_nxt = from->rcv_nxt;
	to->wscale = from->wscale == TCP_WSCALE_NONE ? UINT8_MAX : from->wscale;
	to->known = snapshot_row_more_known(from);
	to->seen = snapshot_row_more_seen(from);
}

void
snapshot_row_full(const struct track *track, const struct snapshot_clock *clock, uint32_t number,
                  const struct snapshot_copy *copy, struct report_full *full)
{
	unsigned client = entry_client(&copy->entry);

	snapshot_row(track, clock, number, copy, &full->row);
	full->copies = entry_count_copies(&copy->entry, copy->trouble);
	snapshot_row_more(&full->client, copy, client, full->row.in_state_us, clock);
	snapshot_row_more(&full->server, copy, !client, full->row.in_state_us, clock);
}
