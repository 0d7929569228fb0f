/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How readers use the sequence count of an entry; see snapshot_copy.h.
 *
 * The worker never waits; the reader copies once more. The compiler must not tear a load:
 * base_copy_words reads whole words, and the two numbers of the cold slot are read one by one.
 * Control.
 */

#include "snapshot_copy.h"

/*
 * The number of the overflow record may be half written too: it is used only if it is within the
 * pool.
 */
void
snapshot_copy_path(const struct domain_table *domains, struct snapshot_copy *copy)
{
	uint16_t path = entry_cold_path(&copy->cold);

	copy->vlan = domain_path_vlan(domains, path);
	copy->n_tunnels = (uint8_t)domain_path_read(domains, path, copy->tunnels);
	copy->n_back =
	    (uint8_t)domain_path_read(domains, domain_path_back(domains, path), copy->back);
}

static void
snapshot_copy_rest(const struct flow_table *table, const struct entry_overflow_pool *pool,
                   const struct domain_table *domains, uint32_t number, struct snapshot_copy *copy)
{
	const struct flow_cold *cold = flow_table_cold(table, number);
	uint32_t overflow = entry_overflow_number(&copy->entry);

	copy->cold.generation = __atomic_load_n(&cold->generation, __ATOMIC_RELAXED);
	copy->cold.user = __atomic_load_n(&cold->user, __ATOMIC_RELAXED);
	copy->cold.icmp = __atomic_load_n(&cold->icmp, __ATOMIC_RELAXED);
	snapshot_copy_path(domains, copy);
	if (overflow < pool->capacity)
		base_copy_words(&copy->overflow, entry_overflow_record(pool, overflow),
		                sizeof(copy->overflow));
}

void
snapshot_copy_take(const struct flow_table *table, const struct entry_overflow_pool *pool,
                   const struct domain_table *domains, uint32_t number, enum snapshot_depth depth, struct snapshot_copy *copy)
{
	const struct entry *entry = entry_at(table, number);
	size_t bytes = depth == SNAPSHOT_DEPTH_LINE ? BASE_CACHE_LINE : sizeof(*entry);
	uint32_t begun;

	do {
		begun = base_seq_read_begin(&entry->seq);
		base_copy_words(&copy->entry, entry, bytes);
		if (depth == SNAPSHOT_DEPTH_WHOLE)
			snapshot_copy_rest(table, pool, domains, number, copy);
	} while (base_seq_read_retry(&entry->seq, begun));
}
