/* SPDX-License-Identifier: BSD-3-Clause */
/* Records, the index over them, and their growth; see mem_table.h. */

#include <string.h>

#include "base_bytes.h"
#include "base_hash.h"
#include "mem_table.h"

#define TABLE_NONE UINT32_MAX

/* Bytes of the index: twice as many places as records. */
#define TABLE_PLACES(room)       (2 * (room))
#define TABLE_PLACES_BYTES(room) (TABLE_PLACES((size_t)(room)) * sizeof(uint32_t))

uint64_t
mem_table_hash(uint64_t secret, const void *key, size_t bytes)
{
	const uint8_t *from = key;
	uint64_t hash = secret;

	for (size_t i = 0; i < bytes; i += 8)
		hash = base_hash_add(hash, secret, base_raw64(from + i));
	return base_hash_end(hash);
}

static uint8_t *
table_key(const struct mem_table *table, uint32_t i)
{
	return table->records + (size_t)i * table->shape.record_bytes + table->shape.key_at;
}

/* The place of the key's record, or the free one where it belongs. There is always a free one. */
static uint32_t
table_place(const struct mem_table *table, const void *key)
{
	size_t bytes = table->shape.key_bytes;
	uint32_t mask = TABLE_PLACES(table->room) - 1;
	uint32_t at = (uint32_t)mem_table_hash(table->secret, key, bytes) & mask;

	while (table->places[at] != TABLE_NONE &&
	       memcmp(table_key(table, table->places[at]), key, bytes))
		at = (at + 1) & mask;
	return at;
}

static int
table_grow(struct mem_table *table)
{
	size_t record_bytes = table->shape.record_bytes;
	uint32_t room = table->room ? 2 * table->room : table->shape.first;
	size_t old_bytes = table->room * record_bytes;
	uint32_t *places;
	uint8_t *records;

	if (room > table->shape.max)
		return 0;
	places = mem_pool_alloc(table->pool, TABLE_PLACES_BYTES(room));
	if (!places)
		return 0;
	records =
	    mem_pool_grow(table->pool, table->records, old_bytes, old_bytes, room * record_bytes);
	if (!records) {
		mem_pool_release(table->pool, places, TABLE_PLACES_BYTES(room));
		return 0;
	}
	memset(places, 0xff, TABLE_PLACES_BYTES(room));
	mem_pool_release(table->pool, table->places, TABLE_PLACES_BYTES(table->room));
	table->records = records;
	table->places = places;
	table->room = room;
	for (uint32_t i = 0; i < table->n; i++)
		places[table_place(table, table_key(table, i))] = i;
	return 1;
}

static void
table_check(const struct mem_table_shape *shape)
{
	assert(shape->key_bytes % 8 == 0 && shape->record_bytes % 8 == 0 && shape->key_at % 8 == 0);
	assert(shape->key_at + shape->key_bytes <= shape->record_bytes);
	assert(shape->first > 0 && (shape->first & (shape->first - 1)) == 0);
	assert(shape->max >= shape->first && (shape->max & (shape->max - 1)) == 0);
}

void
mem_table_init(struct mem_table *table, struct mem_pool *pool, uint64_t secret,
               const struct mem_table_shape *shape)
{
	*table = (struct mem_table){ .pool = pool, .shape = *shape, .secret = secret };
	if (table->shape.first == 0)
		table->shape.first = MEM_TABLE_FIRST;
	table_check(&table->shape);
}

void
mem_table_fini(struct mem_table *table)
{
	mem_pool_release(table->pool, table->records, table->room * table->shape.record_bytes);
	mem_pool_release(table->pool, table->places, TABLE_PLACES_BYTES(table->room));
	table->records = NULL;
	table->places = NULL;
	table->n = table->room = 0;
	table->refused = 0;
}

void *
mem_table_find(const struct mem_table *table, const void *key)
{
	uint32_t number;

	if (table->n == 0)
		return NULL;
	number = table->places[table_place(table, key)];
	return number == TABLE_NONE ? NULL : mem_table_at(table, number);
}

static void *
table_add(struct mem_table *table, const void *key, uint32_t place)
{
	const struct mem_table_shape *shape = &table->shape;
	uint8_t *record = table->records + (size_t)table->n * shape->record_bytes;

	table->places[place] = table->n++;
	memset(record, 0, shape->record_bytes);
	memcpy(record + shape->key_at, key, shape->key_bytes);
	return record;
}

void *
mem_table_take(struct mem_table *table, const void *key)
{
	uint32_t place = 0;

	if (table->room != 0) {
		place = table_place(table, key);
		if (table->places[place] != TABLE_NONE)
			return mem_table_at(table, table->places[place]);
	}
	if (table->n == table->room) {
		/* No key is new that may have been refused: what has a record has all of it. */
		if (table->refused > 0 || !table_grow(table)) {
			table->refused++;
			return NULL;
		}
		place = table_place(table, key);
	}
	return table_add(table, key, place);
}
