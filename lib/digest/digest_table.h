/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Records found by a key: the table under every digest.
 *
 * Records lie in one array that grows by doubling up to the owner's bound, each beginning with its
 * key; an index of open addressing over them is hashed with the owner's secret, since keys come
 * from the network. When there is no room, or no memory, a new key is refused and counted: the
 * owner says so in its report. After the owner has put the records in another order nothing can be
 * found any more.
 *
 * Memory: record_bytes and eight for the index a record, half as much again while it grows. One
 * thread.
 */
#ifndef DIGEST_TABLE_H
#define DIGEST_TABLE_H

#include "filter_memory.h"

BASE_BEGIN_DECLS

struct digest_table {
	struct filter_memory memory;
	uint64_t secret;
	size_t key_bytes, record_bytes; /* both multiples of eight */
	uint32_t max;                   /* records; a power of two, 64 at least */
	uint32_t n, room;
	uint8_t *records;
	uint32_t *places; /* numbers of records, two places for each that fits */
	uint64_t refused; /* times that there was no room */
};

/* Takes no memory yet. `memory` is copied; `secret`: any number that others cannot guess. */
void digest_table_init(struct digest_table *table, const struct filter_memory *memory,
                       uint64_t secret, size_t key_bytes, size_t record_bytes, uint32_t max);
void digest_table_fini(struct digest_table *table);

/* The record that begins with `key`, or NULL. It moves when another one is added. */
void *digest_table_find(const struct digest_table *table, const void *key);

/* The same; a new one, zero but for its key, where there is none. NULL: no room, and counted. */
void *digest_table_take(struct digest_table *table, const void *key);

/* Record `i` of n, in the order in which they were added. */
BASE_INLINE void *
digest_table_at(const struct digest_table *table, uint32_t i)
{
	assert(i < table->n);
	return table->records + (size_t)i * table->record_bytes;
}

/* A keyed hash of `bytes` (a multiple of eight) bytes, any alignment. Any thread. */
uint64_t digest_hash(uint64_t secret, const void *key, size_t bytes);

BASE_END_DECLS

#endif
