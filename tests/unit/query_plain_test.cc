/* SPDX-License-Identifier: BSD-3-Clause */
/* Sockets, counters and the home list, as the source has them. */
#include "query_fixture.h"

namespace {

/* The home list 10.0.0.0/8, 10.0.0.0/9 ... */
unsigned n_home;

unsigned
home(void *, struct report_net *nets, unsigned max)
{
	EXPECT_EQ(max, static_cast<unsigned>(REPORT_NETS_MAX));
	for (unsigned i = 0; i < n_home; i++)
		nets[i] = { { 10 }, static_cast<uint8_t>(8 + i), 4 };
	return n_home;
}

class QueryPlain : public QueryTest {
protected:
	QueryPlain()
	{
		callbacks.home = home;
		n_home = 2;
	}
	int result;
};

TEST_F(QueryPlain, Endpoints)
{
	for (unsigned max : { 1u, 7u, 100u, 500u }) {
		ASSERT_EQ(open(REPORT_ASK_LISTEN), 0);
		const auto rows = all<struct report_listen>(max, &result);
		EXPECT_EQ(result, 0);
		ASSERT_EQ(rows.size(), 100u) << max;
		for (unsigned i = 0; i < 100; i++)
			EXPECT_EQ(rows[i].port, i + 1);
		EXPECT_FALSE(source.was_silent);
	}
	ASSERT_EQ(open(REPORT_ASK_LISTEN_ALL), 0);
	EXPECT_EQ(all<struct report_listen>(10, &result).size(), 100u);
	EXPECT_TRUE(source.was_silent) << "those too that never answered";
}

TEST_F(QueryPlain, CountersAreOneRow)
{
	for (enum report_request report : { REPORT_ASK_STATS, REPORT_ASK_HEALTH, REPORT_ASK_STATES }) {
		ASSERT_EQ(open(report), 0);
		const auto rows = all<struct report_stats>(3, &result);
		EXPECT_EQ(result, 0);
		ASSERT_EQ(rows.size(), 1u);
		EXPECT_EQ(rows[0].received, 1000u);
	}
}

TEST_F(QueryPlain, TheHomeList)
{
	for (unsigned n : { 0u, 1u, 2u, (unsigned)REPORT_NETS_MAX }) {
		n_home = n;
		for (unsigned max : { 1u, 3u, (unsigned)REPORT_NETS_MAX + 1 }) {
			ASSERT_EQ(open(REPORT_ASK_HOME), 0);
			const auto nets = all<struct report_net>(max, &result);
			EXPECT_EQ(result, 0);
			ASSERT_EQ(nets.size(), n) << max;
			for (unsigned i = 0; i < n; i++)
				EXPECT_EQ(nets[i].len, static_cast<uint8_t>(8 + i));
		}
	}
}

/* The configuration may be read anew between two turns. */
TEST_F(QueryPlain, AHomeListThatGrowsShorter)
{
	struct report_net nets[4];

	n_home = 6;
	ASSERT_EQ(open(REPORT_ASK_HOME), 0);
	EXPECT_EQ(query_rows(query, nets, 4), 4);
	n_home = 2;
	EXPECT_EQ(query_rows(query, nets, 4), 0);
}

} // namespace
