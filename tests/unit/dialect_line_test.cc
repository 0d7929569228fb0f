/* SPDX-License-Identifier: BSD-3-Clause */
#include <gtest/gtest.h>

#include "dialect_fixture.h"

namespace {

TEST(DialectLine, EachEndAsked)
{
	struct report_row row = bare_row();
	struct dialect_line lines[2];

	row.lines = REPORT_LINE_CLIENT | REPORT_LINE_SERVER;
	ASSERT_EQ(dialect_lines(&row, lines), 2u);
	EXPECT_EQ(lines[0].local, &row.client);
	EXPECT_EQ(lines[0].foreign, &row.server);
	EXPECT_EQ(lines[1].local, &row.server);
	EXPECT_EQ(lines[1].foreign, &row.client);
	EXPECT_FALSE(lines[0].is_socket || lines[1].is_socket);
	row.lines = REPORT_LINE_SERVER;
	ASSERT_EQ(dialect_lines(&row, lines), 1u);
	EXPECT_EQ(lines[0].local, &row.server);
}

TEST(DialectLine, NobodyAsked)
{
	struct report_row row = bare_row();
	struct dialect_line lines[2];

	ASSERT_EQ(dialect_lines(&row, lines), 1u);
	EXPECT_EQ(lines[0].local, &row.client);
	EXPECT_EQ(lines[0].row, &row);
}

TEST(DialectLine, Sockets)
{
	struct report_row row = socket_line(IPPROTO_TCP, 22);
	struct dialect_line lines[2];

	ASSERT_EQ(dialect_lines(&row, lines), 1u);
	EXPECT_TRUE(lines[0].is_socket);
	EXPECT_EQ(lines[0].local, &row.client);
}

} // namespace
