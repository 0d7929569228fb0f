// SPDX-License-Identifier: BSD-3-Clause
// Cases by themselves: their runs, and which give way when there are too many.

#include <gtest/gtest.h>

#include "endpoint_case.h"
#include "endpoint_table.h"

namespace
{

constexpr uint64_t SEC = 1000000;

class Cases
{
public:
	Cases() { EXPECT_EQ(endpoint_case_table_init(&table, MEM_PAGES_LAZY, MEM_NODE_ANY), 0); }
	~Cases() { endpoint_case_table_fini(&table); }

	/* Every case of `n` / 4 has its set: so many more than there is room for meet. */
	static uint64_t hash(uint32_t n) { return (uint64_t)(n * 7919u) << 32; }

	static flow_key
	key(uint32_t n)
	{
		return {{0, n + UINT64_C(1)}, {0, 0}, UINT64_C(80) << 48 | 6 << 1};
	}

	void
	add(uint32_t n, uint64_t now_us, unsigned trouble = REPORT_TROUBLE_REFUSED, uint32_t times = 1,
	    uint64_t amount = 0, uint32_t whole = 0, uint64_t set = UINT64_MAX)
	{
		endpoint_trouble what = {now_us, trouble, times, amount, whole};
		flow_key k = key(n);

		endpoint_case_add(&table, &k, set != UINT64_MAX ? set << 32 : hash(n), &what);
	}

	/* Zero where there is none. */
	endpoint_case
	of(uint32_t n) const
	{
		endpoint_case copy;

		for (uint32_t i = 0; i < ENDPOINT_CASES; i++)
			if (endpoint_case_copy(&table, i, &copy) && copy.server[1] == n + UINT64_C(1))
				return copy;
		return endpoint_case{};
	}

	endpoint_case_table table;
};

TEST(EndpointCase, ARunCountsUntilItIsQuiet)
{
	Cases cases;

	cases.add(1, 100 * SEC, REPORT_TROUBLE_RESET_SERVER, 1, 0, 50);
	cases.add(1, 200 * SEC, REPORT_TROUBLE_RESET_SERVER, 2, 0, 90);
	endpoint_case one = cases.of(1);
	ASSERT_EQ(one.n_runs, 1u);
	EXPECT_EQ(one.runs[0].count, 3u);
	EXPECT_EQ(one.runs[0].of, 40u) << "connections accepted since";
	EXPECT_EQ(one.runs[0].since, 100 * SEC >> ENDPOINT_CASE_TICK);
	EXPECT_EQ(one.runs[0].last, 200 * SEC >> ENDPOINT_CASE_TICK);
	cases.add(1, 330 * SEC, REPORT_TROUBLE_RESET_SERVER, 1, 0, 100);
	one = cases.of(1);
	EXPECT_EQ(one.runs[0].count, 1u) << "another run";
	EXPECT_EQ(one.runs[0].total, 4u);
	EXPECT_EQ(one.runs[0].of, 0u);
	EXPECT_EQ(one.opened, 100 * SEC >> ENDPOINT_CASE_TICK);
}

TEST(EndpointCase, AmountsByTheirKind)
{
	Cases cases;

	for (uint64_t us : {20 * SEC, 5000 * SEC, 7 * SEC})
		cases.add(1, SEC, REPORT_TROUBLE_IDLE_SILENT, 1, us);
	cases.add(1, SEC, REPORT_TROUBLE_FORGED_SERVER, 1, REPORT_FORGED_TTL);
	cases.add(1, SEC, REPORT_TROUBLE_FORGED_SERVER, 1, REPORT_FORGED_GOES);
	cases.add(1, SEC, REPORT_TROUBLE_LOST_BEFORE_CLIENT, 1, 0, 10);
	cases.add(1, SEC, REPORT_TROUBLE_LOST_BEFORE_CLIENT, 1, 0, 15);
	endpoint_case one = cases.of(1);
	ASSERT_EQ(one.n_runs, 3u);
	EXPECT_EQ(one.runs[0].amount * UINT64_C(16), 5000 * SEC);
	EXPECT_NEAR((double)one.runs[0].amount_least * 16, 7e6, 16);
	EXPECT_NEAR((double)one.runs[0].amount_sum * 16, 5027e6, 48);
	EXPECT_EQ(one.runs[1].amount, (uint32_t)(REPORT_FORGED_TTL | REPORT_FORGED_GOES));
	EXPECT_EQ(one.runs[2].of, 25u) << "segments are added up";
}

/* The amount of one that is not over yet grows, and counts when it is. */
TEST(EndpointCase, AnAmountThatGrows)
{
	Cases cases;

	cases.add(1, 1 * SEC, REPORT_TROUBLE_WINDOW_SERVER, 0, 2 * SEC);
	cases.add(1, 2 * SEC, REPORT_TROUBLE_WINDOW_SERVER, 0, 3 * SEC);
	endpoint_case one = cases.of(1);
	EXPECT_EQ(one.runs[0].count, 0u);
	EXPECT_EQ(one.runs[0].amount * UINT64_C(16), 3 * SEC);
	EXPECT_EQ(one.runs[0].amount_sum, 0u);
	EXPECT_EQ(one.runs[0].since, 1 * SEC >> ENDPOINT_CASE_TICK);
}

TEST(EndpointCase, MoreKindsThanThereIsRoomFor)
{
	Cases cases;

	for (unsigned i = 0; i < ENDPOINT_CASE_RUNS + 1; i++)
		cases.add(1, (10 + i) * SEC, i);
	endpoint_case one = cases.of(1);
	EXPECT_EQ(one.n_runs, (unsigned)ENDPOINT_CASE_RUNS);
	EXPECT_EQ(one.runs[0].trouble, (unsigned)ENDPOINT_CASE_RUNS) << "in place of the quietest";
	EXPECT_EQ(one.runs[0].count, 1u);
}

/* Who makes many cases replaces his own: the busiest stay. */
TEST(EndpointCase, TheBusiestStay)
{
	Cases cases;

	for (int i = 0; i < 100; i++)
		cases.add(1, 100 * SEC, REPORT_TROUBLE_REFUSED, 1, 0, 0, 5);
	for (uint32_t n = 2; n < 1000; n++)
		cases.add(n, 110 * SEC, REPORT_TROUBLE_REFUSED, 1, 0, 0, 5);
	EXPECT_EQ(cases.of(1).runs[0].count, 100u);
	EXPECT_EQ(cases.table.live, (uint64_t)ENDPOINT_CASE_WAYS);
	EXPECT_EQ(cases.table.replaced, 998u - (ENDPOINT_CASE_WAYS - 1));
	/* But not for ever. */
	for (uint32_t n = 2; n < 10; n++)
		cases.add(n, 5000 * SEC, REPORT_TROUBLE_REFUSED, 1, 0, 0, 5);
	EXPECT_EQ(cases.of(1).n_runs, 0u);
}

TEST(EndpointCase, KeysOfSocketAndPath)
{
	flow_key flow = {{0, 0x0504030201}, {0, 0x0908070605}, 0}, key;
	flow.rest = UINT64_C(1234) << 48 | UINT64_C(443) << 32 | 6 << 1;
	flow.a_addr[1] &= UINT32_MAX;
	flow.b_addr[1] &= UINT32_MAX;

	endpoint_case_key(&key, &flow, 1, false);
	EXPECT_EQ(key.a_addr[1], 0x08070605u);
	EXPECT_EQ(key.b_addr[1], 0u);
	EXPECT_EQ(key.rest >> 32, UINT64_C(443) << 16);
	endpoint_case_key(&key, &flow, 1, true);
	EXPECT_EQ(key.b_addr[1], 0x00030201u) << "the last byte of a network of 24 bits is zero";
	EXPECT_EQ(key.rest >> 32 & 1, 1u);
	flow.rest |= 1;
	endpoint_case_key(&key, &flow, 1, true);
	EXPECT_EQ(key.b_addr[0], flow.a_addr[0]);
	EXPECT_EQ(key.b_addr[1], 0u);
}

} // namespace
