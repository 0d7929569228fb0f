/* SPDX-License-Identifier: BSD-3-Clause */
/* The daemon's digests over a source of the test's own: turns, passes, limits, what is remembered. */
#include <gtest/gtest.h>

#include <cerrno>

#include "digest_fixture.h"
#include "digest_row.h"
#include "mem_arena.h"
#include "query_pool.h"

namespace {

/* Gives rows a slice at a time; every second slice has none. */
struct Source {
	std::vector<Conn> rows;
	unsigned slice = 100, fetches = 0, passes = 0;
	int error = 0;
	bool full = false;

	static int fetch(void *ctx, struct query_cursor *cursor, const struct snapshot_ask *ask,
	                 void *to, unsigned max)
	{
		Source *self = static_cast<Source *>(ctx);
		uint64_t &at = cursor->words[0];
		unsigned n = 0;

		EXPECT_EQ(ask->what, SNAPSHOT_ALL);
		EXPECT_EQ(ask->filter, nullptr) << "what does not match is evidence too";
		self->full = ask->full;
		if (self->error)
			return self->error;
		self->passes += at == 0;
		if (at >= self->rows.size())
			return 0;
		if (self->fetches++ % 2 == 0 && at > 0)
			return -EAGAIN;
		for (; n < base_min_u32(max, self->slice) && at < self->rows.size(); n++, at++) {
			if (ask->full)
				static_cast<struct report_full *>(to)[n] = self->rows[at].full;
			else
				static_cast<struct report_row *>(to)[n] = self->rows[at].full.row;
		}
		return static_cast<int>(n);
	}
};

class QueryDigest : public ::testing::Test {
protected:
	QueryDigest()
	{
		EXPECT_EQ(mem_arena_init(), 0);
		EXPECT_EQ(query_pool_init(&pool, QUERY_MEMORY_BYTES), 0);
		callbacks.ctx = &source;
		callbacks.flows = Source::fetch;
		callbacks.time_wait_us = 240 * SEC;
	}
	~QueryDigest() override
	{
		close();
		query_pool_fini(&pool);
		EXPECT_EQ(pool.shares.memory.bytes + pool.kept.bytes, 0u);
	}
	void close()
	{
		query_close(query);
		query = nullptr;
	}
	int open(enum report_request report, const char *filter = "", uint64_t limit = 0,
	         const char *sort = "", const char *by = "")
	{
		struct query_request request = {};
		int error;

		close();
		memset(text, 0, sizeof(text));
		request.report = report;
		request.filter = filter;
		request.sort = sort;
		request.by = by;
		request.limit = limit;
		query = query_open(&callbacks, &pool, &request, &error, text);
		EXPECT_EQ(query != nullptr, error == 0);
		return error;
	}
	/* To the end, `max` rows a turn; what is wrong as a negative number in `error`. */
	template <typename Line> std::vector<Line> lines(unsigned max = 7)
	{
		std::vector<Line> all, some(max);
		int n;

		while ((n = query_rows(query, some.data(), max)) != 0) {
			if (n == -EAGAIN) {
				turns++;
				continue;
			}
			if (n < 0) {
				error = n;
				break;
			}
			all.insert(all.end(), some.begin(), some.begin() + n);
		}
		return all;
	}

	Source source;
	struct query_source callbacks = {};
	struct query_pool pool;
	struct query *query = nullptr;
	char text[QUERY_TEXT_MAX];
	unsigned turns = 0;
	int error = 0;
};

TEST_F(QueryDigest, ClientsInPieces)
{
	for (unsigned i = 0; i < 1000; i++)
		source.rows.push_back(Conn(numbered(i % 50).c_str(), static_cast<uint16_t>(i), "10.9.9.9", 80));
	ASSERT_EQ(open(REPORT_ASK_CLIENTS), 0);
	const auto all = lines<struct digest_client>();
	ASSERT_EQ(all.size(), 50u);
	for (const auto &line : all)
		EXPECT_EQ(line.count, 20u);
	EXPECT_FALSE(source.full);
	EXPECT_EQ(source.passes, 1u);
	EXPECT_GT(turns, 1u);
	EXPECT_FALSE(query->cut);
}

TEST_F(QueryDigest, LeaksTakeThreePassesOfWholeRows)
{
	for (unsigned i = 0; i < 300; i++)
		source.rows.push_back(Conn::half(numbered(i).c_str(), 1, numbered(1000 + i % 3).c_str(), 80, 60 * SEC));
	ASSERT_EQ(open(REPORT_ASK_LEAKS), 0);
	const auto all = lines<struct digest_leak>(2);
	ASSERT_EQ(all.size(), 3u);
	for (const auto &line : all)
		EXPECT_EQ(line.count, 100u);
	EXPECT_TRUE(source.full);
	EXPECT_EQ(source.passes, 3u);
}

TEST_F(QueryDigest, FilterLimitAndOrder)
{
	for (unsigned i = 0; i < 200; i++) {
		source.rows.push_back(Conn(numbered(i % 20).c_str(), 1, "10.9.9.9", i % 20 < 10 ? 80 : 443));
		source.rows.back().full.row.client.bytes = i % 20;
	}
	ASSERT_EQ(open(REPORT_ASK_CLIENTS, "dport 443", 4, "-bytes"), 0);
	const auto all = lines<struct digest_client>(3);
	ASSERT_EQ(all.size(), 4u);
	EXPECT_EQ(all[0].bytes_out, 190u);
	EXPECT_EQ(all[3].bytes_out, 160u);
	EXPECT_TRUE(query->cut);
	ASSERT_EQ(open(REPORT_ASK_CLIENTS, "dport 443", 10), 0);
	EXPECT_EQ(lines<struct digest_client>().size(), 10u);
	EXPECT_FALSE(query->cut) << "that was all";
	ASSERT_EQ(open(REPORT_ASK_CLIENTS, "retransmitted > 5"), 0);
	EXPECT_TRUE(lines<struct digest_client>().empty());
	EXPECT_TRUE(source.full) << "the filter reads what only whole rows have";
}

TEST_F(QueryDigest, WrongRequests)
{
	EXPECT_EQ(open(REPORT_ASK_LEAKS, "port foo"), -EINVAL);
	EXPECT_EQ(std::string(text).find("the filter, column "), 0u) << text;
	EXPECT_EQ(open(REPORT_ASK_LEAKS, "", 0, "count"), -EINVAL);
	EXPECT_NE(std::string(text).find("--sort"), std::string::npos);
	EXPECT_EQ(open(REPORT_ASK_CLIENTS, "", 0, "idle"), -EINVAL);
	EXPECT_EQ(open(REPORT_ASK_TIMEWAIT, "", 0, "", "server"), -EINVAL);
	EXPECT_NE(std::string(text).find("--by"), std::string::npos);
	EXPECT_EQ(pool.shares.memory.bytes, 0u);
}

TEST_F(QueryDigest, TheSourceFails)
{
	source.error = -EIO;
	ASSERT_EQ(open(REPORT_ASK_LEAKS), 0);
	EXPECT_TRUE(lines<struct digest_leak>().empty());
	EXPECT_EQ(error, -EIO);
}

TEST_F(QueryDigest, TheLastLookIsRememberedForEachFilter)
{
	source.rows.push_back(Conn::half("10.0.0.1", 1, "10.0.0.2", 80, 60 * SEC));
	for (const char *filter : { "", "dport 80" }) {
		ASSERT_EQ(open(REPORT_ASK_LEAKS, filter), 0);
		EXPECT_EQ(lines<struct digest_leak>().at(0).has_growth, 0) << filter;
	}
	source.rows.push_back(Conn::half("10.0.0.1", 2, "10.0.0.2", 80, 60 * SEC));
	ASSERT_EQ(open(REPORT_ASK_LEAKS), 0);
	const auto line = lines<struct digest_leak>().at(0);
	EXPECT_EQ(line.has_growth, 1);
	EXPECT_EQ(line.growth, 1);
	close();
	EXPECT_GT(pool.kept.bytes, 0u);
	EXPECT_LT(pool.kept.bytes, 1000u) << "what is kept is small";
}

TEST_F(QueryDigest, WithoutRoomNothingBegins)
{
	EXPECT_EQ(query_pool_init(&pool, 10), 0);
	ASSERT_EQ(open(REPORT_ASK_LEAKS), 0);
	EXPECT_TRUE(lines<struct digest_leak>().empty());
	EXPECT_EQ(error, -ENOMEM);
}

/* What others hold is waited for, and then nothing is left out. */
TEST_F(QueryDigest, RoomThatOthersHoldIsWaitedFor)
{
	struct query_share other;

	for (unsigned i = 0; i < 2000; i++)
		source.rows.push_back(Conn::half(numbered(i).c_str(), 1, numbered(i).c_str(), 80, 60 * SEC));
	EXPECT_EQ(query_pool_init(&pool, 8000000), 0);
	ASSERT_EQ(query_share_join(&other, &pool.shares, 1000), 0);
	void *held = mem_pool_alloc(&other.memory, 3900000);
	void *more = mem_pool_alloc(&pool.shares.memory, 3700000);
	ASSERT_NE(held, nullptr);
	ASSERT_NE(more, nullptr);
	ASSERT_EQ(open(REPORT_ASK_LEAKS), 0);
	struct digest_leak line;
	int result;
	while ((result = query_rows(query, &line, 1)) == -EAGAIN)
		;
	EXPECT_EQ(result, -EINPROGRESS);
	for (int i = 0; i < 100; i++)
		EXPECT_EQ(query_rows(query, &line, 1), -EINPROGRESS);
	EXPECT_EQ(pool.shares.memory.bytes, 7600000u) << "it waits with nothing in its hands";
	mem_pool_release(&other.memory, held, 3900000);
	mem_pool_release(&pool.shares.memory, more, 3700000);
	query_share_leave(&other);
	EXPECT_EQ(lines<struct digest_leak>().size(), 2000u) << "and no row of others";
}

TEST_F(QueryDigest, OneThatIsLeftGivesAllBack)
{
	for (unsigned i = 0; i < 5000; i++)
		source.rows.push_back(Conn::half(numbered(i).c_str(), 1, numbered(i).c_str(), 80, 60 * SEC));
	ASSERT_EQ(open(REPORT_ASK_LEAKS), 0);
	struct digest_leak line;
	for (int i = 0; i < 30; i++)
		EXPECT_EQ(query_rows(query, &line, 1), -EAGAIN);
	EXPECT_GT(pool.shares.memory.bytes, 100000u);
	close();
	EXPECT_EQ(pool.shares.memory.bytes, 0u);
}

} // namespace
