/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What every benchmark in C needs: options, a stopwatch in cycles, medians, and one JSON line.
 *
 *   bench_track.c  main; its benchmarks are in bench_known.c, bench_churn.c, bench_sweep.c,
 *                  bench_sockets.c, bench_stages.c, bench_workers.c, bench_layers.c,
 *                  bench_floods.c and bench_hostile.c
 *   bench_hash.c   the baseline: DPDK's rte_hash, a program of its own since it needs EAL
 *
 * Cycles are those of base_cpu_cycles, whose frequency is measured against the clock. Other
 * programs share the machine: work is timed in batches of some hundred microseconds, and a batch
 * during which the kernel gave the CPU away is left out; the JSON says how many were (`preempted`).
 */
#ifndef BENCH_H
#define BENCH_H

#include "base_cpu.h"
#include "mem_region.h"

struct bench_options {
	uint32_t flows;       /* 0: the benchmark's own number */
	unsigned burst;       /* packets a burst */
	unsigned rounds;      /* of which the median is taken */
	uint32_t packets;     /* a round, about */
	int quick;            /* a smoke test: the figures mean nothing */
	int cpu;              /* to stay on */
	enum mem_pages pages; /* asked for */
	const char *baseline; /* the program bench_hash, or NULL */
};

struct bench {
	const char *name;
	uint32_t flows;
	/* Prints its line; 0, or -errno after a line on standard error. */
	int (*run)(const struct bench *bench, const struct bench_options *options);
};

/* One figure: cycles an operation, from the batches that were not disturbed. */
struct bench_watch {
	uint64_t cycles, operations;
	uint64_t disturbed_cycles, disturbed_operations;
	uint64_t begun;
	long switches;
	uint64_t preempted; /* batches left out, over all laps */
	double least;       /* cycles an operation of the quickest batch, over all laps */
};

/* Reads the options both programs have. Prints the usage and exits where they are wrong. */
void bench_options_parse(struct bench_options *options, int *argc, char ***argv, const char *usage);

/* Pins the thread to a CPU and measures the counter's frequency. */
void bench_init(const struct bench_options *options);
double bench_hz(void);

void bench_watch_start(struct bench_watch *watch);
/* Ends what start began: `operations` were done. */
void bench_watch_stop(struct bench_watch *watch, uint64_t operations);
/* Cycles an operation since the last lap; begins the next. */
double bench_watch_lap(struct bench_watch *watch);

/* Sorts them. */
double bench_median(double *values, unsigned n);
/* Million operations a second at so many cycles each; 0 for 0. */
double bench_mops(double cycles);

/* "huge", "thp" or "lazy". */
const char *bench_pages_name(enum mem_pages pages);

/* One line on standard output: begin, any number of members, end. Nesting by object and close. */
void bench_json_begin(const char *name);
void bench_json_text(const char *key, const char *value);
void bench_json_number(const char *key, double value, int decimals);
void bench_json_open(const char *key);
void bench_json_close(void);
void bench_json_end(void);

/* Writes "bench: name: why" on standard error. Returns `error`. */
int bench_fail(const struct bench *bench, int error, const char *why);

#endif
