// SPDX-License-Identifier: BSD-3-Clause
// The two clocks are the kernel's, in microseconds.

#include <ctime>

#include <gtest/gtest.h>

#include "base_clock.h"

namespace
{

uint64_t
microseconds(clockid_t clock)
{
	timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* The kernel's clock is read before and after. */
TEST(BaseClock, Microseconds)
{
	uint64_t before = microseconds(CLOCK_MONOTONIC), mono = base_clock_mono_us();

	EXPECT_LE(before, mono);
	EXPECT_LE(mono, microseconds(CLOCK_MONOTONIC));
	before = microseconds(CLOCK_REALTIME);
	const uint64_t real = base_clock_real_us();
	EXPECT_LE(before, real);
	EXPECT_LE(real, microseconds(CLOCK_REALTIME));
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
