// SPDX-License-Identifier: BSD-3-Clause
// What flows show of their sockets, event by event.

#include <gtest/gtest.h>

#include "snapshot.h"
#include "engine.h"
#include "listen.h"

namespace
{

using support::Engine;
using support::MS;
using support::SEC;
using support::Talk;
using support::listen_row;
using support::listen_rows;
using support::listen_words;

/* The server of `talk`: "STATE asked accepted refused unanswered again". */
std::string
server(Engine &engine, const Talk &talk, uint8_t proto = PACKET_PROTO_TCP)
{
	return listen_words(engine, talk.b_addr, talk.b_port, proto);
}

TEST(TrackListen, NothingIsNotedWhileASynWaits)
{
	Engine engine;

	engine.send(Talk(1).a("S", 0));
	EXPECT_TRUE(listen_rows(engine, true).empty());
}

TEST(TrackListen, Accepted)
{
	Engine engine;
	Talk one(1), two(2);

	engine.send(one.a("S", 0));
	engine.now_us += SEC;
	engine.send(one.b("S.", 0, 1));
	EXPECT_EQ(server(engine, one), "LISTEN 0 0 0 0 0") << "it listens; nothing is accepted yet";
	engine.now_us += SEC;
	engine.send(one.a(".", 1, 1));
	EXPECT_EQ(server(engine, one), "LISTEN 1 1 0 0 0");
	EXPECT_EQ(listen_row(engine, one.b_addr, one.b_port).first_us, 1001 * SEC);
	EXPECT_EQ(listen_row(engine, one.b_addr, one.b_port).last_us, 1002 * SEC);
	engine.send(one.a(".", 1, 1, 50));
	engine.send(one.b(".", 1, 51, 50));
	engine.send_each(two.opening());
	engine.send_each(two.closing());
	EXPECT_EQ(server(engine, one), "LISTEN 2 2 0 0 0");
	engine.advance(100000 * SEC);
	EXPECT_EQ(server(engine, one), "LISTEN 2 2 0 0 0") << "the end of a connection adds nothing";
	EXPECT_EQ(listen_rows(engine, true).size(), 1u) << "the clients have no record";
}

/* Data from the server says that the last ACK was lost at the mirror. */
TEST(TrackListen, AcceptedThoughTheLastAckWasNotSeen)
{
	Engine engine;
	Talk talk(1);

	engine.send(talk.a("S", 0));
	engine.send(talk.b("S.", 0, 1));
	engine.send(talk.b(".", 1, 1, 10));
	EXPECT_EQ(server(engine, talk), "LISTEN 1 1 0 0 0");
	engine.send(talk.a(".", 1, 11));
	EXPECT_EQ(server(engine, talk), "LISTEN 1 1 0 0 0") << "once";
}

TEST(TrackListen, AcceptedWhereTheMirrorShowsTheClientOnly)
{
	Engine engine;
	Talk talk(1);

	engine.send(talk.a("S", 0));
	engine.send(talk.a(".", 1, 1));
	engine.send(talk.a(".", 1, 1, 100));
	EXPECT_EQ(server(engine, talk), "LISTEN 1 1 0 0 0");
}

TEST(TrackListen, AListenerWhereTheMirrorShowsTheServerOnly)
{
	Engine engine;
	Talk talk(1);

	engine.send(talk.b("S.", 0, 1));
	engine.send(talk.b(".", 1, 1, 10));
	EXPECT_EQ(server(engine, talk), "LISTEN 0 1 0 0 0");
}

TEST(TrackListen, MidstreamSaysNothing)
{
	Engine engine;
	Talk talk(1);

	engine.send(talk.a(".", 1, 1, 10));
	engine.send(talk.b(".", 1, 11, 10));
	engine.send(talk.a("R", 11));
	engine.advance(100000 * SEC);
	EXPECT_TRUE(listen_rows(engine, true).empty());
}

TEST(TrackListen, Refused)
{
	Engine engine;
	Talk talk(1);

	engine.send(talk.a("S", 0));
	engine.send(talk.b("R.", (uint32_t)-9000, 1));
	EXPECT_EQ(server(engine, talk), "refused 1 0 1 0 0");
	engine.advance(1000 * SEC);
	EXPECT_EQ(server(engine, talk), "refused 1 0 1 0 0");
}

/* Some hosts ask again on the same numbers: each SYN is counted once, each refusal too. */
TEST(TrackListen, RefusedAgainAndThenAccepted)
{
	Engine engine;
	Talk talk(1);

	engine.send(talk.a("S", 0));
	engine.now_us += SEC;
	engine.send(talk.a("S", 0));
	engine.send(talk.b("R.", (uint32_t)-9000, 1));
	EXPECT_EQ(server(engine, talk), "refused 2 0 1 0 0");
	engine.now_us += SEC;
	engine.send(talk.a("S", 0));
	engine.send(talk.b("R.", (uint32_t)-9000, 1));
	EXPECT_EQ(server(engine, talk), "refused 3 0 2 0 0");

	Talk later = talk;
	later.a_isn += 1000000;
	engine.now_us += SEC;
	engine.send_each(later.opening());
	EXPECT_EQ(server(engine, talk), "LISTEN 4 1 2 0 0");
}

TEST(TrackListen, RefusedAfterASynAck)
{
	Engine engine;
	Talk talk(1);

	engine.send(talk.a("S", 0));
	engine.send(talk.b("S.", 0, 1));
	engine.send(talk.b("R", 1));
	EXPECT_EQ(server(engine, talk), "LISTEN 1 0 1 0 0");
}

/* A RST from beside the point refuses nothing. */
TEST(TrackListen, ARstThatIsNotBelievedRefusesNothing)
{
	Engine engine;
	Talk talk(1);

	engine.send(talk.a("S", 0));
	engine.send(talk.b("R.", 0, 77777));
	EXPECT_TRUE(listen_rows(engine, true).empty());
	engine.send_each({talk.b("S.", 0, 1), talk.a(".", 1, 1)});
	EXPECT_EQ(server(engine, talk), "LISTEN 1 1 0 0 0");
}

TEST(TrackListen, UnansweredWhenItExpires)
{
	Engine engine;
	Talk talk(1);

	engine.send(talk.a("S", 0));
	engine.now_us += SEC;
	engine.send(talk.a("S", 0));
	engine.pass(119 * SEC);
	EXPECT_TRUE(listen_rows(engine, true).empty());
	engine.pass(2 * SEC);
	EXPECT_EQ(server(engine, talk), "silent 2 0 0 1 0");
	EXPECT_TRUE(listen_rows(engine, false).empty()) << "shown only with --all";
}

/*
 * That nobody answered is known only when the flow is forgotten; it was asked when its SYNs passed.
 * Whatever makes the flow be forgotten, and in whatever order flows are.
 */
TEST(TrackListen, UnansweredWasAskedWhenItsPacketsPassed)
{
	for (bool by_sweep : {false, true}) {
		Engine engine;
		Talk talk(1), other(2), udp(3, 53);

		engine.send_each({talk.a("S", 0), udp.udp_a(10)});
		engine.now_us += 3 * SEC;
		engine.send_each({talk.a("S", 0), other.a("S", 0), udp.udp_a(10)});
		engine.now_us += SEC;
		engine.send(other.a("S", 0));
		if (by_sweep)
			engine.pass(200 * SEC);
		else
			engine.advance(engine.now_us + 900 * SEC);
		report_listen row = listen_row(engine, talk.b_addr, talk.b_port);
		EXPECT_EQ(server(engine, talk), "silent 4 0 0 2 0");
		EXPECT_EQ(row.first_us, 1000 * SEC);
		EXPECT_EQ(row.last_us, 1004 * SEC) << "of the later of the two flows";
		row = listen_row(engine, udp.b_addr, udp.b_port, PACKET_PROTO_UDP);
		EXPECT_EQ(row.first_us, 1000 * SEC);
		EXPECT_EQ(row.last_us, 1003 * SEC);
	}
}

/* One that answers meanwhile was last seen when it answered, whatever is forgotten later. */
TEST(TrackListen, UnansweredOfThePastMovesNoLaterTime)
{
	Engine engine;
	Talk lost(1), later(2);

	engine.send(lost.a("S", 0));
	engine.now_us += 60 * SEC;
	engine.send_each(later.opening());
	EXPECT_EQ(listen_row(engine, later.b_addr, later.b_port).first_us, 1060 * SEC);
	engine.pass(100 * SEC);
	EXPECT_EQ(server(engine, lost), "LISTEN 2 1 0 1 0");
	EXPECT_EQ(listen_row(engine, later.b_addr, later.b_port).first_us, 1000 * SEC);
	EXPECT_EQ(listen_row(engine, later.b_addr, later.b_port).last_us, 1060 * SEC);
}

TEST(TrackListen, UnansweredWhenItIsEvicted)
{
	Engine engine(64);

	for (uint32_t n = 0; n < 164; n++)
		engine.send(Talk(n).a("S", 0));
	ASSERT_EQ(engine.stats().flows_evicted, 100u);
	EXPECT_EQ(server(engine, Talk(1)), "silent 100 0 0 100 0");
}

TEST(TrackListen, UnansweredWhenItIsDropped)
{
	Engine engine;
	Talk talk(1);

	engine.send(talk.a("S", 0));
	ASSERT_EQ(snapshot_order_drop(engine.get(), engine.row(talk).id), 0);
	track_poll(engine.get(), engine.now_us);
	EXPECT_EQ(snapshot_answer(engine.get()), 0);
	EXPECT_EQ(server(engine, talk), "silent 1 0 0 1 0");
}

/* Found due by its own next packet, which opens another flow. */
TEST(TrackListen, UnansweredWhenItIsFoundDue)
{
	Engine engine;
	Talk talk(1);

	engine.send(talk.a("S", 0));
	engine.now_us += 200 * SEC;
	engine.send(talk.a("S", 0));
	EXPECT_EQ(server(engine, talk), "silent 1 0 0 1 0");
}

TEST(TrackListen, HalfOpenIsAnswered)
{
	Engine engine;
	Talk expires(1), given_up(2);

	engine.send_each({expires.a("S", 0), expires.b("S.", 0, 1)});
	engine.send_each({given_up.a("S", 0), given_up.b("S.", 0, 1), given_up.a("R", 1)});
	EXPECT_EQ(server(engine, expires), "LISTEN 1 0 0 0 0") << "the one that was given up";
	engine.advance(1000 * SEC);
	EXPECT_EQ(server(engine, expires), "LISTEN 2 0 0 0 0");
}

TEST(TrackListen, SynAckAgain)
{
	Engine engine;
	Talk talk(1);

	engine.send_each({talk.a("S", 0), talk.b("S.", 0, 1)});
	for (int i = 0; i < 3; i++) {
		engine.now_us += SEC;
		engine.send(talk.b("S.", 0, 1));
	}
	EXPECT_EQ(server(engine, talk), "LISTEN 0 0 0 0 3");
	engine.send(talk.a(".", 1, 1));
	engine.now_us += SEC;
	engine.send(talk.b("S.", 0, 1));
	EXPECT_EQ(server(engine, talk), "LISTEN 1 1 0 0 4") << "also when the ACK was lost behind us";
}

/* RFC 9293 3.5, figure 8: nobody listens. */
TEST(TrackListen, SimultaneousOpenHasNoListener)
{
	for (bool b_first : {false, true}) {
		Engine engine;
		Talk talk(1);

		engine.send_each({talk.a("S", 0), talk.b("S", 0)});
		engine.send(b_first ? talk.b("S.", 0, 1) : talk.a("S.", 0, 1));
		engine.send(b_first ? talk.a("S.", 0, 1) : talk.b("S.", 0, 1));
		ASSERT_EQ(engine.states(talk), "ESTABLISHED ESTABLISHED");
		EXPECT_TRUE(listen_rows(engine, true).empty()) << b_first;
	}
}

TEST(TrackListen, KeepForgetsNothingAndCountsWhatIsDecided)
{
	Engine engine(64, [](track_config &c) { c.keep = 1; });
	Talk waits(1), accepted(2);

	engine.send(waits.a("S", 0));
	engine.send_each(accepted.opening());
	engine.advance(1000000 * SEC);
	EXPECT_EQ(server(engine, accepted), "LISTEN 1 1 0 0 0");
}

/* --- UDP ------------------------------------------------------------------------------------ */

TEST(TrackListen, UdpAnswered)
{
	Engine engine;
	Talk talk(1, 53);

	engine.send(talk.udp_a(10));
	EXPECT_TRUE(listen_rows(engine, true).empty());
	engine.send(talk.udp_b(10));
	engine.send(talk.udp_a(10));
	engine.send(talk.udp_b(10));
	EXPECT_EQ(server(engine, talk, PACKET_PROTO_UDP), "answered 1 1 0 0 0");
	EXPECT_EQ(listen_row(engine, talk.b_addr, 53, PACKET_PROTO_UDP).peers, REPORT_PEERS_ONE);
	engine.advance(1000 * SEC);
	EXPECT_EQ(server(engine, talk, PACKET_PROTO_UDP), "answered 1 1 0 0 0");
	EXPECT_EQ(listen_rows(engine, true).size(), 1u) << "a client of one peer is no socket to list";
}

TEST(TrackListen, UdpUnanswered)
{
	Engine engine;
	Talk talk(1, 53);

	engine.send(talk.udp_a(10));
	engine.send(talk.udp_a(10));
	engine.advance(100 * SEC);
	EXPECT_EQ(server(engine, talk, PACKET_PROTO_UDP), "silent 1 0 0 1 0");
	engine.send(talk.udp_a(10));
	engine.send(talk.udp_b(10));
	EXPECT_EQ(server(engine, talk, PACKET_PROTO_UDP), "answered 2 1 0 1 0");
}

/* Answers alone, known by the port: whoever they go to was not asked. */
/* A port that nobody has: refused once for the flow, whatever is sent there, and not unanswered. */
TEST(TrackListen, UdpRefusedByIcmp)
{
	Engine engine;
	Talk talk(1, 53);

	for (int i = 0; i < 3; i++) {
		packet error = talk.udp_a(10);

		engine.send(talk.udp_a(10));
		error.verdict = PACKET_ICMP_ERROR;
		error.icmp = PACKET_ICMP_PORT;
		engine.send(error);
	}
	engine.pass(20 * MS);
	EXPECT_EQ(server(engine, talk, PACKET_PROTO_UDP), "refused 0 0 1 0 0");
	engine.advance(100 * SEC);
	EXPECT_EQ(server(engine, talk, PACKET_PROTO_UDP), "refused 1 0 1 0 0");
}

TEST(TrackListen, UdpAnswersAloneAskNobody)
{
	Engine engine;

	engine.send(Talk(1, 53).udp_b(10));
	engine.advance(100 * SEC);
	EXPECT_TRUE(listen_rows(engine, true).empty());
	engine.send(Talk(2, 53).udp_b(10));
	engine.advance(100 * SEC);
	EXPECT_EQ(server(engine, Talk(1, 53), PACKET_PROTO_UDP), "unconnected 0 0 0 0 0")
		<< "but who sends from one port to two is not connected";
}

TEST(TrackListen, UdpServerOfTwoClientsIsNotConnected)
{
	Engine engine;
	Talk one(1, 53), two(2, 53);

	engine.send_each({one.udp_a(1), one.udp_b(1)});
	engine.send_each({one.udp_a(1), one.udp_b(1)});
	EXPECT_EQ(server(engine, one, PACKET_PROTO_UDP), "answered 1 1 0 0 0");
	engine.send_each({two.udp_a(1), two.udp_b(1)});
	EXPECT_EQ(server(engine, one, PACKET_PROTO_UDP), "unconnected 2 2 0 0 0");
}

TEST(TrackListen, UdpClientOfTwoServersIsNotConnected)
{
	Engine engine;
	Talk one(1, 53), two(1, 54);

	engine.send_each({one.udp_a(1), one.udp_b(1)});
	/* The same again, as another flow: one peer is one peer. */
	engine.advance(1000 * SEC);
	engine.send_each({one.udp_a(1), one.udp_b(1)});
	EXPECT_EQ(listen_words(engine, one.a_addr, one.a_port, PACKET_PROTO_UDP), "");
	engine.send(two.udp_a(1));
	engine.advance(1000 * SEC);
	EXPECT_EQ(listen_words(engine, one.a_addr, one.a_port, PACKET_PROTO_UDP),
	          "unconnected 0 0 0 0 0")
		<< "also when the second does not answer";
}

/* --- memory --------------------------------------------------------------------------------- */

/* A million SYNs to nobody, and every server is still there. */
TEST(TrackListen, AScanPushesNoServerOut)
{
	Engine engine(2048);
	Talk scan(1);

	engine.verified = false;
	for (uint16_t port = 1; port <= 2000; port++)
		engine.send_each(Talk(1, port).opening());
	for (uint32_t n = 0; n < 1000000; n += 32) {
		std::vector<packet> burst;

		for (uint32_t i = n; i < n + 32; i++) {
			packet pk = scan.a("S", 0);

			pk.dst[1] = __builtin_bswap32(0x0b000000 + i);
			burst.push_back(pk);
		}
		engine.now_us += 640;
		engine.burst(burst);
		track_poll(engine.get(), engine.now_us);
	}
	engine.advance(200 * SEC);
	engine.verify();
	/* Of 2,000 in 8,192 sets some may have met nine in a set, each time one in a million. */
	uint32_t listeners = 0;
	for (const report_listen &row : listen_rows(engine, false))
		listeners += row.state == REPORT_LISTEN_LISTEN && row.accepted == 1;
	EXPECT_EQ(listeners, 2000u);
	EXPECT_EQ(engine.stats().sockets_live, 65536u);
	EXPECT_GT(engine.stats().sockets_replaced + engine.stats().sockets_passed_over, 900000u);
}

/* A port scan of hosts that refuse: the refusals give way among themselves. */
TEST(TrackListen, RefusalsPushNoServerOut)
{
	Engine engine(2048, [](track_config &c) { c.sockets = 256; });
	Talk server_talk(1, 443);

	engine.verified = false;
	engine.send_each(server_talk.opening());
	for (uint16_t port = 1000; port < 11000; port++) {
		Talk talk(2, port);

		engine.send(talk.a("S", 0));
		engine.send(talk.b("R.", (uint32_t)-9000, 1));
	}
	EXPECT_EQ(server(engine, server_talk), "LISTEN 1 1 0 0 0");
	EXPECT_EQ(engine.stats().sockets_live, 256u);
	EXPECT_GE(engine.stats().sockets_replaced, 9000u);
}

TEST(TrackListen, ForgedSynAcksPushNoServerOut)
{
	Engine engine(2048, [](track_config &c) { c.sockets = 256; });
	Talk server_talk(1, 443);

	engine.verified = false;
	engine.send_each(server_talk.opening());
	for (uint16_t port = 1000; port < 11000; port++)
		engine.send(Talk(2, port).b("S.", 0, 1));
	EXPECT_EQ(server(engine, server_talk), "LISTEN 1 1 0 0 0");
}

} // namespace
