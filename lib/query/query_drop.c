/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Connections forgotten: the one of an id, or all that a filter matches.
 *
 * An order goes to the worker that owns the connection, which answers between two bursts. One order
 * is open at a time; a query that is closed before the answer abandons it.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base_clock.h"
#include "mem_arena.h"
#include "query_flow.h"

#define DROP_POLLS 256 /* times that a worker's answer is asked for in one turn */
/* By then a worker between two bursts answers; after it the query rests between its turns. */
#define DROP_SPIN_US 2000
#define DROP_WAIT_US 3000000

/* The order for one connection, given or asked after. 0: forgotten; -EAGAIN: later; else -errno. */
static int
drop_order(struct query_order *order, const struct query_source *source, uint64_t id)
{
	int result = -EAGAIN;

	if (!order->open) {
		result = source->drop(source->ctx, id, &order->token);
		order->open = result == -EINPROGRESS;
	}
	for (int i = 0; order->open && i < DROP_POLLS; i++) {
		result = source->drop_done(source->ctx, order->token);
		order->open = result == -EINPROGRESS;
	}
	return result == -EINPROGRESS ? -EAGAIN : result;
}

/* A worker that is alive answers between two bursts. -EAGAIN, -EINPROGRESS, or -ETIMEDOUT. */
static int
drop_wait(struct query_order *order)
{
	uint64_t now_us = base_clock_mono_us();

	if (order->begun_us == 0)
		order->begun_us = now_us;
	if (now_us - order->begun_us < DROP_SPIN_US)
		return -EAGAIN;
	return now_us - order->begun_us < DROP_WAIT_US ? -EINPROGRESS : -ETIMEDOUT;
}

static void
drop_abandon(struct query_order *order, const struct query_source *source)
{
	if (order->open)
		source->abandon(source->ctx, order->token);
}

/* --- one, by its id ------------------------------------------------------------------------- */

struct query_drop {
	struct query query;
	struct query_order order;
	uint64_t id;
	char why[QUERY_TEXT_MAX];
};

static struct query *
drop_open(const struct query_source *source BASE_UNUSED, struct query_pool *pool BASE_UNUSED,
          const struct query_request *request, int *error, char *text BASE_UNUSED)
{
	struct query_drop *drop = mem_arena_alloc(sizeof(*drop));

	*error = drop ? 0 : -ENOMEM;
	if (!drop)
		return NULL;
	memset(drop, 0, sizeof(*drop));
	drop->id = request->id;
	return &drop->query;
}

/* Gives no row: who named one connection knows which is forgotten. */
static int
drop_rows(struct query *query, void *rows BASE_UNUSED, unsigned max BASE_UNUSED)
{
	struct query_drop *drop = (struct query_drop *)query;
	int result = drop_order(&drop->order, query->source, drop->id);

	if (result == -EAGAIN)
		result = drop_wait(&drop->order);
	query->why = drop->why;
	if (result == -ENOENT)
		snprintf(drop->why, sizeof(drop->why), "no connection has the id %08llX",
		         (unsigned long long)drop->id);
	else if (result == -ETIMEDOUT)
		snprintf(drop->why, sizeof(drop->why), "the worker did not answer in %d seconds",
		         DROP_WAIT_US / 1000000);
	else
		snprintf(drop->why, sizeof(drop->why), "cannot drop %08llX: %s",
		         (unsigned long long)drop->id, strerror(-result));
	return result;
}

static void
drop_close(struct query *query)
{
	struct query_drop *drop = (struct query_drop *)query;

	drop_abandon(&drop->order, query->source);
	mem_arena_free(drop);
}

const struct query_ops query_drop = { drop_open, drop_rows, drop_close };

/* --- all that match ------------------------------------------------------------------------- */

static struct query *
matching_open(const struct query_source *source, struct query_pool *pool,
              const struct query_request *request, int *error, char *text)
{
	return query_flow_open(source, pool, request, SNAPSHOT_ALL, error, text);
}

static int
matching_wait(struct query_flow *flow)
{
	int result = drop_wait(&flow->drop);

	if (result == -ETIMEDOUT)
		flow->query.why = "a worker does not answer";
	return result;
}

/* Gives those that are forgotten. One that is gone by itself meanwhile is not counted. */
static int
matching_rows(struct query *query, void *to, unsigned max)
{
	struct query_flow *flow = (struct query_flow *)query;
	struct report_row *rows = to;
	unsigned n = 0;

	if (flow->drop_next == flow->n_scratch && !flow->exhausted) {
		flow->drop_next = 0;
		query_flow_fetch(flow, UINT32_MAX);
	}
	while (n < max && flow->drop_next < flow->n_scratch) {
		const struct report_row *row =
		    (const struct report_row *)query_flow_row(flow, flow->drop_next);
		int result = drop_order(&flow->drop, query->source, row->id);

		if (result == -EAGAIN)
			return n > 0 ? (int)n : matching_wait(flow);
		flow->drop_next++;
		flow->drop.begun_us = 0;
		if (result == 0)
			rows[n++] = *row;
		else if (result != -ENOENT)
			return result;
	}
	if (n > 0)
		return (int)n;
	return flow->exhausted && flow->drop_next == flow->n_scratch ? 0 : -EAGAIN;
}

static void
matching_close(struct query *query)
{
	drop_abandon(&((struct query_flow *)query)->drop, query->source);
	query_flow_close(query);
}

const struct query_ops query_matching = { matching_open, matching_rows, matching_close };
