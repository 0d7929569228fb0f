/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * From the receive core to the workers: one ring for each worker, single producer and single
 * consumer.
 *
 * It is used where ports cannot keep both directions of a connection on one queue, or where several
 * ports carry one tap. A hash of its ordered pair of endpoints says to which worker a packet goes,
 * so the packets of a connection stay in order and on one worker. A packet without a flow goes to
 * worker 0, which counts it.
 *
 * The receive core owns the hand-over and writes it; each worker takes from its own ring.
 */
#ifndef DPDK_HANDOVER_H
#define DPDK_HANDOVER_H

#include "dpdk_receive.h"

BASE_BEGIN_DECLS

#define DPDK_HANDOVER_MAX 64

/* Receive core: writes; control: reads. */
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

/* 0 or -errno; after dpdk_eal_init. Control. */
int dpdk_handover_init(struct dpdk_handover *handover, unsigned workers);
void dpdk_handover_fini(struct dpdk_handover *handover);

/*
 * Hands over a whole burst: to[i] is the worker of packet i. Packets for which a ring has no room
 * are released. Both are counted in counters[worker]. The burst is empty afterwards. Receive core,
 * hot.
 */
void dpdk_handover_burst(struct dpdk_handover *handover, struct dpdk_burst *burst,
                         const uint8_t *to, struct dpdk_handover_counters *const *counters);

BASE_END_DECLS

#endif
