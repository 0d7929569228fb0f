/* SPDX-License-Identifier: BSD-3-Clause */
/* The tables of the program as text; see describe.h. Run by the build. */

#include <stdio.h>

#include "ask.h"
#include "describe.h"
#include "filter_key.h"
#include "options_table.h"
#include "report_names.h"

static const char *
describe_cell(const char *text)
{
	return text && text[0] ? text : "-";
}

static const char *
describe_letter(int letter, char text[2])
{
	text[0] = (char)(letter ? letter : '-');
	text[1] = '\0';
	return text;
}

static void
describe_reports(void)
{
	char letter[2];

	for (unsigned i = 1; i < REPORT_NAMED; i++) {
		const struct cmd *cmd = &cmd_table[i];
		const char *words = !(cmd->takes & REPORT_WORDS) ? "none"
		                    : cmd->takes & REPORT_ID     ? "id"
		                    : cmd->takes & REPORT_SETUP  ? "port"
		                                                 : "filter";

		printf("report\t%s\t%s\t%s\t%s\n", cmd->name, describe_letter(cmd->letter, letter),
		       words, cmd->help);
	}
}

/* The reports that an option goes with. */
static void
describe_takers(const struct options_row *row)
{
	unsigned n = 0;

	for (unsigned i = 1; i < REPORT_NAMED; i++)
		n += options_row_goes(row, &cmd_table[i]);
	if (n == 0 || n == REPORT_NAMED - 1) {
		fputs(n == 0 ? "-" : "all", stdout);
		return;
	}
	for (unsigned i = 1; i < REPORT_NAMED; i++)
		if (options_row_goes(row, &cmd_table[i]))
			printf("%s%s", cmd_table[i].name, --n > 0 ? "," : "");
}

static void
describe_options(void)
{
	char letter[2];

	for (unsigned i = 0; i < OPTIONS_ROWS; i++) {
		const struct options_row *row = &options_table[i];

		if (!row->help)
			continue;
		printf("option\t%s\t%s\t%s\t", describe_cell(row->name),
		       describe_letter(row->letter, letter), describe_cell(row->argument));
		describe_takers(row);
		printf("\t%s\t%s\n", describe_cell(row->def), row->help);
	}
}

static const char *const describe_roles[] = {
	[FILTER_ROLE_STATE] = "state", [FILTER_ROLE_EXCLUDE] = "exclude",
	[FILTER_ROLE_FIELD] = "field", [FILTER_ROLE_AND] = "join",
	[FILTER_ROLE_OR] = "join",     [FILTER_ROLE_NOT] = "not",
};

static const char *const describe_compares[] = {
	[FILTER_COMPARES_EQUAL] = "equal",
	[FILTER_COMPARES_ORDER] = "order",
	[FILTER_COMPARES_MUST] = "must",
};

static const char *const describe_values[FILTER_VALUES] = {
	[FILTER_VALUE_STATE] = "state",   [FILTER_VALUE_SOCKET] = "socket",
	[FILTER_VALUE_NET] = "net",       [FILTER_VALUE_PORT] = "port",
	[FILTER_VALUE_DURATION] = "time", [FILTER_VALUE_COUNT] = "count",
	[FILTER_VALUE_VLAN] = "vlan",     [FILTER_VALUE_VNI] = "vni",
	[FILTER_VALUE_WORKER] = "worker", [FILTER_VALUE_ID] = "id",
	[FILTER_VALUE_PROTO] = "proto",   [FILTER_VALUE_FLAG] = "flag",
	[FILTER_VALUE_CLOSER] = "closer", [FILTER_VALUE_CAUSE] = "cause",
	[FILTER_VALUE_LABEL] = "name",    [FILTER_VALUE_TUNNEL] = "tunnel",
	[FILTER_VALUE_OUTER] = "outer",
};

static void
describe_word(const struct filter_word *word)
{
	const struct filter_value_kind *kind = filter_value_kind(word->value);
	int takes = word->role == FILTER_ROLE_STATE || word->role == FILTER_ROLE_EXCLUDE ||
	            word->role == FILTER_ROLE_FIELD;

	printf("word\t%s\t%s\t%s\t%s\t%s\t%s\n", word->name, describe_roles[word->role],
	       takes ? describe_values[word->value] : "-",
	       word->role == FILTER_ROLE_FIELD ? describe_compares[kind->compares] : "-",
	       takes ? kind->expected : "-", word->help);
}

static void
describe_value(unsigned value, const char *name)
{
	if (name)
		printf("value\t%s\t%s\n", describe_values[value], name);
}

/* Words that stand for values. */
static void
describe_choices(void)
{
	for (unsigned i = 0; i < REPORT_FLAGS; i++)
		describe_value(FILTER_VALUE_FLAG, report_flag_name(i));
	for (unsigned i = 0; i <= UINT8_MAX; i++)
		describe_value(FILTER_VALUE_CLOSER, report_closer_name(i));
	for (unsigned i = 0; i <= UINT8_MAX; i++)
		describe_value(FILTER_VALUE_CAUSE, report_end_cause_name(i));
	describe_value(FILTER_VALUE_PROTO, "tcp");
	describe_value(FILTER_VALUE_PROTO, "udp");
}

static void
describe_field(const struct filter_key_word *key)
{
	const char *rows = key->uses & FILTER_KEY_SORTS_ROWS ? "rows " : "";
	const char *groups = key->uses & FILTER_KEY_SORTS_GROUPS ? "groups " : "";
	const char *by = key->uses & FILTER_KEY_GROUPS ? "by" : "";

	printf("field\t%s\t%s%s%s\t%s\n", key->name, rows, groups, by,
	       key->has_len ? "/LENGTH" : "-");
}

static void
describe_filters(void)
{
	const struct filter_key_word *key;
	const struct filter_word *word;
	char state[FILTER_STATE_NAME_MAX];
	const char *name;

	for (size_t i = 0; (word = filter_word_at(i)); i++)
		describe_word(word);
	for (size_t i = 0; (name = filter_cmp_at(i)); i++)
		printf("compare\t%s\n", name);
	for (size_t i = 0; filter_state_at(i, state); i++)
		if (state[0] != '\0')
			printf("state\t%s\n", state);
	describe_choices();
	for (size_t i = 0; (key = filter_key_at(i)); i++)
		describe_field(key);
}

int
describe_print(void)
{
	printf("program\tspanstat\t%s\n", SPANSTAT_VERSION);
	describe_reports();
	describe_options();
	for (unsigned i = DIALECT_NONE + 1; i < DIALECTS; i++)
		printf("dialect\t%s\n", dialect_get((enum dialect_id)i)->name);
	describe_filters();
	return fflush(stdout) ? STATUS_FAILED : STATUS_DONE;
}
