// SPDX-License-Identifier: BSD-3-Clause
// The engine's clock of captures: it never goes back nor past 48 bits, and UTC comes out as it went in.

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "base_atomic.h"
#include "base_timeline.h"

namespace
{

constexpr uint64_t SEC = 1000000, DAY = 86400 * SEC, YEAR = 365 * DAY;
constexpr uint64_t END = (UINT64_C(1) << 48) - 1;
constexpr uint64_t T = 1700000000 * SEC;

class BaseTimeline : public ::testing::Test
{
protected:
	std::unique_ptr<struct base_timeline> timeline{new struct base_timeline()};
	std::vector<std::pair<uint64_t, uint64_t>> given; /* on the engine's clock, and UTC */

	void begin(uint64_t real_us) { base_timeline_begin(timeline.get(), real_us); }

	/* Takes a time that is not out of order; holds it against all before it. */
	uint64_t
	take(uint64_t real_us)
	{
		uint64_t us = base_timeline_take(timeline.get(), real_us);

		EXPECT_LE(us, END);
		if (!given.empty()) {
			EXPECT_GE(us, given.back().first);
		}
		given.push_back({us, real_us});
		return us;
	}

	void
	verify()
	{
		for (const auto &[us, real_us] : given)
			EXPECT_EQ(base_timeline_real(timeline.get(), us), real_us);
	}
};

TEST_F(BaseTimeline, PassesAsItIs)
{
	begin(T);
	EXPECT_EQ(take(T), BASE_TIMELINE_ZERO_US);
	for (uint64_t later : {UINT64_C(1), SEC, DAY, 3 * DAY, YEAR, 3 * YEAR})
		EXPECT_EQ(take(T + later), BASE_TIMELINE_ZERO_US + later);
	EXPECT_EQ(timeline->n, 1u);
	verify();
}

TEST_F(BaseTimeline, OutOfOrderIsNoStepBack)
{
	begin(T);
	take(T + 10 * SEC);
	EXPECT_EQ(base_timeline_take(timeline.get(), T + 6 * SEC), BASE_TIMELINE_ZERO_US + 6 * SEC);
	EXPECT_EQ(take(T + 11 * SEC), BASE_TIMELINE_ZERO_US + 11 * SEC);
	EXPECT_EQ(timeline->n, 1u);
}

/* Both sides of the step keep their UTC, also what comes right before it. */
TEST_F(BaseTimeline, StepsBack)
{
	begin(T);
	for (uint64_t real_us : {T, T + 100 * SEC, T - DAY, T - DAY + SEC, T + 200 * SEC, T - 9 * YEAR,
	                         T - 9 * YEAR + 1, T})
		take(real_us);
	verify();
	/* out of order right after a step: not before it */
	take(T - DAY);
	EXPECT_EQ(base_timeline_take(timeline.get(), T - DAY - SEC), given.back().first);
}

/* From 1970 to 2106 in any steps: no wrap, and each silence is longer than any timer. */
TEST_F(BaseTimeline, ACenturyHasRoom)
{
	for (uint64_t step : {DAY * 32, YEAR, 10 * YEAR, 53 * YEAR}) {
		given.clear();
		begin(0);
		for (uint64_t real_us = 0; real_us < 136 * YEAR && given.size() < 40; real_us += step) {
			uint64_t before = timeline->now_us;

			take(real_us);
			if (real_us > 0) {
				EXPECT_GE(timeline->now_us - before, 30 * DAY);
			}
			take(real_us + SEC);
		}
		verify();
	}
}

/* To the end of the clock and of the pieces: times stand, nothing wraps. */
TEST_F(BaseTimeline, NothingWrapsAtTheEnd)
{
	begin(0);
	for (unsigned i = 0; i < 3 * BASE_TIMELINE_MAX; i++)
		take(i % 2 ? 0 : 100 * YEAR);
	EXPECT_EQ(timeline->n, (uint32_t)BASE_TIMELINE_MAX);
	EXPECT_EQ(base_timeline_real(timeline.get(), given.back().first), given.back().second);
	for (unsigned i = 0; i < 3000; i++)
		take(100 * YEAR + i * 30 * DAY);
	EXPECT_EQ(timeline->now_us, END);
}

/* Another thread asks for UTC while pieces are added, and while the last one changes. */
TEST_F(BaseTimeline, IsReadWhileItGrows)
{
	struct base_timeline *shared = timeline.get();
	std::atomic<uint64_t> taken_us{BASE_TIMELINE_ZERO_US};
	std::atomic<bool> stop{false};
	uint64_t asked = 0;

	begin(T);
	std::thread writer([&] {
		for (unsigned i = 1; !stop; i++) // UTC goes back by a day each time, and ends in its number
			taken_us = base_timeline_take(shared, T - i % BASE_TIMELINE_MAX * DAY);
	});
	for (; asked < 100000 || base_load_u32(&shared->n) < BASE_TIMELINE_MAX; asked++) {
		uint64_t us = taken_us, real_us = base_timeline_real(shared, us);

		ASSERT_LE(real_us, T + (us - BASE_TIMELINE_ZERO_US));
		ASSERT_EQ(base_timeline_real(shared, BASE_TIMELINE_ZERO_US), T) << "what was stays";
	}
	stop = true;
	writer.join();
}

} // namespace
