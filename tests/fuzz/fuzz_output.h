/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What printers may print, whatever their rows hold: no byte that a terminal obeys, text that is
 * UTF-8, JSON that is JSON, CSV whose rows have the columns of their heading. One thread.
 */
#ifndef FUZZ_OUTPUT_H
#define FUZZ_OUTPUT_H

#include "fuzz_data.h"
#include "print_rows.h"

/* An output that is checked and never written; call it at the beginning of an input. */
void fuzz_output_init(struct print_out *out);

/* Checks what has been printed since, which is of that format, and takes it away. */
void fuzz_output_check(struct print_out *out, enum print_format format);

/* Have a heading and rows below it, all in `out`, one number of columns? Takes nothing away. */
void fuzz_output_check_columns(const struct print_out *out);

#endif
