/* SPDX-License-Identifier: BSD-3-Clause */
/* Connections sorted and grouped: order, limits, what all of it may take. */
#include "query_fixture.h"

namespace {

class QuerySort : public QueryTest {
protected:
	std::vector<struct report_row> ids_of(int wanted)
	{
		int result;
		const auto rows = all<struct report_row>(284, &result);

		EXPECT_EQ(result, wanted);
		return rows;
	}
};

TEST_F(QuerySort, OrderAndGroups)
{
	ASSERT_EQ(open(REPORT_ASK_ALLCONN, "dport 443", "bytes", 3), 0);
	EXPECT_EQ(ids(), (std::vector<uint64_t>{ 1000, 998, 996 }));
	EXPECT_TRUE(query->cut);
	close();
	ASSERT_EQ(open(REPORT_ASK_GROUP, "id != 1", "", 0, "server-port,proto"), 0);
	int result;
	const auto groups = all<struct report_group>(1, &result);
	EXPECT_EQ(result, 0);
	ASSERT_EQ(groups.size(), 2u);
	EXPECT_EQ(groups[0].keys[0].value, 443);
	EXPECT_EQ(groups[0].count, 500u);
	EXPECT_EQ(groups[1].count, 499u);
	close();
	ASSERT_EQ(open(REPORT_ASK_GROUP, "", "count", 1, "server-port"), 0);
	EXPECT_EQ(all<struct report_group>(284, &result).size(), 1u);
	EXPECT_TRUE(query->cut);
}

TEST_F(QuerySort, SortedLinesAreOneEach)
{
	int result;

	source.hosts = true;
	source.n = 8;
	source.n_sockets = 3;
	ASSERT_EQ(open(REPORT_ASK_ALLCONN, "", "bound,id", 0, "", QUERY_LINES | QUERY_LINES_SOCKETS), 0);
	std::string seen;
	for (const struct report_row &row : all<struct report_row>(2, &result)) {
		const struct report_end *local = row.lines & REPORT_LINE_SERVER ? &row.server : &row.client;

		seen += std::to_string(local->addr[3]) + "." + std::to_string(local->port) +
		        (row.lines & REPORT_LINE_SOCKET ? "L " : " ");
	}
	/* 10.0.0.0 listens on 2, 10.0.0.1 on 1 and 3; 7 flows from port 0, 4 and 8 to 443. */
	EXPECT_EQ(seen, "0.2L 1.1L 1.3L 1.0 1.0 1.0 1.0 1.0 1.0 1.0 1.443 1.443 ");
}

/* What all queries may take for sorting is bounded; beyond it they say what to do. */
TEST_F(QuerySort, TooMuchToSort)
{
	use_memory(2000000);
	source.n = 20000;
	ASSERT_EQ(open(REPORT_ASK_ALLCONN, "", "bytes"), 0);
	int result;
	EXPECT_TRUE(all<struct report_row>(284, &result).empty());
	EXPECT_EQ(result, -ENOMEM);
	ASSERT_NE(query->why, nullptr);
	EXPECT_NE(strstr(query->why, "--limit"), nullptr);
	close();
	ASSERT_EQ(open(REPORT_ASK_ALLCONN, "", "bytes", 3), 0) << "a limit fits";
	EXPECT_EQ(ids(), (std::vector<uint64_t>{ 20000, 19999, 19998 }));
	use_memory(10);
	ASSERT_EQ(open(REPORT_ASK_ALLCONN, "", "bytes", 3), 0);
	EXPECT_TRUE(ids_of(-ENOMEM).empty());
}

/* Each turn gathers a bounded number of connections; no row is given before the last is known. */
TEST_F(QuerySort, ATurnGathersABoundedNumber)
{
	struct report_row rows[10];
	unsigned turns = 0;

	source.n = 100000;
	source.slice = 1000000;
	ASSERT_EQ(open(REPORT_ASK_ALLCONN, "", "-id", 1), 0);
	while (query_rows(query, rows, 10) == -EAGAIN)
		turns++;
	EXPECT_GE(turns, 100000u / 20000);
	EXPECT_EQ(rows[0].id, 100000u);
	EXPECT_EQ(query_rows(query, rows, 10), 0);
	EXPECT_TRUE(query->cut);
}

/* Whole rows are sorted by what only they have, and given whole. */
TEST_F(QuerySort, WholeRows)
{
	int result;

	source.n = 50;
	ASSERT_EQ(open(REPORT_ASK_ALL, "dport 80", "-retransmitted", 5), 0);
	const auto rows = all<struct report_full>(3, &result);
	ASSERT_EQ(rows.size(), 5u);
	for (unsigned i = 0; i < 5; i++) {
		EXPECT_EQ(rows[i].row.id, 49u - 2 * i);
		EXPECT_EQ(rows[i].client.retransmitted, rows[i].row.id);
	}
}

/* Groups are of the report that is grouped: of conn those of active connections. */
TEST_F(QuerySort, GroupsOfActiveConnections)
{
	struct query_request request = {};
	int result;

	request.report = REPORT_ASK_GROUP;
	request.filter = "worker 0";
	request.sort = "";
	request.by = "proto";
	for (enum report_request of : { REPORT_ASK_CONN, REPORT_ASK_BYTEINFO, REPORT_ASK_SOCKETS }) {
		request.of = of;
		ASSERT_EQ(open(request), 0) << text;
		EXPECT_EQ(all<struct report_group>(10, &result).size(), 1u) << of;
	}
	for (enum report_request of : { REPORT_ASK_ALLCONN, REPORT_ASK_ALL }) {
		request.of = of;
		ASSERT_EQ(open(request), 0) << text;
		EXPECT_EQ(all<struct report_group>(10, &result).size(), 0u) << of;
	}
}

} // namespace
