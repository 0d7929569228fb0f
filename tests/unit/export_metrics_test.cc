// SPDX-License-Identifier: BSD-3-Clause
// The metrics as a whole: each family once, with all of its samples behind it, and the numbers that
// went in. tests/metrics holds a real scrape against the documentation and against promtool.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <set>
#include <sstream>

#include "evbuffer_text.h"
#include "export_metrics.h"

namespace
{

class ExportMetrics : public ::testing::Test
{
protected:
	ExportMetrics()
	{
		known.name = "tap \"one\"";
		known.version = "1.2";
		known.stats = stats.get();
		known.metrics = &metrics;
		known.checks = checks;
		known.found = found.get();
		stats->n_workers = 2;
		stats->n_ports = 2;
		stats->n_verdicts = 2;
		strcpy(stats->verdict_names[0], "tracked");
		strcpy(stats->verdict_names[1], "not-ip");
		strcpy(stats->ports[0].name, "eth1");
		strcpy(stats->ports[1].name, "eth2");
	}

	std::string
	text()
	{
		support::Buffer out;

		export_metrics_write(out, &known);
		return out.text();
	}

	bool
	has(const std::string &line)
	{
		return text().find("\n" + line + "\n") != std::string::npos;
	}

	std::unique_ptr<report_stats> stats{new report_stats()};
	std::unique_ptr<export_found> found{new export_found()};
	report_metrics metrics = {};
	digest_check checks[2] = {};
	export_known known = {};
};

TEST_F(ExportMetrics, EachFamilyStandsOnceBeforeItsSamples)
{
	std::istringstream lines(text());
	std::set<std::string> families;
	std::string line, family;

	found->walks = 1;
	while (std::getline(lines, line)) {
		if (line.compare(0, 7, "# HELP ") == 0) {
			family = line.substr(7, line.find(' ', 7) - 7);
			EXPECT_TRUE(families.insert(family).second) << line;
			EXPECT_GT(line.size(), family.size() + 8) << "it says what it is";
			EXPECT_EQ(line.back(), '.') << line;
		} else if (line.compare(0, 7, "# TYPE ") == 0) {
			EXPECT_EQ(line.substr(7, line.find(' ', 7) - 7), family);
		} else {
			EXPECT_EQ(line.compare(0, family.size(), family), 0) << line;
		}
	}
	EXPECT_GT(families.size(), 60u);
	EXPECT_TRUE(std::all_of(families.begin(), families.end(),
	                        [](const std::string &name) { return name.compare(0, 9, "spanstat_") == 0; }));
}

TEST_F(ExportMetrics, NumbersAreThoseThatWentIn)
{
	stats->workers[1].received = 77;
	stats->ports[1].missed = 78;
	stats->ports[1].state = REPORT_PORT_UP;
	stats->verdicts[1] = 79;
	stats->dropped_worker = 80;
	stats->flows_server_state[REPORT_CLOSE_WAIT] = 81;
	stats->uptime_us = 1500000;
	metrics.outcomes[REPORT_OUTCOME_UNREACHABLE] = 82;
	metrics.ended[REPORT_END_EVICTED] = 83;
	for (const char *line :
	     {"spanstat_worker_packets_total{worker=\"1\"} 77",
	      "spanstat_port_packets_missed_total{port=\"eth2\"} 78", "spanstat_port_up{port=\"eth2\"} 1",
	      "spanstat_port_up{port=\"eth1\"} 0", "spanstat_packets_total{verdict=\"not-ip\"} 79",
	      "spanstat_packets_dropped_total{at=\"worker\"} 80",
	      "spanstat_flow_ends{state=\"CLOSE_WAIT\",end=\"server\"} 81", "spanstat_uptime_seconds 1.500000",
	      "spanstat_connections_total{outcome=\"unreachable\"} 82",
	      "spanstat_connections_ended_total{cause=\"evicted\"} 83",
	      "spanstat_info{name=\"tap \\\"one\\\"\",version=\"1.2\"} 1"})
		EXPECT_TRUE(has(line)) << line << "\n" << text();
}

TEST_F(ExportMetrics, AHistogramAddsUp)
{
	metrics.handshake[1].count[0] = 3;
	metrics.handshake[1].count[1] = 4;
	metrics.handshake[1].count[REPORT_TIMES_BOUNDS] = 5;
	metrics.handshake[1].sum_us = 21000001;
	for (const char *line : {"spanstat_handshake_seconds_bucket{end=\"server\",le=\"0.000064\"} 3",
	                         "spanstat_handshake_seconds_bucket{end=\"server\",le=\"0.000128\"} 7",
	                         "spanstat_handshake_seconds_bucket{end=\"server\",le=\"4.194304\"} 7",
	                         "spanstat_handshake_seconds_bucket{end=\"server\",le=\"+Inf\"} 12",
	                         "spanstat_handshake_seconds_sum{end=\"server\"} 21.000001",
	                         "spanstat_handshake_seconds_count{end=\"server\"} 12"})
		EXPECT_TRUE(has(line)) << line;
}

TEST_F(ExportMetrics, HealthIsAGradeForEachCheck)
{
	known.n_checks = 2;
	checks[0].word = "port-link";
	strcpy(checks[0].of, "eth1");
	checks[0].grade = DIGEST_CRITICAL;
	checks[1].word = "oneway";
	EXPECT_TRUE(has("spanstat_health_grade{check=\"port-link\",of=\"eth1\"} 2"));
	EXPECT_TRUE(has("spanstat_health_grade{check=\"oneway\",of=\"\"} 0"));
}

TEST_F(ExportMetrics, WhatNoWalkHasFoundYetIsAbsent)
{
	EXPECT_TRUE(has("spanstat_walks_total 0"));
	EXPECT_EQ(text().find("leaked"), std::string::npos);
	found->walks = 4;
	found->ended_us = 1000000;
	known.now_us = 3500000;
	found->leaks[REPORT_CLOSER_SERVER][DIGEST_NOT_CLOSING] = 9;
	found->n_top = 1;
	found->top[0] = {{10, 0, 0, 1}, 443, 4, REPORT_CLOSER_SERVER, 9};
	found->ports_soon = 2;
	found->n_named = 1;
	found->named[0] = {"db1", {0, 5, 6}};
	for (const char *line : {"spanstat_walks_total 4", "spanstat_walk_age_seconds 2.500000",
	                         "spanstat_leaked_connections{end=\"server\",verdict=\"not-closing\"} 9",
	                         "spanstat_server_leaked_connections{server=\"10.0.0.1:443\",end=\"server\"} 9",
	                         "spanstat_named_leaked_connections{name=\"db1\",end=\"server\"} 6",
	                         "spanstat_ports_run_out_soon 2"})
		EXPECT_TRUE(has(line)) << line;
}

} // namespace
