/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * bench_snapshot: what the control core does with a worker's flows, without the socket.
 *
 * A table of open connections, none of which moves meanwhile. A line each: `snapshot` copies every
 * flow and makes its row, whole or not, or turns nearly all of them away by a filter; `print` makes
 * rows into text, JSON and CSV and throws them away. `cycles` and `per_sec` are of one flow looked
 * at, or one row printed; `rows` is how many came out.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench_drive.h"
#include "print_conn.h"
#include "snapshot.h"

#define SNAPSHOT_FLOWS       1000000
#define SNAPSHOT_QUICK_FLOWS 2000
#define SNAPSHOT_ROWS        256 /* a frame's */
#define SNAPSHOT_LOOKS       65536
#define SNAPSHOT_PRINT_ROWS  65536
#define SNAPSHOT_ROUNDS_MAX  99

struct snapshot {
	const struct bench_options *options;
	struct bench_drive drive;
	struct bench_watch watch;
	struct snapshot_clock clock;
	uint32_t flows;
	uint64_t rows;
	struct print_out *out;
	struct report_full *printed; /* the first of the table's, again and again */
};

/* What is asked for. */
struct snapshot_case {
	const char *name;
	enum snapshot_what what;
	int full;
	const char *filter; /* NULL: none */
};

static const char snapshot_usage[] = "usage: bench_snapshot [--flows N] [--rounds N] [--cpu N] "
				     "[--pages huge|thp|lazy] [--quick]\n";

static const struct snapshot_case snapshot_cases[] = {
	{ "all", SNAPSHOT_ALL, 0, NULL },
	{ "active", SNAPSHOT_ACTIVE, 0, NULL },
	{ "full", SNAPSHOT_ALL, 1, NULL },
	{ "host", SNAPSHOT_ALL, 0, "host 10.0.3.232" },
	{ "port", SNAPSHOT_ACTIVE, 0, "port 22 and idle > 5m" },
	{ "state", SNAPSHOT_ALL, 0, "state close-wait" },
	{ "bytes", SNAPSHOT_ALL, 0, "bytes > 1M" },
	{ "every", SNAPSHOT_ALL, 0, "dport 443 and state established" },
};

static void
snapshot_print(const struct snapshot *snapshot, double *cycles)
{
	double median = bench_median(cycles, snapshot->options->rounds);

	bench_json_number("flows", snapshot->flows, 0);
	bench_json_number("rows", (double)snapshot->rows, 0);
	bench_json_number("cycles", median, 1);
	bench_json_number("per_sec", bench_mops(median) * 1e6, 0);
	bench_json_number("rounds", snapshot->options->rounds, 0);
	bench_json_number("preempted", (double)snapshot->watch.preempted, 0);
	bench_json_end();
}

/* --- rows ----------------------------------------------------------------------------------- */

/* The whole table once; returns cycles a flow. */
static double
snapshot_round(struct snapshot *snapshot, const struct snapshot_ask *ask)
{
	static struct report_full rows[SNAPSHOT_ROWS];
	uint32_t next = 0;

	snapshot->rows = 0;
	while (next != UINT32_MAX) {
		uint32_t before = next;

		bench_watch_start(&snapshot->watch);
		snapshot->rows += snapshot_matching(snapshot->drive.track, &snapshot->clock, ask,
		                                    &next, SNAPSHOT_LOOKS, rows, SNAPSHOT_ROWS);
		bench_watch_stop(&snapshot->watch,
		                 (next != UINT32_MAX ? next : snapshot->flows) - before);
	}
	return bench_watch_lap(&snapshot->watch);
}

static int
snapshot_run(struct snapshot *snapshot, const struct snapshot_case *kase)
{
	static struct filter filter;
	const struct snapshot_ask ask = { kase->what, kase->full,
		                          kase->filter != NULL ? &filter : NULL };
	double cycles[SNAPSHOT_ROUNDS_MAX];

	if (kase->filter != NULL && filter_compile(&filter, kase->filter, NULL, NULL) != 0)
		return -EINVAL;
	snapshot_round(snapshot, &ask);
	for (unsigned round = 0; round < snapshot->options->rounds; round++)
		cycles[round] = snapshot_round(snapshot, &ask);
	bench_json_begin("snapshot");
	bench_json_text("of", kase->name);
	if (kase->filter != NULL)
		bench_json_text("filter", kase->filter);
	snapshot_print(snapshot, cycles);
	return 0;
}

/* --- printers ------------------------------------------------------------------------------- */

static void
snapshot_text(struct print_out *out, const struct report_full *full)
{
	print_text_row(out, &full->row, 0);
}

static void
snapshot_json(struct print_out *out, const struct report_full *full)
{
	print_json_row(out, &full->row);
}

static void
snapshot_csv(struct print_out *out, const struct report_full *full)
{
	print_csv_row(out, &full->row);
}

static const struct {
	const char *name;
	void (*print)(struct print_out *out, const struct report_full *full);
} snapshot_printers[] = {
	{ "text", snapshot_text },        { "json", snapshot_json },
	{ "csv", snapshot_csv },          { "full_text", print_all_text },
	{ "full_json", print_json_full }, { "full_csv", print_csv_full },
};

static double
snapshot_print_round(struct snapshot *snapshot, unsigned printer, uint32_t n)
{
	for (uint32_t from = 0; from < n; from += SNAPSHOT_ROWS) {
		uint32_t end = from + base_min_u32(SNAPSHOT_ROWS, n - from);

		bench_watch_start(&snapshot->watch);
		for (uint32_t i = from; i < end; i++)
			snapshot_printers[printer].print(snapshot->out, &snapshot->printed[i]);
		bench_watch_stop(&snapshot->watch, end - from);
	}
	return bench_watch_lap(&snapshot->watch);
}

static void
snapshot_run_printer(struct snapshot *snapshot, unsigned printer)
{
	double cycles[SNAPSHOT_ROUNDS_MAX];
	const struct snapshot_ask all = { .what = SNAPSHOT_ALL, .full = 1 };
	uint32_t next = 0;

	snapshot->rows =
	    snapshot_matching(snapshot->drive.track, &snapshot->clock, &all, &next,
	                      SNAPSHOT_PRINT_ROWS, snapshot->printed, SNAPSHOT_PRINT_ROWS);
	snapshot_print_round(snapshot, printer, (uint32_t)snapshot->rows);
	for (unsigned round = 0; round < snapshot->options->rounds; round++)
		cycles[round] = snapshot_print_round(snapshot, printer, (uint32_t)snapshot->rows);
	bench_json_begin("print");
	bench_json_text("as", snapshot_printers[printer].name);
	snapshot_print(snapshot, cycles);
}

/* --- life ----------------------------------------------------------------------------------- */

static int
snapshot_init(struct snapshot *snapshot)
{
	int error = bench_drive_init(&snapshot->drive, snapshot->options, snapshot->flows, NULL);

	if (error != 0)
		return error;
	bench_drive_open(&snapshot->drive, 0, snapshot->flows);
	bench_drive_pass(&snapshot->drive, 1234567, 100000);
	snapshot->clock.now_us = snapshot->drive.now_ns / 1000;
	snapshot->clock.to_real_us = INT64_C(1767225600000000);
	snapshot->out = malloc(sizeof(*snapshot->out));
	snapshot->printed = calloc(SNAPSHOT_PRINT_ROWS, sizeof(*snapshot->printed));
	if (snapshot->out == NULL || snapshot->printed == NULL)
		return -ENOMEM;
	print_out_init(snapshot->out, open("/dev/null", O_WRONLY | O_CLOEXEC));
	return snapshot->out->fd < 0 ? -errno : 0;
}

static void
snapshot_fini(struct snapshot *snapshot)
{
	if (snapshot->out != NULL)
		close(snapshot->out->fd);
	free(snapshot->out);
	free(snapshot->printed);
	bench_drive_fini(&snapshot->drive);
}

int
main(int argc, char **argv)
{
	struct bench_options options;
	struct snapshot snapshot = { .options = &options, .flows = SNAPSHOT_FLOWS };
	int error;

	bench_options_parse(&options, &argc, &argv, snapshot_usage);
	if (options.quick)
		snapshot.flows = SNAPSHOT_QUICK_FLOWS;
	if (options.flows != 0)
		snapshot.flows = options.flows;
	bench_init(&options);
	error = snapshot_init(&snapshot);
	for (unsigned i = 0; error == 0 && i < BASE_COUNT_OF(snapshot_cases); i++)
		error = snapshot_run(&snapshot, &snapshot_cases[i]);
	for (unsigned i = 0; error == 0 && i < BASE_COUNT_OF(snapshot_printers); i++)
		snapshot_run_printer(&snapshot, i);
	if (error != 0)
		fprintf(stderr, "bench_snapshot: %s\n", strerror(-error));
	snapshot_fini(&snapshot);
	return error != 0;
}
