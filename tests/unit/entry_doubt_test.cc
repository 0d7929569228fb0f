// SPDX-License-Identifier: BSD-3-Clause
// Slots that flows share: which flow finds its own claim, which takes another's, which leaves none behind; and that
// the engine keeps each flow's doubt from one packet to the next.

#include <memory>

#include <gtest/gtest.h>

#include "engine.h"
#include "entry_doubt.h"

namespace
{

using support::Engine;
using support::Talk;

struct TrackDoubt : testing::Test {
	std::unique_ptr<entry_doubts> doubts{new entry_doubts()};

	/* Leaves a claim with this number. */
	void
	leave(uint32_t number, uint32_t mark)
	{
		tcp_doubt *doubt = entry_doubt_find(doubts.get(), number);

		doubt->end[1].bits = TCP_CLAIM_TEXT;
		doubt->end[1].seq = mark;
		entry_doubt_keep(doubts.get(), number, doubt);
	}

	uint32_t
	mark(uint32_t number)
	{
		tcp_doubt *doubt = entry_doubt_find(doubts.get(), number);

		return doubt->end[1].bits ? doubt->end[1].seq : 0;
	}
};

TEST_F(TrackDoubt, EachFindsItsOwn)
{
	for (uint32_t n = 0; n < ENTRY_DOUBT_SLOTS; n++)
		leave(n, n + 1);
	for (uint32_t n = 0; n < ENTRY_DOUBT_SLOTS; n++)
		ASSERT_EQ(mark(n), n + 1);
}

TEST_F(TrackDoubt, AnotherFlowOfTheSlotFindsNothingAndTakesItOnlyWithANote)
{
	const uint32_t mine = 5, other = 5 + 3 * ENTRY_DOUBT_SLOTS;

	leave(mine, 77);
	EXPECT_EQ(mark(other), 0u);
	entry_doubt_keep(doubts.get(), other, entry_doubt_find(doubts.get(), other));
	EXPECT_EQ(mark(mine), 77u);
	leave(other, 88);
	EXPECT_EQ(mark(mine), 0u);
	EXPECT_EQ(mark(other), 88u);
}

TEST_F(TrackDoubt, AnEmptyNoteGivesTheSlotBack)
{
	leave(5, 77);
	tcp_doubt *doubt = entry_doubt_find(doubts.get(), 5);

	*doubt = {};
	entry_doubt_keep(doubts.get(), 5, doubt);
	EXPECT_EQ(doubts->owner[5], 0u);
	EXPECT_EQ(mark(5), 0u);
}

/* What was lent to one flow is empty when it is lent to the next. */
TEST_F(TrackDoubt, WhatIsLentIsEmpty)
{
	leave(1, 77);
	EXPECT_TRUE(tcp_doubt_is_empty(entry_doubt_find(doubts.get(), 2)));
}

TEST(TrackDoubtEngine, KeptFromPacketToPacket)
{
	Engine engine;
	Talk talk(1), other(2);

	for (const Talk *t : {&talk, &other})
		engine.send_each(t->opening());
	engine.send(talk.a(".", 5000000, 9000000, 100));
	engine.send(other.a("S", 777777));
	EXPECT_EQ(engine->counters.out_of_window, 1u);
	engine.send(talk.b(".", 9000000, 5000100, 50));
	EXPECT_EQ(engine.row(talk).client.payload, 5000099u);
	EXPECT_EQ(engine.row(talk).server.payload, 9000049u);
	EXPECT_EQ(engine.stats().gaps, 2u);
	EXPECT_EQ(engine.row(talk).flags, REPORT_GAP);
	EXPECT_EQ(engine.row(other).flags, 0);
}

} // namespace
