/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The index: buckets of tags, each one cache line.
 *
 * Overview. The high half of a hash names its home bucket; its low 12 bits are its tag. Fourteen
 * slots are what a line holds if a tag has twelve bits. (The overflow count is F14's idea; the
 * essay on it is Facebook's "Open-sourcing F14".)
 *
 * Life. An entry goes into the first bucket with a free slot from its home onward, and each full
 * bucket that it passes counts it in `overflow`. A search stops at the first bucket that nobody had
 * to pass. Taking an entry out walks the same way and counts down: nothing is ever moved or marked
 * dead. A saturated count stays where it is: searches then go one bucket further than they must,
 * for ever.
 *
 * Who writes and who reads. One worker, nobody else.
 *
 * Cost. With 10.5 entries a bucket, 97 of 100 end in the line they began with. Twelve slots with
 * tags of 16 bits leave 91, and each of the others costs a worker two more waits for memory. The
 * price is that one search in 400 reads an entry whose tag is equal by chance.
 */

#include "flow_index.h"

#define FLOW_OVERFLOW_MAX UINT8_MAX

static void
flow_slot_set_tag(struct flow_bucket *bucket, unsigned slot, unsigned tag)
{
	unsigned shift = slot % 2 * 4;
	uint8_t *high = &bucket->tag_high[slot / 2];

	bucket->tag[slot] = (uint8_t)tag;
	*high = (uint8_t)((*high & ~(0xfu << shift)) | tag >> 8 << shift);
}

static void
flow_slot_set(struct flow_bucket *bucket, unsigned slot, unsigned tag, uint32_t number)
{
	flow_slot_set_tag(bucket, slot, tag);
	for (unsigned i = 0; i < 3; i++)
		bucket->number[slot][i] = (uint8_t)(number >> 8 * i);
}

uint32_t
flow_table_find(const struct flow_table *table, const struct flow_key *key, uint64_t hash)
{
	unsigned tag = flow_tag(hash);

	for (uint32_t hop = 0; hop < table->n_buckets; hop++) {
		const struct flow_bucket *bucket = flow_table_bucket(table, hash, hop);

		for (uint32_t mask = flow_match(bucket, tag); mask != 0; mask &= mask - 1) {
			uint32_t number = flow_bucket_number(bucket, flow_first_slot(mask));

			if (flow_key_equal(&table->entries[number].key, key))
				return number;
		}
		if (bucket->overflow == 0)
			return FLOW_NONE;
	}
	return FLOW_NONE;
}

uint32_t
flow_table_find_endpoints(const struct flow_table *table, const struct flow_key *key, uint64_t hash,
                          unsigned after)
{
	unsigned tag = flow_tag(hash);

	for (uint32_t hop = 0; hop < table->n_buckets; hop++) {
		const struct flow_bucket *bucket = flow_table_bucket(table, hash, hop);

		for (uint32_t mask = flow_match(bucket, tag); mask != 0; mask &= mask - 1) {
			uint32_t number = flow_bucket_number(bucket, flow_first_slot(mask));

			if (flow_key_equal_endpoints(&table->entries[number].key, key) &&
			    after-- == 0)
				return number;
		}
		if (bucket->overflow == 0)
			return FLOW_NONE;
	}
	return FLOW_NONE;
}

void
flow_index_put(struct flow_table *table, uint64_t hash, uint32_t number)
{
	struct flow_bucket *bucket = flow_table_bucket(table, hash, 0);
	uint32_t mask;

	for (unsigned hop = 1; (mask = flow_match(bucket, 0)) == 0; hop++) {
		if (bucket->overflow < FLOW_OVERFLOW_MAX)
			bucket->overflow++;
		bucket = flow_table_bucket(table, hash, hop);
	}
	flow_slot_set(bucket, flow_first_slot(mask), flow_tag(hash), number);
}

static bool
flow_bucket_take(struct flow_bucket *bucket, unsigned tag, uint32_t number)
{
	for (uint32_t mask = flow_match(bucket, tag); mask != 0; mask &= mask - 1) {
		unsigned slot = flow_first_slot(mask);

		if (flow_bucket_number(bucket, slot) == number) {
			flow_slot_set_tag(bucket, slot, 0);
			return true;
		}
	}
	return false;
}

void
flow_index_take(struct flow_table *table, uint64_t hash, uint32_t number)
{
	struct flow_bucket *bucket = flow_table_bucket(table, hash, 0);
	unsigned tag = flow_tag(hash);

	for (unsigned hop = 1; !flow_bucket_take(bucket, tag, number); hop++) {
		assert(bucket->overflow > 0);
		if (bucket->overflow < FLOW_OVERFLOW_MAX)
			bucket->overflow--;
		bucket = flow_table_bucket(table, hash, hop);
	}
}
