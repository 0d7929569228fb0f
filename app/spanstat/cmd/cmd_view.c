/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Connections as they are, and as a host has them: conn, allconn, byteinfo and sockets.
 *
 * On a terminal, with --wide, --as or --dialect, and always for byteinfo and sockets, lib/dialect
 * makes columns that have room. A pipe and a file have conn and allconn at fixed places, which is
 * twice as fast.
 *
 * sockets is sorted by host: the daemon sorts and sends the lines one by one, so this end holds one
 * frame however many hosts there are. At the other end the sort takes some 200 bytes a line of what
 * all sorts share, and says so when there are too many; a client that grouped by itself would need
 * as much. To ask host by host would need next to nothing, but walk the whole table once for each.
 */

#include <inttypes.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "ask.h"
#include "base_text.h"
#include "dialect_data.h"
#include "view.h"

unsigned
view_terminal(const struct ask *ask)
{
	struct winsize size;

	return isatty(ask->out.fd) && ioctl(ask->out.fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

static bool
view_is_laid_out(const struct ask *ask)
{
	if (ask->view.lines || ask->cmd->rows == &print_none)
		return true;
	return ask->options->format == PRINT_TEXT &&
	       (ask->out.style.columns != 0 || ask->options->wide);
}

static void
view_begin(struct ask *ask)
{
	if (!view_is_laid_out(ask)) {
		cmd_rows_begin(ask);
		return;
	}
	ask_title(ask);
	ask->view.columns = view_terminal(ask);
	dialect_printer_init(&ask->printer, &ask->view, ask->options->no_header);
	if (ask->options->format == PRINT_CSV && !ask->options->no_header)
		dialect_csv_header(&ask->out, &ask->view);
}

static void
view_rows(struct ask *ask, const struct report_row *rows, size_t n)
{
	if (ask->options->format == PRINT_TEXT)
		dialect_print_rows(&ask->printer, &ask->out, rows, n);
	for (size_t i = 0; i < n; i++) {
		struct dialect_line lines[2];

		ask->rows += dialect_lines(&rows[i], lines);
		if (ask->options->format == PRINT_JSON)
			dialect_json(&ask->out, &rows[i], &ask->view);
		else if (ask->options->format == PRINT_CSV)
			dialect_csv(&ask->out, &rows[i], &ask->view);
	}
}

static void
view_part(struct ask *ask, const void *rows, size_t n)
{
	if (view_is_laid_out(ask))
		view_rows(ask, rows, n);
	else
		cmd_rows_part(ask, rows, n);
}

static void
view_cut(struct ask *ask)
{
	if (ask->options->format == PRINT_TEXT)
		print_out_printf(
		    &ask->out,
		    ask->view.lines
			? _("(cut short: %" PRIu64 " lines shown, more are missing)\n")
			: _("(cut short: %" PRIu64 " connections shown, more are missing)\n"),
		    ask->rows);
}

static void
view_done(struct ask *ask)
{
	if (view_is_laid_out(ask) && ask->options->format == PRINT_TEXT)
		dialect_print_end(&ask->printer, &ask->out);
}

const struct cmd_verb cmd_view = {
	.parse = view_parse,
	.begin = view_begin,
	.part = view_part,
	.cut = view_cut,
	.done = view_done,
};
