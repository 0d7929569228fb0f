/* SPDX-License-Identifier: BSD-3-Clause */
/* Connections chosen over a source of the test's own: turns, limits, lines. */
#include "query_fixture.h"

namespace {

using QueryFlow = QueryTest;

TEST_F(QueryFlow, AFilter)
{
	for (unsigned max : { 1u, 7u, 284u }) {
		for (bool sparse : { false, true }) {
			source.sparse = sparse;
			ASSERT_EQ(open(REPORT_ASK_ALLCONN, "dport 443"), 0) << text;
			EXPECT_EQ(ids(max), range(2, 1000, 2)) << max;
			EXPECT_FALSE(query->cut);
			close();
		}
	}
	ASSERT_EQ(open(REPORT_ASK_CONN, "worker 0 dport 80"), 0) << "conn asks for the active ones";
	EXPECT_EQ(ids(), range(1, 999, 2));
	close();
	ASSERT_EQ(open(REPORT_ASK_ALL, "retransmitted > 990"), 0);
	int result;
	EXPECT_EQ(all<struct report_full>(146, &result).size(), 10u);
}

/* A piece that gives less than it was asked for has looked at as much as a turn may. */
TEST_F(QueryFlow, OnePieceATurn)
{
	struct report_row rows[284];

	source.slice = 1;
	for (const char *sort : { "", "id" }) {
		ASSERT_EQ(open(REPORT_ASK_ALLCONN, "dport 443", sort), 0);
		for (unsigned turn = 1; turn <= 100; turn++) {
			source.fetches = 0;
			query_rows(query, rows, 284);
			EXPECT_EQ(source.fetches, 1u);
		}
		close();
	}
}

TEST_F(QueryFlow, WhatOnlyWholeRowsHave)
{
	ASSERT_EQ(open(REPORT_ASK_CONN, "retransmitted > 990", "-retransmitted"), 0);
	EXPECT_EQ(ids(), (std::vector<uint64_t>{ 1000, 999, 998, 997, 996, 995, 994, 993, 992, 991 }));
}

TEST_F(QueryFlow, Limits)
{
	for (uint64_t limit : { 1u, 283u, 284u, 285u, 499u, 500u, 501u }) {
		for (const char *sort : { "", "id" }) {
			ASSERT_EQ(open(REPORT_ASK_ALLCONN, "dport 443", sort, limit), 0);
			EXPECT_EQ(ids(), range(2, 2 * std::min<uint64_t>(limit, 500), 2)) << limit;
			EXPECT_EQ(query->cut, limit < 500) << limit;
			close();
		}
	}
}

/* Without a filter rows come straight from the source, but for the last before the limit. */
TEST_F(QueryFlow, LimitsOfEverything)
{
	for (unsigned max : { 1u, 7u, 284u }) {
		for (uint64_t limit : { 0u, 1u, 283u, 284u, 285u, 568u, 999u, 1000u, 1001u }) {
			for (bool sparse : { false, true }) {
				source.sparse = sparse;
				ASSERT_EQ(open(REPORT_ASK_ALLCONN, "", "", limit), 0);
				uint64_t last = limit ? std::min<uint64_t>(limit, 1000) : 1000;
				EXPECT_EQ(ids(max), range(1, last, 1)) << limit << ' ' << max;
				EXPECT_EQ(query->cut, limit && limit < 1000) << limit << ' ' << max;
				close();
			}
		}
	}
}

TEST_F(QueryFlow, AskedWrongly)
{
	EXPECT_EQ(open(REPORT_ASK_CONN, "state foo"), -EINVAL);
	EXPECT_NE(strstr(text, "column 7: expected a state"), nullptr) << text;
	EXPECT_EQ(open(REPORT_ASK_CONN, "", "foo"), -EINVAL);
	EXPECT_NE(strstr(text, "--sort, column 1"), nullptr) << text;
	EXPECT_EQ(open(REPORT_ASK_GROUP, "", "", 0, "foo"), -EINVAL);
	EXPECT_NE(strstr(text, "--by, column 1"), nullptr) << text;
	EXPECT_EQ(open(REPORT_ASK_GROUP, "", "idle", 0, "server"), -EINVAL);
	EXPECT_EQ(open(REPORT_ASK_DROP_MATCHING, "  "), -EINVAL);
	EXPECT_NE(strstr(text, "would forget everything"), nullptr) << text;
}

/* Rows say which of their ends are lines; sockets come first, then flows. */
TEST_F(QueryFlow, LinesOfHome)
{
	const unsigned both = REPORT_LINE_CLIENT | REPORT_LINE_SERVER;
	int result;

	source.hosts = true;
	ASSERT_EQ(open(REPORT_ASK_ALLCONN, "", "", 0, "", QUERY_LINES), 0);
	for (const struct report_row &row : all<struct report_row>(284, &result)) {
		EXPECT_EQ(row.lines, row.id % 4 ? (unsigned)REPORT_LINE_CLIENT : both) << row.id;
		EXPECT_NE(row.id, 3u) << "closed there, and the other end is not at home";
	}
	close();
	ASSERT_EQ(open(REPORT_ASK_ALLCONN, "state close-wait", "", 0, "", QUERY_LINES), 0);
	auto rows = all<struct report_row>(284, &result);
	EXPECT_EQ(rows.size(), 250u) << "the state of the line's own end";
	EXPECT_EQ(rows[0].lines, (unsigned)REPORT_LINE_SERVER);
	close();
	ASSERT_EQ(open(REPORT_ASK_ALLCONN, "sport < 20", "", 51, "", QUERY_LINES | QUERY_LINES_SOCKETS), 0);
	rows = all<struct report_row>(10, &result);
	ASSERT_EQ(rows.size(), 51u);
	for (unsigned i = 0; i < rows.size() && i < 51; i++) {
		EXPECT_EQ(rows[i].lines & REPORT_LINE_SOCKET, rows[i].id == 0 ? REPORT_LINE_SOCKET : 0);
		EXPECT_EQ(rows[i].id == 0, i < 19) << "flows' clients have port 0";
	}
	EXPECT_TRUE(query->cut);
}

/* The socket of 10.0.0.1:0 talks with several peers: known before the first flow is looked at. */
TEST_F(QueryFlow, UdpSocketsOfSeveralPeersAreOneLine)
{
	int result;

	source.hosts = source.udp = true;
	source.n_sockets = 0;
	ASSERT_EQ(open(REPORT_ASK_CONN, "", "", 0, "", QUERY_LINES), 0);
	EXPECT_EQ(all<struct report_row>(284, &result).size(), 1000u);
	close();
	source.n_sockets = 1;
	for (unsigned lines : std::initializer_list<unsigned>{ QUERY_LINES, QUERY_LINES | QUERY_LINES_SOCKETS,
		                                              QUERY_LINES | QUERY_LINES_SERVED }) {
		ASSERT_EQ(open(REPORT_ASK_CONN, "", "", 0, "", lines), 0);
		EXPECT_EQ(all<struct report_row>(284, &result).size(),
		          lines & QUERY_LINES_SERVED ? 1000u : lines & QUERY_LINES_SOCKETS ? 1u : 0u);
		close();
	}
}

} // namespace
