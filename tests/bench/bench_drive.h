/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A worker's loop without EAL: batches of frames go through parser and engine in bursts.
 *
 * The clock is artificial: every packet moves it by `ns_per_packet`, so that timers and the
 * sweep's share are those of a worker at that rate, however fast this machine is.
 */
#ifndef BENCH_DRIVE_H
#define BENCH_DRIVE_H

#include "bench.h"
#include "bench_frame.h"
#include "layer_settings.h"
#include "track_state.h"

/* Cycles of each stage, summed, from the frame's bytes on. The clocks that took them are in it. */
struct bench_profile {
	uint64_t parse; /* struct packet filled, and parsed */
	struct track_profile track;
	uint64_t expire; /* track_poll */
	uint64_t packets, bursts;
};

struct bench_drive {
	struct track *track;
	struct bench_frames frames;
	struct layer_settings layers;
	uint64_t now_ns;
	uint32_t ns_per_packet;
	unsigned burst;
};

/* 0 or -errno. `timers` NULL: the defaults. */
int bench_drive_init(struct bench_drive *drive, const struct bench_options *options,
                     uint32_t capacity, const struct track_timers *timers);
void bench_drive_fini(struct bench_drive *drive);

/* Bytes of memory that a table of `capacity` flows takes; 0 where the machine has not got them. */
uint64_t bench_drive_room(uint32_t capacity);

/* Sends the batch and empties it, as a worker does. Timed when there is a watch. */
void bench_drive_batch(struct bench_drive *drive, struct bench_watch *watch);

/* The same, timed stage by stage: adds to `profile`. */
void bench_drive_measure(struct bench_drive *drive, struct bench_profile *profile);

/* The object `cycles` of a figure: cycles a packet by stage, without those of the clock. */
void bench_drive_print_profile(const struct bench_profile *profile);

/* Opens connections first to last - 1: three packets each. */
void bench_drive_open(struct bench_drive *drive, uint32_t first, uint32_t last);

/* Time passes with a poll every `step_us`. */
void bench_drive_pass(struct bench_drive *drive, uint64_t us, uint64_t step_us);

/* Packets received since the engine was made, and those of them that were tracked. */
uint64_t bench_drive_received(const struct bench_drive *drive);
uint64_t bench_drive_tracked(const struct bench_drive *drive);

/* 0 when every packet was tracked; else says how many had which other verdict. */
int bench_drive_check_tracked(const struct bench_drive *drive, const struct bench *bench);

/* What pages the table's entries lie in. */
const char *bench_drive_pages(const struct bench_drive *drive);

/* The members that every figure has. */
void bench_drive_figure(double cycles);

#endif
