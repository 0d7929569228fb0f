/* SPDX-License-Identifier: BSD-3-Clause */
/* The two loops. One turn: every source once, then what is not a packet. */

#include <sched.h>
#include <string.h>

#include "base_clock.h"
#include "base_cpu.h"
#include "decode.h"
#include "worker.h"

#define WORKER_BLIND_US 1000000 /* a worker that is on its core comes round much sooner */

/* The one test that a turn makes: other ports to poll and the end come by the same call. */
static bool
worker_goes_on(const struct engine *engine, struct poll *poll)
{
	if (!BASE_UNLIKELY(poll_is_called(poll, &engine->polls)))
		return true;
	poll_take(poll, &engine->polls);
	return !engine_is_stopped(engine);
}

/* Cycles of a turn belong to its packets, or to waiting for some. */
static uint64_t
worker_account(struct engine_worker *account, uint64_t begun, unsigned packets)
{
	uint64_t now = base_cpu_cycles();

	base_counter_add(packets > 0 ? &account->busy_cycles : &account->idle_cycles, now - begun);
	return now;
}

/* What this loop hands to each worker is counted together. */
static void
worker_counters(struct dpdk_handover_counters *one,
                struct dpdk_handover_counters *counters[CONF_WORKERS_MAX])
{
	for (unsigned i = 0; i < CONF_WORKERS_MAX; i++)
		counters[i] = one;
}

static BASE_NOINLINE void
worker_judge_checksums(const struct worker *worker, const struct dpdk_burst *burst,
                       struct packet *packets)
{
	uint8_t said[PACKET_BURST_MAX];

	dpdk_receive_checksums(burst, packets, said);
	engine_judge_checksums(worker->engine, worker->number, packets, said, burst->n);
}

/* What belongs to other workers goes on. Returns how many stay. */
static unsigned
worker_steer(const struct worker *worker, struct dpdk_burst *burst, struct packet *packets,
             unsigned found, bool from_ring, uint64_t now_us)
{
	struct dpdk_handover_counters *counters[CONF_WORKERS_MAX];

	if (from_ring && !(found & DECODE_FRAGMENTS))
		return burst->n;
	worker_counters(&worker->engine->workers[worker->number].on, counters);
	return from_ring ? steer_ring(worker->steer, burst, packets, now_us, counters)
	                 : steer_burst(worker->steer, burst, packets, found, now_us, counters);
}

/* The mbufs go back as soon as they are parsed: nothing reads their bytes any more. */
static unsigned
worker_burst(const struct worker *worker, struct dpdk_burst *burst, bool from_ring, uint64_t now_us)
{
	struct packet *packets = track_inlet(worker->engine->tracks[worker->number]);
	unsigned received = burst->n, n = received, found;

	if (n == 0)
		return 0;
	dpdk_receive_packets(burst, worker->cuts, packets, now_us);
	found = decode_burst(&worker->engine->layers, packets, n);
	if (worker->steer != NULL)
		n = worker_steer(worker, burst, packets, found, from_ring, now_us);
	if (worker->engine->checksum != PACKET_CHECKSUM_IGNORE)
		worker_judge_checksums(worker, burst, packets);
	if (BASE_UNLIKELY(found & DECODE_SEVERAL))
		engine_push(worker->engine, worker->number, n, found); /* reads the bytes again */
	dpdk_receive_release(burst);
	if (!(found & DECODE_SEVERAL))
		engine_push(worker->engine, worker->number, n, found);
	return received;
}

/* What was held for other workers for too long goes on. */
static BASE_NOINLINE void
worker_steer_expire(const struct worker *worker, uint64_t now_us)
{
	struct dpdk_handover_counters *counters[CONF_WORKERS_MAX];

	worker_counters(&worker->engine->workers[worker->number].on, counters);
	steer_expire(worker->steer, now_us, counters);
}

/* When no packet came: fragments that waited go on, with their first or without. */
static void
worker_idle(const struct worker *worker, uint64_t now_us)
{
	struct fragment_table *fragments = worker->engine->fragments[worker->number];
	struct track *track = worker->engine->tracks[worker->number];

	if (BASE_UNLIKELY(fragments->n_waiting > 0)) {
		fragment_expire(fragments, now_us, false);
		if (fragment_is_ready(fragments))
			engine_push(worker->engine, worker->number, 0, DECODE_FRAGMENTS);
	}
	track_flush(track);
}

static unsigned
worker_turn(struct worker *worker, struct dpdk_burst *burst)
{
	struct track *track = worker->engine->tracks[worker->number];
	uint64_t now_us = base_clock_mono_us();
	unsigned n = 0;

	if (BASE_UNLIKELY(now_us - track_now_us(track) > WORKER_BLIND_US))
		track_blind(track, now_us);
	if (worker->ring != NULL) {
		dpdk_receive_ring(burst, worker->ring);
		n = worker_burst(worker, burst, true, now_us);
	}
	for (unsigned i = 0; i < worker->poll.n; i++) {
		dpdk_receive_port(burst, worker->poll.queues[i].port, worker->poll.queues[i].queue);
		n += worker_burst(worker, burst, false, now_us);
	}
	if (worker->steer != NULL && worker->steer->n_held > 0)
		worker_steer_expire(worker, now_us);
	if (n == 0)
		worker_idle(worker, now_us);
	track_poll(track, now_us);
	return n;
}

int
worker_run(void *arg)
{
	struct worker *worker = arg;
	struct engine_worker *account = &worker->engine->workers[worker->number];
	struct dpdk_burst burst;
	uint64_t cycles = base_cpu_cycles();

	while (worker_goes_on(worker->engine, &worker->poll)) {
		unsigned n = worker_turn(worker, &burst);

		cycles = worker_account(account, cycles, n);
		if (n == 0 && worker->shares_cpu)
			sched_yield();
	}
	return 0;
}

static unsigned
receiver_turn(struct receiver *receiver, struct dpdk_burst *burst, struct packet *packets,
              struct dpdk_handover_counters *const *counters)
{
	uint64_t now_us = base_clock_mono_us();
	unsigned total = 0;

	for (unsigned i = 0; i < receiver->poll.n; i++) {
		unsigned found;
		unsigned n = dpdk_receive_port(burst, receiver->poll.queues[i].port,
		                               receiver->poll.queues[i].queue);

		if (n == 0)
			continue;
		dpdk_receive_packets(burst, receiver->cuts, packets, now_us);
		found = decode_burst(&receiver->engine->layers, packets, n);
		steer_burst(&receiver->steer, burst, packets, found, now_us, counters);
		total += n;
	}
	if (receiver->steer.n_held > 0)
		steer_expire(&receiver->steer, now_us, counters);
	return total;
}

int
receiver_run(void *arg)
{
	struct receiver *receiver = arg;
	struct packet packets[PACKET_BURST_MAX] = { 0 };
	struct packet_path paths[PACKET_BURST_MAX];
	struct dpdk_handover_counters *counters[CONF_WORKERS_MAX];
	struct dpdk_burst burst;

	for (unsigned i = 0; i < PACKET_BURST_MAX; i++)
		packets[i].path = &paths[i];
	for (unsigned i = 0; i < receiver->engine->n_workers; i++)
		counters[i] = &receiver->engine->workers[i].handover;
	while (worker_goes_on(receiver->engine, &receiver->poll))
		if (receiver_turn(receiver, &burst, packets, counters) == 0 && receiver->shares_cpu)
			sched_yield();
	return 0;
}
