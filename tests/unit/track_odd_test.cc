// SPDX-License-Identifier: BSD-3-Clause
/*
 * What is odd on a wire, as the engine has it: where identification, time or an endpoint decides, and
 * lib/tcp alone cannot. The rules themselves are in tcp_odd_test.cc and its neighbours.
 */

#include <gtest/gtest.h>

#include "engine.h"

namespace
{

using support::Engine;
using support::MS;
using support::SEC;
using support::Talk;

/* The packet once more, as the mirror shows it: the same identification and checksum. */
packet
copy_of(const packet &pk, uint64_t time_us)
{
	packet copy = pk;

	copy.time_us = time_us;
	return copy;
}

/* --- scans ------------------------------------------------------------------------------------ */

/* FIN, XMAS and NULL scans carry no ACK: nobody answers but a closed port. */
TEST(TrackOdd, ScansLeaveNoRow)
{
	Engine engine;

	for (const char *flags : {"F", ""}) {
		packet pk = Talk(1).a(flags, 0);

		EXPECT_EQ(engine.send(pk), PACKET_NO_ACK);
		pk.tcp_flags |= PACKET_TCP_PSH | PACKET_TCP_URG;
		EXPECT_EQ(engine.send(pk), PACKET_NO_ACK);
		pk.payload_bytes = 10;
		pk.seq++;
		EXPECT_EQ(engine.send(pk), PACKET_NO_ACK);
	}
	EXPECT_TRUE(engine.rows().empty());
	EXPECT_EQ(engine.stats().verdicts[PACKET_NO_ACK], 6u);
	EXPECT_EQ(engine.stats().flows_created, 0u);
}

/* The closed port says so. That leaves a row, which is over. */
TEST(TrackOdd, AScanOfAClosedPortLeavesNothingAlive)
{
	Engine engine;
	Talk talk(1);

	EXPECT_EQ(engine.send(talk.a("F", 0)), PACKET_NO_ACK);
	EXPECT_EQ(engine.send(talk.b("R.", 0, 1)), PACKET_TRACKED);
	EXPECT_EQ(engine.states(talk), "CLOSED CLOSED");
	EXPECT_EQ(engine.row(talk).end_cause, REPORT_END_RST);
	EXPECT_TRUE(engine.rows(SNAPSHOT_ACTIVE).empty());
	/* Another probe of that row is a packet of it, and moves nothing. */
	EXPECT_EQ(engine.send(talk.a("F", 0)), PACKET_TRACKED);
	EXPECT_EQ(engine.states(talk), "CLOSED CLOSED");
	EXPECT_EQ(engine->counters.out_of_window, 1u);
	engine.advance(10 * SEC);
	EXPECT_TRUE(engine.rows().empty());
}

TEST(TrackOdd, AScanOfAConnectionMovesNothing)
{
	Engine engine;
	Talk talk(1);

	engine.send_each(talk.opening());
	EXPECT_EQ(engine.send(talk.a("F", 1)), PACKET_TRACKED);
	EXPECT_EQ(engine.send(talk.a("", 1, 0, 10)), PACKET_TRACKED);
	EXPECT_EQ(engine.states(talk), "ESTABLISHED ESTABLISHED");
	EXPECT_EQ(engine.row(talk).client.payload, 0u);
	EXPECT_EQ(engine.row(talk).client.packets, 4u);
}

/* --- SYNs that a host repeats, and those that a mirror does ----------------------------------- */

TEST(TrackOdd, ARefusedSynIsTriedAgainByANewPacket)
{
	Engine engine;
	Talk talk(1);
	const packet syn = talk.a("S", 0);

	engine.send(syn);
	engine.send(talk.b("R.", 0, 1));
	engine.now_us += 30 * MS;
	engine.send(copy_of(syn, engine.now_us));
	EXPECT_EQ(engine.states(talk), "CLOSED CLOSED") << "outside the window, and no new packet";
	EXPECT_EQ(engine.row(talk).end_cause, REPORT_END_RST);
	engine.now_us += 500 * MS;
	engine.send(talk.a("S", 0));
	EXPECT_EQ(engine.states(talk), "SYN_SENT CLOSED");
	EXPECT_EQ(engine.row(talk).end_cause, REPORT_END_NONE);
}

/* Without identification: half a second. */
TEST(TrackOdd, ARefusedSynIsTriedAgainLater)
{
	Engine engine;
	Talk talk(1);
	packet syn = talk.a("S", 0), rst = talk.b("R.", 0, 1);

	syn.ip_id = rst.ip_id = 0;
	engine.send(syn);
	engine.send(rst);
	engine.now_us += 100 * MS;
	engine.send(syn);
	EXPECT_EQ(engine.states(talk), "CLOSED CLOSED");
	engine.now_us += 500 * MS;
	engine.send(syn);
	EXPECT_EQ(engine.states(talk), "SYN_SENT CLOSED");
}

/* Whatever identification: it was under way when the RST passed. */
TEST(TrackOdd, AKnownSynRevivesNothing)
{
	for (const char *from : {"client", "server"}) {
		Engine engine;
		Talk talk(1);

		engine.send_each(talk.opening());
		engine.send(from[0] == 'c' ? talk.a("R", 1) : talk.b("R", 1));
		engine.now_us += SEC;
		engine.send(talk.a("S", 0));
		engine.send(talk.b("S.", 0, 1));
		EXPECT_EQ(engine.states(talk), "CLOSED CLOSED") << from;
		EXPECT_EQ(engine.row(talk).end_cause, REPORT_END_RST) << from;
	}
}

/* A full accept queue, with identifications and without. */
TEST(TrackOdd, ASynAckRepeatedAfterItsAck)
{
	for (bool has_id : {true, false}) {
		Engine engine;
		Talk talk(1);
		packet answer = talk.b("S.", 0, 1);

		answer.ip_id = has_id ? answer.ip_id : 0;
		engine.send(talk.a("S", 0));
		engine.send(answer);
		engine.send(talk.a(".", 1, 1));
		engine.now_us += 300 * MS;
		engine.send(copy_of(answer, engine.now_us));
		EXPECT_EQ(engine.states(talk), "ESTABLISHED ESTABLISHED") << "late, or a copy";
		engine.now_us += 900 * MS;
		answer.ip_id = (uint16_t)(has_id ? answer.ip_id + 1 : 0);
		engine.send(answer);
		engine.send(talk.a(".", 1, 1));
		EXPECT_EQ(engine.states(talk), "ESTABLISHED SYN_RECEIVED");
		engine.send(talk.a(".", 1, 1, 10));
		engine.send(talk.b(".", 1, 11));
		EXPECT_EQ(engine.states(talk), "ESTABLISHED ESTABLISHED");
	}
}

/* --- two numberings --------------------------------------------------------------------------- */

/* Each packet before the firewall and behind it; only the client's numbers are changed. */
struct Firewall {
	Engine engine;
	Talk inside = Talk(1), outside = inside;

	Firewall() { outside.a_isn += 860116326; }

	/* The same packet on both sides, 50 us apart; what the server sends comes from outside. */
	void
	pass(bool from_a, const char *flags, uint32_t seq, uint32_t ack = 0, uint32_t payload = 0)
	{
		packet in = inside.tcp(from_a, flags, seq, ack, payload);
		packet out = outside.tcp(from_a, flags, seq, ack, payload);

		out.ip_id = in.ip_id;
		engine.now_us += 10 * MS;
		in.time_us = engine.now_us + (from_a ? 0 : 50);
		out.time_us = engine.now_us + (from_a ? 50 : 0);
		if (from_a)
			engine.send_each({in, out});
		else
			engine.send_each({out, in});
	}
};

TEST(TrackOdd, TwoNumberingsAreOneConnection)
{
	Firewall both;

	both.pass(true, "S", 0);
	both.pass(false, "S.", 0, 1);
	both.pass(true, ".", 1, 1);
	both.pass(true, ".", 1, 1, 100);
	both.pass(false, ".", 1, 101, 500);
	both.pass(true, "F.", 101, 501);
	both.pass(false, "F.", 501, 102);
	both.pass(true, ".", 102, 502);
	ASSERT_EQ(both.engine.rows().size(), 1u);
	const report_full full = both.engine.full(both.inside);
	EXPECT_EQ(full.row.client.state, REPORT_TIME_WAIT);
	EXPECT_EQ(full.row.server.state, REPORT_CLOSED);
	EXPECT_EQ(full.row.flags, 0);
	EXPECT_EQ(full.row.client.packets, 5u);
	EXPECT_EQ(full.row.server.packets, 3u);
	EXPECT_EQ(full.row.client.payload, 100u);
	EXPECT_EQ(full.row.server.payload, 500u);
	EXPECT_EQ(full.copies, 8u);
	EXPECT_EQ(full.client.retransmitted + full.server.retransmitted, 0u);
	EXPECT_EQ(both.engine.stats().verdicts[PACKET_DUPLICATE], 8u);
}

/* Another identification: its sender tries anew, and the newer SYN counts. */
TEST(TrackOdd, TwoAttemptsAreNoTwoNumberings)
{
	Engine engine;
	Talk first(1), second(1);

	second.a_isn += 860116326;
	engine.send(first.a("S", 0));
	engine.send(second.a("S", 0));
	engine.send(second.b("S.", 0, 1));
	engine.send(second.a(".", 1, 1));
	EXPECT_EQ(engine.states(first), "ESTABLISHED ESTABLISHED");
	EXPECT_EQ(engine.row(first).client.packets, 3u);
	EXPECT_EQ(engine.full(first).client.snd_nxt, second.a_isn + 1);
}

/* --- a socket connected to itself ------------------------------------------------------------- */

TEST(TrackOdd, ASocketConnectedToItself)
{
	Engine engine;
	Talk self(1);

	self.b_addr = self.a_addr;
	self.b_port = self.a_port;
	self.b_isn = self.a_isn;
	engine.send(self.a("S", 0));
	EXPECT_EQ(engine.states(self), "SYN_SENT SYN_SENT");
	engine.send(self.a("S.", 0, 1));
	EXPECT_EQ(engine.states(self), "ESTABLISHED ESTABLISHED");
	engine.send_each({self.a(".", 1, 1), self.a(".", 1, 1, 10), self.a(".", 11, 11),
	                  self.a(".", 11, 11, 10), self.a(".", 21, 21)});
	EXPECT_EQ(engine.states(self), "ESTABLISHED ESTABLISHED");
	EXPECT_EQ(engine.row(self).flags, 0) << "neither one-way nor a gap";
	EXPECT_EQ(engine.row(self).client.payload, 20u);
	EXPECT_EQ(engine.row(self).client.packets, 7u);
	engine.send(self.a("F.", 21, 21));
	EXPECT_EQ(engine.states(self), "CLOSING CLOSING");
	engine.send(self.a(".", 22, 22));
	EXPECT_EQ(engine.states(self), "TIME_WAIT TIME_WAIT");
	EXPECT_EQ(engine.row(self).end_cause, REPORT_END_FIN);
	engine.advance(240 * SEC);
	EXPECT_TRUE(engine.rows().empty());
}

TEST(TrackOdd, ASocketConnectedToItselfAborts)
{
	Engine engine;
	Talk self(1);

	self.b_addr = self.a_addr;
	self.b_port = self.a_port;
	engine.send_each({self.a("S", 0), self.a("S.", 0, 1), self.a("R", 1)});
	EXPECT_EQ(engine.states(self), "CLOSED CLOSED");
	EXPECT_EQ(engine.row(self).end_cause, REPORT_END_RST);
}

/* The same port of two hosts, or two ports of one host, is nothing of the kind. */
TEST(TrackOdd, NearlyItself)
{
	Engine engine;
	Talk one_port(1), one_host(2);

	one_port.b_port = one_port.a_port;
	one_host.b_addr = one_host.a_addr;
	for (const Talk &talk : {one_port, one_host}) {
		engine.send(talk.a("S", 0));
		EXPECT_EQ(engine.row(talk).flags, REPORT_ONEWAY);
		engine.send_each({talk.b("S.", 0, 1), talk.a(".", 1, 1)});
		EXPECT_EQ(engine.states(talk), "ESTABLISHED ESTABLISHED");
		EXPECT_EQ(engine.row(talk).flags, 0);
	}
}

/* --- keep-alives ------------------------------------------------------------------------------ */

TEST(TrackOdd, KeepalivesOfAHalfClosedConnection)
{
	Engine engine;
	Talk talk(1);

	engine.send_each(talk.opening());
	engine.send_each({talk.b("F.", 1, 1), talk.a(".", 1, 2)});
	EXPECT_FALSE(engine.full(talk).client.known & REPORT_KNOWS_IDLE);
	engine.now_us += 30 * SEC;
	engine.send_each({talk.a(".", 0, 2), talk.b(".", 2, 1)});
	EXPECT_TRUE(engine.full(talk).client.known & REPORT_KNOWS_IDLE);
	EXPECT_EQ(engine.row(talk).idle_us, 0u) << "a sign of life, all the same";
	engine.send(talk.a(".", 1, 2, 10));
	EXPECT_FALSE(engine.full(talk).client.known & REPORT_KNOWS_IDLE);
}

} // namespace
