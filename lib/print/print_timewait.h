/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * TIME_WAIT printed: who, toward whom, and whether the ports last. One thread an `out`.
 */
#ifndef PRINT_TIMEWAIT_H
#define PRINT_TIMEWAIT_H

#include "digest_row.h"
#include "print_out.h"

BASE_BEGIN_DECLS

void print_timewait_heading(struct print_out *out);
void print_timewait_csv_header(struct print_out *out);

void print_timewait_text(struct print_out *out, const struct digest_timewait *line);
void print_timewait_json(struct print_out *out, const struct digest_timewait *line);
void print_timewait_csv(struct print_out *out, const struct digest_timewait *line);

BASE_END_DECLS

#endif
