/* SPDX-License-Identifier: BSD-3-Clause */
/* What all queries may take together, and that it is given back. */
#include "query_fixture.h"

#include <memory>

#include "mem_arena.h"

namespace {

TEST(QueryPool, Begins)
{
	struct query_pool pool;

	memset(static_cast<void *>(&pool), 0xa5, sizeof(pool));
	ASSERT_EQ(query_pool_init(&pool, 1000), 0);
	EXPECT_EQ(pool.shares.memory.bytes, 0u);
	EXPECT_EQ(pool.shares.memory.max, 1000u);
	EXPECT_EQ(pool.kept.bytes, 0u);
	EXPECT_EQ(pool.kept.max, QUERY_HISTORY_BYTES);
	query_pool_fini(&pool);
	EXPECT_EQ(pool.kept.bytes, 0u);
}

class QueryPoolUse : public QueryTest {};

/* Several at a time share one bound; each gives back what it took, done or not. */
TEST_F(QueryPoolUse, AllIsGivenBack)
{
	const uint64_t arena_before = mem_arena_bytes();
	struct report_row rows[10];
	std::vector<struct query *> queries;
	int error;

	source.n = 5000;
	for (const char *sort : { "bytes", "-id", "client,idle" }) {
		struct query_request request = {};

		request.uid = static_cast<uint32_t>(queries.size()); /* each at once with the others */
		request.report = REPORT_ASK_ALLCONN;
		request.filter = request.by = "";
		request.sort = sort;
		queries.push_back(query_open(&callbacks, &pool, &request, &error, text));
		ASSERT_NE(queries.back(), nullptr);
		for (size_t turn = 0; turn < 40 * queries.size(); turn++)
			query_rows(queries.back(), rows, 10);
	}
	EXPECT_GT(pool.shares.memory.bytes, 5000 * sizeof(struct report_row));
	EXPECT_LE(pool.shares.memory.bytes, pool.shares.memory.max);
	for (struct query *one : queries) {
		const size_t before = pool.shares.memory.bytes;

		query_close(one);
		EXPECT_LT(pool.shares.memory.bytes, before);
	}
	EXPECT_EQ(pool.shares.memory.bytes, 0u);
	EXPECT_LE(mem_arena_bytes(), arena_before + 4096) << "nor does the arena keep it";
}

/* One that is refused takes nothing. */
TEST_F(QueryPoolUse, ARefusalTakesNothing)
{
	EXPECT_EQ(open(REPORT_ASK_ALLCONN, "state foo", "bytes"), -EINVAL);
	EXPECT_EQ(open(REPORT_ASK_ALLCONN, "", "foo"), -EINVAL);
	EXPECT_EQ(open(REPORT_ASK_GROUP, "", "", 0, "foo"), -EINVAL);
	EXPECT_EQ(open(REPORT_ASK_LEAKS, "", "bytes"), -EINVAL);
	EXPECT_EQ(pool.shares.memory.bytes, 0u);
}

} // namespace
