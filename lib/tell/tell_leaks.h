/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Leaks printed: a line of numbers and a sentence or two as text; an object or a line for programs.
 *
 * The words of JSON and CSV are contract, those of text are looked up in the user's language. One
 * thread an `out`.
 */
#ifndef TELL_LEAKS_H
#define TELL_LEAKS_H

#include "digest_row.h"
#include "report_out.h"

BASE_BEGIN_DECLS

void tell_leaks_heading(struct report_out *out);
void tell_leaks_csv_header(struct report_out *out);

void tell_leaks_text(struct report_out *out, const struct digest_leak *leak);
void tell_leaks_json(struct report_out *out, const struct digest_leak *leak);
void tell_leaks_csv(struct report_out *out, const struct digest_leak *leak);

/* As JSON has it: "not-closing", "peer-gone" ...; "unknown" for no such number. */
const char *tell_leaks_verdict(unsigned verdict);

BASE_END_DECLS

#endif
