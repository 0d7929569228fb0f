/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The versions of flow_hash_burst, one for each size of vectors: for flow_hash.c, which chooses,
 * and for the tests and benchmarks that compare them.
 *
 * Each gives the numbers of flow_hash, but has its own target: a machine without it must not call
 * it.
 */
#ifndef FLOW_HASH_LANES_H
#define FLOW_HASH_LANES_H

#include "flow_hash.h"

BASE_BEGIN_DECLS

/* As flow_hash_burst. */
typedef void flow_hash_function(const struct flow_hash_secret *secret,
                                const struct flow_burst *keys, unsigned n, uint64_t *hashes);

flow_hash_function flow_hash_plain; /* any machine */
#ifdef __x86_64__
flow_hash_function flow_hash_avx2;   /* two vectors of four */
flow_hash_function flow_hash_avx512; /* two vectors of eight, and of four for few keys */
#endif

struct flow_hash_version {
	const char *name;
	flow_hash_function *hash;
	bool (*is_supported)(void);
};

#ifdef __x86_64__
#define FLOW_HASH_VERSIONS 3
#else
#define FLOW_HASH_VERSIONS 1
#endif

/* Largest vectors first; the last version is supported everywhere. Any thread: reads. */
extern const struct flow_hash_version flow_hash_versions[FLOW_HASH_VERSIONS];

BASE_END_DECLS

#endif
