// SPDX-License-Identifier: BSD-3-Clause
// One tuple in several networks, and one connection in two.

#include <gtest/gtest.h>

#include "engine.h"

namespace
{

using namespace support;

TEST(TrackDomain, TwoTenantsWithOneTuple)
{
	Engine engine;
	Talk talk(1);

	for (const packet &pk : talk.opening())
		for (uint32_t vni : {7, 8})
			engine.send(in(pk, vni));
	ASSERT_EQ(engine.rows_of(talk).size(), 2u);
	for (const report_row &row : engine.rows_of(talk)) {
		EXPECT_EQ(row.client.state, REPORT_ESTABLISHED);
		EXPECT_EQ(row.client.packets, 2u);
		EXPECT_EQ(row.server.packets, 1u);
	}
	EXPECT_EQ(engine->counters.joined, 0u);
	EXPECT_EQ(engine->counters.verdicts[PACKET_DUPLICATE], 0u) << "of another network";
}

TEST(TrackDomain, OtherIdsNameNoNetwork)
{
	Engine engine;
	Talk talk(1);
	uint32_t teid = 1;

	for (const packet &pk : talk.opening())
		engine.send(in(pk, teid++, PACKET_TUNNEL_GTP));
	EXPECT_EQ(engine.states(talk), "ESTABLISHED ESTABLISHED");
}

TEST(TrackDomain, TunnelsByConfiguration)
{
	Engine engine(64, [](track_config &c) { c.settings.identity.tunnel = false; });
	Talk talk(1);
	uint32_t vni = 1;

	for (const packet &pk : talk.opening())
		engine.send(in(pk, vni++));
	EXPECT_EQ(engine.states(talk), "ESTABLISHED ESTABLISHED");
}

/* Routed between two networks: each direction in the one of its receiver. */
TEST(TrackDomain, DirectionsInTwoNetworks)
{
	Engine engine;
	Talk talk(1);

	engine.send(in(talk.a("S", 0), 7));
	engine.send(in(talk.b("S.", 0, 1), 8));
	EXPECT_EQ(engine.states(talk), "SYN_SENT SYN_RECEIVED");
	engine.send(in(talk.a(".", 1, 1), 7));
	engine.send(in(talk.b(".", 1, 1, 100), 8));
	EXPECT_EQ(engine.states(talk), "ESTABLISHED ESTABLISHED");
	EXPECT_EQ(engine.row(talk).server.packets, 2u);
	EXPECT_EQ(engine->counters.joined, 1u);
	for (const packet &pk : {talk.a("F.", 1, 101), talk.a(".", 2, 102)})
		engine.send(in(pk, 7));
	engine.send(in(talk.b("F.", 101, 2), 8));
	EXPECT_EQ(engine.rows_of(talk).size(), 1u);
	EXPECT_EQ(engine->counters.joined, 1u);
}

/* The memory of aliases may have forgotten it: the flow itself has not. */
TEST(TrackDomain, AliasIsFoundAgain)
{
	Engine engine;
	Talk talk(1);

	engine.send(in(talk.a("S", 0), 7));
	engine.send(in(talk.b("S.", 0, 1), 8));
	memset(&engine->aliases, 0, sizeof(engine->aliases));
	engine.send(in(talk.a(".", 1, 1), 7));
	engine.send(in(talk.b(".", 1, 1, 10), 8));
	EXPECT_EQ(engine.row(talk).server.packets, 2u);
	EXPECT_EQ(engine->counters.joined, 1u);
}

TEST(TrackDomain, SynOfAnotherNetworkIsAnotherConnection)
{
	Engine engine;
	Talk talk(1);

	engine.send(in(talk.a("S", 0), 7));
	engine.send(in(talk.b("S", 0), 8));
	EXPECT_EQ(engine.rows_of(talk).size(), 2u);
}

TEST(TrackDomain, WhereTwoWaitNobodyJoins)
{
	Engine engine;
	Talk talk(1);

	engine.send(in(talk.a("S", 0), 6));
	engine.send(in(talk.a("S", 0), 7));
	engine.send(in(talk.b("S.", 0, 1), 8));
	EXPECT_EQ(engine.rows_of(talk).size(), 3u);
	EXPECT_EQ(engine->counters.joined, 0u);
	EXPECT_EQ(engine->counters.ambiguous, 1u);
}

/* A plain flow is in no network: what comes in one is another's. */
TEST(TrackDomain, PlainFlowsDoNotJoin)
{
	Engine engine;
	Talk talk(1);

	engine.send(talk.a("S", 0));
	engine.send(in(talk.b("S.", 0, 1), 8));
	EXPECT_EQ(engine.rows_of(talk).size(), 2u);
}

/* With its flow the alias is gone, and nothing of the networks is held any more. */
TEST(TrackDomain, ForgottenWithItsFlow)
{
	Engine engine;
	Talk talk(1);

	engine.send(in(talk.udp_a(10), 7));
	engine.send(in(talk.udp_b(10), 8));
	EXPECT_EQ(engine->counters.joined, 1u);
	engine.advance(3600 * SEC);
	EXPECT_FALSE(engine.has(talk));
	engine.send(in(talk.udp_b(10), 8));
	engine.send(in(talk.udp_a(10), 8));
	EXPECT_EQ(engine->counters.joined, 1u);
	EXPECT_EQ(engine.row(talk).client.packets + engine.row(talk).server.packets, 2u);
}

/* Joined, replaced by a new life of its tuple, and joined again. */
TEST(TrackDomain, JoinedLivesOneAfterAnother)
{
	Engine engine(1024, [](track_config &c) { c.keep = 1; });
	Talk talk(1), again(1);

	again.a_isn = 500000000;
	again.b_isn = 900000000;
	for (const Talk &life : {talk, again}) {
		uint32_t i = 0;

		for (const packet &pk : life.opening())
			engine.send(in(pk, i++ == 1 ? 8 : 7));
		i = 0;
		for (const packet &pk : life.closing())
			engine.send(in(pk, i++ == 1 ? 8 : 7));
		engine.pass(MS);
	}
	EXPECT_EQ(engine.rows_of(talk).size(), 2u);
	EXPECT_EQ(engine->counters.joined, 2u);
	for (const report_row &row : engine.rows_of(talk)) {
		EXPECT_EQ(row.client.packets, 4u);
		EXPECT_EQ(row.server.packets, 2u);
	}
}

TEST(TrackDomain, CountsByKind)
{
	Engine engine;
	Talk talk(1);
	packet arp = in(talk.udp_a(1), 7);

	engine.send(in(talk.udp_a(1), 7));
	arp.verdict = PACKET_NOT_IP;
	engine.send(arp);
	EXPECT_EQ(engine->counters.tunnels[PACKET_TUNNEL_VXLAN], 2u);
	EXPECT_EQ(engine->counters.tunnels_ignored[PACKET_TUNNEL_VXLAN], 1u);
	EXPECT_EQ(engine->counters.tunnels[PACKET_TUNNEL_GENEVE], 0u);
}

/* Every network has a flow that lives: the packets of one more are counted and merge into none. */
TEST(TrackDomain, MoreNetworksThanNumbers)
{
	Engine engine(1 << 17);
	Talk talk(1);
	uint32_t vni = 0;

	engine.verified = false;
	while (engine.send(in(talk.udp_a(1), ++vni)) == PACKET_TRACKED)
		ASSERT_LT(vni, 70000u);
	EXPECT_EQ(engine->counters.verdicts[PACKET_DOMAINS_FULL], 1u);
	/* Each takes one record for its domain and one for its path. */
	EXPECT_GE(vni, (DOMAIN_RECORDS - DOMAIN_VLAN_MAX) / 2);
	EXPECT_EQ(engine.send(in(talk.udp_b(1), 5)), PACKET_TRACKED);
	engine.verify();
}

/* Who may choose networks chooses no long search: all of them are found, both ways. */
TEST(TrackDomain, OneTupleInThousandsOfNetworks)
{
	const uint32_t n = 20000;
	Engine engine(1 << 15);
	Talk talk(1);

	engine.verified = false;
	for (uint32_t vni = 1; vni <= n; vni++) {
		ASSERT_EQ(engine.send(in(talk.udp_a(1), vni)), PACKET_TRACKED);
		ASSERT_EQ(engine.send(in(talk.udp_b(1), vni)), PACKET_TRACKED);
	}
	for (uint32_t vni = 1; vni <= n; vni++)
		ASSERT_EQ(engine.send(in(talk.udp_a(2), vni)), PACKET_TRACKED);
	EXPECT_EQ(engine->counters.created, n);
	EXPECT_EQ(engine->counters.joined, 0u);
	for (uint32_t b = 0; b < engine->table->n_buckets; b++)
		ASSERT_LE(engine->table->buckets[b].overflow, FLOW_BUCKET_SLOTS) << b;
	engine.verify();
	engine.advance(3600 * SEC);
	EXPECT_EQ(engine->table->live, 0u);
}

/* In a crowd nobody can be sure who waits, so nobody joins. */
TEST(TrackDomain, NobodyJoinsInACrowd)
{
	Engine engine;
	Talk talk(1);

	for (uint32_t vni = 1; vni <= FLOW_CROWD; vni++) {
		engine.send(in(talk.udp_a(1), vni));
		if (vni > 1)
			engine.send(in(talk.udp_b(1), vni));
	}
	engine.send(in(talk.udp_b(1), 1000));
	EXPECT_EQ(engine->counters.joined, 0u);
	EXPECT_EQ(engine->counters.ambiguous, 1u);
	EXPECT_EQ(engine.rows_of(talk).size(), FLOW_CROWD + 1u);
}

} // namespace
