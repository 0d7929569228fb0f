/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A connection as one line of JSON: keys are stable, new ones may be added.
 *
 * Written by hand, not by a JSON library: a dump is millions of these, and no field but the flags
 * has a variable shape. Some 250 ns a row; nothing allocated. One thread an `out`.
 */
#ifndef REPORT_JSON_H
#define REPORT_JSON_H

#include "report_out.h"
#include "report_row.h"

BASE_BEGIN_DECLS

/* One object and a newline. What is not known is absent. Errors are kept in `out`. */
void report_json_row(struct report_out *out, const struct report_row *row);

/* The same object with everything that is known: the report `all`. */
void report_json_full(struct report_out *out, const struct report_full *full);

BASE_END_DECLS

#endif
