/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The connections that a request chooses; used only by lib/query. They are fetched a piece at a
 * time, compared with the filter, and then passed on (query_flow.c), sorted or grouped
 * (query_sort.c), or forgotten (query_drop.c).
 */
#ifndef QUERY_FLOW_H
#define QUERY_FLOW_H

#include "filter.h"
#include "filter_group.h"
#include "filter_key.h"
#include "filter_local.h"
#include "filter_sort.h"
#include "filter_unconnected.h"
#include "query_kinds.h"

#define QUERY_SCRATCH_BYTES (128 * 1024)
#define QUERY_TURN_ROWS     16384 /* fetched before others have their turn: some milliseconds */

/* An order to forget one connection, given to a worker. */
struct query_order {
	bool open; /* `token` is to be asked after, or abandoned */
	uint64_t token;
	uint64_t begun_us; /* mono: when a worker was first waited for; 0: nobody is */
};

struct query_flow {
	struct query query;
	struct mem_pool *pool; /* for the three below */
	struct filter_sorter *sorter;
	struct filter_grouper *grouper;
	struct filter_order order;
	enum report_request report;
	struct snapshot_ask ask;     /* which flows are fetched, and how much of them */
	size_t row_bytes, out_bytes; /* of what is fetched, of what is given */
	uint64_t limit, given;
	int gathered;  /* all rows are sorted or grouped */
	int exhausted; /* the source has no more */
	int over;      /* the limit is reached and one more matched */
	unsigned n_scratch;
	/* query_drop.c: scratch[drop_next..n_scratch) match and are to be forgotten. */
	unsigned drop_next;
	struct query_order drop;
	int has_lines;     /* lines are asked for, of the ends that `local` says */
	int sockets_left;  /* sockets are examined before flows ... */
	int lists_sockets; /* ... and given */
	struct filter_local local;
	struct filter_unconnected unconnected; /* local's */
	struct filter filter, at_host;
	uint8_t scratch[QUERY_SCRATCH_BYTES] BASE_ALIGNED(8);
};

/* As query_ops has them; open for the report's own rows, of connections in those states. */
struct query *query_flow_open(const struct query_source *source, struct query_pool *pool,
                              const struct query_request *request, enum snapshot_what what,
                              int *error, char *text);
void query_flow_close(struct query *query);

/*
 * Fills the scratch with at most `max` rows and keeps those that match: 0..n_scratch. Returns how
 * many were fetched, or 0: the turn has had its piece, few as they may have been.
 */
unsigned query_flow_fetch(struct query_flow *flow, unsigned max);

/* Row `at` of the scratch. */
BASE_INLINE uint8_t *
query_flow_row(struct query_flow *flow, unsigned at)
{
	return flow->scratch + at * flow->row_bytes;
}

/* query_sort.c: what sorts or groups, if the request asks for it. 0 or -errno. */
int query_sort_create(struct query_flow *flow, const struct filter_grouping *grouping);

/* As query_ops.rows, where there is a sorter or a grouper. */
int query_sort_rows(struct query_flow *flow, void *rows, unsigned max);

#endif
