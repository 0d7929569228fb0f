/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * conn and allconn: a line a connection, both ends' states.
 *
 * They differ in which connections the daemon sends, and in text by the column that tells why a
 * connection ended. Each frame is written out when printed, so the first rows are seen at once.
 * On a terminal lib/dialect prints them, whose columns fit. With --as or --dialect they become the
 * reports of lines in cmd_lines.c.
 */

#include "base_text.h"
#include "cmd.h"
#include "print_csv.h"
#include "print_json.h"
#include "print_text.h"
#include "view.h"

static int
conn_with_end(const struct ask *ask)
{
	return ask->options->cmd == &cmd_allconn;
}

/*
 * A person at a terminal, or who wants it wide, has columns that fit; a pipe and a file have them
 * at fixed places, which is twice as fast.
 */
static int
conn_fits(const struct ask *ask)
{
	return ask->options->format == FORMAT_TEXT &&
	       (ask->out.style.columns != 0 || ask->options->wide);
}

static void
conn_begin(struct ask *ask)
{
	if (conn_fits(ask)) {
		view_begin(ask);
		return;
	}
	ask_title(ask);
	if (ask->options->no_header)
		return;
	if (ask->options->format == FORMAT_TEXT)
		print_text_heading(&ask->out, conn_with_end(ask));
	if (ask->options->format == FORMAT_CSV)
		print_csv_header(&ask->out);
}

static void
conn_part(struct ask *ask, const struct ctl_frame *frame)
{
	const struct report_row *rows = frame->payload;
	size_t n = frame->length / sizeof(rows[0]);

	if (frame->type != CTL_ROWS)
		return;
	if (conn_fits(ask)) {
		view_part(ask, frame);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		if (ask->options->format == FORMAT_JSON)
			print_json_row(&ask->out, &rows[i]);
		else if (ask->options->format == FORMAT_CSV)
			print_csv_row(&ask->out, &rows[i]);
		else
			print_text_row(&ask->out, &rows[i], conn_with_end(ask));
	}
	ask->rows += n;
}

static void
conn_cut(struct ask *ask)
{
	if (ask->options->format == FORMAT_TEXT)
		print_text_cut(&ask->out, ask->rows);
}

static void
conn_done(struct ask *ask)
{
	if (conn_fits(ask))
		view_done(ask);
}

const struct cmd cmd_conn = {
	.name = "conn",
	.letter = 'c',
	.request = CTL_CONN,
	.help = N_("active TCP connections and UDP flows, both ends' states (the default)"),
	.narrows = 1,
	.views = 1,
	.parse = view_parse,
	.begin = conn_begin,
	.part = conn_part,
	.cut = conn_cut,
	.done = conn_done,
};

const struct cmd cmd_allconn = {
	.name = "allconn",
	.letter = 'a',
	.request = CTL_ALLCONN,
	.help = N_("the same and the recently closed ones, and why they ended"),
	.narrows = 1,
	.views = 1,
	.parse = view_parse,
	.begin = conn_begin,
	.part = conn_part,
	.cut = conn_cut,
	.done = conn_done,
};
