/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The options, a table row each: what getopt gets, where the value goes, which reports take it,
 * what
 * --help prints. A second table says which options need or exclude each other.
 *
 * Parsing (options.c), manual pages and completion (describe.c) are made of the same rows.
 * Constants and searches in them; cold.
 */
#ifndef OPTIONS_TABLE_H
#define OPTIONS_TABLE_H

#include <getopt.h>

#include "options.h"

struct cmd;

/* What is done with an option, and with its argument where it has one. */
enum options_kind {
	OPTIONS_SET,    /* the int at `at` becomes `value` */
	OPTIONS_TEXT,   /* the const char * at `at` points to the argument */
	OPTIONS_LIST,   /* the argument is added to the options_list at `at` */
	OPTIONS_PARSED, /* `parse` reads the argument */
	OPTIONS_INSTEAD /* `instead` is done and no report; its result is the exit status */
};

/* Options that exclude or need others; a row's `group`. */
enum options_group {
	OPTIONS_AT = 1 << 0,
	OPTIONS_KEEP = 1 << 1,
	OPTIONS_IDENTITY = 1 << 9,
	OPTIONS_ALL = 1 << 2,
	OPTIONS_ON_SOCKET = 1 << 3,
	OPTIONS_READ = 1 << 4,
	OPTIONS_WATCH = 1 << 5,
	OPTIONS_NARROW = 1 << 6,
	OPTIONS_VIEW = 1 << 7,
	OPTIONS_EXPLAIN = 1 << 8,
	OPTIONS_CHECKSUM = 1 << 10,
	OPTIONS_FAIL = 1 << 11,
	OPTIONS_CONFIG = 1 << 12,
	OPTIONS_SPELLINGS = 1 << 13,
	OPTIONS_DIAGRAM = 1 << 14,
};

struct options_row {
	const char *name;     /* NULL: a letter only */
	int letter;           /* 0: a name only */
	const char *argument; /* as help calls it; words joined by '|' are all; NULL: none */
	enum options_kind kind;
	size_t at;      /* in struct options */
	int value;      /* OPTIONS_SET */
	unsigned takes; /* enum report_takes: reports that it goes with; 0: all */
	unsigned group; /* enum options_group, or 0 */
	/* Returns -1 to go on, or a status. */
	int (*parse)(struct options *options, const char *text);
	int (*instead)(void);
	const char *help; /* one line; NULL: help keeps silent of it */
	const char *def;  /* what it is when not given, where that needs to be said */
};

#define OPTIONS_ROWS 31

extern const struct options_row options_table[OPTIONS_ROWS];

/* One of the options `given` is on the command line: then this must hold, or `message` is said. */
struct options_rule {
	unsigned given;    /* enum options_group, or-ed, as the next two */
	unsigned needs;    /* one of these is there too; 0: nothing is needed */
	unsigned excludes; /* none of these is */
	unsigned takes;    /* the report takes this; 0: any report */
	const char *message;
};

#define OPTIONS_RULES 18

extern const struct options_rule options_rules[OPTIONS_RULES];

/* What getopt gives for row i: its letter, or a number that is none. */
#define OPTIONS_VALUE_MIN 256
int options_row_value(unsigned i);

/* The row that getopt gave `value` for, or NULL. */
const struct options_row *options_row_find(int value);

/* Does the option go with that report? */
bool options_row_goes(const struct options_row *row, const struct cmd *cmd);

/* For getopt_long: options by name, and the letters, the reports' among them. */
#define OPTIONS_LETTERS_MAX 80
void options_table_long(struct option options[OPTIONS_ROWS + 1]);
void options_table_letters(char letters[OPTIONS_LETTERS_MAX]);

/* --help, on standard output. Returns the status to exit with. */
int options_table_help(void);

/* options.c: arguments that are more than a text. Each returns -1, or a status. */
int options_parse_at(struct options *options, const char *text);
int options_parse_limit(struct options *options, const char *text);
int options_parse_watch(struct options *options, const char *text);
int options_parse_identity(struct options *options, const char *text);
int options_parse_read(struct options *options, const char *text);
int options_parse_checksum(struct options *options, const char *text);
int options_parse_json(struct options *options, const char *text);
int options_parse_csv(struct options *options, const char *text);
int options_print_version(void);

#endif
