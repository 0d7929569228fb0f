/* SPDX-License-Identifier: BSD-3-Clause */
/* The block that `all` prints of a connection: what is in it, what is left out, and its columns. */
#include <gtest/gtest.h>

#include "print_capture.h"
#include "print_conn.h"
#include "report_fixture.h"

namespace {

std::string
text(const struct report_full &full)
{
	Capture capture;

	print_all_text(capture.out(), &full);
	return capture.text();
}

TEST(ReportAll, AHalfClosedConnection)
{
	EXPECT_EQ(text(example_full()),
	          "0000002A  tcp  vlan 10  closed by client  end fin  midstream\n"
	          "                  Client                  Server\n"
	          "  Socket          10.0.0.1:20008          192.168.5.146:443\n"
	          "  State           FIN_WAIT_2              CLOSE_WAIT\n"
	          "  In state        01:00:00                01:00:01\n"
	          "  Packets         6                       5\n"
	          "  Bytes           412                     6120\n"
	          "  Payload         130                     5900\n"
	          "  Retransmitted   3 (4380 bytes)          0\n"
	          "  Out of order    1                       0\n"
	          "  Gaps            0                       4\n"
	          "  Lost before     1                       0\n"
	          "  Lost behind     2                       0\n"
	          "  Zero windows    0                       5\n"
	          "    closed for                            00:00:02\n"
	          "  Round trip      1.500 ms                140 ms\n"
	          "    of handshake  1.250 ms                138 ms\n"
	          "  Flags seen      SAF                     SA\n"
	          "  Next to send    4294967295              4294967295\n"
	          "  Next expected   77                      77\n"
	          "  Window          65535                   65535\n"
	          "  MSS             1460                    1460\n"
	          "  Window scale    7\n"
	          "  SACK permitted  yes                     no\n"
	          "  First seen      2026-01-01T00:00:00.000123Z\n"
	          "  Last seen       2026-01-01T00:00:01.250000Z\n"
	          "  Duplicates      2\n"
	          "\n");
}

TEST(ReportAll, AnIcmpErrorIsNamed)
{
	struct report_full full = udp_full();

	full.row.icmp = REPORT_ICMP_PORT;
	full.row.icmp_end = REPORT_CLOSER_CLIENT;
	EXPECT_NE(text(full).find("\n  ICMP error      port-unreachable, told to the client\n"),
	          std::string::npos);
}

TEST(ReportAll, OfUdpOnlyWhatItHas)
{
	EXPECT_EQ(text(udp_full()),
	          "0000002A  udp\n"
	          "                  Client                  Server\n"
	          "  Socket          10.0.0.1:20008          192.168.5.146:443\n"
	          "  State           UDP                     UDP\n"
	          "  In state        00:00:05                00:00:05\n"
	          "  Packets         6                       5\n"
	          "  Bytes           412                     6120\n"
	          "  Payload         130                     5900\n"
	          "  First seen      2026-01-01T00:00:00.000123Z\n"
	          "  Last seen       2026-01-01T00:00:01.250000Z\n"
	          "\n");
}

TEST(ReportAll, RoundTripsOfEverySize)
{
	static const struct {
		uint32_t us;
		const char *shown;
	} cases[] = {
		{ 1, "0.001 ms" },       { 70, "0.070 ms" },    { 999, "0.999 ms" },
		{ 1000, "1.000 ms" },    { 99999, "99.999 ms" }, { 100000, "100 ms" },
		{ 100499, "100 ms" },    { 100501, "101 ms" },  { UINT32_MAX, "4294967 ms" },
	};

	for (const auto &c : cases) {
		struct report_full full = longest_full();

		full.server.rtt_us = 0;
		full.client.rtt_us = c.us;
		EXPECT_NE(text(full).find(std::string("\n  Round trip      ") + c.shown + "\n"),
		          std::string::npos) << c.us;
	}
}

/* A longer socket of the client moves the server's whole column. */
TEST(ReportAll, ColumnsStandUnderEachOther)
{
	struct report_full full = longest_full();

	full.client.retransmitted = full.client.retransmitted_bytes = UINT32_MAX;
	std::vector<std::string> lines = lines_of(text(full));
	size_t column = lines[1].find("Server");

	ASSERT_NE(column, std::string::npos);
	for (size_t i = 2; i < 10; i++) {
		ASSERT_GT(lines[i].size(), column) << lines[i];
		EXPECT_EQ(lines[i][column - 1], ' ') << lines[i];
		EXPECT_NE(lines[i][column], ' ') << lines[i];
	}
	EXPECT_LT(text(longest_full()).size(), 3500u);
}

} // namespace
