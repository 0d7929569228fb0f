/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where the cycles of a packet go: each stage on its own, by the time stamp counter, and the hash
 * of keys in each of its versions.
 *
 * Packets are those of bench_known.c: known flows, random order, in sequence. The pipeline lets its
 * stages overlap; here one follows the other over the whole burst, so that each can be timed:
 *
 *   parse    the parser                        lookup   buckets and entries fetched, found
 *   key      track_key_burst                   move     what track_burst does besides, lines cached
 *   hash     flow_hash_burst                   expire   track_poll: the sweep
 *
 * The look-up is timed a second time on the same packets; what track_burst then takes less key,
 * hash and that is the move. The sum is more than `whole`, which is parser, engine and sweep as
 * the worker runs them, on other packets: the difference is what overlapping saves. One time is
 * taken for a batch of packets; `least` is the fastest batch, for machines with neighbours.
 */

#include <errno.h>
#include <stdio.h>

#include "bench_drive.h"
#include "bench_groups.h"
#include "flow_hash_lanes.h"
#include "packet_parse.h"
#include "track_key.h"

#define STAGES_BATCHES_MAX 4096
#define STAGES_CLOCK_LOOKS 1000

enum stage { STAGE_PARSE, STAGE_KEY, STAGE_HASH, STAGE_LOOKUP, STAGE_MOVE, STAGE_EXPIRE, N_STAGES };

static const char *const stage_names[N_STAGES] = {
	[STAGE_PARSE] = "parse",   [STAGE_KEY] = "key",   [STAGE_HASH] = "hash",
	[STAGE_LOOKUP] = "lookup", [STAGE_MOVE] = "move", [STAGE_EXPIRE] = "expire",
};

static const unsigned stages_bursts[] = { 1, 4, 8, 16, 32, PACKET_BURST_MAX };

struct stages {
	const struct bench *bench;
	const struct bench_options *options;
	struct bench_drive drive;
	struct bench_talk talk;
	struct bench_order order;
	uint64_t found, looked; /* of the look-ups: all must be there */
	unsigned batches;
	double cycles[N_STAGES][STAGES_BATCHES_MAX];
	double whole[STAGES_BATCHES_MAX];
};

/*
 * Cycles since *at, which is set to now. What was begun before has been done by then, so in bursts
 * of a few packets a stage shows its latency, and less of it than it costs.
 */
static uint64_t
stages_lap(uint64_t *at)
{
	unsigned cpu;
	uint64_t now = __rdtscp(&cpu), lap = now - *at;

	*at = now;
	return lap;
}

/* What a lap with nothing in it takes: in every figure, and taken out. */
static double
stages_clock_cost(void)
{
	static double cost[STAGES_CLOCK_LOOKS];
	uint64_t at = __rdtsc();

	for (unsigned i = 0; i < STAGES_CLOCK_LOOKS; i++)
		cost[i] = (double)stages_lap(&at);
	return bench_median(cost, STAGES_CLOCK_LOOKS);
}

/* --- packets -------------------------------------------------------------------------------- */

static int
stages_init(struct stages *stages, const struct bench *bench, const struct bench_options *options)
{
	uint32_t flows = options->flows != 0 ? options->flows : bench->flows;
	uint64_t batches = (uint64_t)options->packets * options->rounds / BENCH_BATCH;
	int error;

	*stages = (struct stages){ .bench = bench, .options = options };
	stages->batches = (unsigned)(batches < STAGES_BATCHES_MAX ? batches : STAGES_BATCHES_MAX);
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
		                 bench_order_next(&stages->order), 1);
}

/* One burst, stage by stage; adds to spent[]. */
static void
stages_burst(struct stages *stages, struct packet *packets, unsigned n, uint64_t *spent)
{
	struct track *track = stages->drive.track;
	static struct flow_burst keys;
	static uint64_t hashes[FLOW_BURST_MAX];
	uint8_t which[PACKET_BURST_MAX], dir[PACKET_BURST_MAX];
	uint64_t at, key, hash, again;

	at = __rdtsc();
	packet_parse_burst(packets, n);
	spent[STAGE_PARSE] += stages_lap(&at);
	track_key_burst(packets, n, 0, &keys, which, dir);
	key = stages_lap(&at);
	flow_hash_burst(&track->table->secret, &keys, n, hashes);
	hash = stages_lap(&at);
	stages->found += bench_drive_lookup(track->table, &keys, hashes, n);
	spent[STAGE_LOOKUP] += stages_lap(&at);
	stages->found += bench_drive_lookup(track->table, &keys, hashes, n);
	again = stages_lap(&at);
	track_burst(track, packets, n);
	spent[STAGE_MOVE] += stages_lap(&at) - key - hash - again;
	track_poll(track, stages->drive.now_ns / 1000);
	spent[STAGE_EXPIRE] += stages_lap(&at);
	spent[STAGE_KEY] += key;
	spent[STAGE_HASH] += hash;
	stages->looked += 2 * n;
}

/* A batch stage by stage, and another one as the worker does it. */
static void
stages_batch(struct stages *stages, unsigned batch, double clock_cost)
{
	static struct packet packets[PACKET_BURST_MAX];
	struct bench_drive *drive = &stages->drive;
	uint64_t spent[N_STAGES] = { 0 }, bursts = 0;
	struct bench_watch watch = { 0 };

	stages_fill(stages);
	for (unsigned at = 0; at < BENCH_BATCH; at += drive->burst, bursts++) {
		unsigned n = base_min_u32(drive->burst, BENCH_BATCH - at);

		bench_drive_receive(drive, packets, at, n);
		drive->now_ns += (uint64_t)n * drive->ns_per_packet;
		stages_burst(stages, packets, n, spent);
	}
	drive->frames.n = 0;
	for (unsigned stage = 0; stage < N_STAGES; stage++) {
		/* The move is what is left of four laps: their clocks are out of it but two. */
		double clocks = clock_cost * (double)bursts * (stage == STAGE_MOVE ? -2 : 1);

		stages->cycles[stage][batch] = ((double)spent[stage] - clocks) / BENCH_BATCH;
	}
	stages_fill(stages);
	bench_drive_batch(drive, BENCH_DEPTH_WHOLE, &watch);
	stages->whole[batch] = bench_watch_lap(&watch);
}

/* Was every packet found, tracked, and in order? */
static int
stages_check(const struct stages *stages)
{
	const struct track_counters *c = &stages->drive.track->counters;

	if (stages->found != stages->looked)
		return bench_fail(stages->bench, -EPROTO, "flows were not found");
	if (bench_drive_received(&stages->drive) != bench_drive_tracked(&stages->drive) ||
	    c->created != stages->talk.flows || c->gaps != 0 || c->retransmissions != 0)
		return bench_fail(stages->bench, -EPROTO,
		                  "packets were not of known flows in order");
	return 0;
}

/* Sorts the figures of all stages: the first is the least, the middle one the median. */
static void
stages_print(struct stages *stages)
{
	unsigned batches = stages->batches;
	double whole = bench_median(stages->whole, batches);

	bench_json_begin(stages->bench->name);
	bench_json_number("flows", stages->talk.flows, 0);
	bench_json_number("burst", stages->drive.burst, 0);
	bench_drive_figure(whole);
	bench_json_open("cycles");
	for (unsigned stage = 0; stage < N_STAGES; stage++)
		bench_json_number(stage_names[stage], bench_median(stages->cycles[stage], batches),
		                  1);
	bench_json_number("whole", whole, 1);
	bench_json_close();
	bench_json_open("least");
	for (unsigned stage = 0; stage < N_STAGES; stage++)
		bench_json_number(stage_names[stage], stages->cycles[stage][0], 1);
	bench_json_number("whole", stages->whole[0], 1);
	bench_json_close();
	bench_json_number("batches", batches, 0);
	bench_json_text("pages", bench_drive_pages(&stages->drive));
	bench_json_end();
}

static int
stages_run(const struct bench *bench, const struct bench_options *options)
{
	static struct stages stages;
	double clock_cost = stages_clock_cost();
	int error = stages_init(&stages, bench, options);

	for (unsigned i = 0; error == 0 && i < BASE_COUNT_OF(stages_bursts); i++) {
		stages.drive.burst = stages_bursts[i];
		for (unsigned batch = 0; batch < stages.batches; batch++)
			stages_batch(&stages, batch, clock_cost);
		error = stages_check(&stages);
		if (error == 0)
			stages_print(&stages);
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
	uint64_t begun = __rdtsc();

	for (unsigned done = 0; done < HASH_KEYS_A_LAP; done += n) {
		hash(&secret, keys, n, hashes);
		__asm__ volatile("" : : "r"(hashes) : "memory"); /* they are wanted each time */
	}
	return (double)(__rdtsc() - begun) / HASH_KEYS_A_LAP;
}

static void
hash_print(const struct bench *bench, const char *version, flow_hash_function *hash,
           const struct flow_burst *keys, unsigned laps)
{
	static double cycles[STAGES_BATCHES_MAX];
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
	unsigned laps = options->quick ? 2 : 200;
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
