/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Connections added up by a digest (lib/digest): rows in, as often as the digest wants them, its
 * rows out.
 *
 * Which connections count is said by the request's filter, how many rows by its limit. Those that
 * do not match go in too: they are evidence of their hosts.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base_clock.h"
#include "base_hash.h"
#include "digest.h"
#include "filter.h"
#include "mem_arena.h"
#include "query_kinds.h"

#define DIGEST_SCRATCH_BYTES (64 * 1024)
#define DIGEST_TURN_ROWS     16384 /* taken in before others have their turn: some milliseconds */

/* Of the reports that add nothing up. */
const struct digest_kind digest_none;

#define DIGEST_OF(id, name, letter, row, source, digest, ...) [REPORT_ASK_##id] = &digest_##digest,

static const struct digest_kind *const digest_kinds[REPORT_REQUESTS] = { REPORT_TABLE(
    DIGEST_OF) REPORT_VARIANTS(DIGEST_OF) };

struct query_digest {
	struct query query;
	const struct digest_kind *kind;
	struct query_share share;
	struct digest_config config;
	void *digest; /* NULL: its turn to take memory has not come */
	int full;     /* connections are fetched whole, for the kind or for the filter */
	size_t row_bytes;
	uint64_t limit;
	int settled;
	uint32_t next; /* row to be given */
	struct filter filter;
	uint8_t scratch[DIGEST_SCRATCH_BYTES] BASE_ALIGNED(8);
};

/* --- beginning ------------------------------------------------------------------------------ */

/* The words of the request. 0, or -EINVAL and `text`. */
static int
digest_read(struct query_digest *query, const struct query_source *source,
            const struct query_request *request, char *text)
{
	struct filter_order *order = &query->config.order;
	struct filter_error error;

	if (filter_compile(&query->filter, request->filter, source->labels, &error) != 0)
		return query_refuse(text, "the filter, ", error.text);
	if (request->by[0])
		return query_refuse(text, "", "this report has groups of its own, without --by");
	if (!request->sort[0])
		return 0;
	if (!query->kind->sorts)
		return query_refuse(text, "",
		                    "this report has an order of its own, without --sort");
	if (filter_order_parse(order, request->sort, FILTER_KEY_SORTS_GROUPS, &error) != 0)
		return query_refuse(text, "--sort, ", error.text);
	return 0;
}

static int
digest_join(struct query_digest *query, const struct query_source *source, struct query_pool *pool,
            const struct query_request *request)
{
	struct digest_config *config = &query->config;
	int error = base_hash_draw(&config->secret);

	config->pool = &query->share.memory;
	config->wait_us = source->time_wait_us;
	config->history = &pool->history;
	config->asking = digest_history_asking(&pool->history, request->filter);
	return error != 0 ? error : query_share_join(&query->share, &pool->shares, request->uid);
}

static void
digest_release(struct query_digest *query)
{
	query->kind->destroy(query->digest);
	query->digest = NULL;
}

static void
digest_close(struct query *base)
{
	struct query_digest *query = (struct query_digest *)base;

	digest_release(query);
	query_share_leave(&query->share);
	mem_arena_free(query);
}

static struct query *
digest_open(const struct query_source *source, struct query_pool *pool,
            const struct query_request *request, int *error, char *text)
{
	struct query_digest *query = mem_arena_alloc(sizeof(*query));

	*error = -ENOMEM;
	if (!query)
		return NULL;
	memset(query, 0, offsetof(struct query_digest, filter));
	query->kind = digest_kinds[request->report];
	query->limit = request->limit;
	*error = digest_read(query, source, request, text);
	if (*error == 0)
		*error = digest_join(query, source, pool, request);
	if (*error != 0) {
		digest_close(&query->query);
		return NULL;
	}
	query->full = query->kind->full || (filter_needs(&query->filter) & FILTER_PART_MORE);
	query->row_bytes = query->full ? sizeof(struct report_full) : sizeof(struct report_row);
	return &query->query;
}

/* --- rows in -------------------------------------------------------------------------------- */

static void
digest_add(struct query_digest *query, const void *row)
{
	const struct filter_subject subject = {
		.row = row,
		.full = query->full ? row : NULL,
		.local = FILTER_LOCAL_CLIENT,
		.parts = query->full ? FILTER_PARTS_ALL : FILTER_PARTS_ROW,
		.paths = query->query.source->paths,
	};

	query->kind->add(query->digest, row, subject.full,
	                 filter_match(&query->filter, &subject) == 1);
}

/* As fetch: how many rows were taken in; 0: there are no more; -EAGAIN. */
static int
digest_fetch(struct query_digest *query)
{
	const struct query_source *source = query->query.source;
	/* All of them: what does not match is evidence of its hosts. */
	const struct snapshot_ask ask = { .what = SNAPSHOT_ALL, .full = query->full };
	int n = source->flows(source->ctx, &query->query.cursor, &ask, query->scratch,
	                      (unsigned)(DIGEST_SCRATCH_BYTES / query->row_bytes));

	for (int i = 0; i < n; i++)
		digest_add(query, query->scratch + (size_t)i * query->row_bytes);
	return n;
}

/* The source has no more: from the beginning, or to its rows. */
static void
digest_turn_over(struct query_digest *query)
{
	query->query.cursor = (struct query_cursor){ 0 };
	if (query->kind->pass(query->digest))
		return;
	query->kind->settle(query->digest, base_clock_mono_us());
	query->settled = 1;
	query_share_gathered(&query->share);
}

/* Begins when it is its turn. 0, or as query_ops.rows. */
static int
digest_begin(struct query_digest *query)
{
	if (!query_share_begin(&query->share))
		return -EINPROGRESS;
	query->query.cursor = (struct query_cursor){ 0 };
	query->digest = query->kind->create(&query->config);
	if (query->digest)
		return 0;
	return query_share_yield(&query->share) ? -EINPROGRESS : -ENOMEM;
}

/* Rows that find no room are one row more, `other`: worth waiting, if others hold the room. */
static bool
digest_yields(struct query_digest *query)
{
	if (!query_share_is_full(&query->share) || !query_share_yield(&query->share))
		return false;
	digest_release(query);
	return true;
}

static int
digest_gather(struct query_digest *query)
{
	int got = query->digest ? 0 : digest_begin(query);

	if (got < 0)
		return got;
	got = 1;
	for (int taken = 0; got > 0 && taken < DIGEST_TURN_ROWS; taken += got)
		got = digest_fetch(query);
	if (digest_yields(query))
		return -EINPROGRESS;
	if (got < 0 && got != -EAGAIN)
		return got;
	if (got == 0)
		digest_turn_over(query);
	return -EAGAIN;
}

/* --- rows out ------------------------------------------------------------------------------- */

static int
digest_rows(struct query *base, void *rows, unsigned max)
{
	struct query_digest *query = (struct query_digest *)base;
	const struct digest_kind *kind = query->kind;
	uint32_t count;
	unsigned n = 0;

	if (!query->settled)
		return digest_gather(query);
	count = kind->count(query->digest);
	if (query->limit != 0 && query->limit < count) {
		count = (uint32_t)query->limit;
		query->query.cut = true;
	}
	while (n < max && query->next < count)
		kind->row(query->digest, query->next++, (uint8_t *)rows + n++ * kind->row_bytes);
	return (int)n;
}

const struct query_ops query_digest = { digest_open, digest_rows, digest_close };
