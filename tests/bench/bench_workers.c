/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Two workers against one, without EAL: what a second core is worth.
 *
 * All flows in one table on one CPU; then the same flows in two tables of half the size, each with
 * a thread on a CPU of its own, parted by a keyed hash of the ordered pair of endpoints as the
 * receive core does it. Nothing is shared but the machine's memory and caches, so what is missing
 * from twice the speed is theirs, or the imbalance of the parting: the rate is that at which the
 * busier worker is just full.
 *
 * The rounds of one and of two follow each other. While two run, a thread's packets are timed
 * whether the other is timing or making frames just then; both touch the table's memory.
 */

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#include "bench_drive.h"
#include "bench_groups.h"

#define WORKERS            2
#define WORKERS_ROUNDS_MAX 99

struct workers_one {
	const struct bench_options *options;
	int cpu;
	struct bench_drive drive;
	struct bench_talk talk;
	struct bench_order order; /* its share of the flows, shuffled */
	struct bench_watch watch;
	uint32_t packets; /* of a round */
	double share;     /* of all flows, and so of all packets */
	double lap;       /* cycles a packet in the last round */
	int error;
};

struct workers {
	const struct bench *bench;
	uint32_t flows;
	int cpus[WORKERS];
	struct workers_one alone, each[WORKERS];
	double alone_cycles[WORKERS_ROUNDS_MAX];
	double each_cycles[WORKERS][WORKERS_ROUNDS_MAX];
};

/* The first two CPUs that the process may use. The benchmarks' own pinning is undone. */
static int
workers_choose_cpus(int cpus[WORKERS])
{
	cpu_set_t set;
	unsigned n = 0;

	CPU_ZERO(&set);
	for (unsigned cpu = 0; cpu < CPU_SETSIZE; cpu++)
		CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
	sched_getaffinity(0, sizeof(set), &set);
	for (unsigned cpu = 0; cpu < CPU_SETSIZE && n < WORKERS; cpu++)
		if (CPU_ISSET(cpu, &set))
			cpus[n++] = (int)cpu;
	return n == WORKERS ? 0 : -ENODEV;
}

/* --- shares --------------------------------------------------------------------------------- */

/* The worker of a flow: any keyed hash will do, and bench_mix of a secret number is one. */
static unsigned
workers_of(uint32_t flow, uint64_t secret)
{
	return (unsigned)((bench_mix(flow ^ secret) >> 32) * WORKERS >> 32);
}

/* Keeps the flows of one worker in their order. */
static void
workers_keep(struct bench_order *order, unsigned worker, uint64_t secret)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < order->length; i++)
		if (workers_of(order->flow[i], secret) == worker)
			order->flow[kept++] = order->flow[i];
	order->length = kept;
}

/* Opens its flows by their numbers, which is not the order in which they are visited later. */
static void
workers_open(struct workers_one *one, uint32_t flows, unsigned worker, uint64_t secret)
{
	for (uint32_t flow = 0; flow < flows; flow++)
		if (worker == WORKERS || workers_of(flow, secret) == worker)
			bench_drive_open(&one->drive, flow, flow + 1);
}

/* `worker` WORKERS: all of the flows. */
static int
workers_init(struct workers *workers, struct workers_one *one, const struct bench_options *options,
             unsigned worker, uint64_t secret)
{
	uint32_t capacity = workers->flows / (worker == WORKERS ? 1 : WORKERS);
	struct bench_options mine = *options;
	int error;

	*one = (struct workers_one){ .options = options };
	one->cpu = mine.cpu = workers->cpus[worker == WORKERS ? WORKERS - 1 : worker];
	/* room for the imbalance of a small number of flows */
	error = bench_drive_init(&one->drive, &mine, capacity + capacity / 4, NULL);
	if (error == 0)
		error = bench_talk_init(&one->talk, workers->flows);
	if (error == 0)
		error = bench_order_random(&one->order, workers->flows);
	if (error != 0)
		return error;
	if (worker != WORKERS)
		workers_keep(&one->order, worker, secret);
	one->share = (double)one->order.length / workers->flows;
	one->packets = (uint32_t)(options->packets * one->share);
	workers_open(one, workers->flows, worker, secret);
	return 0;
}

static void
workers_fini(struct workers_one *one)
{
	bench_order_fini(&one->order);
	bench_talk_fini(&one->talk);
	bench_drive_fini(&one->drive);
}

/* --- rounds --------------------------------------------------------------------------------- */

static void *
workers_run(void *arg)
{
	struct workers_one *one = arg;
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((unsigned)one->cpu, &set);
	one->error = sched_setaffinity(0, sizeof(set), &set) == 0 ? 0 : -errno;
	for (uint32_t done = 0; done < one->packets; done += BENCH_BATCH) {
		for (unsigned i = 0; i < BENCH_BATCH; i++)
			bench_frame_talk(&one->drive.frames, &one->talk,
			                 bench_order_next(&one->order));
		bench_drive_batch(&one->drive, &one->watch);
	}
	one->lap = bench_watch_lap(&one->watch);
	return NULL;
}

/* n of them at the same time, each in a thread. */
static int
workers_together(struct workers_one *ones, unsigned n)
{
	pthread_t threads[WORKERS];
	int error = 0;
	unsigned made;

	for (made = 0; made < n && error == 0; made++)
		error = -pthread_create(&threads[made], NULL, workers_run, &ones[made]);
	if (error != 0)
		made--;
	for (unsigned i = 0; i < made; i++) {
		pthread_join(threads[i], NULL);
		error = error != 0 ? error : ones[i].error;
	}
	return error;
}

/* Round 0 warms up and is overwritten. */
static int
workers_round(struct workers *workers, unsigned round)
{
	int error = workers_together(&workers->alone, 1);

	if (error == 0)
		error = workers_together(workers->each, WORKERS);
	workers->alone_cycles[round] = workers->alone.lap;
	for (unsigned i = 0; i < WORKERS; i++)
		workers->each_cycles[i][round] = workers->each[i].lap;
	return error;
}

static int
workers_check(const struct workers *workers, const struct workers_one *one)
{
	const struct track_counters *c = &one->drive.track->counters;

	if (bench_drive_received(&one->drive) != bench_drive_tracked(&one->drive))
		return bench_fail(workers->bench, -EPROTO, "packets were not tracked");
	if (c->created != one->order.length || c->gaps != 0 || c->retransmissions != 0)
		return bench_fail(workers->bench, -EPROTO,
		                  "packets were not of known flows in order");
	return 0;
}

static void
workers_print(struct workers *workers)
{
	unsigned rounds = workers->alone.options->rounds;
	double alone = bench_mops(bench_median(workers->alone_cycles, rounds));
	double whole = 0, most = 0, rates[WORKERS];

	for (unsigned i = 0; i < WORKERS; i++) {
		double share = workers->each[i].share;

		rates[i] = bench_mops(bench_median(workers->each_cycles[i], rounds));
		whole = i == 0 || rates[i] / share < whole ? rates[i] / share : whole;
		most = share > most ? share : most;
	}
	bench_json_begin(workers->bench->name);
	bench_json_number("flows", workers->flows, 0);
	bench_json_text("order", "random");
	bench_json_number("mpps", whole, 2);
	bench_json_number("baseline_mpps", alone, 2);
	bench_json_number("speedup", alone > 0 ? whole / alone : 0, 3);
	bench_json_number("imbalance", most * WORKERS - 1, 4);
	bench_json_open("worker_mpps");
	bench_json_number("0", rates[0], 2);
	bench_json_number("1", rates[1], 2);
	bench_json_close();
	bench_json_number("rounds", rounds, 0);
	bench_json_number("preempted",
	                  (double)(workers->alone.watch.preempted +
	                           workers->each[0].watch.preempted +
	                           workers->each[1].watch.preempted),
	                  0);
	bench_json_text("pages", bench_drive_pages(&workers->alone.drive));
	bench_json_end();
}

static int
workers_measure(struct workers *workers, const struct bench_options *options)
{
	uint64_t secret = base_cpu_cycles();
	int error = workers_init(workers, &workers->alone, options, WORKERS, 0);

	for (unsigned i = 0; i < WORKERS && error == 0; i++)
		error = workers_init(workers, &workers->each[i], options, i, secret);
	if (error == 0)
		error = workers_round(workers, 0);
	for (unsigned round = 0; round < options->rounds && error == 0; round++)
		error = workers_round(workers, round);
	if (error != 0)
		return bench_fail(workers->bench, error, "two workers cannot run");
	error = workers_check(workers, &workers->alone);
	for (unsigned i = 0; i < WORKERS && error == 0; i++)
		error = workers_check(workers, &workers->each[i]);
	if (error == 0)
		workers_print(workers);
	return error;
}

static int
workers_bench(const struct bench *bench, const struct bench_options *options)
{
	static struct workers workers;
	int error;

	workers = (struct workers){ .bench = bench,
		                    .flows = options->flows != 0 ? options->flows : bench->flows };
	if (workers_choose_cpus(workers.cpus) != 0)
		return bench_fail(bench, -ENODEV, "left out: there is one CPU");
	if (bench_drive_room(workers.flows * 5 / 2) == 0)
		return bench_fail(bench, -ENOMEM, "left out: too little memory is free");
	error = workers_measure(&workers, options);
	workers_fini(&workers.alone);
	for (unsigned i = 0; i < WORKERS; i++)
		workers_fini(&workers.each[i]);
	bench_init(options); /* pinned again for those that follow */
	return error;
}

const struct bench bench_workers[] = {
	{ "two_workers", 1u << 20, workers_bench },
	{ NULL, 0, NULL },
};
