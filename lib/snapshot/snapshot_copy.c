/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The readers' side of an entry's sequence count; see snapshot_copy.h.
 *
 * The worker never waits; the reader copies again. Apart from what it copies the compiler may not
 * tear a load: base_copy_words reads whole words, the side's two numbers are read one by one.
 */

#include "snapshot_copy.h"

/* What a wide record is found by may be half written too: it is only believed if it is a number. */
static void
snapshot_copy_rest(const struct flow_table *table, const struct entry_overflow_pool *wides,
                   uint32_t number, struct snapshot_copy *copy)
{
	const struct flow_cold *side = flow_table_cold(table, number);
	uint32_t wide = entry_overflow_number(&copy->entry);

	copy->side.generation = __atomic_load_n(&side->generation, __ATOMIC_RELAXED);
	copy->side.user = __atomic_load_n(&side->user, __ATOMIC_RELAXED);
	if (wide < wides->capacity)
		base_copy_words(&copy->wide, entry_overflow_record(wides, wide),
		                sizeof(copy->wide));
}

void
snapshot_copy_take(const struct flow_table *table, const struct entry_overflow_pool *wides,
                   uint32_t number, enum snapshot_depth depth, struct snapshot_copy *copy)
{
	const struct entry *entry = entry_at(table, number);
	size_t bytes = depth == SNAPSHOT_DEPTH_LINE ? BASE_CACHE_LINE : sizeof(*entry);
	uint32_t begun;

	do {
		begun = base_seq_read_begin(&entry->seq);
		base_copy_words(&copy->entry, entry, bytes);
		if (depth == SNAPSHOT_DEPTH_WHOLE)
			snapshot_copy_rest(table, wides, number, copy);
	} while (base_seq_read_retry(&entry->seq, begun));
}
