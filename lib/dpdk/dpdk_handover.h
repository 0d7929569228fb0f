/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets on their way to the worker to which they belong: one ring for each worker.
 *
 * It is used where ports cannot keep both directions of a connection on one queue, or where several
 * ports carry one tap. A hash of its ordered pair of endpoints says to which worker a packet goes,
 * so the packets of a connection stay in order and on one worker. A packet without a flow goes to
 * worker 0, which counts it.
 *
 * The receive core, or each worker that hands on, owns a hand-over and writes it; each worker takes
 * from its own ring.
 */
#ifndef DPDK_HANDOVER_H
#define DPDK_HANDOVER_H

#include "dpdk_receive.h"

BASE_BEGIN_DECLS

#define DPDK_HANDOVER_MAX 64

/* Whoever hands over: writes; control: reads. */
struct dpdk_handover_counters {
	uint64_t handed;  /* packets that went into the ring of the worker */
	uint64_t dropped; /* packets for which it had no room */
};

struct dpdk_handover {
	struct rte_ring *rings[DPDK_HANDOVER_MAX];
	unsigned n;
	struct {
		struct rte_mbuf *mbufs[PACKET_BURST_MAX];
		unsigned n;
	} out[DPDK_HANDOVER_MAX]; /* of this burst, by worker */
};

/*
 * Rings for so many workers, written by one core or by several. 0 or -errno; after dpdk_eal_init.
 * Control.
 */
int dpdk_handover_init(struct dpdk_handover *handover, unsigned workers, bool several);
void dpdk_handover_fini(struct dpdk_handover *handover);

/* The rings of another one, for one more core that writes them. Control. */
void dpdk_handover_share(struct dpdk_handover *handover, const struct dpdk_handover *of);

/*
 * Puts a packet behind the others that go to worker `to`; once there is a burst of them they are
 * handed over, as flush does. Whose hand-over it is, hot.
 */
void dpdk_handover_put(struct dpdk_handover *handover, struct rte_mbuf *mbuf, unsigned to,
                       struct dpdk_handover_counters *counters);

/*
 * Hands over all that was put. Packets for which a ring has no room are released. Both are counted
 * in counters[worker]. Whose hand-over it is, hot.
 */
void
dpdk_handover_flush(struct dpdk_handover *handover, struct dpdk_handover_counters *const *counters);

BASE_END_DECLS

#endif
