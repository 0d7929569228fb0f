/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The rounds of SipHash-1-3, written once for every size of vectors, for lib/flow alone.
 *
 * Overview. Whoever uses SIP_HASH says what one word is: `type`, a word or a vector of words that
 * adds and exclusive-ors as a word does, and SIP_ROTATE(x, n), which rotates each of them left.
 * SIP_HASH works on `units` of them side by side: one chain of rounds is mostly latency, and a
 * second one fills the gaps. A key has a fixed length, so the last block is the constant length
 * byte; the domain is left out. These are macros, since no function may return a vector that not
 * every machine has (its ABI would depend on the file).
 *
 * Life. None.
 *
 * Who writes and who reads. Local variables alone; any thread.
 *
 * Cost. Nine rounds of fourteen operations for `units` vectors of keys.
 */
#ifndef FLOW_HASH_ROUNDS_H
#define FLOW_HASH_ROUNDS_H

#include "flow_hash.h"

#define SIP_LAST_BLOCK ((uint64_t)(FLOW_KEY_WORDS * 8) << 56)

/* The statement for each unit u; the compiler unrolls it, so that neighbours are independent. */
#define SIP_EACH(units, statement)                                                                 \
	for (unsigned u = 0; u < (units); u++)                                                     \
	statement

#define SIP_ROUND(units)                                                                           \
	do {                                                                                       \
		SIP_EACH(units, v0[u] += v1[u]);                                                   \
		SIP_EACH(units, v2[u] += v3[u]);                                                   \
		SIP_EACH(units, v1[u] = SIP_ROTATE(v1[u], 13) ^ v0[u]);                            \
		SIP_EACH(units, v3[u] = SIP_ROTATE(v3[u], 16) ^ v2[u]);                            \
		SIP_EACH(units, v0[u] = SIP_ROTATE(v0[u], 32) + v3[u]);                            \
		SIP_EACH(units, v2[u] += v1[u]);                                                   \
		SIP_EACH(units, v3[u] = SIP_ROTATE(v3[u], 21) ^ v0[u]);                            \
		SIP_EACH(units, v1[u] = SIP_ROTATE(v1[u], 17) ^ v2[u]);                            \
		SIP_EACH(units, v2[u] = SIP_ROTATE(v2[u], 32));                                    \
	} while (0)

#define SIP_COMPRESS(type, units, block)                                                           \
	do {                                                                                       \
		type m[units];                                                                     \
		SIP_EACH(units, m[u] = (block));                                                   \
		SIP_EACH(units, v3[u] ^= m[u]);                                                    \
		SIP_ROUND(units);                                                                  \
		SIP_EACH(units, v0[u] ^= m[u]);                                                    \
	} while (0)

/*
 * The hashes of as many keys as `units` vectors have words. `zero` is one vector; WORD(w, u) loads
 * word w of unit u's keys; KEEP(u, value) takes what came out.
 */
#define SIP_HASH(type, units, zero, secret, WORD, KEEP)                                            \
	do {                                                                                       \
		type v0[units], v1[units], v2[units], v3[units];                                   \
		SIP_EACH(units, v0[u] = (zero) + ((secret)->k0 ^ 0x736f6d6570736575));             \
		SIP_EACH(units, v1[u] = (zero) + ((secret)->k1 ^ 0x646f72616e646f6d));             \
		SIP_EACH(units, v2[u] = (zero) + ((secret)->k0 ^ 0x6c7967656e657261));             \
		SIP_EACH(units, v3[u] = (zero) + ((secret)->k1 ^ 0x7465646279746573));             \
		SIP_COMPRESS(type, units, WORD(0, u));                                             \
		SIP_COMPRESS(type, units, WORD(1, u));                                             \
		SIP_COMPRESS(type, units, WORD(2, u));                                             \
		SIP_COMPRESS(type, units, WORD(3, u));                                             \
		SIP_COMPRESS(type, units, WORD(4, u) & ((zero) + ~FLOW_KEY_DOMAIN));               \
		SIP_COMPRESS(type, units, (zero) + SIP_LAST_BLOCK);                                \
		SIP_EACH(units, v2[u] ^= 0xff);                                                    \
		SIP_ROUND(units);                                                                  \
		SIP_ROUND(units);                                                                  \
		SIP_ROUND(units);                                                                  \
		SIP_EACH(units, KEEP(u, v0[u] ^ v1[u] ^ v2[u] ^ v3[u]));                           \
	} while (0)

#endif
