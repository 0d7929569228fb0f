/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * --by: a line for each group of connections that have something in common, and their sums.
 *
 * No report of its own but what conn, allconn and all become. The columns depend on what is grouped
 * by, which the command line tells, so that an empty report has its heading too.
 */

#include "cmd.h"
#include "print_group.h"

static void
group_begin(struct ask *ask)
{
	ask_title(ask);
	if (ask->options->no_header)
		return;
	if (ask->options->format == FORMAT_TEXT)
		print_group_text_heading(&ask->out, &ask->columns);
	if (ask->options->format == FORMAT_CSV)
		print_group_csv_header(&ask->out, &ask->columns);
}

static void
group_part(struct ask *ask, const struct ctl_frame *frame)
{
	const struct report_group *groups = frame->payload;
	size_t n = frame->length / sizeof(groups[0]);

	if (frame->type != CTL_GROUPS)
		return;
	for (size_t i = 0; i < n; i++) {
		if (ask->options->format == FORMAT_JSON)
			print_group_json(&ask->out, &groups[i]);
		else if (ask->options->format == FORMAT_CSV)
			print_group_csv(&ask->out, &groups[i]);
		else
			print_group_text(&ask->out, &groups[i]);
	}
	ask->rows += n;
}

static void
group_cut(struct ask *ask)
{
	if (ask->options->format == FORMAT_TEXT)
		print_group_text_cut(&ask->out, ask->rows);
}

const struct cmd cmd_group = {
	.name = "group",
	.request = CTL_GROUP,
	.begin = group_begin,
	.part = group_part,
	.cut = group_cut,
};
