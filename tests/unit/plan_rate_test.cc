// SPDX-License-Identifier: BSD-3-Clause
// Rates as people write them, and what is counted on of what was measured.

#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <sstream>
#include <string>

#include "conf.h"
#include "plan_rate.h"

namespace
{

struct Case {
	const char *text;
	uint64_t packets_sec;
	uint64_t bits_sec;
	uint32_t frame_bytes;
};

TEST(PlanRate, PacketsOrBitsOfTheWire)
{
	const Case cases[] = {
	    {"1", 1, 0, 0},
	    {"250k", 250000, 0, 0},
	    {"10M", 10000000, 0, 0},
	    {"10m", 10000000, 0, 0},
	    {"14.88Mpps", 14880000, 0, 0},
	    {"14.88MPPS", 14880000, 0, 0},
	    {"0.5M", 500000, 0, 0},
	    {"2Gp/s", 2000000000, 0, 0},
	    // 10 Gbit/s carry 14.88 million of the shortest frames; the textbook's figure
	    {"10Gbit", 14880952, 10000000000, 64},
	    {"10Gbps", 14880952, 10000000000, 64},
	    {"10Gbit/s@1518", 812744, 10000000000, 1518},
	    {"25Gbit@512", 5874060, 25000000000, 512},
	    {"100Gbit@16384", 762009, 100000000000, 16384},
	};

	for (const Case &one : cases) {
		plan_rate rate;
		const char *why;

		ASSERT_EQ(plan_rate_parse(one.text, &rate, &why), 0) << one.text << ": " << why;
		EXPECT_NEAR((double)rate.packets_sec, (double)one.packets_sec, 1) << one.text;
		EXPECT_EQ(rate.bits_sec, one.bits_sec) << one.text;
		EXPECT_EQ(rate.frame_bytes, one.frame_bytes) << one.text;
	}
}

TEST(PlanRate, AnythingElseIsRefusedWithAReason)
{
	for (const char *text : {"", "M", "abc", "-1", "+1", " 1", "1 ", "1T", "10 M", "10Mpp", "10Mppss",
	                         "1e6", "0x10", "inf", "nan", ".5M", "0", "0.0", "0.4", "10M@512", "10M@",
	                         "10Gbit@", "10Gbit@63", "10Gbit@16385", "10Gbit@-64", "10Gbit@64x",
	                         "10Gbit@ 64", "10Gbit@64@64", "1bit", "99999999999999999999G", "1.2.3M"}) {
		plan_rate rate;
		const char *why = nullptr;

		EXPECT_NE(plan_rate_parse(text, &rate, &why), 0) << text;
		ASSERT_NE(why, nullptr);
		EXPECT_GT(strlen(why), 10u) << text;
	}
}

/* Larger tables are slower, and the largest there can be has its row. */
TEST(PlanRate, EachTableHasARateAndLargerOnesALowerOne)
{
	uint32_t before = UINT32_MAX;

	for (uint64_t flows : {1u, 1u << 20, 4u << 20, (4u << 20) + 1, CONF_FLOWS_WORKER}) {
		const plan_measured *measured = plan_rate_worker(flows);

		ASSERT_NE(measured, nullptr) << flows;
		EXPECT_GE(measured->flows_max, flows);
		EXPECT_LE(measured->packets_sec, before);
		before = measured->packets_sec;
		EXPECT_EQ(plan_rate_counted(measured), measured->packets_sec / 2);
	}
	EXPECT_LT(before, plan_rate_worker(1)->packets_sec);
	EXPECT_EQ(plan_rate_worker((uint64_t)CONF_FLOWS_WORKER + 1), nullptr);
}

/* The row of docs/performance.md that begins with these two cells; its third one as packets. */
uint32_t
page_figure(const std::string &way, const std::string &source, int column)
{
	std::ifstream page(SPANSTAT_SOURCE_ROOT "/docs/performance.md");
	const std::string head = "| " + way + " | " + source + " |";

	for (std::string line, cell; std::getline(page, line);)
		if (line.compare(0, head.size(), head) == 0) {
			std::istringstream cells(line.substr(head.size()));

			for (int i = 0; i <= column; i++)
				std::getline(cells, cell, '|');
			return (uint32_t)(std::stod(cell) * 1e6 + 0.5);
		}
	return 0;
}

/* A figure that changes there changes here. */
TEST(PlanRate, TheFiguresAreThoseOfThePage)
{
	EXPECT_EQ(plan_rate_worker(1)->packets_sec, page_figure("vhost", "churn", 0));
	EXPECT_EQ(plan_rate_receiver.packets_sec, page_figure("memif-client", "capture", 1));
}

} // namespace
