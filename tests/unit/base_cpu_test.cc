// SPDX-License-Identifier: BSD-3-Clause
// The counter of cycles: it goes on and never back. A loop that waits gets what it waits for.

#include <thread>

#include <gtest/gtest.h>

#include "base_cpu.h"

namespace
{

TEST(BaseCpu, CountsOnAndNeverBack)
{
	const uint64_t first = base_cpu_cycles();
	uint64_t last = first;

	for (int i = 0; i < 100000; i++) {
		uint64_t now = base_cpu_cycles();

		ASSERT_GE(now, last) << i;
		last = now;
	}
	EXPECT_GT(last, first);
}

TEST(BaseCpu, PausesWhileAnotherThreadWorks)
{
	uint32_t done = 0;
	std::thread other([&] { __atomic_store_n(&done, 1, __ATOMIC_RELEASE); });

	while (!__atomic_load_n(&done, __ATOMIC_ACQUIRE))
		base_cpu_pause();
	other.join();
	EXPECT_EQ(done, 1u);
}

} // namespace
