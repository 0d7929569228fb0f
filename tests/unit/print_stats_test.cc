/* SPDX-License-Identifier: BSD-3-Clause */
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "print_capture.h"
#include "print_rows.h"
#include "report_fixture.h"
#include "report_names.h"
#include "report_stats.h"
#include "report_stats_fixture.h"

namespace {

std::string
json(const struct report_stats &stats)
{
	Capture capture;

	print_stats.json(capture.out(), &stats);
	return capture.text();
}

std::map<std::string, std::string>
csv(const struct report_stats &stats)
{
	std::map<std::string, std::string> values;
	Capture capture;

	print_stats.csv(capture.out(), &stats);
	for (const std::string &line : lines_of(capture.text())) {
		const size_t comma = line.find(',');

		EXPECT_TRUE(values.emplace(line.substr(0, comma), line.substr(comma + 1)).second)
			<< "twice: " << line;
	}
	return values;
}

TEST(ReportStats, JsonIsOneLine)
{
	const std::unique_ptr<struct report_stats> stats = example_stats();
	const std::string line = json(*stats);

	EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
	EXPECT_EQ(line.back(), '\n');
	EXPECT_EQ(line.find("{\"now\":\"2026-01-01T00:00:00.000123Z\",\"uptime\":61.5,"
	                    "\"packets\":{\"received\":100,\"tracked\":90,\"ignored\":10,"
	                    "\"dropped\":{\"nic\":3,\"worker\":4},"
	                    "\"verdicts\":{\"tcp\":70,\"udp\":20,\"arp\":0,\"short\":10}},"
	                    "\"flows\":{\"live\":5,\"capacity\":1000,\"created\":9,\"expired\":2,"
	                    "\"evicted\":1,"),
	          0u)
		<< line;
	EXPECT_NE(line.find("\"duplicates\":11,\"late_copies\":16,\"copy_delay\":0.000017,"
	                    "\"bad_stamps\":19,\"gaps\":12,\"retransmissions\":13,"), std::string::npos);
	EXPECT_NE(line.find("\"workers\":[{\"lcore\":1,\"numa_node\":0,\"received\":60,"), std::string::npos);
	EXPECT_NE(line.find("},{\"lcore\":2,"), std::string::npos);
	EXPECT_NE(line.find("\"ports\":[{\"name\":\"net_pcap0,rx=\\\"a\\\"\",\"driver\":\"net_pcap\","
	                    "\"up\":true,\"state\":\"up\",\"changes\":1,\"received\":100,\"bytes\":6400,"
	                    "\"missed\":3,\"no_buffer\":0,\"errors\":0,\"sent\":0,\"stalled\":0}],"
	                    "\"memory\":{\"table_bytes\":1024,\"control_bytes\":2048,\"hugepages\":true}}\n"),
	          std::string::npos)
		<< line;
}

TEST(ReportStats, EveryStateHasItsKey)
{
	const std::unique_ptr<struct report_stats> stats = example_stats();
	const std::map<std::string, std::string> values = csv(*stats);

	for (unsigned i = 0; i < REPORT_STATES; i++) {
		const std::string state = report_state_name(i);

		EXPECT_EQ(values.at("flows.by_state." + state), std::to_string(i));
		EXPECT_EQ(values.at("flows.by_server_state." + state), std::to_string(100 + i));
	}
}

/* The same tree, whichever way it is written: as many values, and each where its name says. */
TEST(ReportStats, CsvIsTheSameTreeFlat)
{
	const std::unique_ptr<struct report_stats> stats = example_stats();
	const std::map<std::string, std::string> values = csv(*stats);
	const std::string line = json(*stats);
	size_t containers = 0, keys = 0;

	for (const char *key : { "packets", "dropped", "verdicts", "flows", "by_state", "by_server_state",
	                         "workers", "ports", "memory", "sockets", "fragments", "tunnels",
	                         "vxlan-gpe", "gre", "networks" })
		containers += line.find("\"" + std::string(key) + "\":") != std::string::npos;
	containers += 2; /* flows in each of two workers */
	for (size_t at = 0; (at = line.find("\":", at)) != std::string::npos; at++)
		keys++;
	EXPECT_EQ(containers, 17u);
	/* "dropped" is a container under packets and a value elsewhere. */
	EXPECT_EQ(values.size(), keys - containers);
	EXPECT_EQ(values.at("packets.dropped.nic"), "3");
	EXPECT_EQ(values.at("packets.verdicts.udp"), "20");
	EXPECT_EQ(values.at("flows.refused"), "8");
	EXPECT_EQ(values.at("flows.saturated"), "28");
	EXPECT_EQ(values.at("wrong_checksums"), "16");
	EXPECT_EQ(values.at("fragments.followed"), "51");
	EXPECT_EQ(values.at("fragments.overlaps"), "57");
	EXPECT_EQ(values.at("tunnels.vxlan-gpe.packets"), "61");
	EXPECT_EQ(values.at("tunnels.vxlan-gpe.ignored"), "62");
	EXPECT_EQ(values.at("tunnels.gre.ignored"), "0");
	EXPECT_EQ(values.count("tunnels.ipip.packets"), 0u) << "none came";
	EXPECT_EQ(values.at("networks.joined"), "64");
	EXPECT_EQ(values.at("networks.ambiguous"), "65");
	EXPECT_EQ(values.at("networks.refused"), "66");
	EXPECT_EQ(values.at("icmp_tied"), "21");
	EXPECT_EQ(values.at("icmp_no_flow"), "22");
	EXPECT_EQ(values.at("icmp_ignored"), "23");
	EXPECT_EQ(values.at("sockets.replaced"), "23");
	EXPECT_EQ(values.at("workers.1.lcore"), "2");
	EXPECT_EQ(values.at("workers.1.flows.capacity"), "500");
	EXPECT_EQ(values.at("workers.1.dropped"), "4");
	EXPECT_EQ(values.at("workers.1.handed"), "41");
	EXPECT_EQ(values.at("workers.1.stray"), "42");
	EXPECT_EQ(values.at("imbalance"), "0.200");
	EXPECT_EQ(values.at("ports.0.name"), "\"net_pcap0,rx=\"\"a\"\"\"");
	EXPECT_EQ(values.at("memory.hugepages"), "true");
	EXPECT_EQ(values.at("now"), "2026-01-01T00:00:00.000123Z");
}

TEST(ReportStats, ImbalanceIsOfTheBusiest)
{
	std::unique_ptr<struct report_stats> stats(new struct report_stats());

	EXPECT_EQ(report_stats_imbalance(stats.get()), 0);
	stats->n_workers = 1;
	stats->workers[0].received = 1000;
	EXPECT_EQ(report_stats_imbalance(stats.get()), 0);
	stats->n_workers = 4;
	EXPECT_EQ(report_stats_imbalance(stats.get()), 3);
	for (unsigned i = 1; i < 4; i++)
		stats->workers[i].received = 1000;
	EXPECT_EQ(report_stats_imbalance(stats.get()), 0);
	stats->workers[2].received = 3000;
	EXPECT_EQ(report_stats_imbalance(stats.get()), 1);
}

TEST(ReportStats, CsvHeader)
{
	const std::unique_ptr<struct report_stats> stats = example_stats();
	Capture capture;

	print_stats.csv_heading(capture.out());
	print_stats.csv(capture.out(), stats.get());
	EXPECT_EQ(capture.text().find("name,value\nnow,2026-"), 0u);
}

/* A name is a part of one field. */
TEST(ReportStats, CsvOfANameThatMustBeQuoted)
{
	const std::unique_ptr<struct report_stats> stats = example_stats();
	Capture capture;

	strcpy(stats->verdict_names[0], "a,\"b\n");
	print_stats.csv(capture.out(), stats.get());
	EXPECT_NE(capture.text().find("\n\"packets.verdicts.a,\"\"b\\x0a\",70\n"), std::string::npos)
	    << capture.text();
}

TEST(ReportStats, NothingAtAllIsStillWhole)
{
	const std::unique_ptr<struct report_stats> stats(new struct report_stats());
	const std::string line = json(*stats);

	EXPECT_NE(line.find("\"verdicts\":{}"), std::string::npos);
	EXPECT_NE(line.find("\"tunnels\":{},\"networks\":{"), std::string::npos);
	EXPECT_NE(line.find("\"workers\":[],\"ports\":[],"), std::string::npos);
}

/* Counts and names come over a socket: neither is believed. */
TEST(ReportStats, CountsAndNamesBeyondTheArrays)
{
	const std::unique_ptr<struct report_stats> stats(new struct report_stats());

	memset(stats.get(), 0xff, sizeof(*stats));
	const std::string line = json(*stats);
	size_t workers = 0;
	for (size_t at = 0; (at = line.find("\"lcore\":", at)) != std::string::npos; at++)
		workers++;
	EXPECT_EQ(workers, static_cast<size_t>(REPORT_WORKERS_MAX));
	Capture text;
	print_stats.text(text.out(), stats.get());
	EXPECT_GT(lines_of(text.text()).size(), static_cast<size_t>(REPORT_WORKERS_MAX));
}

} // namespace
