// SPDX-License-Identifier: BSD-3-Clause
// RSTs in open connections, and those that somebody else has sent.

#include "trouble_fixture.h"

namespace
{

using support::MS;
using support::SEC;
using support::Talk;
using support::Troubled;

packet
with_ttl(packet pk, uint8_t ttl)
{
	pk.ttl = ttl;
	return pk;
}

TEST(TroubleRst, ByWhomAndWhatItCutsOff)
{
	Troubled engine;
	Talk quiet(1), busy(2);

	engine.send_each(quiet.opening());
	engine.send(quiet.a("R.", 1, 1));
	EXPECT_EQ(engine.troubles(quiet), "RESET_CLIENT 1");
	engine.send_each(busy.opening());
	engine.send(busy.a(".", 1, 1, 100));
	engine.send(busy.b("R.", 1, 1));
	EXPECT_EQ(engine.troubles(busy), "RESET_CLIENT 1, RESET_SERVER 1, CUT_SERVER 1");
	EXPECT_EQ(engine.run(busy, REPORT_TROUBLE_RESET_CLIENT).of, 0u) << "until the last of the run";
	engine.send_each(Talk(3).opening());
	engine.send(Talk(3).a("R.", 1, 1));
	EXPECT_EQ(engine.run(busy, REPORT_TROUBLE_RESET_CLIENT).of, 2u) << "two accepted since the first";
}

/* After a FIN it is how some close. */
TEST(TroubleRst, AtTheEndIsNone)
{
	Troubled engine;
	Talk talk(1);

	engine.send_each(talk.opening());
	engine.send(talk.b("F.", 1, 1));
	engine.send(talk.a("R.", 1, 2));
	EXPECT_EQ(engine.troubles(talk), "");
}

TEST(TroubleRst, AnotherTtl)
{
	Troubled engine;
	Talk talk(1);

	for (const packet &pk : talk.opening())
		engine.send(with_ttl(pk, pk.tcp_flags == (PACKET_TCP_SYN | PACKET_TCP_ACK) ? 57 : 64));
	engine.send(with_ttl(talk.b("R.", 1, 1), 250));
	EXPECT_EQ(engine.troubles(talk), "RESET_SERVER 1, FORGED_SERVER 1");
	EXPECT_EQ(engine.run(talk, REPORT_TROUBLE_FORGED_SERVER).amount, (uint64_t)REPORT_FORGED_TTL);
	EXPECT_EQ(engine.run(talk, REPORT_TROUBLE_FORGED_SERVER, true).count, 1u) << "of the way too";
}

/* Several hosts behind one address have their own. */
TEST(TroubleRst, OneOfItsTtls)
{
	Troubled engine;

	for (uint32_t i = 0; i < 3; i++) {
		for (const packet &pk : Talk(i).opening())
			engine.send(with_ttl(pk, (uint8_t)(60 + i)));
		engine.pass(2 * SEC);
	}
	engine.send(with_ttl(Talk(2).b("R.", 1, 1), 60));
	EXPECT_EQ(engine.troubles(Talk(2)), "RESET_SERVER 1");
}

/* The end in whose name it came sends on from its number. */
TEST(TroubleRst, TheEndGoesOn)
{
	Troubled engine;
	Talk talk(1);

	engine.send_each(talk.opening());
	engine.send(talk.b("R", 1));
	engine.after(5 * MS, talk.b(".", 1, 1, 100));
	EXPECT_EQ(engine.states(talk), "CLOSED ESTABLISHED");
	EXPECT_EQ(engine.run(talk, REPORT_TROUBLE_FORGED_SERVER).amount, (uint64_t)REPORT_FORGED_GOES);
}

TEST(TroubleRst, InTheNameOfBoth)
{
	Troubled engine;
	Talk talk(1);

	engine.send_each(talk.opening());
	engine.send(talk.b("R", 1));
	engine.after(1 * MS, talk.a("R", 1));
	EXPECT_EQ(engine.run(talk, REPORT_TROUBLE_FORGED_CLIENT).amount, (uint64_t)REPORT_FORGED_BOTH);
	/* Long after it is a host that no longer knows the connection. */
	Troubled later;
	later.send_each(talk.opening());
	later.send(talk.b("R", 1));
	later.after(3 * SEC, talk.a("R", 1));
	EXPECT_EQ(later.count(talk, REPORT_TROUBLE_FORGED_CLIENT), 0u);
}

TEST(TroubleRst, RefusalsAreNotResets)
{
	Troubled engine;
	Talk talk(1);

	engine.send(talk.a("S", 0));
	engine.send(with_ttl(talk.b("R.", 0, 1), 255));
	EXPECT_EQ(engine.troubles(talk), "REFUSED 1");
}

} // namespace
