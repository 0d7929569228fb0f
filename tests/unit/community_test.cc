/* SPDX-License-Identifier: BSD-3-Clause */
#include <gtest/gtest.h>

#include "community.h"
#include "report_fixture.h"

namespace {

struct Example {
	int proto;
	const char *client;
	uint16_t client_port;
	const char *server;
	uint16_t server_port;
	const char *id;
};

/* What other programs print: of the tests of the specification and of Zeek. */
const Example examples[] = {
	{ IPPROTO_TCP, "1.2.3.4", 1122, "5.6.7.8", 3344, "1:wCb3OG7yAFWelaUydu0D+125CLM=" },
	{ IPPROTO_UDP, "1.2.3.4", 1122, "5.6.7.8", 3344, "1:0Mu9InQx6z4ZiCZM/7HXi2WMhOg=" },
	{ IPPROTO_TCP, "128.232.110.120", 34855, "66.35.250.204", 80,
	  "1:LQU9qZlK+B5F3KDmev6m5PMibrg=" },
	{ IPPROTO_UDP, "192.168.1.52", 54585, "8.8.8.8", 53, "1:d/FP5EW3wiY1vCndhwleRRKHowQ=" },
	{ IPPROTO_TCP, "2001:470:e5bf:dead:4957:2174:e82c:4887", 63943, "2607:f8b0:400c:c03::1a", 25,
	  "1:/qFaeAR+gFe1KYjMzVDsMv+wgU4=" },
};

struct report_row
row_of(const Example &example)
{
	int family = strchr(example.client, ':') ? AF_INET6 : AF_INET;
	struct report_row row = bare_row();

	/* What is left of a longer address must not be taken for a part of a shorter one. */
	memset(row.client.addr, 0xee, sizeof(row.client.addr));
	memset(row.server.addr, 0x11, sizeof(row.server.addr));
	row.proto = static_cast<uint8_t>(example.proto);
	row.ip_version = family == AF_INET ? 4 : 6;
	set_address(&row.client, family, example.client, example.client_port);
	set_address(&row.server, family, example.server, example.server_port);
	return row;
}

std::string
community(const struct report_row &row)
{
	char text[COMMUNITY_MAX];

	return std::string(text, community_format(text, &row));
}

TEST(ReportCommunity, AsOtherProgramsNameIt)
{
	for (const Example &example : examples)
		EXPECT_EQ(community(row_of(example)), example.id)
			<< example.client << " " << example.server;
}

TEST(ReportCommunity, TheSameWhoeverIsTheClient)
{
	for (const Example &example : examples) {
		struct report_row row = row_of(example);

		std::swap(row.client, row.server);
		EXPECT_EQ(community(row), example.id);
	}
}

/* Between sockets of one address the ports make the order; of one socket with itself there is none. */
TEST(ReportCommunity, OneAddressAtBothEnds)
{
	struct report_row row = row_of({ IPPROTO_TCP, "127.0.0.1", 40000, "127.0.0.1", 80, "" });
	std::string one = community(row);

	std::swap(row.client.port, row.server.port);
	EXPECT_EQ(community(row), one);
	row.client.port = row.server.port = 80;
	EXPECT_NE(community(row), one);
	EXPECT_EQ(community(row).size(), size_t(COMMUNITY_MAX));
}

} // namespace
