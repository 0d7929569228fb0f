/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The daemon's options, a table row each, and what is made of them: getopt's table, --help, and
 * --describe, of which manual pages and completion are made. Constants; cold.
 */
#ifndef OPTIONS_TABLE_H
#define OPTIONS_TABLE_H

#include <getopt.h>
#include <stddef.h>

struct options;

/* What is done with an option that is no key of the configuration. */
enum options_kind {
	OPTIONS_KEY,    /* nothing: conf_set has all of it */
	OPTIONS_SET,    /* the int at `at` becomes 1 */
	OPTIONS_TEXT,   /* the const char * at `at` points to the argument */
	OPTIONS_PARSED, /* `parse` reads the argument */
	OPTIONS_INSTEAD /* `print` is done, and no daemon started */
};

struct options_row {
	const char *name;
	int letter;           /* 0: a name only */
	const char *argument; /* as help calls it; NULL: none */
	const char *key;      /* of the configuration, which it sets; NULL: it is none */
	int is_source;        /* packets come from there */
	enum options_kind kind;
	size_t at;                                               /* in struct options */
	int (*parse)(struct options *options, const char *text); /* 0, or -EINVAL with a message */
	void (*print)(void);
	const char *help; /* one line; NULL: help keeps silent of it */
	int more;         /* words behind its argument that are its own too */
};

#define OPTIONS_ROWS 23

extern const struct options_row options_table[OPTIONS_ROWS];

/* The row that getopt gave `value` for; NULL: its '?'. */
const struct options_row *options_row_find(int value);

/* For getopt_long. */
#define OPTIONS_LETTERS "hV"
void options_table_long(struct option options[OPTIONS_ROWS + 1]);

/* On standard output. */
void options_table_help(void);

/*
 * A line a thing, its cells between tabs, "-" where there is nothing:
 *
 *	program  NAME VERSION
 *	option   NAME LETTER ARGUMENT KEY KIND HELP       KIND: source or setting
 *	key      SECTION NAME KIND DEFAULT MIN MAX UNIT RELOAD CHOICES
 */
void options_table_describe(void);

/* options.c: arguments that are more than a text. */
int options_parse_read(struct options *options, const char *text);
int options_parse_plan(struct options *options, const char *text);
int options_parse_private(struct options *options, const char *text);
int options_parse_at(struct options *options, const char *text);
void options_print_version(void);

#endif
