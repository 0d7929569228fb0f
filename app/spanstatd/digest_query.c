/* SPDX-License-Identifier: BSD-3-Clause */
/* Rows into digests, lines out of them, turn by turn; see digest_query.h. */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "base_clock.h"
#include "digest_query.h"
#include "mem_arena.h"
#include "snapshot.h"

#define DIGEST_POOL_BYTES    (UINT64_C(128) << 20)
#define DIGEST_SCRATCH_BYTES (64 * 1024)
#define DIGEST_TURN_ROWS     16384 /* looked at before others have their turn: some milliseconds */

static const struct {
	unsigned request; /* enum ctl_type */
	const struct digest_kind *kind;
} digest_requests[] = {
	{ CTL_LEAKS, &digest_leaks },
	{ CTL_TIMEWAIT, &digest_timewait },
	{ CTL_CLIENTS, &digest_clients },
};

struct digest_query {
	const struct query_source *source;
	const struct digest_kind *kind;
	void *digest;
	int full; /* rows are fetched whole, for the kind or for the filter */
	size_t row_bytes;
	uint64_t limit;
	int settled;
	uint32_t next; /* line to be given */
	struct filter filter;
	uint8_t scratch[DIGEST_SCRATCH_BYTES] BASE_ALIGNED(8);
};

/* --- memory --------------------------------------------------------------------------------- */

static int
digest_secret(uint64_t *secret)
{
	return getrandom(secret, sizeof(*secret), 0) == sizeof(*secret) ? 0 : -errno;
}

int
digest_pool_init(struct digest_pool *pool)
{
	uint64_t secret = 0;
	int error = digest_secret(&secret);

	mem_pool_init(&pool->memory, mem_arena_alloc, mem_arena_free, DIGEST_POOL_BYTES);
	digest_history_init(&pool->looks, &pool->memory, secret);
	return error;
}

void
digest_pool_fini(struct digest_pool *pool)
{
	digest_history_fini(&pool->looks);
}

/* --- beginning ------------------------------------------------------------------------------ */

static const struct digest_kind *
digest_query_kind(unsigned request)
{
	for (unsigned i = 0; i < BASE_COUNT_OF(digest_requests); i++)
		if (digest_requests[i].request == request)
			return digest_requests[i].kind;
	return NULL;
}

int
digest_query_answers(unsigned request)
{
	return digest_query_kind(request) != NULL;
}

static int
digest_refuse(char *text, const char *what, const char *why)
{
	snprintf(text, CTL_TEXT_MAX, "%s%s", what, why);
	return -EINVAL;
}

/* The words of the request. 0, or -EINVAL and `text`. */
static int
digest_query_read(struct digest_query *query, const struct ctl_ask *ask, struct filter_order *order,
                  char *text)
{
	struct filter_error error;

	order->n = 0;
	if (filter_compile(&query->filter, ask->filter, &error) != 0)
		return digest_refuse(text, "the filter, ", error.text);
	if (ask->by[0])
		return digest_refuse(text, "", "this report has groups of its own, without --by");
	if (!ask->sort[0])
		return 0;
	if (!query->kind->sorts)
		return digest_refuse(text, "",
		                     "this report has an order of its own, without --sort");
	if (filter_order_parse(order, ask->sort, FILTER_KEY_SORTS_GROUPS, &error) != 0)
		return digest_refuse(text, "--sort, ", error.text);
	return 0;
}

static int
digest_query_create(struct digest_query *query, struct digest_pool *pool, uint64_t wait_us,
                    const struct ctl_ask *ask, const struct filter_order *order)
{
	struct digest_config config = {
		.pool = &pool->memory,
		.wait_us = wait_us,
		.order = *order,
		.looks = &pool->looks,
		.asking = digest_history_asking(&pool->looks, ask->filter),
	};
	int error = digest_secret(&config.secret);

	if (error != 0)
		return error;
	query->digest = query->kind->create(&config);
	return query->digest ? 0 : -ENOMEM;
}

struct digest_query *
digest_query_open(const struct query_source *source, struct digest_pool *pool, unsigned request,
                  uint64_t wait_us, const struct ctl_ask *ask, int *error, char *text)
{
	struct digest_query *query = mem_arena_alloc(sizeof(*query));
	struct filter_order order;

	*error = -ENOMEM;
	if (!query)
		return NULL;
	memset(query, 0, offsetof(struct digest_query, filter));
	query->source = source;
	query->kind = digest_query_kind(request);
	query->limit = ask->limit;
	*error = digest_query_read(query, ask, &order, text);
	if (*error == 0)
		*error = digest_query_create(query, pool, wait_us, ask, &order);
	if (*error != 0) {
		digest_query_close(query);
		return NULL;
	}
	query->full = query->kind->full || (filter_needs(&query->filter) & FILTER_PART_MORE);
	query->row_bytes = query->full ? sizeof(struct report_full) : sizeof(struct report_row);
	return query;
}

void
digest_query_close(struct digest_query *query)
{
	if (!query)
		return;
	query->kind->destroy(query->digest);
	mem_arena_free(query);
}

/* --- rows in -------------------------------------------------------------------------------- */

static void
digest_query_add(struct digest_query *query, const void *row)
{
	const struct filter_subject subject = {
		.row = row,
		.full = query->full ? row : NULL,
		.local = FILTER_LOCAL_CLIENT,
		.parts = query->full ? FILTER_PARTS_ALL : FILTER_PARTS_ROW,
	};

	query->kind->add(query->digest, row, subject.full,
	                 filter_match(&query->filter, &subject) == 1);
}

/* As fetch: how many rows were taken in; 0: there are no more; -EAGAIN. */
static int
digest_query_fetch(struct digest_query *query, struct ctl_cursor *cursor)
{
	const struct query_source *source = query->source;
	/* All of them: what does not match is evidence of its hosts. */
	const struct snapshot_ask ask = { .what = SNAPSHOT_ALL, .full = query->full };
	int n = source->fetch(source->ctx, cursor, &ask, query->scratch,
	                      (unsigned)(DIGEST_SCRATCH_BYTES / query->row_bytes));

	for (int i = 0; i < n; i++)
		digest_query_add(query, query->scratch + (size_t)i * query->row_bytes);
	return n;
}

/* The source has no more: from the beginning, or to the lines. */
static void
digest_query_turn_over(struct digest_query *query, struct ctl_cursor *cursor)
{
	memset(cursor->words, 0, sizeof(cursor->words));
	if (query->kind->pass(query->digest))
		return;
	query->kind->settle(query->digest, base_clock_mono_us());
	query->settled = 1;
}

static int
digest_query_gather(struct digest_query *query, struct ctl_cursor *cursor)
{
	int got = 1;

	for (int looked = 0; got > 0 && looked < DIGEST_TURN_ROWS; looked += got)
		got = digest_query_fetch(query, cursor);
	if (got < 0 && got != -EAGAIN)
		return got;
	if (got == 0)
		digest_query_turn_over(query, cursor);
	return -EAGAIN;
}

/* --- lines out ------------------------------------------------------------------------------ */

int
digest_query_rows(struct digest_query *query, struct ctl_cursor *cursor, void *lines, unsigned max)
{
	uint32_t count;
	unsigned n = 0;

	if (!query->settled)
		return digest_query_gather(query, cursor);
	count = query->kind->count(query->digest);
	if (query->limit != 0 && query->limit < count) {
		count = (uint32_t)query->limit;
		cursor->cut = 1;
	}
	while (n < max && query->next < count)
		query->kind->line(query->digest, query->next++,
		                  (uint8_t *)lines + n++ * query->kind->line_bytes);
	return (int)n;
}
