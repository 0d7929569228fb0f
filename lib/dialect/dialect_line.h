/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The lines of a row: what netstat on a host at one of its ends would show, local end first.
 *
 * The daemon has chosen the ends (report_row.lines). Pure; any thread.
 */
#ifndef DIALECT_LINE_H
#define DIALECT_LINE_H

#include "base_compiler.h"
#include "report_row.h"

BASE_BEGIN_DECLS

struct dialect_line {
	const struct report_row *row;
	const struct report_end *local, *foreign;
	int is_socket; /* it has no peer: `foreign` holds nothing */
};

/*
 * Into lines[0..2), which borrow the row; returns how many, the client's first. A row whose lines
 * nobody asked for is one line, with the client as local end.
 */
unsigned dialect_lines(const struct report_row *row, struct dialect_line lines[2]);

BASE_END_DECLS

#endif
