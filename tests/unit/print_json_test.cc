/* SPDX-License-Identifier: BSD-3-Clause */
#include <gtest/gtest.h>

#include "print_capture.h"
#include "report_fixture.h"
#include "print_conn.h"
#include "report_label.h"

namespace {

std::string
json(const struct report_row &row)
{
	Capture capture;

	print_json_row(capture.out(), &row);
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
	          "\"community_id\":\"1:KNUrM8W6SqnrIxXTjLwplPXwWpM=\","
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

TEST(ReportJson, IcmpErrors)
{
	struct report_row row = bare_row();

	EXPECT_EQ(json(row).find("icmp"), std::string::npos);
	row.icmp = REPORT_ICMP_PORT;
	row.icmp_end = REPORT_CLOSER_CLIENT;
	EXPECT_NE(json(row).find("3600.5,\"icmp\":{\"error\":\"port-unreachable\",\"told\":\"client\"}}\n"),
	          std::string::npos)
		<< json(row);
	row.end_cause = REPORT_END_FIN;
	row.icmp = REPORT_ICMP_TOO_BIG;
	row.icmp_end = REPORT_CLOSER_SERVER;
	EXPECT_NE(json(row).find("\"end\":\"fin\",\"icmp\":{\"error\":\"packet-too-big\","
	                         "\"told\":\"server\"}}\n"),
	          std::string::npos)
		<< json(row);
	row.icmp = 0xff; /* a number without a name says nothing */
	EXPECT_EQ(json(row).find("icmp"), std::string::npos);
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
	const struct report_row longest = longest_row();
	struct report_label labels[2] = {};

	labels[0].version = 4;
	labels[1].version = 6;
	for (struct report_label &label : labels)
		memset(label.label, 'n', sizeof(label.label) - 1);
	EXPECT_LT(json(longest_row()).size(), 800u);
	std::unique_ptr<report_labels> table(new report_labels());
	report_labels_use(table.get(), labels, 2);
	Capture capture;
	capture.out()->style.labels = table.get();
	print_json_row(capture.out(), &longest);
	EXPECT_LT(capture.text().size(), 900u);
	EXPECT_NE(capture.text().find(std::string("\"name\":\"") + labels[0].label + "\""),
	          std::string::npos);
}

TEST(ReportJson, ManyRowsGoThroughTheBlock)
{
	Capture capture;
	struct report_row row = longest_row();

	for (uint64_t i = 0; i < 1000; i++) {
		row.id = i;
		print_json_row(capture.out(), &row);
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

std::string
json(const struct report_full &full)
{
	Capture capture;

	print_json_full(capture.out(), &full);
	return capture.text();
}

TEST(ReportJson, Everything)
{
	EXPECT_EQ(json(example_full()),
	          "{\"id\":\"0000002A\",\"proto\":\"tcp\",\"vlan\":10,"
	          "\"client\":{\"ip\":\"10.0.0.1\",\"port\":20008,\"state\":\"FIN_WAIT_2\","
	          "\"packets\":6,\"bytes\":412,\"payload\":130,\"in_state\":3600.5,"
	          "\"retransmitted_packets\":3,\"retransmitted_bytes\":4380,\"out_of_order\":1,"
	          "\"lost_before\":1,\"lost_behind\":2,\"needless\":1,\"seen\":\"SAF\","
	          "\"rtt\":0.0015,\"handshake_rtt\":0.00125,\"snd_nxt\":4294967295,\"rcv_nxt\":77,"
	          "\"window\":65535,\"mss\":1460,\"wscale\":7,\"sack\":true},"
	          "\"server\":{\"ip\":\"192.168.5.146\",\"port\":443,\"state\":\"CLOSE_WAIT\","
	          "\"packets\":5,\"bytes\":6120,\"payload\":5900,\"in_state\":3601,"
	          "\"gaps\":4,\"zero_windows\":5,\"window_closed\":2.5,\"seen\":\"SA\",\"rtt\":0.14,\"handshake_rtt\":0.138,"
	          "\"snd_nxt\":4294967295,\"rcv_nxt\":77,\"window\":65535,\"mss\":1460,"
	          "\"sack\":false},"
	          "\"community_id\":\"1:KNUrM8W6SqnrIxXTjLwplPXwWpM=\","
	          "\"opened\":\"2026-01-01T00:00:00.000123Z\",\"last\":\"2026-01-01T00:00:01.250000Z\","
	          "\"in_state\":3600.5,\"rtt\":0.1415,\"handshake_rtt\":0.13925,\"duplicates\":2,"
	          "\"flags\":[\"midstream\"],\"closed_by\":\"client\",\"end\":\"fin\"}\n");
}

TEST(ReportJson, OfUdpNothingOfTcp)
{
	std::string line = json(udp_full());

	for (const char *key : { "retransmitted", "out_of_order", "gaps", "rtt", "snd_nxt", "window",
	                         "mss", "wscale", "sack", "duplicates" })
		EXPECT_EQ(line.find(key), std::string::npos) << key;
	EXPECT_NE(line.find("\"payload\":130,\"in_state\":5}"), std::string::npos) << line;
}

TEST(ReportJson, TheLongestOfAllFits)
{
	EXPECT_LT(json(longest_full()).size(), 1900u);
}

} // namespace
