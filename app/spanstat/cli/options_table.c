/* SPDX-License-Identifier: BSD-3-Clause */
/* The rows, and getopt's tables and the help made of them; see options_table.h. */

#include <stdio.h>
#include <string.h>

#include "base_text.h"
#include "cmd.h"
#include "describe.h"
#include "options_table.h"

#define AT(field) offsetof(struct options, field)

/* clang-format off */
const struct options_row options_table[OPTIONS_ROWS] = {
	{ "json", 0, NULL, OPTIONS_PARSED, 0, 0, REPORT_PRINT, 0, options_parse_json, NULL,
	  N_("one JSON object a line") },
	{ "csv", 0, NULL, OPTIONS_PARSED, 0, 0, REPORT_PRINT, 0, options_parse_csv, NULL,
	  N_("comma-separated values") },
	{ "no-header", 'H', NULL, OPTIONS_SET, AT(no_header), 1, 0, 0, NULL, NULL,
	  N_("no title lines") },
	{ "output", 'o', "FILE", OPTIONS_TEXT, AT(output), 0, REPORT_PRINT, 0, NULL, NULL,
	  N_("write the report to FILE") },
	{ "socket", 0, "PATH", OPTIONS_TEXT, AT(socket), 0, 0, OPTIONS_ON_SOCKET, NULL, NULL,
	  N_("the daemon's socket"), OPTIONS_SOCKET },
	{ "read", 'r', "FILE", OPTIONS_PARSED, 0, 0, REPORT_FILES, OPTIONS_READ,
	  options_parse_read, NULL,
	  N_("report on a capture file instead; - is standard input (may be repeated)") },
	{ "at", 0, "+DURATION", OPTIONS_PARSED, 0, 0, REPORT_FILES, OPTIONS_AT, options_parse_at,
	  NULL, N_("with -r: so long after the last packet (90s 5m 2h 1d, 1h30m)") },
	{ "keep", 0, NULL, OPTIONS_SET, AT(keep), 1, REPORT_FILES, OPTIONS_KEEP, NULL, NULL,
	  N_("with -r: no timer fires, nothing is forgotten") },
	{ "identity", 0, "WORDS", OPTIONS_PARSED, 0, 0, REPORT_FILES, OPTIONS_IDENTITY,
	  options_parse_identity, NULL,
	  N_("with -r: what names a network: vlan, tunnel, both, or none (tunnel)") },
	{ "checksum", 0, "MODE", OPTIONS_PARSED, 0, 0, REPORT_FILES, OPTIONS_CHECKSUM,
	  options_parse_checksum, NULL,
	  N_("with -r: wrong checksums of packets: ignore, count or verify") },
	{ "all", 0, NULL, OPTIONS_SET, AT(all), 1, REPORT_SILENT, OPTIONS_ALL, NULL, NULL,
	  N_("with listen: those too that were asked and never answered") },
	{ "verbose", 0, NULL, OPTIONS_SET, AT(verbose), 1, REPORT_VERBOSE, OPTIONS_EXPLAIN, NULL,
	  NULL, N_("with stats, in text: under each verdict what it means") },
	{ "fail", 0, NULL, OPTIONS_SET, AT(fail), 1, REPORT_JUDGES, OPTIONS_FAIL, NULL, NULL,
	  N_("with health: exit status 4 if something is bad") },
	{ "diagram", 0, NULL, OPTIONS_SET, AT(diagram), 1, REPORT_STATES_MORE, OPTIONS_DIAGRAM,
	  NULL, NULL, N_("with states: the diagram of RFC 9293, counted; -o FILE.svg: a picture") },
	{ "spellings", 0, NULL, OPTIONS_SET, AT(spellings), 1, REPORT_STATES_MORE,
	  OPTIONS_SPELLINGS, NULL, NULL,
	  N_("with states: how each system spells them, without a daemon") },
	{ "config", 0, "FILE", OPTIONS_TEXT, AT(config), 0, REPORT_SETUP, OPTIONS_CONFIG, NULL,
	  NULL, N_("with doctor: the configuration that is meant"),
	  "/etc/spanstat/spanstatd.conf" },
	{ "sort", 0, "FIELD", OPTIONS_TEXT, AT(sort), 0, REPORT_SORT, OPTIONS_NARROW, NULL, NULL,
	  N_("in this order; -FIELD: the largest first (may be FIELD,FIELD...)") },
	{ "limit", 0, "N", OPTIONS_PARSED, 0, 0, REPORT_LIMIT, OPTIONS_NARROW,
	  options_parse_limit, NULL, N_("the first N only") },
	{ "by", 0, "FIELD", OPTIONS_TEXT, AT(by), 0, REPORT_BY, OPTIONS_NARROW, NULL, NULL,
	  N_("count connections and sum them up by FIELD, as server or state") },
	{ "as", 0, "HOST", OPTIONS_TEXT, AT(as), 0, REPORT_VIEW, OPTIONS_VIEW, NULL, NULL,
	  N_("the lines that netstat on the host of that address would show") },
	{ "dialect", 0, "SYSTEM", OPTIONS_TEXT, AT(dialect), 0, REPORT_VIEW, OPTIONS_VIEW, NULL,
	  NULL, N_("as its netstat prints them: zos linux ss bsd solaris windows") },
	{ "format", 'M', "short|long|console", OPTIONS_TEXT, AT(form), 0, REPORT_VIEW,
	  OPTIONS_VIEW, NULL, NULL,
	  N_("with --dialect zos: in which form") },
	{ "wide", 'W', NULL, OPTIONS_SET, AT(wide), 1, 0, 0, NULL, NULL,
	  N_("cut no address and give each column room") },
	{ NULL, 'I', "ADDR[/LEN]", OPTIONS_LIST, AT(nets), 0, REPORT_FILTER, OPTIONS_NARROW, NULL,
	  NULL, N_("those with that address at either end (may be repeated)") },
	{ NULL, 'P', "PORT", OPTIONS_LIST, AT(ports), 0, REPORT_FILTER, OPTIONS_NARROW, NULL,
	  NULL, N_("those with that port at either end (may be repeated)") },
	{ NULL, 'E', "NAME", OPTIONS_LIST, AT(names), 0, REPORT_FILTER, OPTIONS_NARROW, NULL,
	  NULL, N_("those with a host of that name (* ?) at either end (may be repeated)") },
	{ "names", 0, NULL, OPTIONS_SET, AT(show_names), 1, 0, 0, NULL, NULL,
	  N_("text: names of hosts (configuration) and ports (/etc/services)") },
	{ "watch", 0, "SECONDS", OPTIONS_PARSED, 0, 0, REPORT_WATCH, OPTIONS_WATCH,
	  options_parse_watch, NULL,
	  N_("the report again and again, until interrupted; top: how often") },
	{ "help", 'h', NULL, OPTIONS_INSTEAD, 0, 0, 0, 0, NULL, options_table_help,
	  N_("this help") },
	{ "version", 0, NULL, OPTIONS_INSTEAD, 0, 0, 0, 0, NULL, options_print_version,
	  N_("the version") },
	{ "describe", 0, NULL, OPTIONS_INSTEAD, 0, 0, 0, 0, NULL, describe_print, NULL },
};

/* In the order in which mistakes are reported. */
const struct options_rule options_rules[OPTIONS_RULES] = {
	{ OPTIONS_AT, OPTIONS_READ, 0, 0, N_("--at goes with -r FILE only") },
	{ OPTIONS_KEEP, OPTIONS_READ, 0, 0, N_("--keep goes with -r FILE only") },
	{ OPTIONS_IDENTITY, OPTIONS_READ, 0, 0, N_("--identity goes with -r FILE only") },
	{ OPTIONS_CHECKSUM, OPTIONS_READ, 0, 0, N_("--checksum goes with -r FILE only") },
	{ OPTIONS_ALL, 0, 0, REPORT_SILENT, N_("--all goes with listen only") },
	{ OPTIONS_EXPLAIN, 0, 0, REPORT_VERBOSE, N_("--verbose goes with stats only") },
	{ OPTIONS_FAIL, 0, 0, REPORT_JUDGES, N_("--fail goes with health only") },
	{ OPTIONS_CONFIG, 0, 0, REPORT_SETUP, N_("--config goes with doctor only") },
	{ OPTIONS_DIAGRAM, 0, 0, REPORT_STATES_MORE, N_("--diagram goes with states only") },
	{ OPTIONS_DIAGRAM, 0, OPTIONS_SPELLINGS, 0,
	  N_("--diagram and --spellings exclude each other") },
	{ OPTIONS_SPELLINGS, 0, 0, REPORT_STATES_MORE, N_("--spellings goes with states only") },
	{ OPTIONS_SPELLINGS, 0, OPTIONS_READ | OPTIONS_WATCH, 0,
	  N_("--spellings is a table: it goes neither with -r nor with --watch") },
	{ OPTIONS_ON_SOCKET, 0, OPTIONS_READ, 0, N_("--socket and -r FILE exclude each other") },
	{ OPTIONS_READ, 0, 0, REPORT_FILES,
	  N_("-r FILE goes neither with drop and top (a daemon) nor doctor (this machine)") },
	{ OPTIONS_WATCH, 0, 0, REPORT_WATCH,
	  N_("--watch repeats reports; it does not go with drop and events") },
	{ OPTIONS_WATCH, 0, OPTIONS_READ, 0,
	  N_("--watch goes with a running daemon only, not with -r FILE") },
	{ OPTIONS_NARROW, 0, 0, REPORT_FILTER,
	  N_("--sort, --limit, --by, -I, -P and -E do not go with this report") },
	{ OPTIONS_VIEW, 0, 0, REPORT_VIEW,
	  N_("--as, --dialect and --format go with conn, allconn, byteinfo and sockets only") },
};
/* clang-format on */

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
       "exit status: 0 done, 1 failed or no such id, 2 wrong usage, 3 no daemon answers,\n"
       "4 doctor: something must be mended; with --fail: something is bad\n"
       "\n"
       "more: man spanstat, man spanstat-filter\n");

int
options_row_value(unsigned i)
{
	int letter = options_table[i].letter;

	return letter ? letter : OPTIONS_VALUE_MIN + (int)i;
}

const struct options_row *
options_row_find(int value)
{
	for (unsigned i = 0; i < OPTIONS_ROWS; i++)
		if (options_row_value(i) == value)
			return &options_table[i];
	return NULL;
}

bool
options_row_goes(const struct options_row *row, const struct cmd *cmd)
{
	if (row->kind == OPTIONS_INSTEAD)
		return false;
	return row->takes == 0 || (cmd->takes & row->takes) != 0;
}

void
options_table_long(struct option options[OPTIONS_ROWS + 1])
{
	for (unsigned i = 0; i < OPTIONS_ROWS; i++) {
		const struct options_row *row = &options_table[i];

		if (row->name)
			*options++ = (struct option){
				.name = row->name,
				.has_arg = row->argument ? required_argument : no_argument,
				.val = options_row_value(i),
			};
	}
	*options = (struct option){ 0 };
}

/* With a ':' first, getopt distinguishes a missing argument from an unknown option. */
void
options_table_letters(char letters[OPTIONS_LETTERS_MAX])
{
	char *to = letters;

	*to++ = ':';
	for (unsigned i = 0; i < OPTIONS_ROWS; i++) {
		if (!options_table[i].letter)
			continue;
		*to++ = (char)options_table[i].letter;
		if (options_table[i].argument)
			*to++ = ':';
	}
	for (unsigned i = 1; i < REPORT_NAMED; i++) {
		if (cmd_table[i].letter)
			*to++ = (char)cmd_table[i].letter;
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

	if (row->letter)
		n += snprintf(text, sizeof(text), "-%c%s", row->letter, row->name ? ", " : "");
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
	for (unsigned i = 1; i < REPORT_NAMED; i++)
		options_help_report(&cmd_table[i]);
	fputs(_("\noptions:\n"), stdout);
	for (unsigned i = 0; i < OPTIONS_ROWS; i++) {
		if (options_table[i].help)
			options_help_row(&options_table[i]);
	}
	fputs(_(options_more), stdout);
	return fflush(stdout) ? STATUS_FAILED : STATUS_DONE;
}
