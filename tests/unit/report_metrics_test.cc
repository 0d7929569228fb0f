// SPDX-License-Identifier: BSD-3-Clause
// The median of a histogram.

#include <gtest/gtest.h>

#include "report_metrics.h"

namespace
{

TEST(ReportMetrics, Median)
{
	report_times times = {};

	EXPECT_EQ(report_times_median_us(&times), 0u);
	times.count[0] = 1;
	EXPECT_EQ(report_times_median_us(&times), 64u) << "at most";
	times.count[0] = 0;
	times.count[report_times_place(1000)] = 3;
	EXPECT_GT(report_times_median_us(&times), 512u);
	EXPECT_LE(report_times_median_us(&times), 1024u);
	times.count[report_times_place(3000000)] = 2;
	EXPECT_LE(report_times_median_us(&times), 1024u);
	times.count[report_times_place(3000000)] = 4;
	EXPECT_GT(report_times_median_us(&times), 1000000u);
	times.count[REPORT_TIMES_BOUNDS] = 1000;
	EXPECT_GT(report_times_median_us(&times), 4000000u);
}

} // namespace
