// SPDX-License-Identifier: BSD-3-Clause
// The tables of two workers as one source: their rows, and orders to the one that owns the flow.

#include <gtest/gtest.h>

#include <cerrno>
#include <cstring>
#include <set>

#include "engine.h" /* of tests/support */
#include "query_live.h"
#include "query_pool.h"

namespace
{

using support::SEC;
using support::Talk;

class QueryLive : public ::testing::Test
{
protected:
	QueryLive() : one(4096, worker(0)), two(4096, worker(1))
	{
		tracks[0] = one.get();
		tracks[1] = two.get();
		/* The counters of two workers are not those of one. */
		one.verified = two.verified = false;
		begin(false);
		EXPECT_EQ(query_pool_init(&pool, QUERY_MEMORY_BYTES), 0);
	}

	~QueryLive() override
	{
		query_close(query);
		query_pool_fini(&pool);
	}

	static std::function<void(track_config &)>
	worker(uint32_t number)
	{
		return [number](track_config &config) {
			config.worker = number;
			config.workers = 2;
		};
	}

	void
	begin(bool polls)
	{
		query_live_owner owner = {};

		owner.ctx = this;
		owner.clock = [](void *ctx, const track *) {
			return snapshot_clock{((QueryLive *)ctx)->one.now_us, 500, nullptr};
		};
		owner.stats = [](void *, report_stats *stats) {
			EXPECT_EQ(stats->n_workers, 2u) << "after the engines' own";
			stats->dropped_nic = 7;
		};
		owner.home = [](void *, report_net *nets, unsigned) {
			nets[0] = {{10}, 8, 4};
			return 1u;
		};
		owner.polls = polls;
		query_live_init(&live, &owner, tracks, 2, &source);
	}

	void
	open(report_request report, const char *filter = "", uint64_t id = 0)
	{
		query_request request = {};
		int error;

		request.report = report;
		request.filter = filter;
		request.sort = request.by = "";
		request.id = id;
		query_close(query);
		query = query_open(&source, &pool, &request, &error, text);
		ASSERT_NE(query, nullptr) << text;
	}

	template <class Row>
	std::vector<Row>
	all(report_request report, const char *filter = "", unsigned max = 7)
	{
		std::vector<Row> rows, some(max);

		open(report, filter);
		do {
			std::fill(some.begin(), some.end(), Row{});
			result = query_rows(query, some.data(), max);
			for (int i = 0; i < result; i++)
				rows.push_back(some[(size_t)i]);
		} while (result > 0 || result == -EAGAIN);
		EXPECT_EQ(result, 0);
		return rows;
	}

	/* One turn of an order. */
	int
	turn()
	{
		report_row row;

		return query_rows(query, &row, 1);
	}

	/* The workers have a turn of their own. */
	void
	poll()
	{
		track_poll(one.get(), one.now_us);
		track_poll(two.get(), two.now_us);
	}

	support::Engine one, two;
	track *tracks[2];
	query_live live;
	query_source source;
	query_pool pool;
	struct query *query = nullptr;
	char text[QUERY_TEXT_MAX] = "";
	int result = 0;
};

TEST_F(QueryLive, ConnectionsOfBoth)
{
	std::set<uint64_t> ids;
	unsigned of_two = 0;

	for (uint32_t n = 0; n < 300; n++)
		(n % 3 == 0 ? two : one).send_each(Talk(n, n % 2 ? 443 : 80).opening());
	for (const report_row &row : all<report_row>(REPORT_ASK_CONN)) {
		ids.insert(row.id);
		of_two += row.worker == 1;
		EXPECT_EQ(row.last_us, one.now_us + 500);
	}
	EXPECT_EQ(ids.size(), 300u) << "each once, with an id of its own";
	EXPECT_EQ(of_two, 100u);
	EXPECT_EQ(all<report_row>(REPORT_ASK_ALLCONN, "dport 443 worker 1").size(), 50u);
	EXPECT_EQ(all<report_full>(REPORT_ASK_ALL, "dport 80").size(), 150u);
	EXPECT_EQ(all<report_row>(REPORT_ASK_CONN, "dport 22").size(), 0u);
}

/* Of one table and of none: the walk goes on to the next, and ends. */
TEST_F(QueryLive, EmptyTables)
{
	EXPECT_EQ(all<report_row>(REPORT_ASK_CONN).size(), 0u);
	two.send_each(Talk(1).opening());
	EXPECT_EQ(all<report_row>(REPORT_ASK_CONN).size(), 1u);
}

TEST_F(QueryLive, EndpointsOfBoth)
{
	std::set<unsigned> ports;

	one.send_each(Talk(1, 443).opening());
	one.send_each(Talk(2, 80).opening());
	two.send_each(Talk(3, 22).opening());
	two.send_each(Talk(4, 80).opening());
	two.send(Talk(5, 9).udp_a(1));
	for (support::Engine *engine : {&one, &two})
		endpoint_event_apply(&(*engine)->endpoint_events);
	const auto rows = all<report_listen>(REPORT_ASK_LISTEN, "", 2);
	for (const report_listen &row : rows) {
		ports.insert(row.port);
		EXPECT_EQ(row.accepted, row.port == 80 ? 2u : 1u) << "of both workers together";
	}
	EXPECT_EQ(ports, (std::set<unsigned>{22, 80, 443}));
	EXPECT_EQ(rows.size(), 3u) << "a socket that both know is one row";
	EXPECT_GE(all<report_listen>(REPORT_ASK_LISTEN_ALL).size(), 3u);
}

TEST_F(QueryLive, Counters)
{
	one.send_each(Talk(1).opening());
	two.send_each(Talk(2).opening());
	two.send_each(Talk(3).opening());
	const auto rows = all<report_stats>(REPORT_ASK_STATS, "", 1);
	ASSERT_EQ(rows.size(), 1u);
	EXPECT_EQ(rows[0].n_workers, 2u);
	EXPECT_EQ(rows[0].received, 9u);
	EXPECT_EQ(rows[0].flows_live, 3u);
	EXPECT_EQ(rows[0].workers[0].flows_live, 1u);
	EXPECT_EQ(rows[0].workers[1].flows_live, 2u);
	EXPECT_EQ(rows[0].dropped_nic, 7u) << "what the owner adds";
}

TEST_F(QueryLive, TheHomeListIsTheOwners)
{
	const auto nets = all<report_net>(REPORT_ASK_HOME);

	ASSERT_EQ(nets.size(), 1u);
	EXPECT_EQ(nets[0].len, 8);
}

TEST_F(QueryLive, ADropGoesToTheWorkerThatOwnsIt)
{
	const Talk talk(2);

	one.send_each(Talk(1).opening());
	two.send_each(talk.opening());
	open(REPORT_ASK_DROP, "", two.row(talk).id);
	EXPECT_EQ(turn(), -EAGAIN) << "the worker has not had its turn";
	track_poll(one.get(), one.now_us);
	EXPECT_EQ(turn(), -EAGAIN) << "another's is no matter";
	track_poll(two.get(), two.now_us);
	EXPECT_EQ(turn(), 0);
	EXPECT_FALSE(two.has(talk));
	EXPECT_TRUE(one.has(Talk(1)));
	EXPECT_EQ(two.stats().flows_dropped, 1u);
}

TEST_F(QueryLive, ADropOfNothing)
{
	const Talk talk(2);

	two.send_each(talk.opening());
	const uint64_t id = two.row(talk).id;
	open(REPORT_ASK_DROP, "", 1234567890123456789);
	EXPECT_EQ(turn(), -ENOENT);
	/* Gone between the order and the worker's turn. */
	open(REPORT_ASK_DROP, "", id);
	EXPECT_EQ(turn(), -EAGAIN);
	track_poll(two.get(), two.now_us);
	EXPECT_EQ(turn(), 0);
	open(REPORT_ASK_DROP, "", id);
	result = turn();
	if (result == -EAGAIN) {
		track_poll(two.get(), two.now_us);
		result = turn();
	}
	EXPECT_EQ(result, -ENOENT) << "an id is given once";
}

TEST_F(QueryLive, AnAbandonedOrderIsCollectedBeforeTheNext)
{
	const Talk first(1), second(2);

	two.send_each(first.opening());
	two.send_each(second.opening());
	open(REPORT_ASK_DROP, "", two.row(first).id);
	EXPECT_EQ(turn(), -EAGAIN);
	open(REPORT_ASK_DROP, "", two.row(second).id); /* closes the first */
	EXPECT_EQ(live.abandoned[1], 1);
	EXPECT_EQ(live.abandoned[0], 0);
	EXPECT_EQ(turn(), -EAGAIN) << "its box is not free yet";
	EXPECT_TRUE(two.has(second));
	poll();
	EXPECT_FALSE(two.has(first)) << "an order that was given is carried out";
	EXPECT_EQ(turn(), -EAGAIN) << "now the order is given";
	EXPECT_EQ(live.abandoned[1], 0);
	poll();
	EXPECT_EQ(turn(), 0);
	EXPECT_FALSE(two.has(second));
}

/* A query whose client does not read gets no turn: nobody waits for it, and it has its answer. */
TEST_F(QueryLive, AnOrderWhoseGiverDoesNotAskKeepsNobodyWaiting)
{
	const Talk first(1), second(2), third(3);
	struct track_settings settings = {};

	for (const Talk &talk : {first, second, third})
		two.send_each(talk.opening());
	const uint64_t gone = two.row(third).id;
	open(REPORT_ASK_DROP, "", two.row(first).id);
	EXPECT_EQ(turn(), -EAGAIN);
	poll();
	struct query *silent = query;
	query = nullptr;
	open(REPORT_ASK_DROP, "", two.row(second).id);
	EXPECT_EQ(turn(), -EAGAIN) << "the order is given";
	poll();
	EXPECT_EQ(turn(), 0);
	EXPECT_FALSE(two.has(second));
	std::swap(silent, query);
	EXPECT_EQ(turn(), 0) << "its answer was kept";
	query_close(silent);

	/* The answer may be that there was nothing, and the next order new settings. */
	open(REPORT_ASK_DROP, "", gone);
	EXPECT_EQ(turn(), -EAGAIN);
	poll();
	silent = query;
	query = nullptr;
	open(REPORT_ASK_DROP, "", gone);
	result = turn();
	EXPECT_TRUE(result == -EAGAIN || result == -ENOENT);
	poll();
	std::swap(silent, query);
	EXPECT_EQ(turn(), 0);
	query_close(query);
	query = silent;
	EXPECT_EQ(query_live_settings(&live, 1, &settings), 0) << "though nobody asked after it";
}

/* A capture file's worker runs on this thread: nobody else would carry the order out. */
TEST_F(QueryLive, WorkersOfThisThreadArePolled)
{
	const Talk talk(1);

	begin(true);
	one.send_each(talk.opening());
	open(REPORT_ASK_DROP, "", one.row(talk).id);
	EXPECT_EQ(turn(), 0);
	EXPECT_FALSE(one.has(talk));
}

TEST_F(QueryLive, AllThatMatchInBoth)
{
	begin(true);
	for (uint32_t n = 0; n < 60; n++)
		(n % 2 ? two : one).send_each(Talk(n, n % 3 ? 443 : 80).opening());
	EXPECT_EQ(all<report_row>(REPORT_ASK_DROP_MATCHING, "dport 80").size(), 20u);
	EXPECT_EQ(one.stats().flows_dropped, 10u);
	EXPECT_EQ(two.stats().flows_dropped, 10u);
	EXPECT_EQ(all<report_row>(REPORT_ASK_ALLCONN).size(), 40u);
}

/* Settings again and again, and drops after them: nobody waits for the answer to settings. */
TEST_F(QueryLive, SettingsAndDropsShareABox)
{
	const Talk talk(1);
	track_config config;

	track_config_init(&config);
	two.send_each(talk.opening());
	EXPECT_EQ(query_live_settings(&live, 1, &config.settings), 0);
	EXPECT_EQ(query_live_settings(&live, 1, &config.settings), -EAGAIN) << "its box is not free yet";
	EXPECT_EQ(query_live_settings(&live, 0, &config.settings), 0) << "the other one's is";
	poll();
	EXPECT_EQ(query_live_settings(&live, 1, &config.settings), 0);
	poll();
	open(REPORT_ASK_DROP, "", two.row(talk).id);
	EXPECT_EQ(turn(), -EAGAIN);
	poll();
	EXPECT_EQ(turn(), 0);
	EXPECT_FALSE(two.has(talk));
}

TEST_F(QueryLive, SettingsAfterAnAbandonedOrder)
{
	const Talk talk(1);
	track_config config;

	track_config_init(&config);
	one.send_each(talk.opening());
	open(REPORT_ASK_DROP, "", one.row(talk).id);
	EXPECT_EQ(turn(), -EAGAIN);
	query_close(query);
	query = nullptr;
	EXPECT_EQ(query_live_settings(&live, 0, &config.settings), -EAGAIN);
	poll();
	EXPECT_EQ(query_live_settings(&live, 0, &config.settings), 0);
}

} // namespace
