/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `states --spellings`: what each system calls each state, a row a state. Constants; one thread an
 * `out`.
 */
#ifndef DIALECT_SPELLINGS_H
#define DIALECT_SPELLINGS_H

#include "print_rows.h"
#include "report_spelling.h"

BASE_BEGIN_DECLS

/* A row is an enum report_state. */
extern const struct print_rows dialect_spellings;

/* Text: spellings that no column has, and the manuals. Behind the last row. */
void dialect_spellings_end(struct print_out *out);

BASE_END_DECLS

#endif
