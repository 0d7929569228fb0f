// SPDX-License-Identifier: BSD-3-Clause
// The printers of sockets: text, JSON and CSV.

#include <gtest/gtest.h>

#include <netinet/in.h>

#include "print_capture.h"
#include "print_rows.h"
#include "report_fixture.h"
#include "report_names.h"
#include "report_listen.h"

namespace
{

report_listen
example(uint8_t proto)
{
	report_listen row = {};

	inet_pton(AF_INET, "192.168.5.146", row.addr);
	row.port = 443;
	row.vlan = REPORT_NO_VLAN;
	row.proto = proto;
	row.ip_version = 4;
	row.state = proto == IPPROTO_TCP ? REPORT_LISTEN_LISTEN : REPORT_LISTEN_UNCONNECTED;
	row.peers = proto == IPPROTO_TCP ? REPORT_PEERS_NONE : REPORT_PEERS_MANY;
	row.asked = 120;
	row.accepted = 99;
	row.refused = 7;
	row.unanswered = 5;
	if (proto == IPPROTO_TCP) {
		row.deaf = 2;
		row.resets[0] = 11;
		row.resets[1] = 12;
		row.handshake.count[report_times_place(1000)] = 4;
		row.round_trip.count[report_times_place(1000)] = 4;
		row.accepted_us = row.refused_first_us = UINT64_C(1767225600000123);
	}
	row.syn_ack_retransmitted = 3;
	row.first_us = 1767225600000123;
	row.last_us = 1767225661500000;
	row.age_us = 3661000000;
	row.idle_us = 59000000;
	return row;
}

std::string
text(const report_listen &row)
{
	Capture capture;

	print_listen.text(capture.out(), &row);
	return capture.text();
}

std::string
json(const report_listen &row)
{
	Capture capture;

	print_listen.json(capture.out(), &row);
	return capture.text();
}

std::string
csv(const report_listen &row)
{
	Capture capture;

	print_listen.csv(capture.out(), &row);
	return capture.text();
}

TEST(ReportListen, Text)
{
	Capture capture;

	print_listen.text_heading(capture.out());
	EXPECT_EQ(capture.text(),
	          "Proto Socket                State    Accept Refuse NoAns Again Age      Idle\n");
	EXPECT_EQ(text(example(IPPROTO_TCP)),
	          "tcp   192.168.5.146:443     LISTEN   99     7      5     3     01:01:01 00:00:59\n");
	EXPECT_EQ(text(example(IPPROTO_UDP)),
	          "udp   192.168.5.146:443     UNCONN   99     7      5     -     01:01:01 00:00:59\n");
}

/* The widest that IPv4 has in every column but the counters, and counters of five digits. */
TEST(ReportListen, TextFitsEightyColumns)
{
	report_listen row = example(IPPROTO_TCP);

	inet_pton(AF_INET, "255.255.255.255", row.addr);
	row.port = 65535;
	row.accepted = row.refused = 999999;
	row.unanswered = row.syn_ack_retransmitted = 99999;
	row.age_us = row.idle_us = UINT64_C(99) * 3600 * 1000000;
	for (unsigned state = 0; state < REPORT_LISTEN_STATES; state++) {
		row.state = (uint8_t)state;
		EXPECT_LE(text(row).size(), 81u) << text(row);
	}
	inet_pton(AF_INET6, "2001:db8:1111:2222:3333:4444:5555:6666", row.addr);
	row.ip_version = 6;
	EXPECT_NE(text(row).find("[2001:db8:1111:2222:3333:4444:5555:6666]:65535 LISTEN 999999 "),
	          std::string::npos)
		<< text(row);
}

TEST(ReportListen, Json)
{
	report_listen row = example(IPPROTO_TCP);

	EXPECT_EQ(json(row), "{\"proto\":\"tcp\",\"ip\":\"192.168.5.146\",\"port\":443,\"state\":\"LISTEN\","
	                     "\"asked\":120,\"accepted\":99,\"refused\":7,\"unanswered\":5,"
	                     "\"syn_ack_again\":3,\"not_taken\":2,\"resets_client\":11,"
	                     "\"resets_server\":12,\"handshake\":0.000768,\"round_trip\":0.000768,"
	                     "\"accepted_last\":\"2026-01-01T00:00:00.000123Z\","
	                     "\"refused_first\":\"2026-01-01T00:00:00.000123Z\",\"first\":\"2026-01-01T00:00:00.000123Z\","
	                     "\"last\":\"2026-01-01T00:01:01.500000Z\"}\n");
	row = example(IPPROTO_UDP);
	row.vlan = 10;
	EXPECT_EQ(json(row), "{\"proto\":\"udp\",\"vlan\":10,\"ip\":\"192.168.5.146\",\"port\":443,"
	                     "\"state\":\"unconnected\",\"peers\":\"many\","
	                     "\"asked\":120,\"accepted\":99,\"refused\":7,\"unanswered\":5,"
	                     "\"first\":\"2026-01-01T00:00:00.000123Z\","
	                     "\"last\":\"2026-01-01T00:01:01.500000Z\"}\n");
	row.peers = REPORT_PEERS_ONE;
	EXPECT_NE(json(row).find("\"peers\":\"one\""), std::string::npos);
}

TEST(ReportListen, Csv)
{
	Capture capture;
	report_listen row = example(IPPROTO_UDP);

	print_listen.csv_heading(capture.out());
	EXPECT_EQ(capture.text(), "proto,vlan,ip,port,state,peers,asked,accepted,refused,unanswered,"
	                          "syn_ack_again,not_taken,resets_client,resets_server,first,last,"
	                          "handshake,round_trip,accepted_last,refused_first,tunnel\n");
	EXPECT_EQ(csv(example(IPPROTO_TCP)),
	          "tcp,,192.168.5.146,443,LISTEN,,120,99,7,5,3,2,11,12,"
	          "2026-01-01T00:00:00.000123Z,2026-01-01T00:01:01.500000Z,0.000768,0.000768,"
	          "2026-01-01T00:00:00.000123Z,2026-01-01T00:00:00.000123Z,\n");
	row.vlan = 10;
	EXPECT_EQ(csv(row), "udp,10,192.168.5.146,443,unconnected,many,120,99,7,5,,,,,"
	                    "2026-01-01T00:00:00.000123Z,2026-01-01T00:01:01.500000Z,,,,,\n");
}

TEST(ReportListen, TheLongestRowFits)
{
	report_listen row = example(IPPROTO_TCP);

	memset(row.addr, 0xff, sizeof(row.addr));
	row.ip_version = 6;
	row.port = 65535;
	row.vlan = 4094;
	row.asked = row.accepted = row.refused = row.unanswered = row.syn_ack_retransmitted = UINT64_MAX;
	row.age_us = row.idle_us = UINT64_MAX;
	row.deaf = row.resets[0] = row.resets[1] = UINT64_MAX;
	EXPECT_LT(json(row).size(), 1024u);
	EXPECT_LT(csv(row).size(), 1024u);
	EXPECT_LT(text(row).size(), 512u);
}

TEST(ReportListen, NamesOfStates)
{
	EXPECT_STREQ(report_listen_state_name(REPORT_LISTEN_SILENT), "silent");
	EXPECT_STREQ(report_listen_state_name(REPORT_LISTEN_REFUSED), "refused");
	EXPECT_STREQ(report_listen_state_name(REPORT_LISTEN_ANSWERED), "answered");
	EXPECT_STREQ(report_listen_state_name(REPORT_LISTEN_STATES), "UNKNOWN");
}

TEST(ReportListen, Cut)
{
	Capture capture;

	print_listen.text_cut(capture.out(), 17);
	EXPECT_EQ(capture.text(), "(cut short: 17 sockets shown, more are missing)\n");
}

} // namespace
