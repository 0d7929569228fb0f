/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Connections as a table for a person, and the title line every text report begins with.
 *
 * Rows stream, so no width can be found by looking ahead: columns begin at fixed places that suit
 * IPv4 in 100 columns; an IPv6 socket that is longer pushes what follows, and the columns after it
 * fall back into place as soon as there is room. One thread an `out`.
 */
#ifndef PRINT_TEXT_H
#define PRINT_TEXT_H

#include "print_out.h"
#include "report_row.h"

BASE_BEGIN_DECLS

/* Title: program and version, the daemon's `name`, `now_us` (UTC) as local time and zone. */
void print_text_title(struct print_out *out, const char *name, uint64_t now_us);

/* The columns' names. `with_end`: a column for why connections ended, as `allconn` has it. */
void print_text_heading(struct print_out *out, int with_end);

/* One line. Errors are kept in `out`. */
void print_text_row(struct print_out *out, const struct report_row *row, int with_end);

/* What is in the column of flags, without NUL, some 40 bytes; returns its end. */
char *print_text_flags(char *p, const struct report_row *row);

/* The last line of a report that was cut short after `rows` lines. */
void print_text_cut(struct print_out *out, uint64_t rows);

BASE_END_DECLS

#endif
