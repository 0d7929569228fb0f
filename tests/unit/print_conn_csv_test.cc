/* SPDX-License-Identifier: BSD-3-Clause */
#include <gtest/gtest.h>

#include <algorithm>

#include "print_capture.h"
#include "print_conn.h"
#include "report_fixture.h"

namespace {

std::string
csv(const struct report_row &row)
{
	Capture capture;

	print_csv_row(capture.out(), &row);
	return capture.text();
}

std::string
header()
{
	Capture capture;

	print_csv_header(capture.out());
	return capture.text();
}

TEST(ReportCsv, Header)
{
	EXPECT_EQ(header(), "id,proto,vlan,"
	                    "client_ip,client_port,client_state,client_packets,client_bytes,client_payload,"
	                    "server_ip,server_port,server_state,server_packets,server_bytes,server_payload,"
	                    "opened,last,in_state,flags,closed_by,end,icmp_error,icmp_told,tunnel\n");
}

TEST(ReportCsv, TheContractsExample)
{
	EXPECT_EQ(csv(example_row()),
	          "0000002A,tcp,10,10.0.0.1,20008,FIN_WAIT_2,6,412,130,"
	          "192.168.5.146,443,CLOSE_WAIT,5,6120,5900,"
	          "2026-01-01T00:00:00.000123Z,2026-01-01T00:00:01.250000Z,3600.5,midstream,client,fin,,,\n");
}

TEST(ReportCsv, WhatIsNotKnownIsAnEmptyField)
{
	EXPECT_EQ(csv(bare_row()),
	          "0000002A,tcp,,10.0.0.1,20008,FIN_WAIT_2,6,412,130,"
	          "192.168.5.146,443,CLOSE_WAIT,5,6120,5900,"
	          "2026-01-01T00:00:00.000123Z,2026-01-01T00:00:01.250000Z,3600.5,,,,,,\n");
}

TEST(ReportCsv, EveryRowHasAsManyFieldsAsTheHeader)
{
	const std::string head = header();
	const auto commas = std::count(head.begin(), head.end(), ',');

	for (const struct report_row &row : { example_row(), bare_row(), longest_row() }) {
		const std::string line = csv(row);

		EXPECT_EQ(std::count(line.begin(), line.end(), ','), commas) << line;
		EXPECT_EQ(line.find('"'), std::string::npos);
	}
}

TEST(ReportCsv, FlagsAreSeparatedByBlanks)
{
	struct report_row row = bare_row();

	row.flags = REPORT_ONEWAY | REPORT_GAP | REPORT_ROLE_GUESSED;
	EXPECT_NE(csv(row).find(",oneway gap role-guessed,,,,,\n"), std::string::npos);
}

TEST(ReportCsv, IcmpErrorStandsAtTheEnd)
{
	struct report_row row = bare_row();

	row.icmp = REPORT_ICMP_ADMIN;
	row.icmp_end = REPORT_CLOSER_CLIENT;
	EXPECT_NE(csv(row).find("3600.5,,,,admin-prohibited,client,\n"), std::string::npos) << csv(row);
}

TEST(ReportCsv, TheLongestRowFits)
{
	EXPECT_LT(csv(longest_row()).size(), 800u);
}

std::string
csv(const struct report_full &full)
{
	Capture capture;

	print_csv_full(capture.out(), &full);
	return capture.text();
}

TEST(ReportCsv, Everything)
{
	EXPECT_EQ(csv(example_full()),
	          "0000002A,tcp,10,10.0.0.1,20008,FIN_WAIT_2,6,412,130,192.168.5.146,443,CLOSE_WAIT,5,"
	          "6120,5900,2026-01-01T00:00:00.000123Z,2026-01-01T00:00:01.250000Z,3600.5,midstream,"
	          "client,fin,,,2,3600.5,3,4380,1,0,0,0.0015,0.00125,4294967295,77,65535,1460,7,1,1,2,1,,SAF,3601,0,"
	          "0,0,4,5,0.14,0.138,4294967295,77,65535,1460,,0,0,0,0,2.5,SA,\n");
}

TEST(ReportCsv, EverythingHasTheFieldsOfItsHeader)
{
	Capture header;

	print_csv_full_header(header.out());
	const std::string names = header.text();
	auto commas = std::count(names.begin(), names.end(), ',');

	for (const struct report_full &full : { example_full(), udp_full(), longest_full() }) {
		const std::string line = csv(full);

		EXPECT_EQ(std::count(line.begin(), line.end(), ','), commas) << line;
		EXPECT_LT(line.size(), 1500u);
	}
}

} // namespace
