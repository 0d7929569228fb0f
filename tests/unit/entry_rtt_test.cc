// SPDX-License-Identifier: BSD-3-Clause
// Round trips: of the handshake, smoothed from data, and never of what was sent twice.

#include <gtest/gtest.h>

#include "engine.h"

namespace
{

using support::Engine;
using support::MS;
using support::SEC;
using support::Talk;

/* Sends each packet so long after the one before. */
struct Step {
	packet pk;
	uint64_t after_us;
};

void
play(Engine &engine, const std::vector<Step> &steps)
{
	for (const Step &step : steps) {
		engine.now_us += step.after_us;
		EXPECT_EQ(engine.send(step.pk), PACKET_TRACKED);
	}
}

/* Within two percent: what twelve bits keep, and the rounding of the mean. */
void
expect_about(uint64_t got, uint64_t want)
{
	EXPECT_GE(got, want - want / 50);
	EXPECT_LE(got, want + want / 50);
}

void
open_talk(Engine &engine, const Talk &talk, uint64_t server_us, uint64_t client_us)
{
	play(engine, { { talk.a("S", 0), 0 },
	               { talk.b("S.", 0, 1), server_us },
	               { talk.a(".", 1, 1), client_us } });
}

TEST(TrackRtt, HandshakeOfBothEnds)
{
	Engine engine;
	Talk talk(1);

	open_talk(engine, talk, 40 * MS, 3 * MS);
	report_full full = engine.full(talk);
	expect_about(full.server.handshake_us, 40 * MS);
	expect_about(full.client.handshake_us, 3 * MS);
	expect_about(full.server.rtt_us, 40 * MS);
	expect_about(full.client.rtt_us, 3 * MS);
}

TEST(TrackRtt, BelowAMicrosecondIsKnown)
{
	Engine engine;
	Talk talk(1);

	open_talk(engine, talk, 0, 0);
	EXPECT_EQ(engine.full(talk).server.handshake_us, 1u);
	EXPECT_EQ(engine.full(talk).client.rtt_us, 1u);
}

TEST(TrackRtt, DataMovesTheMeanByAnEighth)
{
	Engine engine;
	Talk talk(1);

	open_talk(engine, talk, 80 * MS, 1 * MS);
	play(engine, { { talk.a(".", 1, 1, 100), SEC }, { talk.b(".", 1, 101), 160 * MS } });
	expect_about(engine.full(talk).server.rtt_us, 90 * MS);
	expect_about(engine.full(talk).server.handshake_us, 80 * MS);
	/* And in the long run to what it is. */
	for (uint32_t i = 1; i < 60 * ENTRY_RTT_EVERY; i++)
		play(engine, { { talk.a(".", 1 + 100 * i, 1, 100), SEC },
		               { talk.b(".", 1, 101 + 100 * i), 20 * MS } });
	uint64_t settled = engine.full(talk).server.rtt_us;
	EXPECT_GE(settled, 19 * MS);
	EXPECT_LE(settled, 21 * MS);
}

/* Many segments on their way: the one that is timed is answered by the first ACK that covers it. */
TEST(TrackRtt, OneOfAStream)
{
	Engine engine;
	Talk talk(1);

	open_talk(engine, talk, 10 * MS, 10 * MS);
	for (uint32_t i = 0; i < 4; i++)
		play(engine, {{talk.a(".", 1 + 1000 * i, 1, 1000), 1 * MS}});
	play(engine, {{talk.b(".", 1, 1001), 7 * MS}}); /* ten after the first */
	expect_about(engine.full(talk).server.rtt_us, 10 * MS);
	play(engine, {{talk.a(".", 4001, 1, 1000), 1 * MS}, {talk.b(".", 1, 2001), 5 * MS}});
	/* The second timed one is the fifth: this ACK does not reach it. */
	expect_about(engine.full(talk).server.rtt_us, 10 * MS);
	play(engine, {{talk.b(".", 1, 5001), 13 * MS}});
	expect_about(engine.full(talk).server.rtt_us, 11 * MS);
}

/* After the first few, one in ENTRY_RTT_EVERY: the ones between touch nothing. */
TEST(TrackRtt, OfManySegmentsSomeAreTimed)
{
	Engine engine;
	Talk talk(1);
	unsigned timed = 0;

	open_talk(engine, talk, 10 * MS, 10 * MS);
	for (uint32_t i = 0; i < 1000; i++) {
		play(engine, {{talk.a(".", 1 + 100 * i, 1, 100), 1 * MS}});
		timed += !!(entry_at(engine->table, 0)->flags & ENTRY_TIMED);
		play(engine, {{talk.b(".", 1, 101 + 100 * i), 1 * MS}});
	}
	EXPECT_GE(timed, 1000u / ENTRY_RTT_EVERY);
	EXPECT_LE(timed, 1000u / ENTRY_RTT_EVERY + ENTRY_RTT_EVERY);
}

TEST(TrackRtt, NothingThatWasSentTwice)
{
	Engine engine;
	Talk talk(1), syn(2);

	open_talk(engine, talk, 10 * MS, 10 * MS);
	play(engine, { { talk.a(".", 1, 1, 100), SEC },
	               { talk.a(".", 1, 1, 100), SEC },
	               { talk.b(".", 1, 101), 1 * MS } });
	expect_about(engine.full(talk).server.rtt_us, 10 * MS);
	play(engine, { { syn.a("S", 0), 0 },
	               { syn.a("S", 0), SEC },
	               { syn.b("S.", 0, 1), 20 * MS },
	               { syn.a(".", 1, 1), 7 * MS } });
	EXPECT_EQ(engine.full(syn).server.handshake_us, 0u);
	expect_about(engine.full(syn).client.handshake_us, 7 * MS);
}

TEST(TrackRtt, AResetOrTooLateIsNoAnswer)
{
	Engine engine;
	Talk refused(1), late(2);

	play(engine, { { refused.a("S", 0), 0 }, { refused.b("R.", 0, 1), 30 * MS } });
	EXPECT_EQ(engine.full(refused).server.rtt_us, 0u);
	open_talk(engine, late, 10 * MS, 10 * MS);
	play(engine, { { late.a(".", 1, 1, 100), 0 }, { late.b(".", 1, 101), 5 * SEC } });
	expect_about(engine.full(late).server.rtt_us, 10 * MS);
}

/* A number that is given again: what was timed of the flow before is not the new one's. */
TEST(TrackRtt, AnotherLifeOfTheEntry)
{
	Engine engine(64);
	Talk first(1), second(2);

	engine.send(first.a("S", 0));
	engine.advance(200 * SEC);
	EXPECT_FALSE(engine.has(first));
	open_talk(engine, second, 15 * MS, 2 * MS);
	expect_about(engine.full(second).server.handshake_us, 15 * MS);
}

/* More connections than slots: the ones that find theirs taken are not timed, and none is wrong. */
TEST(TrackRtt, SharedSlots)
{
	Engine engine(4 * ENTRY_RTT_SLOTS);
	unsigned timed = 0;

	engine.verified = false;
	for (uint32_t n = 0; n < 2 * ENTRY_RTT_SLOTS; n++)
		engine.send(Talk(n).a("S", 0));
	engine.now_us += 25 * MS;
	for (uint32_t n = 0; n < 2 * ENTRY_RTT_SLOTS; n++)
		engine.send(Talk(n).b("S.", 0, 1));
	for (uint32_t n = 0; n < 2 * ENTRY_RTT_SLOTS; n += 997) {
		report_full full = engine.full(Talk(n));

		if (full.server.handshake_us == 0)
			continue;
		timed++;
		expect_about(full.server.handshake_us, 25 * MS);
	}
	EXPECT_GE(timed, 5u);
	EXPECT_LE(timed, 12u);
	engine.verify();
}

} // namespace
