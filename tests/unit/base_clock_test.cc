// SPDX-License-Identifier: BSD-3-Clause
// The two clocks run at one pace, and theirs is the microsecond.

#include <ctime>

#include <gtest/gtest.h>

#include "base_clock.h"

namespace
{

TEST(BaseClock, Microseconds)
{
	const uint64_t mono = base_clock_mono_us(), real = base_clock_real_us();
	const timespec pause = {0, 20000000};

	nanosleep(&pause, nullptr);
	EXPECT_GE(base_clock_mono_us() - mono, 20000u);
	EXPECT_LT(base_clock_mono_us() - mono, 5000000u);
	EXPECT_NEAR((double)(base_clock_real_us() - real), (double)(base_clock_mono_us() - mono), 1e5);
	EXPECT_NEAR((double)base_clock_real_us() / 1e6, (double)time(nullptr), 2);
}

TEST(BaseClock, NeverGoesBack)
{
	uint64_t last = 0;

	for (int i = 0; i < 100000; i++) {
		uint64_t now = base_clock_mono_us();

		ASSERT_GE(now, last);
		last = now;
	}
}

} // namespace
