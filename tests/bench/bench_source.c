/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets of ten million connections for a whole spanstatd, out of nothing: a library to be
 * preloaded into it, with net_null as its port.
 *
 * A capture of so many packets would take five gigabytes of mbufs, and a sender a CPU of its own.
 * net_null gives empty mbufs by the burst, in the worker's own turn; a callback behind it, which
 * DPDK has for such purposes, writes a frame into each. First every connection is opened, then they
 * talk in random order, in rounds: so nothing need be kept for each but its place in the order.
 *
 *     SOURCE_FLOWS=N LD_PRELOAD=libbench_source.so spanstatd --vdev net_null0,size=60
 *
 * With SOURCE_MIXED in the environment a quarter of the connections is closed by the client alone
 * and a quarter by both ends, so that every report has something to say; the others talk.
 *
 * The daemon is the one that is shipped: rte_eth_dev_start is taken over only to hang the callback
 * in behind it. What a frame costs is the worker's time, where a NIC's descriptors would be.
 */

#include <dlfcn.h>
#include <errno.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench_frame.h"

/* One worker polls one port: no two threads come here. */
static struct {
	struct bench_frames frames;
	struct bench_order order;
	uint32_t flows, round;
	uint32_t flow, step; /* whose turn it is to open, and how far it is */
	int mixed;
} source;

/* How many steps of a whole connection a flow takes before any talks. */
static unsigned
source_steps(uint32_t flow)
{
	static const uint8_t steps[] = { BENCH_STEPS_OPENING, BENCH_STEPS - 2, BENCH_STEPS_OPENING,
		                         BENCH_STEPS };

	return source.mixed ? steps[flow % BASE_COUNT_OF(steps)] : BENCH_STEPS_OPENING;
}

static void
source_open(void)
{
	bench_frame_step(&source.frames, source.flow, source.step++);
	if (source.step == source_steps(source.flow)) {
		source.step = 0;
		source.flow++;
	}
}

/* One of those that are open, and how often it has talked. */
static uint32_t
source_next(uint32_t *round)
{
	uint32_t flow;

	do {
		*round = source.round;
		flow = bench_order_next(&source.order);
		source.round += source.order.next == 0;
	} while (source_steps(flow) != BENCH_STEPS_OPENING);
	return flow;
}

static void
source_frame(uint8_t *to)
{
	uint32_t flow, round;

	source.frames.bytes = to;
	source.frames.n = 0;
	if (source.flow < source.flows) {
		source_open();
		return;
	}
	flow = source_next(&round);
	bench_frame_visit(&source.frames, flow, round);
}

static uint16_t
source_fill(uint16_t port, uint16_t queue, struct rte_mbuf **mbufs, uint16_t n, uint16_t max,
            void *ctx)
{
	(void)port;
	(void)queue;
	(void)max;
	(void)ctx;
	for (unsigned i = 0; i < n; i++)
		source_frame(rte_pktmbuf_mtod(mbufs[i], uint8_t *));
	return n;
}

static int
source_begin(uint16_t port)
{
	const char *flows = getenv("SOURCE_FLOWS");

	source.mixed = getenv("SOURCE_MIXED") != NULL;
	source.flows = flows != NULL ? (uint32_t)strtoul(flows, NULL, 10) : 0;
	if (source.flows == 0 || bench_order_random(&source.order, source.flows) != 0 ||
	    rte_eth_add_rx_callback(port, 0, source_fill, NULL) == NULL) {
		fputs("bench_source: cannot begin\n", stderr);
		return -EINVAL;
	}
	return 0;
}

int
rte_eth_dev_start(uint16_t port)
{
	int (*start)(uint16_t) = (int (*)(uint16_t))dlsym(RTLD_NEXT, "rte_eth_dev_start");
	int error = source_begin(port);

	return error != 0 ? error : start(port);
}
