/* SPDX-License-Identifier: BSD-3-Clause */
#include <gtest/gtest.h>

#include "print_capture.h"
#include "print_home.h"
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
	std::vector<struct report_net> nets = two_networks();
	Capture capture;

	print_home_text(capture.out(), nets.data(), 2);
	EXPECT_EQ(capture.text(), "10.0.0.0/8\nfe80::/10\n");
}

TEST(ReportHome, Json)
{
	std::vector<struct report_net> nets = two_networks();
	Capture capture;

	print_home_json(capture.out(), nets.data(), 2);
	EXPECT_EQ(capture.text(), "{\"network\":\"10.0.0.0/8\"}\n{\"network\":\"fe80::/10\"}\n");
}

TEST(ReportHome, Csv)
{
	std::vector<struct report_net> nets = two_networks();
	Capture with, without, none;

	print_home_csv(with.out(), nets.data(), 2, 1);
	EXPECT_EQ(with.text(), "network\n10.0.0.0/8\nfe80::/10\n");
	print_home_csv(without.out(), nets.data(), 1, 0);
	EXPECT_EQ(without.text(), "10.0.0.0/8\n");
	print_home_csv(none.out(), nets.data(), 0, 0);
	EXPECT_EQ(none.text(), "");
}

} // namespace
