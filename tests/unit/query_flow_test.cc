/* SPDX-License-Identifier: BSD-3-Clause */
/* The daemon's queries over a source of the test's own: turns, limits, orders, memory. */
#include <gtest/gtest.h>

#include <netinet/in.h>

#include <cerrno>
#include <cstring>
#include <set>
#include <string>
#include <vector>

extern "C" {
#include "mem_arena.h"
#include "query.h"
}

namespace {

/* Rows 1 to n: even ones have port 443, odd ones port 80; bytes go down as ids go up. */
struct Source {
	unsigned n = 1000, slice = 100;
	bool sparse = false; /* every second slice has none */
	unsigned turn = 0, fetches = 0;
	unsigned n_sockets = 100;
	bool udp = false;
	bool hosts = false; /* from 10.0.0.1, each fourth to itself, the others to 9.9.9.9 */
	int drop_busy = 0;     /* refusals before an order is taken */
	int drop_polls = 0;    /* looks before it is done; each order anew */
	int polls_left = 0;
	bool hung = false;     /* no order is ever done */
	std::set<uint64_t> gone; /* -ENOENT */
	std::vector<uint64_t> dropped;
	unsigned ordered = 0, collected = 0, abandoned = 0;
	uint64_t order = 0;

	static int fetch(void *ctx, struct ctl_cursor *cursor, const struct snapshot_ask *ask,
	                 void *rows, unsigned max)
	{
		Source *self = static_cast<Source *>(ctx);
		unsigned n = 0;

		self->fetches++;
		if (cursor->words[0] >= self->n)
			return 0;
		if (self->sparse && self->turn++ % 2 == 0)
			return -EAGAIN;
		while (n < max && n < self->slice && cursor->words[0] < self->n) {
			const size_t bytes = ask->full ? sizeof(struct report_full) : sizeof(struct report_row);
			struct report_row *row = reinterpret_cast<struct report_row *>(
			    static_cast<char *>(rows) + n++ * bytes);

			memset(row, 0, bytes);
			row->id = ++cursor->words[0];
			row->proto = IPPROTO_TCP;
			row->ip_version = 4;
			row->worker = static_cast<uint8_t>(ask->what);
			row->server.port = row->id % 2 ? 80 : 443;
			if (self->hosts) {
				const uint8_t one[4] = { 10, 0, 0, 1 }, other[4] = { 9, 9, 9, 9 };

				memcpy(row->client.addr, one, 4);
				memcpy(row->server.addr, row->id % 4 ? other : one, 4);
				row->client.state = row->id == 3 ? REPORT_CLOSED : REPORT_ESTABLISHED;
				row->server.state = REPORT_CLOSE_WAIT;
				if (self->udp) {
					row->proto = IPPROTO_UDP;
					row->client.state = row->server.state = REPORT_UDP;
				}
			}
			row->client.bytes = 1000000 - row->id;
			if (ask->full)
				reinterpret_cast<struct report_full *>(row)->client.again = row->id;
		}
		return static_cast<int>(n);
	}
	static int drop(void *ctx, uint64_t id, uint64_t *token)
	{
		Source *self = static_cast<Source *>(ctx);

		EXPECT_EQ(self->ordered, self->collected) << "one at a time";
		if (self->gone.count(id))
			return -ENOENT;
		if (self->drop_busy > 0) {
			self->drop_busy--;
			return -EAGAIN;
		}
		self->ordered++;
		self->order = id;
		self->polls_left = self->drop_polls;
		*token = 5;
		return -EINPROGRESS;
	}
	static int drop_done(void *ctx, uint64_t token)
	{
		Source *self = static_cast<Source *>(ctx);

		EXPECT_EQ(token, 5u);
		if (self->hung || self->polls_left-- > 0)
			return -EINPROGRESS;
		self->collected++;
		self->dropped.push_back(self->order);
		return 0;
	}
	static void abandon(void *ctx, uint64_t token)
	{
		EXPECT_EQ(token, 5u);
		static_cast<Source *>(ctx)->abandoned++;
	}
	static unsigned home(void *, struct report_net *nets, unsigned max)
	{
		EXPECT_GE(max, 1u);
		nets[0] = { { 10 }, 8, 4 };
		return 1;
	}
	/* Sockets of port 1 to n, of two hosts in turn; every second slice has none. */
	static int sockets(void *ctx, struct ctl_cursor *cursor, struct report_listen *rows, unsigned max)
	{
		Source *self = static_cast<Source *>(ctx);
		unsigned n = 0;

		if (cursor->words[0] >= self->n_sockets)
			return 0;
		if (self->turn++ % 2 == 0)
			return -EAGAIN;
		while (n < max && cursor->words[0] < self->n_sockets) {
			struct report_listen *row = &rows[n++];

			memset(row, 0, sizeof(*row));
			row->port = static_cast<uint16_t>(++cursor->words[0]);
			row->addr[0] = 10;
			row->addr[3] = row->port % 2;
			row->ip_version = 4;
			row->proto = IPPROTO_TCP;
			row->state = REPORT_LISTEN_LISTEN;
			if (self->udp) {
				row->proto = IPPROTO_UDP;
				row->state = REPORT_LISTEN_UNCONNECTED;
				row->port = 0;
			}
		}
		return static_cast<int>(n);
	}
};

class Query : public ::testing::Test {
protected:
	Query() : callbacks{ &source, Source::fetch, Source::drop, Source::drop_done, Source::abandon, Source::home, Source::sockets, nullptr } {}
	~Query() override
	{
		query_close(query);
		EXPECT_EQ(pool.bytes, pool_before) << "all is released";
	}
	int open(unsigned what, const std::string &filter, const std::string &sort = "",
	         uint64_t limit = 0, const std::string &by = "", unsigned lines = 0)
	{
		struct ctl_ask ask = {};
		int error;

		strcpy(ask.filter, filter.c_str());
		strcpy(ask.sort, sort.c_str());
		strcpy(ask.by, by.c_str());
		ask.limit = limit;
		ask.what = CTL_ALLCONN;
		ask.lines = static_cast<uint8_t>(lines);
		text[0] = '\0';
		query = query_open(&callbacks, &pool, what, &ask, &error, text);
		EXPECT_EQ(query == nullptr, error != 0);
		return error;
	}
	/* All that comes, `max` rows a turn; the last result other than "again". */
	template <class Row> std::vector<Row> all(unsigned max, int *result)
	{
		std::vector<Row> rows, slice(max);
		int idle = 0;

		while (idle < 100000) {
			*result = query_rows(query, &cursor, slice.data(), max);
			if (*result == -EAGAIN) {
				idle++;
				continue;
			}
			if (*result <= 0)
				return rows;
			EXPECT_LE(*result, static_cast<int>(max));
			rows.insert(rows.end(), slice.begin(), slice.begin() + *result);
		}
		ADD_FAILURE() << "it never ends";
		return rows;
	}
	std::vector<uint64_t> ids(unsigned max = 284)
	{
		std::vector<uint64_t> ids;
		int result;

		for (const struct report_row &row : all<struct report_row>(max, &result))
			ids.push_back(row.id);
		EXPECT_EQ(result, 0);
		return ids;
	}
	static std::vector<uint64_t> range(uint64_t from, uint64_t to, uint64_t step)
	{
		std::vector<uint64_t> ids;

		for (; from <= to; from += step)
			ids.push_back(from);
		return ids;
	}

	Source source;
	struct query_source callbacks;
	struct mem_pool pool = { mem_arena_alloc, mem_arena_free, QUERY_POOL_BYTES, 0 };
	size_t pool_before = 0;
	struct query *query = nullptr;
	struct ctl_cursor cursor = {};
	char text[CTL_TEXT_MAX];
};

TEST_F(Query, AFilter)
{
	for (unsigned max : { 1u, 7u, 284u }) {
		for (bool sparse : { false, true }) {
			cursor = {};
			source.sparse = sparse;
			ASSERT_EQ(open(CTL_ALLCONN, "dport 443"), 0) << text;
			EXPECT_EQ(ids(max), range(2, 1000, 2)) << max;
			EXPECT_EQ(cursor.cut, 0);
			query_close(query);
		}
	}
	cursor = {};
	ASSERT_EQ(open(CTL_CONN, "worker 0 dport 80"), 0) << "conn asks for the active ones";
	EXPECT_EQ(ids(), range(1, 999, 2));
	query_close(query);
	cursor = {};
	ASSERT_EQ(open(CTL_ALL, "retransmitted > 990"), 0);
	int result;
	EXPECT_EQ(all<struct report_full>(146, &result).size(), 10u);
}

/* A piece that gives less than it was asked for has looked at as much as a turn may. */
TEST_F(Query, OnePieceATurn)
{
	struct report_row rows[284];

	source.slice = 1;
	for (const char *sort : { "", "id" }) {
		cursor = {};
		ASSERT_EQ(open(CTL_ALLCONN, "dport 443", sort), 0);
		for (unsigned turn = 1; turn <= 100; turn++) {
			source.fetches = 0;
			query_rows(query, &cursor, rows, 284);
			EXPECT_EQ(source.fetches, 1u);
		}
		query_close(query);
	}
	query = nullptr;
}

TEST_F(Query, WhatOnlyWholeRowsHave)
{
	ASSERT_EQ(open(CTL_CONN, "retransmitted > 990", "-retransmitted"), 0);
	EXPECT_EQ(ids(), (std::vector<uint64_t>{ 1000, 999, 998, 997, 996, 995, 994, 993, 992, 991 }));
}

TEST_F(Query, Limits)
{
	for (uint64_t limit : { 1u, 283u, 284u, 285u, 499u, 500u, 501u }) {
		for (const char *sort : { "", "id" }) {
			cursor = {};
			ASSERT_EQ(open(CTL_ALLCONN, "dport 443", sort, limit), 0);
			EXPECT_EQ(ids(), range(2, 2 * std::min<uint64_t>(limit, 500), 2)) << limit;
			EXPECT_EQ(cursor.cut, limit < 500) << limit;
			query_close(query);
		}
	}
	query = nullptr;
}

TEST_F(Query, OrderAndGroups)
{
	ASSERT_EQ(open(CTL_ALLCONN, "dport 443", "bytes", 3), 0);
	EXPECT_EQ(ids(), (std::vector<uint64_t>{ 1000, 998, 996 }));
	EXPECT_EQ(cursor.cut, 1);
	query_close(query);
	cursor = {};
	ASSERT_EQ(open(CTL_GROUP, "id != 1", "", 0, "server-port,proto"), 0);
	int result;
	const auto groups = all<struct report_group>(1, &result);
	EXPECT_EQ(result, 0);
	ASSERT_EQ(groups.size(), 2u);
	EXPECT_EQ(groups[0].keys[0].value, 443);
	EXPECT_EQ(groups[0].count, 500u);
	EXPECT_EQ(groups[1].count, 499u);
	query_close(query);
	cursor = {};
	ASSERT_EQ(open(CTL_GROUP, "", "count", 1, "server-port"), 0);
	EXPECT_EQ(all<struct report_group>(284, &result).size(), 1u);
	EXPECT_EQ(cursor.cut, 1);
}

TEST_F(Query, AskedWrongly)
{
	EXPECT_EQ(open(CTL_CONN, "state foo"), -EINVAL);
	EXPECT_NE(strstr(text, "column 7: expected a state"), nullptr) << text;
	EXPECT_EQ(open(CTL_CONN, "", "foo"), -EINVAL);
	EXPECT_NE(strstr(text, "--sort, column 1"), nullptr) << text;
	EXPECT_EQ(open(CTL_GROUP, "", "", 0, "foo"), -EINVAL);
	EXPECT_NE(strstr(text, "--by, column 1"), nullptr) << text;
	EXPECT_EQ(open(CTL_GROUP, "", "idle", 0, "server"), -EINVAL);
	EXPECT_EQ(open(CTL_DROP_MATCHING, "  "), -EINVAL);
	EXPECT_NE(strstr(text, "would forget everything"), nullptr) << text;
}

/* Rows say which of their ends are lines; sockets come first, then flows. */
TEST_F(Query, LinesOfHome)
{
	const unsigned both = REPORT_LINE_CLIENT | REPORT_LINE_SERVER;
	int result;

	source.hosts = true;
	ASSERT_EQ(open(CTL_ALLCONN, "", "", 0, "", CTL_LINES), 0);
	for (const struct report_row &row : all<struct report_row>(284, &result)) {
		EXPECT_EQ(row.lines, row.id % 4 ? (unsigned)REPORT_LINE_CLIENT : both) << row.id;
		EXPECT_NE(row.id, 3u) << "closed there, and the other end is not at home";
	}
	query_close(query);
	cursor = {};
	ASSERT_EQ(open(CTL_ALLCONN, "state close-wait", "", 0, "", CTL_LINES), 0);
	auto rows = all<struct report_row>(284, &result);
	EXPECT_EQ(rows.size(), 250u) << "the state of the line's own end";
	EXPECT_EQ(rows[0].lines, (unsigned)REPORT_LINE_SERVER);
	query_close(query);
	cursor = {};
	ASSERT_EQ(open(CTL_ALLCONN, "sport < 20", "", 51, "", CTL_LINES | CTL_LINES_SOCKETS), 0);
	rows = all<struct report_row>(10, &result);
	ASSERT_EQ(rows.size(), 51u);
	for (unsigned i = 0; i < rows.size() && i < 51; i++) {
		EXPECT_EQ(rows[i].lines & REPORT_LINE_SOCKET, rows[i].id == 0 ? REPORT_LINE_SOCKET : 0);
		EXPECT_EQ(rows[i].id == 0, i < 19) << "flows' clients have port 0";
	}
	EXPECT_EQ(cursor.cut, 1);
}

/* The socket of 10.0.0.1:0 talks with several peers: known before the first flow is looked at. */
TEST_F(Query, UdpSocketsOfSeveralPeersAreOneLine)
{
	int result;

	source.hosts = source.udp = true;
	source.n_sockets = 0;
	ASSERT_EQ(open(CTL_CONN, "", "", 0, "", CTL_LINES), 0);
	EXPECT_EQ(all<struct report_row>(284, &result).size(), 1000u);
	query_close(query);
	cursor = {};
	source.n_sockets = 1;
	for (unsigned lines : std::initializer_list<unsigned>{ CTL_LINES, CTL_LINES | CTL_LINES_SOCKETS,
		                                              CTL_LINES | CTL_LINES_SERVED }) {
		cursor = {};
		ASSERT_EQ(open(CTL_CONN, "", "", 0, "", lines), 0);
		EXPECT_EQ(all<struct report_row>(284, &result).size(),
		          lines & CTL_LINES_SERVED ? 1000u : lines & CTL_LINES_SOCKETS ? 1u : 0u);
		query_close(query);
	}
	query = nullptr;
}

TEST_F(Query, SortedLinesAreOneEach)
{
	int result;

	source.hosts = true;
	source.n = 8;
	source.n_sockets = 3;
	ASSERT_EQ(open(CTL_ALLCONN, "", "bound,id", 0, "", CTL_LINES | CTL_LINES_SOCKETS), 0);
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
TEST_F(Query, TooMuchToSort)
{
	pool_before = pool.bytes = (static_cast<size_t>(512) << 20) - 500000;
	source.n = 20000;
	ASSERT_EQ(open(CTL_ALLCONN, "", "bytes"), 0);
	int result;
	EXPECT_TRUE(all<struct report_row>(284, &result).empty());
	EXPECT_EQ(result, -ENOMEM);
	ASSERT_NE(cursor.why, nullptr);
	EXPECT_NE(strstr(cursor.why, "--limit"), nullptr);
	query_close(query);
	cursor = {};
	ASSERT_EQ(open(CTL_ALLCONN, "", "bytes", 3), 0) << "a limit fits";
	EXPECT_EQ(ids(), (std::vector<uint64_t>{ 20000, 19999, 19998 }));
	query_close(query);
	pool_before = pool.bytes = static_cast<size_t>(512) << 20;
	EXPECT_EQ(open(CTL_ALLCONN, "", "bytes", 3), -ENOMEM);
}

TEST_F(Query, AllThatMatchAreForgotten)
{
	source.drop_busy = 1000;
	source.drop_polls = 700; /* longer than a turn looks */
	source.gone = { 4, 8, 1000 };
	source.n = 200;
	source.sparse = true;
	ASSERT_EQ(open(CTL_DROP_MATCHING, "dport 443", "", 3), 0) << "a limit is no matter here";
	auto want = range(2, 200, 2);
	want.erase(want.begin() + 1);
	want.erase(want.begin() + 2);
	EXPECT_EQ(ids(10), want);
	EXPECT_EQ(source.dropped, want);
	EXPECT_EQ(source.ordered, source.collected);
	query_close(query);
	query = nullptr;
	EXPECT_EQ(source.abandoned, 0u);
}

TEST_F(Query, AnOrderWhoseClientLeavesIsAbandonedOnce)
{
	struct report_row rows[10];

	source.hung = true;
	ASSERT_EQ(open(CTL_DROP_MATCHING, "dport 443"), 0);
	for (int i = 0; i < 10; i++)
		EXPECT_EQ(query_rows(query, &cursor, rows, 10), -EAGAIN);
	EXPECT_EQ(source.ordered, 1u);
	query_close(query);
	query = nullptr;
	EXPECT_EQ(source.abandoned, 1u);
}

} // namespace
