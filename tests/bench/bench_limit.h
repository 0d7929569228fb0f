/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the memory allows: the limit that a tracker may approach.
 *
 * One random bucket line and one random entry of two adjacent lines, prefetched 32 ahead, read
 * and written back; in the flow table's own memory, so size, pages and place are the same. Where
 * it has to go is known beforehand, while a tracker must read the bucket to learn the entry.
 */
#ifndef BENCH_LIMIT_H
#define BENCH_LIMIT_H

#include "bench.h"
#include "flow_table.h"

/* Cycles a pair of accesses, over `accesses` of them. Changes nothing in the table. */
double bench_limit(struct bench_watch *watch, const struct flow_table *table, uint64_t accesses);

#endif
