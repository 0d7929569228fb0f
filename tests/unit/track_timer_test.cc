// SPDX-License-Identifier: BSD-3-Clause
// Each class's timer: there one microsecond before its deadline, gone at it; found by the sweep within a
// second of being due; and not in the way of the next packet of the same tuple.

#include <gtest/gtest.h>

#include "snapshot.h"
#include "engine.h"

namespace
{

using support::Engine;
using support::MS;
using support::SEC;
using support::Talk;

struct Case {
	const char *name;
	std::vector<packet> (*packets)(const Talk &);
	uint64_t seconds; // the default
};

std::vector<packet>
plus(std::vector<packet> first, const std::vector<packet> &more)
{
	first.insert(first.end(), more.begin(), more.end());
	return first;
}

const Case cases[] = {
	{"SYN_SENT", [](const Talk &t) { return std::vector<packet>{t.a("S", 0)}; }, 120},
	{"SYN_RECEIVED",
	 [](const Talk &t) { return std::vector<packet>{t.a("S", 0), t.b("S.", 0, 1)}; }, 60},
	{"ESTABLISHED", [](const Talk &t) { return t.opening(); }, 86400},
	{"FIN_WAIT_1 CLOSE_WAIT",
	 [](const Talk &t) { return plus(t.opening(), {t.a("F.", 1, 1)}); }, 21600},
	{"FIN_WAIT_2 CLOSE_WAIT",
	 [](const Talk &t) { return plus(t.opening(), {t.a("F.", 1, 1), t.b(".", 1, 2)}); }, 21600},
	{"FIN_WAIT_1 ESTABLISHED: repeated unanswered",
	 [](const Talk &t) { return plus(t.opening(), {t.a("F.", 1, 1), t.a("F.", 1, 1)}); }, 21600},
	{"CLOSING",
	 [](const Talk &t) { return plus(t.opening(), {t.a("F.", 1, 1), t.b("F.", 1, 1)}); }, 60},
	{"LAST_ACK FIN_WAIT_2",
	 [](const Talk &t) {
		 return plus(t.opening(), {t.a("F.", 1, 1), t.b("F.", 1, 2), t.b("F.", 1, 2)});
	 },
	 60},
	{"TIME_WAIT CLOSED", [](const Talk &t) { return plus(t.opening(), t.closing()); }, 240},
	{"TIME_WAIT LAST_ACK",
	 [](const Talk &t) { return plus(t.opening(), {t.a("F.", 1, 1), t.b("F.", 1, 2)}); }, 240},
	{"CLOSED by RST", [](const Talk &t) { return plus(t.opening(), {t.a("R", 1)}); }, 10},
	{"midstream, one packet",
	 [](const Talk &t) { return std::vector<packet>{t.a(".", 1, 1, 10)}; }, 300},
	{"midstream, two packets",
	 [](const Talk &t) { return std::vector<packet>{t.a(".", 1, 1, 10), t.b(".", 1, 11)}; },
	 86400},
	{"UDP one way", [](const Talk &t) { return std::vector<packet>{t.udp_a(1), t.udp_a(1)}; }, 30},
	{"UDP", [](const Talk &t) { return std::vector<packet>{t.udp_a(1), t.udp_b(1)}; }, 180},
};

TEST(TrackTimer, ExactlyAtTheDeadline)
{
	for (const Case &c : cases) {
		SCOPED_TRACE(c.name);
		Engine engine(64);
		Talk talk(1);

		engine.send_each(c.packets(talk));
		engine.advance(c.seconds * SEC - 1);
		EXPECT_TRUE(engine.has(talk));
		EXPECT_EQ(engine.stats().flows_expired, 0u);
		engine.advance(1);
		EXPECT_FALSE(engine.has(talk));
		EXPECT_EQ(engine.stats().flows_expired, 1u);
	}
}

TEST(TrackTimer, SweptWithinASecondAndNotEarly)
{
	for (const Case &c : cases) {
		SCOPED_TRACE(c.name);
		Engine engine(64);
		Talk talk(1);
		uint64_t rest = 2 * SEC;

		engine.now_us += 123456;
		engine.send_each(c.packets(talk));
		/* Long waits pass in steps of a second, the last ones in milliseconds. */
		for (uint64_t s = 0; s + 2 < c.seconds; s++)
			track_poll(engine.get(), engine.now_us += SEC);
		engine.pass(rest - 1);
		EXPECT_TRUE(engine.has(talk)) << "early";
		EXPECT_EQ(engine.pass(SEC), 1u) << "late";
		EXPECT_FALSE(engine.has(talk));
		EXPECT_EQ(engine.stats().flows_expired, 1u);
	}
}

/* A packet of a tuple whose flow is due meets no flow, though no sweep has come by. */
TEST(TrackTimer, NextPacketEndsWhatIsDue)
{
	for (const Case &c : cases) {
		SCOPED_TRACE(c.name);
		Engine engine(64);
		Talk talk(1);
		bool udp = c.packets(talk)[0].proto == PACKET_PROTO_UDP;

		engine.send_each(c.packets(talk));
		uint64_t id = engine.row(talk).id;
		engine.now_us += c.seconds * SEC;
		engine.send(udp ? talk.udp_a(1) : talk.a(".", 5000, 5000, 10));
		EXPECT_NE(engine.row(talk).id, id);
		EXPECT_EQ(engine.stats().flows_expired, 1u);
		EXPECT_EQ(engine.stats().flows_created, 2u);
	}
}

/*
 * The process was stopped for longer than any timer of these. What waited in the queues goes on with
 * its flows, the others get as much longer, and what is over is over.
 */
TEST(TrackTimer, NobodyWasSilentWhileTheProcessWasStopped)
{
	Engine engine(64);
	Talk waited(1), silent(2), closed(3);

	engine.send(waited.udp_a(1));
	engine.send(silent.udp_a(1));
	engine.send(closed.a("S", 0));
	engine.send(closed.b("R.", 0, 1));
	engine.pass(10 * SEC - 1);
	engine.now_us += 3600 * SEC;
	track_blind(engine.get(), engine.now_us);
	engine.send(waited.udp_a(1));
	track_poll(engine.get(), engine.now_us);
	EXPECT_FALSE(engine.has(closed));
	ASSERT_TRUE(engine.has(waited));
	EXPECT_EQ(engine.row(waited).client.packets, 2u);
	EXPECT_EQ(engine.stats().flows_created, 3u);
	engine.pass(15 * SEC);
	EXPECT_TRUE(engine.has(silent));
	engine.pass(10 * SEC);
	EXPECT_FALSE(engine.has(silent)) << "30 s, and the hour in which nobody polled";
	EXPECT_TRUE(engine.has(waited));
	engine.pass(10 * SEC);
	EXPECT_FALSE(engine.has(waited)) << "no longer than others";
}

TEST(TrackTimer, PacketJustBeforeTheDeadlineKeepsIdleFlows)
{
	Engine engine(64);
	Talk syn(1), udp(2);

	engine.send(syn.a("S", 0));
	engine.send(udp.udp_a(1));
	engine.now_us += 30 * SEC - 1;
	engine.send(udp.udp_a(1));
	engine.advance(30 * SEC - 1);
	EXPECT_TRUE(engine.has(udp));
	engine.advance(1);
	EXPECT_FALSE(engine.has(udp));
	engine.advance(50 * SEC);
	engine.send(syn.a("S", 0));
	engine.advance(120 * SEC - 1);
	EXPECT_TRUE(engine.has(syn));
	engine.advance(1);
	EXPECT_FALSE(engine.has(syn));
}

/* Over is over: packets do not keep it, but for a segment acknowledged in TIME_WAIT. */
TEST(TrackTimer, TwoMslStartsAnewWhenItAcknowledgesAgain)
{
	Engine engine(64);
	Talk talk(1);

	engine.send_each(talk.opening());
	engine.send_each(talk.closing());
	engine.now_us += 200 * SEC;
	engine.send(talk.b("F.", 1, 2)); /* its peer has not got the last ACK */
	engine.advance(40 * SEC - 1);
	EXPECT_TRUE(engine.has(talk));
	engine.send(talk.a(".", 2, 2));
	engine.advance(240 * SEC - 1);
	EXPECT_TRUE(engine.has(talk));
	engine.advance(1);
	EXPECT_FALSE(engine.has(talk));
}

TEST(TrackTimer, StrayPacketsDoNotKeepWhatIsClosed)
{
	Engine engine(64);
	Talk talk(1);

	engine.send_each(talk.opening());
	engine.send(talk.a("R", 1));
	for (int i = 0; i < 9; i++) {
		engine.now_us += SEC;
		engine.send(talk.b(".", 1, 1));
		EXPECT_EQ(engine.states(talk), "CLOSED CLOSED");
	}
	engine.advance(SEC - 1);
	EXPECT_TRUE(engine.has(talk));
	engine.advance(1);
	EXPECT_FALSE(engine.has(talk));
}

/* A flow that comes nearer to its end is looked at by then, though it was put off for long. */
TEST(TrackTimer, NearerDeadlineAfterAChangeOfState)
{
	Engine engine(64);
	Talk talk(1);

	engine.send_each(talk.opening());
	engine.pass(5 * SEC);
	engine.send(talk.a("R", 1));
	EXPECT_EQ(engine.pass(11 * SEC), 1u);
}

TEST(TrackTimer, ManyFlowsDueAtOnceAreAllGoneWithinASecond)
{
	Engine engine(20000);

	engine.verified = false;
	for (uint32_t n = 0; n < 20000; n++)
		engine.send(Talk(n).udp_a(1));
	engine.verify();
	EXPECT_EQ(engine.pass(30 * SEC - 1), 0u);
	EXPECT_EQ(engine.pass(SEC), 20000u);
	EXPECT_TRUE(engine.rows().empty());
}

TEST(TrackTimer, FirstPollAfterALongSilence)
{
	for (uint64_t seconds : {31, 3000, 8200, 9000, 12000, 20000, 86400}) {
		Engine engine(64);

		engine.send(Talk(1).udp_a(1));
		engine.send_each(Talk(2).opening());
		engine.now_us += seconds * SEC;
		EXPECT_EQ(track_poll(engine.get(), engine.now_us), seconds == 86400 ? 2u : 1u);
		EXPECT_FALSE(engine.has(Talk(1))) << seconds;
	}
}

TEST(TrackTimer, ClockNeverGoesBack)
{
	Engine engine(64);
	packet old = Talk(2).udp_a(1);

	engine.send(Talk(1).udp_a(1));
	track_poll(engine.get(), engine.now_us - 500 * SEC);
	EXPECT_EQ(track_now_us(engine.get()), engine.now_us);
	old.time_us = engine.now_us - 100 * SEC;
	engine.send(old);
	EXPECT_EQ(track_now_us(engine.get()), engine.now_us);
	EXPECT_EQ(engine.row(Talk(2)).last_us, engine.now_us);
	track_advance(engine.get(), 5);
	EXPECT_EQ(snapshot_now_us(engine.get()), engine.now_us);
}

TEST(TrackTimer, Defaults)
{
	track_timers timers;
	const uint64_t seconds[TRACK_N_CLASSES] = {10, 120, 60, 86400, 21600, 60, 60, 240, 300, 30, 180};

	track_timers_init(&timers);
	for (unsigned i = 0; i < TRACK_N_CLASSES; i++)
		EXPECT_EQ(timers.us[i], seconds[i] * SEC) << i;
}

/* Every pair of states has the class of what it waits for; the order of the ends does not matter. */
TEST(TrackTimer, ClassOfEveryPairOfStates)
{
	const struct {
		tcp_state state;
		track_class class_;
	} order[] = {
		{TCPS_TIME_WAIT, TRACK_CLASS_TIME_WAIT},     {TCPS_CLOSING, TRACK_CLASS_CLOSING},
		{TCPS_LAST_ACK, TRACK_CLASS_LAST_ACK},       {TCPS_FIN_WAIT_1, TRACK_CLASS_HALF_CLOSED},
		{TCPS_FIN_WAIT_2, TRACK_CLASS_HALF_CLOSED},  {TCPS_CLOSE_WAIT, TRACK_CLASS_HALF_CLOSED},
		{TCPS_SYN_RECEIVED, TRACK_CLASS_SYN_RECEIVED}, {TCPS_SYN_SENT, TRACK_CLASS_SYN_SENT},
		{TCPS_ESTABLISHED, TRACK_CLASS_ESTABLISHED}, {TCPS_CLOSED, TRACK_CLASS_CLOSED},
		{TCPS_LISTEN, TRACK_CLASS_CLOSED},
	};

	for (size_t i = 0; i < BASE_COUNT_OF(order); i++) {
		for (size_t j = i; j < BASE_COUNT_OF(order); j++) {
			struct entry e = {};

			e.end[0].state = order[i].state;
			e.end[1].state = order[j].state;
			e.end[0].packets = e.end[1].packets = 1;
			EXPECT_EQ(track_timer_class(&e), order[i].class_) << i << " " << j;
			std::swap(e.end[0], e.end[1]);
			EXPECT_EQ(track_timer_class(&e), order[i].class_) << j << " " << i;
			e.flags = ENTRY_DETACHED;
			EXPECT_EQ(track_timer_class(&e), TRACK_CLASS_CLOSED);
		}
	}
}

} // namespace
