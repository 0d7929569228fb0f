/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Random places from a Weyl sequence through one multiplication: three cycles, off the critical
 * path.
 */

#include "bench_limit.h"

#define LIMIT_IN_FLIGHT 32
#define LIMIT_BATCH     8192

struct limit_place {
	volatile uint32_t *bucket, *entry, *entry_2nd;
};

BASE_INLINE struct limit_place
limit_place(const struct flow_table *table, uint32_t used, uint64_t i)
{
	uint64_t x = i * UINT64_C(0x9e3779b97f4a7c15);
	uint32_t number;

	x = (x ^ x >> 32) * UINT64_C(0xd6e8feb86659fd93);
	number = (uint32_t)(((x & 0xffffffff) * used) >> 32);
	return (struct limit_place){
		(volatile uint32_t *)(void *)&table->buckets[((x >> 32) * table->n_buckets) >> 32],
		(volatile uint32_t *)(void *)table->entries[number].still,
		&table->entries[number].seq,
	};
}

BASE_INLINE void
limit_prefetch(struct limit_place place)
{
	__builtin_prefetch((const void *)place.bucket, 1);
	__builtin_prefetch((const void *)place.entry, 1);
	__builtin_prefetch((const void *)place.entry_2nd, 1);
}

static void
limit_run(const struct flow_table *table, uint32_t used, uint64_t from)
{
	struct limit_place places[LIMIT_IN_FLIGHT];

	for (unsigned i = 0; i < LIMIT_IN_FLIGHT; i++) {
		places[i] = limit_place(table, used, from + i);
		limit_prefetch(places[i]);
	}
	for (uint64_t i = 0; i < LIMIT_BATCH; i++) {
		struct limit_place *place = &places[i % LIMIT_IN_FLIGHT];

		*place->bucket = *place->bucket;
		*place->entry = *place->entry;
		*place->entry_2nd = *place->entry_2nd;
		*place = limit_place(table, used, from + i + LIMIT_IN_FLIGHT);
		limit_prefetch(*place);
	}
}

double
bench_limit(struct bench_watch *watch, const struct flow_table *table, uint64_t accesses)
{
	static uint64_t from = 1; /* no two calls go the same way */
	uint32_t used = flow_table_used(table);

	for (uint64_t done = 0; done < accesses; done += LIMIT_BATCH, from += LIMIT_BATCH) {
		bench_watch_start(watch);
		limit_run(table, used, from);
		bench_watch_stop(watch, LIMIT_BATCH);
	}
	return bench_watch_lap(watch);
}
