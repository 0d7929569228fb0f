/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What flows cost while no packet comes: the sweep over an idle full table, their expiry when
 * all are due, and memory.
 *
 * A worker's share is cycles spent against cycles there are in the time that passed on the
 * artificial clock, with a poll as often as bursts of 64 come at 14.88 Mpps.
 */

#include <errno.h>
#include <string.h>

#include "bench_drive.h"
#include "bench_groups.h"
#include "flow_sweep.h"
#include "snapshot.h"

#define SWEEP_ROUNDS_MAX  99
#define SWEEP_POLL_US     4
#define SWEEP_CHUNK_POLLS 1024
#define SWEEP_SEC_US      1000000
#define SWEEP_FILL_SEC    10 /* flows are made, and become due, over so long */
#define SWEEP_TIMER_SEC   30 /* UDP one-way, by default */
#define SWEEP_LATE_SEC    1

struct sweep {
	struct bench_drive drive;
	struct bench_watch watch;
	uint32_t flows;
	uint64_t worst_late; /* flows that were due for a second and still there */
};

/* Fills the table with UDP flows at an even rate. */
static int
sweep_init(struct sweep *sweep, const struct bench *bench, const struct bench_options *options,
           const struct track_timers *timers)
{
	int error;

	*sweep = (struct sweep){ 0 };
	sweep->flows = options->flows != 0 ? options->flows : bench->flows;
	if (bench_drive_room(sweep->flows) == 0)
		return bench_fail(bench, -ENOMEM, "left out: too little memory is free");
	error = bench_drive_init(&sweep->drive, options, sweep->flows, timers);
	if (error != 0)
		return bench_fail(bench, error, "no memory");
	sweep->drive.ns_per_packet =
	    (uint32_t)(UINT64_C(1000) * SWEEP_SEC_US * SWEEP_FILL_SEC / sweep->flows);
	for (uint32_t flow = 0; flow < sweep->flows; flow++) {
		bench_frame_udp(&sweep->drive.frames, flow, 0);
		if (sweep->drive.frames.n == BENCH_BATCH)
			bench_drive_batch(&sweep->drive, NULL);
	}
	bench_drive_batch(&sweep->drive, NULL);
	return 0;
}

/* One chunk of polls, timed. */
static void
sweep_chunk(struct sweep *sweep)
{
	bench_watch_start(&sweep->watch);
	bench_drive_pass(&sweep->drive, SWEEP_CHUNK_POLLS * SWEEP_POLL_US, SWEEP_POLL_US);
	bench_watch_stop(&sweep->watch, SWEEP_CHUNK_POLLS);
}

static double
sweep_share(double cycles_per_poll)
{
	return cycles_per_poll / (bench_hz() * SWEEP_POLL_US / SWEEP_SEC_US);
}

static void
sweep_print(const struct sweep *sweep, const struct bench *bench, double cycles_per_poll)
{
	bench_json_begin(bench->name);
	bench_json_number("flows", sweep->flows, 0);
	bench_json_number("worker_share", sweep_share(cycles_per_poll), 5);
	bench_json_number("cycles_per_poll", cycles_per_poll, 1);
}

static void
sweep_print_end(const struct sweep *sweep, unsigned rounds)
{
	bench_json_number("rounds", rounds, 0);
	bench_json_number("preempted", (double)sweep->watch.preempted, 0);
	bench_json_text("pages", bench_drive_pages(&sweep->drive));
	bench_json_end();
}

/* --- idle ----------------------------------------------------------------------------------- */

static int
idle_run(const struct bench *bench, const struct bench_options *options)
{
	const unsigned chunks = SWEEP_SEC_US / (SWEEP_CHUNK_POLLS * SWEEP_POLL_US);
	static double cycles[SWEEP_ROUNDS_MAX];
	static struct sweep sweep;
	struct track_timers timers;
	int error;

	track_timers_init(&timers);
	timers.us[TRACK_CLASS_UDP_ONEWAY] = UINT64_C(86400) * SWEEP_SEC_US;
	error = sweep_init(&sweep, bench, options, &timers);
	if (error != 0)
		return error;
	for (int round = -1; round < (int)options->rounds; round++) {
		for (unsigned i = 0; i < chunks; i++)
			sweep_chunk(&sweep);
		cycles[round < 0 ? 0 : round] = bench_watch_lap(&sweep.watch);
	}
	if (sweep.drive.track->table->live != sweep.flows)
		error = bench_fail(bench, -EPROTO, "flows have ended that were not due");
	if (error == 0) {
		sweep_print(&sweep, bench, bench_median(cycles, options->rounds));
		sweep_print_end(&sweep, options->rounds);
	}
	bench_drive_fini(&sweep.drive);
	return error;
}

/* --- all due -------------------------------------------------------------------------------- */

/* How many flows were due a second ago and are still there, `since_us` after the first was made. */
static uint64_t
expiry_late(const struct sweep *sweep, uint64_t since_us)
{
	const uint64_t grace_us = (uint64_t)(SWEEP_TIMER_SEC + SWEEP_LATE_SEC) * SWEEP_SEC_US;
	uint64_t expired = sweep->drive.track->counters.expired, due;

	if (since_us < grace_us)
		return 0;
	due = (since_us - grace_us) * 1000 / sweep->drive.ns_per_packet;
	if (due > sweep->flows)
		due = sweep->flows;
	return due > expired ? due - expired : 0;
}

/* From a moment before the first is due until all must have gone. */
static void
expiry_pass(struct sweep *sweep, uint64_t begun_us)
{
	const uint64_t end_us =
	    begun_us +
	    (uint64_t)(SWEEP_FILL_SEC + SWEEP_TIMER_SEC + 2 * SWEEP_LATE_SEC) * SWEEP_SEC_US;

	while (sweep->drive.now_ns / 1000 < end_us) {
		uint64_t late;

		sweep_chunk(sweep);
		late = expiry_late(sweep, sweep->drive.now_ns / 1000 - begun_us);
		if (late > sweep->worst_late)
			sweep->worst_late = late;
	}
}

static int
expiry_run(const struct bench *bench, const struct bench_options *options)
{
	const uint64_t quiet_us = (SWEEP_TIMER_SEC - SWEEP_FILL_SEC) * UINT64_C(1000000);
	static struct sweep sweep;
	uint64_t begun_us;
	double cycles, polls;
	int error = sweep_init(&sweep, bench, options, NULL);

	if (error != 0)
		return error;
	begun_us = sweep.drive.now_ns / 1000 - UINT64_C(1000000) * SWEEP_FILL_SEC;
	bench_drive_pass(&sweep.drive, quiet_us, 1000);
	expiry_pass(&sweep, begun_us);
	polls = (double)(sweep.watch.operations + sweep.watch.disturbed_operations);
	cycles = bench_watch_lap(&sweep.watch);
	if (sweep.drive.track->table->live != 0)
		error = bench_fail(bench, -EPROTO, "flows that were due are still there");
	if (error == 0) {
		sweep_print(&sweep, bench, cycles);
		bench_json_number("cycles_per_flow", cycles * polls / sweep.flows, 1);
		bench_json_number("flows_per_sec", sweep.flows / SWEEP_FILL_SEC, 0);
		bench_json_number("late_share", (double)sweep.worst_late / sweep.flows, 5);
		sweep_print_end(&sweep, 1);
	}
	bench_drive_fini(&sweep.drive);
	return error;
}

/* --- memory --------------------------------------------------------------------------------- */

/* All that a worker has: entries, index, cold slots, overflow records, endpoints, engine. */
static int
memory_run(const struct bench *bench, const struct bench_options *options)
{
	uint32_t flows = options->flows != 0 ? options->flows : bench->flows;
	static struct report_stats stats;
	struct track_config config;
	struct track *track;
	uint64_t bytes;

	track_config_init(&config);
	config.capacity = flows;
	track = track_create(&config);
	if (track == NULL)
		return bench_fail(bench, -errno, "no memory");
	memset(&stats, 0, sizeof(stats));
	snapshot_stats(track, &stats);
	bytes = stats.memory_table_bytes + sizeof(struct track);
	bench_json_begin(bench->name);
	bench_json_number("flows", flows, 0);
	bench_json_number("bytes", (double)bytes, 0);
	bench_json_number("bytes_per_flow", (double)bytes / flows, 2);
	bench_json_end();
	track_destroy(track);
	return 0;
}

const struct bench bench_sweep[] = {
	{ "sweep_idle", 10000000, idle_run },
	{ "expiry", 10000000, expiry_run },
	{ "memory", 10000000, memory_run },
	{ NULL, 0, NULL },
};
