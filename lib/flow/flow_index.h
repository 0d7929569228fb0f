/* SPDX-License-Identifier: BSD-3-Clause */
/* The index inside the table, for lib/flow alone: where numbers are put, found and taken out. */
#ifndef FLOW_INDEX_H
#define FLOW_INDEX_H

#include <endian.h>
#include <string.h>

#include "flow_table.h"

/*
 * Puts a number on the way of its hash. There is always room: the buckets outnumber the capacity.
 */
void flow_index_put(struct flow_table *table, uint64_t hash, uint32_t number);

/* Takes it out again. The number must be there. */
void flow_index_take(struct flow_table *table, uint64_t hash, uint32_t number);

/* The entry number in a slot. Four bytes are read where three stand: a line has two to spare. */
BASE_INLINE uint32_t
flow_bucket_number(const struct flow_bucket *bucket, unsigned slot)
{
	uint32_t word;

	static_assert(sizeof(bucket->reserved) >= 1, "the last number may be read so too");
	memcpy(&word, (const uint8_t *)bucket + offsetof(struct flow_bucket, number) + 3 * slot,
	       sizeof(word));
	return le32toh(word) & 0xffffff;
}

#endif
