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

TEST(DialectWords, Spellings)
{
	for (unsigned id = DIALECT_NONE; id < DIALECTS; id++)
		EXPECT_EQ(dialect_spelling((enum dialect_id)id, false)->id, id);
	EXPECT_EQ(dialect_spelling(DIALECT_ZOS, false)->system, REPORT_SYSTEM_ZOS);
	EXPECT_EQ(dialect_spelling(DIALECT_ZOS, true)->system, REPORT_SYSTEM_ZOS_CONSOLE);
	EXPECT_EQ(dialect_spelling(DIALECT_SS, true)->system, REPORT_SYSTEM_SS);
	EXPECT_STREQ(dialect_spelling(DIALECT_ZOS, true)->separator, "..");
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
