/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The rows of `states --spellings`: a state in each system's words, as text, JSON and CSV.
 *
 * Text has the systems whose netstat can be imitated, in 80 columns; programs get all. One thread
 * an `out`.
 */

#include "dialect_spellings.h"
#include "base_text.h"
#include "report_names.h"

/* BSD and Solaris spell TCP alike, so they share a column; of UDP BSD says nothing. */
static const struct {
	enum report_system system;
	const char *title;
	int width; /* of the longest word */
} spellings_columns[] = {
	{ REPORT_SYSTEM_RFC, "State", 12 },
	{ REPORT_SYSTEM_ZOS, "z/OS", 8 },
	{ REPORT_SYSTEM_ZOS_CONSOLE, "console", 7 },
	{ REPORT_SYSTEM_LINUX, "linux", 11 },
	{ REPORT_SYSTEM_SS, "ss", 10 },
	{ REPORT_SYSTEM_SOLARIS, "BSD,Solaris", 11 },
	{ REPORT_SYSTEM_WINDOWS, "Windows", 12 },
};

static const char *
spellings_word(unsigned system, enum report_state state)
{
	return report_spelling((enum report_system)system, state, false);
}

/* --- text ------------------------------------------------------------------------------------ */

static void
spellings_cell(struct print_out *out, size_t column, const char *text)
{
	if (column + 1 == BASE_COUNT_OF(spellings_columns))
		print_out_printf(out, "%s\n", text);
	else
		print_out_printf(out, "%-*s ", spellings_columns[column].width, text);
}

static void
spellings_text_heading(struct print_out *out)
{
	for (size_t i = 0; i < BASE_COUNT_OF(spellings_columns); i++)
		spellings_cell(out, i, spellings_columns[i].title);
}

static void
spellings_text(struct print_out *out, const void *row)
{
	for (size_t i = 0; i < BASE_COUNT_OF(spellings_columns); i++) {
		const char *word =
		    spellings_word(spellings_columns[i].system, *(const enum report_state *)row);

		spellings_cell(out, i, word[0] ? word : "-");
	}
}

/* One state's other spellings: SNMP's and conntrack's, then those of no column. */
static void
spellings_also_text(struct print_out *out, unsigned state)
{
	const struct report_spelling_also *also;
	const char *snmp = report_spelling(REPORT_SYSTEM_SNMP, state, false);
	const char *conntrack = report_spelling(REPORT_SYSTEM_CONNTRACK, state, false);

	print_out_printf(out, snmp[0] ? "%-12s " : "%s", report_state_name(state));
	print_out_puts(out, snmp);
	if (conntrack[0])
		print_out_printf(out, "; conntrack %s", conntrack);
	for (size_t i = 0; (also = report_spelling_also(i)); i++)
		if (also->states >> state & 1)
			print_out_printf(out, "\n%-12s %s (%s)", "", also->word, also->who);
	print_out_puts(out, "\n");
}

void
dialect_spellings_end(struct print_out *out)
{
	print_out_puts(
	    out,
	    _("\nIn SNMP and conntrack, and what else is written; a filter takes all of it:\n"));
	for (unsigned state = 0; state < REPORT_STATES; state++)
		spellings_also_text(out, state);
	print_out_puts(out, _("\nThe manuals that list them:\n"));
	for (unsigned i = 0; i < REPORT_SYSTEMS; i++)
		print_out_printf(out, "%-12s %s\n", report_system_name((enum report_system)i),
		                 report_system_manual((enum report_system)i));
}

/* --- JSON and CSV ---------------------------------------------------------------------------- */

/* No word has anything in it that would have to be escaped. */
static void
spellings_json(struct print_out *out, const void *row)
{
	const enum report_state state = *(const enum report_state *)row;
	const struct report_spelling_also *also;
	const char *before = "";

	for (unsigned i = 0; i < REPORT_SYSTEMS; i++)
		if (spellings_word(i, state)[0])
			print_out_printf(out, "%s\"%s\":\"%s\"", i == 0 ? "{" : ",",
			                 report_system_name((enum report_system)i),
			                 spellings_word(i, state));
	print_out_puts(out, ",\"also\":[");
	for (size_t i = 0; (also = report_spelling_also(i)); i++) {
		if (!(also->states >> state & 1))
			continue;
		print_out_printf(out, "%s{\"word\":\"%s\",\"who\":\"%s\"}", before, also->word,
		                 also->who);
		before = ",";
	}
	print_out_puts(out, "]}\n");
}

static void
spellings_csv_heading(struct print_out *out)
{
	for (unsigned i = 0; i < REPORT_SYSTEMS; i++)
		print_out_printf(out, "%s,", report_system_name((enum report_system)i));
	print_out_puts(out, "also\n");
}

static void
spellings_csv(struct print_out *out, const void *row)
{
	const enum report_state state = *(const enum report_state *)row;
	const struct report_spelling_also *also;
	const char *before = "";

	for (unsigned i = 0; i < REPORT_SYSTEMS; i++)
		print_out_printf(out, "%s,", spellings_word(i, state));
	for (size_t i = 0; (also = report_spelling_also(i)); i++) {
		if (!(also->states >> state & 1))
			continue;
		print_out_printf(out, "%s%s", before, also->word);
		before = "; ";
	}
	print_out_puts(out, "\n");
}

const struct print_rows dialect_spellings = {
	.text_heading = spellings_text_heading,
	.csv_heading = spellings_csv_heading,
	.text = spellings_text,
	.json = spellings_json,
	.csv = spellings_csv,
};
