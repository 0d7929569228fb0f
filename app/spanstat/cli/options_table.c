/* SPDX-License-Identifier: BSD-3-Clause */
/* The rows, and getopt's tables and the help made of them; see options_table.h. */

#include <stdio.h>
#include <string.h>

#include "base_text.h"
#include "cmd.h"
#include "lines.h"
#include "options_table.h"

/* clang-format off */
const struct options_row options_table[] = {
	{ "json", OPTION_JSON, NULL, OPTIONS_PRINTED, N_("one JSON object a line") },
	{ "csv", OPTION_CSV, NULL, OPTIONS_PRINTED, N_("comma-separated values") },
	{ "no-header", 'H', NULL, OPTIONS_EVERY, N_("no title lines") },
	{ "output", 'o', "FILE", OPTIONS_PRINTED, N_("write the report to FILE") },
	{ "socket", OPTION_SOCKET, "PATH", OPTIONS_EVERY, N_("the daemon's socket"),
	  OPTIONS_SOCKET },
	{ "read", 'r', "FILE", OPTIONS_FILES,
	  N_("report on a capture file instead (may be repeated)") },
	{ "at", OPTION_AT, "+DURATION", OPTIONS_FILES,
	  N_("with -r: so long after the last packet (90s 5m 2h 1d, 1h30m)") },
	{ "keep", OPTION_KEEP, NULL, OPTIONS_FILES,
	  N_("with -r: no timer fires, nothing is forgotten") },
	{ "all", OPTION_ALL, NULL, OPTIONS_LISTEN,
	  N_("with listen: those too that were asked and never answered") },
	{ "verbose", OPTION_VERBOSE, NULL, OPTIONS_EXPLAINED,
	  N_("with stats, in text: under each verdict what it means") },
	{ "sort", OPTION_SORT, "FIELD", OPTIONS_SORTED,
	  N_("in this order; -FIELD: the largest first (may be FIELD,FIELD...)") },
	{ "limit", OPTION_LIMIT, "N", OPTIONS_LIMITED, N_("the first N only") },
	{ "by", OPTION_BY, "FIELD", OPTIONS_GROUPED,
	  N_("count connections and sum them up by FIELD, as server or state") },
	{ "as", OPTION_AS, "HOST", OPTIONS_VIEWED,
	  N_("the lines that netstat on the host of that address would show") },
	{ "dialect", OPTION_DIALECT, "SYSTEM", OPTIONS_VIEWED,
	  N_("as its netstat prints them: zos linux ss bsd solaris windows") },
	{ "format", 'M', "short|long", OPTIONS_VIEWED, N_("with --dialect zos: in which form") },
	{ "wide", 'W', NULL, OPTIONS_EVERY, N_("cut no address and give each column room") },
	{ NULL, 'I', "ADDR[/LEN]", OPTIONS_NARROWED,
	  N_("those with that address at either end (may be repeated)") },
	{ NULL, 'P', "PORT", OPTIONS_NARROWED,
	  N_("those with that port at either end (may be repeated)") },
	{ NULL, 'E', "NAME", OPTIONS_NARROWED,
	  N_("those with a host of that name (* ?) at either end (may be repeated)") },
	{ "names", OPTION_NAMES, NULL, OPTIONS_EVERY,
	  N_("text: names of hosts (configuration) and ports (/etc/services)") },
	{ "watch", OPTION_WATCH, "SECONDS", OPTIONS_WATCHED,
	  N_("the report again and again, until interrupted; top: how often") },
	{ "help", 'h', NULL, OPTIONS_ALONE, N_("this help") },
	{ "version", OPTION_VERSION, NULL, OPTIONS_ALONE, N_("the version") },
	{ "describe", OPTION_DESCRIBE, NULL, OPTIONS_ALONE, NULL },
	{ 0 },
};
/* clang-format on */

static_assert(BASE_COUNT_OF(options_table) <= OPTIONS_ROWS_MAX, "getopt's table holds them");

/* Wide enough for `  -M, --format short|long`. */
#define OPTIONS_HELP_COLUMN 24

static const char options_usage[] =
    N_("usage: spanstat [OPTION...] [REPORT [FILTER]]\n"
       "\n"
       "netstat for a mirror port: every TCP connection and UDP flow on the wire, with the\n"
       "state of both ends. Asks the running spanstatd, or reads capture files by itself.\n"
       "\n"
       "reports:\n");

static const char options_more[] =
    N_("\n"
       "filters: state close-wait and (dport 443 or client 10.0.0.0/8) and idle > 5m\n"
       "\n"
       "exit status: 0 done, 1 failed or no such id, 2 wrong usage, 3 no daemon answers\n"
       "\n"
       "more: man spanstat, man spanstat-filter\n");

int
options_row_letter(const struct options_row *row)
{
	return row->value < OPTION_JSON ? row->value : 0;
}

/* What may be asked of some of the reports that a filter narrows. */
static int
options_goes_narrowed(enum options_takers takers, const struct cmd *cmd)
{
	if (!cmd->narrows || (cmd->refuses & OPTIONS_BIT(takers)))
		return 0;
	if (takers == OPTIONS_GROUPED)
		return cmd->lines == NULL;
	return takers != OPTIONS_SORTED || !cmd->lines || cmd->lines->sorts;
}

int
options_row_goes(const struct options_row *row, const struct cmd *cmd)
{
	switch (row->takers) {
	case OPTIONS_EVERY:
		return 1;
	case OPTIONS_PRINTED:
		return !(cmd->refuses & OPTIONS_BIT(OPTIONS_PRINTED));
	case OPTIONS_FILES:
		return !cmd->needs_daemon;
	case OPTIONS_LISTEN:
		return cmd->request_all != 0;
	case OPTIONS_EXPLAINED:
		return cmd->explains;
	case OPTIONS_NARROWED:
	case OPTIONS_SORTED:
	case OPTIONS_LIMITED:
	case OPTIONS_GROUPED:
		return options_goes_narrowed(row->takers, cmd);
	case OPTIONS_VIEWED:
		return cmd->views;
	case OPTIONS_WATCHED:
		return !cmd->once && !cmd->endless;
	case OPTIONS_ALONE:
		break;
	}
	return 0;
}

void
options_table_long(struct option options[OPTIONS_ROWS_MAX + 1])
{
	for (const struct options_row *row = options_table; row->value; row++) {
		if (row->name)
			*options++ = (struct option){
				.name = row->name,
				.has_arg = row->argument ? required_argument : no_argument,
				.val = row->value,
			};
	}
	*options = (struct option){ 0 };
}

/* A ':' first makes getopt tell a missing argument from an unknown option. */
void
options_table_letters(char letters[OPTIONS_LETTERS_MAX])
{
	char *to = letters;

	*to++ = ':';
	for (const struct options_row *row = options_table; row->value; row++) {
		if (options_row_letter(row))
			*to++ = (char)options_row_letter(row);
		if (options_row_letter(row) && row->argument)
			*to++ = ':';
	}
	for (const struct cmd *const *cmd = cmd_table; *cmd; cmd++) {
		if ((*cmd)->letter)
			*to++ = (char)(*cmd)->letter;
	}
	*to = '\0';
}

static void
options_help_report(const struct cmd *cmd)
{
	const char letter[] = { '-', (char)cmd->letter, '\0' };

	printf("  %-8s %-3s %s\n", cmd->name, cmd->letter ? letter : "", _(cmd->help));
}

static void
options_help_row(const struct options_row *row)
{
	char text[64] = "";
	int n = 0;

	if (options_row_letter(row))
		n += snprintf(text, sizeof(text), "-%c%s", row->value, row->name ? ", " : "");
	if (row->name)
		n += snprintf(text + n, sizeof(text) - (size_t)n, "--%s", row->name);
	if (row->argument)
		snprintf(text + n, sizeof(text) - (size_t)n, " %s", row->argument);
	printf("  %-*s %s", OPTIONS_HELP_COLUMN - 1, text, _(row->help));
	if (row->def)
		printf(" (%s)", row->def);
	putchar('\n');
}

int
options_table_help(void)
{
	fputs(_(options_usage), stdout);
	for (const struct cmd *const *cmd = cmd_table; *cmd; cmd++)
		options_help_report(*cmd);
	fputs(_("\noptions:\n"), stdout);
	for (const struct options_row *row = options_table; row->value; row++) {
		if (row->help)
			options_help_row(row);
	}
	fputs(_(options_more), stdout);
	return fflush(stdout) ? STATUS_FAILED : STATUS_DONE;
}
