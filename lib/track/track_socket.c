/* SPDX-License-Identifier: BSD-3-Clause */
/* Sets searched, records made and replaced; see track_socket.h for the order of replacement. */

#include <errno.h>
#include <string.h>

#ifdef __SSE2__
#include <immintrin.h>
#endif

#include "track_socket.h"

#define TRACK_SOCKET_TIME_MAX ((UINT64_C(1) << 48) - 1)

static size_t
track_sockets_bytes(uint32_t capacity)
{
	return (size_t)capacity / TRACK_SOCKET_WAYS * sizeof(struct track_socket_set) +
	       (size_t)capacity * sizeof(struct track_socket);
}

uint64_t
track_sockets_need(uint32_t capacity)
{
	return mem_region_need(track_sockets_bytes(capacity));
}

int
track_sockets_init(struct track_sockets *sockets, uint32_t capacity, enum mem_pages pages, int node)
{
	uint32_t n_sets = capacity / TRACK_SOCKET_WAYS;
	int error;

	memset(sockets, 0, sizeof(*sockets));
	if (capacity < TRACK_SOCKET_CAPACITY_MIN || capacity > TRACK_SOCKET_CAPACITY_MAX ||
	    (capacity & (capacity - 1)) != 0)
		return -EINVAL;
	error = mem_region_init(&sockets->region, track_sockets_bytes(capacity), pages, node);
	if (error != 0)
		return error;
	sockets->n_sets = n_sets;
	sockets->silent_left = capacity;
	sockets->records = sockets->region.base;
	sockets->sets = (struct track_socket_set *)(void *)&sockets->records[capacity];
	return 0;
}

void
track_sockets_fini(struct track_sockets *sockets)
{
	mem_region_fini(&sockets->region);
}

static uint16_t
track_socket_tag(uint64_t hash)
{
	return (uint16_t)(hash & 0xffff) != 0 ? (uint16_t)hash : 1;
}

static int
track_socket_is(const struct track_socket *record, const struct flow_key *key)
{
	return record->addr[0] == key->a_addr[0] && record->addr[1] == key->a_addr[1] &&
	       record->name == key->rest;
}

/* Two bits for each way that has the tag. */
BASE_INLINE uint32_t
track_socket_match(const struct track_socket_set *set, uint16_t tag)
{
#ifdef __SSE2__
	__m128i tags = _mm_load_si128((const __m128i *)(const void *)set->tag);

	return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi16(tags, _mm_set1_epi16((short)tag)));
#else
	uint32_t mask = 0;

	for (unsigned way = 0; way < TRACK_SOCKET_WAYS; way++)
		mask |= (set->tag[way] == tag ? 3u : 0u) << 2 * way;
	return mask;
#endif
}

uint32_t
track_sockets_find(const struct track_sockets *sockets, const struct flow_key *key, uint64_t hash)
{
	uint32_t home = track_socket_set_of(sockets, hash);
	uint32_t mask = track_socket_match(&sockets->sets[home], track_socket_tag(hash));

	for (; mask != 0; mask &= mask - 1, mask &= mask - 1) {
		uint32_t number = home * TRACK_SOCKET_WAYS + (uint32_t)__builtin_ctz(mask) / 2;

		if (track_socket_is(&sockets->records[number], key))
			return number;
	}
	return TRACK_SOCKET_NONE;
}

/* A free way, or that of the least rank that was not seen for longest. Without branches. */
static uint32_t
track_socket_victim(const struct track_socket_set *set)
{
	uint64_t best = UINT64_MAX;

	for (uint32_t way = 0; way < TRACK_SOCKET_WAYS; way++) {
		uint64_t worth = (uint64_t)set->rank[way] << 40 | (uint64_t)set->seen[way] << 8;

		best = (worth | way) < best ? worth | way : best;
	}
	return best & (TRACK_SOCKET_WAYS - 1);
}

void
track_sockets_prefetch_record(const struct track_sockets *sockets, uint64_t hash)
{
	uint32_t home = track_socket_set_of(sockets, hash);
	const struct track_socket_set *set = &sockets->sets[home];
	uint32_t mask = track_socket_match(set, track_socket_tag(hash));
	uint32_t way;

	if (mask != 0)
		way = (uint32_t)__builtin_ctz(mask) / 2;
	else if (sockets->silent_left != 0)
		way = track_socket_victim(set);
	else
		return; /* a flood: nearly none will be replaced */
	__builtin_prefetch(&sockets->records[home * TRACK_SOCKET_WAYS + way], 1);
}

/*
 * May one more silent socket have a record? As many as there are records, a tick: more than that
 * would not be there long enough to be read, and a flood need not pay for it.
 */
static int
track_socket_is_turn(struct track_sockets *sockets, uint32_t tick)
{
	if (sockets->tick != tick) {
		sockets->tick = tick;
		sockets->silent_left = track_sockets_capacity(sockets);
	}
	if (sockets->silent_left == 0)
		return 0;
	sockets->silent_left--;
	return 1;
}

/* Room for a socket that has no record: its way in the set, or TRACK_SOCKET_NONE. */
static uint32_t
track_socket_room(struct track_sockets *sockets, const struct track_socket_set *set,
                  enum track_socket_rank rank, uint32_t tick)
{
	uint32_t way;

	if (rank == TRACK_SOCKET_SILENT && !track_socket_is_turn(sockets, tick))
		goto none;
	way = track_socket_victim(set);
	if (rank < TRACK_SOCKET_PROVEN && set->rank[way] == TRACK_SOCKET_PROVEN)
		goto none;
	base_counter_add(set->rank[way] == TRACK_SOCKET_FREE ? &sockets->live : &sockets->replaced,
	                 1);
	return way;
none:
	base_counter_add(&sockets->passed_over, 1);
	return TRACK_SOCKET_NONE;
}

/* Field by field: its seq must not be anything else for a moment. */
static void
track_socket_begin(struct track_socket *record, const struct flow_key *key, uint64_t now_us)
{
	record->addr[0] = key->a_addr[0];
	record->addr[1] = key->a_addr[1];
	record->name = key->rest;
	record->first_us = now_us & TRACK_SOCKET_TIME_MAX;
	record->flags = 0;
	record->accepted_hi = 0;
	record->asked_hi = 0;
	record->accepted_lo = record->asked_lo = 0;
	record->refused = record->unanswered = 0;
	record->syn_ack_again = 0;
}

uint32_t
track_sockets_take(struct track_sockets *sockets, const struct flow_key *key, uint64_t hash,
                   enum track_socket_rank rank, uint64_t now_us)
{
	uint32_t home = track_socket_set_of(sockets, hash);
	struct track_socket_set *set = &sockets->sets[home];
	uint32_t number = track_sockets_find(sockets, key, hash);
	int is_new = number == TRACK_SOCKET_NONE;
	uint32_t tick = (uint32_t)(now_us >> TRACK_SOCKET_TICK_SHIFT);
	uint32_t way =
	    is_new ? track_socket_room(sockets, set, rank, tick) : number % TRACK_SOCKET_WAYS;
	struct track_socket *record;

	if (way == TRACK_SOCKET_NONE)
		return TRACK_SOCKET_NONE;
	record = &sockets->records[home * TRACK_SOCKET_WAYS + way];
	base_seq_write_begin(&record->seq);
	if (is_new) {
		track_socket_begin(record, key, now_us);
		set->tag[way] = track_socket_tag(hash);
		set->rank[way] = (uint8_t)rank;
	} else if (set->rank[way] < rank) {
		set->rank[way] = (uint8_t)rank;
	}
	record->last_us = now_us & TRACK_SOCKET_TIME_MAX;
	set->seen[way] = tick;
	return home * TRACK_SOCKET_WAYS + way;
}

void
track_sockets_raise(struct track_sockets *sockets, uint32_t number, enum track_socket_rank rank)
{
	uint8_t *has = &sockets->sets[number / TRACK_SOCKET_WAYS].rank[number % TRACK_SOCKET_WAYS];

	if (*has < rank)
		*has = (uint8_t)rank;
}

void
track_sockets_copy(const struct track_sockets *sockets, uint32_t number, struct track_socket *copy)
{
	const struct track_socket *record = &sockets->records[number];
	uint32_t begun;

	do {
		begun = base_seq_read_begin(&record->seq);
		base_copy_words(copy, record, sizeof(*copy));
	} while (base_seq_read_retry(&record->seq, begun));
}

int
track_sockets_copy_of(const struct track_sockets *sockets, const struct flow_key *key,
                      uint64_t hash, struct track_socket *copy)
{
	uint32_t first = track_socket_set_of(sockets, hash) * TRACK_SOCKET_WAYS;

	for (uint32_t number = first; number < first + TRACK_SOCKET_WAYS; number++) {
		if (base_load_u64(&sockets->records[number].name) != key->rest)
			continue;
		track_sockets_copy(sockets, number, copy);
		if (track_socket_is(copy, key))
			return 1;
	}
	return 0;
}
