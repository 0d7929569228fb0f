/* SPDX-License-Identifier: BSD-3-Clause */
/* Who may gather, what each may take, and that those who wait are served. */
#include "query_fixture.h"

#include <list>
#include <random>

#include "mem_arena.h"

namespace {

constexpr size_t MAX = 4000;

class QueryShare : public ::testing::Test {
protected:
	QueryShare()
	{
		EXPECT_EQ(mem_arena_init(), 0);
		query_shares_init(&shares, MAX);
	}
	~QueryShare() override
	{
		EXPECT_EQ(shares.memory.bytes, 0u);
		EXPECT_TRUE(LIST_EMPTY(&shares.users));
	}
	/* A query of that user, with what it holds. */
	struct One {
		struct query_share share;
		std::vector<std::pair<void *, size_t>> blocks;

		One(struct query_shares *shares, uint32_t uid)
		{
			EXPECT_EQ(query_share_join(&share, shares, uid), 0);
		}
		~One()
		{
			give_back();
			query_share_leave(&share);
		}
		bool begin() { return query_share_begin(&share); }
		bool take(size_t bytes)
		{
			void *block = mem_pool_alloc(&share.memory, bytes);

			if (block)
				blocks.emplace_back(block, bytes);
			return block;
		}
		void give_back()
		{
			for (auto &block : blocks)
				mem_pool_release(&share.memory, block.first, block.second);
			blocks.clear();
		}
		/* As its query does. */
		bool yield()
		{
			bool waits = query_share_yield(&share);

			if (waits)
				give_back();
			return waits;
		}
	};
	struct query_shares shares;
};

TEST_F(QueryShare, OneOfAUserGathersAtATime)
{
	One a(&shares, 1000), other(&shares, 1001), root(&shares, QUERY_ROOT);
	auto b = std::make_unique<One>(&shares, 1000);
	One c(&shares, 1000);

	EXPECT_TRUE(a.begin());
	EXPECT_TRUE(a.begin()) << "and goes on";
	EXPECT_FALSE(b->begin());
	EXPECT_FALSE(c.begin());
	EXPECT_TRUE(other.begin());
	EXPECT_TRUE(root.begin());
	query_share_gathered(&a.share);
	EXPECT_FALSE(c.begin()) << "in the order in which they came";
	EXPECT_TRUE(b->begin());
	EXPECT_FALSE(c.begin());
	b.reset();
	EXPECT_TRUE(c.begin()) << "one that leaves makes way";
}

TEST_F(QueryShare, BoundsByUser)
{
	One a(&shares, 1000), b(&shares, 1001), root(&shares, QUERY_ROOT);

	EXPECT_FALSE(a.take(MAX / 2 + 1)) << "half of all";
	EXPECT_FALSE(a.yield()) << "waiting would not help";
	EXPECT_TRUE(a.take(MAX / 2));
	EXPECT_FALSE(b.take(MAX / 4 + 1)) << "three quarters for all but root";
	EXPECT_TRUE(b.take(MAX / 4));
	EXPECT_TRUE(root.take(MAX / 4)) << "what is left is root's";
	EXPECT_FALSE(root.take(1));
	a.give_back();
	b.give_back();
	EXPECT_TRUE(root.take(MAX / 4 * 3)) << "who may have all";
	EXPECT_EQ(query_share_max(&root.share), MAX);
	EXPECT_EQ(query_share_max(&a.share), MAX / 2);
}

TEST_F(QueryShare, OneThatWaitsIsServedWhenAnotherEnds)
{
	auto holder = std::make_unique<One>(&shares, 1000);
	One waiting(&shares, 1001), small(&shares, 1001);

	EXPECT_TRUE(holder->begin());
	EXPECT_TRUE(holder->take(MAX / 2));
	query_share_gathered(&holder->share);
	EXPECT_TRUE(waiting.begin());
	EXPECT_TRUE(waiting.take(MAX / 4));
	EXPECT_FALSE(waiting.take(1));
	EXPECT_TRUE(query_share_is_full(&waiting.share));
	EXPECT_TRUE(waiting.yield());
	EXPECT_EQ(shares.memory.bytes, MAX / 2) << "it waits with nothing in its hands";
	for (int i = 0; i < 10; i++)
		EXPECT_FALSE(waiting.begin());
	EXPECT_TRUE(small.begin()) << "those behind it need not wait for what it waits for";
	EXPECT_TRUE(small.take(MAX / 4));
	query_share_gathered(&small.share);
	EXPECT_FALSE(waiting.begin());
	holder.reset();
	EXPECT_TRUE(waiting.begin());
	EXPECT_FALSE(query_share_is_full(&waiting.share));
	EXPECT_TRUE(waiting.take(MAX / 4));
}

/* With what only the same user holds, he waits for himself. */
TEST_F(QueryShare, OwnMemoryIsWaitedForToo)
{
	auto first = std::make_unique<One>(&shares, 1000);
	One second(&shares, 1000);

	EXPECT_TRUE(first->take(MAX / 2));
	EXPECT_TRUE(second.begin());
	EXPECT_FALSE(second.take(1));
	EXPECT_TRUE(second.yield());
	EXPECT_FALSE(second.begin());
	first.reset();
	EXPECT_TRUE(second.begin());
}

/* Whatever users want and however they come, all that can be served are, and none is refused. */
TEST_F(QueryShare, NobodyStarves)
{
	struct Job {
		std::unique_ptr<One> one;
		size_t wants;
		unsigned holds; /* turns that its client takes to read */
	};
	std::mt19937 random(7);
	std::list<Job> jobs;
	unsigned served = 0, refused = 0, waited = 0;

	for (int i = 0; i < 300; i++)
		jobs.push_back({ std::make_unique<One>(&shares, static_cast<uint32_t>(random() % 4)), 1 + random() % (MAX / 2),
		                 static_cast<unsigned>(random() % 8) });
	for (int turn = 0; turn < 1000000 && !jobs.empty(); turn++) {
		auto at = jobs.begin();

		std::advance(at, random() % jobs.size());
		One &one = *at->one;
		if (one.share.memory.bytes >= at->wants) {
			if (at->holds-- == 0) {
				served++;
				jobs.erase(at);
			}
			continue;
		}
		if (!one.begin())
			continue;
		if (!one.take(100)) {
			if (one.yield())
				waited++;
			else
				refused++;
		} else if (one.share.memory.bytes >= at->wants) {
			query_share_gathered(&one.share);
		}
	}
	EXPECT_EQ(served, 300u);
	EXPECT_GT(waited, 0u);
	/* the last block of one who wants all that he may have goes beyond it */
	EXPECT_EQ(refused, 0u);
	jobs.clear();
}

/* Sorts of several users at once, in memory for one and a half: each gives all of its rows. */
class QueryShareSorts : public QueryTest {};

TEST_F(QueryShareSorts, EachGivesAllRows)
{
	struct query_request request = {};
	std::vector<struct query *> queries;
	std::vector<std::set<uint64_t>> ids(6);
	unsigned waits = 0, open_ones = 6;
	int error;

	source.n = 20000;
	use_memory(9000000);
	request.report = REPORT_ASK_ALLCONN;
	request.filter = request.by = "";
	request.sort = "-id";
	for (uint32_t uid : { 0, 1, 2, 0, 1, 2 }) {
		request.uid = uid;
		queries.push_back(query_open(&callbacks, &pool, &request, &error, text));
		ASSERT_NE(queries.back(), nullptr);
	}
	for (int turn = 0; turn < 100000 && open_ones > 0; turn++) {
		struct query *&query = queries[static_cast<size_t>(turn) % 6];
		struct report_row rows[200];
		int n;

		if (!query)
			continue;
		n = query_rows(query, rows, 200);
		waits += n == -EINPROGRESS;
		for (int i = 0; i < n; i++)
			ids[static_cast<size_t>(turn) % 6].insert(rows[i].id);
		if (n == -EAGAIN || n == -EINPROGRESS || n > 0)
			continue;
		EXPECT_EQ(n, 0) << query->why;
		query_close(query);
		query = nullptr;
		open_ones--;
	}
	EXPECT_EQ(open_ones, 0u);
	EXPECT_GT(waits, 0u);
	for (const auto &one : ids)
		EXPECT_EQ(one.size(), 20000u);
}

} // namespace
