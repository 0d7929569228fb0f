/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Connections as text, JSON and CSV: what several printers share.
 *
 * Overview. Text: rows stream, so no width can be known in advance. Columns begin at fixed places
 * that suit IPv4 in 100 columns. A longer IPv6 socket pushes what follows; the columns after it
 * fall back into place as soon as there is room. On a terminal lib/dialect makes columns that have
 * room. `all` prints a block for each connection, the two ends beside each other, without the lines
 * whose value is not known at either end.
 *
 * JSON and CSV are contract: keys and columns are added, and none goes or changes its type. JSON is
 * written by hand, not by a library: a dump is millions of rows. CSV is RFC 4180, but a line ends
 * with a newline only. A value that is not known is absent, or an empty field; no value holds a
 * comma or a quote.
 *
 * Life. Nothing is kept between calls. Who writes and who reads. One thread an `out`.
 *
 * Cost. JSON some 130 ns a row; nothing is allocated.
 */
#ifndef PRINT_CONN_H
#define PRINT_CONN_H

#include "print_out.h"
#include "report_row.h"

BASE_BEGIN_DECLS

/* --- text ----------------------------------------------------------------------------------- */

/* Title: program and version, the daemon's `name`, `now_us` (UTC) as local time and zone. */
void print_text_title(struct print_out *out, const char *name, uint64_t now_us);

/* The columns' names. `with_end`: a column for why connections ended, as `allconn` has it. */
void print_text_heading(struct print_out *out, int with_end);

/* One line. Errors are kept in `out`. */
void print_text_row(struct print_out *out, const struct report_row *row, int with_end);

/* What is in the column of flags, without NUL, some 40 bytes; returns its end. */
char *print_text_flags(char *p, const struct report_row *row);

/* The last line of a report that was cut short after `rows` rows. */
void print_text_cut(struct print_out *out, uint64_t rows);

/* Errors are kept in `out`. */
void print_all_text(struct print_out *out, const struct report_full *full);

/* --- JSON ----------------------------------------------------------------------------------- */

/* One object and a newline. What is not known is absent. Errors are kept in `out`. */
void print_json_row(struct print_out *out, const struct report_row *row);

/* The same object with everything that is known: the report `all`. */
void print_json_full(struct print_out *out, const struct report_full *full);

/* --- CSV ------------------------------------------------------------------------------------ */

/* The names of the columns. */
void print_csv_header(struct print_out *out);

/* One line. Errors are kept in `out`. */
void print_csv_row(struct print_out *out, const struct report_row *row);

/* The same with everything that is known: the report `all`. Columns are only ever added. */
void print_csv_full_header(struct print_out *out);
void print_csv_full(struct print_out *out, const struct report_full *full);

BASE_END_DECLS

#endif
