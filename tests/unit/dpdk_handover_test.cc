// SPDX-License-Identifier: BSD-3-Clause
// Rings between cores: what several loops put in comes out once, by the worker that it is for, and what had
// no room is counted and goes back; all of it while the control core reads the counters.

#include <atomic>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <rte_mbuf.h>
#include <rte_ring.h>

#include "base_atomic.h"
#include "dpdk_handover.h"
#include "mbufs.h"

namespace
{

using support::mbufs;

constexpr unsigned WORKERS = 2, LOOPS = 2;
constexpr uint64_t PACKETS = 50000; // of each loop

/* Puts packets into the rings by turns; counters[w] is its own, of worker w. */
void
put(struct dpdk_handover *handover, struct dpdk_handover_counters *counters)
{
	dpdk_handover_counters *const each[WORKERS] = {&counters[0], &counters[1]};

	for (uint64_t n = 0; n < PACKETS;) {
		rte_mbuf *mbuf = rte_pktmbuf_alloc(mbufs());

		if (mbuf == nullptr)
			continue;
		mbuf->pkt_len = n % WORKERS & 1;
		dpdk_handover_put(handover, mbuf, mbuf->pkt_len, &counters[mbuf->pkt_len]);
		if (++n % 100 == 0)
			dpdk_handover_flush(handover, each);
	}
	dpdk_handover_flush(handover, each);
}

/* Takes what is in the ring of a worker, until `over` and the ring is empty. Returns how many. */
uint64_t
take(rte_ring *ring, unsigned worker, const std::atomic<bool> &over)
{
	struct dpdk_burst burst;
	uint64_t taken = 0;

	for (;;) {
		bool last = over;
		unsigned n = dpdk_receive_ring(&burst, ring);

		for (unsigned i = 0; i < n; i++)
			EXPECT_EQ(burst.mbufs[i]->pkt_len, worker);
		dpdk_receive_release(&burst);
		taken += n;
		if (n == 0 && last)
			return taken;
	}
}

TEST(DpdkHandover, CountedWhileItIsRead)
{
	static struct dpdk_handover handover[LOOPS];
	dpdk_handover_counters counters[LOOPS][WORKERS] = {};
	std::atomic<bool> over{false};
	std::atomic<unsigned> going{LOOPS};
	uint64_t taken[WORKERS] = {}, before = 0, now;
	std::vector<std::thread> loops, workers;

	ASSERT_NE(mbufs(), nullptr);
	ASSERT_EQ(dpdk_handover_init(&handover[0], WORKERS, true), 0);
	dpdk_handover_share(&handover[1], &handover[0]);
	for (unsigned w = 0; w < WORKERS; w++)
		workers.emplace_back([&, w] { taken[w] = take(handover[0].rings[w], w, over); });
	for (unsigned i = 0; i < LOOPS; i++)
		loops.emplace_back([&, i] {
			put(&handover[i], counters[i]);
			going--;
		});
	while (going > 0) {
		now = 0;
		for (const auto &of_loop : counters)
			for (const dpdk_handover_counters &one : of_loop)
				now += base_load_u64(&one.handed) + base_load_u64(&one.dropped);
		EXPECT_GE(now, before);
		before = now;
	}
	for (std::thread &loop : loops)
		loop.join();
	over = true;
	for (unsigned w = 0; w < WORKERS; w++) {
		workers[w].join();
		EXPECT_EQ(taken[w], counters[0][w].handed + counters[1][w].handed);
		EXPECT_EQ(counters[0][w].handed + counters[0][w].dropped, PACKETS / WORKERS);
	}
	EXPECT_EQ(rte_mempool_avail_count(mbufs()), 16383u) << "no mbuf is lost";
	dpdk_handover_fini(&handover[0]);
}

} // namespace
