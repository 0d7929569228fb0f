/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What each state means, what many of it point to, and how many there are. One thread an `out`.
 */
#ifndef PRINT_STATES_H
#define PRINT_STATES_H

#include "print_out.h"
#include "report_stats.h"

BASE_BEGIN_DECLS

/* `stats` NULL: nobody was asked, so nothing is said of how many there are. */
void print_states_text(struct print_out *out, const struct report_stats *stats);
void print_states_json(struct print_out *out, const struct report_stats *stats);
void print_states_csv(struct print_out *out, const struct report_stats *stats, int with_header);

BASE_END_DECLS

#endif
