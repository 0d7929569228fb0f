// SPDX-License-Identifier: BSD-3-Clause
// Room in a full table: the least missed goes first (track_evict.h), and what is in use stays.

#include <gtest/gtest.h>

#include "engine.h"

namespace
{

using support::Engine;
using support::SEC;
using support::Talk;

/* One flow of each rank, in the order in which they are to go. */
struct Ranked {
	track_rank rank;
	const char *name;
	std::vector<packet> (*packets)(const Talk &);
	uint64_t age_sec; // how long before the table fills
};

std::vector<packet>
plus(std::vector<packet> first, const std::vector<packet> &more)
{
	first.insert(first.end(), more.begin(), more.end());
	return first;
}

/* None is so old that its timer ends it, but for the TIME_WAIT that is due. */
const Ranked ranked[] = {
	{TRACK_RANK_CLOSED, "CLOSED",
	 [](const Talk &t) { return plus(t.opening(), {t.a("R", 1)}); }, 5},
	{TRACK_RANK_TIME_WAIT_DUE, "TIME_WAIT, due, its opening not seen",
	 [](const Talk &t) { return plus({t.a(".", 1, 1)}, t.closing()); }, 240},
	{TRACK_RANK_STRANGER, "SYN_SENT", [](const Talk &t) { return std::vector<packet>{t.a("S", 0)}; },
	 50},
	{TRACK_RANK_STRANGER, "one-way UDP",
	 [](const Talk &t) { return std::vector<packet>{t.udp_a(1)}; }, 20},
	{TRACK_RANK_STRANGER, "one-way ACKs",
	 [](const Talk &t) { return std::vector<packet>{t.a(".", 1, 1), t.a(".", 2, 1)}; }, 15},
	{TRACK_RANK_STRANGER, "one-way FIN",
	 [](const Talk &t) { return std::vector<packet>{t.a("F.", 1, 1)}; }, 10},
	{TRACK_RANK_TIME_WAIT, "TIME_WAIT",
	 [](const Talk &t) { return plus(t.opening(), t.closing()); }, 100},
	{TRACK_RANK_MIDSTREAM, "midstream, idle",
	 [](const Talk &t) { return std::vector<packet>{t.a(".", 1, 1), t.b(".", 1, 1)}; }, 70},
	{TRACK_RANK_UDP, "UDP, idle",
	 [](const Talk &t) { return std::vector<packet>{t.udp_a(1), t.udp_b(1)}; }, 80},
	{TRACK_RANK_ESTABLISHED, "ESTABLISHED, idle the longest",
	 [](const Talk &t) { return t.opening(); }, 5000},
	{TRACK_RANK_ESTABLISHED, "ESTABLISHED, idle for less",
	 [](const Talk &t) { return t.opening(); }, 90},
	{TRACK_RANK_HALF_CLOSED, "half closed, idle the longest",
	 [](const Talk &t) { return plus(t.opening(), {t.a("F.", 1, 1), t.b(".", 1, 2)}); }, 9000},
	{TRACK_RANK_HALF_CLOSED, "half closed, idle for less",
	 [](const Talk &t) { return plus(t.opening(), {t.a("F.", 1, 1)}); }, 95},
};
const uint64_t OLDEST_SEC = 9000;

/*
 * Opens all of them, the oldest first, in a table full of connections in use that are older still:
 * nothing was opened in haste.
 */
void
fill(Engine &engine, uint32_t capacity)
{
	const uint64_t full_us = engine.now_us + OLDEST_SEC * SEC;
	const uint32_t last = 1000 + capacity - (uint32_t)BASE_COUNT_OF(ranked);
	std::vector<uint32_t> order;

	for (uint32_t n = 1000; n < last; n++)
		engine.send_each(Talk(n).opening());

	for (uint32_t i = 0; i < BASE_COUNT_OF(ranked); i++)
		order.push_back(i);
	std::sort(order.begin(), order.end(),
	          [](uint32_t x, uint32_t y) { return ranked[x].age_sec > ranked[y].age_sec; });
	for (uint32_t i : order) {
		engine.now_us = full_us - ranked[i].age_sec * SEC;
		engine.send_each(ranked[i].packets(Talk(i)));
	}
	engine.now_us = full_us;
	for (uint32_t n = 1000; n < last; n++)
		engine.send(Talk(n).a(".", 1, 1, 1));
}

TEST(TrackEvict, RankOfEach)
{
	Engine engine(64);

	fill(engine, 64);
	for (uint32_t i = 0; i < BASE_COUNT_OF(ranked); i++) {
		uint32_t number = (uint32_t)(engine.row(Talk(i)).id - 1) % 64;

		track_moment moment = track_evict_moment(&engine->evict, engine.now_us);

		EXPECT_EQ(track_evict_rank(&engine->settings.timers,
		                           entry_at(engine->table, number), &moment),
		          ranked[i].rank)
			<< ranked[i].name;
	}
}

TEST(TrackEvict, Order)
{
	Engine engine(64);

	fill(engine, 64);
	for (uint32_t i = 0; i < BASE_COUNT_OF(ranked); i++) {
		ASSERT_TRUE(engine.has(Talk(i))) << ranked[i].name << " went too early";
		/* What comes in is at once in use. */
		EXPECT_EQ(engine.burst(Talk(2000 + i).opening())[0], PACKET_TRACKED);
		EXPECT_FALSE(engine.has(Talk(i))) << ranked[i].name << " should have gone";
	}
	EXPECT_EQ(engine.stats().flows_evicted, BASE_COUNT_OF(ranked));
	EXPECT_EQ(engine.send(Talk(3000).a("S", 0)), PACKET_TABLE_FULL);
	EXPECT_EQ(engine.stats().flows_refused, 1u);
	EXPECT_EQ(engine.stats().flows_expired, 0u);
}

TEST(TrackEvict, OldestOfTheUnansweredFirst)
{
	Engine engine(64);

	for (uint32_t n = 0; n < 64; n++)
		engine.send(Talk(n).a("S", 0));
	for (uint32_t n = 0; n < 200; n++) {
		ASSERT_TRUE(engine.has(Talk(n)));
		engine.send(Talk(64 + n).a("S", 0));
		ASSERT_FALSE(engine.has(Talk(n)));
	}
}

/* What had the number before, and has expired since, must not be taken for who has it now. */
TEST(TrackEvict, OldestOfThoseWhoseNumbersWereUsedBefore)
{
	Engine engine(64);

	for (uint32_t n = 0; n < 64; n++)
		engine.send(Talk(n).a("S", 0));
	engine.pass(130 * SEC);
	for (uint32_t n = 0; n < 64; n++)
		ASSERT_FALSE(engine.has(Talk(n)));
	for (uint32_t n = 64; n < 128; n++)
		engine.send(Talk(n).a("S", 0));
	for (uint32_t n = 64; n < 128; n++) {
		ASSERT_TRUE(engine.has(Talk(n)));
		engine.send(Talk(64 + n).a("S", 0));
		ASSERT_FALSE(engine.has(Talk(n))) << n;
	}
}

/* One that was noted as cheap and is not any more must not be taken for it. */
TEST(TrackEvict, WhatHasBeenAnsweredIsNoUnansweredSyn)
{
	Engine engine(64);

	for (uint32_t n = 0; n < 63; n++) {
		engine.send(Talk(n).a("S", 0));
		engine.send(Talk(n).b("S.", 0, 1));
		engine.send(Talk(n).a(".", 1, 1));
	}
	engine.send(Talk(63).a("S", 0));
	for (uint32_t n = 64; n < 200; n++)
		EXPECT_EQ(engine.send(Talk(n).a("S", 0)), PACKET_TRACKED);
	for (uint32_t n = 0; n < 63; n++)
		EXPECT_EQ(engine.states(Talk(n)), "ESTABLISHED ESTABLISHED");
}

TEST(TrackEvict, HalfOpenGoesLikeAnUnansweredSyn)
{
	Engine engine(64);

	for (uint32_t n = 0; n < 64; n++) {
		engine.send(Talk(n).a("S", 0));
		engine.send(Talk(n).b("S.", 0, 1));
	}
	EXPECT_EQ(engine.send(Talk(64).a("S", 0)), PACKET_TRACKED);
	EXPECT_FALSE(engine.has(Talk(0)));
}

TEST(TrackEvict, ReplacedLivesGoFirst)
{
	Engine engine(64);
	Talk again(0);

	engine.send_each(Talk(0).opening());
	engine.send_each(Talk(0).closing());
	again.a_isn = 7000000;
	engine.send_each(again.opening());
	EXPECT_EQ(engine.rows_of(again).size(), 2u);
	for (uint32_t n = 1; n < 63; n++)
		engine.send(Talk(n).a("S", 0));
	EXPECT_EQ(engine.stats().flows_evicted, 0u);
	engine.send(Talk(100).a("S", 0));
	EXPECT_EQ(engine.rows_of(again).size(), 1u);
	EXPECT_EQ(engine.states(again), "ESTABLISHED ESTABLISHED");
}

/* A flood of SYNs, and of half-open ones, from ever new addresses into a full table. */
TEST(TrackEvict, SynFloodEvictsNothingInUse)
{
	const uint32_t capacity = 2048, in_use = 2000;
	Engine engine(capacity);
	uint64_t refused = 0;

	engine.verified = false;
	for (uint32_t n = 0; n < in_use; n++)
		engine.send_each(Talk(n).opening());
	for (uint32_t i = 0; i < 200000; i++) {
		Talk flood(1000000 + i);

		engine.now_us += 500;
		refused += engine.send(flood.a("S", 0)) == PACKET_TABLE_FULL;
		if (i % 3 == 0)
			engine.send(flood.b("S.", 0, 1));
		if (i % 10 != 0)
			continue;
		/* each of the others says something within a minute */
		ASSERT_EQ(engine.send(Talk(i / 10 % in_use).a(".", 1 + i / 10 / in_use, 1, 1)),
		          PACKET_TRACKED);
	}
	engine.verify();
	EXPECT_EQ(refused, 0u);
	EXPECT_EQ(engine.stats().flows_created, in_use + 200000u);
	EXPECT_EQ(engine.stats().flows_client_state[REPORT_ESTABLISHED], in_use);
	/* Some at once: the table may have a little room at the end. */
	EXPECT_EQ(engine.stats().flows_evicted, in_use + 200000u - engine->table->live);
	EXPECT_GT(engine->table->live + TRACK_EVICT_MAX, capacity);
}

/* Where none is idle for half a turn, newcomers go that are for a quarter. */
TEST(TrackEvict, RecentWhereNoneIsOldEnough)
{
	const uint32_t capacity = 2048, one_in = 64;
	Engine engine(capacity);
	uint32_t talking = 0, silent = 0;

	engine.verified = false;
	for (uint32_t n = 0; n < capacity; n++) {
		engine.now_us += support::MS;
		engine.send_each(Talk(n).opening());
	}
	for (uint32_t n = 0; n < capacity; n++)
		engine.send(Talk(n).a(".", 1, 1, 1));
	engine.now_us += capacity * support::MS * 3 / 8;
	for (uint32_t n = 0; n < capacity; n++)
		if (n % one_in != 0)
			engine.send(Talk(n).a(".", 2, 1, 1));
	for (uint32_t n = 5000; n < 5010; n++)
		EXPECT_EQ(engine.burst(Talk(n).opening())[0], PACKET_TRACKED);
	for (uint32_t n = 0; n < capacity; n++)
		(n % one_in != 0 ? talking : silent) += engine.has(Talk(n));
	EXPECT_EQ(talking, capacity - capacity / one_in);
	EXPECT_LE(silent, capacity / one_in - 10);
	engine.verify();
}

TEST(TrackEvict, NoRoomAmongFlowsInUse)
{
	Engine engine(64);

	for (uint32_t n = 0; n < 64; n++)
		engine.send_each(Talk(n).opening());
	for (uint32_t n = 100; n < 110; n++)
		EXPECT_EQ(engine.send(Talk(n).a("S", 0)), PACKET_TABLE_FULL);
	EXPECT_EQ(engine.stats().flows_refused, 10u);
	EXPECT_EQ(engine.stats().flows_evicted, 0u);
	EXPECT_EQ(engine.stats().verdicts[PACKET_TABLE_FULL], 10u);
	/* A minute later they are idle. */
	engine.now_us += 60 * SEC;
	EXPECT_EQ(engine.send(Talk(200).a("S", 0)), PACKET_TRACKED);
	EXPECT_EQ(engine.stats().flows_evicted, 1u);
}

/* The hand looks at no more than its share in one burst, and gets round the table in a few. */
TEST(TrackEvict, BoundedWorkABurst)
{
	Engine engine(4096);
	unsigned bursts = 0;

	engine.verified = false;
	engine.send_each(Talk(0).opening());
	engine.now_us += 60 * SEC;
	for (uint32_t n = 1; n < 4096; n++)
		engine.send_each(Talk(n).opening());
	while (engine.has(Talk(0))) {
		std::vector<packet> newcomers;

		for (uint32_t n = 0; n < PACKET_BURST_MAX; n++)
			newcomers.push_back(Talk(10000 + n).a("S", 0));
		engine.burst(newcomers);
		EXPECT_LE(engine->evict.may_examine, (uint32_t)TRACK_EVICT_EXAMINED_MAX);
		ASSERT_LE(++bursts, 4096u / TRACK_EVICT_EXAMINED_MAX + 1);
	}
	engine.verify();
}

} // namespace
