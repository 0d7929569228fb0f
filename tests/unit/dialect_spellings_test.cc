/* SPDX-License-Identifier: BSD-3-Clause */
#include "dialect_spellings.h"

#include "print_fixture.h"

namespace {

std::string
row_of(void (*printer)(struct print_out *, const void *), uint32_t state)
{
	const auto row = static_cast<enum report_state>(state);

	return printed(printer, static_cast<const void *>(&row));
}

TEST(DialectSpellings, Text)
{
	const std::string heading = printed(dialect_spellings.text_heading);

	EXPECT_EQ(heading, "State        z/OS     console linux       ss         BSD,Solaris Windows\n");
	EXPECT_EQ(row_of(dialect_spellings.text, REPORT_FIN_WAIT_1),
	          "FIN_WAIT_1   FinWait1 FinWt1  FIN_WAIT1   FIN-WAIT-1 FIN_WAIT_1  FIN_WAIT_1\n");
	EXPECT_EQ(row_of(dialect_spellings.text, REPORT_UDP),
	          "UDP          UDP      UDP     ESTABLISHED ESTAB      Connected   -\n");
	for (uint32_t state = 0; state < REPORT_STATES; state++)
		expect_fits(row_of(dialect_spellings.text, state));
}

TEST(DialectSpellings, WhatNoColumnHas)
{
	const std::string text = printed(dialect_spellings_end);

	EXPECT_NE(text.find("\nSYN_SENT     synSent(3); conntrack SYN_SENT\n"
	                    "             SYN_SEND (Microsoft's Q137984)\n"
	                    "             SYN_SENT2 (conntrack)\n"),
	          std::string::npos)
	    << text;
	EXPECT_NE(text.find("\nss           ss(8) of iproute2\n"), std::string::npos) << text;
	expect_fits(text);
}

TEST(DialectSpellings, Json)
{
	EXPECT_EQ(row_of(dialect_spellings.json, REPORT_TIME_WAIT),
	          "{\"state\":\"TIME_WAIT\",\"zos\":\"TimeWait\",\"console\":\"TimeWt\",\"linux\":\"TIME_WAIT\","
	          "\"ss\":\"TIME-WAIT\",\"bsd\":\"TIME_WAIT\",\"solaris\":\"TIME_WAIT\",\"windows\":\"TIME_WAIT\","
	          "\"conntrack\":\"TIME_WAIT\",\"snmp\":\"timeWait(11)\","
	          "\"also\":[{\"word\":\"TIMED_WAIT\",\"who\":\"Microsoft's Q137984\"}]}\n");
	for (uint32_t state = 0; state < REPORT_STATES; state++)
		expect_json_line(row_of(dialect_spellings.json, state));
}

TEST(DialectSpellings, Csv)
{
	const std::string heading = printed(dialect_spellings.csv_heading);

	EXPECT_EQ(heading, "state,zos,console,linux,ss,bsd,solaris,windows,conntrack,snmp,also\n");
	EXPECT_EQ(row_of(dialect_spellings.csv, REPORT_LISTEN),
	          "LISTEN,Listen,Listen,LISTEN,LISTEN,LISTEN,LISTEN,LISTENING,,listen(2),\n");
	for (uint32_t state = 0; state < REPORT_STATES; state++)
		EXPECT_EQ(fields_of(row_of(dialect_spellings.csv, state)), fields_of(heading));
}

} // namespace
