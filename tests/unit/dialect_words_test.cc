/* SPDX-License-Identifier: BSD-3-Clause */
#include <gtest/gtest.h>

#include <set>

#include "dialect_fixture.h"
#include "report_names.h"

namespace {

TEST(DialectWords, Names)
{
	EXPECT_EQ(dialect_find("zos"), DIALECT_ZOS);
	EXPECT_EQ(dialect_find("linux"), DIALECT_LINUX);
	EXPECT_EQ(dialect_find("ss"), DIALECT_SS);
	EXPECT_EQ(dialect_find("bsd"), DIALECT_BSD);
	EXPECT_EQ(dialect_find("solaris"), DIALECT_SOLARIS);
	EXPECT_EQ(dialect_find("windows"), DIALECT_WINDOWS);
	EXPECT_EQ(dialect_find("none"), DIALECT_NONE);
	EXPECT_EQ(dialect_find(""), DIALECT_NONE);
	EXPECT_EQ(dialect_find("Linux"), DIALECT_NONE);
}

/* No two states are spelled alike, in no dialect. */
TEST(DialectWords, StatesAreToldApart)
{
	for (unsigned id = DIALECT_NONE; id < DIALECTS; id++) {
		std::set<std::string> seen;

		for (unsigned state = REPORT_CLOSED; state <= REPORT_TIME_WAIT; state++)
			EXPECT_TRUE(seen.insert(dialect_state((enum dialect_id)id, state, 0)).second)
			    << dialect_get((enum dialect_id)id)->name << " " << report_state_name(state);
		EXPECT_STREQ(dialect_state((enum dialect_id)id, 200, 0), "UNKNOWN");
	}
}

TEST(DialectWords, Spellings)
{
	EXPECT_STREQ(dialect_state(DIALECT_NONE, REPORT_FIN_WAIT_2, 0), "FIN_WAIT_2");
	EXPECT_STREQ(dialect_state(DIALECT_ZOS, REPORT_FIN_WAIT_2, 0), "FinWait2");
	EXPECT_STREQ(dialect_state(DIALECT_LINUX, REPORT_FIN_WAIT_2, 0), "FIN_WAIT2");
	EXPECT_STREQ(dialect_state(DIALECT_SS, REPORT_FIN_WAIT_2, 0), "FIN-WAIT-2");
	EXPECT_STREQ(dialect_state(DIALECT_BSD, REPORT_SYN_RECEIVED, 0), "SYN_RCVD");
	EXPECT_STREQ(dialect_state(DIALECT_SOLARIS, REPORT_SYN_RECEIVED, 0), "SYN_RCVD");
	EXPECT_STREQ(dialect_state(DIALECT_WINDOWS, REPORT_SYN_RECEIVED, 0), "SYN_RECEIVED");
	EXPECT_STREQ(dialect_state(DIALECT_LINUX, REPORT_UDP, 0), "ESTABLISHED");
	EXPECT_STREQ(dialect_state(DIALECT_LINUX, REPORT_UDP, 1), "");
	EXPECT_STREQ(dialect_state(DIALECT_SS, REPORT_UDP, 1), "UNCONN");
	EXPECT_STREQ(dialect_state(DIALECT_NONE, REPORT_UDP, 1), "UDP");
}

TEST(DialectWords, Protocols)
{
	EXPECT_STREQ(dialect_proto(DIALECT_LINUX, IPPROTO_TCP, 6), "tcp6");
	EXPECT_STREQ(dialect_proto(DIALECT_BSD, IPPROTO_UDP, 4), "udp4");
	EXPECT_STREQ(dialect_proto(DIALECT_WINDOWS, IPPROTO_UDP, 6), "UDP");
	EXPECT_STREQ(dialect_proto(DIALECT_SS, 132, 6), "unknown");
}

/* What each system's command lists without -a and with it. */
TEST(DialectWords, WhatIsListed)
{
	EXPECT_TRUE(dialect_get(DIALECT_ZOS)->conn_sockets);
	EXPECT_FALSE(dialect_get(DIALECT_LINUX)->conn_sockets);
	EXPECT_FALSE(dialect_get(DIALECT_NONE)->all_sockets);
	for (unsigned id = DIALECT_ZOS; id < DIALECTS; id++) {
		EXPECT_TRUE(dialect_get((enum dialect_id)id)->all_sockets);
		EXPECT_EQ(dialect_get((enum dialect_id)id)->closed, id == DIALECT_ZOS);
		EXPECT_FALSE(dialect_get((enum dialect_id)id)->served);
	}
}

} // namespace
