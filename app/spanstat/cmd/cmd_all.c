/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * all: everything that is known of each connection. A block of lines each as text; an object or a
 * line each, with more keys or columns than the other reports have, for programs.
 */

#include "base_text.h"
#include "cmd.h"
#include "narrow.h"
#include "print_all.h"
#include "print_csv.h"
#include "print_json.h"
#include "print_text.h"

static void
all_begin(struct ask *ask)
{
	ask_title(ask);
	if (!ask->options->no_header && ask->options->format == FORMAT_CSV)
		print_csv_full_header(&ask->out);
}

static void
all_part(struct ask *ask, const struct ctl_frame *frame)
{
	const struct report_full *rows = frame->payload;
	size_t n = frame->length / sizeof(rows[0]);

	if (frame->type != CTL_FULL_ROWS)
		return;
	for (size_t i = 0; i < n; i++) {
		if (ask->options->format == FORMAT_JSON)
			print_json_full(&ask->out, &rows[i]);
		else if (ask->options->format == FORMAT_CSV)
			print_csv_full(&ask->out, &rows[i]);
		else
			print_all_text(&ask->out, &rows[i]);
	}
	ask->rows += n;
}

static void
all_cut(struct ask *ask)
{
	if (ask->options->format == FORMAT_TEXT)
		print_text_cut(&ask->out, ask->rows);
}

const struct cmd cmd_all = {
	.name = "all",
	.letter = 'A',
	.request = CTL_ALL,
	.help = N_("everything known of each connection: retransmissions, round trips, windows"),
	.narrows = 1,
	.parse = narrow_parse,
	.begin = all_begin,
	.part = all_part,
	.cut = all_cut,
};
