/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reports that are rows, printed as they come: most of them. Each frame is written out when it is
 * printed, so the first rows are seen at once.
 */

#include "ask.h"
#include "base_log.h"
#include "base_text.h"
#include "narrow.h"

/* A digest has groups and an order of its own. Returns -1 to go on. */
static int
rows_refuse(const struct ask *ask)
{
	const struct options *options = ask->options;
	const char *option = NULL;

	if (options->by && !(ask->cmd->takes & REPORT_BY))
		option = "--by";
	else if (options->sort && !(ask->cmd->takes & REPORT_SORT))
		option = "--sort";
	if (!option)
		return -1;
	base_error(_("%s has groups and an order of its own: it goes without %s"), ask->cmd->name,
	           option);
	return STATUS_USAGE;
}

int
cmd_rows_parse(struct ask *ask)
{
	int status;

	if (ask->options->all)
		ask->cmd = &cmd_table[REPORT_ASK_LISTEN_ALL];
	if (!(ask->cmd->takes & REPORT_FILTER))
		return -1;
	status = rows_refuse(ask);
	return status < 0 ? narrow_parse(ask) : status;
}

void
cmd_rows_begin(struct ask *ask)
{
	ask_title(ask);
	if (!ask->options->no_header)
		print_heading(&ask->out, ask->cmd->rows, ask->options->format);
}

void
cmd_rows_part(struct ask *ask, const void *rows, size_t n)
{
	const uint8_t *row = rows;

	for (size_t i = 0; i < n; i++, row += ask->cmd->row_bytes)
		print_row(&ask->out, ask->cmd->rows, ask->options->format, row);
	ask->rows += n;
}

void
cmd_rows_cut(struct ask *ask)
{
	print_end_cut(&ask->out, ask->cmd->rows, ask->options->format, ask->rows);
}

const struct cmd_verb cmd_rows = {
	.parse = cmd_rows_parse,
	.begin = cmd_rows_begin,
	.part = cmd_rows_part,
	.cut = cmd_rows_cut,
};
