/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lines for programs: JSON and CSV.
 *
 * A line of a connection has all that its row has, and besides `local` and `foreign` (ip, port) and
 * the local end's `state`; with a dialect `spelled`, the state as that system has it. A socket
 * without peer has what is known of it. Keys and columns are only ever added. One thread an `out`.
 */
#ifndef DIALECT_DATA_H
#define DIALECT_DATA_H

#include "dialect_line.h"
#include "dialect_words.h"
#include "report_out.h"

BASE_BEGIN_DECLS

/* One object a line of the row. A row without lines is printed as report_json_row does. */
void dialect_json(struct report_out *out, const struct report_row *row, enum dialect_id id);

/* The names of the columns, `lines` as in dialect_view; and one line of values each. */
void dialect_csv_header(struct report_out *out, int lines);
void dialect_csv(struct report_out *out, const struct report_row *row, enum dialect_id id);

BASE_END_DECLS

#endif
