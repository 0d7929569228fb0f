// SPDX-License-Identifier: BSD-3-Clause
// ICMP errors on the flows that they quote: kept and counted, and nothing else comes of them.

#include <gtest/gtest.h>

#include "engine.h"

namespace
{

using support::Engine;
using support::SEC;
using support::Talk;

/* The error that quotes this packet, as the parser gives it. */
packet
error(const packet &quoted, packet_icmp icmp = PACKET_ICMP_PORT)
{
	packet pk = quoted;

	pk.verdict = PACKET_ICMP_ERROR;
	pk.icmp = (uint8_t)icmp;
	pk.ack = pk.payload_bytes = 0;
	pk.tcp_flags = pk.window = pk.mss = pk.checksum = 0;
	pk.wscale = PACKET_NO_WSCALE;
	pk.time_us = 0;
	return pk;
}

/* "icmp-error" about a flow is told apart by these three: how many of each so far. */
void
expect_counted(const Engine &engine, uint64_t tied, uint64_t no_flow, uint64_t ignored)
{
	report_stats s = engine.stats();

	EXPECT_EQ(s.icmp_tied, tied);
	EXPECT_EQ(s.icmp_no_flow, no_flow);
	EXPECT_EQ(s.icmp_ignored, ignored);
	EXPECT_EQ(s.verdicts[PACKET_ICMP_ERROR], tied + no_flow + ignored);
	EXPECT_EQ(s.received, s.tracked + s.ignored);
}

void
expect_told(const Engine &engine, const Talk &talk, unsigned icmp, unsigned end)
{
	report_row row = engine.row(talk);

	EXPECT_EQ(row.icmp, icmp);
	EXPECT_EQ(row.icmp_end, end);
}

TEST(TrackIcmp, ClientIsTold)
{
	Engine engine;
	Talk talk(1);

	engine.send(talk.udp_a(10));
	expect_told(engine, talk, REPORT_ICMP_NONE, REPORT_CLOSER_NONE);
	EXPECT_EQ(engine.send(error(talk.udp_a(10))), PACKET_ICMP_ERROR);
	expect_told(engine, talk, REPORT_ICMP_PORT, REPORT_CLOSER_CLIENT);
	expect_counted(engine, 1, 0, 0);
	EXPECT_EQ(engine.stats().tracked, 1u);
}

TEST(TrackIcmp, ServerIsTold)
{
	Engine engine;
	Talk talk(1);

	engine.send(talk.udp_a(10));
	engine.send(talk.udp_b(10));
	engine.send(error(talk.udp_b(10), PACKET_ICMP_HOST));
	expect_told(engine, talk, REPORT_ICMP_HOST, REPORT_CLOSER_SERVER);
}

/* Either end may be the greater one, which is how the table has them. */
TEST(TrackIcmp, WhicheverEndIsGreater)
{
	Engine engine;
	Talk talk(1);

	std::swap(talk.a_addr, talk.b_addr);
	engine.send(talk.udp_a(10));
	engine.send(error(talk.udp_a(10)));
	expect_told(engine, talk, REPORT_ICMP_PORT, REPORT_CLOSER_CLIENT);
	engine.send(error(talk.udp_b(10)));
	expect_told(engine, talk, REPORT_ICMP_PORT, REPORT_CLOSER_SERVER);
}

TEST(TrackIcmp, NewestStays)
{
	Engine engine;
	Talk talk(1);

	engine.send(talk.udp_a(10));
	for (int icmp = 1; icmp < PACKET_N_ICMP; icmp++) {
		for (int again = 0; again < 2; again++) {
			engine.send(error(talk.udp_a(10), (packet_icmp)icmp));
			expect_told(engine, talk, (unsigned)icmp, REPORT_CLOSER_CLIENT);
		}
		engine.send(error(talk.udp_b(10), (packet_icmp)icmp));
		expect_told(engine, talk, (unsigned)icmp, REPORT_CLOSER_SERVER);
	}
	expect_counted(engine, 3 * (PACKET_N_ICMP - 1), 0, 0);
}

TEST(TrackIcmp, NeverOpens)
{
	Engine engine;

	engine.send(error(Talk(1).udp_a(10)));
	engine.send(error(Talk(2).a("S", 0)));
	engine.send(error(Talk(3).b(".", 5, 5, 100)));
	EXPECT_TRUE(engine.rows().empty());
	EXPECT_EQ(engine.stats().flows_created, 0u);
	expect_counted(engine, 0, 3, 0);
}

/* Every field of the row but the two, before and after: states, counters, times. */
TEST(TrackIcmp, ChangesNothingElse)
{
	const Talk talk(1);
	const std::vector<std::vector<packet>> lives = {
		{talk.udp_a(10)},
		{talk.a("S", 0)},
		{talk.a("S", 0), talk.b("S.", 0, 1)},
		talk.opening(),
		{talk.a(".", 1, 1, 10)},
		{talk.a("S", 0), talk.b("S.", 0, 1), talk.a(".", 1, 1), talk.a("F.", 1, 1)},
	};

	for (const std::vector<packet> &life : lives) {
		Engine engine;

		engine.send_each(life);
		report_row before = engine.row(talk);
		engine.now_us += SEC;
		before.in_state_us += SEC;
		before.idle_us += SEC;
		EXPECT_EQ(engine.send(error(life.back(), PACKET_ICMP_HOST)), PACKET_ICMP_ERROR);
		report_row after = engine.row(talk);
		EXPECT_EQ(after.icmp, REPORT_ICMP_HOST);
		after.icmp = after.icmp_end = 0;
		EXPECT_EQ(memcmp(&before, &after, sizeof(after)), 0);
	}
}

/* A flow that is only told of errors goes when it would have gone. */
TEST(TrackIcmp, DoesNotKeepAlive)
{
	Engine engine;
	Talk talk(1);

	engine.send(talk.udp_a(10));
	for (int i = 0; i < 29; i++) {
		engine.pass(SEC);
		engine.send(error(talk.udp_a(10)));
	}
	EXPECT_TRUE(engine.has(talk));
	engine.pass(2 * SEC);
	EXPECT_FALSE(engine.has(talk));
	expect_counted(engine, 29, 0, 0);
}

/* Its time has run out, though nobody has looked yet: the error is about nothing. */
TEST(TrackIcmp, FlowWhoseTimeIsOver)
{
	Engine engine;
	Talk talk(1);

	engine.send(talk.udp_a(10));
	engine.now_us += 31 * SEC;
	engine.send(error(talk.udp_a(10)));
	EXPECT_FALSE(engine.has(talk));
	EXPECT_EQ(engine.stats().flows_expired, 1u);
	expect_counted(engine, 0, 1, 0);
}

/* --- TCP's numbers -------------------------------------------------------------------------- */

struct Number {
	uint32_t seq; /* relative to the ISN */
	bool tied;
};

/* Each number on an engine that has seen these packets; `from_a`: of which end's packet. */
void
expect_numbers(const Talk &talk, const std::vector<packet> &seen, bool from_a,
               const std::vector<Number> &numbers)
{
	for (const Number &n : numbers) {
		Engine engine;

		engine.send_each(seen);
		engine.send(error(talk.tcp(from_a, ".", n.seq, 0, 0), PACKET_ICMP_NET));
		EXPECT_EQ(engine.row(talk).icmp, n.tied ? REPORT_ICMP_NET : REPORT_ICMP_NONE) << n.seq;
		expect_counted(engine, n.tied, 0, !n.tied);
	}
}

/* Conversations whose numbers lie anywhere, and where they wrap. */
std::vector<Talk>
talks()
{
	std::vector<Talk> all;

	for (uint32_t isn : {1000u, 0x7fffffc0u, 0xffffffc0u, 0xffffffffu, 0u}) {
		Talk talk(1);

		talk.a_isn = isn;
		talk.b_isn = isn + 12345;
		all.push_back(talk);
	}
	return all;
}

TEST(TrackIcmp, SynInFlight)
{
	for (const Talk &talk : talks())
		expect_numbers(talk, {talk.a("S", 0)}, true,
		               {{0, true}, {1, true}, {2, false}, {1000000, false}});
}

TEST(TrackIcmp, SynAckInFlight)
{
	for (const Talk &talk : talks())
		expect_numbers(talk, {talk.a("S", 0), talk.b("S.", 0, 1)}, false,
		               {{0, true}, {1, true}, {2, false}});
}

/* 100 bytes sent, 50 acknowledged: what is in flight, a bare ACK, a keep-alive; nothing else. */
TEST(TrackIcmp, DataInFlight)
{
	for (const Talk &talk : talks()) {
		std::vector<packet> seen = talk.opening();

		seen.push_back(talk.a(".", 1, 1, 100));
		seen.push_back(talk.b(".", 1, 51));
		expect_numbers(talk, seen, true,
		               {{51, true}, {75, true}, {100, true}, {101, true}, {50, true},
		                {49, false}, {1, false}, {0, false}, {102, false}, {0x80000000, false}});
		expect_numbers(talk, seen, false, {{1, true}, {0, true}, {2, false}});
	}
}

/* One direction only: what the other would tell is not known, and holds nothing back. */
TEST(TrackIcmp, BoundsThatAreNotKnown)
{
	for (const Talk &talk : talks()) {
		std::vector<packet> seen = {talk.a(".", 500, 300, 10)};

		expect_numbers(talk, seen, true, {{510, true}, {511, false}, {1, true}});
		expect_numbers(talk, seen, false, {{300, true}, {299, true}, {298, false}, {90000, true}});
	}
}

/* A number that is not in flight changes nothing of what an earlier error said. */
TEST(TrackIcmp, BlindErrorDoesNotReplace)
{
	Engine engine;
	Talk talk(1);

	engine.send_each(talk.opening());
	engine.send(error(talk.a(".", 1, 1), PACKET_ICMP_TOO_BIG));
	engine.send(error(talk.a(".", 7777, 1), PACKET_ICMP_HOST));
	engine.send(error(talk.b(".", 7777, 1), PACKET_ICMP_HOST));
	expect_told(engine, talk, REPORT_ICMP_TOO_BIG, REPORT_CLOSER_CLIENT);
	expect_counted(engine, 1, 0, 2);
	EXPECT_EQ(engine.states(talk), "ESTABLISHED ESTABLISHED");
}

/* --- beside other things -------------------------------------------------------------------- */

/* The VLAN lies in the same 16 bits. */
TEST(TrackIcmp, VlanIsKept)
{
	for (unsigned vid : {0u, 1u, 42u, 2048u, 4094u, (unsigned)PACKET_NO_VLAN}) {
		Engine engine;
		Talk talk(1);
		packet first = talk.udp_a(10);

		first.vlan = (uint16_t)vid;
		engine.send(first);
		EXPECT_EQ(engine.row(talk).vlan, vid);
		expect_told(engine, talk, REPORT_ICMP_NONE, REPORT_CLOSER_NONE);
		for (int icmp = 1; icmp < PACKET_N_ICMP; icmp++) {
			for (const packet &quoted : {talk.udp_a(10), talk.udp_b(10)}) {
				engine.send(error(quoted, (packet_icmp)icmp));
				EXPECT_EQ(engine.row(talk).vlan, vid) << icmp;
				EXPECT_EQ(engine.row(talk).icmp, icmp);
			}
		}
	}
}

/* 4095 is reserved. Where it is used all the same, it is shown. */
TEST(TrackIcmp, ReservedVlan)
{
	Engine engine;
	Talk talk(1);
	packet first = talk.udp_a(10);

	first.vlan = 4095;
	engine.send(first);
	EXPECT_EQ(engine.row(talk).vlan, 4095);
	expect_told(engine, talk, REPORT_ICMP_NONE, REPORT_CLOSER_NONE);
}

/* Where the VLAN names the flow, an error of another VLAN is about another flow. */
TEST(TrackIcmp, VlanAsIdentity)
{
	Engine engine(64, [](track_config &c) { c.settings.identity.vlan = true; });
	Talk talk(1);
	packet first = talk.udp_a(10), second = talk.udp_a(10);

	first.vlan = 10;
	second.vlan = 20;
	engine.send(first);
	engine.send(error(second));
	expect_counted(engine, 0, 1, 0);
	engine.send(error(first));
	expect_counted(engine, 1, 1, 0);
	expect_told(engine, talk, REPORT_ICMP_PORT, REPORT_CLOSER_CLIENT);
}

/* Who was told is an address, whatever it turns out to be called. */
TEST(TrackIcmp, RolesAreCorrected)
{
	Engine engine;
	Talk talk(1, 50001);

	engine.send(talk.b(".", 1, 1, 10));
	ASSERT_TRUE(Talk::is_end(engine.row(talk).client, talk.b_addr, talk.b_port)) << "guessed";
	engine.send(error(talk.b(".", 1, 1)));
	expect_told(engine, talk, REPORT_ICMP_PORT, REPORT_CLOSER_CLIENT);
	engine.send(talk.b("S.", 0, 1));
	ASSERT_TRUE(Talk::is_end(engine.row(talk).server, talk.b_addr, talk.b_port));
	expect_told(engine, talk, REPORT_ICMP_PORT, REPORT_CLOSER_SERVER);
}

TEST(TrackIcmp, OrderInABurst)
{
	Engine engine;
	Talk talk(1);

	engine.burst({error(talk.udp_a(1)), talk.udp_a(1), error(talk.udp_a(1), PACKET_ICMP_ADMIN),
	              talk.udp_a(2)});
	expect_told(engine, talk, REPORT_ICMP_ADMIN, REPORT_CLOSER_CLIENT);
	EXPECT_EQ(engine.row(talk).client.packets, 2u);
	EXPECT_EQ(engine.row(talk).client.payload, 3u);
	expect_counted(engine, 1, 1, 0);
}

/* Another life of the tuple begins without; the old one keeps what it was told. */
TEST(TrackIcmp, LivesOfOneTuple)
{
	Engine engine;
	Talk old(1), now(1);

	now.a_isn = 5000000;
	engine.send_each(old.opening());
	engine.send_each(old.closing());
	engine.send(error(old.b("F.", 1, 2), PACKET_ICMP_HOST));
	engine.send(now.a("S", 0));
	ASSERT_EQ(engine.rows_of(old).size(), 2u);
	for (const report_row &row : engine.rows_of(old))
		EXPECT_EQ(row.icmp, row.replaced ? REPORT_ICMP_HOST : REPORT_ICMP_NONE);
	engine.send(error(now.a("S", 0), PACKET_ICMP_NET));
	for (const report_row &row : engine.rows_of(old))
		EXPECT_EQ(row.icmp, row.replaced ? REPORT_ICMP_HOST : REPORT_ICMP_NET);
}

/* A number of an entry that is given again does not bring the error of its last owner. */
TEST(TrackIcmp, EntryGivenAgain)
{
	Engine engine(64);

	for (uint32_t n = 0; n < 64; n++) {
		engine.send(Talk(n).udp_a(1));
		engine.send(error(Talk(n).udp_a(1)));
	}
	engine.now_us += 31 * SEC;
	for (uint32_t n = 100; n < 164; n++)
		engine.send(Talk(n).udp_a(1));
	for (const report_row &row : engine.rows())
		EXPECT_EQ(row.icmp, REPORT_ICMP_NONE);
	EXPECT_EQ(engine.rows().size(), 64u);
}

/* An error is no copy of what it quotes, nor of an error before it, and teaches nothing of copies. */
TEST(TrackIcmp, NoDuplicates)
{
	Engine engine;
	Talk talk(1);
	packet quoted = talk.udp_a(10), first = error(quoted);

	engine.send(quoted);
	for (int i = 0; i < 20; i++)
		EXPECT_EQ(engine.send(first), PACKET_ICMP_ERROR);
	EXPECT_EQ(engine->duplicates.learned.copies, 0);
	EXPECT_EQ(engine.send(talk.udp_a(10)), PACKET_TRACKED);
	expect_counted(engine, 20, 0, 0);
	EXPECT_EQ(engine.stats().duplicates, 0u);
}

TEST(TrackIcmp, Ipv6)
{
	Engine engine;
	packet pk = Talk(1).udp_a(10);

	pk.version = 6;
	pk.src[0] = pk.dst[0] = 0x20;
	engine.send(pk);
	engine.send(error(pk, PACKET_ICMP_ADMIN));
	ASSERT_EQ(engine.rows().size(), 1u);
	EXPECT_EQ(engine.rows()[0].icmp, REPORT_ICMP_ADMIN);
	EXPECT_EQ(engine.rows()[0].ip_version, 6);
	/* The same addresses as far as IPv4 has them are another flow. */
	engine.send(error(Talk(1).udp_a(10), PACKET_ICMP_NET));
	EXPECT_EQ(engine.rows()[0].icmp, REPORT_ICMP_ADMIN);
	expect_counted(engine, 1, 1, 0);
}

} // namespace
