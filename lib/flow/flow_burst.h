/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The keys of a burst, word by word, as a vector of hashes wants to load them.
 *
 * Overview. Word w of all keys lies side by side, so that eight keys are hashed from five loads.
 * The words of one key lie 512 bytes apart, all of them in the first cache. Who has packets fills
 * it (track_key.h), flow_hash_burst reads it, and an entry is compared with it where it lies. A key
 * is put together only where one is written, or is searched from its home bucket on.
 *
 * Life. Filled and read burst by burst.
 *
 * Who writes and who reads. Its owner alone; each worker has one.
 *
 * Cost. Comparing in place costs what an array of keys beside it would, measured over the whole
 * path: 90.4 cycles a packet against 90.7, with a thousand flows.
 */
#ifndef FLOW_BURST_H
#define FLOW_BURST_H

#include "flow_key.h"

#define FLOW_BURST_MAX 64

struct flow_burst {
	BASE_ALIGNED(BASE_CACHE_LINE) uint64_t word[FLOW_KEY_WORDS][FLOW_BURST_MAX];
};

/* Key i of the burst in one piece. Any thread. */
BASE_INLINE struct flow_key
flow_burst_get(const struct flow_burst *burst, unsigned i)
{
	struct flow_key key;

	key.a_addr[0] = burst->word[0][i];
	key.a_addr[1] = burst->word[1][i];
	key.b_addr[0] = burst->word[2][i];
	key.b_addr[1] = burst->word[3][i];
	key.rest = burst->word[4][i];
	return key;
}

/* Makes `key` the burst's key i. */
BASE_INLINE void
flow_burst_set(struct flow_burst *burst, unsigned i, const struct flow_key *key)
{
	burst->word[0][i] = key->a_addr[0];
	burst->word[1][i] = key->a_addr[1];
	burst->word[2][i] = key->b_addr[0];
	burst->word[3][i] = key->b_addr[1];
	burst->word[4][i] = key->rest;
}

/* Makes key `from` the burst's key `to` as well. */
BASE_INLINE void
flow_burst_move(struct flow_burst *burst, unsigned to, unsigned from)
{
	for (unsigned w = 0; w < FLOW_KEY_WORDS; w++)
		burst->word[w][to] = burst->word[w][from];
}

/* Is key i of the burst this one? */
BASE_INLINE bool
flow_burst_equal(const struct flow_burst *burst, unsigned i, const struct flow_key *key)
{
	struct flow_key other = flow_burst_get(burst, i);

	return flow_key_equal(&other, key);
}

#endif
