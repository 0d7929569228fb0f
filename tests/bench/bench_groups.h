/* SPDX-License-Identifier: BSD-3-Clause */
/* The benchmarks of each file; a name of NULL ends a group. */
#ifndef BENCH_GROUPS_H
#define BENCH_GROUPS_H

#include "bench.h"

extern const struct bench bench_known[];   /* bench_known.c */
extern const struct bench bench_churn[];   /* bench_churn.c */
extern const struct bench bench_sweep[];   /* bench_sweep.c */
extern const struct bench bench_sockets[]; /* bench_sockets.c */
extern const struct bench bench_stages[];  /* bench_stages.c */
extern const struct bench bench_workers[]; /* bench_workers.c */
extern const struct bench bench_layers[];  /* bench_layers.c */
extern const struct bench bench_floods[];  /* bench_floods.c */
extern const struct bench bench_hostile[]; /* bench_hostile.c */

#endif
