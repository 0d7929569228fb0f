// SPDX-License-Identifier: BSD-3-Clause
// What is usual of a time, and what is slow; what the record has of a first connection.

#include <gtest/gtest.h>

#include "endpoint_more.h"

namespace
{

constexpr uint64_t MS = 1000;
constexpr uint32_t SECOND = 16; // ticks

TEST(EndpointMore, UsualIsLearntOnceASecond)
{
	endpoint_usual usual = {};
	uint32_t tick = 100;

	for (unsigned i = 0; i < ENDPOINT_USUAL_MIN; i++, tick += SECOND) {
		EXPECT_EQ(endpoint_more_usual_us(&usual), 0u);
		EXPECT_FALSE(endpoint_more_is_slow(&usual, i == 3 ? 900 * MS : 10 * MS, tick));
	}
	EXPECT_NEAR((double)endpoint_more_usual_us(&usual), 12e3, 4e3) << "one of them was slow";
	/* However many come in a second, the usual goes on as before. */
	for (int i = 0; i < 100000; i++)
		endpoint_more_is_slow(&usual, 100 * MS, tick);
	EXPECT_LT(endpoint_more_usual_us(&usual), 20 * MS);
	for (unsigned i = 0; i < 60; i++, tick += SECOND)
		EXPECT_TRUE(endpoint_more_is_slow(&usual, 150 * MS, tick)) << "a minute long";
}

TEST(EndpointMore, SlowIsFourTimesTheUsualAndNoTrifle)
{
	endpoint_usual usual = {};
	uint32_t tick = 100;

	for (unsigned i = 0; i < 50; i++, tick += SECOND)
		endpoint_more_is_slow(&usual, 1 * MS, tick);
	EXPECT_FALSE(endpoint_more_is_slow(&usual, 19 * MS, tick));
	EXPECT_TRUE(endpoint_more_is_slow(&usual, 21 * MS, tick));
	for (unsigned i = 0; i < 3000; i++, tick += SECOND)
		endpoint_more_is_slow(&usual, 100 * MS, tick);
	EXPECT_FALSE(endpoint_more_is_slow(&usual, 300 * MS, tick)) << "it has become the usual";
	EXPECT_TRUE(endpoint_more_is_slow(&usual, 500 * MS, tick));
	endpoint_more_is_slow(&usual, 0, tick);
	endpoint_more_is_slow(&usual, UINT64_MAX, tick);
}

TEST(EndpointMore, TheFirstConnection)
{
	endpoint_more more = {};

	endpoint_more_first(&more, report_times_place(500) + 1, REPORT_END_RST);
	EXPECT_EQ(more.handshake[report_times_place(500)], 1u);
	EXPECT_EQ(more.ended[REPORT_END_RST], 1u);
	endpoint_more_time(more.handshake, &more.handshake_sum_us, 600);
	EXPECT_EQ(more.handshake[report_times_place(600)], report_times_place(600) == report_times_place(500) ? 2u : 1u);
	endpoint_more none = {};
	endpoint_more_first(&none, 0, REPORT_END_NONE);
	EXPECT_EQ(none.handshake_sum_us, 0u);
}

} // namespace
