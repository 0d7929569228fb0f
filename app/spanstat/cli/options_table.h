/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The options, a table row each: what getopt is told, what --help prints, which reports take them.
 *
 * Manual pages and completion are made of the same rows, by way of describe.c. Constants and
 * look-ups; cold.
 */
#ifndef OPTIONS_TABLE_H
#define OPTIONS_TABLE_H

#include <getopt.h>

struct cmd;

/* What getopt gives for an option without a letter; the others give their letter. */
enum options_value {
	OPTION_JSON = 256,
	OPTION_CSV,
	OPTION_SOCKET,
	OPTION_AT,
	OPTION_KEEP,
	OPTION_ALL,
	OPTION_VERBOSE,
	OPTION_SORT,
	OPTION_LIMIT,
	OPTION_BY,
	OPTION_AS,
	OPTION_DIALECT,
	OPTION_NAMES,
	OPTION_WATCH,
	OPTION_VERSION,
	OPTION_DESCRIBE,
};

/* The reports that an option goes with. */
enum options_takers {
	OPTIONS_EVERY,
	OPTIONS_PRINTED, /* all that print, which top does not */
	OPTIONS_FILES,   /* those that need no daemon */
	OPTIONS_LISTEN,
	OPTIONS_EXPLAINED, /* those that can say what they count */
	OPTIONS_NARROWED,  /* those of rows that a filter chooses */
	OPTIONS_SORTED,
	OPTIONS_LIMITED,
	OPTIONS_GROUPED,
	OPTIONS_VIEWED,  /* those that have lines of a host */
	OPTIONS_WATCHED, /* those that may be repeated */
	OPTIONS_ALONE,   /* none: it is done instead of a report */
};

#define OPTIONS_BIT(takers) (1u << (takers))

struct options_row {
	const char *name;     /* NULL: a letter only */
	int value;            /* a letter, or enum options_value */
	const char *argument; /* as help calls it; words joined by '|' are all; NULL: none */
	enum options_takers takers;
	const char *help; /* one line; NULL: help keeps silent of it */
	const char *def;  /* what it is when not given, where that needs to be said */
};

/* Ends with a row of zeros. */
extern const struct options_row options_table[];

#define OPTIONS_ROWS_MAX    40
#define OPTIONS_LETTERS_MAX 80

/* The letter of a row, or 0. */
int options_row_letter(const struct options_row *row);

/* Does the option go with that report? */
int options_row_goes(const struct options_row *row, const struct cmd *cmd);

/* For getopt_long: options by name, and the letters, the reports' among them. */
void options_table_long(struct option options[OPTIONS_ROWS_MAX + 1]);
void options_table_letters(char letters[OPTIONS_LETTERS_MAX]);

/* --help, on standard output. Returns the status to exit with. */
int options_table_help(void);

#endif
