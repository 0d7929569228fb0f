/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Leaks printed: a line of numbers and a sentence or two as text; an object or a line for programs.
 *
 * The words of JSON and CSV are contract, those of text are looked up in the user's language. One
 * thread an `out`.
 */
#ifndef PRINT_LEAKS_H
#define PRINT_LEAKS_H

#include "digest_row.h"
#include "print_out.h"

BASE_BEGIN_DECLS

void print_leaks_heading(struct print_out *out);
void print_leaks_csv_header(struct print_out *out);

void print_leaks_text(struct print_out *out, const struct digest_leak *leak);
void print_leaks_json(struct print_out *out, const struct digest_leak *leak);
void print_leaks_csv(struct print_out *out, const struct digest_leak *leak);

/* As JSON has it: "not-closing", "peer-gone" ...; "unknown" for no such number. */
const char *print_leaks_verdict(unsigned verdict);

BASE_END_DECLS

#endif
