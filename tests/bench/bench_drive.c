/* SPDX-License-Identifier: BSD-3-Clause */
/* The loop, and the same loop with a clock at each of its stages. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench_drive.h"
#include "decode.h"
#include "track_state.h"

#define DRIVE_PREFETCH_AHEAD 6
#define DRIVE_CLOCK_ZERO_NS  (UINT64_C(1000) * 1000000000)
#define DRIVE_NS_PER_PACKET  67 /* 14.88 Mpps */
#define DRIVE_CLOCK_LOOKS    1000

int
bench_drive_init(struct bench_drive *drive, const struct bench_options *options, uint32_t capacity,
                 const struct track_timers *timers)
{
	struct track_config config;
	int error;

	*drive = (struct bench_drive){ .now_ns = DRIVE_CLOCK_ZERO_NS,
		                       .ns_per_packet = DRIVE_NS_PER_PACKET,
		                       .burst = options->burst };
	layer_settings_init(&drive->layers);
	track_config_init(&config);
	config.capacity = capacity;
	config.pages = options->pages;
	config.node = mem_node_of_cpu(options->cpu);
	if (timers != NULL)
		config.settings.timers = *timers;
	error = bench_frames_init(&drive->frames);
	if (error != 0)
		return error;
	drive->track = track_create(&config);
	if (drive->track != NULL)
		return 0;
	error = -errno;
	bench_frames_fini(&drive->frames);
	return error;
}

void
bench_drive_fini(struct bench_drive *drive)
{
	track_destroy(drive->track);
	bench_frames_fini(&drive->frames);
}

static uint64_t
drive_hugepages_free(void)
{
	FILE *meminfo = fopen("/proc/meminfo", "r");
	unsigned long long pages = 0;
	char line[128];

	if (meminfo == NULL)
		return 0;
	while (fgets(line, sizeof(line), meminfo) != NULL)
		sscanf(line, "HugePages_Free: %llu", &pages);
	fclose(meminfo);
	return pages << 21;
}

uint64_t
bench_drive_room(uint32_t capacity)
{
	uint64_t want = (uint64_t)capacity * 160 + (UINT64_C(64) << 20); /* and orders, numbers */
	uint64_t have = (uint64_t)sysconf(_SC_AVPHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);

	return have + drive_hugepages_free() > want + (UINT64_C(256) << 20) ? want : 0;
}

uint64_t
bench_drive_received(const struct bench_drive *drive)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < PACKET_N_VERDICTS; i++)
		sum += drive->track->counters.verdicts[i];
	return sum;
}

uint64_t
bench_drive_tracked(const struct bench_drive *drive)
{
	return drive->track->counters.verdicts[PACKET_TRACKED];
}

int
bench_drive_check_tracked(const struct bench_drive *drive, const struct bench *bench)
{
	const uint64_t *verdicts = drive->track->counters.verdicts;
	char why[128];

	for (unsigned i = 0; i < PACKET_N_VERDICTS; i++) {
		if (i == PACKET_TRACKED || verdicts[i] == 0)
			continue;
		snprintf(why, sizeof(why), "%llu packets were not tracked: %s",
		         (unsigned long long)verdicts[i],
		         packet_verdict_name((enum packet_verdict)i));
		return bench_fail(bench, -EPROTO, why);
	}
	return 0;
}

const char *
bench_drive_pages(const struct bench_drive *drive)
{
	return bench_pages_name(drive->track->table->region.pages);
}

void
bench_drive_figure(double cycles)
{
	bench_json_number("mpps", bench_mops(cycles), 2);
	bench_json_number("cycles_per_packet", cycles, 1);
}

/* --- batches --------------------------------------------------------------------------------- */

/* Fills packets from frames `at` on, as dpdk_receive_packets does. */
static void
drive_receive(const struct bench_drive *drive, struct packet *packets, unsigned at, unsigned n)
{
	const uint8_t *data = drive->frames.bytes + (size_t)at * BENCH_FRAME_STRIDE;
	uint64_t now_us = drive->now_ns / 1000;

	for (unsigned i = 0; i < n; i++, data += BENCH_FRAME_STRIDE) {
		__builtin_prefetch(data + DRIVE_PREFETCH_AHEAD * BENCH_FRAME_STRIDE);
		packets[i].data = data;
		packets[i].data_len = packets[i].wire_len = BENCH_FRAME_BYTES;
		packets[i].time_us = now_us;
		packets[i].link = PACKET_LINK_ETHERNET;
	}
}

/* One turn of a worker: n frames from `at` on. */
BASE_INLINE void
drive_turn(struct bench_drive *drive, unsigned at, unsigned n, struct bench_profile *profile)
{
	struct packet *packets = track_inlet(drive->track);
	uint64_t begun = profile != NULL ? base_cpu_cycles() : 0;

	drive_receive(drive, packets, at, n);
	decode_burst(&drive->layers, packets, n);
	if (profile != NULL)
		profile->parse += base_cpu_cycles() - begun;
	drive->now_ns += (uint64_t)n * drive->ns_per_packet;
	track_push(drive->track, n);
	begun = profile != NULL ? base_cpu_cycles() : 0;
	track_poll(drive->track, drive->now_ns / 1000);
	if (profile == NULL)
		return;
	profile->expire += base_cpu_cycles() - begun;
	profile->packets += n;
	profile->bursts++;
}

BASE_INLINE void
drive_turns(struct bench_drive *drive, struct bench_profile *profile)
{
	unsigned total = drive->frames.n;

	for (unsigned at = 0; at < total; at += drive->burst)
		drive_turn(drive, at, base_min_u32(drive->burst, total - at), profile);
	track_flush(drive->track);
	drive->frames.n = 0;
}

void
bench_drive_batch(struct bench_drive *drive, struct bench_watch *watch)
{
	unsigned total = drive->frames.n;

	if (watch != NULL)
		bench_watch_start(watch);
	drive_turns(drive, NULL);
	if (watch != NULL)
		bench_watch_stop(watch, total);
}

void
bench_drive_measure(struct bench_drive *drive, struct bench_profile *profile)
{
	drive->track->profile = &profile->track;
	drive_turns(drive, profile);
	drive->track->profile = NULL;
}

/* What a stage with nothing in it takes. */
static double
drive_clock_cost(void)
{
	static double cost[DRIVE_CLOCK_LOOKS];

	for (unsigned i = 0; i < DRIVE_CLOCK_LOOKS; i++) {
		uint64_t begun = base_cpu_cycles();

		cost[i] = (double)(base_cpu_cycles() - begun);
	}
	return bench_median(cost, DRIVE_CLOCK_LOOKS);
}

void
bench_drive_print_profile(const struct bench_profile *profile)
{
	/* How often a burst's clock is looked at in each: see track_burst.c. */
	const struct {
		const char *name;
		uint64_t cycles;
		unsigned clocks;
	} stages[] = {
		{ "parse", profile->parse, 1 },
		{ "key", profile->track.cycles[TRACK_STAGE_KEY], 1 },
		{ "hash", profile->track.cycles[TRACK_STAGE_HASH], 1 },
		{ "bucket", profile->track.cycles[TRACK_STAGE_BUCKET], 1 },
		{ "entry", profile->track.cycles[TRACK_STAGE_ENTRY], 3 },
		{ "move", profile->track.cycles[TRACK_STAGE_MOVE], 3 },
		{ "expire", profile->expire, 1 },
	};
	double clock = drive_clock_cost() * (double)profile->bursts;

	bench_json_open("cycles");
	for (unsigned i = 0; i < BASE_COUNT_OF(stages); i++)
		bench_json_number(stages[i].name,
		                  ((double)stages[i].cycles - clock * stages[i].clocks) /
		                      (double)profile->packets,
		                  1);
	bench_json_close();
}

/* --- setting up ----------------------------------------------------------------------------- */

void
bench_drive_open(struct bench_drive *drive, uint32_t first, uint32_t last)
{
	for (uint32_t flow = first; flow < last; flow++) {
		for (unsigned step = 0; step < BENCH_STEPS_OPENING; step++)
			bench_frame_step(&drive->frames, flow, step);
		if (drive->frames.n > BENCH_BATCH - BENCH_STEPS_OPENING)
			bench_drive_batch(drive, NULL);
	}
	bench_drive_batch(drive, NULL);
}

void
bench_drive_pass(struct bench_drive *drive, uint64_t us, uint64_t step_us)
{
	uint64_t end_ns = drive->now_ns + us * 1000;

	while (drive->now_ns < end_ns) {
		drive->now_ns += step_us * 1000;
		track_poll(drive->track, drive->now_ns / 1000);
	}
}
