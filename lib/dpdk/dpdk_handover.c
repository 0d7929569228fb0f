/* SPDX-License-Identifier: BSD-3-Clause */
/* The rings, filled a burst at a time. Receive core; init and fini: control. */

#include <errno.h>
#include <rte_errno.h>
#include <rte_lcore.h>
#include <rte_mbuf.h>
#include <rte_ring.h>
#include <stdio.h>

#include "base_atomic.h"
#include "dpdk_handover.h"

#define DPDK_RING_ENTRIES 8192 /* half a millisecond at 14.88 Mpps */

int
dpdk_handover_init(struct dpdk_handover *handover, unsigned workers, bool several)
{
	unsigned flags = RING_F_SC_DEQ | (several ? 0 : RING_F_SP_ENQ);
	char name[RTE_RING_NAMESIZE];

	assert(workers <= DPDK_HANDOVER_MAX);
	handover->n = 0;
	for (unsigned i = 0; i < workers; i++) {
		snprintf(name, sizeof(name), "handover_%u", i);
		handover->rings[i] =
		    rte_ring_create(name, DPDK_RING_ENTRIES, (int)rte_socket_id(), flags);
		if (handover->rings[i] == NULL)
			return -rte_errno;
		handover->out[i].n = 0;
		handover->n++;
	}
	return 0;
}

void
dpdk_handover_fini(struct dpdk_handover *handover)
{
	struct dpdk_burst rest;

	for (unsigned i = 0; i < handover->n; i++) {
		while (dpdk_receive_ring(&rest, handover->rings[i]) > 0)
			dpdk_receive_release(&rest);
		rte_ring_free(handover->rings[i]);
	}
	handover->n = 0;
}

void
dpdk_handover_share(struct dpdk_handover *handover, const struct dpdk_handover *of)
{
	handover->n = of->n;
	for (unsigned i = 0; i < of->n; i++) {
		handover->rings[i] = of->rings[i];
		handover->out[i].n = 0;
	}
}

static void
dpdk_handover_flush_one(struct dpdk_handover *handover, unsigned worker,
                        struct dpdk_handover_counters *counters)
{
	struct rte_mbuf **mbufs = handover->out[worker].mbufs;
	unsigned n = handover->out[worker].n;
	unsigned done =
	    rte_ring_enqueue_burst(handover->rings[worker], (void *const *)mbufs, n, NULL);

	rte_pktmbuf_free_bulk(mbufs + done, n - done);
	base_counter_add(&counters->handed, done);
	base_counter_add(&counters->dropped, n - done);
	handover->out[worker].n = 0;
}

void
dpdk_handover_put(struct dpdk_handover *handover, struct rte_mbuf *mbuf, unsigned to,
                  struct dpdk_handover_counters *counters)
{
	if (handover->out[to].n == PACKET_BURST_MAX)
		dpdk_handover_flush_one(handover, to, counters);
	handover->out[to].mbufs[handover->out[to].n++] = mbuf;
}

void
dpdk_handover_flush(struct dpdk_handover *handover, struct dpdk_handover_counters *const *counters)
{
	for (unsigned w = 0; w < handover->n; w++)
		if (handover->out[w].n > 0)
			dpdk_handover_flush_one(handover, w, counters[w]);
}
