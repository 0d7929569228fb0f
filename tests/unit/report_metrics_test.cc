// SPDX-License-Identifier: BSD-3-Clause
// The places of a histogram of times: a bound belongs to the place that it ends.

#include <gtest/gtest.h>

#include "report_metrics.h"

namespace
{

TEST(ReportTimes, ABoundIsTheLastOfItsPlace)
{
	EXPECT_EQ(report_times_place(0), 0u);
	EXPECT_EQ(report_times_place(1), 0u);
	for (unsigned i = 0; i < REPORT_TIMES_BOUNDS; i++) {
		const uint64_t bound = UINT64_C(1) << (i + REPORT_TIMES_FIRST);

		EXPECT_EQ(report_times_place(bound), i);
		EXPECT_EQ(report_times_place(bound + 1), i + 1);
		EXPECT_EQ(report_times_place(bound - 1), i);
	}
	EXPECT_EQ(report_times_place(UINT64_MAX), (unsigned)REPORT_TIMES_BOUNDS);
}

} // namespace
