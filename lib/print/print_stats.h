/* SPDX-License-Identifier: BSD-3-Clause */
/* The counters of `stats` as text, JSON and CSV. Any thread; write errors are kept in `out`. */
#ifndef PRINT_STATS_H
#define PRINT_STATS_H

#include "print_out.h"
#include "report_stats.h"

BASE_BEGIN_DECLS

/*
 * The counters as groups of lines for a person; as one line of JSON; as lines NAME,VALUE where NAME
 * is the path of JSON joined by dots (workers.0.received). Counts beyond an array's size are taken
 * as its size. `with_meanings`: under each verdict what it means, where this program knows that. Any
 * thread; write errors are kept in `out`.
 */
void print_stats_text(struct print_out *out, const struct report_stats *stats, int with_meanings);
void print_stats_json(struct print_out *out, const struct report_stats *stats);
void print_stats_csv(struct print_out *out, const struct report_stats *stats, int with_header);

BASE_END_DECLS

#endif
