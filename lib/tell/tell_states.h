/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What each state means, what many of it point to, and how many there are. One thread an `out`.
 */
#ifndef TELL_STATES_H
#define TELL_STATES_H

#include "report_out.h"
#include "report_stats.h"

BASE_BEGIN_DECLS

/* `stats` NULL: nobody was asked, so nothing is said of how many there are. */
void tell_states_text(struct report_out *out, const struct report_stats *stats);
void tell_states_json(struct report_out *out, const struct report_stats *stats);
void tell_states_csv(struct report_out *out, const struct report_stats *stats, int with_header);

BASE_END_DECLS

#endif
