/* SPDX-License-Identifier: BSD-3-Clause */
#include "digest_row.h"
#include "print_rows.h"

#include "print_fixture.h"

namespace {

struct digest_timewait
example()
{
	struct digest_timewait line = {};

	inet_pton(AF_INET, "10.0.0.1", line.client);
	inet_pton(AF_INET, "192.168.5.146", line.server);
	line.port = 443;
	line.ip_version = 4;
	line.port_low = 32801;
	line.port_high = 60101;
	line.range_low = 32768;
	line.range_high = 60999;
	line.time_wait = 2400;
	line.held = 12;
	line.entered = 300;
	line.window_us = 30000000;
	line.wait_us = 240000000;
	line.steady = 2412;
	line.runs_out_us = DIGEST_NEVER;
	return line;
}

std::string
text(const struct digest_timewait &line)
{
	return printed(print_timewait.text, &line);
}

TEST(PrintTimeWait, Text)
{
	EXPECT_EQ(printed(print_timewait.text_heading) + text(example()),
	          "Client          Server                TIME_WAIT  InUse OfPorts  Rate/s    RunOut\n"
	          "10.0.0.1        192.168.5.146:443          2400   2412   28232    10.0     never\n"
	          "  Ports 32801 to 60101 seen, taken to be chosen from 32768 to 60999 (28232).\n"
	          "  In the long run 2412 are in use at this rate (2 MSL: 240 s): they last.\n");
}

TEST(PrintTimeWait, PortsThatRunOut)
{
	struct digest_timewait line = example();

	line.runs_out_us = 75 * 1000000;
	EXPECT_NE(text(line).find("    10.0  00:01:15\n"), std::string::npos) << text(line);
	EXPECT_NE(text(line).find("\n  At this rate no port is left in 00:01:15.\n"), std::string::npos);
	line.runs_out_us = 0;
	EXPECT_NE(text(line).find("\n  No port is left.\n"), std::string::npos);
	line.server_time_wait = 5;
	EXPECT_NE(text(line).find("\n  5 more are in TIME_WAIT at the server: they take no port of the client.\n"),
	          std::string::npos);
	expect_fits(text(line));
}

TEST(PrintTimeWait, Json)
{
	struct digest_timewait line = example();
	std::string json = printed(print_timewait.json, &line);

	EXPECT_EQ(json, "{\"client\":\"10.0.0.1\",\"server\":{\"ip\":\"192.168.5.146\",\"port\":443},"
	                "\"time_wait\":2400,\"server_time_wait\":0,\"held\":12,\"in_use\":2412,"
	                "\"ports_seen\":{\"low\":32801,\"high\":60101},"
	                "\"range\":{\"low\":32768,\"high\":60999,\"size\":28232},"
	                "\"rate\":10.000,\"rate_over\":30,\"two_msl\":240,\"steady\":2412,"
	                "\"exhausts\":false}\n");
	expect_json_line(json);
	line.runs_out_us = 1500000;
	json = printed(print_timewait.json, &line);
	EXPECT_NE(json.find("\"exhausts\":true,\"runs_out\":1.5}"), std::string::npos) << json;
	expect_json_line(json);
}

TEST(PrintTimeWait, CsvAndAllOthers)
{
	struct digest_timewait line = example();
	const size_t fields = fields_of(printed(print_timewait.csv_heading));

	EXPECT_EQ(printed(print_timewait.csv, &line),
	          "10.0.0.1,192.168.5.146,443,0,2400,0,12,2412,32801,60101,32768,60999,10.000,30,240,2412,\n");
	EXPECT_EQ(fields_of(printed(print_timewait.csv, &line)), fields);
	line.runs_out_us = 0;
	EXPECT_EQ(fields_of(printed(print_timewait.csv, &line)), fields);
	line.other = 1;
	EXPECT_EQ(fields_of(printed(print_timewait.csv, &line)), fields);
	EXPECT_EQ(text(line).find("(other) "), 0u);
	EXPECT_EQ(lines_of(text(line)).size(), 1u);
	const std::string json = printed(print_timewait.json, &line);
	EXPECT_EQ(json, "{\"other\":true,\"time_wait\":2400,\"server_time_wait\":0,\"held\":12,\"in_use\":2412}\n");
}

TEST(PrintTimeWait, NoTimeIsNoRate)
{
	struct digest_timewait line = {};

	line.ip_version = 4;
	EXPECT_NE(text(line).find("     0.0 "), std::string::npos);
	memset(&line, 0xff, sizeof(line));
	line.ip_version = 6;
	line.other = 0;
	EXPECT_FALSE(text(line).empty());
	expect_json_line(printed(print_timewait.json, &line));
}

} // namespace
