/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which worker a packet belongs to, and the rings by which it gets there.
 *
 * Overview. Both directions of a connection and all fragments of a datagram have to meet in one
 * worker, the owner. The receive core chooses for every packet, by a keyed hash of the innermost
 * flow's ordered pair of endpoints. A worker with a queue of a NIC keeps what the NIC put there
 * rightly, which is what its hash (dpdk_rss.h) of the innermost flow gives to this queue. The rest
 * it hands on, for the NIC has looked at the outer headers only.
 *
 * Fragments. A later one goes where its first went. One whose first has not come is held, and goes
 * behind it; after half a second, or when too many are held, it goes on without. A NIC may put the
 * first and the later ones into different queues, so one of the workers, by a number that all
 * fragments of a datagram share, is the place where they meet: it sees all of them, and hands them
 * on to their owner.
 *
 *	queue -> fragment -> the worker where the datagram meets -> its owner -> engine
 *	      \-> any other packet -----------------------------^
 *
 * What a ring brings has to go to the place where it meets, or has arrived; the mbuf says which.
 *
 * Life. Made before the loops start, ended after they have.
 *
 * Who writes and who reads. The loop that owns it. Rings may have many producers.
 *
 * Cost. The receive core: as before. A worker: two loads for each packet, as for counting strays.
 */
#ifndef STEER_H
#define STEER_H

#include "dpdk_handover.h"
#include "dpdk_rss.h"
#include "flow_hash.h"
#include "fragment.h"

BASE_BEGIN_DECLS

#define STEER_HELD_MAX 64

/* A later fragment that came before its first. */
struct steer_held {
	struct rte_mbuf *mbuf;
	uint64_t name;
	uint64_t since_us;
	uint16_t piece; /* where it begins in its datagram */
};

struct steer {
	unsigned n_workers;
	unsigned
	    me; /* the worker whose own packets stay in the burst; n_workers: the receive core */
	const struct dpdk_rss *rss;     /* a worker's port; NULL: the receive core */
	struct flow_hash_secret secret; /* the receive core's choice; not that of any table */
	struct dpdk_handover handover;
	struct fragment_table *fragments;
	unsigned n_held;
	struct steer_held held[STEER_HELD_MAX];
};

/*
 * For worker `me`, or for the receive core: rss NULL. Its hand-over is made by the caller. 0 or
 * -errno. Control.
 */
int steer_init(struct steer *steer, unsigned n_workers, unsigned me, const struct dpdk_rss *rss);
void steer_fini(struct steer *steer);

/*
 * Hands on those packets of a queue's burst, which were decoded, that belong to others. Returns how
 * many stay: the first of packets[], in their order, whose mbufs stay in the burst. `found` is what
 * decode_burst said. counters[w] is this loop's, of what it gives to worker w. Its loop, hot.
 */
unsigned
steer_burst(struct steer *steer, struct dpdk_burst *burst, struct packet *packets, unsigned found,
            uint64_t now_us, struct dpdk_handover_counters *const *counters);

/*
 * The same for a burst from the ring of a worker, if decode_burst found fragments in it: those that
 * were sent here to meet go on to their owner. Its loop.
 */
unsigned steer_ring(struct steer *steer, struct dpdk_burst *burst, struct packet *packets,
                    uint64_t now_us, struct dpdk_handover_counters *const *counters);

/* Those that were held for too long go on. Its loop, when it has time. */
void
steer_expire(struct steer *steer, uint64_t now_us, struct dpdk_handover_counters *const *counters);

BASE_END_DECLS

#endif
