// SPDX-License-Identifier: BSD-3-Clause
// Which end is the client, and when that is a guess.

#include <gtest/gtest.h>

#include "engine.h"

namespace
{

using support::Engine;
using support::Talk;

/* "a" or "b": who is held for the client; "?" behind it when that is a guess. */
std::string
client(const Engine &engine, const Talk &talk)
{
	report_row row = engine.row(talk);

	return std::string(Talk::is_end(row.client, talk.a_addr, talk.a_port) ? "a" : "b") +
	       (row.flags & REPORT_ROLE_GUESSED ? "?" : "");
}

TEST(TrackRole, SenderOfTheSyn)
{
	/* whichever address is the smaller */
	for (uint16_t server_port : {443, 65535}) {
		Engine engine;
		Talk talk(1, server_port), turned(1, server_port);

		std::swap(turned.a_addr, turned.b_addr);
		turned.a_port = 5;
		engine.send(talk.a("S", 0));
		engine.send(turned.a("S", 0));
		EXPECT_EQ(client(engine, talk), "a");
		EXPECT_EQ(client(engine, turned), "a");
	}
}

TEST(TrackRole, ReceiverOfTheSynAck)
{
	Engine engine;
	Talk talk(1);

	engine.send(talk.b("S.", 0, 1));
	EXPECT_EQ(client(engine, talk), "a");
	EXPECT_EQ(engine.states(talk), "SYN_SENT SYN_RECEIVED");
}

TEST(TrackRole, MidstreamByWellKnownPort)
{
	Engine engine;
	Talk one(1, 443), other(2, 443);

	engine.send(one.a(".", 1, 1, 10));
	EXPECT_EQ(client(engine, one), "a?");
	engine.send(other.b(".", 1, 1, 10));
	EXPECT_EQ(client(engine, other), "a?");
}

TEST(TrackRole, MidstreamByTheLowerOfTwoWellKnownPorts)
{
	Engine engine;
	Talk talk(1, 22);

	talk.a_port = 1000;
	engine.send(talk.b(".", 1, 1, 10));
	EXPECT_EQ(client(engine, talk), "a?");
}

TEST(TrackRole, MidstreamByWhoSpokeFirst)
{
	Engine engine;
	Talk one(1, 8080), other(2, 8080);

	engine.send(one.a(".", 1, 1, 10));
	EXPECT_EQ(client(engine, one), "a?");
	engine.send(other.b(".", 1, 1, 10));
	EXPECT_EQ(client(engine, other), "b?");
}

TEST(TrackRole, MidstreamByAKnownListener)
{
	Engine engine;
	Talk evidence(1, 8080), late(2, 8080), elsewhere(3, 8081);

	engine.send_each(evidence.opening());
	engine.send(late.b(".", 1, 1, 10));
	EXPECT_EQ(client(engine, late), "a");
	engine.send(elsewhere.b(".", 1, 1, 10));
	EXPECT_EQ(client(engine, elsewhere), "b?") << "another port is another socket";
}

TEST(TrackRole, KnownListenerBeatsAWellKnownPort)
{
	Engine engine;
	Talk evidence(1, 8080), late(2, 8080);

	late.a_port = 800;
	engine.send_each(evidence.opening());
	engine.send(late.a(".", 1, 1, 10));
	EXPECT_EQ(client(engine, late), "a");
}

TEST(TrackRole, UdpListenerIsAnotherSocket)
{
	Engine engine;
	Talk talk(1, 8080);

	engine.send_each(talk.opening());
	engine.send(talk.udp_b(10));
	for (const report_row &row : engine.rows_of(talk))
		EXPECT_EQ(row.client.port == 8080, row.proto == PACKET_PROTO_UDP);
}

/* A wrong guess is put right by a late SYN or SYN-ACK, with the counters by state. */
TEST(TrackRole, GuessIsCorrected)
{
	for (bool by_syn_ack : {false, true}) {
		Engine engine;
		Talk talk(1, 8080);

		engine.send(talk.b(".", 1, 1, 10));
		engine.send(talk.b("F.", 11, 1));
		EXPECT_EQ(client(engine, talk), "b?");
		EXPECT_EQ(engine.states(talk), "FIN_WAIT_1 CLOSE_WAIT");
		engine.send(by_syn_ack ? talk.b("S.", 0, 1) : talk.a("S", 0));
		EXPECT_EQ(client(engine, talk), "a");
		EXPECT_EQ(engine.states(talk), "CLOSE_WAIT FIN_WAIT_1");
		EXPECT_EQ(engine.row(talk).server.payload, 10u);
		EXPECT_EQ(engine.row(talk).closed_by, REPORT_CLOSER_SERVER);
	}
}

TEST(TrackRole, WhatIsKnownIsNotGuessedAnew)
{
	Engine engine;
	Talk talk(1);

	engine.send(talk.a("S", 0));
	engine.send(talk.b("S", 0)); /* simultaneous open: the first SYN's sender stays */
	EXPECT_EQ(client(engine, talk), "a");
	engine.send(talk.a("S.", 0, 1));
	engine.send(talk.b("S.", 0, 1));
	EXPECT_EQ(client(engine, talk), "a");
	EXPECT_EQ(engine.states(talk), "ESTABLISHED ESTABLISHED");
}

TEST(TrackRole, Udp)
{
	Engine engine;
	Talk query(1, 53), answer(2, 53), high(3, 5000);

	engine.send(query.udp_a(10));
	EXPECT_EQ(client(engine, query), "a");
	engine.send(answer.udp_b(10));
	EXPECT_EQ(client(engine, answer), "a?") << "the mirror showed the answer only";
	engine.send(high.udp_b(10));
	EXPECT_EQ(client(engine, high), "b");
}

} // namespace
