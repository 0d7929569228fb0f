/* SPDX-License-Identifier: BSD-3-Clause */
/* listen: a line a socket that answered or was asked for; with --all the silent ones too. */

#include "base_text.h"
#include "cmd.h"
#include "print_listen.h"
#include "report_listen.h"

static void
listen_begin(struct ask *ask)
{
	ask_title(ask);
	if (ask->options->no_header)
		return;
	if (ask->options->format == FORMAT_TEXT)
		print_listen_text_heading(&ask->out);
	if (ask->options->format == FORMAT_CSV)
		print_listen_csv_header(&ask->out);
}

static void
listen_part(struct ask *ask, const struct ctl_frame *frame)
{
	const struct report_listen *rows = frame->payload;
	size_t n = frame->length / sizeof(rows[0]);

	if (frame->type != CTL_SOCKETS)
		return;
	for (size_t i = 0; i < n; i++) {
		if (ask->options->format == FORMAT_JSON)
			print_listen_json(&ask->out, &rows[i]);
		else if (ask->options->format == FORMAT_CSV)
			print_listen_csv(&ask->out, &rows[i]);
		else
			print_listen_text(&ask->out, &rows[i]);
	}
	ask->rows += n;
}

static void
listen_cut(struct ask *ask)
{
	if (ask->options->format == FORMAT_TEXT)
		print_listen_text_cut(&ask->out, ask->rows);
}

const struct cmd cmd_listen = {
	.name = "listen",
	.letter = 'l',
	.request = CTL_LISTEN,
	.request_all = CTL_LISTEN_ALL,
	.help = N_("sockets that answered: accepted, refused, unanswered, first and last seen"),
	.begin = listen_begin,
	.part = listen_part,
	.cut = listen_cut,
};
