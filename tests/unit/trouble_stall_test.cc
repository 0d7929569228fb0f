// SPDX-License-Identifier: BSD-3-Clause
// The same bytes again and again, and what met a long silence.

#include "trouble_fixture.h"

namespace
{

using support::MS;
using support::SEC;
using support::Talk;
using support::Troubled;

/* Opened with an MSS, and some bytes of each end acknowledged. */
void
talk_a_while(Troubled &engine, const Talk &talk)
{
	for (packet pk : talk.opening()) {
		pk.mss = pk.tcp_flags & PACKET_TCP_SYN ? 1460 : 0;
		engine.send(pk);
	}
	engine.send(talk.a(".", 1, 1, 100));
	engine.send(talk.b(".", 1, 101, 200));
	engine.send(talk.a(".", 101, 201));
}

void
repeat(Troubled &engine, const packet &pk, int times)
{
	for (int i = 0; i < times; i++) {
		packet again = pk;

		again.ip_id = (uint16_t)(pk.ip_id + 7 * (i + 1));
		engine.after(300 * MS << i, again);
	}
}

TEST(TroubleStall, NobodyAnswers)
{
	Troubled engine;
	Talk talk(1);

	talk_a_while(engine, talk);
	engine.send(talk.a(".", 101, 201, 50));
	repeat(engine, talk.a(".", 101, 201, 50), 2);
	EXPECT_EQ(engine.troubles(talk), "LOST_BEHIND_CLIENT 2");
	engine.after(2 * SEC, talk.a(".", 101, 201, 50));
	EXPECT_EQ(engine.count(talk, REPORT_TROUBLE_STALLED_CLIENT), 1u);
	EXPECT_EQ(engine.run(talk, REPORT_TROUBLE_STALLED_CLIENT, true).amount, 50u);
	repeat(engine, talk.a(".", 101, 201, 50), 5);
	EXPECT_EQ(engine.count(talk, REPORT_TROUBLE_STALLED_CLIENT), 1u) << "one connection";
	EXPECT_EQ(engine.count(talk, REPORT_TROUBLE_LOST_BEHIND_CLIENT), 3u)
		<< "more of the same says nothing of the way";
}

/* An answer in between: a lossy way, not a dead one. */
TEST(TroubleStall, SomethingComesBack)
{
	Troubled engine;
	Talk talk(1);

	talk_a_while(engine, talk);
	engine.send(talk.a(".", 101, 201, 50));
	repeat(engine, talk.a(".", 101, 201, 50), 1);
	engine.send(talk.b(".", 201, 101));
	repeat(engine, talk.a(".", 101, 201, 50), 4);
	EXPECT_EQ(engine.count(talk, REPORT_TROUBLE_STALLED_CLIENT), 0u);
	EXPECT_EQ(engine.count(talk, REPORT_TROUBLE_TOO_BIG_CLIENT), 0u) << "it is small";
}

/* Full segments do not arrive, and the other end is there. */
TEST(TroubleStall, TooBig)
{
	Troubled engine;
	Talk talk(1);

	talk_a_while(engine, talk);
	engine.send(talk.b(".", 201, 101, 1448));
	engine.send(talk.b(".", 1649, 101, 300));
	repeat(engine, talk.b(".", 201, 101, 1448), 1);
	engine.send(talk.a(".", 101, 201));
	repeat(engine, talk.b(".", 201, 101, 1448), 2);
	EXPECT_EQ(engine.run(talk, REPORT_TROUBLE_TOO_BIG_SERVER).amount, 1448u);
	EXPECT_EQ(engine.count(talk, REPORT_TROUBLE_STALLED_SERVER), 0u);
}

/* After 25 seconds without packets the way is open, or closed, or somebody says RST. */
TEST(TroubleStall, SurvivedASilence)
{
	Troubled engine;
	Talk talk(1);

	talk_a_while(engine, talk);
	engine.after(25 * SEC, talk.a(".", 101, 201, 50));
	engine.after(40 * MS, talk.b(".", 201, 151));
	EXPECT_EQ(engine.troubles(talk), "") << "no trouble of the socket";
	EXPECT_EQ(engine.run(talk, REPORT_TROUBLE_IDLE_SURVIVED, true).amount, 25 * SEC);
	/* A keep-alive asks too, also one that is answered late. */
	engine.after(31 * SEC, talk.b(".", 200, 151));
	engine.after(500 * MS, talk.b(".", 200, 151));
	engine.send(talk.a(".", 151, 201));
	EXPECT_EQ(engine.run(talk, REPORT_TROUBLE_IDLE_SURVIVED, true).amount, 31 * SEC);
}

TEST(TroubleStall, SilenceThatKilled)
{
	Troubled engine;
	Talk silent(1), reset(2);

	talk_a_while(engine, silent);
	engine.after(25 * SEC, silent.a(".", 101, 201, 50));
	repeat(engine, silent.a(".", 101, 201, 50), 3);
	EXPECT_EQ(engine.run(silent, REPORT_TROUBLE_IDLE_SILENT, true).amount, 25 * SEC);
	EXPECT_EQ(engine.run(silent, REPORT_TROUBLE_IDLE_SILENT).amount_least, 25 * SEC);
	talk_a_while(engine, reset);
	engine.after(27 * SEC, reset.a(".", 101, 201, 50));
	engine.send(reset.b("R", 201));
	EXPECT_EQ(engine.run(reset, REPORT_TROUBLE_IDLE_RESET, true).amount, 27 * SEC);
}

/* Who is not silent for ten seconds is not asked. */
TEST(TroubleStall, AShortSilence)
{
	Troubled engine;
	Talk talk(1);

	talk_a_while(engine, talk);
	engine.after(9 * SEC, talk.a(".", 101, 201, 50));
	repeat(engine, talk.a(".", 101, 201, 50), 3);
	EXPECT_EQ(engine.count(talk, REPORT_TROUBLE_IDLE_SILENT), 0u);
	EXPECT_EQ(engine.count(talk, REPORT_TROUBLE_STALLED_CLIENT), 1u);
}

/* A server that closes an idle connection itself is no killer. */
TEST(TroubleStall, ClosedByItself)
{
	Troubled engine;
	Talk talk(1);

	talk_a_while(engine, talk);
	engine.after(25 * SEC, talk.b("F.", 201, 101));
	engine.send(talk.a(".", 101, 202));
	engine.after(5 * SEC, talk.a(".", 101, 202, 50));
	engine.send(talk.b("R", 202));
	EXPECT_EQ(engine.troubles(talk), "");
	EXPECT_EQ(engine.run(talk, REPORT_TROUBLE_IDLE_RESET, true).count, 0u);
}

} // namespace
