/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The headings and columns of each report in each dialect. Tables; any thread.
 */
#ifndef DIALECT_LAYOUT_H
#define DIALECT_LAYOUT_H

#include "dialect_value.h"

BASE_BEGIN_DECLS

#define DIALECT_COLUMNS_MAX 12

enum dialect_report {
	DIALECT_CONN,
	DIALECT_ALLCONN,
	DIALECT_BYTEINFO,
	DIALECT_SOCKETS,
	DIALECT_REPORTS
};

struct dialect_column {
	const char *name;   /* stands over it, where the layout has no heading of its own */
	const char *before; /* what separates it from the column before */
	uint8_t width;      /* padded to this; a longer value pushes what follows */
	uint8_t wide;       /* the same with --wide; 0: no difference */
	uint8_t right;      /* 1: at the right of its width */
	uint8_t fits;       /* 1: as wide as the first rows need */
	dialect_value *put;
};

struct dialect_layout {
	const char *above;   /* lines before the heading; "": none */
	const char *heading; /* whole lines; NULL: the columns' names */
	const struct dialect_column *columns;
	uint8_t n;
	uint8_t blanks;   /* 1: lines keep the blanks at their end */
	const char *host; /* stands before a host's address, above its lines; NULL: no such line */
	const struct dialect_spelling *spelling; /* NULL: the dialect's */
};

/* Which layout. */
struct dialect_view {
	enum dialect_id id;
	enum dialect_report report;
	int lines;        /* 0: client and server; 1: local and foreign */
	unsigned columns; /* of the terminal; 0: lines may be as long as they are */
	int wide;         /* 1: nothing is cut */
	int long_form;    /* z/OS: FORMAT LONG */
	int console;      /* z/OS: states as on the console */
};

#define DIALECT_FULL_COLUMNS 120 /* a terminal with less has layouts of its own */

/* Has the dialect such a report? */
bool dialect_has(enum dialect_id id, enum dialect_report report);

/*
 * Never NULL where dialect_has. A dialect with sections has a layout for each: `row` says which,
 * and NULL there asks for the layout of an empty report, which is NULL too.
 */
const struct dialect_layout *
dialect_layout(const struct dialect_view *view, const struct report_row *row);

BASE_END_DECLS

#endif
