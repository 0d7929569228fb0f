// SPDX-License-Identifier: BSD-3-Clause
// Openings that come to nothing: which evidence is whose.

#include "trouble_fixture.h"

namespace
{

using support::MS;
using support::SEC;
using support::Talk;
using support::Troubled;

TEST(TroubleOpening, NothingComesBack)
{
	Troubled engine;
	Talk talk(1);

	engine.send(talk.a("S", 0));
	engine.after(1 * SEC, talk.a("S", 0));
	EXPECT_EQ(engine.troubles(talk), "SYN_AGAIN 1");
	engine.after(2 * SEC, talk.a("S", 0));
	EXPECT_EQ(engine.troubles(talk), "SYN_AGAIN 2, UNANSWERED 1");
	engine.after(4 * SEC, talk.a("S", 0));
	EXPECT_EQ(engine.troubles(talk), "SYN_AGAIN 3, UNANSWERED 1") << "one connection";
	EXPECT_EQ(engine.run(talk, REPORT_TROUBLE_UNANSWERED, true).count, 1u) << "of the way too";
}

TEST(TroubleOpening, RefusedSinceWhen)
{
	Troubled engine;
	uint64_t began_us;

	engine.send_each(Talk(1).opening());
	engine.pass(10 * SEC);
	began_us = engine.now_us;
	for (uint32_t i = 2; i < 7; i++) {
		engine.send(Talk(i).a("S", 0));
		engine.send(Talk(i).b("R.", 0, 1));
		engine.pass(1 * SEC);
	}
	EXPECT_EQ(engine.troubles(Talk(1)), "REFUSED 5");
	report_run run = engine.run(Talk(1), REPORT_TROUBLE_REFUSED);
	EXPECT_NEAR((double)run.since_us, (double)began_us, 1e5);
	EXPECT_NEAR((double)run.last_us, (double)began_us + 4e6, 1e5);
	EXPECT_EQ(run.of, 0u) << "it has accepted none since";
}

/* A run ends when two minutes have passed without that trouble. */
TEST(TroubleOpening, AnotherRun)
{
	Troubled engine;

	for (uint32_t i = 1; i < 3; i++) {
		engine.send(Talk(i).a("S", 0));
		engine.send(Talk(i).b("R.", 0, 1));
		engine.pass(121 * SEC);
	}
	engine.send(Talk(3).a("S", 0));
	engine.send(Talk(3).b("R.", 0, 1));
	report_run run = engine.run(Talk(1), REPORT_TROUBLE_REFUSED);
	EXPECT_EQ(run.count, 1u);
	EXPECT_EQ(run.total, 3u);
	EXPECT_NEAR((double)run.since_us, (double)engine.now_us, 2e5);
}

/* The accept queue is full: SYN-ACK again, after the ACK and the data. */
TEST(TroubleOpening, DeafWithData)
{
	Troubled engine;
	Talk talk(1);

	engine.send_each(talk.opening());
	engine.send(talk.a(".", 1, 1, 100));
	engine.after(1 * SEC, talk.b("S.", 0, 1));
	EXPECT_EQ(engine.count(talk, REPORT_TROUBLE_DEAF), 1u);
	engine.send(talk.a(".", 1, 1, 100));
	engine.after(2 * SEC, talk.b("S.", 0, 1));
	EXPECT_EQ(engine.count(talk, REPORT_TROUBLE_DEAF), 1u) << "one connection";
	EXPECT_EQ(engine.run(talk, REPORT_TROUBLE_DEAF).amount, (uint64_t)REPORT_DEAF_REPEATS);
}

/* TCP_DEFER_ACCEPT asks once more and no further. */
TEST(TroubleOpening, DeferredIsNotDeaf)
{
	Troubled engine;
	Talk talk(1);

	engine.send_each(talk.opening());
	engine.after(1 * SEC, talk.b("S.", 0, 1));
	engine.send(talk.a(".", 1, 1));
	EXPECT_EQ(engine.troubles(talk), "");
	for (int i = 0; i < 2; i++) {
		engine.after(2 * SEC, talk.b("S.", 0, 1));
		engine.send(talk.a(".", 1, 1));
	}
	EXPECT_EQ(engine.troubles(talk), "DEAF 1") << "but a full queue goes on";
}

/* Whoever sends SYN cookies sends its SYN-ACK once. */
TEST(TroubleOpening, DeafAndSilent)
{
	Troubled engine;
	Talk talk(1);

	engine.send_each(talk.opening());
	engine.send(talk.a(".", 1, 1, 100));
	for (int i = 0; i < 3; i++)
		engine.after(300 * MS << i, talk.a(".", 1, 1, 100));
	EXPECT_EQ(engine.run(talk, REPORT_TROUBLE_DEAF).amount, (uint64_t)REPORT_DEAF_SILENT);
	EXPECT_EQ(engine.count(talk, REPORT_TROUBLE_STALLED_CLIENT), 1u);
}

TEST(TroubleOpening, Unreachable)
{
	Troubled engine;
	Talk talk(1);
	packet error = talk.a("S", 0);

	engine.send(talk.a("S", 0));
	error.verdict = PACKET_ICMP_ERROR;
	error.icmp = PACKET_ICMP_ADMIN;
	engine.send(error);
	EXPECT_EQ(engine.troubles(talk), "UNREACHABLE 1");
	EXPECT_EQ(engine.run(talk, REPORT_TROUBLE_UNREACHABLE).amount, 1u << REPORT_ICMP_ADMIN);
}

} // namespace
