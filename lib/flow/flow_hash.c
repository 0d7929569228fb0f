/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The hash of one key, the plain version for bursts, and the choice between the versions.
 *
 * The choice is made once, before main: one binary serves machines with and without AVX-512, and a
 * burst pays one indirect call for it. Arm64 has the plain version alone, for vectors of two words
 * without a rotation were not measured. A single key, of a burst or not, is hashed as words: 32
 * cycles, where a vector of four takes 38 (AVX-512) or 52 (AVX2). Any thread: nothing is written
 * after the choice.
 */

#include <errno.h>
#include <sys/random.h>

#include "flow_hash_lanes.h"
#include "flow_hash_rounds.h"

#define SIP_ROTATE(x, n) ((x) << (n) | (x) >> (64 - (n)))

/*
 * Of the process, not of a secret: it says what the machine can do, which is the same for every
 * caller, and all versions give the same numbers. In struct flow_hash_secret it
 * would cost no instruction, but a secret made of two words alone would call nothing.
 */
static flow_hash_function *flow_hash_chosen = flow_hash_plain;

int
flow_hash_secret_init(struct flow_hash_secret *secret)
{
	ssize_t n = getrandom(secret, sizeof(*secret), 0);

	if (n < 0)
		return -errno;
	return n == (ssize_t)sizeof(*secret) ? 0 : -EIO;
}

#define ONE_WORD(w, u)     (*word##w)
#define ONE_KEEP(u, value) (hash = (value))

/* Takes pointers, so that a key need not be put together to be hashed. */
BASE_INLINE uint64_t
flow_hash_one(const struct flow_hash_secret *secret, const uint64_t *word0, const uint64_t *word1,
              const uint64_t *word2, const uint64_t *word3, const uint64_t *word4)
{
	uint64_t hash;

	SIP_HASH(uint64_t, 1, (uint64_t)0, secret, ONE_WORD, ONE_KEEP);
	return hash;
}

uint64_t
flow_hash(const struct flow_hash_secret *secret, const struct flow_key *key)
{
	return flow_hash_one(secret, &key->a_addr[0], &key->a_addr[1], &key->b_addr[0],
	                     &key->b_addr[1], &key->rest);
}

#define PLAIN_WORD(w, u)     (keys->word[w][i + (u)])
#define PLAIN_KEEP(u, value) (hashes[i + (u)] = (value))

/*
 * Two keys side by side: 25 cycles a key, where one at a time takes 30; 13 in builds whose own
 * target lets the compiler make vectors of it (x86-64-v3).
 */
void
flow_hash_plain(const struct flow_hash_secret *secret, const struct flow_burst *keys, unsigned n,
                uint64_t *hashes)
{
	for (unsigned i = 0; i < n; i += 2)
		SIP_HASH(uint64_t, 2, (uint64_t)0, secret, PLAIN_WORD, PLAIN_KEEP);
}

/* --- choice --------------------------------------------------------------------------------- */

#ifdef __x86_64__
static bool
flow_hash_has_avx512(void)
{
	return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl");
}

static bool
flow_hash_has_avx2(void)
{
	return __builtin_cpu_supports("avx2");
}
#endif

static bool
flow_hash_has_words(void)
{
	return true;
}

const struct flow_hash_version flow_hash_versions[FLOW_HASH_VERSIONS] = {
#ifdef __x86_64__
	{ "avx512", flow_hash_avx512, flow_hash_has_avx512 },
	{ "avx2", flow_hash_avx2, flow_hash_has_avx2 },
#endif
	{ "plain", flow_hash_plain, flow_hash_has_words },
};

__attribute__((constructor)) static void
flow_hash_choose(void)
{
	const struct flow_hash_version *version = flow_hash_versions;

	while (!version->is_supported())
		version++;
	flow_hash_chosen = version->hash;
}

void
flow_hash_burst(const struct flow_hash_secret *secret, const struct flow_burst *keys, unsigned n,
                uint64_t *hashes)
{
	assert(n <= FLOW_BURST_MAX);
	if (n == 1)
		hashes[0] = flow_hash_one(secret, keys->word[0], keys->word[1], keys->word[2],
		                          keys->word[3], keys->word[4]);
	else
		flow_hash_chosen(secret, keys, n, hashes);
}
