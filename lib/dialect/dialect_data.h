/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lines for programs: JSON and CSV.
 *
 * A line of a connection has all that its row has. It also has `local` and `foreign` (ip, port) and
 * the local end's `state`; with a dialect it has `spelled`, the state as that system spells it. A
 * socket without peer has what is known of it. byteinfo has `idle`, in seconds. Keys and columns
 * are only ever added. One thread an `out`.
 */
#ifndef DIALECT_DATA_H
#define DIALECT_DATA_H

#include "dialect_layout.h"
#include "print_out.h"

BASE_BEGIN_DECLS

/* One object a line of the row. */
void
dialect_json(struct print_out *out, const struct report_row *row, const struct dialect_view *view);

/* The names of the columns, and one line of values for each line of the row. */
void dialect_csv_header(struct print_out *out, const struct dialect_view *view);
void
dialect_csv(struct print_out *out, const struct report_row *row, const struct dialect_view *view);

BASE_END_DECLS

#endif
