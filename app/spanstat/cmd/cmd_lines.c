/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reports that lib/dialect prints: what conn and allconn become with --as or --dialect, and the
 * common part of byteinfo and sockets.
 */

#include <inttypes.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base_text.h"
#include "cmd.h"
#include "dialect_data.h"
#include "view.h"

unsigned
view_terminal(const struct ask *ask)
{
	struct winsize size;

	return isatty(ask->out.fd) && ioctl(ask->out.fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

void
view_begin(struct ask *ask)
{
	ask_title(ask);
	ask->view.columns = view_terminal(ask);
	dialect_printer_init(&ask->printer, &ask->view, ask->options->no_header);
	if (ask->options->format == FORMAT_CSV && !ask->options->no_header)
		dialect_csv_header(&ask->out, &ask->view);
}

void
view_part(struct ask *ask, const struct ctl_frame *frame)
{
	const struct report_row *rows = frame->payload;
	size_t n = frame->length / sizeof(rows[0]);

	if (frame->type != CTL_ROWS)
		return;
	if (ask->options->format == FORMAT_TEXT)
		dialect_print_rows(&ask->printer, &ask->out, rows, n);
	for (size_t i = 0; i < n; i++) {
		struct dialect_line lines[2];

		ask->rows += dialect_lines(&rows[i], lines);
		if (ask->options->format == FORMAT_JSON)
			dialect_json(&ask->out, &rows[i], &ask->view);
		else if (ask->options->format == FORMAT_CSV)
			dialect_csv(&ask->out, &rows[i], &ask->view);
	}
}

void
view_cut(struct ask *ask)
{
	if (ask->options->format == FORMAT_TEXT)
		print_out_printf(
		    &ask->out,
		    ask->view.lines
			? _("(cut short: %" PRIu64 " lines shown, more are missing)\n")
			: _("(cut short: %" PRIu64 " connections shown, more are missing)\n"),
		    ask->rows);
}

void
view_done(struct ask *ask)
{
	if (ask->options->format == FORMAT_TEXT)
		dialect_print_end(&ask->printer, &ask->out);
}

const struct cmd cmd_conn_lines = {
	.name = "conn",
	.request = CTL_CONN,
	.begin = view_begin,
	.part = view_part,
	.cut = view_cut,
	.done = view_done,
};

const struct cmd cmd_allconn_lines = {
	.name = "allconn",
	.request = CTL_ALLCONN,
	.begin = view_begin,
	.part = view_part,
	.cut = view_cut,
	.done = view_done,
};
