// SPDX-License-Identifier: BSD-3-Clause
// Counters of trouble: each exact, in the end or in its record; and the pool of records.

#include <random>

#include <gtest/gtest.h>

#include "entry_fixture.h"

namespace
{

/* In any order, each trouble is counted once, in the end or in its record, and disturbs nothing. */
TEST(EntryTrouble, TroubleOfEveryKindIsExact)
{
	static const unsigned kinds[] = {TCP_RETRANSMISSION, TCP_OUT_OF_ORDER, TCP_GAP, TCP_GAP_PEER,
	                                 TCP_OUT_OF_ORDER | TCP_LOST,
	                                 TCP_RETRANSMISSION | TCP_NEEDLESS};
	std::mt19937 rng(1);

	for (unsigned seed = 0; seed < 300; seed++) {
		entry_counts want[2] = {};
		Counted c;
		uint64_t copies = 0;

		c.e->more[0].mss = 1460;
		c.e->more[1].mss = 65535;
		for (unsigned i = rng() % 80; i > 0; i--) {
			unsigned end = rng() & 1, kind = kinds[rng() % 6];
			uint32_t old_bytes = rng() % (seed % 3 == 0 ? 3000 : 40);

			if (seed % 7 == 0 && i % 10 == 0)
				old_bytes = UINT32_MAX;
			entry_count_segment(&c.pool, c.e, end, kind, old_bytes);
			want[end].retransmitted += !!(kind & TCP_RETRANSMISSION);
			want[end].retransmitted_bytes += kind & TCP_RETRANSMISSION ? old_bytes : 0;
			want[end].needless += !!(kind & TCP_NEEDLESS);
			want[end].out_of_order += !!(kind & TCP_OUT_OF_ORDER);
			want[end].lost += !!(kind & TCP_LOST);
			want[end].gaps += kind == TCP_GAP;
			want[!end].gaps += kind == TCP_GAP_PEER;
			for (; i % 4 == 0 && copies < i; copies++)
				entry_count_copy(&c.pool, c.e, end);
			c.packet_of(end, 100);
			want[end].packets++;
		}
		entry_trouble trouble[2] = {};
		for (unsigned end = 0; end < 2; end++) {
			entry_counts sums = c.counts(end);
			uint32_t number = entry_trouble_number(c.e, end);

			EXPECT_EQ(sums.retransmitted, want[end].retransmitted);
			EXPECT_EQ(sums.retransmitted_bytes, want[end].retransmitted_bytes);
			EXPECT_EQ(sums.out_of_order, want[end].out_of_order);
			EXPECT_EQ(sums.gaps, want[end].gaps);
			EXPECT_EQ(sums.lost, want[end].lost);
			EXPECT_EQ(sums.needless, want[end].needless);
			EXPECT_EQ(sums.packets, want[end].packets);
			EXPECT_EQ(sums.bytes, want[end].packets * 100);
			EXPECT_EQ(sums.mss, end ? 65535u : 1460u);
			if (number != ENTRY_TROUBLE_NONE)
				trouble[end] = *entry_trouble_record(&c.pool, number);
		}
		EXPECT_EQ(entry_count_copies(c.e, trouble), copies);
		EXPECT_LE(c.pool.taken, 2u);
		EXPECT_EQ(c.pool.refused, 0u);
	}
}

/* How often a window was closed, and for how long, whatever else the end counts. */
TEST(EntryTrouble, ClosedWindows)
{
	Counted c;

	EXPECT_EQ(entry_count_window(&c.pool, c.e, 1, TCP_WINDOW_CLOSED, 1000), 0u) << "it closes";
	EXPECT_EQ(entry_count_window(&c.pool, c.e, 1, TCP_WINDOW_CLOSED, 1500), 500u) << "and stays so";
	EXPECT_EQ(c.counts(1).zero_windows, 1u);
	EXPECT_EQ(c.counts(1).closed_at_us, 1000u);
	entry_count_segment(&c.pool, c.e, 1, TCP_RETRANSMISSION, 10);
	EXPECT_EQ(entry_count_window(&c.pool, c.e, 1, TCP_WINDOW_OPENED, 3000), 2000u);
	EXPECT_EQ(c.counts(1).closed_at_us, 0u);
	EXPECT_EQ(entry_count_window(&c.pool, c.e, 1, TCP_WINDOW_OPENED, 4000), 0u) << "it was open";
	entry_count_window(&c.pool, c.e, 1, TCP_WINDOW_CLOSED, 5000);
	EXPECT_EQ(entry_count_window(&c.pool, c.e, 1, TCP_WINDOW_OPENED, 5100), 100u);
	EXPECT_EQ(c.counts(1).zero_windows, 2u);
	EXPECT_EQ(c.counts(1).closed_us, 2100u);
	EXPECT_EQ(c.counts(1).retransmitted, 1u);
	EXPECT_EQ(c.counts(0).zero_windows + c.counts(0).closed_us, 0u);
}

/* Every number that a record may have fits into the end. */
TEST(EntryTrouble, NumbersOfRecords)
{
	Counted c;
	const uint32_t most = FLOW_CAPACITY_MAX / ENTRY_TROUBLE_SHARE;
	static entry_trouble_pool large;

	ASSERT_EQ(entry_trouble_pool_init(&large, FLOW_CAPACITY_MAX, MEM_PAGES_LAZY, MEM_NODE_ANY), 0);
	ASSERT_EQ(large.capacity, most);
	for (uint32_t number : {0u, 1u, 0x3fffu, 0x4000u, 0x1ffffu, 0x20000u, most - 1}) {
		entry e = {};

		large.used = number;
		e.more[1].mss = 65535;
		e.end[1].state = 15;
		ASSERT_NE(entry_trouble_take(&large, &e, 1), nullptr);
		EXPECT_EQ(entry_trouble_number(&e, 1), number);
		EXPECT_EQ(entry_trouble_number(&e, 0), ENTRY_TROUBLE_NONE);
		EXPECT_EQ(e.more[1].mss, 65535u);
		EXPECT_EQ(e.end[1].packets + e.end[1].bytes + e.end[1].payload_high, 0u);
		EXPECT_EQ(e.end[1].state, 15u);
		EXPECT_EQ(e.more[1].rtt + e.more[1].handshake + e.more[1].held, 0u);
	}
	entry e = {};
	EXPECT_EQ(entry_trouble_take(&large, &e, 0), nullptr) << "all are given";
	EXPECT_EQ(large.refused, 1u);
	EXPECT_FALSE(entry_trouble_has(&e, 0));
	entry_trouble_pool_fini(&large);
}

} // namespace
