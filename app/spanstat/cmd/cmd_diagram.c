/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * states --diagram: how many are in each state, in the diagram of RFC 9293; on the terminal, or as
 * a picture in the file of -o. JSON and CSV are those of states.
 */

#include <langinfo.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ask.h"
#include "base_log.h"
#include "base_plain.h"
#include "base_text.h"
#include "cmd_diagram.h"
#include "diagram.h"

#define DIAGRAM_SVG       ".svg"
#define DIAGRAM_TITLE_MAX 64 /* besides the name */

/* Is the report a picture? The name of its file says so. */
static bool
diagram_is_svg(const struct options *options)
{
	size_t n = options->output ? strlen(options->output) : 0;

	return n >= strlen(DIAGRAM_SVG) &&
	       strcasecmp(options->output + n - strlen(DIAGRAM_SVG), DIAGRAM_SVG) == 0;
}

static void
diagram_picture(struct ask *ask, const struct report_stats *stats)
{
	char name[BASE_PLAIN_EACH * sizeof(ask->info.name) + 1],
	    title[sizeof(name) + DIAGRAM_TITLE_MAX];
	time_t now_sec = (time_t)(ask->info.now_us / 1000000);
	char when[32] = "";
	struct tm now;

	if (!stats) {
		diagram_svg(&ask->out, NULL, NULL);
		return;
	}
	base_plain(name, sizeof(name), ask->info.name, sizeof(ask->info.name));
	if (gmtime_r(&now_sec, &now))
		strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S UTC", &now);
	snprintf(title, sizeof(title), "spanstat " SPANSTAT_VERSION "   %s   %s", name, when);
	diagram_svg(&ask->out, stats, ask->options->no_header ? NULL : title);
}

/* The counters that --watch printed before; all zero: none. Too large for the stack. */
static struct report_stats diagram_before;

/* NULL: nobody has counted. */
static void
diagram_print(struct ask *ask, const struct report_stats *stats)
{
	unsigned columns = ask->out.style.columns;

	if (diagram_is_svg(ask->options))
		diagram_picture(ask, stats);
	else if (columns != 0 && columns < DIAGRAM_COLUMNS)
		diagram_table(&ask->out, stats);
	else
		diagram_text(&ask->out, stats,
		             diagram_before.uptime_us != 0 ? &diagram_before : NULL,
		             strcmp(nl_langinfo(CODESET), "UTF-8") == 0, ask->options->no_header);
}

static void
diagram_begin(struct ask *ask)
{
	if (!diagram_is_svg(ask->options))
		ask_title(ask);
}

static void
diagram_part(struct ask *ask, const void *rows, size_t n)
{
	const struct report_stats *stats = rows;

	if (n > 0) {
		/* Another daemon has counters of its own. */
		if (stats->uptime_us < diagram_before.uptime_us)
			diagram_before.uptime_us = 0;
		diagram_print(ask, stats);
		diagram_before = *stats;
	}
	ask->rows += n;
}

static void
diagram_without(struct ask *ask)
{
	diagram_print(ask, NULL);
}

static const struct cmd_verb diagram_verb = {
	.begin = diagram_begin,
	.part = diagram_part,
	.without = diagram_without,
};

/* As states, but for what is done with the answer. */
static struct cmd diagram_cmd;

int
cmd_diagram_parse(struct ask *ask)
{
	const struct options *options = ask->options;

	if (options->format != PRINT_TEXT)
		return -1;
	if (diagram_is_svg(options) && options->watch_us) {
		base_error(_("a picture shows one moment: -o FILE.svg does not go with --watch"));
		return STATUS_USAGE;
	}
	diagram_cmd = *ask->cmd;
	diagram_cmd.verb = &diagram_verb;
	ask->cmd = &diagram_cmd;
	return -1;
}
