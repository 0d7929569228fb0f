/* SPDX-License-Identifier: BSD-3-Clause */
/* What the tests of queries share: a source that makes up rows, and a question asked of it. */
#ifndef QUERY_FIXTURE_H
#define QUERY_FIXTURE_H

#include <gtest/gtest.h>

#include <netinet/in.h>

#include <cerrno>
#include <cstring>
#include <set>
#include <string>
#include <vector>

#include "query.h"
#include "query_pool.h"
#include "report_group.h"

/* Rows 1 to n: even ones have port 443, odd ones port 80; bytes go down as ids go up. */
struct Source {
	unsigned n = 1000, slice = 100;
	bool sparse = false; /* every second slice has none */
	unsigned turn = 0, fetches = 0;
	unsigned n_sockets = 100;
	bool udp = false;
	bool hosts = false; /* from 10.0.0.1, each fourth to itself, the others to 9.9.9.9 */
	int drop_busy = 0;     /* refusals before an order is taken */
	int drop_polls = 0;    /* polls before it is done; each order anew */
	int polls_left = 0;
	bool hung = false;     /* no order is ever done */
	std::set<uint64_t> gone; /* -ENOENT */
	std::vector<uint64_t> dropped;
	unsigned ordered = 0, collected = 0, abandoned = 0;
	uint64_t order = 0;
	unsigned asked = 0;        /* times that an order was given or could not be */
	int drop_result = -EINPROGRESS; /* else said at once */
	bool was_silent = false; /* sockets that never answered were asked for */

	static int fetch(void *ctx, struct query_cursor *cursor, const struct snapshot_ask *ask,
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
				reinterpret_cast<struct report_full *>(row)->client.retransmitted = row->id;
		}
		return static_cast<int>(n);
	}
	static int drop(void *ctx, uint64_t id, uint64_t *token)
	{
		Source *self = static_cast<Source *>(ctx);

		EXPECT_EQ(self->ordered, self->collected) << "one at a time";
		self->asked++;
		if (self->gone.count(id))
			return -ENOENT;
		if (self->drop_busy > 0) {
			self->drop_busy--;
			return -EAGAIN;
		}
		if (self->drop_result != -EINPROGRESS) {
			self->dropped.push_back(id);
			return self->drop_result;
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
	static int sockets(void *ctx, struct query_cursor *cursor, bool with_silent, struct report_listen *rows,
	                   unsigned max)
	{
		Source *self = static_cast<Source *>(ctx);
		unsigned n = 0;

		self->was_silent = with_silent;
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
	static void stats(void *ctx, struct report_stats *stats)
	{
		stats->received = static_cast<Source *>(ctx)->n;
	}
	struct query_source callbacks()
	{
		struct query_source callbacks = {};

		callbacks.ctx = this;
		callbacks.flows = fetch;
		callbacks.endpoints = sockets;
		callbacks.stats = stats;
		callbacks.home = home;
		callbacks.drop = drop;
		callbacks.drop_done = drop_done;
		callbacks.abandon = abandon;
		callbacks.time_wait_us = 240000000;
		return callbacks;
	}
};

class QueryTest : public ::testing::Test {
protected:
	QueryTest() : callbacks(source.callbacks()) { EXPECT_EQ(query_pool_init(&pool, QUERY_MEMORY_BYTES), 0); }
	~QueryTest() override
	{
		close();
		EXPECT_EQ(pool.shares.memory.bytes, 0u) << "all is released";
		EXPECT_TRUE(LIST_EMPTY(&pool.shares.users));
		query_pool_fini(&pool);
	}
	void close()
	{
		query_close(query);
		query = nullptr;
	}
	/* All queries together may have so much. */
	void use_memory(size_t max)
	{
		close();
		query_pool_fini(&pool);
		EXPECT_EQ(query_pool_init(&pool, max), 0);
	}
	/* The question that open asks, for what its arguments do not say. */
	int open(const struct query_request &request)
	{
		int error = 1;

		close();
		text[0] = '\0';
		query = query_open(&callbacks, &pool, &request, &error, text);
		EXPECT_EQ(query == nullptr, error != 0);
		return error;
	}
	int open(enum report_request report, const std::string &filter = "", const std::string &sort = "",
	         uint64_t limit = 0, const std::string &by = "", unsigned lines = 0, uint64_t id = 0)
	{
		struct query_request request = {};

		request.report = report;
		request.of = REPORT_ASK_ALLCONN;
		request.filter = filter.c_str();
		request.sort = sort.c_str();
		request.by = by.c_str();
		request.limit = limit;
		request.lines = lines;
		request.id = id;
		return open(request);
	}
	/* All that comes, `max` rows a turn; the last result other than "again". */
	template <class Row> std::vector<Row> all(unsigned max, int *result)
	{
		std::vector<Row> rows, slice(max);
		int idle = 0;

		while (idle < 100000) {
			*result = query_rows(query, slice.data(), max);
			if (*result == -EAGAIN || *result == -EINPROGRESS) {
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
	struct query_pool pool;
	struct query *query = nullptr;
	char text[QUERY_TEXT_MAX];
};

#endif
