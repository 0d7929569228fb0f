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
	uint64_t opening; /* packets made of those that open */
} source;

static void
source_frame(uint8_t *to)
{
	source.frames.bytes = to;
	source.frames.n = 0;
	if (source.opening < (uint64_t)source.flows * BENCH_STEPS_OPENING) {
		bench_frame_step(&source.frames, (uint32_t)(source.opening / BENCH_STEPS_OPENING),
		                 (unsigned)(source.opening % BENCH_STEPS_OPENING));
		source.opening++;
		return;
	}
	bench_frame_visit(&source.frames, bench_order_next(&source.order), source.round);
	source.round += source.order.next == 0;
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
