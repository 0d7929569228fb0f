/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `all` as text: a block a connection, everything known of it, the two ends beside each other.
 *
 * For a person who looks into one connection; whoever wants to compute asks for JSON. A line whose
 * value is not known at either end is left out, so a UDP flow is six lines. One thread an `out`.
 */
#ifndef PRINT_ALL_H
#define PRINT_ALL_H

#include "print_out.h"
#include "report_row.h"

BASE_BEGIN_DECLS

/* Errors are kept in `out`. */
void print_all_text(struct print_out *out, const struct report_full *full);

BASE_END_DECLS

#endif
