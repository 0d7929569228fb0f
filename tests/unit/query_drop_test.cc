/* SPDX-License-Identifier: BSD-3-Clause */
/* Connections forgotten by their id, and all that match: orders to workers that answer late or never. */
#include "query_fixture.h"

#include <climits>

namespace {

class QueryDrop : public QueryTest {
protected:
	/* One connection. Its query gives no row: returns what is not "again". */
	int drop(uint64_t id)
	{
		int result;

		EXPECT_EQ(open(REPORT_ASK_DROP, "", "", 0, "", 0, id), 0);
		do {
			result = query_rows(query, &row, 1);
			turns++;
		} while (result == -EAGAIN || result == -EINPROGRESS);
		return result;
	}

	struct report_row row;
	unsigned turns = 0;
};

TEST_F(QueryDrop, AtOnce)
{
	source.drop_result = 0;
	EXPECT_EQ(drop(0x2a), 0);
	EXPECT_EQ(source.dropped, (std::vector<uint64_t>{ 0x2a }));
	EXPECT_EQ(turns, 1u);
	close();
	EXPECT_EQ(source.abandoned, 0u);
}

TEST_F(QueryDrop, WhenNobodyCanTakeItYet)
{
	source.drop_busy = 5;
	EXPECT_EQ(drop(1), 0);
	EXPECT_EQ(source.asked, 6u);
	EXPECT_EQ(turns, 6u) << "others have their turn between";
	EXPECT_EQ(source.dropped, (std::vector<uint64_t>{ 1 }));
}

TEST_F(QueryDrop, DecidedLater)
{
	source.drop_polls = 10;
	EXPECT_EQ(drop(1), 0);
	EXPECT_EQ(turns, 1u) << "a worker that is awake is waited for";
	source.drop_polls = 1000;
	EXPECT_EQ(drop(2), 0);
	EXPECT_GT(turns, 3u) << "but not for long";
	EXPECT_EQ(source.ordered, 2u);
	EXPECT_EQ(source.collected, 2u);
	close();
	EXPECT_EQ(source.abandoned, 0u);
}

TEST_F(QueryDrop, NoSuchConnection)
{
	source.gone = { 0x2b };
	EXPECT_EQ(drop(0x2b), -ENOENT);
	EXPECT_STREQ(query->why, "no connection has the id 0000002B");
	source.drop_result = -ENOENT;
	EXPECT_EQ(drop(0x123456789abcdef0), -ENOENT);
	EXPECT_STREQ(query->why, "no connection has the id 123456789ABCDEF0");
	EXPECT_FALSE(query->cut);
}

TEST_F(QueryDrop, AnotherErrorIsNamed)
{
	source.drop_result = -EIO;
	EXPECT_EQ(drop(1), -EIO);
	EXPECT_NE(strstr(query->why, "00000001"), nullptr) << query->why;
	EXPECT_NE(strstr(query->why, strerror(EIO)), nullptr) << query->why;
}

/* Some seconds long; then whoever asked is told, and the order is abandoned when the query goes. */
TEST_F(QueryDrop, AWorkerThatNeverDecidesIsNotWaitedForForEver)
{
	source.hung = true;
	EXPECT_EQ(drop(3), -ETIMEDOUT);
	EXPECT_STREQ(query->why, "the worker did not answer in 3 seconds");
	EXPECT_EQ(source.abandoned, 0u);
	close();
	EXPECT_EQ(source.ordered, 1u);
	EXPECT_EQ(source.abandoned, 1u);
}

TEST_F(QueryDrop, AWorkerThatNeverTakesItIsNotWaitedForForEver)
{
	source.drop_busy = INT_MAX;
	EXPECT_EQ(drop(3), -ETIMEDOUT);
	close();
	EXPECT_EQ(source.ordered, 0u);
	EXPECT_EQ(source.abandoned, 0u) << "there is no order";
}

TEST_F(QueryDrop, OneThatIsLeftAbandonsItsOrder)
{
	source.hung = true;
	ASSERT_EQ(open(REPORT_ASK_DROP, "", "", 0, "", 0, 9), 0);
	EXPECT_EQ(query_rows(query, &row, 1), -EAGAIN);
	EXPECT_EQ(query_rows(query, &row, 1), -EAGAIN);
	close();
	EXPECT_EQ(source.ordered, 1u);
	EXPECT_EQ(source.abandoned, 1u);
	/* One that was never asked has no order. */
	ASSERT_EQ(open(REPORT_ASK_DROP, "", "", 0, "", 0, 9), 0);
	close();
	EXPECT_EQ(source.abandoned, 1u);
}

TEST_F(QueryDrop, AllThatMatchAreForgotten)
{
	source.drop_busy = 1000;
	source.drop_polls = 700; /* more than one turn asks */
	source.gone = { 4, 8, 1000 };
	source.n = 200;
	source.sparse = true;
	ASSERT_EQ(open(REPORT_ASK_DROP_MATCHING, "dport 443", "", 3), 0) << "a limit is no matter here";
	auto want = range(2, 200, 2);
	want.erase(want.begin() + 1);
	want.erase(want.begin() + 2);
	EXPECT_EQ(ids(10), want);
	EXPECT_EQ(source.dropped, want);
	EXPECT_EQ(source.ordered, source.collected);
	close();
	EXPECT_EQ(source.abandoned, 0u);
}

/* Who waits for a worker that hangs must not keep the control core busy. */
TEST_F(QueryDrop, RestsWhileAWorkerHangs)
{
	struct report_row rows[10];
	int result = -EAGAIN;

	source.hung = true;
	ASSERT_EQ(open(REPORT_ASK_DROP_MATCHING, "dport 443"), 0);
	while (result == -EAGAIN)
		result = query_rows(query, rows, 10);
	EXPECT_EQ(result, -EINPROGRESS);
	EXPECT_FALSE(query->endless) << "the next request does not end it";
}

TEST_F(QueryDrop, AnOrderWhoseClientLeavesIsAbandonedOnce)
{
	struct report_row rows[10];

	source.hung = true;
	ASSERT_EQ(open(REPORT_ASK_DROP_MATCHING, "dport 443"), 0);
	for (int i = 0; i < 10; i++)
		EXPECT_EQ(query_rows(query, rows, 10), -EAGAIN);
	EXPECT_EQ(source.ordered, 1u);
	close();
	EXPECT_EQ(source.abandoned, 1u);
}

/* The worker that stops answering in the middle: what was forgotten until then was given. */
TEST_F(QueryDrop, MatchingAndAWorkerThatNeverDecides)
{
	int result;

	source.n = 10;
	source.gone = { 2, 4 };
	source.hung = true;
	ASSERT_EQ(open(REPORT_ASK_DROP_MATCHING, "dport 443"), 0);
	do {
		result = query_rows(query, &row, 1);
	} while (result == -EAGAIN || result == -EINPROGRESS);
	EXPECT_EQ(result, -ETIMEDOUT);
	EXPECT_STREQ(query->why, "a worker does not answer");
	EXPECT_EQ(source.order, 6u);
	close();
	EXPECT_EQ(source.abandoned, 1u);
}

TEST_F(QueryDrop, AnErrorEndsMatching)
{
	int result;

	source.drop_result = -EIO;
	ASSERT_EQ(open(REPORT_ASK_DROP_MATCHING, "dport 443"), 0);
	EXPECT_TRUE(all<struct report_row>(10, &result).empty());
	EXPECT_EQ(result, -EIO);
}

} // namespace
