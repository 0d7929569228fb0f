/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What must hold of an engine between two bursts, whatever it was given.
 *
 * The counts that it keeps are counted anew: flows by state, one-way flows, entries in use and
 * free, records of trouble, holders of networks, sockets. Every flow is found by its key, and every
 * row that a report would show is possible. Counters only grow.
 */

#include "flow_sweep.h"
#include "fuzz_track.h"
#include "snapshot.h"

#define FUZZ_RECORDS_MAX 4096 /* of domains, more than one input can make */
#define FUZZ_FIRST_PATH  (DOMAIN_VLAN_MAX + 1)
#define FUZZ_KIND_JOIN   PACKET_N_TUNNELS

/* What is counted of the table. */
struct fuzz_counted {
	unsigned live, oneway, trouble;
	uint64_t client_state[REPORT_STATES], server_state[REPORT_STATES];
	uint8_t has_trouble[2 * FUZZ_TRACK_FLOWS];
	uint32_t holders[FUZZ_RECORDS_MAX]; /* of a domain, by its number */
};

static struct fuzz_counted fuzz_counted;

static void
fuzz_hold(uint32_t number)
{
	if (number < FUZZ_FIRST_PATH)
		return;
	fuzz_check(number - FUZZ_FIRST_PATH < FUZZ_RECORDS_MAX);
	fuzz_counted.holders[number - FUZZ_FIRST_PATH]++;
}

/* --- flows ------------------------------------------------------------------------------------ */

static void
fuzz_check_trouble(const struct track *track, const struct entry *e)
{
	for (unsigned end = 0; end < 2; end++) {
		uint32_t number = entry_trouble_number(e, end);

		if (number == ENTRY_TROUBLE_NONE)
			continue;
		fuzz_check(number < track->trouble.used);
		fuzz_check(!fuzz_counted.has_trouble[number]);
		fuzz_counted.has_trouble[number] = 1;
		fuzz_counted.trouble++;
	}
}

/* Is the flow found by its key? One that another has replaced must not be. */
static void
fuzz_check_found(const struct track *track, const struct entry *e, uint32_t number)
{
	const struct flow_table *table = track->table;
	uint32_t found = flow_table_find(table, &e->key, flow_hash(&table->secret, &e->key));

	if (e->flags & ENTRY_DETACHED)
		fuzz_check(found != number);
	else
		fuzz_check(found == number);
}

static void
fuzz_check_entry(const struct track *track, uint32_t number)
{
	const struct entry *e = entry_at(track->table, number);
	uint16_t path = entry_cold_path(flow_table_cold(track->table, number));
	unsigned client = entry_client(e);

	fuzz_check(e->seq % 2 == 0);
	if (e->key.rest == 0)
		return;
	fuzz_check(e->end[0].state < REPORT_STATES && e->end[1].state < REPORT_STATES);
	fuzz_check((e->end[0].state == REPORT_UDP) == (e->end[1].state == REPORT_UDP));
	fuzz_check(e->last_us <= track->now_us && e->since_us <= track->now_us);
	fuzz_check(entry_end_cause(e) < REPORT_END_CAUSES);
	fuzz_counted.live++;
	fuzz_counted.oneway += entry_is_oneway(e);
	fuzz_counted.client_state[e->end[client].state]++;
	fuzz_counted.server_state[e->end[!client].state]++;
	fuzz_hold(flow_key_domain(&e->key));
	fuzz_hold(path);
	fuzz_hold(domain_path_joined(&track->domains, path));
	fuzz_check_found(track, e, number);
	fuzz_check_trouble(track, e);
}

/* Free and used are all there are. */
static void
fuzz_check_slab(const struct flow_table *table)
{
	uint32_t n = 0;

	for (uint32_t at = table->free_head; at != FLOW_NONE; n++) {
		const struct flow_entry *entry = flow_table_entry(table, at);

		fuzz_check(n < table->capacity && at < table->used && entry->key.rest == 0);
		memcpy(&at, entry->still, sizeof(at));
	}
	fuzz_check(table->used <= table->capacity && table->live + n == table->used);
}

static void
fuzz_check_flows(const struct track *track)
{
	const struct track_counters *c = &track->counters;
	const struct fuzz_counted *counted = &fuzz_counted;

	memset(&fuzz_counted, 0, sizeof(fuzz_counted));
	for (uint32_t number = 0; number < track->table->used; number++)
		fuzz_check_entry(track, number);
	fuzz_check_slab(track->table);
	fuzz_check(counted->live == track->table->live);
	fuzz_check(counted->oneway == c->oneway);
	fuzz_check(memcmp(counted->client_state, c->client_state, sizeof(c->client_state)) == 0);
	fuzz_check(memcmp(counted->server_state, c->server_state, sizeof(c->server_state)) == 0);
	fuzz_check(counted->trouble == track->trouble.taken);
	fuzz_check(c->created == counted->live + c->expired + c->evicted + c->dropped);
}

/* --- counters --------------------------------------------------------------------------------- */

/* `before`: what they were; takes over what they are. */
static void
fuzz_check_counters(const struct track *track, uint64_t pushed, struct track_counters *before)
{
	const struct track_counters *c = &track->counters;
	const size_t growing = offsetof(struct track_counters, client_state) / sizeof(uint64_t);
	uint64_t was[sizeof(*c) / sizeof(uint64_t)], is[BASE_COUNT_OF(was)], sum = 0;

	for (unsigned i = 0; i < PACKET_N_VERDICTS; i++)
		sum += c->verdicts[i];
	fuzz_check(sum == pushed);
	fuzz_check(c->icmp_tied + c->icmp_no_flow + c->icmp_ignored ==
	           c->verdicts[PACKET_ICMP_ERROR]);
	memcpy(was, before, sizeof(was));
	memcpy(is, c, sizeof(is));
	for (size_t i = 0; i < growing; i++)
		fuzz_check(is[i] >= was[i]);
	*before = *c;
}

/* --- rows ------------------------------------------------------------------------------------- */

static void
fuzz_check_row(const struct track *track, const struct report_row *row)
{
	fuzz_check(snapshot_owns(track, row->id));
	fuzz_check(row->ip_version == 4 || row->ip_version == 6);
	fuzz_check(row->client.state < REPORT_STATES && row->server.state < REPORT_STATES);
	fuzz_check(row->proto == PACKET_PROTO_TCP || row->proto == PACKET_PROTO_UDP);
	fuzz_check((row->client.state == REPORT_UDP) == (row->proto == PACKET_PROTO_UDP));
	fuzz_check(row->client.packets + row->server.packets <= UINT64_C(1) << 32);
	fuzz_check(row->idle_us <= track->now_us && row->in_state_us <= track->now_us);
	fuzz_check(row->icmp < REPORT_N_ICMP && row->closed_by <= REPORT_CLOSER_SERVER);
}

/* Each flow gives one row, and no two rows have one ID. */
static void
fuzz_check_rows(const struct track *track)
{
	static struct report_full rows[FUZZ_TRACK_FLOWS + 1];
	const struct snapshot_clock clock = { .now_us = track->now_us };
	const struct snapshot_ask ask = { .what = SNAPSHOT_ALL, .full = 1 };
	uint32_t next = 0;
	unsigned n =
	    snapshot_matching(track, &clock, &ask, &next, UINT32_MAX, rows, BASE_COUNT_OF(rows));

	fuzz_check(n == track->table->live && next == UINT32_MAX);
	for (unsigned i = 0; i < n; i++) {
		fuzz_check_row(track, &rows[i].row);
		if (i > 0) /* in order of number, whatever the generation */
			fuzz_check((rows[i - 1].row.id - track->id_first) % track->id_stride <
			           (rows[i].row.id - track->id_first) % track->id_stride);
	}
}

/* --- sockets and networks --------------------------------------------------------------------- */

static void
fuzz_check_sockets(const struct track *track)
{
	const struct endpoint_table *table = &track->endpoints;
	unsigned live = 0;

	for (uint32_t number = 0; number < endpoint_table_capacity(table); number++) {
		const struct endpoint *record = &table->records[number];
		const struct endpoint_set *set = &table->sets[number / ENDPOINT_WAYS];
		const struct flow_key key = { .rest = record->name };

		fuzz_check(record->seq % 2 == 0);
		fuzz_check((record->name != 0) == (set->rank[number % ENDPOINT_WAYS] != 0));
		if (record->name == 0)
			continue;
		fuzz_check(record->first_us <= record->last_us && record->last_us <= track->now_us);
		fuzz_hold(flow_key_domain(&key));
		live++;
	}
	fuzz_check(live == table->live);
}

static void
fuzz_check_cases(const struct track *track)
{
	const struct endpoint_case_table *table = &track->cases;
	unsigned live = 0;

	for (uint32_t number = 0; number < ENDPOINT_CASES; number++) {
		const struct endpoint_case *of = &table->cases[number];
		const struct flow_key key = { .rest = of->name };

		fuzz_check(of->seq % 2 == 0);
		fuzz_check(of->n_runs <= ENDPOINT_CASE_RUNS);
		if (of->n_runs == 0)
			continue;
		for (unsigned i = 0; i < of->n_runs; i++)
			fuzz_check(of->runs[i].trouble < REPORT_TROUBLES &&
			           of->runs[i].count <= of->runs[i].total &&
			           of->runs[i].since <= of->runs[i].last + 1);
		fuzz_hold(flow_key_domain(&key));
		live++;
	}
	fuzz_check(live == table->live);
}

/* Every record of a network is held by as many as it says. After flows and sockets. */
static void
fuzz_check_networks(const struct track *track)
{
	const struct domain_table *table = &track->domains;
	unsigned live = 0;

	for (uint32_t number = FUZZ_FIRST_PATH; number < table->n_used; number++) {
		const struct domain_record *record = &table->records[number];

		if (record->is_free)
			continue;
		live++;
		fuzz_hold(record->outside);
		if (record->step.kind == FUZZ_KIND_JOIN)
			fuzz_hold((uint32_t)record->step.src[0]);
	}
	fuzz_check(live == table->live);
	for (uint32_t number = FUZZ_FIRST_PATH; number < table->n_used; number++)
		fuzz_check(table->records[number].inside ==
		           fuzz_counted.holders[number - FUZZ_FIRST_PATH]);
}

/* --- all of it -------------------------------------------------------------------------------- */

void
fuzz_track_check(const struct track *track, uint64_t pushed, struct track_counters *before)
{
	fuzz_check_flows(track);
	fuzz_check_counters(track, pushed, before);
	fuzz_check_rows(track);
	fuzz_check_sockets(track);
	fuzz_check_cases(track);
	fuzz_check_networks(track);
}

void
fuzz_track_check_quiet(struct track *track, struct track_counters *before)
{
	uint64_t received = 0;

	for (unsigned i = 0; i < PACKET_N_VERDICTS; i++)
		received += track->counters.verdicts[i];
	track_advance(track, ENTRY_TIME_MAX);
	fuzz_track_check(track, received, before);
	fuzz_check(track->table->live == 0 && track->trouble.taken == 0);
}
