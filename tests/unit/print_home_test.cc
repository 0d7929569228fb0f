/* SPDX-License-Identifier: BSD-3-Clause */
#include <gtest/gtest.h>

#include "print_capture.h"
#include "print_rows.h"
#include "report_fixture.h"
#include "report_home.h"

namespace {

std::vector<struct report_net>
two_networks()
{
	std::vector<struct report_net> nets(2);

	inet_pton(AF_INET, "10.0.0.0", nets[0].addr);
	nets[0].len = 8;
	nets[0].version = 4;
	inet_pton(AF_INET6, "fe80::", nets[1].addr);
	nets[1].len = 10;
	nets[1].version = 6;
	return nets;
}

TEST(ReportHome, Text)
{
	Capture capture;

	for (const struct report_net &net : two_networks())
		print_home.text(capture.out(), &net);
	EXPECT_EQ(capture.text(), "10.0.0.0/8\nfe80::/10\n");
	EXPECT_EQ(print_home.text_heading, nullptr);
}

TEST(ReportHome, Json)
{
	Capture capture;

	for (const struct report_net &net : two_networks())
		print_home.json(capture.out(), &net);
	EXPECT_EQ(capture.text(), "{\"network\":\"10.0.0.0/8\"}\n{\"network\":\"fe80::/10\"}\n");
}

TEST(ReportHome, Csv)
{
	std::vector<struct report_net> nets = two_networks();
	Capture with, without;

	print_home.csv_heading(with.out());
	for (const struct report_net &net : nets)
		print_home.csv(with.out(), &net);
	EXPECT_EQ(with.text(), "network\n10.0.0.0/8\nfe80::/10\n");
	print_home.csv(without.out(), &nets[0]);
	EXPECT_EQ(without.text(), "10.0.0.0/8\n");
}

} // namespace
