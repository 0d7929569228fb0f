// SPDX-License-Identifier: BSD-3-Clause
// The life of a flow: opened, moved, ended, replaced by another life of its tuple, forgotten.

#include <gtest/gtest.h>

#include "report_names.h"
#include "snapshot.h"
#include "engine.h"

namespace
{

using support::Engine;
using support::fresh_packet;
using support::SEC;
using support::Talk;

TEST(TrackState, WholeConnection)
{
	Engine engine;
	Talk talk(1);
	const struct {
		packet pk;
		const char *states;
	} steps[] = {
		{talk.a("S", 0), "SYN_SENT CLOSED"},
		{talk.b("S.", 0, 1), "SYN_SENT SYN_RECEIVED"},
		{talk.a(".", 1, 1), "ESTABLISHED ESTABLISHED"},
		{talk.a(".", 1, 1, 100), "ESTABLISHED ESTABLISHED"},
		{talk.b(".", 1, 101, 1400), "ESTABLISHED ESTABLISHED"},
		{talk.a(".", 101, 1401), "ESTABLISHED ESTABLISHED"},
		{talk.a("F.", 101, 1401), "FIN_WAIT_1 CLOSE_WAIT"},
		{talk.b(".", 1401, 102), "FIN_WAIT_2 CLOSE_WAIT"},
		{talk.b("F.", 1401, 102), "TIME_WAIT LAST_ACK"},
		{talk.a(".", 102, 1402), "TIME_WAIT CLOSED"},
	};

	for (const auto &step : steps) {
		engine.now_us += 1000;
		EXPECT_EQ(engine.send(step.pk), PACKET_TRACKED);
		EXPECT_EQ(engine.states(talk), step.states);
	}
	report_row row = engine.row(talk);
	EXPECT_EQ(row.proto, PACKET_PROTO_TCP);
	EXPECT_EQ(row.flags, 0);
	EXPECT_EQ(row.end_cause, REPORT_END_FIN);
	EXPECT_EQ(row.closed_by, REPORT_CLOSER_CLIENT);
	EXPECT_EQ(row.client.packets, 6u);
	EXPECT_EQ(row.client.payload, 100u);
	EXPECT_EQ(row.client.bytes, 6 * 40 + 100u);
	EXPECT_EQ(row.server.packets, 4u);
	EXPECT_EQ(row.server.payload, 1400u);
	EXPECT_EQ(row.server.bytes, 4 * 40 + 1400u);
	EXPECT_EQ(row.last_us - row.opened_us, 9000u);
	EXPECT_EQ(engine.stats().tracked, 10u);
	EXPECT_EQ(engine.stats().flows_created, 1u);
}

/* Each step of each end, from its first packet until its time is over, and no other. */
TEST(TrackState, MovesAreCounted)
{
	Engine engine;
	Talk talk(1);
	const std::pair<unsigned, unsigned> want[] = {
		{ REPORT_CLOSED, REPORT_SYN_SENT },       { REPORT_CLOSED, REPORT_SYN_RECEIVED },
		{ REPORT_SYN_SENT, REPORT_ESTABLISHED },  { REPORT_SYN_RECEIVED, REPORT_ESTABLISHED },
		{ REPORT_ESTABLISHED, REPORT_FIN_WAIT_1 }, { REPORT_ESTABLISHED, REPORT_CLOSE_WAIT },
		{ REPORT_FIN_WAIT_1, REPORT_FIN_WAIT_2 }, { REPORT_CLOSE_WAIT, REPORT_LAST_ACK },
		{ REPORT_FIN_WAIT_2, REPORT_TIME_WAIT },  { REPORT_LAST_ACK, REPORT_CLOSED },
		{ REPORT_TIME_WAIT, REPORT_CLOSED },
	};
	uint64_t counted[REPORT_STATES][REPORT_STATES] = {};

	engine.send_each({ talk.a("S", 0), talk.b("S.", 0, 1), talk.a(".", 1, 1), talk.a("F.", 1, 1), talk.b(".", 1, 2),
	                   talk.b("F.", 1, 2), talk.a(".", 2, 2) });
	EXPECT_EQ(engine.stats().flows_moves[REPORT_TIME_WAIT][REPORT_CLOSED], 0u);
	engine.advance(3600 * SEC);
	for (const auto &[from, to] : want)
		counted[from][to]++;
	for (unsigned from = 0; from < REPORT_STATES; from++)
		for (unsigned to = 0; to < REPORT_STATES; to++)
			EXPECT_TRUE(from == to || engine.stats().flows_moves[from][to] == counted[from][to])
			    << report_state_name(from) << " > " << report_state_name(to);
}

TEST(TrackState, ClosedByServer)
{
	Engine engine;
	Talk talk(1);

	engine.send_each(talk.opening());
	engine.send(talk.b("F.", 1, 1));
	EXPECT_EQ(engine.row(talk).closed_by, REPORT_CLOSER_SERVER);
	EXPECT_EQ(engine.row(talk).end_cause, REPORT_END_NONE);
	engine.send(talk.a("F.", 1, 2));
	EXPECT_EQ(engine.states(talk), "LAST_ACK TIME_WAIT");
	engine.send(talk.b(".", 2, 2));
	EXPECT_EQ(engine.states(talk), "CLOSED TIME_WAIT");
	EXPECT_EQ(engine.row(talk).end_cause, REPORT_END_FIN);
	EXPECT_EQ(engine.row(talk).closed_by, REPORT_CLOSER_SERVER);
}

TEST(TrackState, EndedByRst)
{
	Engine engine;
	Talk refused(1), aborted(2), late(3);

	engine.send(refused.a("S", 0));
	engine.send(refused.b("R.", 0, 1));
	EXPECT_EQ(engine.states(refused), "CLOSED CLOSED");
	EXPECT_EQ(engine.row(refused).end_cause, REPORT_END_RST);
	EXPECT_EQ(engine.row(refused).closed_by, REPORT_CLOSER_SERVER);

	engine.send_each(aborted.opening());
	engine.send(aborted.a("R", 1));
	EXPECT_EQ(engine.row(aborted).end_cause, REPORT_END_RST);
	EXPECT_EQ(engine.row(aborted).closed_by, REPORT_CLOSER_CLIENT);

	/* A RST after the end does not change why it ended. */
	engine.send_each(late.opening());
	engine.send_each(late.closing());
	engine.send(late.b("R", 2));
	EXPECT_EQ(engine.states(late), "TIME_WAIT CLOSED");
	EXPECT_EQ(engine.row(late).end_cause, REPORT_END_FIN);
}

TEST(TrackState, WhatSegmentsDidIsCounted)
{
	Engine engine;
	Talk talk(1);

	engine.send_each(talk.opening());
	engine.send(talk.a(".", 1, 1, 100));
	engine.send(talk.a(".", 1, 1, 100)); /* again */
	engine.send(talk.a("R", 5000));      /* beside the point */
	engine.send(talk.a("S", 777777));    /* another ISN */
	engine.send(talk.a(".", 70000, 1, 10)); /* out of window */
	EXPECT_EQ(engine.stats().retransmissions, 1u);
	EXPECT_EQ(engine.stats().rst_ignored, 1u);
	EXPECT_EQ(engine.stats().syn_on_live, 1u);
	EXPECT_EQ(engine->counters.out_of_window, 1u);
	EXPECT_EQ(engine.row(talk).flags, 0);
	EXPECT_EQ(engine.full(talk).client.retransmitted, 1u);
	engine.send(talk.a(".", 201, 1, 100)); /* 101:201 was lost at the mirror */
	engine.send(talk.b(".", 1, 301));
	EXPECT_EQ(engine.stats().gaps, 1u);
	EXPECT_EQ(engine.row(talk).flags, REPORT_GAP);
	EXPECT_EQ(engine.states(talk), "ESTABLISHED ESTABLISHED");
}

TEST(TrackState, MidstreamAndOneWay)
{
	Engine engine;
	Talk talk(1);

	engine.send(talk.a(".", 1, 1, 100));
	EXPECT_EQ(engine.states(talk), "ESTABLISHED ESTABLISHED");
	EXPECT_EQ(engine.row(talk).flags, REPORT_MIDSTREAM | REPORT_ONEWAY | REPORT_ROLE_GUESSED);
	EXPECT_EQ(engine.stats().flows_oneway, 1u);
	engine.send(talk.b(".", 1, 101, 50));
	EXPECT_EQ(engine.row(talk).flags, REPORT_MIDSTREAM | REPORT_ROLE_GUESSED);
	EXPECT_EQ(engine.stats().flows_oneway, 0u);
	/* Its opening comes late. */
	engine.send(talk.a("S", 0));
	EXPECT_EQ(engine.row(talk).flags, 0);
}

TEST(TrackState, Udp)
{
	Engine engine;
	Talk talk(1, 53);

	engine.send(talk.udp_a(40));
	EXPECT_EQ(engine.states(talk), "UDP UDP");
	EXPECT_EQ(engine.row(talk).flags, REPORT_ONEWAY);
	engine.send(talk.udp_b(200));
	engine.send(talk.udp_b(300));
	report_row row = engine.row(talk);
	EXPECT_EQ(row.proto, PACKET_PROTO_UDP);
	EXPECT_EQ(row.flags, 0);
	EXPECT_EQ(row.end_cause, REPORT_END_NONE);
	EXPECT_EQ(row.closed_by, REPORT_CLOSER_NONE);
	EXPECT_EQ(row.client.payload, 40u);
	EXPECT_EQ(row.client.bytes, 68u);
	EXPECT_EQ(row.server.payload, 500u);
	EXPECT_EQ(row.server.packets, 2u);
	EXPECT_EQ(engine.stats().flows_udp, 1u);
	EXPECT_EQ(engine.stats().flows_tcp, 0u);
}

TEST(TrackState, TcpAndUdpOfOneTupleAreTwoFlows)
{
	Engine engine;
	Talk talk(1);

	engine.send(talk.a("S", 0));
	engine.send(talk.udp_a(10));
	EXPECT_EQ(engine.rows_of(talk).size(), 2u);
	EXPECT_EQ(engine.stats().flows_tcp, 1u);
	EXPECT_EQ(engine.stats().flows_udp, 1u);
}

TEST(TrackState, Ipv6)
{
	Engine engine;
	Talk talk(1);
	packet pk = talk.a("S", 0);

	pk.version = 6;
	pk.src[0] = __builtin_bswap64(0x20010db800000000);
	pk.src[1] = __builtin_bswap64(1);
	pk.dst[0] = __builtin_bswap64(0x20010db800000000);
	pk.dst[1] = __builtin_bswap64(2);
	engine.send(pk);
	ASSERT_EQ(engine.rows().size(), 1u);
	report_row row = engine.rows()[0];
	const uint8_t client[16] = {0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
	EXPECT_EQ(row.ip_version, 6);
	EXPECT_EQ(memcmp(row.client.addr, client, 16), 0);
	EXPECT_EQ(row.server.addr[15], 2);
}

TEST(TrackState, VlanIsNoPartOfIdentityUnlessItIsSaidSo)
{
	for (uint32_t identity : {0, 1}) {
		Engine engine(64, [&](track_config &c) { c.settings.identity.vlan = identity; });
		Talk talk(1);
		packet pk = talk.a("S", 0);

		pk.vlan = 10;
		engine.send(pk);
		pk = talk.b("S.", 0, 1);
		pk.vlan = 20;
		engine.send(pk);
		EXPECT_EQ(engine.rows().size(), identity ? 2u : 1u);
		EXPECT_EQ(engine.rows()[0].vlan, 10);
		/* untagged is not VLAN 0 */
		if (identity) {
			packet untagged = talk.a(".", 1, 1), zero = talk.a(".", 1, 1);

			zero.vlan = 0;
			engine.burst({untagged, zero});
			EXPECT_EQ(engine.rows().size(), 4u);
		}
	}
}

/* --- another life of a tuple ---------------------------------------------------------------- */

TEST(TrackState, ReuseAfterTwoMsl)
{
	Engine engine;
	Talk first(1), second(1);

	second.a_isn = 5000000;
	engine.send_each(first.opening());
	engine.send_each(first.closing());
	uint64_t old_id = engine.row(first).id;
	engine.now_us += SEC;
	EXPECT_EQ(engine.send(second.a("S", 0)), PACKET_TRACKED);

	std::vector<report_row> rows = engine.rows_of(first);
	ASSERT_EQ(rows.size(), 2u);
	const report_row &old = rows[rows[0].id != old_id], &now = rows[rows[0].id == old_id];
	EXPECT_EQ(old.end_cause, REPORT_END_FIN) << "it had ended";
	EXPECT_EQ(old.replaced, 1);
	EXPECT_EQ(now.replaced, 0);
	EXPECT_EQ(old.client.packets, 4u) << "the SYN is the new one's";
	EXPECT_EQ(now.end_cause, REPORT_END_NONE);
	EXPECT_EQ(now.client.packets, 1u);
	EXPECT_EQ(now.client.state, REPORT_SYN_SENT);
	EXPECT_EQ(now.server.state, REPORT_CLOSED);
	EXPECT_NE(now.id, old.id);
	EXPECT_EQ(engine.stats().flows_reused, 1u);

	/* Only the new one is active; the old one goes after CLOSED's timer. */
	ASSERT_EQ(engine.rows_of(first, SNAPSHOT_ACTIVE).size(), 1u);
	EXPECT_EQ(engine.rows_of(first, SNAPSHOT_ACTIVE)[0].id, now.id);
	engine.advance(10 * SEC - 1);
	EXPECT_EQ(engine.rows_of(first).size(), 2u);
	engine.advance(1);
	EXPECT_EQ(engine.row(first).id, now.id);

	engine.send(second.b("S.", 0, 1));
	engine.send(second.a(".", 1, 1));
	EXPECT_EQ(engine.states(first), "ESTABLISHED ESTABLISHED");
}

TEST(TrackState, ReuseManyTimesWhileTheOldOnesAreShown)
{
	Engine engine;
	std::set<uint64_t> ids;

	for (uint32_t life = 0; life < 20; life++) {
		Talk talk(1);

		talk.a_isn = life * 1000000;
		engine.send_each(talk.opening());
		engine.send_each(talk.closing());
	}
	for (const report_row &row : engine.rows())
		ids.insert(row.id);
	EXPECT_EQ(ids.size(), 20u);
	EXPECT_EQ(engine.rows(SNAPSHOT_ACTIVE).size(), 0u);
	engine.advance(10 * SEC);
	EXPECT_EQ(engine.rows().size(), 1u) << "the last is in TIME_WAIT";
}

TEST(TrackState, SynOnALiveConnectionIsBelievedWhenItIsAnswered)
{
	Engine engine;
	Talk live(1), other(1);

	other.a_isn = 5000000;
	other.b_isn = 6000000;
	engine.send_each(live.opening());
	engine.send(other.a("S", 0));
	EXPECT_EQ(engine.states(live), "ESTABLISHED ESTABLISHED");
	engine.send(live.a(".", 1, 1, 10));
	EXPECT_EQ(engine.states(live), "ESTABLISHED ESTABLISHED");
	engine.send(other.b("S.", 0, 1));
	std::vector<report_row> rows = engine.rows_of(live, SNAPSHOT_ACTIVE);
	ASSERT_EQ(rows.size(), 1u);
	EXPECT_EQ(rows[0].server.state, REPORT_SYN_RECEIVED);
	EXPECT_TRUE(support::Talk::is_end(rows[0].client, live.a_addr, live.a_port));
	EXPECT_EQ(engine.stats().syn_on_live, 1u);
	EXPECT_EQ(engine.stats().flows_reused, 1u);
	engine.send(other.a(".", 1, 1));
	rows = engine.rows_of(live, SNAPSHOT_ACTIVE);
	ASSERT_EQ(rows.size(), 1u);
	EXPECT_EQ(rows[0].server.state, REPORT_ESTABLISHED);
}

TEST(TrackState, IdsAreNeverGivenTwice)
{
	std::set<uint64_t> ids;

	for (uint32_t worker = 0; worker < 3; worker++) {
		Engine engine(64, [&](track_config &c) {
			c.worker = worker;
			c.workers = 3;
		});

		for (uint32_t round = 0; round < 20; round++) {
			for (uint32_t n = 0; n < 64; n++)
				engine.send(Talk(round * 100 + n).udp_a(1));
			for (const report_row &row : engine.rows()) {
				EXPECT_TRUE(ids.insert(row.id).second) << row.id;
				EXPECT_GT(row.id, 0u);
				EXPECT_EQ(row.worker, worker);
				EXPECT_TRUE(snapshot_owns(engine.get(), row.id));
			}
			engine.advance(30 * SEC);
			EXPECT_TRUE(engine.rows().empty());
		}
		for (uint64_t id : ids)
			EXPECT_EQ(!!snapshot_owns(engine.get(), id), (id - 1) / 64 % 3 == worker);
	}
	EXPECT_EQ(ids.size(), 3u * 20 * 64);
}

/* --- keep ----------------------------------------------------------------------------------- */

TEST(TrackState, KeepForgetsNothing)
{
	Engine engine(64, [](track_config &c) { c.keep = 1; });
	Talk first(1), second(1);

	second.a_isn = 5000000;
	engine.send_each(first.opening());
	engine.send_each(first.closing());
	engine.send_each(second.opening());
	for (uint32_t n = 10; n < 72; n++)
		EXPECT_EQ(engine.send(Talk(n).a("S", 0)), PACKET_TRACKED);
	engine.advance(1000000 * SEC);
	engine.pass(2 * SEC);
	EXPECT_EQ(engine.rows().size(), 64u);
	EXPECT_EQ(engine.rows_of(first).size(), 2u);
	EXPECT_EQ(engine.send(Talk(100).a("S", 0)), PACKET_TABLE_FULL);
	EXPECT_EQ(engine.stats().flows_refused, 1u);
	EXPECT_EQ(engine.stats().flows_evicted, 0u);
	/* A known one is still moved, whatever its age. */
	EXPECT_EQ(engine.send(second.a(".", 1, 1, 5)), PACKET_TRACKED);
	EXPECT_EQ(engine.stats().flows_created, 64u);
}

} // namespace
