/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * events: a line for each connection that opens, changes its state at either end, or ends, as it
 * happens, until interrupted; over capture files all of them, from first to last.
 *
 * The daemon compares with the filter; each frame is written out when printed. An interrupt ends it
 * with status 0.
 */

#include "base_log.h"
#include "base_text.h"
#include "cmd.h"
#include "narrow.h"
#include "options_table.h"
#include "print_event.h"
#include "report_event.h"

static int
events_parse(struct ask *ask)
{
	int status;

	if (ask->options->sort || ask->options->by) {
		base_error(_("events come as they happen: --sort and --by do not go with them"));
		return STATUS_USAGE;
	}
	status = narrow_parse(ask);
	ask->payload = &ask->narrow;
	ask->payload_bytes = sizeof(ask->narrow);
	return status;
}

static void
events_begin(struct ask *ask)
{
	ask_title(ask);
	if (ask->options->no_header)
		return;
	if (ask->options->format == FORMAT_TEXT)
		print_event_text_heading(&ask->out);
	if (ask->options->format == FORMAT_CSV)
		print_event_csv_header(&ask->out);
}

static void
events_part(struct ask *ask, const struct ctl_frame *frame)
{
	const struct report_event *events = frame->payload;
	size_t n = frame->length / sizeof(events[0]);

	if (frame->type != CTL_EVENT_ROWS)
		return;
	for (size_t i = 0; i < n; i++) {
		if (ask->options->format == FORMAT_JSON)
			print_event_json(&ask->out, &events[i]);
		else if (ask->options->format == FORMAT_CSV)
			print_event_csv(&ask->out, &events[i]);
		else
			print_event_text(&ask->out, &events[i]);
	}
}

const struct cmd cmd_events = {
	.name = "events",
	.request = CTL_EVENTS,
	.help = N_("connections as they open, change state and end, until interrupted"),
	.narrows = 1,
	.endless = 1,
	.refuses = OPTIONS_BIT(OPTIONS_SORTED) | OPTIONS_BIT(OPTIONS_GROUPED),
	.parse = events_parse,
	.begin = events_begin,
	.part = events_part,
};
