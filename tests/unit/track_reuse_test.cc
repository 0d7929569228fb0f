// SPDX-License-Identifier: BSD-3-Clause
// Another life of a tuple: which packets are whose, and how the old one is said to have ended.

#include <algorithm>

#include <gtest/gtest.h>

#include "engine.h"

namespace
{

using support::Engine;
using support::MS;
using support::SEC;
using support::Talk;

/* The rows of a tuple, oldest first. */
std::vector<report_row>
lives(const Engine &engine, const Talk &talk)
{
	std::vector<report_row> rows = engine.rows_of(talk);

	std::sort(rows.begin(), rows.end(),
	          [](const report_row &x, const report_row &y) { return x.id < y.id; });
	return rows;
}

/* The same sockets, with ISNs of their own. */
Talk
next_life(const Talk &talk)
{
	Talk next = talk;

	next.a_isn += 5000000;
	next.b_isn += 7000000;
	return next;
}

struct TrackReuse : testing::Test {
	Engine engine;
	Talk old = Talk(1), now = next_life(old);

	/* A SYN with all that a SYN may offer, 300 s later; its server answers it 10 ms after. */
	void
	ask_and_answer(uint32_t payload = 0)
	{
		packet syn = now.a("S", 0, 0, payload);

		syn.mss = 8960;
		syn.wscale = 9;
		syn.tcp_flags |= PACKET_TCP_SACK;
		engine.now_us += 300 * SEC;
		EXPECT_EQ(engine.send(syn), PACKET_TRACKED);
		engine.now_us += 10 * MS;
		EXPECT_EQ(engine.send(now.b("S.", 0, 1 + payload)), PACKET_TRACKED);
	}
};

TEST_F(TrackReuse, TheSynThatIsAnsweredIsTheNewOnes)
{
	const uint64_t began_us = engine.now_us;

	engine.send_each(old.opening());
	ask_and_answer();
	engine.send(now.a(".", 1, 1));

	std::vector<report_row> rows = lives(engine, old);
	ASSERT_EQ(rows.size(), 2u);
	EXPECT_EQ(rows[0].end_cause, REPORT_END_REUSED);
	EXPECT_EQ(rows[0].client.state, REPORT_ESTABLISHED);
	EXPECT_EQ(rows[0].client.packets, 2u) << "its own SYN and ACK";
	EXPECT_EQ(rows[0].client.bytes, 80u);
	EXPECT_EQ(rows[0].last_us, began_us);
	EXPECT_EQ(rows[1].end_cause, REPORT_END_NONE);
	EXPECT_EQ(rows[1].flags, 0) << "neither midstream nor one-way";
	EXPECT_EQ(rows[1].opened_us, began_us + 300 * SEC);
	EXPECT_EQ(rows[1].client.packets, 2u);
	EXPECT_EQ(rows[1].server.packets, 1u);
	EXPECT_EQ(rows[1].client.state, REPORT_ESTABLISHED);
	EXPECT_EQ(rows[1].server.state, REPORT_ESTABLISHED);

	engine.advance(10 * SEC);
	const report_full full = engine.full(now);
	EXPECT_EQ(full.client.mss, 8960);
	EXPECT_EQ(full.client.wscale, 9);
	EXPECT_TRUE(full.client.known & REPORT_KNOWS_SACK);
	EXPECT_NEAR((double)full.server.handshake_us, 10 * MS, 100) << "timed from the SYN on";
}

/* RFC 7413. */
TEST_F(TrackReuse, WithTheBytesThatCameWithIt)
{
	engine.send_each(old.opening());
	ask_and_answer(100);
	std::vector<report_row> rows = lives(engine, old);
	ASSERT_EQ(rows.size(), 2u);
	EXPECT_EQ(rows[0].client.payload, 0u);
	EXPECT_EQ(rows[1].client.payload, 100u);
	EXPECT_EQ(rows[1].client.bytes, 140u);
}

/* The old connection still talks in between: that is its last packet, and its time. */
TEST_F(TrackReuse, TheOldOneTalksInBetween)
{
	engine.send_each(old.opening());
	engine.send(now.a("S", 0));
	engine.now_us += SEC;
	engine.send(old.a(".", 1, 1, 10));
	const uint64_t last_us = engine.now_us;
	engine.now_us += SEC;
	engine.send(now.b("S.", 0, 1));

	std::vector<report_row> rows = lives(engine, old);
	ASSERT_EQ(rows.size(), 2u);
	EXPECT_EQ(rows[0].last_us, last_us);
	EXPECT_EQ(rows[0].client.packets, 3u);
	EXPECT_EQ(rows[1].client.packets, 1u);
}

/* Its server answers the third; all three are the new one's, which began with the first. */
TEST_F(TrackReuse, TheSynIsRepeatedBeforeItIsAnswered)
{
	const uint64_t began_us = engine.now_us;

	engine.send_each(old.opening());
	for (unsigned i = 0; i < 3; i++) {
		engine.now_us += SEC;
		engine.send(now.a("S", 0));
	}
	engine.send(now.b("S.", 0, 1));
	std::vector<report_row> rows = lives(engine, old);
	ASSERT_EQ(rows.size(), 2u);
	EXPECT_EQ(rows[0].client.packets, 2u);
	EXPECT_EQ(rows[0].last_us, began_us);
	EXPECT_EQ(rows[1].client.packets, 3u);
	EXPECT_EQ(rows[1].opened_us, began_us + SEC);
	EXPECT_EQ(rows[1].server.state, REPORT_SYN_RECEIVED);
}

/* A challenge ACK says no: the SYN is the old one's, for nobody else is there. */
TEST_F(TrackReuse, ASynThatIsDeniedStaysAndOffersNothing)
{
	packet syn = now.a("S", 0);

	engine.send_each(old.opening());
	syn.mss = 8960;
	engine.send(syn);
	engine.send(old.b(".", 1, 1));
	EXPECT_EQ(engine.row(old).client.packets, 3u);
	EXPECT_NE(engine.full(old).client.mss, 8960);
	engine.send(now.b("S.", 0, 1));
	EXPECT_EQ(engine.rows().size(), 1u);
}

/* The SYN was the only packet that its end was seen to send. */
TEST_F(TrackReuse, TheOldOneIsOnewayAgain)
{
	engine.send(old.b("S.", 0, 1));
	EXPECT_TRUE(engine.row(old).flags & REPORT_ONEWAY);
	engine.send(now.a("S", 0));
	EXPECT_FALSE(engine.row(old).flags & REPORT_ONEWAY);
	engine.send(now.b("S.", 0, 1));
	std::vector<report_row> rows = lives(engine, old);
	ASSERT_EQ(rows.size(), 2u);
	EXPECT_TRUE(rows[0].flags & REPORT_ONEWAY);
	EXPECT_FALSE(rows[1].flags & REPORT_ONEWAY);
}

/* What is taken back may have gone to the overflow record meanwhile. */
TEST_F(TrackReuse, TakenBackOfALargeCounter)
{
	engine.verified = false;
	engine.send_each(old.opening());
	for (uint32_t sent = 0; sent < 40000; sent += 64) {
		std::vector<packet> burst;

		for (uint32_t i = 0; i < 64; i++)
			burst.push_back(old.a(".", 1 + (sent + i) * 1000, 1, 1000));
		engine.burst(burst);
	}
	const report_row before = engine.row(old);
	ASSERT_EQ(before.client.packets, 40002u);
	engine.send(now.a("S", 0));
	engine.send(now.b("S.", 0, 1));
	const report_row after = lives(engine, old)[0];
	EXPECT_EQ(after.client.packets, before.client.packets);
	EXPECT_EQ(after.client.bytes, before.client.bytes);
}

/* --- how the old one ended -------------------------------------------------------------------- */

TEST_F(TrackReuse, WhatHadEndedKeepsHow)
{
	engine.send_each(old.opening());
	engine.send_each(old.closing());
	engine.send(now.a("S", 0));
	EXPECT_EQ(lives(engine, old)[0].end_cause, REPORT_END_FIN);
	engine.send(now.b("R.", 0, 1));
	Talk third = next_life(now);
	engine.send(third.a("S", 0));
	std::vector<report_row> rows = lives(engine, old);
	ASSERT_EQ(rows.size(), 3u);
	EXPECT_EQ(rows[1].end_cause, REPORT_END_RST);
	EXPECT_EQ(rows[2].end_cause, REPORT_END_NONE);
	EXPECT_EQ(engine.stats().flows_reused, 2u);
}

TEST_F(TrackReuse, WhatHadNotEndedIsReused)
{
	engine.send_each(old.opening());
	engine.send(old.a("F.", 1, 1));
	engine.send(old.b(".", 1, 2));
	engine.send(now.a("S", 0));
	std::vector<report_row> rows = lives(engine, old);
	ASSERT_EQ(rows.size(), 2u);
	EXPECT_EQ(rows[0].end_cause, REPORT_END_REUSED);
	EXPECT_EQ(rows[0].server.state, REPORT_CLOSE_WAIT);
}

} // namespace
