/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * drop: the tracker forgets a connection, or all that a filter matches.
 *
 * One word of hexadecimal digits is an id, anything else a filter. Prints nothing when that one
 * connection is forgotten, and how many were when it was asked by filter.
 */

#include <inttypes.h>
#include <string.h>

#include "base_log.h"
#include "base_text.h"
#include "cmd.h"
#include "filter_value.h"
#include "narrow.h"

static int
drop_parse_id(const char *word, uint64_t *id)
{
	return filter_value_id((struct filter_span){ word, strlen(word) }, id) == 0;
}

static int
drop_parse(struct ask *ask)
{
	const struct options *options = ask->options;
	int status;

	if (options->n_words == 1 && drop_parse_id(options->words[0], &ask->drop.id)) {
		ask->payload = &ask->drop;
		ask->payload_bytes = sizeof(ask->drop);
		return -1;
	}
	status = narrow_parse(ask);
	if (status >= 0)
		return status;
	if (ask->narrow.filter[strspn(ask->narrow.filter, " \t\n\r\v\f")] == '\0') {
		base_error(_("drop needs the id of a connection, as conn shows it, or a filter"));
		return STATUS_USAGE;
	}
	ask->cmd = &cmd_drop_matching;
	return -1;
}

static void
drop_part(struct ask *ask, const struct ctl_frame *frame)
{
	if (frame->type == CTL_ROWS)
		ask->rows += frame->length / sizeof(struct report_row);
}

static void
drop_tell(struct ask *ask)
{
	if (ask->options->format == FORMAT_JSON)
		print_out_printf(&ask->out, "{\"dropped\":%" PRIu64 "}\n", ask->rows);
	else if (ask->options->format == FORMAT_CSV)
		print_out_printf(&ask->out, "%s%" PRIu64 "\n",
		                 ask->options->no_header ? "" : "dropped\n", ask->rows);
	else
		print_out_printf(&ask->out, _("%" PRIu64 " connections forgotten\n"), ask->rows);
}

const struct cmd cmd_drop = {
	.name = "drop",
	.letter = 'D',
	.request = CTL_DROP,
	.help = N_("forget the connection of that id, or all that match (nothing is sent)"),
	.needs_daemon = 1,
	.once = 1,
	.parse = drop_parse,
};

const struct cmd cmd_drop_matching = {
	.name = "drop",
	.request = CTL_DROP_MATCHING,
	.part = drop_part,
	.cut = drop_tell,
	.done = drop_tell,
};
