/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A keyed hash, a word at a time, for tables whose keys strangers choose.
 *
 * Overview. Each word is multiplied with what came before it, and both halves of the product are
 * kept. Multiplying alone would not do: with 64 bits of it a difference in the highest bit stays
 * there whatever the secret is, so that anybody could write down keys that meet. The flow table,
 * where a burst is hashed at once, has SipHash instead (flow_hash.h).
 *
 * Life. The hash begins as the secret, which is drawn when the owner of the table starts.
 *
 * Who writes and who reads. Pure, any thread.
 *
 * Cost. One multiplication a word.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "base_compiler.h"

BASE_BEGIN_DECLS

/* Draws a secret at random. 0 or -EIO: the kernel has none. Any thread; cold. */
int base_hash_draw(uint64_t *secret);

/* The hash of what came before, which is the secret at first, and of one word more. */
BASE_INLINE uint64_t
base_hash_add(uint64_t hash, uint64_t secret, uint64_t word)
{
	uint64_t keyed = word ^ secret;
	unsigned __int128 product =
	    (unsigned __int128)(hash ^ UINT64_C(0x9e3779b97f4a7c15)) * (keyed | 1);

	return (uint64_t)product ^ (uint64_t)(product >> 64) ^ keyed;
}

/* What comes out at last: every bit of it is as good as another. */
BASE_INLINE uint64_t
base_hash_end(uint64_t hash)
{
	return hash ^ hash >> 32;
}

BASE_END_DECLS

#endif
