/* SPDX-License-Identifier: BSD-3-Clause */
/* The command line; see options.h. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base_log.h"
#include "base_text.h"
#include "cmd.h"
#include "describe.h"
#include "narrow.h"
#include "options_table.h"
#include "top_keys.h"
#include "view.h"

/* Units of durations; a duration names each at most once, the longer one first. */
static const struct {
	char letter;
	uint64_t seconds;
} options_units[] = { { 'd', 86400 }, { 'h', 3600 }, { 'm', 60 }, { 's', 1 } };

#define OPTIONS_AT_MAX_SEC (100ull * 365 * 86400)

static int
options_print_version(void)
{
	printf("spanstat %s\n", SPANSTAT_VERSION);
	return fflush(stdout) ? STATUS_FAILED : STATUS_DONE;
}

static const struct cmd *
options_find_name(const char *name)
{
	for (const struct cmd *const *cmd = cmd_table; *cmd; cmd++) {
		if (!strcmp((*cmd)->name, name))
			return *cmd;
	}
	return NULL;
}

static const struct cmd *
options_find_letter(int letter)
{
	for (const struct cmd *const *cmd = cmd_table; *cmd; cmd++) {
		if ((*cmd)->letter && (*cmd)->letter == letter)
			return *cmd;
	}
	return NULL;
}

/* NUMBER UNIT and so on, without blanks: 90s, 1h30m. 0 and *seconds, or -EINVAL. */
static int
options_parse_duration(const char *text, uint64_t *seconds)
{
	size_t unit = 0;

	if (!*text)
		return -EINVAL;
	for (*seconds = 0; *text; text++) {
		uint64_t n = 0;

		if (*text < '0' || *text > '9')
			return -EINVAL;
		for (; *text >= '0' && *text <= '9'; text++) {
			n = n * 10 + (uint64_t)(*text - '0');
			if (n > OPTIONS_AT_MAX_SEC)
				return -EINVAL;
		}
		while (unit < BASE_COUNT_OF(options_units) && options_units[unit].letter != *text)
			unit++;
		if (unit == BASE_COUNT_OF(options_units))
			return -EINVAL;
		*seconds += n * options_units[unit++].seconds;
		if (*seconds > OPTIONS_AT_MAX_SEC)
			return -EINVAL;
	}
	return 0;
}

static int
options_set_at(struct options *options, const char *text)
{
	if (*text != '+' || options_parse_duration(text + 1, &options->at_sec)) {
		base_error(
		    _("--at takes a duration after the last packet such as +90s, +5m or +1h30m, "
		      "not '%s'"),
		    text);
		return STATUS_USAGE;
	}
	return -1;
}

static int
options_set_limit(struct options *options, const char *text)
{
	char *end;

	errno = 0;
	options->limit = strtoull(text, &end, 10);
	if (*text >= '0' && *text <= '9' && !*end && !errno && options->limit)
		return -1;
	base_error(_("--limit takes a number from 1 on, not '%s'"), text);
	return STATUS_USAGE;
}

static int
options_set_watch(struct options *options, const char *text)
{
	if (top_keys_interval(text, &options->watch_us) == 0)
		return -1;
	base_error(_("--watch takes seconds, 0.1 to 3600, not '%s'"), text);
	return STATUS_USAGE;
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

static int
options_set_format(struct options *options, enum output_format format)
{
	if (options->format != FORMAT_TEXT && options->format != format) {
		base_error(_("--json and --csv exclude each other"));
		return STATUS_USAGE;
	}
	options->format = format;
	return -1;
}

/* A letter, or the number of a long option? Then it was given an argument that it does not take. */
static int
options_is_known(int what)
{
	char letters[OPTIONS_LETTERS_MAX];

	options_table_letters(letters);
	return what >= OPTION_JSON || (what != 0 && what != ':' && strchr(letters, what));
}

/* A letter and a long option that getopt knows not, or an argument that is missing. */
static int
options_refuse(int what, char **argv)
{
	const char *before = optopt && optopt < 256 ? "-" : argv[optind - 1];
	const char letter[] = { optopt < 256 ? (char)optopt : '\0', '\0' };

	if (what == ':')
		base_error(_("option '%s%s' needs an argument"), before, letter);
	else if (options_is_known(optopt))
		base_error(_("option takes no argument: '%s'"), argv[optind - 1]);
	else
		base_error(_("unknown option '%s%s' (spanstat --help lists them)"), before, letter);
	return STATUS_USAGE;
}

static int
options_set(struct options *options, int what, char **argv)
{
	const struct cmd *cmd = options_find_letter(what);

	if (cmd)
		return options_set_report(options, cmd);
	switch (what) {
	case 'h':
		return options_table_help();
	case OPTION_VERSION:
		return options_print_version();
	case OPTION_DESCRIBE:
		return describe_print();
	case OPTION_JSON:
		return options_set_format(options, FORMAT_JSON);
	case OPTION_CSV:
		return options_set_format(options, FORMAT_CSV);
	case OPTION_AT:
		return options_set_at(options, optarg);
	case OPTION_KEEP:
		options->keep = 1;
		break;
	case OPTION_ALL:
		options->all = 1;
		break;
	case OPTION_VERBOSE:
		options->verbose = 1;
		break;
	case OPTION_SORT:
		options->sort = optarg;
		break;
	case OPTION_LIMIT:
		return options_set_limit(options, optarg);
	case OPTION_WATCH:
		return options_set_watch(options, optarg);
	case OPTION_BY:
		options->by = optarg;
		break;
	case OPTION_AS:
		options->as = optarg;
		break;
	case OPTION_DIALECT:
		options->dialect = optarg;
		break;
	case 'M':
		options->form = optarg;
		break;
	case 'W':
		options->wide = 1;
		break;
	case 'I':
		return options_add(&options->nets, what, optarg);
	case 'P':
		return options_add(&options->ports, what, optarg);
	case 'E':
		return options_add(&options->names, what, optarg);
	case OPTION_NAMES:
		options->show_names = 1;
		break;
	case OPTION_SOCKET:
		options->socket = optarg;
		break;
	case 'H':
		options->no_header = 1;
		break;
	case 'o':
		options->output = optarg;
		break;
	case 'r':
		options->reads[options->n_reads++] = optarg;
		break;
	default:
		return options_refuse(what, argv);
	}
	return -1;
}

/* The first word is the report's name, unless a letter has named it. */
static int
options_take_words(struct options *options, int argc, char **argv)
{
	options->words = argv + optind;
	options->n_words = (unsigned)(argc - optind);
	if (options->cmd || !options->n_words) {
		if (!options->cmd)
			options->cmd = &cmd_conn;
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

static int
options_check(const struct options *options)
{
	const char *wrong = NULL;

	if (options->at_sec && !options->n_reads)
		wrong = N_("--at goes with -r FILE only");
	else if (options->keep && !options->n_reads)
		wrong = N_("--keep goes with -r FILE only");
	else if (options->all && !options->cmd->request_all)
		wrong = N_("--all goes with listen only");
	else if (options->verbose && !options->cmd->explains)
		wrong = N_("--verbose goes with stats only");
	else if (options->socket && options->n_reads)
		wrong = N_("--socket and -r FILE exclude each other");
	else if (options->n_reads && options->cmd->needs_daemon)
		wrong = N_("this report needs a running daemon and cannot go with -r FILE");
	else if (options->watch_us && (options->cmd->once || options->cmd->endless))
		wrong = N_("--watch repeats reports; it does not go with drop and events");
	else if (options->watch_us && options->n_reads)
		wrong = N_("--watch goes with a running daemon only, not with -r FILE");
	else if (!options->cmd->narrows && narrow_is_asked(options))
		wrong = N_("--sort, --limit, --by, -I, -P and -E do not go with this report");
	else if (!options->cmd->views && view_is_asked(options))
		wrong = N_("--as, --dialect and --format go with conn, allconn, byteinfo and "
		           "sockets only");
	if (wrong) {
		base_error("%s", _(wrong));
		return STATUS_USAGE;
	}
	if (options->n_words && !options->cmd->parse)
		return options_refuse_word(options, 0, _("this report takes no words"));
	return -1;
}

int
options_parse(struct options *options, int argc, char **argv)
{
	struct option names[OPTIONS_ROWS_MAX + 1];
	char letters[OPTIONS_LETTERS_MAX];
	int what, status = -1;

	*options = (struct options){ 0 };
	options->reads = calloc((size_t)argc + 1, sizeof(options->reads[0]));
	if (!options->reads) {
		base_error("%s", strerror(ENOMEM));
		return STATUS_FAILED;
	}
	options_table_letters(letters);
	options_table_long(names);
	opterr = 0;
	while (status < 0 && (what = getopt_long(argc, argv, letters, names, NULL)) != -1)
		status = options_set(options, what, argv);
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

int
options_refuse_word(const struct options *options, unsigned index, const char *why)
{
	size_t column = 1;

	for (unsigned i = 0; i < index; i++)
		column += strlen(options->words[i]) + 1;
	base_error(_("column %zu: '%s' is not understood: %s"), column, options->words[index], why);
	return STATUS_USAGE;
}
