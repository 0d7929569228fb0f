/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The keyed hash of flow keys: SipHash-1-3 (Aumasson, Bernstein: "SipHash: a fast short-input
 * PRF").
 *
 * The domain of a key is not hashed: the two directions of a connection may be seen in two of them,
 * and have to meet in one worker and one bucket. What the index does where many domains have one
 * tuple is said in flow_index.c.
 *
 * With a secret of 128 random bits nobody outside can choose tuples that fall into one bucket. A
 * burst is hashed in the largest vectors of the machine (AVX-512, AVX2, or plain words; on arm64
 * always the latter). All versions give the same numbers.
 */
#ifndef FLOW_HASH_H
#define FLOW_HASH_H

#include "flow_burst.h"

BASE_BEGIN_DECLS

/* Keys at once, in the version with the largest vectors. */
#define FLOW_HASH_LANES 16

static_assert(FLOW_BURST_MAX % FLOW_HASH_LANES == 0, "whole vectors stay inside a burst");

struct flow_hash_secret {
	uint64_t k0, k1;
};

/* Fills the secret from the kernel's random source. Control, cold. 0 or -errno. */
int flow_hash_secret_init(struct flow_hash_secret *secret);

/* One key. Any thread. */
uint64_t flow_hash(const struct flow_hash_secret *secret, const struct flow_key *key);

/*
 * Hashes the first n keys of the burst, n at most FLOW_BURST_MAX: the same numbers as n calls of
 * flow_hash. Whole vectors are read and written: hashes[] has room for n rounded up to
 * FLOW_HASH_LANES, and what stands there behind the first n means nothing. Any thread, hot.
 */
void flow_hash_burst(const struct flow_hash_secret *secret, const struct flow_burst *keys,
                     unsigned n, uint64_t *hashes);

BASE_END_DECLS

#endif
