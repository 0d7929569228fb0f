/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lines as a table for a person, in a dialect's columns.
 *
 * Rows stream. The printer measures the first rows before it prints any, so that a table of IPv6
 * sockets is as wide as they are. A longer value later pushes what follows. If a terminal is too
 * narrow, spanstat's own columns cut sockets. Memory: the struct. A line takes twice the time of
 * print_text_row. One thread a printer and its `out`.
 */
#ifndef DIALECT_PRINT_H
#define DIALECT_PRINT_H

#include "dialect_layout.h"
#include "print_out.h"

BASE_BEGIN_DECLS

struct dialect_printer {
	struct dialect_view view;
	int no_header;
	const struct dialect_layout *layout; /* whose heading was printed; NULL: none was */
	uint8_t widths[DIALECT_COLUMNS_MAX];
	uint8_t host[17]; /* version and address of the last line's host; version 0: none */
};

void dialect_printer_init(struct dialect_printer *printer, const struct dialect_view *view,
                          int no_header);

/* The lines of n rows, headings before them where they are due. Errors are kept in `out`. */
void dialect_print_rows(struct dialect_printer *printer, struct print_out *out,
                        const struct report_row *rows, size_t n);

/* That was all: an empty report has its heading too. */
void dialect_print_end(struct dialect_printer *printer, struct print_out *out);

BASE_END_DECLS

#endif
