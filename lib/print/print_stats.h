/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The counters of `stats` as text; print_stats.c has them as one line of JSON and as lines
 * NAME,VALUE of CSV, where NAME is the path of JSON joined by dots (workers.0.received). Any
 * thread; write errors are kept in `out`.
 */
#ifndef PRINT_STATS_H
#define PRINT_STATS_H

#include "print_out.h"
#include "report_stats.h"

BASE_BEGIN_DECLS

/*
 * Groups of lines for a person. Counts beyond an array's size are taken as its size. Under each
 * verdict what it means, if the style asks for meanings and this program knows it.
 */
void print_stats_text(struct print_out *out, const struct report_stats *stats);

BASE_END_DECLS

#endif
