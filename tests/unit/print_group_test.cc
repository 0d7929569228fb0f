/* SPDX-License-Identifier: BSD-3-Clause */
#include <gtest/gtest.h>

#include "print_capture.h"
#include "print_group.h"
#include "report_fixture.h"
#include "report_group.h"

namespace {

struct report_group
example_group()
{
	struct report_group group;

	memset(&group, 0, sizeof(group));
	group.n_keys = 4;
	group.count = 12;
	group.packets = 3456;
	group.bytes = 789012;
	group.payload = 654321;
	group.keys[0].kind = REPORT_GROUP_SERVER;
	group.keys[0].ip_version = 4;
	group.keys[0].len = 24;
	inet_pton(AF_INET, "192.168.5.0", group.keys[0].addr);
	group.keys[1].kind = REPORT_GROUP_SERVER_PORT;
	group.keys[1].value = 443;
	group.keys[2].kind = REPORT_GROUP_STATE;
	group.keys[2].value = REPORT_FIN_WAIT_2 << 8 | REPORT_CLOSE_WAIT;
	group.keys[3].kind = REPORT_GROUP_VLAN;
	group.keys[3].value = REPORT_NO_VLAN;
	return group;
}

TEST(ReportGroup, Text)
{
	struct report_group group = example_group();
	Capture capture;

	print_group_text_heading(capture.out(), &group);
	print_groups.text(capture.out(), &group);
	group.other = 1;
	print_groups.text(capture.out(), &group);
	print_groups.text_cut(capture.out(), 2);
	const auto lines = lines_of(capture.text());
	ASSERT_EQ(lines.size(), 4u);
	EXPECT_EQ(lines[0], "Server              Port  Client/Server state       VLAN      Connections"
	                    "         Packets           Bytes         Payload");
	EXPECT_EQ(lines[1], "192.168.5.0/24      443   FIN_WAIT_2/CLOSE_WAIT     -                  12"
	                    "            3456          789012          654321");
	EXPECT_EQ(lines[2].find("(other)             -     -  "), 0u) << lines[2];
	EXPECT_EQ(lines[2].size(), lines[1].size());
	EXPECT_EQ(lines[3], "(cut short: 2 groups shown, more are missing)");
}

TEST(ReportGroup, Json)
{
	struct report_group group = example_group();
	Capture capture;

	print_groups.json(capture.out(), &group);
	group.keys[0].kind = REPORT_GROUP_CLIENT;
	group.keys[0].len = 32;
	group.keys[1].kind = REPORT_GROUP_END_CAUSE;
	group.keys[1].value = REPORT_END_RST;
	group.keys[2].kind = REPORT_GROUP_PROTO;
	group.keys[2].value = IPPROTO_UDP;
	group.keys[3].value = 7;
	print_groups.json(capture.out(), &group);
	group.other = 1;
	print_groups.json(capture.out(), &group);
	const auto lines = lines_of(capture.text());
	ASSERT_EQ(lines.size(), 3u);
	EXPECT_EQ(lines[0], "{\"server\":\"192.168.5.0/24\",\"server_port\":443,"
	                    "\"state\":\"FIN_WAIT_2/CLOSE_WAIT\","
	                    "\"count\":12,\"packets\":3456,\"bytes\":789012,\"payload\":654321}");
	EXPECT_EQ(lines[1], "{\"client\":\"192.168.5.0\",\"end\":\"rst\",\"proto\":\"udp\",\"vlan\":7,"
	                    "\"count\":12,\"packets\":3456,\"bytes\":789012,\"payload\":654321}");
	EXPECT_EQ(lines[2],
	          "{\"other\":true,\"count\":12,\"packets\":3456,\"bytes\":789012,\"payload\":654321}");
}

TEST(ReportGroup, Csv)
{
	struct report_group group = example_group();
	Capture capture;

	print_group_csv_header(capture.out(), &group);
	print_groups.csv(capture.out(), &group);
	group.other = 1;
	print_groups.csv(capture.out(), &group);
	EXPECT_EQ(capture.text(), "server,server_port,state,vlan,other,count,packets,bytes,payload\n"
	                          "192.168.5.0/24,443,FIN_WAIT_2/CLOSE_WAIT,,0,12,3456,789012,654321\n"
	                          ",,,,1,12,3456,789012,654321\n");
}

/* Nothing may be longer than what is reserved for it; sanitizers watch. */
TEST(ReportGroup, TheLongest)
{
	struct report_group group;
	Capture capture;

	memset(&group, 0xff, sizeof(group));
	for (auto &key : group.keys) {
		key.kind = REPORT_GROUP_CLIENT;
		key.ip_version = 6;
	}
	group.keys[3].kind = REPORT_GROUP_STATE;
	group.keys[3].value = REPORT_SYN_RECEIVED << 8 | REPORT_SYN_RECEIVED;
	group.other = 0;
	print_group_text_heading(capture.out(), &group);
	print_groups.text(capture.out(), &group);
	print_groups.json(capture.out(), &group);
	print_groups.csv(capture.out(), &group);
	EXPECT_NE(capture.text().find("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/255"), std::string::npos);
	for (unsigned kind = 0; kind <= 255; kind++) {
		for (auto &key : group.keys)
			key.kind = static_cast<uint8_t>(kind);
		print_groups.text(capture.out(), &group);
		print_groups.json(capture.out(), &group);
	}
	EXPECT_EQ(lines_of(capture.text()).size(), 4u + 512u);
}

} // namespace
