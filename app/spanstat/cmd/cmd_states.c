/* SPDX-License-Identifier: BSD-3-Clause */
/* states: what each state means; how many there are, if there is somebody to ask. */

#include "base_text.h"
#include "cmd.h"
#include "print_states.h"

static void
states_print(struct ask *ask, const struct report_stats *stats)
{
	if (ask->options->format == FORMAT_JSON)
		print_states_json(&ask->out, stats);
	else if (ask->options->format == FORMAT_CSV)
		print_states_csv(&ask->out, stats, !ask->options->no_header);
	else
		print_states_text(&ask->out, stats);
}

static void
states_part(struct ask *ask, const struct ctl_frame *frame)
{
	if (frame->type == CTL_COUNTERS)
		states_print(ask, frame->payload);
}

static void
states_without(struct ask *ask)
{
	states_print(ask, NULL);
}

const struct cmd cmd_states = {
	.name = "states",
	.request = CTL_STATS,
	.help = N_("what each state means, what many of it point to, and how many there are"),
	.begin = ask_title,
	.part = states_part,
	.without = states_without,
};
