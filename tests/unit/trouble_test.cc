// SPDX-License-Identifier: BSD-3-Clause
// Losses before the tap, behind it and at the mirror, and closed windows.

#include "trouble_fixture.h"

namespace
{

using support::MS;
using support::SEC;
using support::Talk;
using support::Troubled;

/* The tap saw the first one: it was lost behind. */
TEST(Trouble, LostBehindTheTap)
{
	Troubled engine;
	Talk talk(1);

	engine.send_each(talk.opening());
	engine.send(talk.a(".", 1, 1, 100));
	engine.after(300 * MS, talk.a(".", 1, 1, 100));
	engine.send(talk.b(".", 1, 101));
	engine.send(talk.b(".", 1, 101, 50));
	engine.after(300 * MS, talk.b(".", 1, 101, 50));
	EXPECT_EQ(engine.troubles(talk), "LOST_BEHIND_CLIENT 1, LOST_BEHIND_SERVER 1");
	EXPECT_EQ(engine.run(talk, REPORT_TROUBLE_LOST_BEHIND_CLIENT, true).count, 1u) << "of the way";
	EXPECT_EQ(engine.run(talk, REPORT_TROUBLE_LOST_BEHIND_CLIENT).of, 4u) << "segments of the client";
}

/* The tap saw what followed first, and it was sent again: by a newer identification. */
TEST(Trouble, LostBeforeTheTap)
{
	Troubled engine;
	Talk talk(1);
	packet late;

	engine.send_each(talk.opening());
	engine.send(talk.a(".", 101, 1, 100));
	late = talk.a(".", 1, 1, 100);
	engine.after(1 * MS, late);
	engine.send(talk.b(".", 1, 201));
	EXPECT_EQ(engine.troubles(talk), "LOST_BEFORE_CLIENT 1");
	EXPECT_EQ(engine.full(talk).client.lost, 1u);
	EXPECT_EQ(engine.full(talk).client.out_of_order, 1u);
}

/* Reordered: it was sent before. */
TEST(Trouble, ReorderedIsNotLost)
{
	Troubled engine;
	Talk talk(1);
	packet late = talk.a(".", 1, 1, 100), early = talk.a(".", 101, 1, 100);

	engine.send_each(talk.opening());
	engine.send(early);
	engine.after(1 * MS, late);
	EXPECT_EQ(engine.troubles(talk), "");
	EXPECT_EQ(engine.full(talk).client.out_of_order, 1u);
}

/* Without identifications time decides, or ACKs that ask for it. */
TEST(Trouble, LostWithoutIdentifications)
{
	for (unsigned acks : { 0u, 3u }) {
		for (uint64_t us : { 1 * MS, 5 * MS }) {
			Troubled engine;
			Talk talk(1);
			packet early = talk.a(".", 101, 1, 100), late = talk.a(".", 1, 1, 100);

			early.ip_id = late.ip_id = 0;
			engine.send_each(talk.opening());
			engine.send(early);
			for (unsigned i = 0; i < acks; i++)
				engine.send(talk.b(".", 1, 1));
			engine.after(us, late);
			EXPECT_EQ(engine.troubles(talk),
				  acks >= 3 || us > 3 * MS ? "LOST_BEFORE_CLIENT 1" : "")
				<< acks << " " << us;
		}
	}
}

/* The other end has it: only the mirror does not. */
TEST(Trouble, LostAtTheMirrorAlone)
{
	Troubled engine;
	Talk talk(1);

	engine.send_each(talk.opening());
	engine.send(talk.a(".", 101, 1, 100));
	engine.send(talk.b(".", 1, 201));
	engine.send(talk.b(".", 101, 201, 10));
	engine.send(talk.a(".", 201, 111));
	EXPECT_EQ(engine.troubles(talk), "UNSEEN_CLIENT 1, UNSEEN_SERVER 1");
}

/* Its ACK had passed: the way back has lost it, or the host is hasty. */
TEST(Trouble, Needless)
{
	Troubled engine;
	Talk talk(1);

	engine.send_each(talk.opening());
	engine.send(talk.a(".", 1, 1, 100));
	engine.send(talk.b(".", 1, 101));
	engine.after(300 * MS, talk.a(".", 1, 1, 100));
	EXPECT_EQ(engine.troubles(talk), "NEEDLESS_CLIENT 1");
	EXPECT_EQ(engine.full(talk).client.needless, 1u);
}

TEST(Trouble, AKeepAliveIsNone)
{
	Troubled engine;
	Talk talk(1);

	engine.send_each(talk.opening());
	engine.send(talk.a(".", 1, 1, 100));
	engine.send(talk.b(".", 1, 101));
	for (int i = 0; i < 5; i++) {
		engine.after(2 * SEC, talk.a(".", 100, 1, 1));
		engine.send(talk.b(".", 1, 101));
	}
	EXPECT_EQ(engine.troubles(talk), "");
}

/* More holes than one at a time: each segment that fills one was lost. */
TEST(Trouble, ManyHolesAtOnce)
{
	Troubled engine;
	Talk talk(1);

	engine.send_each(talk.opening());
	for (uint32_t i = 0; i < 16; i += 2)
		engine.send(talk.a(".", 1 + 100 * (i + 1), 1, 100));
	for (uint32_t i = 0; i < 16; i += 2)
		engine.send(talk.a(".", 1 + 100 * i, 1, 100));
	engine.send(talk.b(".", 1, 1601));
	EXPECT_EQ(engine.troubles(talk), "LOST_BEFORE_CLIENT 8");
	EXPECT_EQ(engine.full(talk).client.retransmitted, 0u);
	EXPECT_EQ(engine.full(talk).client.gaps, 0u);
}

packet
with_window(packet pk, uint16_t window)
{
	pk.window = window;
	return pk;
}

/* For how long a reader had no room. */
TEST(Trouble, ClosedWindow)
{
	Troubled engine;
	Talk talk(1);

	engine.send_each(talk.opening());
	engine.send(talk.a(".", 1, 1, 100));
	engine.send(with_window(talk.b(".", 1, 101), 0));
	engine.after(500 * MS, with_window(talk.b(".", 1, 101), 1000));
	EXPECT_EQ(engine.troubles(talk), "") << "half a second is a reader that reads";
	engine.send(with_window(talk.b(".", 1, 101), 0));
	engine.after(3 * SEC, with_window(talk.b(".", 1, 101), 0));
	EXPECT_EQ(engine.run(talk, REPORT_TROUBLE_WINDOW_SERVER).amount, 3 * SEC) << "it is closed yet";
	EXPECT_EQ(engine.count(talk, REPORT_TROUBLE_WINDOW_SERVER), 0u);
	engine.after(2 * SEC, with_window(talk.b(".", 1, 101), 1000));
	report_run run = engine.run(talk, REPORT_TROUBLE_WINDOW_SERVER);
	EXPECT_EQ(run.count, 1u);
	EXPECT_NEAR((double)run.amount, 5e6, 1e5);
	EXPECT_NEAR((double)engine.full(talk).server.closed_us, 5.5e6, 1e5);
	EXPECT_EQ(engine.full(talk).server.zero_windows, 2u);
}

/* What a full receiver does not take is no loss of the way, and not too big for it. */
TEST(Trouble, AFullReceiverIsNoLoss)
{
	Troubled engine;
	Talk talk(1);

	engine.send_each(talk.opening());
	engine.send(talk.a(".", 1, 1, 1448));
	engine.send(talk.b(".", 1, 1449));
	engine.send(talk.a(".", 1449, 1, 1448));
	engine.send(with_window(talk.b(".", 1, 1449), 0));
	for (int i = 0; i < 5; i++) {
		engine.after(1 * SEC, talk.a(".", 1449, 1, 1448));
		engine.send(with_window(talk.b(".", 1, 1449), 0));
	}
	EXPECT_EQ(engine.troubles(talk), "");
	EXPECT_GT(engine.run(talk, REPORT_TROUBLE_WINDOW_SERVER).amount, 3 * SEC);
}

} // namespace
