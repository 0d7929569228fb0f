/* SPDX-License-Identifier: BSD-3-Clause */
/* Records, the index over them, and their growth; see digest_table.h. */

#include <string.h>

#include "base_bytes.h"
#include "digest_table.h"

#define TABLE_FIRST_ROOM 64
#define TABLE_NONE       UINT32_MAX

/* Twice as many places as records. */
#define TABLE_PLACES(room) (2 * (room))

/* A keyed product of each word with what came before, both halves kept. */
uint64_t
digest_hash(uint64_t secret, const void *key, size_t bytes)
{
	const uint8_t *from = key;
	uint64_t hash = secret;

	for (size_t i = 0; i < bytes; i += 8) {
		uint64_t word = base_raw64(from + i) ^ secret;
		unsigned __int128 product =
		    (unsigned __int128)(hash ^ UINT64_C(0x9e3779b97f4a7c15)) * (word | 1);

		hash = (uint64_t)product ^ (uint64_t)(product >> 64) ^ word;
	}
	return hash ^ hash >> 32;
}

/* The place of the key's record, or the free one where it belongs. There is always a free one. */
static uint32_t
table_place(const struct digest_table *table, const void *key)
{
	uint32_t mask = TABLE_PLACES(table->room) - 1;
	uint32_t at = (uint32_t)digest_hash(table->secret, key, table->key_bytes) & mask;

	while (table->places[at] != TABLE_NONE &&
	       memcmp(digest_table_at(table, table->places[at]), key, table->key_bytes))
		at = (at + 1) & mask;
	return at;
}

static void
table_release(const struct digest_table *table, void *block, size_t bytes)
{
	if (block)
		table->memory.release(table->memory.ctx, block, bytes);
}

static int
table_grow(struct digest_table *table)
{
	uint32_t room = table->room ? 2 * table->room : TABLE_FIRST_ROOM;
	size_t places_bytes = TABLE_PLACES(room) * sizeof(table->places[0]);
	size_t old_places_bytes = TABLE_PLACES(table->room) * sizeof(table->places[0]);
	size_t old_bytes = table->room * table->record_bytes;
	uint32_t *places;
	uint8_t *records;

	if (room > table->max)
		return 0;
	places = table->memory.alloc(table->memory.ctx, places_bytes);
	if (!places)
		return 0;
	records = filter_memory_grow(&table->memory, table->records, old_bytes, old_bytes,
	                             room * table->record_bytes);
	if (!records) {
		table_release(table, places, places_bytes);
		return 0;
	}
	memset(places, 0xff, places_bytes);
	table_release(table, table->places, old_places_bytes);
	table->records = records;
	table->places = places;
	table->room = room;
	for (uint32_t i = 0; i < table->n; i++)
		places[table_place(table, digest_table_at(table, i))] = i;
	return 1;
}

void
digest_table_init(struct digest_table *table, const struct filter_memory *memory, uint64_t secret,
                  size_t key_bytes, size_t record_bytes, uint32_t max)
{
	assert(key_bytes % 8 == 0 && record_bytes % 8 == 0 && key_bytes <= record_bytes);
	assert(max >= TABLE_FIRST_ROOM && (max & (max - 1)) == 0);
	*table = (struct digest_table){
		.memory = *memory,
		.secret = secret,
		.key_bytes = key_bytes,
		.record_bytes = record_bytes,
		.max = max,
	};
}

void
digest_table_fini(struct digest_table *table)
{
	table_release(table, table->records, table->room * table->record_bytes);
	table_release(table, table->places, TABLE_PLACES(table->room) * sizeof(table->places[0]));
	table->records = NULL;
	table->places = NULL;
	table->n = table->room = 0;
}

void *
digest_table_find(const struct digest_table *table, const void *key)
{
	uint32_t number;

	if (table->n == 0)
		return NULL;
	number = table->places[table_place(table, key)];
	return number == TABLE_NONE ? NULL : digest_table_at(table, number);
}

void *
digest_table_take(struct digest_table *table, const void *key)
{
	uint8_t *record = digest_table_find(table, key);

	if (record)
		return record;
	if (table->n == table->room && !table_grow(table)) {
		table->refused++;
		return NULL;
	}
	table->places[table_place(table, key)] = table->n;
	record = table->records + (size_t)table->n * table->record_bytes;
	table->n++;
	memset(record, 0, table->record_bytes);
	memcpy(record, key, table->key_bytes);
	return record;
}
