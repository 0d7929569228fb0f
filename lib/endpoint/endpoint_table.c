/* SPDX-License-Identifier: BSD-3-Clause */
/* Sets searched, records made and replaced; see endpoint_table.h for the order of replacement. */

#include <errno.h>
#include <string.h>

#ifdef __SSE2__
#include <immintrin.h>
#endif

#include "endpoint_table.h"

#define ENDPOINT_TIME_MAX ((UINT64_C(1) << 48) - 1)

static size_t
endpoint_table_bytes(uint32_t capacity)
{
	return (size_t)capacity / ENDPOINT_WAYS * sizeof(struct endpoint_set) +
	       (size_t)capacity * (sizeof(struct endpoint) + sizeof(struct endpoint_more));
}

uint64_t
endpoint_table_need(uint32_t capacity)
{
	return mem_region_need(endpoint_table_bytes(capacity));
}

int
endpoint_table_init(struct endpoint_table *table, uint32_t capacity, enum mem_pages pages, int node)
{
	uint32_t n_sets = capacity / ENDPOINT_WAYS;
	int error;

	memset(table, 0, sizeof(*table));
	if (capacity < ENDPOINT_CAPACITY_MIN || capacity > ENDPOINT_CAPACITY_MAX ||
	    (capacity & (capacity - 1)) != 0)
		return -EINVAL;
	error = mem_region_init(&table->region, endpoint_table_bytes(capacity), pages, node);
	if (error != 0)
		return error;
	table->n_sets = n_sets;
	table->silent_left = capacity;
	table->records = table->region.base;
	table->sets = (struct endpoint_set *)(void *)&table->records[capacity];
	table->more = (struct endpoint_more *)(void *)&table->sets[n_sets];
	return 0;
}

void
endpoint_table_fini(struct endpoint_table *table)
{
	mem_region_fini(&table->region);
}

static uint16_t
endpoint_tag(uint64_t hash)
{
	return (uint16_t)(hash & 0xffff) != 0 ? (uint16_t)hash : 1;
}

static bool
endpoint_is(const struct endpoint *record, const struct flow_key *key)
{
	return record->addr[0] == key->a_addr[0] && record->addr[1] == key->a_addr[1] &&
	       record->name == key->rest;
}

/* Two bits for each way that has the tag. */
BASE_INLINE uint32_t
endpoint_match(const struct endpoint_set *set, uint16_t tag)
{
#ifdef __SSE2__
	__m128i tags = _mm_load_si128((const __m128i *)(const void *)set->tag);

	return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi16(tags, _mm_set1_epi16((short)tag)));
#else
	uint32_t mask = 0;

	for (unsigned way = 0; way < ENDPOINT_WAYS; way++)
		mask |= (set->tag[way] == tag ? 3u : 0u) << 2 * way;
	return mask;
#endif
}

uint32_t
endpoint_table_find(const struct endpoint_table *table, const struct flow_key *key, uint64_t hash)
{
	uint32_t home = endpoint_set_of(table, hash);
	uint32_t mask = endpoint_match(&table->sets[home], endpoint_tag(hash));

	for (; mask != 0; mask &= mask - 1, mask &= mask - 1) {
		uint32_t number = home * ENDPOINT_WAYS + (uint32_t)__builtin_ctz(mask) / 2;

		if (endpoint_is(&table->records[number], key))
			return number;
	}
	return ENDPOINT_NONE;
}

/* A free way, or the way of the least rank that was not seen for longest. Without branches. */
static uint32_t
endpoint_victim(const struct endpoint_set *set)
{
	uint64_t best = UINT64_MAX;

	for (uint32_t way = 0; way < ENDPOINT_WAYS; way++) {
		uint64_t worth = (uint64_t)set->rank[way] << 40 | (uint64_t)set->seen[way] << 8;

		best = (worth | way) < best ? worth | way : best;
	}
	return best & (ENDPOINT_WAYS - 1);
}

void
endpoint_table_prefetch_record(const struct endpoint_table *table, uint64_t hash)
{
	uint32_t home = endpoint_set_of(table, hash);
	const struct endpoint_set *set = &table->sets[home];
	uint32_t mask = endpoint_match(set, endpoint_tag(hash));
	uint32_t way;

	if (mask != 0)
		way = (uint32_t)__builtin_ctz(mask) / 2;
	else if (table->silent_left != 0)
		way = endpoint_victim(set);
	else
		return; /* a flood: hardly any will be replaced */
	__builtin_prefetch(&table->records[home * ENDPOINT_WAYS + way], 1);
}

struct endpoint_more *
endpoint_table_more(struct endpoint_table *table, uint32_t number)
{
	struct endpoint *record = &table->records[number];
	struct endpoint_more *more = &table->more[number];

	if (!(record->flags & ENDPOINT_MORE)) {
		memset(more, 0, sizeof(*more));
		record->flags |= ENDPOINT_MORE;
		endpoint_more_first(more, record->first_place, record->first_cause);
	}
	return more;
}

/* Spans of the past come between others, so ticks go back too. */
static bool
endpoint_is_later(uint32_t tick, uint32_t than)
{
	return (int32_t)(tick - than) > 0;
}

/*
 * May one more silent endpoint have a record? In each tick as many may as there are records. More
 * than that would not be there long enough to be read, and a flood need not pay for it.
 */
static bool
endpoint_is_turn(struct endpoint_table *table, uint32_t tick)
{
	if (endpoint_is_later(tick, table->tick)) {
		table->tick = tick;
		table->silent_left = endpoint_table_capacity(table);
	}
	if (table->silent_left == 0)
		return false;
	table->silent_left--;
	return true;
}

/* Room for an endpoint that has no record: its way in the set, or ENDPOINT_NONE. */
static uint32_t
endpoint_room(struct endpoint_table *table, const struct endpoint_set *set, enum endpoint_rank rank,
              uint32_t tick)
{
	uint32_t way;

	if (rank == ENDPOINT_SILENT && !endpoint_is_turn(table, tick))
		goto none;
	way = endpoint_victim(set);
	if (rank < ENDPOINT_PROVEN && set->rank[way] == ENDPOINT_PROVEN)
		goto none;
	base_counter_add(set->rank[way] == ENDPOINT_FREE ? &table->live : &table->replaced, 1);
	return way;
none:
	base_counter_add(&table->passed_over, 1);
	return ENDPOINT_NONE;
}

/* Domains are held as long as an endpoint of them has a record. */
static void
endpoint_move_domain(struct endpoint_table *table, uint64_t from, uint64_t to)
{
	const struct flow_key replaced = { .rest = from }, key = { .rest = to };

	if (table->domains == NULL)
		return;
	domain_drop(table->domains, flow_key_domain(&replaced));
	domain_hold(table->domains, flow_key_domain(&key));
}

/* Field by field: seq must never have another value, not for a moment. */
static void
endpoint_begin(struct endpoint_table *table, struct endpoint *record, const struct flow_key *key,
               struct endpoint_span span)
{
	if (BASE_UNLIKELY((record->name | key->rest) & FLOW_KEY_DOMAIN))
		endpoint_move_domain(table, record->name, key->rest);
	record->addr[0] = key->a_addr[0];
	record->addr[1] = key->a_addr[1];
	record->name = key->rest;
	record->first_us = span.first_us & ENDPOINT_TIME_MAX;
	record->accepted_hi = 0;
	record->first_place = 0;
	record->first_cause = 0;
	record->last_us = span.last_us & ENDPOINT_TIME_MAX;
	record->flags = 0;
	record->asked_hi = 0;
	record->accepted_lo = record->asked_lo = 0;
	record->refused = record->unanswered = 0;
	record->syn_ack_retransmitted = 0;
}

/* Widens the time in which the endpoint of way `way` was seen. */
static void
endpoint_extend(struct endpoint *record, struct endpoint_set *set, uint32_t way,
                struct endpoint_span span, uint32_t tick)
{
	if (span.first_us < record->first_us)
		record->first_us = span.first_us & ENDPOINT_TIME_MAX;
	if (span.last_us > record->last_us)
		record->last_us = span.last_us & ENDPOINT_TIME_MAX;
	if (endpoint_is_later(tick, set->seen[way]))
		set->seen[way] = tick;
}

uint32_t
endpoint_table_take(struct endpoint_table *table, const struct flow_key *key, uint64_t hash,
                    enum endpoint_rank rank, struct endpoint_span span)
{
	uint32_t home = endpoint_set_of(table, hash);
	struct endpoint_set *set = &table->sets[home];
	uint32_t number = endpoint_table_find(table, key, hash);
	bool is_new = number == ENDPOINT_NONE;
	uint32_t tick = (uint32_t)(span.last_us >> ENDPOINT_TICK_SHIFT);
	uint32_t way = is_new ? endpoint_room(table, set, rank, tick) : number % ENDPOINT_WAYS;
	struct endpoint *record;

	if (way == ENDPOINT_NONE)
		return ENDPOINT_NONE;
	record = &table->records[home * ENDPOINT_WAYS + way];
	base_seq_write_begin(&record->seq);
	if (is_new) {
		endpoint_begin(table, record, key, span);
		set->tag[way] = endpoint_tag(hash);
		set->seen[way] = tick;
		set->rank[way] = (uint8_t)rank;
	} else {
		endpoint_extend(record, set, way, span, tick);
		if (set->rank[way] < rank)
			set->rank[way] = (uint8_t)rank;
	}
	return home * ENDPOINT_WAYS + way;
}

void
endpoint_table_raise(struct endpoint_table *table, uint32_t number, enum endpoint_rank rank)
{
	uint8_t *has = &table->sets[number / ENDPOINT_WAYS].rank[number % ENDPOINT_WAYS];

	if (*has < rank)
		*has = (uint8_t)rank;
}
