/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The slab: entries by number, the free list through them, and the memory of the table.
 *
 * A number comes from the free list first and from untouched memory second. So a table that was
 * made large for a file of unknown size costs only what is used, and a reader in order of number
 * stops early. Worker writes.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "flow_index.h"

/* Entries a bucket, in quarters: 10.5 of 14 slots, 6.1 bytes of index a flow. */
#define FLOW_BUCKET_QUARTERS 42

/* In the order in which they lie: the entries first, so that each begins on an even line. */
enum { FLOW_ENTRIES, FLOW_BUCKETS, FLOW_UPPER, FLOW_COLD, FLOW_N_ARRAYS };

static uint32_t
flow_buckets_of(uint32_t capacity)
{
	return (uint32_t)((uint64_t)capacity * 4 / FLOW_BUCKET_QUARTERS) + 2;
}

/* Where each array begins in the region, on a line of its own. Returns the bytes of all. */
static size_t
flow_table_arrays(uint32_t capacity, size_t begin[FLOW_N_ARRAYS])
{
	const size_t bytes[FLOW_N_ARRAYS] = {
		[FLOW_ENTRIES] = capacity * sizeof(struct flow_entry),
		[FLOW_BUCKETS] = flow_buckets_of(capacity) * sizeof(struct flow_bucket),
		[FLOW_UPPER] = capacity * sizeof(struct flow_upper),
		[FLOW_COLD] = capacity * sizeof(struct flow_cold),
	};
	size_t at = 0;

	for (unsigned i = 0; i < FLOW_N_ARRAYS; i++) {
		begin[i] = at;
		at += (bytes[i] + BASE_CACHE_LINE - 1) / BASE_CACHE_LINE * BASE_CACHE_LINE;
	}
	return at;
}

static int
flow_table_map(struct flow_table *table, enum mem_pages pages, int node)
{
	size_t begin[FLOW_N_ARRAYS], bytes = flow_table_arrays(table->capacity, begin);
	int error = mem_region_init(&table->region, bytes, pages, node);
	char *base = table->region.base;

	if (error != 0)
		return error;
	table->entries = (struct flow_entry *)(void *)(base + begin[FLOW_ENTRIES]);
	table->buckets = (struct flow_bucket *)(void *)(base + begin[FLOW_BUCKETS]);
	table->upper = (struct flow_upper *)(void *)(base + begin[FLOW_UPPER]);
	table->cold = (struct flow_cold *)(void *)(base + begin[FLOW_COLD]);
	return 0;
}

struct flow_table *
flow_table_create(uint32_t capacity, enum mem_pages pages, int node)
{
	struct flow_table *table;
	int error = EINVAL;

	if (capacity < FLOW_CAPACITY_MIN || capacity > FLOW_CAPACITY_MAX)
		goto fail;
	table = aligned_alloc(BASE_CACHE_LINE, sizeof(*table));
	if (table == NULL)
		return NULL;
	memset(table, 0, sizeof(*table));
	table->capacity = capacity;
	table->n_buckets = flow_buckets_of(capacity);
	table->free_head = FLOW_NONE;
	error = -flow_hash_secret_init(&table->secret);
	if (error == 0)
		error = -flow_table_map(table, pages, node);
	if (error == 0)
		return table;
	flow_table_destroy(table);
fail:
	errno = error;
	return NULL;
}

void
flow_table_destroy(struct flow_table *table)
{
	if (table == NULL)
		return;
	mem_region_fini(&table->region);
	free(table);
}

static uint32_t *
flow_free_link(struct flow_entry *entry)
{
	return (uint32_t *)(void *)entry->still;
}

static uint32_t
flow_take_number(struct flow_table *table)
{
	uint32_t number = table->free_head;

	if (number != FLOW_NONE) {
		table->free_head = *flow_free_link(&table->entries[number]);
		if (table->free_head != FLOW_NONE)
			flow_table_prefetch_entry(table, table->free_head);
		return number;
	}
	if (table->used == table->capacity)
		return FLOW_NONE;
	number = table->used;
	__atomic_store_n(&table->used, number + 1, __ATOMIC_RELEASE);
	return number;
}

uint32_t
flow_table_insert(struct flow_table *table, const struct flow_key *key, uint64_t hash)
{
	uint32_t number = flow_take_number(table);
	struct flow_entry *entry;

	assert(key->rest != 0);
	if (number == FLOW_NONE)
		return FLOW_NONE;
	entry = &table->entries[number];
	base_seq_write_begin(&entry->seq);
	entry->key = *key;
	if (BASE_UNLIKELY(key->rest & FLOW_KEY_DOMAIN))
		hash = flow_index_place(table, key, hash);
	flow_index_put(table, hash, number);
	base_store_u32(&table->live, table->live + 1);
	return number;
}

void
flow_table_unlink(struct flow_table *table, uint32_t number)
{
	flow_table_unlink_hash(table, number,
	                       flow_hash(&table->secret, &table->entries[number].key));
}

void
flow_table_unlink_hash(struct flow_table *table, uint32_t number, uint64_t hash)
{
	if (BASE_UNLIKELY(table->entries[number].key.rest & FLOW_KEY_DOMAIN))
		hash = flow_index_place_of(table, number, hash);
	flow_index_take(table, hash, number);
}

/* The number may be given again, with the next generation; after the last one it never is. */
static void
flow_give_back(struct flow_table *table, uint32_t number)
{
	uint32_t generation = table->cold[number].generation;

	if (generation == FLOW_GENERATION_LAST)
		return;
	*flow_free_link(&table->entries[number]) = table->free_head;
	base_store_u32(&table->cold[number].generation, generation + 1);
	table->free_head = number;
}

void
flow_table_release(struct flow_table *table, uint32_t number)
{
	struct flow_entry *entry = &table->entries[number];

	assert(entry->key.rest != 0);
	base_seq_write_begin(&entry->seq);
	entry->key.rest = 0;
	flow_give_back(table, number);
	base_seq_write_end(&entry->seq);
	base_store_u32(&table->live, table->live - 1);
}

uint64_t
flow_table_bytes(const struct flow_table *table)
{
	return sizeof(*table) + table->region.bytes;
}

uint64_t
flow_table_need(uint32_t capacity)
{
	size_t begin[FLOW_N_ARRAYS];

	return sizeof(struct flow_table) + mem_region_need(flow_table_arrays(capacity, begin));
}
