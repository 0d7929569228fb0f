/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A connection as one line of JSON: keys are stable, new ones may be added.
 *
 * Written by hand, not by a JSON library: a dump is millions of these, and no field but the flags
 * has a variable shape. Some 250 ns a row; nothing allocated. One thread an `out`.
 */
#ifndef PRINT_JSON_H
#define PRINT_JSON_H

#include "print_out.h"
#include "report_row.h"

BASE_BEGIN_DECLS

/* One object and a newline. What is not known is absent. Errors are kept in `out`. */
void print_json_row(struct print_out *out, const struct report_row *row);

/* The same object with everything that is known: the report `all`. */
void print_json_full(struct print_out *out, const struct report_full *full);

BASE_END_DECLS

#endif
