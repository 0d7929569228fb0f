/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Records found by a key: the hash table of all that is cold. Flows and endpoints have their own.
 *
 * Records lie in one array that grows by doubling up to the owner's bound, each with its key in it;
 * an index of open addressing over them is hashed with the owner's secret, since keys come from the
 * network. When there is no room, or no memory, a new key is refused and counted, and so are all
 * new ones after it: the owner says so in its report. After the owner has put the records in
 * another order nothing can be found any more.
 *
 * Memory: record_bytes and eight for the index a record, half as much again while it grows. One
 * thread.
 */
#ifndef MEM_TABLE_H
#define MEM_TABLE_H

#include "mem_pool.h"

BASE_BEGIN_DECLS

#define MEM_TABLE_FIRST 64 /* records that the smallest table has room for */

/* What a table holds. All are multiples of eight but for the two counts. */
struct mem_table_shape {
	size_t key_bytes, record_bytes;
	size_t key_at;  /* where in a record its key begins */
	uint32_t first; /* records at first; a power of two; 0: MEM_TABLE_FIRST */
	uint32_t max;   /* records at most; a power of two, no less than `first` */
};

struct mem_table {
	struct mem_pool *pool;
	struct mem_table_shape shape;
	uint64_t secret;
	uint32_t n, room;
	uint8_t *records;
	uint32_t *places; /* numbers of records, two places for each that there is room for */
	uint64_t refused; /* times that there was no room */
};

/*
 * Takes no memory yet. The shape is copied, the pool borrowed. `secret`: any number that others
 * cannot guess.
 */
void mem_table_init(struct mem_table *table, struct mem_pool *pool, uint64_t secret,
                    const struct mem_table_shape *shape);

/* Empties it; it may be used again. */
void mem_table_fini(struct mem_table *table);

/* The record with that key, or NULL. It moves when another one is added. */
void *mem_table_find(const struct mem_table *table, const void *key);

/* The same; a new one, zero but for its key, where there is none. NULL: no room, and counted. */
void *mem_table_take(struct mem_table *table, const void *key);

/* Record `i` of n, in the order in which they were added. */
BASE_INLINE void *
mem_table_at(const struct mem_table *table, uint32_t i)
{
	assert(i < table->n);
	return table->records + (size_t)i * table->shape.record_bytes;
}

/* A keyed hash of `bytes` (a multiple of eight) bytes, any alignment. Any thread. */
uint64_t mem_table_hash(uint64_t secret, const void *key, size_t bytes);

BASE_END_DECLS

#endif
