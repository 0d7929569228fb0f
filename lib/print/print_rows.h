/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rows of any report as text, JSON or CSV: the one place that chooses between the three.
 *
 * Each printer of the table of reports (report_table.h) is one struct print_rows, in a file of its
 * own. One thread an `out`; write errors are kept there.
 */
#ifndef PRINT_ROWS_H
#define PRINT_ROWS_H

#include "print_out.h"
#include "report_table.h"

BASE_BEGIN_DECLS

struct report_stats;

enum print_format { PRINT_TEXT, PRINT_JSON, PRINT_CSV };

/* NULL: this report has no such thing. A row is the struct that the table names. */
struct print_rows {
	void (*text_heading)(struct print_out *out);
	void (*csv_heading)(struct print_out *out);
	void (*text)(struct print_out *out, const void *row);
	void (*json)(struct print_out *out, const void *row);
	void (*csv)(struct print_out *out, const void *row);
	/* The last line of a text report that was cut short after `rows` rows. */
	void (*text_cut)(struct print_out *out, uint64_t rows);
};

#define PRINT_DECLARE(id, name, letter, row, source, digest, printer, ...)                         \
	extern const struct print_rows print_##printer;
REPORT_TABLE(PRINT_DECLARE)
REPORT_VARIANTS(PRINT_DECLARE)
#undef PRINT_DECLARE

/* The names of the columns, where the format and the report have them. */
void print_heading(struct print_out *out, const struct print_rows *rows, enum print_format format);

/* One row. */
void print_row(struct print_out *out, const struct print_rows *rows, enum print_format format,
               const void *row);

/* Says that rows are missing after so many, where the format has room for it. */
void print_end_cut(struct print_out *out, const struct print_rows *rows, enum print_format format,
                   uint64_t n);

/*
 * In the stream of events: there was no daemon from since_us to now_us (UTC), so that events are
 * missing, nobody knows how many. One line in any format.
 */
void print_event_away(struct print_out *out, enum print_format format, uint64_t since_us,
                      uint64_t now_us);

/*
 * The counters of `stats` as groups of lines for a person; print_stats.c has them as one line of
 * JSON and as lines NAME,VALUE of CSV, where NAME is the path of JSON joined by dots
 * (workers.0.received). Counts beyond an array's size are taken as its size. Under each verdict
 * what it means, if the style asks for meanings and this program knows it.
 */
void print_stats_text(struct print_out *out, const struct report_stats *stats);

/* An enum digest_verdict of leaks, as programs compare it; "unknown": a number out of range. */
const char *print_leaks_word(unsigned verdict);

BASE_END_DECLS

#endif
