/* SPDX-License-Identifier: BSD-3-Clause */
/* Lines of digests asked for and printed; see lines.h. */

#include "lines.h"
#include "base_log.h"
#include "base_text.h"
#include "narrow.h"
#include "print_part.h"

int
lines_parse(struct ask *ask)
{
	const struct options *options = ask->options;
	int status;

	if (options->by || (options->sort && !ask->cmd->lines->sorts)) {
		base_error(_("%s has groups and an order of its own: it goes without %s"),
		           ask->cmd->name, options->by ? "--by" : "--sort");
		return STATUS_USAGE;
	}
	status = narrow_parse(ask);
	ask->payload = &ask->narrow;
	ask->payload_bytes = sizeof(ask->narrow);
	return status;
}

void
lines_begin(struct ask *ask)
{
	ask_title(ask);
	if (ask->options->no_header)
		return;
	if (ask->options->format == FORMAT_TEXT)
		ask->cmd->lines->heading(&ask->out);
	if (ask->options->format == FORMAT_CSV)
		ask->cmd->lines->csv_header(&ask->out);
}

void
lines_part(struct ask *ask, const struct ctl_frame *frame)
{
	const struct lines *lines = ask->cmd->lines;
	const uint8_t *line = frame->payload;
	size_t n = frame->length / lines->bytes;

	if (frame->type != lines->type)
		return;
	for (size_t i = 0; i < n; i++, line += lines->bytes) {
		if (ask->options->format == FORMAT_JSON)
			lines->json(&ask->out, line);
		else if (ask->options->format == FORMAT_CSV)
			lines->csv(&ask->out, line);
		else
			lines->text(&ask->out, line);
	}
	ask->rows += n;
}

void
lines_cut(struct ask *ask)
{
	if (ask->options->format == FORMAT_TEXT)
		print_cut(&ask->out, ask->rows);
}
