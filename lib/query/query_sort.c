/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Connections sorted or grouped: all are gathered, turn by turn, then given; see query_flow.h. What
 * finds no memory because others hold it gives back what it has, and gathers anew after them.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "query_flow.h"

bool
query_sort_is_asked(const struct query_flow *flow)
{
	if (flow->report == REPORT_ASK_GROUP)
		return true;
	return flow->order.n > 0 && flow->report != REPORT_ASK_DROP_MATCHING;
}

int
query_sort_create(struct query_flow *flow, uint64_t secret)
{
	struct mem_pool *memory = &flow->share.memory;

	if (flow->report == REPORT_ASK_GROUP)
		flow->grouper = filter_grouper_create(&flow->grouping, secret, memory);
	else
		flow->sorter = filter_sorter_create(&flow->order, flow->row_bytes, flow->limit,
		                                    secret, memory);
	return flow->grouper || flow->sorter ? 0 : -ENOMEM;
}

void
query_sort_release(struct query_flow *flow)
{
	filter_sorter_destroy(flow->sorter);
	filter_grouper_destroy(flow->grouper);
	flow->sorter = NULL;
	flow->grouper = NULL;
	if (flow->local.unconnected)
		filter_unconnected_fini(&flow->unconnected);
}

/* Each line by itself, for two lines of a row may have different places. */
static int
sort_lines(struct query_flow *flow, struct report_row *row)
{
	unsigned lines = row->lines;

	for (unsigned end = REPORT_LINE_CLIENT; end <= REPORT_LINE_SERVER; end <<= 1) {
		row->lines = (uint8_t)(end | (lines & REPORT_LINE_SOCKET));
		if ((lines & end) && filter_sorter_add(flow->sorter, row) != 0)
			return -ENOMEM;
	}
	return 0;
}

/* Takes in what is in the scratch. */
static int
sort_collect(struct query_flow *flow)
{
	for (unsigned i = 0; i < flow->n_scratch; i++) {
		void *row = query_flow_row(flow, i);
		int error = 0;

		if (flow->grouper)
			filter_grouper_add(flow->grouper, row);
		else if (flow->has_lines)
			error = sort_lines(flow, row);
		else
			error = filter_sorter_add(flow->sorter, row);
		if (error != 0)
			return -ENOMEM;
	}
	return 0;
}

/* Waits for others, who hold the memory, and empty-handed. False: nobody else holds any. */
static bool
sort_yield(struct query_flow *flow)
{
	if (!query_share_yield(&flow->share))
		return false;
	query_sort_release(flow);
	flow->begun = false;
	return true;
}

static int
sort_no_room(struct query_flow *flow)
{
	if (sort_yield(flow))
		return -EINPROGRESS;
	snprintf(flow->why, sizeof(flow->why),
	         "too many connections to sort in %zu MiB; narrow the filter, or give --limit",
	         query_share_max(&flow->share) >> 20);
	flow->query.why = flow->why;
	return -ENOMEM;
}

/* Groups that find no room are one group more, `other`: worth waiting, if others hold the room. */
static bool
sort_waits_for_groups(struct query_flow *flow)
{
	return flow->grouper && query_share_is_full(&flow->share) && sort_yield(flow);
}

static int
sort_gather(struct query_flow *flow)
{
	for (unsigned fetched = 0; fetched < QUERY_TURN_ROWS;) {
		unsigned got = query_flow_fetch(flow, UINT32_MAX);

		if (sort_collect(flow) != 0)
			return sort_no_room(flow);
		if (sort_waits_for_groups(flow))
			return -EINPROGRESS;
		if (got == 0)
			break;
		fetched += got;
	}
	if (!flow->exhausted)
		return -EAGAIN;
	if (flow->grouper)
		filter_grouper_sort(flow->grouper, &flow->order);
	flow->gathered = 1;
	query_share_gathered(&flow->share);
	return -EAGAIN;
}

/* Begins when it is its turn. 0, or as query_ops.rows. */
static int
sort_begin(struct query_flow *flow)
{
	int error;

	if (!query_share_begin(&flow->share))
		return -EINPROGRESS;
	error = query_flow_begin(flow);
	if (error != 0)
		return error == -ENOMEM ? sort_no_room(flow) : error;
	flow->begun = true;
	return 0;
}

static int
sort_give(struct query_flow *flow, uint8_t *rows, unsigned max)
{
	unsigned n = 0;
	const void *row;

	while (n < max && (row = filter_sorter_next(flow->sorter)) != NULL)
		memcpy(rows + n++ * flow->out_bytes, row, flow->out_bytes);
	flow->query.cut = filter_sorter_cut(flow->sorter) > 0;
	return (int)n;
}

static int
sort_give_groups(struct query_flow *flow, struct report_group *groups, unsigned max)
{
	uint32_t count = filter_grouper_count(flow->grouper);
	unsigned n = 0;

	if (flow->limit != 0 && flow->limit < count) {
		count = (uint32_t)flow->limit;
		flow->query.cut = true;
	}
	while (n < max && flow->given < count)
		groups[n++] = *filter_grouper_at(flow->grouper, (uint32_t)flow->given++);
	return (int)n;
}

int
query_sort_rows(struct query_flow *flow, void *rows, unsigned max)
{
	int error;

	if (!flow->begun && (error = sort_begin(flow)) != 0)
		return error;
	if (!flow->gathered)
		return sort_gather(flow);
	return flow->grouper ? sort_give_groups(flow, rows, max) : sort_give(flow, rows, max);
}
