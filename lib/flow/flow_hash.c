/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SipHash-1-3 over the five words of a key, scalar and in eight lanes.
 *
 * The rounds are written once, over a type that is one word or a vector of eight; the compiler
 * splits the vector into whatever the target has. The wider targets are chosen when the program
 * starts, so one binary serves machines with and without AVX-512. A key has a fixed length, so the
 * last block is the constant length byte.
 */

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "flow_hash.h"

#define SIP_LAST_BLOCK ((uint64_t)(FLOW_KEY_WORDS * 8) << 56)

typedef uint64_t flow_lanes __attribute__((vector_size(FLOW_HASH_LANES * 8)));

#define SIP_ROTATE(x, n) (((x) << (n)) | ((x) >> (64 - (n))))

#define SIP_ROUND(v0, v1, v2, v3)                                                                  \
	do {                                                                                       \
		v0 += v1;                                                                          \
		v2 += v3;                                                                          \
		v1 = SIP_ROTATE(v1, 13) ^ v0;                                                      \
		v3 = SIP_ROTATE(v3, 16) ^ v2;                                                      \
		v0 = SIP_ROTATE(v0, 32) + v3;                                                      \
		v2 += v1;                                                                          \
		v3 = SIP_ROTATE(v3, 21) ^ v0;                                                      \
		v1 = SIP_ROTATE(v1, 17) ^ v2;                                                      \
		v2 = SIP_ROTATE(v2, 32);                                                           \
	} while (0)

#define SIP_COMPRESS(v0, v1, v2, v3, m)                                                            \
	do {                                                                                       \
		v3 ^= (m);                                                                         \
		SIP_ROUND(v0, v1, v2, v3);                                                         \
		v0 ^= (m);                                                                         \
	} while (0)

/* The whole hash over words m0..m4 of type `type`; v0..v3 are declared here. */
#define SIP_HASH(type, zero, secret, m0, m1, m2, m3, m4, result)                                   \
	do {                                                                                       \
		type v0 = (zero) + ((secret)->k0 ^ 0x736f6d6570736575);                            \
		type v1 = (zero) + ((secret)->k1 ^ 0x646f72616e646f6d);                            \
		type v2 = (zero) + ((secret)->k0 ^ 0x6c7967656e657261);                            \
		type v3 = (zero) + ((secret)->k1 ^ 0x7465646279746573);                            \
		SIP_COMPRESS(v0, v1, v2, v3, m0);                                                  \
		SIP_COMPRESS(v0, v1, v2, v3, m1);                                                  \
		SIP_COMPRESS(v0, v1, v2, v3, m2);                                                  \
		SIP_COMPRESS(v0, v1, v2, v3, m3);                                                  \
		SIP_COMPRESS(v0, v1, v2, v3, m4);                                                  \
		SIP_COMPRESS(v0, v1, v2, v3, SIP_LAST_BLOCK);                                      \
		v2 ^= 0xff;                                                                        \
		SIP_ROUND(v0, v1, v2, v3);                                                         \
		SIP_ROUND(v0, v1, v2, v3);                                                         \
		SIP_ROUND(v0, v1, v2, v3);                                                         \
		result = v0 ^ v1 ^ v2 ^ v3;                                                        \
	} while (0)

int
flow_hash_secret_init(struct flow_hash_secret *secret)
{
	ssize_t n = getrandom(secret, sizeof(*secret), 0);

	if (n < 0)
		return -errno;
	return n == (ssize_t)sizeof(*secret) ? 0 : -EIO;
}

uint64_t
flow_hash(const struct flow_hash_secret *secret, const struct flow_key *key)
{
	uint64_t hash;

	SIP_HASH(uint64_t, (uint64_t)0, secret, key->a_addr[0], key->a_addr[1], key->b_addr[0],
	         key->b_addr[1], key->rest, hash);
	return hash;
}

/*
 * Word w of eight keys, side by side: a vector that no function returns, so that none needs its
 * ABI.
 */
#define SIP_GATHER(words, w)                                                                       \
	((flow_lanes){ (words)[w], (words)[FLOW_KEY_WORDS + (w)],                                  \
	               (words)[FLOW_KEY_WORDS * 2 + (w)], (words)[FLOW_KEY_WORDS * 3 + (w)],       \
	               (words)[FLOW_KEY_WORDS * 4 + (w)], (words)[FLOW_KEY_WORDS * 5 + (w)],       \
	               (words)[FLOW_KEY_WORDS * 6 + (w)], (words)[FLOW_KEY_WORDS * 7 + (w)] })

BASE_INLINE void
flow_hash_eight(const struct flow_hash_secret *secret, const struct flow_key *keys,
                uint64_t *hashes)
{
	const uint64_t *words = keys->a_addr;
	flow_lanes hash;

	SIP_HASH(flow_lanes, (flow_lanes){ 0 }, secret, SIP_GATHER(words, 0), SIP_GATHER(words, 1),
	         SIP_GATHER(words, 2), SIP_GATHER(words, 3), SIP_GATHER(words, 4), hash);
	memcpy(hashes, &hash, sizeof(hash));
}

BASE_INLINE void
flow_hash_lanes(const struct flow_hash_secret *secret, const struct flow_key *keys, unsigned n,
                uint64_t *hashes)
{
	unsigned i = 0;

	for (; i + FLOW_HASH_LANES <= n; i += FLOW_HASH_LANES)
		flow_hash_eight(secret, &keys[i], &hashes[i]);
	for (; i < n; i++)
		hashes[i] = flow_hash(secret, &keys[i]);
}

__attribute__((target("avx512f,avx512dq,avx512vl"))) static void
flow_hash_avx512(const struct flow_hash_secret *secret, const struct flow_key *keys, unsigned n,
                 uint64_t *hashes)
{
	flow_hash_lanes(secret, keys, n, hashes);
}

static void
flow_hash_any(const struct flow_hash_secret *secret, const struct flow_key *keys, unsigned n,
              uint64_t *hashes)
{
	flow_hash_lanes(secret, keys, n, hashes);
}

void
flow_hash_burst(const struct flow_hash_secret *secret, const struct flow_key *keys, unsigned n,
                uint64_t *hashes)
{
	if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
	    __builtin_cpu_supports("avx512vl"))
		flow_hash_avx512(secret, keys, n, hashes);
	else
		flow_hash_any(secret, keys, n, hashes);
}
