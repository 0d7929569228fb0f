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
#include "track_state.h"

/* How far the packets of a batch go; differences of two are a stage's cost. */
enum bench_depth {
	BENCH_DEPTH_PARSE,  /* struct packet filled, parsed */
	BENCH_DEPTH_HASH,   /* key, hash */
	BENCH_DEPTH_LOOKUP, /* buckets and entries fetched, found */
	BENCH_DEPTH_WHOLE,  /* as the worker does it */
	BENCH_N_DEPTHS
};

struct bench_drive {
	struct track *track;
	struct bench_frames frames;
	uint64_t now_ns;
	uint32_t ns_per_packet;
	unsigned burst;
	uint64_t poll_cycles; /* of track_poll, in all whole batches */
	uint64_t polled;      /* packets of those batches */
	uint64_t found;       /* by BENCH_DEPTH_LOOKUP */
};

/* 0 or -errno. `timers` NULL: the defaults. */
int bench_drive_init(struct bench_drive *drive, const struct bench_options *options,
                     uint32_t capacity, const struct track_timers *timers);
void bench_drive_fini(struct bench_drive *drive);

/* Bytes of memory that a table of `capacity` flows takes; 0 where the machine has not got them. */
uint64_t bench_drive_room(uint32_t capacity);

/* Sends the batch and empties it. Timed when there is a watch. */
void
bench_drive_batch(struct bench_drive *drive, enum bench_depth depth, struct bench_watch *watch);

/* Its steps one by one: fills packets from frames `at` on, as dpdk_receive_packets does. */
void bench_drive_receive(const struct bench_drive *drive, struct packet *packets, unsigned at,
                         unsigned n);
/* Fetches and finds the flows of n keys; returns how many there are. */
unsigned bench_drive_lookup(const struct flow_table *table, const struct flow_burst *keys,
                            const uint64_t *hashes, unsigned n);

/* Opens connections first to last - 1: three packets each. */
void bench_drive_open(struct bench_drive *drive, uint32_t first, uint32_t last);

/* Time passes with a poll every `step_us`. */
void bench_drive_pass(struct bench_drive *drive, uint64_t us, uint64_t step_us);

/* Packets received since the engine was made, and those of them that were tracked. */
uint64_t bench_drive_received(const struct bench_drive *drive);
uint64_t bench_drive_tracked(const struct bench_drive *drive);

/* What pages the table's entries lie in. */
const char *bench_drive_pages(const struct bench_drive *drive);

/* The members that every figure has. */
void bench_drive_figure(double cycles);

#endif
