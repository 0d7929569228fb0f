/* SPDX-License-Identifier: BSD-3-Clause */
/* Domains of a burst's keys, and the flows that two of them share; see track_domain.h. Worker. */

#include "track_state.h"

void
track_domain_init(struct track *track)
{
	for (unsigned turn = 0; turn < 2; turn++)
		for (unsigned i = 0; i < PACKET_BURST_MAX; i++)
			track->inlet[turn][i].path = &track->inlet_paths[turn][i];
}

/* --- aliases --------------------------------------------------------------------------------- */

static struct track_alias *
track_alias_at(struct track *track, uint64_t hash, uint32_t from)
{
	return &track->aliases.alias[(hash ^ from * 0x9e3779b1u) % TRACK_ALIASES];
}

static uint32_t
track_alias_of(struct track *track, uint64_t hash, uint32_t domain)
{
	const struct track_alias *alias = track_alias_at(track, hash, domain);

	return alias->from == domain && alias->hash == hash ? alias->to : domain;
}

static void
track_alias_keep(struct track *track, uint64_t hash, uint32_t from, uint32_t to)
{
	*track_alias_at(track, hash, from) =
	    (struct track_alias){ .hash = hash, .from = from, .to = to };
}

/* --- domains --------------------------------------------------------------------------------- */

static void
track_domain_key(struct track *track, struct track_burst_state *burst, unsigned i)
{
	struct packet *pk = &burst->packets[burst->which[i]];
	uint32_t domain = domain_of_packet(&track->domains, &track->settings.identity, pk);

	if (domain == DOMAIN_FULL) {
		pk->verdict = PACKET_DOMAINS_FULL;
		return;
	}
	if (domain > DOMAIN_VLAN_MAX)
		domain = track_alias_of(track, burst->hash[i], domain);
	burst->keys.word[FLOW_KEY_WORDS - 1][i] |= (uint64_t)domain << FLOW_KEY_DOMAIN_SHIFT;
}

void
track_domain_burst(struct track *track, struct track_burst_state *burst)
{
	domain_next_burst(&track->domains);
	for (unsigned i = 0; i < burst->m; i++)
		track_domain_key(track, burst, i);
}

/* --- joining --------------------------------------------------------------------------------- */

/* Has the flow seen nothing of `dir`, and is it in a tunnel's network, as the packet is? */
static bool
track_join_waits(const struct track *track, uint32_t number, unsigned dir)
{
	const struct entry *e = entry_at(track->table, number);

	return e->end[dir].packets == 0 && flow_key_domain(&e->key) > DOMAIN_VLAN_MAX;
}

static uint32_t
track_join_other(const struct track *track, uint32_t number)
{
	return domain_path_joined(&track->domains,
	                          entry_cold_path(flow_table_cold(track->table, number)));
}

static bool
track_join_to(struct track *track, uint32_t number, const struct packet *pk, uint64_t hash,
              unsigned dir, uint32_t domain)
{
	struct entry *e = entry_at(track->table, number);
	struct flow_cold *cold = flow_table_cold(track->table, number);
	uint16_t path;

	base_seq_write_begin(&e->seq);
	path = domain_path_join(&track->domains, entry_cold_path(cold), pk, dir, domain);
	if (path != 0)
		entry_cold_set_path(cold, path);
	base_seq_write_end(&e->seq);
	if (path == 0)
		return false;
	domain_hold(&track->domains, domain);
	track_alias_keep(track, hash, domain, flow_key_domain(&e->key));
	base_counter_add(&track->counters.joined, 1);
	return true;
}

uint32_t
track_domain_join(struct track *track, const struct packet *pk, const struct flow_key *key,
                  uint64_t hash, unsigned dir)
{
	const uint32_t domain = flow_key_domain(key);
	uint32_t numbers[FLOW_CROWD], waits = FLOW_NONE;
	unsigned found = flow_table_find_endpoints(track->table, key, hash, numbers), n = 0;

	for (unsigned i = 0; i < found; i++) {
		uint32_t number = numbers[i];

		if (track_join_other(track, number) == domain) {
			track_alias_keep(track, hash, domain,
			                 flow_key_domain(&entry_at(track->table, number)->key));
			return number;
		}
		if (track_join_other(track, number) == DOMAIN_NONE &&
		    track_join_waits(track, number, dir)) {
			waits = number;
			n++;
		}
	}
	if (n == 0 || (pk->proto == PACKET_PROTO_TCP &&
	               (pk->tcp_flags & (PACKET_TCP_SYN | PACKET_TCP_ACK)) == PACKET_TCP_SYN))
		return FLOW_NONE;
	if (n > 1 || found == FLOW_CROWD) { /* in a crowd others may wait that were not found */
		base_counter_add(&track->counters.ambiguous, 1);
		return FLOW_NONE;
	}
	return track_join_to(track, waits, pk, hash, dir, domain) ? waits : FLOW_NONE;
}

void
track_domain_unjoin(struct track *track, uint32_t number, uint64_t hash)
{
	uint32_t domain = track_join_other(track, number);
	struct track_alias *alias;

	if (domain == DOMAIN_NONE)
		return;
	alias = track_alias_at(track, hash, domain);
	if (alias->from == domain && alias->hash == hash)
		alias->from = 0;
}

void
track_domain_drop(struct track *track, uint32_t domain, uint16_t path)
{
	domain_drop(&track->domains, domain_path_joined(&track->domains, path));
	domain_drop(&track->domains, domain);
	domain_drop(&track->domains, path);
}

/* --- counters -------------------------------------------------------------------------------- */

void
track_domain_count(struct track *track, const struct packet *packets, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		const struct packet *pk = &packets[i];

		for (unsigned k = 0; k < pk->tunnels && pk->path != NULL; k++) {
			unsigned kind = pk->path->level[k].kind;

			base_counter_add(&track->counters.tunnels[kind], 1);
			if (!packet_verdict_names_flow(pk->verdict) &&
			    pk->verdict != PACKET_DUPLICATE)
				base_counter_add(&track->counters.tunnels_ignored[kind], 1);
		}
	}
}
