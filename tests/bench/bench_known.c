/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets of flows that are in the table: in random order, in Zipf order, and with tuples chosen
 * against an unkeyed hash.
 *
 * Every packet is TCP data in sequence, 64 bytes on the wire, from either end in turn. The figure
 * is measured without a clock inside; where the cycles go, on other packets of the same order.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "bench_drive.h"
#include "bench_groups.h"
#include "bench_limit.h"

#define KNOWN_ROUNDS_MAX  99
#define KNOWN_ZIPF_LENGTH (4u << 20)
#define KNOWN_TUPLE_BITS  20 /* 2^20 tuples of one CRC */

struct known {
	const struct bench *bench;
	const struct bench_options *options;
	struct bench_drive drive;
	struct bench_talk talk;
	struct bench_order order;
	struct bench_watch watch;
	struct bench_profile profile;
	double cycles[KNOWN_ROUNDS_MAX];
	double least[KNOWN_ROUNDS_MAX]; /* of the whole: the quickest batch of each round */
	double limit[2 * KNOWN_ROUNDS_MAX];
};

static int
known_init(struct known *known, const struct bench *bench, const struct bench_options *options,
           const struct bench_tuple *given)
{
	uint32_t flows = options->flows != 0 ? options->flows : bench->flows;
	int error;

	*known = (struct known){ .bench = bench, .options = options };
	if (bench_drive_room(flows) == 0)
		return bench_fail(bench, -ENOMEM, "left out: too little memory is free");
	error = bench_drive_init(&known->drive, options, flows, NULL);
	if (error == 0)
		error = bench_talk_init(&known->talk, flows);
	if (error != 0)
		return bench_fail(bench, error, "no memory");
	known->drive.frames.given = given;
	bench_drive_open(&known->drive, 0, flows);
	return 0;
}

static void
known_fini(struct known *known)
{
	bench_order_fini(&known->order);
	bench_talk_fini(&known->talk);
	bench_drive_fini(&known->drive);
}

static void
known_fill(struct known *known)
{
	for (unsigned i = 0; i < BENCH_BATCH; i++)
		bench_frame_talk(&known->drive.frames, &known->talk,
		                 bench_order_next(&known->order));
}

/* Returns cycles a packet. */
static double
known_batches(struct known *known, uint32_t packets)
{
	for (uint32_t done = 0; done < packets; done += BENCH_BATCH) {
		known_fill(known);
		bench_drive_batch(&known->drive, &known->watch);
	}
	return bench_watch_lap(&known->watch);
}

static void
known_laps(struct known *known, uint32_t packets)
{
	for (uint32_t done = 0; done < packets; done += BENCH_BATCH) {
		known_fill(known);
		bench_drive_measure(&known->drive, &known->profile);
	}
}

static void
known_round(struct known *known, unsigned round)
{
	uint32_t packets = known->options->packets;
	const struct flow_table *table = known->drive.track->table;

	known->limit[2 * round] = bench_limit(&known->watch, table, packets / 4);
	known->watch.least = 0;
	known->cycles[round] = known_batches(known, packets);
	known->least[round] = known->watch.least;
	known_laps(known, packets / 4);
	known->limit[2 * round + 1] = bench_limit(&known->watch, table, packets / 4);
}

/* The first round warms up and is overwritten. */
static void
known_rounds(struct known *known)
{
	known_round(known, 0);
	known->profile = (struct bench_profile){ 0 };
	for (unsigned round = 0; round < known->options->rounds; round++)
		known_round(known, round);
}

/* Was everything what it should have been: flows that are known, segments in order? */
static int
known_check(const struct known *known)
{
	const struct bench_drive *drive = &known->drive;
	const struct track_counters *c = &drive->track->counters;

	if (bench_drive_check_tracked(drive, known->bench) != 0)
		return -EPROTO;
	if (c->created != known->talk.flows || c->gaps != 0 || c->retransmissions != 0)
		return bench_fail(known->bench, -EPROTO,
		                  "packets were not of known flows in order");
	return 0;
}

/* --- baseline ------------------------------------------------------------------------------- */

/* rte_hash with as many keys, in the same kind of memory: Mpps, or 0 when there is none. */
static double
known_baseline(const struct known *known, const char *order)
{
	const struct bench_options *options = known->options;
	char command[1024], line[1024];
	double mpps = 0;
	FILE *from;

	if (options->baseline == NULL)
		return 0;
	snprintf(command, sizeof(command),
	         "%s --flows %u --pages %s --cpu %d --rounds %u --packets %u %s", options->baseline,
	         known->talk.flows, bench_drive_pages(&known->drive), options->cpu,
	         (options->rounds + 1) / 2, options->packets, order);
	from = popen(command, "r");
	if (from == NULL)
		return 0;
	while (fgets(line, sizeof(line), from) != NULL) {
		const char *at = strstr(line, "\"mpps\":");

		if (at != NULL)
			sscanf(at + strlen("\"mpps\":"), "%lf", &mpps);
	}
	pclose(from);
	return mpps;
}

/* --- figures -------------------------------------------------------------------------------- */

static void
known_print(struct known *known, const char *order, double baseline)
{
	unsigned rounds = known->options->rounds;
	double cycles = bench_median(known->cycles, rounds);
	double limit = bench_mops(bench_median(known->limit, 2 * rounds));

	bench_json_begin(known->bench->name);
	bench_json_number("flows", known->talk.flows, 0);
	bench_json_text("order", order);
	bench_drive_figure(cycles);
	bench_json_number("limit_mpps", limit, 2);
	bench_json_number("of_limit", bench_mops(cycles) / limit, 3);
	if (baseline > 0) {
		bench_json_number("baseline_mpps", baseline, 2);
		bench_json_number("of_baseline", bench_mops(cycles) / baseline, 3);
	}
	bench_drive_print_profile(&known->profile);
	bench_json_number("least_cycles", bench_median(known->least, rounds), 1);
	bench_json_number("rounds", rounds, 0);
	bench_json_number("burst", known->options->burst, 0);
	bench_json_number("preempted", (double)known->watch.preempted, 0);
	bench_json_text("pages", bench_drive_pages(&known->drive));
	bench_json_end();
}

static int
known_run(const struct bench *bench, const struct bench_options *options, const char *order)
{
	static struct known known;
	double baseline;
	int error = known_init(&known, bench, options, NULL);

	if (error != 0)
		return error;
	error = strcmp(order, "zipf") == 0
	            ? bench_order_zipf(&known.order, known.talk.flows, KNOWN_ZIPF_LENGTH)
	            : bench_order_random(&known.order, known.talk.flows);
	if (error != 0)
		return bench_fail(bench, error, "no memory");
	baseline = known_baseline(&known, order);
	known_rounds(&known);
	baseline = (baseline + known_baseline(&known, order)) / 2;
	error = known_check(&known);
	if (error == 0)
		known_print(&known, order, baseline);
	known_fini(&known);
	return error;
}

static int
known_run_random(const struct bench *bench, const struct bench_options *options)
{
	return known_run(bench, options, "random");
}

static int
known_run_zipf(const struct bench *bench, const struct bench_options *options)
{
	return known_run(bench, options, "zipf");
}

/* --- tuples against a hash ------------------------------------------------------------------ */

#define KNOWN_CRC32C 0x82f63b78 /* the polynomial, lowest power first */

/* Eight bytes more, bit by bit: nothing here is measured, and not every processor has a CRC. */
static uint64_t
adversary_crc_word(uint64_t crc, uint64_t word)
{
	crc ^= word;
	for (unsigned bit = 0; bit < 64; bit++)
		crc = crc >> 1 ^ (crc & 1 ? KNOWN_CRC32C : 0);
	return crc;
}

/*
 * The hash that the tuples are chosen against: CRC32C, as rte_hash and many NICs' steering use
 * it.
 */
static uint32_t
adversary_crc(const struct bench_tuple *tuple)
{
	uint64_t crc = UINT32_MAX;

	crc = adversary_crc_word(crc, (uint64_t)tuple->addr[0] << 32 | tuple->addr[1]);
	return (uint32_t)adversary_crc_word(crc, (uint64_t)tuple->port[0] << 16 | tuple->port[1]);
}

/*
 * 24 bits of the client's address, 16 of its port, 20 of the server's address, laid over a
 * tuple.
 */
static struct bench_tuple
adversary_tuple(uint64_t bits)
{
	return (struct bench_tuple){
		{ 10u << 24 | (bits & 0xffffff), 0xac100000 | (uint32_t)(bits >> 40) },
		{ (uint16_t)(bits >> 24), 443 },
	};
}

/*
 * A CRC is linear: sums of bits that leave it alone are found by elimination, and all sums of
 * those leave it alone too. Fills change[]: KNOWN_TUPLE_BITS independent changes that do.
 */
static void
adversary_solve(uint64_t *change)
{
	uint64_t made_of[32] = { 0 };
	uint32_t row[32] = { 0 };
	struct bench_tuple none = adversary_tuple(0);
	uint32_t base = adversary_crc(&none);
	unsigned found = 0;

	for (unsigned bit = 0; bit < 60 && found < KNOWN_TUPLE_BITS; bit++) {
		struct bench_tuple tuple = adversary_tuple(UINT64_C(1) << bit);
		uint64_t bits = UINT64_C(1) << bit;
		uint32_t crc = adversary_crc(&tuple) ^ base;

		while (crc != 0 && row[__builtin_clz(crc)] != 0) {
			unsigned lead = (unsigned)__builtin_clz(crc);

			crc ^= row[lead];
			bits ^= made_of[lead];
		}
		if (crc == 0) {
			change[found++] = bits;
		} else {
			row[__builtin_clz(crc)] = crc;
			made_of[__builtin_clz(crc)] = bits;
		}
	}
	assert(found == KNOWN_TUPLE_BITS);
}

/* Fills the tuples; 0, or -EPROTO when they are not all of one CRC. */
static int
adversary_fill(struct bench_tuple *tuples, uint32_t n)
{
	uint64_t change[KNOWN_TUPLE_BITS];
	int error = 0;

	adversary_solve(change);
	for (uint32_t i = 0; i < n; i++) {
		uint64_t bits = 0;

		for (unsigned bit = 0; bit < KNOWN_TUPLE_BITS; bit++)
			bits ^= i >> bit & 1 ? change[bit] : 0;
		tuples[i] = adversary_tuple(bits);
		if (adversary_crc(&tuples[i]) != adversary_crc(&tuples[0]))
			error = -EPROTO;
	}
	return error;
}

static int
adversary_measure(struct known *plain, struct known *chosen)
{
	unsigned rounds = plain->options->rounds;
	uint32_t packets = plain->options->packets;
	double plain_cycles, cycles;
	int error;

	for (int round = -1; round < (int)rounds; round++) {
		unsigned kept = round < 0 ? 0 : (unsigned)round;

		plain->cycles[kept] = known_batches(plain, packets);
		chosen->cycles[kept] = known_batches(chosen, packets);
	}
	error = known_check(chosen);
	if (error != 0)
		return error;
	plain_cycles = bench_median(plain->cycles, rounds);
	cycles = bench_median(chosen->cycles, rounds);
	bench_json_begin(chosen->bench->name);
	bench_json_number("flows", chosen->talk.flows, 0);
	bench_json_text("order", "random");
	bench_drive_figure(cycles);
	bench_json_number("baseline_mpps", bench_mops(plain_cycles), 2);
	bench_json_number("slowdown", cycles / plain_cycles - 1, 3);
	bench_json_number("rounds", rounds, 0);
	bench_json_number("preempted", (double)(plain->watch.preempted + chosen->watch.preempted),
	                  0);
	bench_json_text("pages", bench_drive_pages(&chosen->drive));
	bench_json_end();
	return 0;
}

static int
adversary_run(const struct bench *bench, const struct bench_options *options)
{
	static struct bench_tuple tuples[1 << KNOWN_TUPLE_BITS];
	static struct known plain, chosen;
	struct bench_options own = *options;
	int error;

	if (own.flows == 0 || own.flows > BASE_COUNT_OF(tuples))
		own.flows = bench->flows;
	error = adversary_fill(tuples, own.flows);
	if (error != 0)
		return bench_fail(bench, error, "the tuples do not collide");
	if (known_init(&plain, bench, &own, NULL) != 0 ||
	    known_init(&chosen, bench, &own, tuples) != 0 ||
	    bench_order_random(&plain.order, own.flows) != 0 ||
	    bench_order_random(&chosen.order, own.flows) != 0)
		return bench_fail(bench, -ENOMEM, "no memory");
	error = adversary_measure(&plain, &chosen);
	known_fini(&plain);
	known_fini(&chosen);
	return error;
}

const struct bench bench_known[] = {
	{ "known_64k", 1u << 16, known_run_random }, { "known_1m", 1u << 20, known_run_random },
	{ "known_10m", 10000000, known_run_random }, { "zipf_1m", 1u << 20, known_run_zipf },
	{ "adversarial", 1u << 18, adversary_run },  { NULL, 0, NULL },
};
