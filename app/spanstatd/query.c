/* SPDX-License-Identifier: BSD-3-Clause */
/* What a client asked for, carried out turn by turn; see query.h. */

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "base_clock.h"
#include "filter_group.h"
#include "filter_local.h"
#include "filter_sort.h"
#include "mem_arena.h"
#include "query.h"
#include "snapshot.h"

static_assert(FILTER_TEXT_MAX == CTL_FILTER_MAX, "a filter is as long on both sides");
static_assert(FILTER_KEY_TEXT_MAX == CTL_WORDS_MAX, "so are lists");

#define QUERY_SCRATCH_BYTES (128 * 1024)
#define QUERY_TURN_ROWS     16384 /* fetched before others have their turn: some milliseconds */
#define QUERY_DROP_POLLS    256   /* looks for a worker's answer in one turn */
#define QUERY_DROP_US       3000000
#define QUERY_SOCKETS       32 /* records of sockets taken at once */

static const char query_why_memory[] = "too many connections to sort in 512 MiB; narrow the "
				       "filter, or give --limit";
static const char query_why_worker[] = "a worker does not answer";

enum query_stage { QUERY_GATHER, QUERY_GIVE };

struct query {
	const struct query_source *source;
	struct mem_pool *pool;
	struct filter_sorter *sorter;
	struct filter_grouper *grouper;
	struct filter_order order;
	unsigned request;            /* enum ctl_type */
	struct snapshot_ask ask;     /* which flows are fetched, and how much of them */
	size_t row_bytes, out_bytes; /* of what is fetched, of what is given */
	uint64_t limit, given;
	enum query_stage stage;
	int exhausted; /* the source has no more */
	int over;      /* the limit is reached and one more matched */
	/* CTL_DROP_MATCHING: scratch[drop_next..n_scratch) match and are to be forgotten. */
	unsigned n_scratch, drop_next;
	int drop_ordered;
	uint64_t drop_token, drop_begun_us;
	int has_side;      /* lines are asked for, as `side` sees them */
	int sockets_left;  /* sockets are looked at before flows ... */
	int lists_sockets; /* ... and given */
	struct filter_local side;
	struct filter_unconnected unconnected; /* side's */
	struct filter filter, at_host;
	uint8_t scratch[QUERY_SCRATCH_BYTES] BASE_ALIGNED(8);
};

/* --- beginning ------------------------------------------------------------------------------ */

static int
query_refuse(char *text, const char *what, const struct filter_error *error)
{
	snprintf(text, CTL_TEXT_MAX, "%s%s", what, error->text);
	return -EINVAL;
}

/* The words of the request. 0, or -EINVAL and `text`. */
static int
query_read(struct query *query, const struct ctl_ask *ask, struct filter_grouping *grouping,
           char *text)
{
	int groups = query->request == CTL_GROUP;
	struct filter_error error;

	if (filter_compile(&query->filter, ask->filter, &error) != 0)
		return query_refuse(text, "the filter, ", &error);
	if (ask->sort[0] &&
	    filter_order_parse(&query->order, ask->sort,
	                       groups ? FILTER_KEY_SORTS_GROUPS : FILTER_KEY_SORTS_ROWS, &error))
		return query_refuse(text, "--sort, ", &error);
	if (groups && filter_grouping_parse(grouping, ask->by, &error) != 0)
		return query_refuse(text, "--by, ", &error);
	if (query->request == CTL_DROP_MATCHING && query->filter.begin == FILTER_ACCEPT) {
		snprintf(text, CTL_TEXT_MAX, "an empty filter would forget everything");
		return -EINVAL;
	}
	return 0;
}

/*
 * Whose lines. Sockets are looked at where an UDP socket is one line, whether they are listed or
 * not. 0 or -errno.
 */
static int
query_choose_side(struct query *query, const struct ctl_ask *ask)
{
	const struct query_source *source = query->source;
	struct filter_local *side = &query->side;
	uint64_t secret = 0;

	query->has_side = (ask->lines & CTL_LINES) && query->request != CTL_DROP_MATCHING;
	if (!query->has_side)
		return 0;
	side->closed = !!(ask->lines & CTL_LINES_CLOSED);
	side->served = !!(ask->lines & CTL_LINES_SERVED);
	side->as_version = ask->as_version;
	memcpy(side->as, ask->as, sizeof(side->as));
	if (side->as_version == 0)
		side->n_nets = source->home(source->ctx, side->nets, REPORT_NETS_MAX);
	query->lists_sockets = (ask->lines & CTL_LINES_SOCKETS) && query->request != CTL_GROUP;
	query->sockets_left = query->lists_sockets || !side->served;
	if (side->served)
		return 0;
	if (getrandom(&secret, sizeof(secret), 0) != sizeof(secret))
		return -errno;
	side->alone = &query->unconnected;
	filter_unconnected_init(side->alone, query->pool, secret);
	return 0;
}

/*
 * What can be said of a flow before it is known which of its ends are lines: that the host is at
 * one of them. NULL: nothing.
 */
static const struct filter *
query_at_host(struct query *query, const struct ctl_ask *ask)
{
	char address[INET6_ADDRSTRLEN], text[INET6_ADDRSTRLEN + 8];
	struct filter_error error;

	if (ask->as_version == 0)
		return NULL;
	inet_ntop(ask->as_version == 6 ? AF_INET6 : AF_INET, ask->as, address, sizeof(address));
	snprintf(text, sizeof(text), "host %s", address);
	return filter_compile(&query->at_host, text, &error) == 0 ? &query->at_host : NULL;
}

/* Which rows are fetched, and how much of them. */
static void
query_choose_rows(struct query *query, const struct ctl_ask *ask)
{
	unsigned what = query->request == CTL_GROUP ? ask->what : query->request;
	unsigned needs = filter_needs(&query->filter) | filter_order_needs(&query->order);

	query->ask = (struct snapshot_ask){
		.what = what == CTL_CONN ? SNAPSHOT_ACTIVE : SNAPSHOT_ALL,
		.full = query->request == CTL_ALL || (needs & FILTER_PART_MORE),
		.filter = query->has_side ? query_at_host(query, ask) : &query->filter,
	};
	query->row_bytes = query->ask.full ? sizeof(struct report_full) : sizeof(struct report_row);
	query->out_bytes =
	    query->request == CTL_ALL ? sizeof(struct report_full) : sizeof(struct report_row);
}

static int
query_make_collector(struct query *query, const struct filter_grouping *grouping)
{
	uint64_t secret = 0;

	if (query->request == CTL_GROUP) {
		if (getrandom(&secret, sizeof(secret), 0) != sizeof(secret))
			return -errno;
		query->grouper = filter_grouper_create(grouping, secret, query->pool);
		return query->grouper ? 0 : -ENOMEM;
	}
	if (query->order.n == 0 || query->request == CTL_DROP_MATCHING)
		return 0;
	query->sorter =
	    filter_sorter_create(&query->order, query->row_bytes, query->limit, query->pool);
	return query->sorter ? 0 : -ENOMEM;
}

struct query *
query_open(const struct query_source *source, struct mem_pool *pool, unsigned what,
           const struct ctl_ask *ask, int *error, char *text)
{
	struct query *query = mem_arena_alloc(sizeof(*query));
	struct filter_grouping grouping;

	*error = -ENOMEM;
	if (!query)
		return NULL;
	memset(query, 0, offsetof(struct query, filter));
	query->source = source;
	query->pool = pool;
	query->request = what;
	query->limit = what == CTL_DROP_MATCHING ? 0 : ask->limit;
	*error = query_read(query, ask, &grouping, text);
	if (*error == 0)
		*error = query_choose_side(query, ask);
	if (*error == 0)
		query_choose_rows(query, ask);
	if (*error == 0)
		*error = query_make_collector(query, &grouping);
	if (*error == 0)
		return query;
	query_close(query);
	return NULL;
}

void
query_close(struct query *query)
{
	if (!query)
		return;
	if (query->drop_ordered)
		query->source->abandon(query->source->ctx, query->drop_token);
	filter_sorter_destroy(query->sorter);
	filter_grouper_destroy(query->grouper);
	if (query->side.alone)
		filter_unconnected_fini(query->side.alone);
	mem_arena_free(query);
}

/* --- rows that match ------------------------------------------------------------------------ */

/* Tells also which lines of the row do. */
static int
query_matches(const struct query *query, void *row)
{
	const struct filter_subject subject = {
		.row = row,
		.full = query->ask.full ? row : NULL,
		.local = FILTER_LOCAL_CLIENT,
		.parts = query->ask.full ? FILTER_PARTS_ALL : FILTER_PARTS_ROW,
	};
	int lines;

	if (!query->has_side)
		return filter_match(&query->filter, &subject) == 1;
	lines = filter_local_match(&query->side, &query->filter, &subject);
	((struct report_row *)row)->lines = (uint8_t)lines;
	return lines > 0;
}

static uint8_t *
query_row(struct query *query, unsigned at)
{
	return query->scratch + at * query->row_bytes;
}

/* As query_fetch: sockets, as rows where they are listed. When there are no more, flows begin. */
static unsigned
query_fetch_sockets(struct query *query, struct ctl_cursor *cursor, unsigned max)
{
	const struct query_source *source = query->source;
	struct report_listen sockets[QUERY_SOCKETS];
	int n = source->sockets(source->ctx, cursor, sockets, base_min_u32(max, QUERY_SOCKETS));

	query->n_scratch = 0;
	for (int i = 0; i < n; i++) {
		uint8_t *row = query_row(query, query->n_scratch);

		memset(row, 0, query->row_bytes);
		filter_local_learn(&query->side, &sockets[i]);
		if (query->lists_sockets &&
		    filter_local_socket((struct report_row *)row, &sockets[i]) &&
		    query_matches(query, row))
			query->n_scratch++;
	}
	if (n == 0) {
		query->sockets_left = 0;
		memset(cursor->words, 0, sizeof(cursor->words));
	}
	return n > 0 ? (unsigned)n : 0;
}

/*
 * Fills the scratch with at most `max` rows and keeps those that match: 0..n_scratch. Returns how
 * many were fetched, or 0: the turn has had its piece, few as they may have been.
 */
static unsigned
query_fetch(struct query *query, struct ctl_cursor *cursor, unsigned max)
{
	const struct query_source *source = query->source;
	unsigned room = base_min_u32(max, (unsigned)(QUERY_SCRATCH_BYTES / query->row_bytes));
	int n;

	if (query->sockets_left)
		return query_fetch_sockets(query, cursor, max);
	n = source->fetch(source->ctx, cursor, &query->ask, query->scratch, room);
	query->n_scratch = 0;
	for (int i = 0; i < n; i++) {
		uint8_t *row = query_row(query, (unsigned)i);

		if (!query_matches(query, row))
			continue;
		if ((unsigned)i != query->n_scratch)
			memcpy(query_row(query, query->n_scratch), row, query->row_bytes);
		query->n_scratch++;
	}
	query->exhausted = n == 0;
	return n == (int)room ? room : 0;
}

/* Rows as they come, up to the limit. */
static int
query_pass(struct query *query, struct ctl_cursor *cursor, uint8_t *rows, unsigned max)
{
	unsigned n = 0;

	for (unsigned looked = 0; n < max && looked < QUERY_TURN_ROWS && !query->over;) {
		unsigned got = query_fetch(query, cursor, max - n);

		for (unsigned i = 0; i < query->n_scratch && !query->over; i++) {
			if (query->limit != 0 && query->given == query->limit) {
				query->over = 1;
				break;
			}
			memcpy(rows + n++ * query->out_bytes, query_row(query, i),
			       query->out_bytes);
			query->given++;
		}
		if (got == 0)
			break;
		looked += got;
	}
	cursor->cut = query->over;
	if (n > 0)
		return (int)n;
	return query->over || query->exhausted ? 0 : -EAGAIN;
}

/* --- sorted, or in groups -------------------------------------------------------------------- */

/* Each line by itself, for two lines of a row may have different places. */
static int
query_sort_lines(struct query *query, struct report_row *row)
{
	unsigned lines = row->lines;

	for (unsigned end = REPORT_LINE_CLIENT; end <= REPORT_LINE_SERVER; end <<= 1) {
		row->lines = (uint8_t)(end | (lines & REPORT_LINE_SOCKET));
		if ((lines & end) && filter_sorter_add(query->sorter, row) != 0)
			return -ENOMEM;
	}
	return 0;
}

static int
query_collect(struct query *query)
{
	for (unsigned i = 0; i < query->n_scratch; i++) {
		void *row = query_row(query, i);
		int error = 0;

		if (query->grouper)
			filter_grouper_add(query->grouper, row);
		else if (query->has_side)
			error = query_sort_lines(query, row);
		else
			error = filter_sorter_add(query->sorter, row);
		if (error != 0)
			return -ENOMEM;
	}
	return 0;
}

static int
query_gather(struct query *query, struct ctl_cursor *cursor)
{
	for (unsigned looked = 0; looked < QUERY_TURN_ROWS;) {
		unsigned got = query_fetch(query, cursor, UINT32_MAX);

		if (query_collect(query) != 0) {
			cursor->why = query_why_memory;
			return -ENOMEM;
		}
		if (got == 0)
			break;
		looked += got;
	}
	if (!query->exhausted)
		return -EAGAIN;
	if (query->grouper)
		filter_grouper_sort(query->grouper, &query->order);
	query->stage = QUERY_GIVE;
	return -EAGAIN;
}

static int
query_give_sorted(struct query *query, struct ctl_cursor *cursor, uint8_t *rows, unsigned max)
{
	unsigned n = 0;
	const void *row;

	while (n < max && (row = filter_sorter_next(query->sorter)) != NULL)
		memcpy(rows + n++ * query->out_bytes, row, query->out_bytes);
	cursor->cut = filter_sorter_cut(query->sorter) > 0;
	return (int)n;
}

static int
query_give_groups(struct query *query, struct ctl_cursor *cursor, void *rows, unsigned max)
{
	uint32_t count = filter_grouper_count(query->grouper);
	struct report_group *groups = rows;
	unsigned n = 0;

	if (query->limit != 0 && query->limit < count) {
		count = (uint32_t)query->limit;
		cursor->cut = 1;
	}
	while (n < max && query->given < count)
		groups[n++] = *filter_grouper_at(query->grouper, (uint32_t)query->given++);
	return (int)n;
}

/* --- forgotten ------------------------------------------------------------------------------ */

/* The order for one flow, given or asked after. 0: forgotten; -EAGAIN: later. */
static int
query_order(struct query *query, uint64_t id)
{
	const struct query_source *source = query->source;
	int result = 0;

	if (!query->drop_ordered) {
		result = source->drop(source->ctx, id, &query->drop_token);
		query->drop_ordered = result == -EINPROGRESS;
	}
	for (int i = 0; query->drop_ordered && i < QUERY_DROP_POLLS; i++) {
		result = source->drop_done(source->ctx, query->drop_token);
		query->drop_ordered = result == -EINPROGRESS;
	}
	return result == -EINPROGRESS ? -EAGAIN : result;
}

/* A worker that is alive answers between two bursts. */
static int
query_wait(struct query *query, struct ctl_cursor *cursor)
{
	uint64_t now_us = base_clock_mono_us();

	if (query->drop_begun_us == 0)
		query->drop_begun_us = now_us;
	if (now_us - query->drop_begun_us < QUERY_DROP_US)
		return -EAGAIN;
	cursor->why = query_why_worker;
	return -ETIMEDOUT;
}

/* Gives those that are forgotten. One that is gone by itself meanwhile is not counted. */
static int
query_drop(struct query *query, struct ctl_cursor *cursor, struct report_row *rows, unsigned max)
{
	unsigned n = 0;

	if (query->drop_next == query->n_scratch && !query->exhausted) {
		query->drop_next = 0;
		query_fetch(query, cursor, UINT32_MAX);
	}
	while (n < max && query->drop_next < query->n_scratch) {
		const struct report_row *row =
		    (const struct report_row *)query_row(query, query->drop_next);
		int result = query_order(query, row->id);

		if (result == -EAGAIN)
			return n > 0 ? (int)n : query_wait(query, cursor);
		query->drop_next++;
		query->drop_begun_us = 0;
		if (result == 0)
			rows[n++] = *row;
		else if (result != -ENOENT)
			return result;
	}
	if (n > 0)
		return (int)n;
	return query->exhausted && query->drop_next == query->n_scratch ? 0 : -EAGAIN;
}

int
query_rows(struct query *query, struct ctl_cursor *cursor, void *rows, unsigned max)
{
	if (query->request == CTL_DROP_MATCHING)
		return query_drop(query, cursor, rows, max);
	if (!query->sorter && !query->grouper)
		return query_pass(query, cursor, rows, max);
	if (query->stage == QUERY_GATHER)
		return query_gather(query, cursor);
	if (query->grouper)
		return query_give_groups(query, cursor, rows, max);
	return query_give_sorted(query, cursor, rows, max);
}
