// SPDX-License-Identifier: BSD-3-Clause
// What goes wrong for a while, in the log: when lines come, and what they say. The clock is the test's.

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "condition.h"

namespace
{

constexpr uint64_t SEC = 1000000;

class Condition : public testing::Test
{
protected:
	Condition()
	{
		stats->n_ports = stats->n_workers = 2;
		strcpy(stats->ports[0].name, "eth0");
		strcpy(stats->ports[1].name, "eth1");
		condition_init(
		    table.get(),
		    [](void *ctx, enum base_log_level level, const char *text) {
			    auto *lines = static_cast<std::vector<std::string> *>(ctx);
			    lines->push_back((level == BASE_LOG_WARNING ? "W " : "I ") + std::string(text));
		    },
		    &lines);
	}

	/* One turn a second, in each of which the counter grows by so many. Returns the new lines. */
	std::vector<std::string>
	turns(unsigned seconds, uint64_t &counter, uint64_t by)
	{
		const size_t before = lines.size();

		for (unsigned i = 0; i < seconds; i++) {
			now_us += SEC;
			counter += by;
			condition_turn(table.get(), stats.get(), now_us);
		}
		return { lines.begin() + static_cast<long>(before), lines.end() };
	}

	using Lines = std::vector<std::string>;

	std::unique_ptr<report_stats> stats = std::make_unique<report_stats>();
	std::unique_ptr<condition_table> table = std::make_unique<condition_table>();
	std::vector<std::string> lines;
	uint64_t now_us = 1;
};

TEST_F(Condition, BeginsLastsEnds)
{
	uint64_t &missed = stats->ports[1].missed;
	const std::string what = " port eth1: packets lost before they were received: ";

	EXPECT_EQ(turns(100, missed, 0), Lines());
	EXPECT_EQ(turns(1, missed, 7), Lines{ "W" + what + "7, 7 since the start" });
	EXPECT_EQ(turns(59, missed, 2), Lines());
	EXPECT_EQ(turns(1, missed, 2), Lines{ "W" + what + "120 in 60 s, 127 in the 60 s that it lasts" });
	EXPECT_EQ(turns(59, missed, 1), Lines());
	EXPECT_EQ(turns(1, missed, 1), Lines{ "W" + what + "60 in 60 s, 187 in the 120 s that it lasts" });
	EXPECT_EQ(turns(9, missed, 0), Lines());
	EXPECT_EQ(turns(1, missed, 0), Lines{ "I" + what + "over, 187 in 121 s" });
	EXPECT_EQ(turns(1000, missed, 0), Lines());
}

TEST_F(Condition, WhatWasLostBeforeTheFirstTurnIsSaid)
{
	stats->flows_refused = 5;
	EXPECT_EQ(turns(1, stats->flows_refused, 0),
	          Lines{ "W connections refused, for the table is full: 5, 5 since the start" });
}

TEST_F(Condition, EachHasItsOwn)
{
	struct {
		uint64_t *counter;
		const char *begin;
	} of[] = {
		{ &stats->ports[0].missed, "W port eth0: packets lost before they were received: " },
		{ &stats->ports[1].missed, "W port eth1: packets lost before they were received: " },
		{ &stats->ports[0].no_buffer, "W port eth0: packets that found no buffer: " },
		{ &stats->ports[1].stalled_sec, "W port eth1: seconds in which packets arrived " },
		{ &stats->workers[0].dropped, "W worker 0: packets lost, for its ring was full: " },
		{ &stats->workers[1].dropped, "W worker 1: packets lost, for its ring was full: " },
		{ &stats->flows_evicted, "W connections forgotten for room: " },
		{ &stats->flows_refused, "W connections refused, " },
		{ &stats->events_lost, "W events lost, " },
	};

	for (auto &one : of) {
		Lines got = turns(1, *one.counter, 1);

		ASSERT_EQ(got.size(), 1u) << one.begin;
		EXPECT_EQ(got[0].rfind(one.begin, 0), 0u) << got[0];
		EXPECT_NE(got[0].find(": 1, 1 since the start"), std::string::npos) << got[0];
	}
	EXPECT_EQ(turns(10, stats->flows_refused, 0).size(), 9u) << "each ends";
}

/* One that comes and goes all day long: about a line a minute, and no packet is left out. */
TEST_F(Condition, ComesAndGoes)
{
	uint64_t &dropped = stats->workers[0].dropped, ended = 0;

	for (unsigned i = 0; i < 240; i++) {
		turns(1, dropped, 3);
		turns(14, dropped, 0);
	}
	turns(60, dropped, 0);
	EXPECT_LE(lines.size(), 3600u / 60 + 4);
	EXPECT_GE(lines.size(), 3600u / 60 - 2);
	for (const std::string &line : lines)
		if (line.find("over, ") != std::string::npos)
			ended += std::stoull(line.substr(line.find("over, ") + 6));
	EXPECT_EQ(ended, dropped);
	turns(1, dropped, 1);
	EXPECT_EQ(turns(60, dropped, 0).size(), 1u);
}

TEST_F(Condition, ACounterThatGoesBack)
{
	turns(1, stats->flows_evicted, 100);
	stats->flows_evicted = 10;
	EXPECT_EQ(turns(1, stats->flows_evicted, 0), Lines());
	EXPECT_EQ(turns(1, stats->flows_evicted, 5), Lines());
	EXPECT_EQ(turns(10, stats->flows_evicted, 0),
	          Lines{ "I connections forgotten for room: over, 5 in 3 s" });
}

TEST_F(Condition, ManyPortsWithLongNames)
{
	uint64_t none = 0;

	stats->n_ports = stats->n_workers = 4000000000u;
	memset(stats->ports[REPORT_PORTS_MAX - 1].name, 'x', REPORT_NAME_MAX);
	stats->ports[REPORT_PORTS_MAX - 1].missed = UINT64_MAX;
	Lines got = turns(1, none, 0);

	ASSERT_EQ(got.size(), 1u);
	EXPECT_NE(got[0].find("18446744073709551615, 18446744073709551615 since the start"), std::string::npos);
}

} // namespace
