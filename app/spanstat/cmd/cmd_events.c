/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * events: a row for each connection that opens, changes its state at either end, or ends, as it
 * happens, until interrupted; over capture files all of them, from first to last. The daemon
 * compares with the filter. An interrupt ends it with status 0.
 */

#include "ask.h"
#include "base_log.h"
#include "base_text.h"
#include "narrow.h"

static int
events_parse(struct ask *ask)
{
	if (ask->options->sort || ask->options->by) {
		base_error(_("events come as they happen: --sort and --by do not go with them"));
		return STATUS_USAGE;
	}
	return narrow_parse(ask);
}

const struct cmd_verb cmd_events = {
	.parse = events_parse,
	.begin = cmd_rows_begin,
	.part = cmd_rows_part,
};
