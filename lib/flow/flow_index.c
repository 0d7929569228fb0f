/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The index: buckets of tags, each one cache line.
 *
 * A hash's high half names its home bucket, its low 16 bits are its tag. An entry goes into the
 * first bucket with a free slot from its home onward; each full bucket that it passes counts it in
 * `overflow`. A search stops at the first bucket that nobody had to pass, so with ten entries in
 * twelve slots eleven of twelve end in the line they began with, and a miss reads no further than
 * a hit. Taking an entry out walks the same way and counts down: nothing is ever moved or marked
 * dead. (The overflow count is F14's idea; the essay on it is Facebook's "Open-sourcing F14".)
 *
 * A saturated count stays where it is: searches then look one bucket further than they must, for
 * ever.
 */

#ifdef __SSE2__
#include <immintrin.h>
#endif

#include "flow_index.h"

#define FLOW_OVERFLOW_MAX UINT16_MAX

BASE_INLINE uint16_t
flow_tag(uint64_t hash)
{
	uint16_t tag = (uint16_t)hash;

	return (uint16_t)(tag + (tag == 0));
}

/* Two bits for each slot whose tag is `tag`. Sixteen are compared, twelve count. */
BASE_INLINE uint32_t
flow_match(const struct flow_bucket *bucket, uint16_t tag)
{
#if defined(__AVX2__)
	__m256i tags = _mm256_loadu_si256((const __m256i *)bucket->tag);
	__m256i same = _mm256_cmpeq_epi16(tags, _mm256_set1_epi16((short)tag));

	return (uint32_t)_mm256_movemask_epi8(same) & ((1u << 2 * FLOW_BUCKET_SLOTS) - 1);
#else
	uint32_t mask = 0;

	for (unsigned i = 0; i < FLOW_BUCKET_SLOTS; i++)
		mask |= (bucket->tag[i] == tag ? 3u : 0u) << 2 * i;
	return mask;
#endif
}

static void
flow_slot_set(struct flow_bucket *bucket, unsigned slot, uint16_t tag, uint32_t number)
{
	bucket->tag[slot] = tag;
	for (unsigned i = 0; i < 3; i++)
		bucket->number[slot][i] = (uint8_t)(number >> 8 * i);
}

BASE_INLINE unsigned
flow_first_slot(uint32_t mask)
{
	return (unsigned)__builtin_ctz(mask) / 2;
}

BASE_INLINE struct flow_bucket *
flow_next_bucket(const struct flow_table *table, struct flow_bucket *bucket)
{
	return ++bucket == table->buckets + table->n_buckets ? table->buckets : bucket;
}

static uint32_t
flow_bucket_candidate(const struct flow_bucket *bucket, uint64_t hash)
{
	uint32_t mask = flow_match(bucket, flow_tag(hash));

	return mask != 0 ? flow_bucket_number(bucket, flow_first_slot(mask)) : FLOW_NONE;
}

uint32_t
flow_index_candidate(const struct flow_table *table, uint64_t hash)
{
	return flow_bucket_candidate(flow_table_home(table, hash), hash);
}

uint32_t
flow_index_candidate_next(const struct flow_table *table, uint64_t hash)
{
	return flow_bucket_candidate(flow_next_bucket(table, flow_table_home(table, hash)), hash);
}

uint32_t
flow_table_find(const struct flow_table *table, const struct flow_key *key, uint64_t hash)
{
	struct flow_bucket *bucket = flow_table_home(table, hash);
	uint16_t tag = flow_tag(hash);

	for (uint32_t n = 0; n < table->n_buckets; n++) {
		for (uint32_t mask = flow_match(bucket, tag); mask != 0;) {
			unsigned slot = flow_first_slot(mask);
			uint32_t number = flow_bucket_number(bucket, slot);

			if (flow_key_equal(&table->entries[number].key, key))
				return number;
			mask &= ~(3u << 2 * slot);
		}
		if (bucket->overflow == 0)
			return FLOW_NONE;
		bucket = flow_next_bucket(table, bucket);
	}
	return FLOW_NONE;
}

void
flow_index_put(struct flow_table *table, uint64_t hash, uint32_t number)
{
	struct flow_bucket *bucket = flow_table_home(table, hash);
	uint32_t mask;

	while ((mask = flow_match(bucket, 0)) == 0) {
		if (bucket->overflow < FLOW_OVERFLOW_MAX)
			bucket->overflow++;
		bucket = flow_next_bucket(table, bucket);
	}
	flow_slot_set(bucket, flow_first_slot(mask), flow_tag(hash), number);
}

static int
flow_bucket_take(struct flow_bucket *bucket, uint16_t tag, uint32_t number)
{
	for (unsigned i = 0; i < FLOW_BUCKET_SLOTS; i++) {
		if (bucket->tag[i] == tag && flow_bucket_number(bucket, i) == number) {
			bucket->tag[i] = 0;
			return 1;
		}
	}
	return 0;
}

void
flow_index_take(struct flow_table *table, uint64_t hash, uint32_t number)
{
	struct flow_bucket *bucket = flow_table_home(table, hash);
	uint16_t tag = flow_tag(hash);

	while (!flow_bucket_take(bucket, tag, number)) {
		assert(bucket->overflow > 0);
		if (bucket->overflow < FLOW_OVERFLOW_MAX)
			bucket->overflow--;
		bucket = flow_next_bucket(table, bucket);
	}
}
