/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * states: what each state means; how many there are, if there is somebody to ask. --spellings: what
 * each system calls it. --diagram: cmd_diagram.c.
 */

#include "ask.h"
#include "cmd_diagram.h"
#include "dialect_spellings.h"

/* Nobody was asked, so there is no row of counters. */
static void
states_without(struct ask *ask)
{
	if (!ask->options->no_header)
		print_heading(&ask->out, ask->cmd->rows, ask->options->format);
	print_row(&ask->out, ask->cmd->rows, ask->options->format, NULL);
}

static void
spellings_without(struct ask *ask)
{
	enum print_format format = ask->options->format;

	if (!ask->options->no_header)
		print_heading(&ask->out, &dialect_spellings, format);
	for (uint32_t state = 0; state < REPORT_STATES; state++) {
		enum report_state row = (enum report_state)state;

		print_row(&ask->out, &dialect_spellings, format, &row);
	}
	if (format == PRINT_TEXT && !ask->options->no_header)
		dialect_spellings_end(&ask->out);
}

static const struct cmd_verb spellings_verb = {
	.asks_nobody = true,
	.without = spellings_without,
};

/* What states becomes by an option: never asked for by name, nor over the socket. */
static const struct cmd states_spellings = { .name = "states", .verb = &spellings_verb };

/* Returns -1 to go on, or a status. */
static int
states_parse(struct ask *ask)
{
	if (ask->options->spellings)
		ask->cmd = &states_spellings;
	return ask->options->diagram ? cmd_diagram_parse(ask) : -1;
}

const struct cmd_verb cmd_states = {
	.parse = states_parse,
	.begin = cmd_rows_begin,
	.part = cmd_rows_part,
	.without = states_without,
};
