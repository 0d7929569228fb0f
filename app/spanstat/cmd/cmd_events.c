/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * events: a row for each connection that opens, changes its state at either end, or ends, as it
 * happens, until interrupted; over capture files all of them, from first to last. The daemon
 * compares with the filter. An interrupt ends it with status 0. When the daemon goes, the stream
 * goes on with the next one, behind a line that says what is missing.
 */

#include "ask.h"
#include "base_clock.h"
#include "base_log.h"
#include "base_text.h"
#include "narrow.h"
#include "print_rows.h"

static int
events_parse(struct ask *ask)
{
	if (ask->options->sort || ask->options->by) {
		base_error(_("events come as they happen: --sort and --by do not go with them"));
		return STATUS_USAGE;
	}
	return narrow_parse(ask);
}

/* Another daemon, or the same after it had stopped: what happened meanwhile nobody knows. */
static void
events_back(struct ask *ask)
{
	print_event_away(&ask->out, ask->options->format, ask->away_us, base_clock_real_us());
}

const struct cmd_verb cmd_events = {
	.parse = events_parse,
	.begin = cmd_rows_begin,
	.back = events_back,
	.part = cmd_rows_part,
};
