/* SPDX-License-Identifier: BSD-3-Clause */
/* The daemon's digests over a source of the test's own: turns, passes, limits, what is remembered. */
#include <gtest/gtest.h>

#include <cerrno>

extern "C" {
#include "snapshot.h"
#include "digest_query.h"
#include "mem_arena.h"
}
#include "digest_fixture.h"

namespace {

/* Gives rows a slice at a time; every second slice has none. */
struct Source {
	std::vector<Conn> rows;
	unsigned slice = 100, fetches = 0, passes = 0;
	int error = 0;
	bool full = false;

	static int fetch(void *ctx, struct ctl_cursor *cursor, const struct snapshot_ask *ask,
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

class DigestQuery : public ::testing::Test {
protected:
	DigestQuery()
	{
		EXPECT_EQ(mem_arena_init(), 0);
		EXPECT_EQ(digest_pool_init(&pool), 0);
	}
	~DigestQuery()
	{
		digest_query_close(query);
		digest_pool_fini(&pool);
		EXPECT_EQ(pool.memory.bytes, 0u);
	}
	int open(unsigned request, const std::string &filter = "", uint64_t limit = 0,
	         const char *sort = "", const char *by = "")
	{
		struct ctl_ask ask = {};
		int error;

		digest_query_close(query);
		cursor = {};
		memset(text, 0, sizeof(text));
		strcpy(ask.filter, filter.c_str());
		strcpy(ask.sort, sort);
		strcpy(ask.by, by);
		ask.limit = limit;
		query = digest_query_open(&query_source, &pool, request, 240 * SEC, &ask, &error, text);
		EXPECT_EQ(query != nullptr, error == 0);
		return error;
	}
	/* To the end, `max` lines a turn; what is wrong as a negative number in `error`. */
	template <typename Line> std::vector<Line> lines(unsigned max = 7)
	{
		std::vector<Line> all, some(max);
		int n;

		while ((n = digest_query_rows(query, &cursor, some.data(), max)) != 0) {
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
	struct query_source query_source = { &source, Source::fetch, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr };
	struct digest_pool pool;
	struct digest_query *query = nullptr;
	struct ctl_cursor cursor = {};
	char text[CTL_TEXT_MAX];
	unsigned turns = 0;
	int error = 0;
};

TEST_F(DigestQuery, WhichRequests)
{
	for (unsigned request = 0; request < 100; request++)
		EXPECT_EQ(digest_query_answers(request), request >= CTL_LEAKS && request <= CTL_CLIENTS) << request;
}

TEST_F(DigestQuery, ClientsInPieces)
{
	for (unsigned i = 0; i < 1000; i++)
		source.rows.push_back(Conn(numbered(i % 50).c_str(), static_cast<uint16_t>(i), "10.9.9.9", 80));
	ASSERT_EQ(open(CTL_CLIENTS), 0);
	const auto all = lines<struct digest_client>();
	ASSERT_EQ(all.size(), 50u);
	for (const auto &line : all)
		EXPECT_EQ(line.count, 20u);
	EXPECT_FALSE(source.full);
	EXPECT_EQ(source.passes, 1u);
	EXPECT_GT(turns, 1u);
	EXPECT_EQ(cursor.cut, 0);
}

TEST_F(DigestQuery, LeaksTakeThreePassesOfWholeRows)
{
	for (unsigned i = 0; i < 300; i++)
		source.rows.push_back(Conn::half(numbered(i).c_str(), 1, numbered(1000 + i % 3).c_str(), 80, 60 * SEC));
	ASSERT_EQ(open(CTL_LEAKS), 0);
	const auto all = lines<struct digest_leak>(2);
	ASSERT_EQ(all.size(), 3u);
	for (const auto &line : all)
		EXPECT_EQ(line.count, 100u);
	EXPECT_TRUE(source.full);
	EXPECT_EQ(source.passes, 3u);
}

TEST_F(DigestQuery, FilterLimitAndOrder)
{
	for (unsigned i = 0; i < 200; i++) {
		source.rows.push_back(Conn(numbered(i % 20).c_str(), 1, "10.9.9.9", i % 20 < 10 ? 80 : 443));
		source.rows.back().full.row.client.bytes = i % 20;
	}
	ASSERT_EQ(open(CTL_CLIENTS, "dport 443", 4, "-bytes"), 0);
	const auto all = lines<struct digest_client>(3);
	ASSERT_EQ(all.size(), 4u);
	EXPECT_EQ(all[0].bytes_out, 190u);
	EXPECT_EQ(all[3].bytes_out, 160u);
	EXPECT_EQ(cursor.cut, 1);
	ASSERT_EQ(open(CTL_CLIENTS, "dport 443", 10), 0);
	EXPECT_EQ(lines<struct digest_client>().size(), 10u);
	EXPECT_EQ(cursor.cut, 0) << "that was all";
	ASSERT_EQ(open(CTL_CLIENTS, "retransmitted > 5"), 0);
	EXPECT_TRUE(lines<struct digest_client>().empty());
	EXPECT_TRUE(source.full) << "the filter reads what only whole rows have";
}

TEST_F(DigestQuery, WrongRequests)
{
	EXPECT_EQ(open(CTL_LEAKS, "port foo"), -EINVAL);
	EXPECT_EQ(std::string(text).find("the filter, column "), 0u) << text;
	EXPECT_EQ(open(CTL_LEAKS, "", 0, "count"), -EINVAL);
	EXPECT_NE(std::string(text).find("--sort"), std::string::npos);
	EXPECT_EQ(open(CTL_CLIENTS, "", 0, "idle"), -EINVAL);
	EXPECT_EQ(open(CTL_TIMEWAIT, "", 0, "", "server"), -EINVAL);
	EXPECT_NE(std::string(text).find("--by"), std::string::npos);
	EXPECT_EQ(pool.memory.bytes, 0u);
}

TEST_F(DigestQuery, TheSourceFails)
{
	source.error = -EIO;
	ASSERT_EQ(open(CTL_LEAKS), 0);
	EXPECT_TRUE(lines<struct digest_leak>().empty());
	EXPECT_EQ(error, -EIO);
}

TEST_F(DigestQuery, TheLastLookIsRememberedForEachFilter)
{
	source.rows.push_back(Conn::half("10.0.0.1", 1, "10.0.0.2", 80, 60 * SEC));
	for (const char *filter : { "", "dport 80" }) {
		ASSERT_EQ(open(CTL_LEAKS, filter), 0);
		EXPECT_EQ(lines<struct digest_leak>().at(0).has_growth, 0) << filter;
	}
	source.rows.push_back(Conn::half("10.0.0.1", 2, "10.0.0.2", 80, 60 * SEC));
	ASSERT_EQ(open(CTL_LEAKS), 0);
	const auto line = lines<struct digest_leak>().at(0);
	EXPECT_EQ(line.has_growth, 1);
	EXPECT_EQ(line.growth, 1);
	digest_query_close(query);
	query = nullptr;
	EXPECT_GT(pool.memory.bytes, 0u);
	EXPECT_LT(pool.memory.bytes, 1000u) << "what is kept is small";
}

TEST_F(DigestQuery, WithoutRoomNothingBegins)
{
	pool.memory.bytes += 128u << 20;
	EXPECT_EQ(open(CTL_LEAKS), -ENOMEM);
	pool.memory.bytes -= 128u << 20;
}

TEST_F(DigestQuery, OneThatIsLeftGivesAllBack)
{
	for (unsigned i = 0; i < 5000; i++)
		source.rows.push_back(Conn::half(numbered(i).c_str(), 1, numbered(i).c_str(), 80, 60 * SEC));
	ASSERT_EQ(open(CTL_LEAKS), 0);
	struct digest_leak line;
	for (int i = 0; i < 30; i++)
		EXPECT_EQ(digest_query_rows(query, &cursor, &line, 1), -EAGAIN);
	EXPECT_GT(pool.memory.bytes, 100000u);
	digest_query_close(query);
	query = nullptr;
	EXPECT_EQ(pool.memory.bytes, 0u);
}

} // namespace
