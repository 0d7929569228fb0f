// SPDX-License-Identifier: BSD-3-Clause
// The walks behind the metrics: what they find, and that each turn is a bounded one.

#include <memory>

#include "export_walk.h"
#include "query_fixture.h"

namespace {

class ExportWalk : public QueryTest {
protected:
	ExportWalk() { callbacks.flows = half_closed; }
	/* All that have a CLOSE_WAIT at their server have sent their FIN. */
	static int half_closed(void *ctx, struct query_cursor *cursor, const struct snapshot_ask *ask,
	                       void *rows, unsigned max)
	{
		const int n = Source::fetch(ctx, cursor, ask, rows, max);

		for (int i = 0; i < n; i++) {
			struct report_row *row = reinterpret_cast<struct report_row *>(
			    static_cast<char *>(rows) +
			    static_cast<size_t>(i) *
			        (ask->full ? sizeof(struct report_full) : sizeof(struct report_row)));

			if (row->client.state == REPORT_ESTABLISHED)
				row->client.state = REPORT_FIN_WAIT_2;
		}
		return n;
	}
	/* Turns until it rests; how many. */
	unsigned turns()
	{
		unsigned n = 0;

		do {
			now_us += EXPORT_WALK_PAUSE_US;
			pause_us = export_walk_turn(walk.get(), now_us);
			n++;
		} while (pause_us == EXPORT_WALK_PAUSE_US && n < 100000);
		return n;
	}
	void init(unsigned top) { export_walk_init(walk.get(), &callbacks, &pool, top); }
	~ExportWalk() override { export_walk_fini(walk.get()); }

	std::unique_ptr<struct export_walk> walk = std::make_unique<struct export_walk>();
	uint64_t now_us = 1000000, pause_us = 0;
};

TEST_F(ExportWalk, LeaksAreCountedByEndAndServer)
{
	uint64_t sum = 0;

	source.hosts = true;
	init(3);
	EXPECT_EQ(walk->found.walks, 0u);
	EXPECT_GT(turns(), 2u);
	EXPECT_EQ(walk->found.walks, 1u);
	EXPECT_EQ(walk->found.failed, 0u);
	EXPECT_EQ(walk->found.ended_us, now_us);
	for (auto &end : walk->found.leaks)
		for (uint64_t n : end)
			sum += n;
	/* Row 3 has ended at its client; all others wait for their server. */
	EXPECT_EQ(sum, source.n - 1);
	ASSERT_EQ(walk->found.n_top, 3u) << "of four: two hosts, two ports";
	EXPECT_GE(walk->found.top[0].count, walk->found.top[1].count);
	EXPECT_GE(walk->found.top[1].count, walk->found.top[2].count);
	EXPECT_EQ(walk->found.top[0].open_end, REPORT_CLOSER_SERVER);
}

/* Two networks of one name are one. */
TEST_F(ExportWalk, WhatHasANameIsAddedUpByName)
{
	const struct report_label from[] = { { { 9, 9 }, 16, 4, "out" }, { { 10, 0, 0, 1 }, 32, 4, "out" } };
	auto labels = std::make_unique<struct report_labels>();

	source.hosts = true;
	init(0);
	turns();
	EXPECT_EQ(walk->found.n_named, 0u);
	report_labels_use(labels.get(), from, 1);
	callbacks.labels = labels.get();
	now_us += pause_us;
	turns();
	ASSERT_EQ(walk->found.n_named, 1u);
	EXPECT_STREQ(walk->found.named[0].label, "out");
	/* Three of four go to 9.9.9.9; one of them has ended. */
	EXPECT_EQ(walk->found.named[0].count[REPORT_CLOSER_SERVER], source.n / 4 * 3 - 1);
	report_labels_use(labels.get(), from, 2);
	now_us += pause_us;
	turns();
	ASSERT_EQ(walk->found.n_named, 1u);
	EXPECT_EQ(walk->found.named[0].count[REPORT_CLOSER_SERVER], source.n - 1);
}

TEST_F(ExportWalk, ItRestsAndBeginsAnew)
{
	init(10);
	turns();
	EXPECT_GT(pause_us, EXPORT_WALK_EVERY_US / 2);
	EXPECT_LE(pause_us, EXPORT_WALK_EVERY_US);
	now_us += pause_us;
	turns();
	EXPECT_EQ(walk->found.walks, 2u);
}

TEST_F(ExportWalk, NoServersAreShownWhereNoneIsWanted)
{
	source.hosts = true;
	init(0);
	turns();
	EXPECT_EQ(walk->found.walks, 1u);
	EXPECT_EQ(walk->found.n_top, 0u);
}

TEST_F(ExportWalk, ATableOfAnySizeIsWalkedInManyTurns)
{
	source.n = 500000;
	init(10);
	EXPECT_GT(turns(), 2u * source.n / 20000);
	EXPECT_EQ(walk->found.walks, 1u);
}

/* What was found before stays; that nothing new was found shows. */
TEST_F(ExportWalk, WithoutMemoryTheOldSumsStay)
{
	source.hosts = true;
	init(10);
	turns();
	ASSERT_EQ(walk->found.walks, 1u);
	const uint32_t before = walk->found.n_top;
	use_memory(1);
	now_us += pause_us;
	turns();
	EXPECT_EQ(walk->found.walks, 1u);
	EXPECT_EQ(walk->found.failed, 1u);
	EXPECT_EQ(walk->found.n_top, before);
}

} // namespace
