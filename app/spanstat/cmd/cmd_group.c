/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * --by: a row for each group of connections that have something in common, and their sums.
 *
 * No report of its own but what others become. The columns depend on what is grouped by, which the
 * command line says, so that an empty report has its heading too.
 */

#include "ask.h"
#include "print_group.h"

static void
group_begin(struct ask *ask)
{
	ask_title(ask);
	if (ask->options->no_header)
		return;
	if (ask->options->format == PRINT_TEXT)
		print_group_text_heading(&ask->out, &ask->columns);
	if (ask->options->format == PRINT_CSV)
		print_group_csv_header(&ask->out, &ask->columns);
}

const struct cmd_verb cmd_group = {
	.begin = group_begin,
	.part = cmd_rows_part,
	.cut = cmd_rows_cut,
};
