/* SPDX-License-Identifier: BSD-3-Clause */
/* The command line, read by the tables of options_table.h; see options.h. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "base_log.h"
#include "base_parse.h"
#include "base_text.h"
#include "options_table.h"
#include "top_keys.h"

int
options_print_version(void)
{
	printf("spanstat %s\n", SPANSTAT_VERSION);
	return fflush(stdout) ? STATUS_FAILED : STATUS_DONE;
}

/* --- arguments ------------------------------------------------------------------------------ */

int
options_parse_at(struct options *options, const char *text)
{
	uint64_t at_us;

	if (*text != '+' ||
	    base_parse_duration_us(text + 1, strlen(text + 1), BASE_DURATION_UNITS, &at_us)) {
		base_error(
		    _("--at takes a duration after the last packet such as +90s, +5m or +1h30m, "
		      "not '%s'"),
		    text);
		return STATUS_USAGE;
	}
	options->at_sec = at_us / 1000000;
	return -1;
}

int
options_parse_limit(struct options *options, const char *text)
{
	if (base_parse_number(text, strlen(text), UINT64_MAX, &options->limit) == 0 &&
	    options->limit)
		return -1;
	base_error(_("--limit takes a number from 1 on, not '%s'"), text);
	return STATUS_USAGE;
}

int
options_parse_watch(struct options *options, const char *text)
{
	if (top_keys_interval(text, &options->watch_us) == 0)
		return -1;
	base_error(_("--watch takes seconds, 0.1 to 3600, not '%s'"), text);
	return STATUS_USAGE;
}

int
options_parse_identity(struct options *options, const char *text)
{
	const char *p = text;

	options->identity = 0;
	if (strcmp(text, "none") == 0)
		return -1;
	do {
		size_t n = strcspn(p, ",");

		if (n == 4 && memcmp(p, "vlan", n) == 0)
			options->identity |= OPTIONS_BY_VLAN;
		else if (n == 6 && memcmp(p, "tunnel", n) == 0)
			options->identity |= OPTIONS_BY_TUNNEL;
		else
			break;
		p += n;
	} while (*p++ != '\0');
	if (p > text && p[-1] == '\0')
		return -1;
	base_error(_("--identity takes vlan, tunnel, both with a comma between, or none, not '%s'"),
	           text);
	return STATUS_USAGE;
}

int
options_parse_read(struct options *options, const char *text)
{
	if (strcmp(text, "-") == 0 && options_reads_input(options)) {
		base_error(_("standard input can be read once only: '-r -' is given twice"));
		return STATUS_USAGE;
	}
	options->reads[options->n_reads++] = text;
	return -1;
}

int
options_parse_checksum(struct options *options, const char *text)
{
	static const char *const modes[] = { "ignore", "count", "verify" };

	for (unsigned i = 0; i < BASE_COUNT_OF(modes); i++) {
		if (!strcmp(text, modes[i])) {
			options->checksum = modes[i];
			return -1;
		}
	}
	base_error(_("--checksum takes ignore, count or verify, not '%s'"), text);
	return STATUS_USAGE;
}

static int
options_set_format(struct options *options, enum print_format format)
{
	if (options->format != PRINT_TEXT && options->format != format) {
		base_error(_("--json and --csv exclude each other"));
		return STATUS_USAGE;
	}
	options->format = format;
	return -1;
}

int
options_parse_json(struct options *options, const char *text BASE_UNUSED)
{
	return options_set_format(options, PRINT_JSON);
}

int
options_parse_csv(struct options *options, const char *text BASE_UNUSED)
{
	return options_set_format(options, PRINT_CSV);
}

static int
options_add(struct options_list *list, int letter, const char *value)
{
	if (list->n == OPTIONS_LIST_MAX) {
		base_error(_("-%c may be given %d times at most"), letter, OPTIONS_LIST_MAX);
		return STATUS_USAGE;
	}
	list->values[list->n++] = value;
	return -1;
}

/* --- options -------------------------------------------------------------------------------- */

/* A letter, or the number of a long option? Then it was given an argument that it does not take. */
static bool
options_is_known(int what)
{
	char letters[OPTIONS_LETTERS_MAX];

	options_table_letters(letters);
	return what >= OPTIONS_VALUE_MIN || (what != 0 && what != ':' && strchr(letters, what));
}

/* A letter and a long option that getopt knows not, or an argument that is missing. */
static int
options_refuse(int what, char **argv)
{
	const char *before = optopt && optopt < OPTIONS_VALUE_MIN ? "-" : argv[optind - 1];
	const char letter[] = { optopt < OPTIONS_VALUE_MIN ? (char)optopt : '\0', '\0' };

	if (what == ':')
		base_error(_("option '%s%s' needs an argument"), before, letter);
	else if (options_is_known(optopt))
		base_error(_("option takes no argument: '%s'"), argv[optind - 1]);
	else
		base_error(_("unknown option '%s%s' (spanstat --help lists them)"), before, letter);
	return STATUS_USAGE;
}

static int
options_set_report(struct options *options, const struct cmd *cmd)
{
	if (options->cmd && options->cmd != cmd) {
		base_error(_("two reports are asked for, %s and %s"), options->cmd->name,
		           cmd->name);
		return STATUS_USAGE;
	}
	options->cmd = cmd;
	return -1;
}

static const struct cmd *
options_find_letter(int letter)
{
	for (unsigned i = 1; i < REPORT_NAMED; i++) {
		if (cmd_table[i].letter && cmd_table[i].letter == letter)
			return &cmd_table[i];
	}
	return NULL;
}

static int
options_set(struct options *options, const struct options_row *row)
{
	char *field = (char *)options + row->at;

	options->given |= row->group;
	switch (row->kind) {
	case OPTIONS_SET:
		*(int *)(void *)field = row->value;
		break;
	case OPTIONS_TEXT:
		*(const char **)(void *)field = optarg;
		break;
	case OPTIONS_LIST:
		return options_add((struct options_list *)(void *)field, row->letter, optarg);
	case OPTIONS_PARSED:
		return row->parse(options, optarg);
	case OPTIONS_INSTEAD:
		return row->instead();
	}
	return -1;
}

/* What getopt has found. Returns -1 to go on, or a status. */
static int
options_take(struct options *options, int what, char **argv)
{
	const struct options_row *row = options_row_find(what);
	const struct cmd *cmd = options_find_letter(what);

	if (cmd)
		return options_set_report(options, cmd);
	return row ? options_set(options, row) : options_refuse(what, argv);
}

/* --- words ---------------------------------------------------------------------------------- */

static const struct cmd *
options_find_name(const char *name)
{
	for (unsigned i = 1; i < REPORT_NAMED; i++) {
		if (!strcmp(cmd_table[i].name, name))
			return &cmd_table[i];
	}
	return NULL;
}

/* The first word is the report's name, unless a letter has named it. */
static int
options_take_words(struct options *options, int argc, char **argv)
{
	options->words = argv + optind;
	options->n_words = (unsigned)(argc - optind);
	if (options->cmd || !options->n_words) {
		if (!options->cmd)
			options->cmd = &cmd_table[REPORT_ASK_CONN];
		return -1;
	}
	options->cmd = options_find_name(options->words[0]);
	if (!options->cmd) {
		base_error(
		    _("column 1: unknown report '%s': expected one that spanstat --help lists, "
		      "as conn, leaks or stats"),
		    options->words[0]);
		return STATUS_USAGE;
	}
	options->words++;
	options->n_words--;
	return -1;
}

static bool
options_holds(const struct options *options, const struct options_rule *rule)
{
	if (!(options->given & rule->given))
		return true;
	if (rule->needs && !(options->given & rule->needs))
		return false;
	if (options->given & rule->excludes)
		return false;
	return !rule->takes || (options->cmd->takes & rule->takes) != 0;
}

static int
options_check(const struct options *options)
{
	for (unsigned i = 0; i < OPTIONS_RULES; i++) {
		if (!options_holds(options, &options_rules[i])) {
			base_error("%s", _(options_rules[i].message));
			return STATUS_USAGE;
		}
	}
	if (options->n_words && !(options->cmd->takes & REPORT_WORDS))
		return options_refuse_word(options, 0, _("this report takes no words"));
	return -1;
}

int
options_parse(struct options *options, int argc, char **argv)
{
	struct option names[OPTIONS_ROWS + 1];
	char letters[OPTIONS_LETTERS_MAX];
	int what, status = -1;

	*options = (struct options){ .identity = OPTIONS_BY_TUNNEL };
	options->reads = calloc((size_t)argc + 1, sizeof(options->reads[0]));
	if (!options->reads) {
		base_error("%s", strerror(ENOMEM));
		return STATUS_FAILED;
	}
	options_table_letters(letters);
	options_table_long(names);
	opterr = 0;
	while (status < 0 && (what = getopt_long(argc, argv, letters, names, NULL)) != -1)
		status = options_take(options, what, argv);
	if (status < 0)
		status = options_take_words(options, argc, argv);
	if (status < 0)
		status = options_check(options);
	if (!options->socket)
		options->socket = OPTIONS_SOCKET;
	return status;
}

void
options_fini(struct options *options)
{
	free(options->reads);
	options->reads = NULL;
}

bool
options_reads_input(const struct options *options)
{
	for (unsigned i = 0; i < options->n_reads; i++) {
		if (strcmp(options->reads[i], "-") == 0)
			return true;
	}
	return false;
}

int
options_refuse_word(const struct options *options, unsigned index, const char *why)
{
	size_t column = 1;

	for (unsigned i = 0; i < index; i++)
		column += strlen(options->words[i]) + 1;
	base_error(_("column %zu: '%s' is not understood: %s"), column, options->words[index], why);
	return STATUS_USAGE;
}
