/* SPDX-License-Identifier: BSD-3-Clause */
/* states: what each state means; how many there are, if there is somebody to ask. */

#include "ask.h"

/* Nobody was asked, so there is no row of counters. */
static void
states_without(struct ask *ask)
{
	if (!ask->options->no_header)
		print_heading(&ask->out, ask->cmd->rows, ask->options->format);
	print_row(&ask->out, ask->cmd->rows, ask->options->format, NULL);
}

const struct cmd_verb cmd_states = {
	.begin = cmd_rows_begin,
	.part = cmd_rows_part,
	.without = states_without,
};
