/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The daemon's options, a table row each, and what is made of them: getopt's table, --help, and
 * --describe, of which manual pages and completion are made. Constants; cold.
 */
#ifndef OPTIONS_TABLE_H
#define OPTIONS_TABLE_H

#include <getopt.h>

enum option_id {
	OPTION_INTERFACE = 256,
	OPTION_PCI,
	OPTION_VDEV,
	OPTION_READ,
	OPTION_CONFIG,
	OPTION_WORKERS,
	OPTION_FLOWS,
	OPTION_SOCKET,
	OPTION_EAL,
	OPTION_NO_HUGE,
	OPTION_CHECK,
	OPTION_PRIVATE,
	OPTION_STEPWISE,
	OPTION_AT,
	OPTION_KEEP,
	OPTION_DESCRIBE,
	OPTION_VERSION = 'V',
	OPTION_HELP = 'h',
};

#define OPTIONS_LETTERS "hV"

struct options_row {
	const char *name;
	int id;
	const char *argument; /* as help calls it; NULL: none */
	const char *key;      /* of the configuration, which it sets; NULL: it is none */
	int is_source;        /* packets come from there */
	const char *help;     /* one line; NULL: help keeps silent of it */
};

/* Ends with a row of zeros. */
extern const struct options_row options_table[];

#define OPTIONS_ROWS_MAX 24

/* The row of that id; NULL: getopt's '?'. */
const struct options_row *options_row_find(int id);

/* For getopt_long. */
void options_table_long(struct option options[OPTIONS_ROWS_MAX + 1]);

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

#endif
