/* SPDX-License-Identifier: BSD-3-Clause */
#include <gtest/gtest.h>

#include "print_capture.h"
#include "print_rows.h"
#include "report_fixture.h"
#include "report_stats_fixture.h"

namespace {

std::string
text(bool with_meanings = false)
{
	const std::unique_ptr<struct report_stats> stats = example_stats();
	Capture capture;

	capture.out()->style.verbose = with_meanings;
	print_stats_text(capture.out(), stats.get());
	return capture.text();
}

TEST(ReportStatsText, NamesAndValues)
{
	const std::string all = text();

	for (const char *line : {
		     "Time 2026-01-01T00:00:00.000123Z, up 00:01:01\n",
		     "\n  received                 = 100\n",
		     "\n  dropped by nic           = 3\n",
		     "\n  live                     = 5 of 1000 (0.5 %)\n",
		     "\n  refused, table full      = 8\n",
		     "\n  counters standing still  = 28\n",
		     "\n  duplicates               = 11\n",
		     "\n  late copies              = 16\n",
		     "\n  delay of copies, in us   = 17\n",
		     "\n  wrong times              = 19\n",
		     "\n  short                    = 10\n",
		     "\n  of a flow                = 51\n",
		     "\n    came before the first  = 54\n",
		     "\n  datagrams, id used again = 56\n",
		     "\n  over what was there      = 57\n",
		     "\nTunnels                packets      ignored\n  vxlan-gpe                 61           62\n",
		     "\n  gre                       63            0\n",
		     "\n  flows joined of two      = 64\n",
		     "\n  no room for one more     = 66\n",
		     "\n  shown on their flow      = 21\n",
		     "\n  of no known flow         = 22\n",
		     "\n  not of what is in flight = 23\n",
		     "\n  busiest above the mean   = 20.0 %\n",
		     "\n  flow tables              = 1024 bytes (hugepages)\n",
	     })
		EXPECT_NE(all.find(line), std::string::npos) << line << all;
}

TEST(ReportStatsText, VerdictsAndStatesOfNobodyAreLeftOut)
{
	const std::string all = text();

	EXPECT_EQ(all.find("arp"), std::string::npos);
	EXPECT_EQ(all.find("ipip"), std::string::npos);
	EXPECT_NE(all.find("  CLOSED                     0          100\n"), std::string::npos) << all;
	EXPECT_NE(all.find("  UDP                       11          111\n"), std::string::npos) << all;
}

/* Of a verdict that only the daemon knows nothing is said. */
TEST(ReportStatsText, WhatVerdictsMean)
{
	const std::unique_ptr<struct report_stats> stats = example_stats();
	Capture capture;

	EXPECT_EQ(text(true), text()) << "the example's verdicts are nobody's";
	strcpy(stats->verdict_names[0], "tcp-short");
	capture.out()->style.verbose = 1;
	print_stats_text(capture.out(), stats.get());
	EXPECT_NE(capture.text().find("\n      ends inside the TCP header\n"), std::string::npos)
	    << capture.text();
}

TEST(ReportStatsText, TablesStandUnderTheirHeadings)
{
	const std::vector<std::string> lines = lines_of(text());

	for (size_t i = 0; i + 1 < lines.size(); i++) {
		EXPECT_LE(lines[i].size(), 132u);
		if (lines[i].find("Workers") == 0) {
			EXPECT_EQ(lines[i].size(), lines[i + 1].size());
			EXPECT_EQ(lines[i].find("received") + strlen("received"), lines[i + 1].find("60") + 2);
			EXPECT_NE(lines[i + 1].find("  75 %"), std::string::npos);
		}
		if (lines[i].find("Ports") == 0) {
			EXPECT_EQ(lines[i].find("driver"), lines[i + 1].find("net_pcap "));
			EXPECT_EQ(lines[i].find("name"), lines[i + 1].find("net_pcap0,"));
			EXPECT_EQ(lines[i].find("link"), lines[i + 1].find("up"));
		}
	}
}

TEST(ReportStatsText, NoNameOfAPortSteersTheTerminal)
{
	for (unsigned columns : {80u, 200u}) {
		const std::unique_ptr<struct report_stats> stats = example_stats();
		Capture capture;

		strcpy(stats->ports[0].name, "a\x1b[2Jb\x7f\xc3\xa9.pcap");
		capture.out()->style.columns = columns;
		print_stats_text(capture.out(), stats.get());
		const std::string text = capture.text();
		EXPECT_NE(text.find("a\\x1b[2Jb\\x7f\xc3\xa9.pcap"), std::string::npos) << text;
		EXPECT_EQ(text.find('\x1b'), std::string::npos);
	}
}

/* Rows come over a socket: no text in them is trusted. */
TEST(ReportStatsText, NothingOfARowSteersTheTerminal)
{
	for (unsigned columns : {80u, 200u}) {
		const std::unique_ptr<struct report_stats> stats = example_stats();
		Capture capture;

		memset(stats->ports[0].driver, 0x1b, sizeof(stats->ports[0].driver));
		memset(stats->verdict_names[0], 0x9b, sizeof(stats->verdict_names[0]));
		stats->n_tunnels = 1;
		memcpy(stats->tunnels[0].name, "a\nb", 4);
		stats->tunnels[0].packets = 1;
		capture.out()->style.columns = columns;
		print_stats_text(capture.out(), stats.get());
		const std::string text = capture.text();
		EXPECT_EQ(text.find_first_of("\x1b\x9b"), std::string::npos) << text;
		EXPECT_NE(text.find("a\\x0ab"), std::string::npos) << text;
		EXPECT_NE(text.find("\\x9b\\x9b"), std::string::npos) << text;
	}
}

} // namespace
