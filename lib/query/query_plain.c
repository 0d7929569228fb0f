/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Questions that no filter narrows: sockets, counters, the home list. Given as the source has
 * them.
 */

#include <errno.h>
#include <string.h>

#include "mem_arena.h"
#include "query_kinds.h"

static struct query *
plain_open(const struct query_source *source BASE_UNUSED, struct query_pool *pool BASE_UNUSED,
           const struct query_request *request BASE_UNUSED, int *error, char *text BASE_UNUSED)
{
	struct query *query = mem_arena_alloc(sizeof(*query));

	*error = query ? 0 : -ENOMEM;
	if (query)
		memset(query, 0, sizeof(*query));
	return query;
}

static void
plain_close(struct query *query)
{
	mem_arena_free(query);
}

static int
endpoint_rows(struct query *query, void *rows, unsigned max)
{
	const struct query_source *source = query->source;

	return source->endpoints(source->ctx, &query->cursor, false, rows, max);
}

static int
all_endpoint_rows(struct query *query, void *rows, unsigned max)
{
	const struct query_source *source = query->source;

	return source->endpoints(source->ctx, &query->cursor, true, rows, max);
}

/* One row: all counters of one moment. */
static int
stats_rows(struct query *query, void *rows, unsigned max BASE_UNUSED)
{
	if (query->cursor.words[0]++ > 0)
		return 0;
	query->source->stats(query->source->ctx, rows);
	return 1;
}

static int
home_rows(struct query *query, void *rows, unsigned max)
{
	struct report_net nets[REPORT_NETS_MAX];
	unsigned n = query->source->home(query->source->ctx, nets, REPORT_NETS_MAX);
	unsigned from = base_min_u32((uint32_t)query->cursor.words[0], n);

	n = base_min_u32(n - from, max);
	memcpy(rows, nets + from, n * sizeof(nets[0]));
	query->cursor.words[0] += n;
	return (int)n;
}

/* What the daemon has no part in. */
static int
nothing_rows(struct query *query BASE_UNUSED, void *rows BASE_UNUSED, unsigned max BASE_UNUSED)
{
	return 0;
}

const struct query_ops query_nothing = { plain_open, nothing_rows, plain_close };
const struct query_ops query_endpoints = { plain_open, endpoint_rows, plain_close };
const struct query_ops query_all_endpoints = { plain_open, all_endpoint_rows, plain_close };
const struct query_ops query_stats = { plain_open, stats_rows, plain_close };
const struct query_ops query_home = { plain_open, home_rows, plain_close };
