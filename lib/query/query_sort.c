/* SPDX-License-Identifier: BSD-3-Clause */
/* Connections sorted or grouped: all are gathered, turn by turn, then given. See query_flow.h. */

#include <errno.h>
#include <string.h>

#include "query_flow.h"

static const char sort_no_memory[] = "too many connections to sort in 512 MiB; narrow the "
				     "filter, or give --limit";

int
query_sort_create(struct query_flow *flow, const struct filter_grouping *grouping)
{
	uint64_t secret = 0;
	int error;

	if (flow->report == REPORT_ASK_GROUP) {
		error = query_secret(&secret);
		if (error != 0)
			return error;
		flow->grouper = filter_grouper_create(grouping, secret, flow->pool);
		return flow->grouper ? 0 : -ENOMEM;
	}
	if (flow->order.n == 0 || flow->report == REPORT_ASK_DROP_MATCHING)
		return 0;
	flow->sorter = filter_sorter_create(&flow->order, flow->row_bytes, flow->limit, flow->pool);
	return flow->sorter ? 0 : -ENOMEM;
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

static int
sort_gather(struct query_flow *flow)
{
	for (unsigned fetched = 0; fetched < QUERY_TURN_ROWS;) {
		unsigned got = query_flow_fetch(flow, UINT32_MAX);

		if (sort_collect(flow) != 0) {
			flow->query.why = sort_no_memory;
			return -ENOMEM;
		}
		if (got == 0)
			break;
		fetched += got;
	}
	if (!flow->exhausted)
		return -EAGAIN;
	if (flow->grouper)
		filter_grouper_sort(flow->grouper, &flow->order);
	flow->gathered = 1;
	return -EAGAIN;
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
	if (!flow->gathered)
		return sort_gather(flow);
	return flow->grouper ? sort_give_groups(flow, rows, max) : sort_give(flow, rows, max);
}
