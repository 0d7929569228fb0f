/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Connections chosen, fetched and passed on as they come; see query_flow.h.
 *
 * The source leaves out what its copy of the filter surely does not match; what comes is held
 * with the whole filter here.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base_hash.h"
#include "mem_arena.h"
#include "query_flow.h"

#define QUERY_SOCKETS 32 /* records of sockets taken at once */

/* --- beginning ------------------------------------------------------------------------------ */

/* The words of the request. 0, or -EINVAL and `text`. */
static int
flow_read(struct query_flow *flow, const struct query_source *source,
          const struct query_request *request, char *text)
{
	int groups = flow->report == REPORT_ASK_GROUP;
	struct filter_error error;

	if (filter_compile(&flow->filter, request->filter, source->labels, &error) != 0)
		return query_refuse(text, "the filter, ", error.text);
	if (request->sort[0] &&
	    filter_order_parse(&flow->order, request->sort,
	                       groups ? FILTER_KEY_SORTS_GROUPS : FILTER_KEY_SORTS_ROWS, &error))
		return query_refuse(text, "--sort, ", error.text);
	if (groups && filter_grouping_parse(&flow->grouping, request->by, &error) != 0)
		return query_refuse(text, "--by, ", error.text);
	if (flow->report == REPORT_ASK_DROP_MATCHING && flow->filter.begin == FILTER_ACCEPT)
		return query_refuse(text, "", "an empty filter would forget everything");
	return 0;
}

/*
 * Whose lines. Sockets are examined where a UDP socket is one line, whether they are listed or not.
 */
static void
flow_choose_lines(struct query_flow *flow, const struct query_source *source,
                  const struct query_request *request)
{
	struct filter_local *local = &flow->local;

	flow->has_lines =
	    (request->lines & QUERY_LINES) && flow->report != REPORT_ASK_DROP_MATCHING;
	if (!flow->has_lines)
		return;
	local->closed = !!(request->lines & QUERY_LINES_CLOSED);
	local->served = !!(request->lines & QUERY_LINES_SERVED);
	local->as_version = (uint8_t)request->as_version;
	memcpy(local->as, request->as, sizeof(local->as));
	if (local->as_version == 0)
		local->n_nets = source->home(source->ctx, local->nets, REPORT_NETS_MAX);
	flow->lists_sockets =
	    (request->lines & QUERY_LINES_SOCKETS) && flow->report != REPORT_ASK_GROUP;
	flow->examines_sockets = flow->lists_sockets || !local->served;
}

/*
 * What can be said of a flow before it is known which of its ends are lines: that the host is at
 * one of them. NULL: nothing.
 */
static const struct filter *
flow_at_host(struct query_flow *flow, const struct query_request *request)
{
	char address[INET6_ADDRSTRLEN], text[INET6_ADDRSTRLEN + 8];
	struct filter_error error;

	if (request->as_version == 0)
		return NULL;
	inet_ntop(request->as_version == 6 ? AF_INET6 : AF_INET, request->as, address,
	          sizeof(address));
	snprintf(text, sizeof(text), "host %s", address);
	return filter_compile(&flow->at_host, text, NULL, &error) == 0 ? &flow->at_host : NULL;
}

/* Which rows are fetched, and how much of them. */
static void
flow_choose_rows(struct query_flow *flow, const struct query_request *request,
                 enum snapshot_what what)
{
	unsigned needs = filter_needs(&flow->filter) | filter_order_needs(&flow->order);
	int gives_full = query_row_bytes(flow->report) == sizeof(struct report_full);

	flow->ask = (struct snapshot_ask){
		.what = what,
		.full = gives_full || (needs & FILTER_PART_MORE),
		.filter = flow->has_lines ? flow_at_host(flow, request) : &flow->filter,
	};
	flow->row_bytes = flow->ask.full ? sizeof(struct report_full) : sizeof(struct report_row);
	flow->out_bytes = gives_full ? sizeof(struct report_full) : sizeof(struct report_row);
}

int
query_flow_begin(struct query_flow *flow)
{
	uint64_t secret = 0;
	int error = base_hash_draw(&secret);

	if (error != 0)
		return error;
	flow->query.cursor = (struct query_cursor){ 0 };
	flow->sockets_left = flow->examines_sockets;
	flow->exhausted = 0;
	if (flow->has_lines && !flow->local.served) {
		flow->local.unconnected = &flow->unconnected;
		filter_unconnected_init(&flow->unconnected, &flow->share.memory, secret);
	}
	return flow->gathers ? query_sort_create(flow, secret) : 0;
}

/* Those that gather begin when it is their turn. 0 or -errno. */
static int
flow_join(struct query_flow *flow, struct query_pool *pool, const struct query_request *request)
{
	int error = 0;

	flow->gathers = query_sort_is_asked(flow);
	if (flow->gathers || flow->has_lines)
		error = query_share_join(&flow->share, &pool->shares, request->uid);
	if (error == 0 && !flow->gathers)
		error = query_flow_begin(flow);
	return error;
}

struct query *
query_flow_open(const struct query_source *source, struct query_pool *pool,
                const struct query_request *request, enum snapshot_what what, int *error,
                char *text)
{
	struct query_flow *flow = mem_arena_alloc(sizeof(*flow));

	*error = -ENOMEM;
	if (!flow)
		return NULL;
	memset(flow, 0, offsetof(struct query_flow, filter));
	flow->report = request->report;
	flow->limit = request->report == REPORT_ASK_DROP_MATCHING ? 0 : request->limit;
	*error = flow_read(flow, source, request, text);
	if (*error == 0) {
		flow_choose_lines(flow, source, request);
		flow_choose_rows(flow, request, what);
		*error = flow_join(flow, pool, request);
	}
	if (*error == 0)
		return &flow->query;
	query_flow_close(&flow->query);
	return NULL;
}

void
query_flow_close(struct query *query)
{
	struct query_flow *flow = (struct query_flow *)query;

	query_sort_release(flow);
	query_share_leave(&flow->share);
	mem_arena_free(flow);
}

/* --- rows that match ------------------------------------------------------------------------ */

/* Says in the row too which of its lines do. */
static bool
flow_matches(const struct query_flow *flow, void *row)
{
	const struct filter_subject subject = {
		.row = row,
		.full = flow->ask.full ? row : NULL,
		.local = FILTER_LOCAL_CLIENT,
		.parts = flow->ask.full ? FILTER_PARTS_ALL : FILTER_PARTS_ROW,
		.paths = flow->query.source->paths,
	};
	int lines;

	if (!flow->has_lines)
		return filter_match(&flow->filter, &subject) == 1;
	lines = filter_local_match(&flow->local, &flow->filter, &subject);
	((struct report_row *)row)->lines = (uint8_t)lines;
	return lines > 0;
}

/* As query_flow_fetch: sockets, as rows where they are listed. After the last, flows begin. */
static unsigned
flow_fetch_sockets(struct query_flow *flow, unsigned max)
{
	const struct query_source *source = flow->query.source;
	struct report_listen sockets[QUERY_SOCKETS];
	int n = source->endpoints(source->ctx, &flow->query.cursor, false, sockets,
	                          base_min_u32(max, QUERY_SOCKETS));

	flow->n_scratch = 0;
	for (int i = 0; i < n; i++) {
		uint8_t *row = query_flow_row(flow, flow->n_scratch);

		memset(row, 0, flow->row_bytes);
		filter_local_learn(&flow->local, &sockets[i]);
		if (flow->lists_sockets &&
		    filter_local_socket((struct report_row *)row, &sockets[i]) &&
		    flow_matches(flow, row))
			flow->n_scratch++;
	}
	if (n == 0) {
		flow->sockets_left = 0;
		flow->query.cursor = (struct query_cursor){ 0 };
	}
	return n > 0 ? (unsigned)n : 0;
}

unsigned
query_flow_fetch(struct query_flow *flow, unsigned max)
{
	const struct query_source *source = flow->query.source;
	unsigned room = base_min_u32(max, (unsigned)(QUERY_SCRATCH_BYTES / flow->row_bytes));
	int n;

	if (flow->sockets_left)
		return flow_fetch_sockets(flow, max);
	n = source->flows(source->ctx, &flow->query.cursor, &flow->ask, flow->scratch, room);
	flow->n_scratch = 0;
	for (int i = 0; i < n; i++) {
		uint8_t *row = query_flow_row(flow, (unsigned)i);

		if (!flow_matches(flow, row))
			continue;
		if ((unsigned)i != flow->n_scratch)
			memcpy(query_flow_row(flow, flow->n_scratch), row, flow->row_bytes);
		flow->n_scratch++;
	}
	flow->exhausted = n == 0;
	return n == (int)room ? room : 0;
}

/* --- as they come --------------------------------------------------------------------------- */

/* What is in the scratch, up to the limit. Returns how many rows. */
static unsigned
flow_give(struct query_flow *flow, uint8_t *rows)
{
	unsigned n = 0;

	for (unsigned i = 0; i < flow->n_scratch && !flow->over; i++) {
		if (flow->limit != 0 && flow->given == flow->limit) {
			flow->over = 1;
			break;
		}
		memcpy(rows + n++ * flow->out_bytes, query_flow_row(flow, i), flow->out_bytes);
		flow->given++;
	}
	return n;
}

/* Every row is given as it is fetched, and so many more are within the limit. */
static bool
flow_gives_all(const struct query_flow *flow, unsigned max)
{
	return flow->filter.begin == FILTER_ACCEPT && !flow->has_lines && !flow->sockets_left &&
	       flow->row_bytes == flow->out_bytes &&
	       (flow->limit == 0 || flow->limit - flow->given >= max);
}

/*
 * A report of everything: the source writes its rows where they are given, so that ten million of
 * them are not also matched and copied. Adds to *n; returns what query_flow_fetch returns.
 */
static unsigned
flow_give_all(struct query_flow *flow, uint8_t *rows, unsigned max, unsigned *n)
{
	const struct query_source *source = flow->query.source;
	int got = source->flows(source->ctx, &flow->query.cursor, &flow->ask, rows, max);

	flow->exhausted = got == 0;
	if (got <= 0)
		return 0;
	*n += (unsigned)got;
	flow->given += (unsigned)got;
	return (unsigned)got == max ? max : 0;
}

/* The same for those that match. */
static unsigned
flow_give_matching(struct query_flow *flow, uint8_t *rows, unsigned max, unsigned *n)
{
	unsigned got = query_flow_fetch(flow, max);

	*n += flow_give(flow, rows);
	return got;
}

static int
flow_pass(struct query_flow *flow, uint8_t *rows, unsigned max)
{
	unsigned n = 0;

	for (unsigned fetched = 0; n < max && fetched < QUERY_TURN_ROWS && !flow->over;) {
		uint8_t *to = rows + n * flow->out_bytes;
		unsigned got = flow_gives_all(flow, max - n)
		                   ? flow_give_all(flow, to, max - n, &n)
		                   : flow_give_matching(flow, to, max - n, &n);

		if (got == 0)
			break;
		fetched += got;
	}
	flow->query.cut = flow->over;
	if (n > 0)
		return (int)n;
	return flow->over || flow->exhausted ? 0 : -EAGAIN;
}

static int
flow_rows(struct query *query, void *rows, unsigned max)
{
	struct query_flow *flow = (struct query_flow *)query;

	return flow->gathers ? query_sort_rows(flow, rows, max) : flow_pass(flow, rows, max);
}

/* --- kinds ---------------------------------------------------------------------------------- */

static struct query *
active_open(const struct query_source *source, struct query_pool *pool,
            const struct query_request *request, int *error, char *text)
{
	return query_flow_open(source, pool, request, SNAPSHOT_ACTIVE, error, text);
}

static struct query *
flows_open(const struct query_source *source, struct query_pool *pool,
           const struct query_request *request, int *error, char *text)
{
	return query_flow_open(source, pool, request, SNAPSHOT_ALL, error, text);
}

static struct query *
groups_open(const struct query_source *source, struct query_pool *pool,
            const struct query_request *request, int *error, char *text)
{
	return query_flow_open(source, pool, request,
	                       query_is_active(request->of) ? SNAPSHOT_ACTIVE : SNAPSHOT_ALL, error,
	                       text);
}

const struct query_ops query_active = { active_open, flow_rows, query_flow_close };
const struct query_ops query_flows = { flows_open, flow_rows, query_flow_close };
const struct query_ops query_groups = { groups_open, flow_rows, query_flow_close };
