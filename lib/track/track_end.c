/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How a flow is forgotten: out of the counters and the table, its domain and records given back.
 *
 * Flows end by the dozen, so what waits for memory is done for a burst of them at once. Worker.
 */

#include "track_state.h"

/* Counts how a connection had ended; if it had not, why it is forgotten. */
static void
track_count_end(struct track *track, const struct entry *e, enum report_end_cause cause)
{
	enum report_end_cause before = entry_end_cause(e);

	if (!entry_is_udp(e))
		base_counter_add(&track->counters.ended[before != REPORT_END_NONE ? before : cause],
		                 1);
}

/* A flow is about to be forgotten: takes it out of the counters, and says so to its endpoints. */
static void
track_leave(struct track *track, uint32_t number, enum report_end_cause cause)
{
	const struct entry *e = entry_at(track->table, number);

	track_count_out(track, track_pair(e));
	track_count_end(track, e, cause);
	if (cause == REPORT_END_TIMEOUT)
		for (unsigned end = 0; end < 2; end++)
			track_count_move(track, e->end[end].state, REPORT_CLOSED);
	track_endpoint_forget(track, e, cause);
	if (entry_is_oneway(e))
		base_counter_add(&track->counters.oneway, (uint64_t)-1);
}

/* Takes a flow, which has left, out of the table. */
static void
track_remove(struct track *track, uint32_t number, uint64_t hash)
{
	const struct entry *e = entry_at(track->table, number);
	uint32_t trouble[2] = { entry_trouble_number(e, 0), entry_trouble_number(e, 1) };
	uint32_t domain = flow_key_domain(&e->key);
	uint16_t path = 0;

	if (BASE_UNLIKELY(track->domains.live != 0)) /* else no flow has one that is held */
		path = entry_cold_path(flow_table_cold(track->table, number));
	if (!(e->flags & ENTRY_DETACHED)) {
		if (BASE_UNLIKELY(path > DOMAIN_VLAN_MAX))
			track_domain_unjoin(track, number, hash);
		flow_table_unlink_hash(track->table, number, hash);
	}
	flow_table_release(track->table, number);
	if (BASE_UNLIKELY((domain | path) != 0))
		track_domain_drop(track, domain, path);
	for (unsigned end = 0; end < 2; end++)
		if (BASE_UNLIKELY(trouble[end] != ENTRY_TROUBLE_NONE))
			entry_trouble_release(&track->trouble, trouble[end]);
}

void
track_forget(struct track *track, uint32_t number, enum report_end_cause cause)
{
	const struct flow_table *table = track->table;

	track_leave(track, number, cause);
	track_remove(track, number,
	             flow_hash(&table->secret, &flow_table_entry(table, number)->key));
}

/* Forgets a burst of them. Their buckets are fetched while all else is done. */
static void
track_forget_burst(struct track *track, const uint32_t *numbers, unsigned n,
                   enum report_end_cause cause)
{
	const struct flow_table *table = track->table;
	uint64_t hash[FLOW_BURST_MAX];
	struct flow_burst keys;

	assert(n > 0);
	for (unsigned i = 0; i < n; i++)
		flow_burst_set(&keys, i, &flow_table_entry(table, numbers[i])->key);
	flow_hash_burst(&table->secret, &keys, n, hash);
	for (unsigned i = 0; i < n; i++)
		flow_table_prefetch_bucket(table, hash[i], 0);
	for (unsigned i = 0; i < n; i++) {
		track_emit_ended(track, numbers[i], cause);
		track_leave(track, numbers[i], cause);
	}
	for (unsigned i = 0; i < n; i++)
		track_remove(track, numbers[i], hash[i]);
}

void
track_forget_many(struct track *track, const uint32_t *numbers, unsigned n,
                  enum report_end_cause cause)
{
	for (unsigned at = 0; at < n; at += FLOW_BURST_MAX)
		track_forget_burst(track, &numbers[at], base_min_u32(FLOW_BURST_MAX, n - at),
		                   cause);
}
