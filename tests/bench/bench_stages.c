/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where the cycles of a packet go, by size of the burst, and the hash of keys in each of its
 * versions.
 *
 * Packets are those of bench_known.c: known flows, random order, in sequence. `cycles` is the time
 * between the clocks in the pipeline (track_profile.h), `mpps` that of other packets without them.
 */

#include <errno.h>
#include <stdio.h>

#include "bench_drive.h"
#include "bench_groups.h"
#include "flow_hash_lanes.h"

#define HASH_LAPS_MAX 200

static const unsigned stages_bursts[] = { 1, 4, 8, 16, 32, PACKET_BURST_MAX };

struct stages {
	const struct bench *bench;
	const struct bench_options *options;
	struct bench_drive drive;
	struct bench_talk talk;
	struct bench_order order;
};

static int
stages_init(struct stages *stages, const struct bench *bench, const struct bench_options *options)
{
	uint32_t flows = options->flows != 0 ? options->flows : bench->flows;
	int error;

	*stages = (struct stages){ .bench = bench, .options = options };
	if (bench_drive_room(flows) == 0)
		return bench_fail(bench, -ENOMEM, "left out: too little memory is free");
	error = bench_drive_init(&stages->drive, options, flows, NULL);
	if (error == 0)
		error = bench_talk_init(&stages->talk, flows);
	if (error == 0)
		error = bench_order_random(&stages->order, flows);
	if (error != 0)
		return bench_fail(bench, error, "no memory");
	bench_drive_open(&stages->drive, 0, flows);
	return 0;
}

static void
stages_fini(struct stages *stages)
{
	bench_order_fini(&stages->order);
	bench_talk_fini(&stages->talk);
	bench_drive_fini(&stages->drive);
}

static void
stages_fill(struct stages *stages)
{
	for (unsigned i = 0; i < BENCH_BATCH; i++)
		bench_frame_talk(&stages->drive.frames, &stages->talk,
		                 bench_order_next(&stages->order));
}

/* Was every packet tracked, and in order? */
static int
stages_check(const struct stages *stages)
{
	const struct track_counters *c = &stages->drive.track->counters;

	if (bench_drive_check_tracked(&stages->drive, stages->bench) != 0)
		return -EPROTO;
	if (c->created != stages->talk.flows || c->gaps != 0 || c->retransmissions != 0)
		return bench_fail(stages->bench, -EPROTO,
		                  "packets were not of known flows in order");
	return 0;
}

/* Batches with the clocks and without them, by turns. */
static int
stages_measure(struct stages *stages)
{
	uint64_t packets = (uint64_t)stages->options->packets * stages->options->rounds / 2;
	struct bench_watch watch = { 0 };
	struct bench_profile profile = { 0 };

	for (uint64_t done = 0; done < packets; done += BENCH_BATCH) {
		stages_fill(stages);
		bench_drive_measure(&stages->drive, &profile);
		stages_fill(stages);
		bench_drive_batch(&stages->drive, &watch);
	}
	if (stages_check(stages) != 0)
		return -EPROTO;
	bench_json_begin(stages->bench->name);
	bench_json_number("flows", stages->talk.flows, 0);
	bench_json_number("burst", stages->drive.burst, 0);
	bench_drive_figure(bench_watch_lap(&watch));
	bench_drive_print_profile(&profile);
	bench_json_number("preempted", (double)watch.preempted, 0);
	bench_json_text("pages", bench_drive_pages(&stages->drive));
	bench_json_end();
	return 0;
}

static int
stages_run(const struct bench *bench, const struct bench_options *options)
{
	static struct stages stages;
	int error = stages_init(&stages, bench, options);

	for (unsigned i = 0; error == 0 && i < BASE_COUNT_OF(stages_bursts); i++) {
		stages.drive.burst = stages_bursts[i];
		error = stages_measure(&stages);
	}
	stages_fini(&stages);
	return error;
}

/* --- versions of the hash ------------------------------------------------------------------- */

#define HASH_KEYS_A_LAP 4096

static const unsigned hash_counts[] = { 1, 2, 4, 8, 16, 32, FLOW_BURST_MAX };

/* Cycles a key of bursts of n, again and again the same. */
static double
hash_lap(flow_hash_function *hash, const struct flow_burst *keys, unsigned n)
{
	static const struct flow_hash_secret secret = { 0x0706050403020100, 0x0f0e0d0c0b0a0908 };
	static uint64_t hashes[FLOW_BURST_MAX];
	uint64_t begun = base_cpu_cycles();

	for (unsigned done = 0; done < HASH_KEYS_A_LAP; done += n) {
		hash(&secret, keys, n, hashes);
		__asm__ volatile("" : : "r"(hashes) : "memory"); /* they are wanted each time */
	}
	return (double)(base_cpu_cycles() - begun) / HASH_KEYS_A_LAP;
}

static void
hash_print(const struct bench *bench, const char *version, flow_hash_function *hash,
           const struct flow_burst *keys, unsigned laps)
{
	static double cycles[HASH_LAPS_MAX];
	char count[16];

	bench_json_begin(bench->name);
	bench_json_text("version", version);
	bench_json_open("cycles");
	for (unsigned i = 0; i < BASE_COUNT_OF(hash_counts); i++) {
		for (unsigned lap = 0; lap < laps; lap++)
			cycles[lap] = hash_lap(hash, keys, hash_counts[i]);
		snprintf(count, sizeof(count), "%u", hash_counts[i]);
		bench_json_number(count, bench_median(cycles, laps), 2);
	}
	bench_json_close();
	bench_json_number("laps", laps, 0);
	bench_json_end();
}

/* Cycles a key by number of keys: what the engine calls, then each version this machine has. */
static int
hash_run(const struct bench *bench, const struct bench_options *options)
{
	unsigned laps = options->quick ? 2 : HASH_LAPS_MAX;
	static struct flow_burst keys;

	for (unsigned i = 0; i < FLOW_BURST_MAX * FLOW_KEY_WORDS; i++)
		keys.word[i / FLOW_BURST_MAX][i % FLOW_BURST_MAX] = bench_mix(i + 1);
	hash_print(bench, "chosen", flow_hash_burst, &keys, laps);
	for (unsigned i = 0; i < FLOW_HASH_VERSIONS; i++)
		if (flow_hash_versions[i].is_supported())
			hash_print(bench, flow_hash_versions[i].name, flow_hash_versions[i].hash,
			           &keys, laps);
	return 0;
}

const struct bench bench_stages[] = {
	{ "stages", 1u << 16, stages_run },
	{ "key_hash", FLOW_BURST_MAX, hash_run },
	{ NULL, 0, NULL },
};
