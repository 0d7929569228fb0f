/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The flow table of one worker: a hash index of buckets over a slab of entries that never move.
 *
 * Overview. It has four arrays in one region of memory:
 *
 *	entries   128 bytes, two adjacent lines. The first has the key, the second a sequence count
 *	          for readers; 84 bytes of both are the tracker's. What each packet writes is in the
 *	          second
 *	buckets   one cache line each: fourteen 12-bit tags, fourteen 24-bit entry numbers, and how
 *	          many entries that belong here or before had to go further (flow_index.c)
 *	upper     16 bytes for each entry that are the tracker's, for what outgrows the entry: the
 *	          table never touches them
 *	cold      8 bytes for each entry that packets do not touch: generation, due time, 16 bits of
 *	          the tracker's. They are apart from upper, for the sweep reads nothing else
 *
 * One region, since each one is rounded up to hugepages: four would take half a byte a flow more.
 *
 * A worker has up to 16.7 million flows: numbers of four bytes would leave a line ten slots and
 * cost a byte more a flow. The table is as large as it is made. When it is full, insert fails and
 * its owner makes room.
 *
 * Life. An entry is inserted (into index and slab), unlinked (out of the index, still seen by
 * readers) and released: it is gone, and its number may name another flow, with the next
 * generation.
 *
 * Who writes and who reads. One worker writes everything. Any other thread may read entries, cold
 * slots and upper parts in order of number up to flow_table_used, through the entry's sequence
 * count. It never reads the index.
 *
 * Cost. 158.1 bytes a flow, index and all. A find touches one line of the index and, nearly
 * always, one of the entry.
 */
#ifndef FLOW_TABLE_H
#define FLOW_TABLE_H

#include "base_atomic.h"
#include "flow_hash.h"
#include "mem_region.h"

BASE_BEGIN_DECLS

#define FLOW_NONE         UINT32_MAX
#define FLOW_BUCKET_SLOTS 14
#define FLOW_CROWD        8 /* flows that one hash names: those of one tuple in several domains */
#define FLOW_STILL_BYTES  24
#define FLOW_USER_BYTES   60
#define FLOW_CAPACITY_MIN 64
#define FLOW_CAPACITY_MAX ((1u << 24) - 1)

/* A number that has named so many flows is given no more: else it would name one of them again. */
#define FLOW_GENERATION_LAST UINT32_MAX

struct flow_entry {
	struct flow_key key;             /* key.rest is 0 while the entry is free */
	uint8_t still[FLOW_STILL_BYTES]; /* the tracker's, in the line that packets only read */
	uint32_t seq;                    /* base_seq_*: odd while the worker writes */
	uint8_t user[FLOW_USER_BYTES];
};

struct flow_bucket {
	uint8_t number[FLOW_BUCKET_SLOTS][3];    /* of the entry, low byte first */
	uint8_t tag[FLOW_BUCKET_SLOTS];          /* low eight bits of tags; all twelve 0: free */
	uint8_t tag_high[FLOW_BUCKET_SLOTS / 2]; /* high four, of two slots a byte, low one first */
	uint8_t overflow;                        /* entries whose way led past this full bucket */
};

struct flow_upper {
	uint64_t user[2];
};

struct BASE_ALIGNED(8) flow_cold {
	uint32_t generation; /* of the entry's number: both together name a flow for ever */
	uint16_t due;        /* tick before which the sweep need not examine it */
	uint16_t user;
};

static_assert(sizeof(struct flow_entry) == 2 * BASE_CACHE_LINE, "two adjacent lines");
static_assert(offsetof(struct flow_entry, seq) == BASE_CACHE_LINE, "the second is written");
static_assert(sizeof(struct flow_bucket) == BASE_CACHE_LINE, "one line");

struct flow_table {
	/* set at creation; worker and control: read */
	struct flow_entry *entries;
	struct flow_bucket *buckets;
	struct flow_upper *upper;
	struct flow_cold *cold;
	uint32_t n_buckets;
	uint32_t capacity;
	struct flow_hash_secret secret;
	struct mem_region region;

	/* worker: writes; control: reads used and live */
	BASE_ALIGNED(BASE_CACHE_LINE) uint32_t used; /* numbers below were given at some time */
	uint32_t live;                               /* inserted and not yet released */
	uint32_t free_head;    /* last in, first out: the lines may still be warm */
	uint32_t sweep_next;   /* the hand */
	uint32_t sweep_forced; /* cold slots that the hand still returns whatever their due */
};

/*
 * Makes a table for `capacity` flows in zeroed memory of the given kind and NUMA node. Control,
 * cold. NULL and errno: EINVAL (capacity), ENOMEM, or what getrandom says. `destroy` takes NULL
 * too.
 */
struct flow_table *flow_table_create(uint32_t capacity, enum mem_pages pages, int node);
void flow_table_destroy(struct flow_table *table);

/* The number of the flow's entry, or FLOW_NONE. Worker, hot. */
uint32_t flow_table_find(const struct flow_table *table, const struct flow_key *key, uint64_t hash);

/*
 * The flows with the same endpoints in whatever domain. Returns how many. Where there are
 * FLOW_CROWD there may be more, which only flow_table_find finds. Worker.
 */
unsigned flow_table_find_endpoints(const struct flow_table *table, const struct flow_key *key,
                                   uint64_t hash, uint32_t numbers[FLOW_CROWD]);

/*
 * Adds a flow that is not there. Returns its number, or FLOW_NONE when the table is full. The
 * entry's write is left open: the caller fills still[] and user[] and calls base_seq_write_end.
 * Worker, hot.
 */
uint32_t flow_table_insert(struct flow_table *table, const struct flow_key *key, uint64_t hash);

/* Takes the flow out of the index; readers still see its entry. Worker. */
void flow_table_unlink(struct flow_table *table, uint32_t number);

/* The same where the hash of its key is known already, as when many are hashed together. Worker. */
void flow_table_unlink_hash(struct flow_table *table, uint32_t number, uint64_t hash);

/*
 * Gives the number of an unlinked entry back. After FLOW_GENERATION_LAST it is lost: one of
 * the table's places in seven minutes of ten million flows a second. Worker.
 */
void flow_table_release(struct flow_table *table, uint32_t number);

/* Bytes of memory of a whole table, and of one that is not made yet. Any. */
uint64_t flow_table_bytes(const struct flow_table *table);
uint64_t flow_table_need(uint32_t capacity);

BASE_INLINE struct flow_entry *
flow_table_entry(const struct flow_table *table, uint32_t number)
{
	return &table->entries[number];
}

BASE_INLINE struct flow_cold *
flow_table_cold(const struct flow_table *table, uint32_t number)
{
	return &table->cold[number];
}

BASE_INLINE struct flow_upper *
flow_table_upper(const struct flow_table *table, uint32_t number)
{
	return &table->upper[number];
}

/* The number of an entry of this table. */
BASE_INLINE uint32_t
flow_table_number(const struct flow_table *table, const struct flow_entry *entry)
{
	return (uint32_t)(entry - table->entries);
}

/* Numbers from here on were never given: a reader in order of number stops here. Any. */
BASE_INLINE uint32_t
flow_table_used(const struct flow_table *table)
{
	return __atomic_load_n(&table->used, __ATOMIC_ACQUIRE);
}

/* The home bucket of a hash: its high half, scaled (no division, any number of buckets). */
BASE_INLINE uint32_t
flow_table_home(const struct flow_table *table, uint64_t hash)
{
	return (uint32_t)(((hash >> 32) * table->n_buckets) >> 32);
}

/* The bucket `hop` places after the home; the first comes after the last. */
BASE_INLINE struct flow_bucket *
flow_table_bucket(const struct flow_table *table, uint64_t hash, unsigned hop)
{
	uint32_t at = flow_table_home(table, hash) + hop;

	return &table->buckets[hop == 0 || at < table->n_buckets ? at : at - table->n_buckets];
}

BASE_INLINE void
flow_table_prefetch_bucket(const struct flow_table *table, uint64_t hash, unsigned hop)
{
	__builtin_prefetch(flow_table_bucket(table, hash, hop), 1);
}

/* Did any flow have to go past that bucket? Then the one that is searched for may have. */
BASE_INLINE bool
flow_table_is_passed(const struct flow_table *table, uint64_t hash, unsigned hop)
{
	return flow_table_bucket(table, hash, hop)->overflow != 0;
}

BASE_INLINE void
flow_table_prefetch_entry(const struct flow_table *table, uint32_t number)
{
	const uint8_t *p = (const uint8_t *)&table->entries[number];

	__builtin_prefetch(p, 1);
	__builtin_prefetch(p + BASE_CACHE_LINE, 1);
}

BASE_END_DECLS

#endif
