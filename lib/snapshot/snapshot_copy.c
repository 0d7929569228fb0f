/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How readers use the sequence count of an entry; see snapshot_copy.h.
 *
 * The worker never waits; the reader copies once more. All that is read is read whole and acquired,
 * as base_atomic.h asks for: base_copy_words does so, and the two numbers of the cold slot are read
 * one by one. Control.
 */

#include "snapshot_copy.h"
#include "track_state.h"

void
snapshot_copy_path(const struct domain_table *domains, struct snapshot_copy *copy)
{
	uint16_t path = entry_cold_path(&copy->cold);

	copy->vlan = domain_path_vlan(domains, path);
	copy->n_tunnels = (uint8_t)domain_path_read(domains, path, copy->tunnels);
	copy->n_back =
	    (uint8_t)domain_path_read(domains, domain_path_back(domains, path), copy->back);
}

/*
 * The number of a record of trouble may be half written too: it is used only if it is within the
 * pool.
 */
static void
snapshot_copy_rest(const struct track *track, uint32_t number, struct snapshot_copy *copy)
{
	const struct flow_cold *cold = flow_table_cold(track->table, number);

	copy->cold.generation = __atomic_load_n(&cold->generation, __ATOMIC_ACQUIRE);
	copy->cold.user = __atomic_load_n(&cold->user, __ATOMIC_ACQUIRE);
	snapshot_copy_path(&track->domains, copy);
	if (copy->entry.flags & ENTRY_UPPER)
		base_copy_words(&copy->upper, entry_upper_at(track->table, number),
		                sizeof(copy->upper));
	for (unsigned end = 0; end < 2; end++) {
		uint32_t trouble = entry_trouble_number(&copy->entry, end);

		if (trouble < track->trouble.capacity)
			base_copy_words(&copy->trouble[end],
			                entry_trouble_record(&track->trouble, trouble),
			                sizeof(copy->trouble[end]));
	}
}

void
snapshot_copy_take(const struct track *track, uint32_t number, enum snapshot_depth depth,
                   struct snapshot_copy *copy)
{
	const struct entry *entry = entry_at(track->table, number);
	size_t bytes = depth == SNAPSHOT_DEPTH_HEAD ? offsetof(struct entry, end) : sizeof(*entry);
	uint32_t begun;

	do {
		begun = base_seq_read_begin(&entry->seq);
		base_copy_words(&copy->entry, entry, bytes);
		if (depth == SNAPSHOT_DEPTH_WHOLE)
			snapshot_copy_rest(track, number, copy);
	} while (base_seq_read_retry(&entry->seq, begun));
}
