/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * drop: the tracker forgets a connection, or all that a filter matches.
 *
 * One word of hexadecimal digits is an id, anything else a filter. Prints nothing when that one
 * connection is forgotten, and how many were when it was asked by filter.
 */

#include <inttypes.h>
#include <string.h>

#include "ask.h"
#include "base_log.h"
#include "base_text.h"
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

	if (options->n_words == 1 && drop_parse_id(options->words[0], &ask->request.id))
		return -1;
	status = narrow_parse(ask);
	if (status >= 0)
		return status;
	if (ask->request.filter[strspn(ask->request.filter, " \t\n\r\v\f")] == '\0') {
		base_error(_("drop needs the id of a connection, as conn shows it, or a filter"));
		return STATUS_USAGE;
	}
	ask->cmd = &cmd_table[REPORT_ASK_DROP_MATCHING];
	return -1;
}

static void
dropped_part(struct ask *ask, const void *rows BASE_UNUSED, size_t n)
{
	ask->rows += n;
}

static void
dropped_print(struct ask *ask)
{
	switch (ask->options->format) {
	case PRINT_TEXT:
		print_out_printf(&ask->out, _("%" PRIu64 " connections forgotten\n"), ask->rows);
		break;
	case PRINT_JSON:
		print_out_printf(&ask->out, "{\"dropped\":%" PRIu64 "}\n", ask->rows);
		break;
	case PRINT_CSV:
		print_out_printf(&ask->out, "%s%" PRIu64 "\n",
		                 ask->options->no_header ? "" : "dropped\n", ask->rows);
		break;
	}
}

const struct cmd_verb cmd_drop = {
	.parse = drop_parse,
};

/* What it becomes with a filter. */
const struct cmd_verb cmd_dropped = {
	.part = dropped_part,
	.cut = dropped_print,
	.done = dropped_print,
};
