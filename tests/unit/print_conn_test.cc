/* SPDX-License-Identifier: BSD-3-Clause */
#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

#include "print_capture.h"
#include "report_fixture.h"
#include "print_conn.h"

namespace {

std::string
text(const struct report_row &row, int with_end)
{
	Capture capture;

	print_text_row(capture.out(), &row, with_end);
	return capture.text();
}

std::string
heading(int with_end)
{
	Capture capture;

	print_text_heading(capture.out(), with_end);
	return capture.text();
}

TEST(ReportText, TitleHasProgramNameAndLocalTime)
{
	Capture capture;

	setenv("TZ", "JST-9", 1);
	tzset();
	print_text_title(capture.out(), "tap1", 1767225600000123);
	unsetenv("TZ");
	tzset();
	EXPECT_EQ(capture.text(), "spanstat " SPANSTAT_VERSION "   tap1   2026-01-01 09:00:00 JST\n");
}

TEST(ReportText, HeadingAndRow)
{
	EXPECT_EQ(heading(0), "Id       Proto Client                State        "
	                      "Server                State        Idle     Flags\n");
	EXPECT_EQ(text(example_row(), 0), "0000002A tcp   10.0.0.1:20008        FIN_WAIT_2   "
	                                  "192.168.5.146:443     CLOSE_WAIT   01:00:00 mid\n");
}

TEST(ReportText, AllconnTellsWhyItEnded)
{
	EXPECT_EQ(heading(1), "Id       Proto Client                State        "
	                      "Server                State        Idle     End     Flags\n");
	EXPECT_EQ(text(example_row(), 1), "0000002A tcp   10.0.0.1:20008        FIN_WAIT_2   "
	                                  "192.168.5.146:443     CLOSE_WAIT   01:00:00 fin     mid\n");
	EXPECT_EQ(text(bare_row(), 1), "0000002A tcp   10.0.0.1:20008        FIN_WAIT_2   "
	                               "192.168.5.146:443     CLOSE_WAIT   01:00:00 -\n");
}

TEST(ReportText, NoBlanksAtTheEnd)
{
	EXPECT_EQ(text(bare_row(), 0), "0000002A tcp   10.0.0.1:20008        FIN_WAIT_2   "
	                               "192.168.5.146:443     CLOSE_WAIT   01:00:00\n");
}

/* Every IPv4 row keeps every column in its place: the longest socket and state there are. */
TEST(ReportText, Ipv4AlwaysAligns)
{
	struct report_row row = example_row();
	std::string head = heading(1);

	row.proto = IPPROTO_UDP;
	set_address(&row.client, AF_INET, "255.255.255.255", 65535);
	set_address(&row.server, AF_INET, "255.255.255.255", 65535);
	row.client.state = row.server.state = REPORT_SYN_RECEIVED;
	row.end_cause = REPORT_END_TIMEOUT;
	row.flags = REPORT_MIDSTREAM | REPORT_ONEWAY;
	std::string line = text(row, 1);
	EXPECT_EQ(line, "0000002A udp   255.255.255.255:65535 SYN_RECEIVED 255.255.255.255:65535 "
	                "SYN_RECEIVED 01:00:00 timeout mid,1way\n");
	EXPECT_EQ(line.find("timeout"), head.find("End"));
	EXPECT_EQ(line.find("mid"), head.find("Flags"));
	EXPECT_LE(line.size(), 132u);
}

/* Among the flags, with or without others. */
TEST(ReportText, IcmpErrors)
{
	struct report_row row = bare_row();

	row.icmp = REPORT_ICMP_PORT;
	row.icmp_end = REPORT_CLOSER_CLIENT;
	EXPECT_NE(text(row, 0).find(" 01:00:00 icmp-port\n"), std::string::npos) << text(row, 0);
	EXPECT_NE(text(row, 1).find(" 01:00:00 -       icmp-port\n"), std::string::npos);
	row.flags = REPORT_ONEWAY;
	EXPECT_NE(text(row, 0).find(" 1way,icmp-port\n"), std::string::npos);
}

TEST(ReportText, Ipv6HasBracketsAndPushes)
{
	struct report_row row = bare_row();

	row.ip_version = 6;
	set_address(&row.client, AF_INET6, "2001:db8::1", 443);
	set_address(&row.server, AF_INET6, "fe80::1", 80);
	EXPECT_EQ(text(row, 0), "0000002A tcp   [2001:db8::1]:443     FIN_WAIT_2   "
	                        "[fe80::1]:80          CLOSE_WAIT   01:00:00\n");
	set_address(&row.client, AF_INET6, "2001:db8:1111:2222:3333:4444:5555:6666", 50000);
	EXPECT_EQ(text(row, 0), "0000002A tcp   [2001:db8:1111:2222:3333:4444:5555:6666]:50000 FIN_WAIT_2 "
	                        "[fe80::1]:80 CLOSE_WAIT 01:00:00\n");
	EXPECT_LT(text(longest_row(), 1).size(), 400u);
}

TEST(ReportText, ACutReportSaysSo)
{
	Capture capture;

	print_text_cut(capture.out(), 12);
	EXPECT_EQ(capture.text(), "(cut short: 12 connections shown, more are missing)\n");
}

} // namespace
