/* SPDX-License-Identifier: BSD-3-Clause */
/* stats: all counters at one moment. */

#include "base_text.h"
#include "cmd.h"
#include "print_stats.h"

static void
stats_part(struct ask *ask, const struct ctl_frame *frame)
{
	const struct report_stats *stats = frame->payload;

	if (frame->type != CTL_COUNTERS)
		return;
	if (ask->options->format == FORMAT_JSON)
		print_stats_json(&ask->out, stats);
	else if (ask->options->format == FORMAT_CSV)
		print_stats_csv(&ask->out, stats, !ask->options->no_header);
	else
		print_stats_text(&ask->out, stats, ask->options->verbose);
}

const struct cmd cmd_stats = {
	.name = "stats",
	.letter = 'S',
	.request = CTL_STATS,
	.explains = 1,
	.help = N_("counters: packets, flows by state, the mirror, workers, ports, memory"),
	.begin = ask_title,
	.part = stats_part,
};
