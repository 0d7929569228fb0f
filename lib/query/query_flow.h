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
	struct query_share share; /* for the three below */
	struct filter_sorter *sorter;
	struct filter_grouper *grouper;
	struct filter_unconnected unconnected; /* local's */
	bool gathers;                          /* it is sorted or grouped */
	bool begun;                            /* and its turn to take memory has come */
	struct filter_order order;
	struct filter_grouping grouping;
	enum report_request report;
	struct snapshot_ask ask;     /* which flows are fetched, and how much of them */
	size_t row_bytes, out_bytes; /* of what is fetched, of what is given */
	uint64_t limit, given;
	int gathered; /* all rows are sorted or grouped */
	char why[96];
	int exhausted; /* the source has no more */
	int over;      /* the limit is reached and one more matched */
	unsigned n_scratch;
	/* query_drop.c: scratch[drop_next..n_scratch) match and are to be forgotten. */
	unsigned drop_next;
	struct query_order drop;
	int has_lines;         /* lines are asked for, of the ends that `local` says */
	bool examines_sockets; /* before flows ... */
	int sockets_left;      /* ... and there are more of them */
	int lists_sockets;     /* ... and they are given */
	struct filter_local local;
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

/* query_sort.c: makes what sorts or groups; `secret` for its tables. 0 or -ENOMEM. */
int query_sort_create(struct query_flow *flow, uint64_t secret);

/* Does the request ask for an order or for groups? */
bool query_sort_is_asked(const struct query_flow *flow);

/* Gives all of its memory back. */
void query_sort_release(struct query_flow *flow);

/* query_flow.c: from the beginning, with memory. 0 or -errno. */
int query_flow_begin(struct query_flow *flow);

/* As query_ops.rows, where `gathers`. */
int query_sort_rows(struct query_flow *flow, void *rows, unsigned max);

#endif
