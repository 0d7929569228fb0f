/* SPDX-License-Identifier: BSD-3-Clause */
#include <gtest/gtest.h>

#include <netinet/in.h>

#include <set>
#include <string>

#include "report_names.h"

namespace {

TEST(ReportNames, StatesAsTheContractSpellsThem)
{
	const char *const names[] = { "CLOSED", "LISTEN", "SYN_SENT", "SYN_RECEIVED", "ESTABLISHED",
		                      "FIN_WAIT_1", "FIN_WAIT_2", "CLOSE_WAIT", "CLOSING", "LAST_ACK",
		                      "TIME_WAIT", "UDP" };

	ASSERT_EQ(sizeof(names) / sizeof(names[0]), static_cast<size_t>(REPORT_STATES));
	for (unsigned i = 0; i < REPORT_STATES; i++)
		EXPECT_STREQ(report_state_name(i), names[i]);
	EXPECT_STREQ(report_state_name(REPORT_STATES), "UNKNOWN");
	EXPECT_STREQ(report_state_name(255), "UNKNOWN");
}

TEST(ReportNames, EndsAndClosers)
{
	EXPECT_EQ(report_end_cause_name(REPORT_END_NONE), nullptr);
	EXPECT_STREQ(report_end_cause_name(REPORT_END_FIN), "fin");
	EXPECT_STREQ(report_end_cause_name(REPORT_END_RST), "rst");
	EXPECT_STREQ(report_end_cause_name(REPORT_END_TIMEOUT), "timeout");
	EXPECT_STREQ(report_end_cause_name(REPORT_END_EVICTED), "evicted");
	EXPECT_STREQ(report_end_cause_name(REPORT_END_DROPPED), "dropped");
	EXPECT_STREQ(report_end_cause_name(REPORT_END_REUSED), "reused");
	EXPECT_EQ(report_end_cause_name(200), nullptr);
	EXPECT_EQ(report_closer_name(REPORT_CLOSER_NONE), nullptr);
	EXPECT_STREQ(report_closer_name(REPORT_CLOSER_CLIENT), "client");
	EXPECT_STREQ(report_closer_name(REPORT_CLOSER_SERVER), "server");
	EXPECT_EQ(report_closer_name(3), nullptr);
}

/* Each class has a word and a brief one, no two alike. */
TEST(ReportNames, IcmpErrors)
{
	std::set<std::string> names;

	EXPECT_EQ(report_icmp_name(REPORT_ICMP_NONE), nullptr);
	EXPECT_EQ(report_icmp_short(REPORT_ICMP_NONE), nullptr);
	for (unsigned icmp = REPORT_ICMP_NET; icmp < REPORT_N_ICMP; icmp++) {
		EXPECT_TRUE(names.insert(report_icmp_name(icmp)).second);
		EXPECT_TRUE(names.insert(report_icmp_short(icmp)).second);
		EXPECT_EQ(std::string(report_icmp_short(icmp)).find("icmp-"), 0u);
	}
	EXPECT_STREQ(report_icmp_name(REPORT_ICMP_PORT), "port-unreachable");
	EXPECT_STREQ(report_icmp_short(REPORT_ICMP_PORT), "icmp-port");
	EXPECT_EQ(report_icmp_name(REPORT_N_ICMP), nullptr);
	EXPECT_EQ(report_icmp_short(255), nullptr);
}

TEST(ReportNames, FlagsAndProtocols)
{
	EXPECT_STREQ(report_flag_name(0), "midstream");
	EXPECT_STREQ(report_flag_name(1), "oneway");
	EXPECT_STREQ(report_flag_name(2), "gap");
	EXPECT_STREQ(report_flag_name(3), "role-guessed");
	EXPECT_STREQ(report_flag_short(3), "guess");
	EXPECT_STREQ(report_proto_name(IPPROTO_TCP), "tcp");
	EXPECT_STREQ(report_proto_name(IPPROTO_UDP), "udp");
	EXPECT_STREQ(report_proto_name(1), "unknown");
}

} // namespace
