/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The index: buckets of tags, each one cache line.
 *
 * Overview. The high half of a hash names its home bucket; its low 12 bits are its tag. Fourteen
 * slots are what a line holds if a tag has twelve bits. (The overflow count is F14's idea; the
 * essay on it is Facebook's "Open-sourcing F14".)
 *
 * A hash leaves the domain out, so that the two directions of a connection may meet out of two. Of
 * the flows that have all the rest in common, the first FLOW_CROWD are found by that hash. Those
 * that come when so many are there have a place of their own, by the domain too: one tuple in
 * thousands of networks is no long search.
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

static uint32_t
flow_index_search(const struct flow_table *table, const struct flow_key *key, uint64_t hash)
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

/*
 * Where a flow of a domain goes that comes to a crowd. The hash is multiplied with the domain, and
 * nobody outside knows the hash: who chooses domains chooses no bucket by it.
 */
static uint64_t
flow_index_apart(const struct flow_key *key, uint64_t hash)
{
	uint64_t x = hash * (2 * (uint64_t)flow_key_domain(key) + 1);

	return x ^ x >> 32;
}

uint32_t
flow_table_find(const struct flow_table *table, const struct flow_key *key, uint64_t hash)
{
	uint32_t number = flow_index_search(table, key, hash);

	if (number == FLOW_NONE && BASE_UNLIKELY(key->rest & FLOW_KEY_DOMAIN))
		number = flow_index_search(table, key, flow_index_apart(key, hash));
	return number;
}

unsigned
flow_table_find_endpoints(const struct flow_table *table, const struct flow_key *key, uint64_t hash,
                          uint32_t numbers[FLOW_CROWD])
{
	unsigned tag = flow_tag(hash), n = 0;

	for (uint32_t hop = 0; hop < table->n_buckets; hop++) {
		const struct flow_bucket *bucket = flow_table_bucket(table, hash, hop);

		for (uint32_t mask = flow_match(bucket, tag); mask != 0; mask &= mask - 1) {
			uint32_t number = flow_bucket_number(bucket, flow_first_slot(mask));

			if (!flow_key_equal_endpoints(&table->entries[number].key, key))
				continue;
			numbers[n++] = number;
			if (n == FLOW_CROWD)
				return n;
		}
		if (bucket->overflow == 0)
			return n;
	}
	return n;
}

uint64_t
flow_index_place(const struct flow_table *table, const struct flow_key *key, uint64_t hash)
{
	uint32_t numbers[FLOW_CROWD];

	if (flow_table_find_endpoints(table, key, hash, numbers) == FLOW_CROWD)
		hash = flow_index_apart(key, hash);
	return hash;
}

uint64_t
flow_index_place_of(const struct flow_table *table, uint32_t number, uint64_t hash)
{
	const struct flow_key *key = &table->entries[number].key;

	return flow_index_search(table, key, hash) == number ? hash : flow_index_apart(key, hash);
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
