/* SPDX-License-Identifier: BSD-3-Clause */
/* The loop, and the same loop cut off after each of its stages. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench_drive.h"
#include "packet_parse.h"
#include "track_key.h"

#define DRIVE_PREFETCH_AHEAD 6
#define DRIVE_CLOCK_ZERO_NS  (UINT64_C(1000) * 1000000000)
#define DRIVE_NS_PER_PACKET  67 /* 14.88 Mpps */

int
bench_drive_init(struct bench_drive *drive, const struct bench_options *options, uint32_t capacity,
                 const struct track_timers *timers)
{
	struct track_config config;
	int error;

	*drive = (struct bench_drive){ .now_ns = DRIVE_CLOCK_ZERO_NS,
		                       .ns_per_packet = DRIVE_NS_PER_PACKET,
		                       .burst = options->burst };
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

const char *
bench_drive_pages(const struct bench_drive *drive)
{
	return bench_pages_name(drive->track->table->regions[1].pages);
}

void
bench_drive_figure(double cycles)
{
	bench_json_number("mpps", bench_mops(cycles), 2);
	bench_json_number("cycles_per_packet", cycles, 1);
}

/* --- stages --------------------------------------------------------------------------------- */

void
bench_drive_receive(const struct bench_drive *drive, struct packet *packets, unsigned at,
                    unsigned n)
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

static void
drive_hash(const struct track *track, const struct packet *packets, unsigned n,
           struct flow_burst *keys, uint64_t *hashes)
{
	uint8_t which[PACKET_BURST_MAX], dir[PACKET_BURST_MAX];

	track_key_burst(packets, n, 0, keys, which, dir);
	flow_hash_burst(&track->table->secret, keys, n, hashes);
}

unsigned
bench_drive_lookup(const struct flow_table *table, const struct flow_burst *keys,
                   const uint64_t *hashes, unsigned n)
{
	unsigned found = 0;

	for (unsigned i = 0; i < n; i++)
		flow_table_prefetch_home(table, hashes[i]);
	for (unsigned i = 0; i < n; i++) {
		uint32_t candidate = flow_index_candidate(table, hashes[i]);

		if (candidate != FLOW_NONE)
			flow_table_prefetch_entry(table, candidate);
	}
	for (unsigned i = 0; i < n; i++) {
		struct flow_key key = flow_burst_get(keys, i);

		found += flow_table_find(table, &key, hashes[i]) != FLOW_NONE;
	}
	return found;
}

static void
drive_burst(struct bench_drive *drive, struct packet *packets, unsigned n, enum bench_depth depth)
{
	static __thread struct flow_burst keys;
	static __thread uint64_t hashes[FLOW_BURST_MAX];
	uint64_t begun;

	packet_parse_burst(packets, n);
	if (depth == BENCH_DEPTH_PARSE)
		return;
	if (depth != BENCH_DEPTH_WHOLE) {
		drive_hash(drive->track, packets, n, &keys, hashes);
		if (depth == BENCH_DEPTH_LOOKUP)
			drive->found += bench_drive_lookup(drive->track->table, &keys, hashes, n);
		return;
	}
	drive->now_ns += (uint64_t)n * drive->ns_per_packet;
	track_burst(drive->track, packets, n);
	begun = __rdtsc();
	track_poll(drive->track, drive->now_ns / 1000);
	drive->poll_cycles += __rdtsc() - begun;
	drive->polled += n;
}

void
bench_drive_batch(struct bench_drive *drive, enum bench_depth depth, struct bench_watch *watch)
{
	static __thread struct packet packets[PACKET_BURST_MAX];
	unsigned total = drive->frames.n;

	if (watch != NULL)
		bench_watch_start(watch);
	for (unsigned at = 0; at < total; at += drive->burst) {
		unsigned n = base_min_u32(drive->burst, total - at);

		bench_drive_receive(drive, packets, at, n);
		drive_burst(drive, packets, n, depth);
	}
	if (watch != NULL)
		bench_watch_stop(watch, total);
	drive->frames.n = 0;
}

/* --- setting up ----------------------------------------------------------------------------- */

void
bench_drive_open(struct bench_drive *drive, uint32_t first, uint32_t last)
{
	for (uint32_t flow = first; flow < last; flow++) {
		for (unsigned step = 0; step < BENCH_STEPS_OPENING; step++)
			bench_frame_step(&drive->frames, flow, step);
		if (drive->frames.n > BENCH_BATCH - BENCH_STEPS_OPENING)
			bench_drive_batch(drive, BENCH_DEPTH_WHOLE, NULL);
	}
	bench_drive_batch(drive, BENCH_DEPTH_WHOLE, NULL);
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
