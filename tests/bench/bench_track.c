/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The packet path of one worker, without EAL: which benchmarks there are, and which are run.
 *
 * Prints one JSON line for each. In all of them:
 *   mpps, cycles_per_packet   parser and engine, from the frame's bytes to updated state
 *   cycles                    of each stage, where they can be told apart
 *   limit_mpps                what the memory allows (bench_limit.h), measured between the rounds
 *   baseline_mpps             rte_hash alone (bench_hash.c), before and after; or, beside a
 *                             slowdown, this engine without what is said to slow it down
 */

#include <stdio.h>
#include <string.h>

#include "bench_groups.h"

static const struct bench *const track_groups[] = { bench_known,   bench_churn,  bench_sweep,
	                                            bench_sockets, bench_stages, bench_workers,
	                                            bench_layers,  bench_floods, bench_hostile };

static const char track_usage[] =
    "usage: bench_track [--flows N] [--burst N] [--rounds N] [--packets N] [--cpu N] [--quick]\n"
    "                   [--pages huge|thp|lazy] [--baseline PROGRAM] [NAME...]\n";

static int
track_is_asked(const char *name, int argc, char **argv)
{
	for (int i = 0; i < argc; i++)
		if (strcmp(name, argv[i]) == 0)
			return 1;
	return argc == 0;
}

static const struct bench *
track_find(const char *name)
{
	for (unsigned i = 0; i < BASE_COUNT_OF(track_groups); i++)
		for (const struct bench *bench = track_groups[i]; bench->name != NULL; bench++)
			if (strcmp(bench->name, name) == 0)
				return bench;
	return NULL;
}

/* All names must be known before the first, which may take a minute, is begun. */
static int
track_names_are_known(int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		if (track_find(argv[i]) == NULL) {
			fprintf(stderr, "bench: no benchmark is called %s\n%s", argv[i],
			        track_usage);
			return 0;
		}
	}
	return 1;
}

int
main(int argc, char **argv)
{
	struct bench_options options;
	int failed = 0;

	bench_options_parse(&options, &argc, &argv, track_usage);
	if (!track_names_are_known(argc, argv))
		return 2;
	bench_init(&options);
	for (unsigned i = 0; i < BASE_COUNT_OF(track_groups); i++)
		for (const struct bench *bench = track_groups[i]; bench->name != NULL; bench++)
			if (track_is_asked(bench->name, argc, argv))
				failed |= bench->run(bench, &options) != 0;
	return failed;
}
