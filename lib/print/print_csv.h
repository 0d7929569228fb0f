/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A connection as one line of comma-separated values, RFC 4180 but for the line's end, which is a
 * newline alone, as every tool here expects it.
 *
 * The values are those of JSON; one that is not known is an empty field, flags are separated by
 * spaces. No value of a row can hold a comma or a quote, so none is quoted. One thread an `out`.
 */
#ifndef PRINT_CSV_H
#define PRINT_CSV_H

#include "print_out.h"
#include "report_row.h"

BASE_BEGIN_DECLS

/* The names of the columns. */
void print_csv_header(struct print_out *out);

/* One line. Errors are kept in `out`. */
void print_csv_row(struct print_out *out, const struct report_row *row);

/* The same with everything that is known: the report `all`. Columns are only ever added. */
void print_csv_full_header(struct print_out *out);
void print_csv_full(struct print_out *out, const struct report_full *full);

BASE_END_DECLS

#endif
