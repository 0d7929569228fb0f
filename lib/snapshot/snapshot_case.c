/* SPDX-License-Identifier: BSD-3-Clause */
/* A worker's cases become rows; see snapshot_case.h. Control. */

#include <string.h>

#include "endpoint_case.h"
#include "snapshot_case.h"
#include "snapshot_row.h"
#include "track_state.h"

#define CASE_UNIT_US 16 /* of a run's times */

/* A case with what its domain is, both of one moment. */
struct snapshot_case {
	struct endpoint_case of;
	uint16_t vlan;
	unsigned n_tunnels;
	struct packet_tunnel tunnels[PACKET_TUNNEL_MAX];
};

static bool
case_take(const struct track *track, uint32_t number, struct snapshot_case *copy)
{
	const uint32_t *seq = &track->cases.cases[number].seq;
	uint32_t begun;

	do {
		struct flow_key key;
		uint16_t domain;

		begun = base_seq_read_begin(seq);
		if (!endpoint_case_copy(&track->cases, number, &copy->of))
			return false;
		key.rest = copy->of.name;
		domain = (uint16_t)flow_key_domain(&key);
		copy->vlan = domain_path_vlan(&track->domains, domain);
		copy->n_tunnels = domain_path_read(&track->domains, domain, copy->tunnels);
	} while (base_seq_read_retry(seq, begun));
	return true;
}

static void
case_address(uint8_t to[16], const uint64_t addr[2], bool is_ipv6)
{
	if (is_ipv6)
		memcpy(to, addr, 16);
	else
		memcpy(to, &addr[1], 4);
}

static uint64_t
case_real_us(const struct snapshot_clock *clock, uint32_t tick)
{
	return snapshot_real_us(clock, (uint64_t)tick << ENDPOINT_CASE_TICK);
}

static void
case_run(struct report_run *run, const struct endpoint_run *from,
         const struct snapshot_clock *clock)
{
	uint64_t unit = endpoint_case_is_timed(from->trouble) ? CASE_UNIT_US : 1;

	run->total = from->total;
	run->count = from->count;
	run->of = from->of;
	run->since_us = case_real_us(clock, from->since);
	run->last_us = case_real_us(clock, from->last);
	run->amount = from->amount * unit;
	run->amount_least = from->amount_least != UINT32_MAX ? from->amount_least * unit : 0;
	run->amount_sum = from->amount_sum * unit;
}

static void
case_row(const struct track *track, const struct snapshot_clock *clock,
         const struct snapshot_case *copy, struct report_case *row)
{
	const struct flow_key key = { .rest = copy->of.name };
	bool is_ipv6 = flow_key_is_ipv6(&key);

	memset(row, 0, sizeof(*row));
	case_address(row->server, copy->of.server, is_ipv6);
	case_address(row->client, copy->of.client, is_ipv6);
	row->port = flow_key_port(&key, 0);
	row->proto = (uint8_t)flow_key_protocol(&key);
	row->ip_version = is_ipv6 ? 6 : 4;
	if (endpoint_case_has_client(&copy->of))
		row->client_bits = is_ipv6 ? ENDPOINT_CASE_BITS_IPV6 : ENDPOINT_CASE_BITS_IPV4;
	row->vlan = copy->vlan;
	row->path = snapshot_row_path(track->paths, copy->tunnels, copy->n_tunnels, 0);
	row->opened_us = case_real_us(clock, copy->of.opened);
	for (unsigned i = 0; i < copy->of.n_runs; i++)
		case_run(&row->runs[copy->of.runs[i].trouble], &copy->of.runs[i], clock);
}

unsigned
snapshot_case_rows(const struct track *track, const struct snapshot_clock *clock, uint32_t *next,
                   struct report_case *rows, unsigned max)
{
	struct snapshot_case copy;
	uint32_t number = *next;
	unsigned n = 0;

	for (; number < ENDPOINT_CASES && n < max; number++)
		if (case_take(track, number, &copy))
			case_row(track, clock, &copy, &rows[n++]);
	*next = number < ENDPOINT_CASES ? number : UINT32_MAX;
	return n;
}
