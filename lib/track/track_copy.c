/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The readers' side of an entry's sequence count; see track_copy.h.
 *
 * The worker never waits; the reader copies again. Apart from what it copies the compiler may not
 * tear a load: base_copy_words reads whole words, the side's two numbers are read one by one.
 */

#include "track_copy.h"

/* What a wide record is found by may be half written too: it is only believed if it is a number. */
static void
track_copy_rest(const struct flow_table *table, const struct track_wides *wides, uint32_t number,
                struct track_copy *copy)
{
	const struct flow_side *side = flow_table_side(table, number);
	uint32_t wide = track_wide_number(&copy->entry);

	copy->side.generation = __atomic_load_n(&side->generation, __ATOMIC_RELAXED);
	copy->side.user = __atomic_load_n(&side->user, __ATOMIC_RELAXED);
	if (wide < wides->capacity)
		base_copy_words(&copy->wide, track_wide_record(wides, wide), sizeof(copy->wide));
}

void
track_copy_take(const struct flow_table *table, const struct track_wides *wides, uint32_t number,
                enum track_depth depth, struct track_copy *copy)
{
	const struct track_entry *entry = track_entry(table, number);
	size_t bytes = depth == TRACK_DEPTH_LINE ? BASE_CACHE_LINE : sizeof(*entry);
	uint32_t begun;

	do {
		begun = base_seq_read_begin(&entry->seq);
		base_copy_words(&copy->entry, entry, bytes);
		if (depth == TRACK_DEPTH_WHOLE)
			track_copy_rest(table, wides, number, copy);
	} while (base_seq_read_retry(&entry->seq, begun));
}
