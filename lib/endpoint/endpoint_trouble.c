/* SPDX-License-Identifier: BSD-3-Clause */
/* Troubles queued, and to which cases they go; see endpoint_trouble.h. */

#include "endpoint_trouble.h"

/* Those that depend on the way between the socket and a client. */
static const bool trouble_is_of_path[REPORT_TROUBLES] = {
	[REPORT_TROUBLE_UNREACHABLE] = true,        [REPORT_TROUBLE_SYN_AGAIN] = true,
	[REPORT_TROUBLE_UNANSWERED] = true,         [REPORT_TROUBLE_FORGED_CLIENT] = true,
	[REPORT_TROUBLE_FORGED_SERVER] = true,      [REPORT_TROUBLE_IDLE_RESET] = true,
	[REPORT_TROUBLE_IDLE_SILENT] = true,        [REPORT_TROUBLE_IDLE_SURVIVED] = true,
	[REPORT_TROUBLE_STALLED_CLIENT] = true,     [REPORT_TROUBLE_STALLED_SERVER] = true,
	[REPORT_TROUBLE_TOO_BIG_CLIENT] = true,     [REPORT_TROUBLE_TOO_BIG_SERVER] = true,
	[REPORT_TROUBLE_LOST_BEFORE_CLIENT] = true, [REPORT_TROUBLE_LOST_BEFORE_SERVER] = true,
	[REPORT_TROUBLE_LOST_BEHIND_CLIENT] = true, [REPORT_TROUBLE_LOST_BEHIND_SERVER] = true,
};

/* The others are counted out of the connections that the socket has accepted. */
static bool
trouble_has_whole(unsigned trouble)
{
	return trouble >= REPORT_TROUBLE_LOST_BEFORE_CLIENT &&
	       trouble <= REPORT_TROUBLE_UNSEEN_SERVER;
}

void
endpoint_troubles_init(struct endpoint_troubles *troubles, struct endpoint_case_table *cases,
                       struct endpoint_events *events)
{
	troubles->cases = cases;
	troubles->events = events;
	troubles->n = 0;
}

/* Hashes of keys with their networks. */
static void
trouble_hash(const struct endpoint_troubles *troubles, const struct flow_burst *keys,
             uint64_t hash[ENDPOINT_TROUBLES_MAX])
{
	flow_hash_burst(troubles->events->secret, keys, troubles->n, hash);
	for (unsigned i = 0; i < troubles->n; i++) {
		const struct flow_key key = { .rest = keys->word[FLOW_KEY_WORDS - 1][i] };

		if (BASE_UNLIKELY(key.rest & FLOW_KEY_DOMAIN))
			hash[i] = endpoint_hash(hash[i], domain_network(troubles->cases->domains,
			                                                flow_key_domain(&key)));
	}
}

static void
trouble_one_more(uint32_t *n)
{
	*n += *n != UINT32_MAX;
}

/* Those that the socket's own record has too. Its write is open. */
static void
trouble_count(struct endpoint_more *more, const struct endpoint_trouble *trouble)
{
	if (trouble->trouble == REPORT_TROUBLE_DEAF)
		trouble_one_more(&more->deaf);
	else if (trouble->trouble == REPORT_TROUBLE_RESET_CLIENT)
		trouble_one_more(&more->resets[0]);
	else if (trouble->trouble == REPORT_TROUBLE_RESET_SERVER)
		trouble_one_more(&more->resets[1]);
	else if (trouble->trouble == REPORT_TROUBLE_REFUSED && more->refused_at == 0)
		more->refused_at = (uint32_t)(trouble->now_us >> ENDPOINT_CASE_TICK);
}

/* What the socket has accepted until now; 0: it has no record. */
static uint32_t
trouble_accepted(struct endpoint_table *table, const struct flow_key *key, uint64_t hash,
                 const struct endpoint_trouble *trouble)
{
	uint32_t number = endpoint_table_find(table, key, hash);
	struct endpoint *record;

	if (number == ENDPOINT_NONE)
		return 0;
	record = &table->records[number];
	base_seq_write_begin(&record->seq);
	trouble_count(endpoint_table_more(table, number), trouble);
	base_seq_write_end(&record->seq);
	return record->accepted_lo;
}

void
endpoint_trouble_apply(struct endpoint_troubles *troubles)
{
	struct endpoint_table *table = troubles->events->table;
	uint64_t socket[ENDPOINT_TROUBLES_MAX], path[ENDPOINT_TROUBLES_MAX];

	if (troubles->n == 0)
		return;
	endpoint_event_apply(troubles->events);
	trouble_hash(troubles, &troubles->sockets, socket);
	trouble_hash(troubles, &troubles->paths, path);
	for (unsigned i = 0; i < troubles->n; i++) {
		endpoint_table_prefetch_set(table, socket[i]);
		endpoint_case_prefetch(troubles->cases, socket[i]);
	}
	for (unsigned i = 0; i < troubles->n; i++) {
		struct endpoint_trouble *trouble = &troubles->trouble[i];
		struct flow_key key = flow_burst_get(&troubles->sockets, i);

		if (!trouble_has_whole(trouble->trouble))
			trouble->whole = trouble_accepted(table, &key, socket[i], trouble);
		/* That something went well opens no case of a socket. */
		if (trouble->trouble != REPORT_TROUBLE_IDLE_SURVIVED)
			endpoint_case_add(troubles->cases, &key, socket[i], trouble);
		if (!trouble_is_of_path[trouble->trouble])
			continue;
		key = flow_burst_get(&troubles->paths, i);
		endpoint_case_add(troubles->cases, &key, path[i], trouble);
	}
	troubles->n = 0;
}

void
endpoint_trouble_add(struct endpoint_troubles *troubles, const struct flow_key *flow,
                     unsigned server, const struct endpoint_trouble *trouble)
{
	struct flow_key key;

	if (troubles->n == ENDPOINT_TROUBLES_MAX)
		endpoint_trouble_apply(troubles);
	endpoint_case_key(&key, flow, server, false);
	flow_burst_set(&troubles->sockets, troubles->n, &key);
	endpoint_case_key(&key, flow, server, true);
	flow_burst_set(&troubles->paths, troubles->n, &key);
	troubles->trouble[troubles->n++] = *trouble;
}
