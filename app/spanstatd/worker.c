/* SPDX-License-Identifier: BSD-3-Clause */
/* The two loops. One turn: every source once, then what is not a packet. */

#include <sched.h>
#include <string.h>
#include <x86intrin.h>

#include "base_clock.h"
#include "decode.h"
#include "track_key.h"
#include "worker.h"

/* Cycles of a turn belong to its packets, or to waiting for some. */
static uint64_t
worker_account(struct engine_worker *account, uint64_t begun, unsigned packets)
{
	uint64_t now = __rdtsc();

	base_counter_add(packets > 0 ? &account->busy_cycles : &account->idle_cycles, now - begun);
	return now;
}

static void
worker_count_strays(const struct worker *worker, const struct packet *packets, unsigned n)
{
	base_counter_add(&worker->engine->workers[worker->number].stray,
	                 dpdk_rss_strays(worker->rss, packets, n, worker->number));
}

/*
 * The mbufs go back as soon as they are parsed: nothing reads their bytes any more, but where a
 * frame holds several packets.
 */
static unsigned
worker_burst(const struct worker *worker, struct dpdk_burst *burst, uint64_t now_us)
{
	struct track *track = worker->engine->tracks[worker->number];
	struct packet *packets = track_inlet(track);
	unsigned n = burst->n, more;

	if (n == 0)
		return 0;
	dpdk_receive_packets(burst, worker->cuts, packets, now_us);
	more = decode_burst(&worker->engine->layers, packets, n);
	if (worker->rss != NULL)
		worker_count_strays(worker, packets, n);
	if (more > 0)
		engine_push_several(worker->engine, track, n);
	dpdk_receive_release(burst);
	if (more == 0)
		track_push(track, n);
	return n;
}

static unsigned
worker_turn(struct worker *worker, struct dpdk_burst *burst)
{
	struct track *track = worker->engine->tracks[worker->number];
	uint64_t now_us = base_clock_mono_us();
	unsigned n = 0;

	if (worker->ring != NULL) {
		dpdk_receive_ring(burst, worker->ring);
		n = worker_burst(worker, burst, now_us);
	}
	for (unsigned i = 0; i < worker->n_queues; i++) {
		dpdk_receive_port(burst, worker->queues[i].port, worker->queues[i].queue);
		n += worker_burst(worker, burst, now_us);
	}
	if (n == 0)
		track_flush(track);
	track_poll(track, now_us);
	return n;
}

int
worker_run(void *arg)
{
	struct worker *worker = arg;
	struct engine_worker *account = &worker->engine->workers[worker->number];
	struct dpdk_burst burst;
	uint64_t tsc = __rdtsc();

	while (!engine_is_stopped(worker->engine)) {
		unsigned n = worker_turn(worker, &burst);

		tsc = worker_account(account, tsc, n);
		if (n == 0 && worker->shares_cpu)
			sched_yield();
	}
	return 0;
}

/*
 * The worker of each packet of a burst: by a keyed hash of the ordered pair, without the VLAN. An
 * ICMP error has the pair of the packet that it quotes, so it goes where that flow is; what has no
 * flow goes to the first.
 */
static void
receiver_choose(const struct receiver *receiver, const struct packet *packets, unsigned n,
                uint8_t *to)
{
	uint8_t which[PACKET_BURST_MAX], dir[PACKET_BURST_MAX];
	uint64_t hashes[FLOW_BURST_MAX];
	struct flow_burst keys;
	unsigned m = track_key_burst(packets, n, 0, &keys, which, dir);

	flow_hash_burst(&receiver->secret, &keys, m, hashes);
	memset(to, 0, n);
	for (unsigned i = 0; i < m; i++)
		to[which[i]] = (uint8_t)(((hashes[i] >> 32) * receiver->handover.n) >> 32);
}

static unsigned
receiver_turn(struct receiver *receiver, struct dpdk_burst *burst, struct packet *packets,
              struct dpdk_handover_counters *const *counters)
{
	uint8_t to[PACKET_BURST_MAX];
	unsigned total = 0;

	for (unsigned i = 0; i < receiver->n_queues; i++) {
		unsigned n =
		    dpdk_receive_port(burst, receiver->queues[i].port, receiver->queues[i].queue);

		if (n == 0)
			continue;
		dpdk_receive_packets(burst, receiver->cuts, packets, 0);
		decode_burst(&receiver->engine->layers, packets, n);
		receiver_choose(receiver, packets, n, to);
		dpdk_handover_burst(&receiver->handover, burst, to, counters);
		total += n;
	}
	return total;
}

int
receiver_run(void *arg)
{
	struct receiver *receiver = arg;
	struct packet packets[PACKET_BURST_MAX] = { 0 };
	struct dpdk_handover_counters *counters[CONF_WORKERS_MAX];
	struct dpdk_burst burst;

	for (unsigned i = 0; i < receiver->engine->n_workers; i++)
		counters[i] = &receiver->engine->workers[i].handover;
	while (!engine_is_stopped(receiver->engine))
		if (receiver_turn(receiver, &burst, packets, counters) == 0 && receiver->shares_cpu)
			sched_yield();
	return 0;
}
