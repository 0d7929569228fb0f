/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A line of the index, and searching in it. flow_index.c says how the lines make a table.
 *
 * flow_index_candidate is for who handles many packets at once and fetches ahead. It is in the way
 * of every packet, and so in this header. Only lib/flow puts numbers in and takes them out. Worker.
 */
#ifndef FLOW_INDEX_H
#define FLOW_INDEX_H

#include <endian.h>
#include <string.h>

#ifdef __SSE2__
#include <immintrin.h>
#endif

#include "flow_table.h"

#define FLOW_TAG_MASK   0xfffu
#define FLOW_SLOTS_MASK ((1u << FLOW_BUCKET_SLOTS) - 1)

static_assert(offsetof(struct flow_bucket, tag_high) + 8 == sizeof(struct flow_bucket),
              "sixteen low and eight high bytes are read at once, and end with the line");

BASE_BEGIN_DECLS

/*
 * Puts a number into the first free slot from the home of its hash on. There is always room: the
 * slots outnumber the capacity. Worker.
 */
void flow_index_put(struct flow_table *table, uint64_t hash, uint32_t number);

/*
 * Of a flow in a domain, the hash by which it has to be put in when it is not there yet, and the
 * one by which it was: `hash` itself, unless it came to a crowd. Worker.
 */
uint64_t
flow_index_place(const struct flow_table *table, const struct flow_key *key, uint64_t hash);
uint64_t flow_index_place_of(const struct flow_table *table, uint32_t number, uint64_t hash);

/* Takes the number out. It must be there. Worker. */
void flow_index_take(struct flow_table *table, uint64_t hash, uint32_t number);

/* The entry number in a slot. Four bytes are read where three stand: the tags come after. */
BASE_INLINE uint32_t
flow_bucket_number(const struct flow_bucket *bucket, unsigned slot)
{
	uint32_t word;

	/* From the whole bucket on: the bytes of one number end before the fourth. */
	memcpy(&word, (const uint8_t *)bucket + offsetof(struct flow_bucket, number) + 3 * slot,
	       sizeof(word));
	return le32toh(word) & 0xffffff;
}

/* The tag in a slot; 0: free. */
BASE_INLINE unsigned
flow_bucket_tag(const struct flow_bucket *bucket, unsigned slot)
{
	unsigned high = bucket->tag_high[slot / 2];

	return bucket->tag[slot] | (high >> slot % 2 * 4 & 0xf) << 8;
}

BASE_INLINE unsigned
flow_tag(uint64_t hash)
{
	unsigned tag = hash & FLOW_TAG_MASK;

	return tag + (tag == 0);
}

/* A bit for each slot whose tag is `tag`. */
BASE_INLINE uint32_t
flow_match(const struct flow_bucket *bucket, unsigned tag)
{
#if defined(__SSE2__)
	const __m128i four = _mm_set1_epi8(0xf);
	__m128i low = _mm_loadu_si128((const __m128i *)(const void *)bucket->tag);
	__m128i pairs = _mm_loadl_epi64((const __m128i *)(const void *)bucket->tag_high);
	__m128i high = _mm_unpacklo_epi8(_mm_and_si128(pairs, four),
	                                 _mm_and_si128(_mm_srli_epi16(pairs, 4), four));
	__m128i same = _mm_and_si128(_mm_cmpeq_epi8(low, _mm_set1_epi8((char)tag)),
	                             _mm_cmpeq_epi8(high, _mm_set1_epi8((char)(tag >> 8))));

	return (uint32_t)_mm_movemask_epi8(same) & FLOW_SLOTS_MASK;
#else
	uint32_t mask = 0;

	for (unsigned i = 0; i < FLOW_BUCKET_SLOTS; i++)
		mask |= (flow_bucket_tag(bucket, i) == tag ? 1u : 0u) << i;
	return mask;
#endif
}

BASE_INLINE unsigned
flow_first_slot(uint32_t mask)
{
	return (unsigned)__builtin_ctz(mask);
}

/*
 * What to fetch before a find: the entry whose tag is equal, in the bucket `hop` places after the
 * home; FLOW_NONE where there is none. Worker, hot.
 */
BASE_INLINE uint32_t
flow_index_candidate(const struct flow_table *table, uint64_t hash, unsigned hop)
{
	const struct flow_bucket *bucket = flow_table_bucket(table, hash, hop);
	uint32_t mask = flow_match(bucket, flow_tag(hash));

	return mask != 0 ? flow_bucket_number(bucket, flow_first_slot(mask)) : FLOW_NONE;
}

BASE_END_DECLS

#endif
