/* SPDX-License-Identifier: BSD-3-Clause */
#include <gtest/gtest.h>

#include "report_fixture.h"
#include "report_json.h"

namespace {

std::string
json(const struct report_row &row)
{
	Capture capture;

	report_json_row(capture.out(), &row);
	return capture.text();
}

TEST(ReportJson, TheContractsExample)
{
	EXPECT_EQ(json(example_row()),
	          "{\"id\":\"0000002A\",\"proto\":\"tcp\",\"vlan\":10,"
	          "\"client\":{\"ip\":\"10.0.0.1\",\"port\":20008,\"state\":\"FIN_WAIT_2\","
	          "\"packets\":6,\"bytes\":412,\"payload\":130},"
	          "\"server\":{\"ip\":\"192.168.5.146\",\"port\":443,\"state\":\"CLOSE_WAIT\","
	          "\"packets\":5,\"bytes\":6120,\"payload\":5900},"
	          "\"opened\":\"2026-01-01T00:00:00.000123Z\",\"last\":\"2026-01-01T00:00:01.250000Z\","
	          "\"in_state\":3600.5,\"flags\":[\"midstream\"],\"closed_by\":\"client\",\"end\":\"fin\"}\n");
}

TEST(ReportJson, WhatIsNotKnownIsAbsent)
{
	std::string line = json(bare_row());

	for (const char *key : { "vlan", "flags", "closed_by", "\"end\"" })
		EXPECT_EQ(line.find(key), std::string::npos) << key;
	EXPECT_NE(line.find("\"in_state\":3600.5}\n"), std::string::npos) << line;
}

TEST(ReportJson, VlanZeroIsKnown)
{
	struct report_row row = bare_row();

	row.vlan = 0;
	EXPECT_NE(json(row).find("\"proto\":\"tcp\",\"vlan\":0,\"client\""), std::string::npos);
}

TEST(ReportJson, AllFlagsInTheirOrder)
{
	struct report_row row = bare_row();

	row.flags = REPORT_MIDSTREAM | REPORT_ONEWAY | REPORT_GAP | REPORT_ROLE_GUESSED;
	EXPECT_NE(json(row).find("\"flags\":[\"midstream\",\"oneway\",\"gap\",\"role-guessed\"]}"),
	          std::string::npos);
	row.flags = REPORT_ROLE_GUESSED;
	EXPECT_NE(json(row).find(",\"flags\":[\"role-guessed\"]}"), std::string::npos);
	row.flags = 0x80; /* a bit without a name is no flag */
	EXPECT_EQ(json(row).find("flags"), std::string::npos);
}

TEST(ReportJson, UdpOverIpv6HasNoBrackets)
{
	struct report_row row = bare_row();

	row.proto = IPPROTO_UDP;
	row.ip_version = 6;
	row.id = 0x123456789abcull;
	set_address(&row.client, AF_INET6, "2001:db8::1", 5353);
	set_address(&row.server, AF_INET6, "ff02::fb", 5353);
	row.client.state = row.server.state = REPORT_UDP;
	std::string line = json(row);
	EXPECT_EQ(line.find("{\"id\":\"123456789ABC\",\"proto\":\"udp\",\"client\":{\"ip\":\"2001:db8::1\","
	                    "\"port\":5353,\"state\":\"UDP\""),
	          0u)
		<< line;
	EXPECT_NE(line.find("\"server\":{\"ip\":\"ff02::fb\""), std::string::npos);
}

/* The printer reserves a fixed room without looking: the longest row must leave much of it. */
TEST(ReportJson, TheLongestRowFits)
{
	EXPECT_LT(json(longest_row()).size(), 800u);
}

TEST(ReportJson, ManyRowsGoThroughTheBlock)
{
	Capture capture;
	struct report_row row = longest_row();

	for (uint64_t i = 0; i < 1000; i++) {
		row.id = i;
		report_json_row(capture.out(), &row);
	}
	std::vector<std::string> lines = lines_of(capture.text());
	ASSERT_EQ(lines.size(), 1000u);
	for (size_t i = 0; i < lines.size(); i++) {
		char id[32];

		snprintf(id, sizeof(id), "{\"id\":\"%08zX\"", i);
		EXPECT_EQ(lines[i].find(id), 0u);
		EXPECT_EQ(lines[i].back(), '}');
	}
}

} // namespace
