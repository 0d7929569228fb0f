// SPDX-License-Identifier: BSD-3-Clause
// The pipeline: what a burst does is what its packets do one by one, whatever they do to each other.

#include <random>

#include <gtest/gtest.h>

#include "engine.h"

namespace
{

using support::Engine;
using support::SEC;
using support::Talk;

TEST(TrackBurst, NoPacketsAtAll)
{
	Engine engine;

	engine.burst({});
	EXPECT_EQ(engine.stats().received, 0u);
}

TEST(TrackBurst, HandshakeInOneBurst)
{
	Engine engine;
	Talk talk(1);

	engine.burst(talk.opening());
	EXPECT_EQ(engine.states(talk), "ESTABLISHED ESTABLISHED");
	EXPECT_EQ(engine.stats().flows_created, 1u);
}

TEST(TrackBurst, WholeLifeInOneBurst)
{
	Engine engine;
	Talk talk(1);
	std::vector<packet> packets = talk.opening();

	packets.push_back(talk.a(".", 1, 1, 100));
	packets.push_back(talk.b(".", 1, 101));
	packets.push_back(talk.a("R", 101));
	engine.burst(packets);
	EXPECT_EQ(engine.states(talk), "CLOSED CLOSED");
	EXPECT_EQ(engine.row(talk).end_cause, REPORT_END_RST);
}

TEST(TrackBurst, ReuseInOneBurst)
{
	Engine engine;
	Talk first(1), second(1), third(1);
	std::vector<packet> packets;

	second.a_isn = 5000000;
	third.a_isn = 6000000;
	for (const Talk &life : {first, second, third}) {
		for (const packet &pk : life.opening())
			packets.push_back(pk);
		for (const packet &pk : life.closing())
			packets.push_back(pk);
	}
	packets.pop_back();
	engine.burst(packets);
	std::vector<report_row> rows = engine.rows_of(first);
	ASSERT_EQ(rows.size(), 3u);
	std::sort(rows.begin(), rows.end(),
	          [](const report_row &x, const report_row &y) { return x.id < y.id; });
	EXPECT_EQ(rows[2].replaced, 0);
	EXPECT_EQ(rows[2].server.state, REPORT_LAST_ACK);
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(rows[i].replaced, 1);
		EXPECT_EQ(rows[i].client.state, REPORT_TIME_WAIT);
		EXPECT_EQ(rows[i].client.packets, 4u);
		EXPECT_EQ(rows[i].server.packets, 2u);
	}
}

/* What was fetched for the later packets of a burst is the life that an earlier one of it replaced. */
TEST(TrackBurst, ReplacedLifeIsNotMoved)
{
	Engine engine;
	Talk old(1), now(1);
	std::vector<packet> packets;

	now.a_isn = 5000000;
	engine.send_each(old.opening());
	engine.send_each(old.closing());
	packets = now.opening();
	packets.push_back(now.a(".", 1, 1, 77));
	engine.burst(packets);
	ASSERT_EQ(engine.rows_of(old).size(), 2u);
	std::vector<report_row> active = engine.rows_of(old, SNAPSHOT_ACTIVE);
	ASSERT_EQ(active.size(), 1u);
	EXPECT_EQ(active[0].client.payload, 77u);
	EXPECT_EQ(active[0].server.state, REPORT_ESTABLISHED);
	EXPECT_EQ(engine.stats().flows_created, 2u);
}

/* The flow that was fetched for a packet is evicted, and its number given away, before its turn comes. */
TEST(TrackBurst, FlowIsEvictedInTheBurstThatUsesIt)
{
	Engine engine(64);

	for (uint32_t n = 0; n < 64; n++)
		engine.send(Talk(n).a("S", 0));
	engine.burst({Talk(100).a("S", 0), Talk(0).a("S", 0), Talk(0).b("S.", 0, 1),
	              Talk(100).b("S.", 0, 1)});
	EXPECT_EQ(engine.states(Talk(100)), "SYN_SENT SYN_RECEIVED");
	EXPECT_EQ(engine.states(Talk(0)), "SYN_SENT SYN_RECEIVED");
	EXPECT_FALSE(engine.has(Talk(1)));
	EXPECT_EQ(engine.stats().flows_evicted, 2u);
}

/* It expires by the time of an earlier packet of the burst. */
TEST(TrackBurst, FlowExpiresInTheBurstThatUsesIt)
{
	Engine engine;
	packet later = Talk(2).udp_a(1), same = Talk(1).udp_b(1);

	engine.send(Talk(1).udp_a(1));
	uint64_t id = engine.row(Talk(1)).id;
	later.time_us = same.time_us = engine.now_us + 30 * SEC;
	engine.burst({later, same});
	EXPECT_EQ(engine.stats().flows_expired, 1u);
	EXPECT_NE(engine.row(Talk(1)).id, id);
	EXPECT_EQ(engine.row(Talk(1)).flags & REPORT_ONEWAY, REPORT_ONEWAY);
}

TEST(TrackBurst, OnlyTrackedPacketsAreTracked)
{
	Engine engine;

	for (unsigned verdict = 0; verdict < PACKET_N_VERDICTS; verdict++) {
		packet pk = Talk(verdict).udp_a(10);

		pk.verdict = (uint8_t)verdict;
		EXPECT_EQ(engine.send(pk), verdict) << "a verdict that was given stays";
		EXPECT_EQ(engine.stats().verdicts[verdict], 1u);
	}
	EXPECT_EQ(engine.rows().size(), 1u);
	EXPECT_EQ(engine.stats().received, (uint64_t)PACKET_N_VERDICTS);
	EXPECT_EQ(engine.stats().tracked, 1u);
	EXPECT_EQ(engine.stats().ignored, PACKET_N_VERDICTS - 1u);
}

TEST(TrackBurst, ForeignPacketsAmongOthers)
{
	Engine engine;
	Talk talk(1);
	std::vector<packet> packets;

	for (int i = 0; i < PACKET_BURST_MAX; i++) {
		packets.push_back(talk.udp_a(10));
		if (i % 3 != 0)
			packets.back().verdict = PACKET_NOT_IP;
	}
	engine.burst(packets);
	EXPECT_EQ(engine.row(talk).client.packets, 22u);
	EXPECT_EQ(engine.stats().verdicts[PACKET_NOT_IP], 42u);
	EXPECT_EQ(engine->counters.bytes, 22 * 38u);
}

packet
random_packet(std::mt19937 &random, uint32_t n_talks, uint64_t *time_us)
{
	static const char *const flags[] = {"S", "S.", ".", ".", ".", "F.", "R", "R.", "F"};
	Talk talk(random() % n_talks);
	bool from_a = random() & 1;
	packet pk;

	talk.a_isn += random() % 16 == 0 ? 1000000 : 0;
	if (random() % 4 == 0)
		pk = talk.make(from_a, PACKET_PROTO_UDP, random() % 100);
	else
		pk = talk.tcp(from_a, flags[random() % BASE_COUNT_OF(flags)], random() % 6, random() % 6,
		              random() % 3);
	/* mostly close together; sometimes hours pass */
	*time_us += random() % 200 == 0 ? random() % (40 * SEC) : random() % 2000;
	if (random() % 20000 == 0)
		*time_us += random() % (90000 * SEC);
	pk.time_us = *time_us;
	if (random() % 50 == 0)
		pk.verdict = PACKET_FRAGMENT;
	if (random() % 50 == 0) {
		pk.verdict = PACKET_ICMP_ERROR;
		pk.icmp = (uint8_t)(1 + random() % (PACKET_N_ICMP - 1));
	}
	return pk;
}

/* The same packets in bursts of one and of every other size: the same rows and the same counters. */
TEST(TrackBurst, SizeOfTheBurstDoesNotMatter)
{
	Engine one(4096), many(4096);
	std::mt19937 random(1);
	uint64_t time_us = one.now_us;

	one.verified = many.verified = false;
	many->table->secret = one->table->secret; /* the same places in their small memories */
	for (int i = 0; i < 3000; i++) {
		std::vector<packet> packets;

		for (size_t n = random() % (PACKET_BURST_MAX + 1); packets.size() < n;) {
			packets.push_back(random_packet(random, 100, &time_us));
			if (random() % 30 == 0 && packets.size() < n)
				packets.push_back(packets.back()); /* a copy */
		}
		std::vector<packet_verdict> verdicts = many.burst(packets);
		for (size_t k = 0; k < packets.size(); k++)
			ASSERT_EQ(one.send(packets[k]), verdicts[k]) << i << " " << k;
	}
	one.now_us = many.now_us = time_us;
	std::vector<report_row> a = one.rows(), b = many.rows();
	ASSERT_EQ(a.size(), b.size());
	EXPECT_GT(a.size(), 100u);
	for (size_t i = 0; i < a.size(); i++)
		ASSERT_EQ(memcmp(&a[i], &b[i], sizeof(a[i])), 0) << i;
	EXPECT_EQ(memcmp(&one->counters, &many->counters, sizeof(one->counters)), 0);
	one.verify();
	many.verify();
	EXPECT_GT(one.stats().duplicates, 100u);
	EXPECT_GT(one.stats().flows_reused, 100u);
	EXPECT_GT(one.stats().flows_expired, 100u);
}

void
push(Engine &engine, const std::vector<packet> &packets)
{
	std::copy(packets.begin(), packets.end(), track_inlet(engine.get()));
	track_push(engine.get(), (unsigned)packets.size());
	engine.sent += packets.size();
}

/* One burst moves while the next is fetched for: as if each were moved alone. */
TEST(TrackBurst, PushedBurstsDoTheSame)
{
	Engine alone(4096), pushed(4096);
	std::mt19937 random(3);
	uint64_t time_us = alone.now_us;

	alone.verified = false;
	pushed->table->secret = alone->table->secret;
	for (int i = 0; i < 3000; i++) {
		std::vector<packet> packets;

		for (size_t n = random() % (PACKET_BURST_MAX + 1); packets.size() < n;) {
			packets.push_back(random_packet(random, 100, &time_us));
			if (random() % 30 == 0 && packets.size() < n)
				packets.push_back(packets.back());
		}
		push(pushed, packets);
		alone.burst(packets);
		if (random() % 50 == 0)
			track_flush(pushed.get());
	}
	track_flush(pushed.get());
	track_flush(pushed.get());
	alone.now_us = pushed.now_us = time_us;
	std::vector<report_row> a = alone.rows(), b = pushed.rows();
	ASSERT_EQ(a.size(), b.size());
	EXPECT_GT(a.size(), 100u);
	for (size_t i = 0; i < a.size(); i++)
		ASSERT_EQ(memcmp(&a[i], &b[i], sizeof(a[i])), 0) << i;
	EXPECT_EQ(memcmp(&alone->counters, &pushed->counters, sizeof(alone->counters)), 0);
	alone.verify();
	pushed.verify();
}

/* The burst that waits is counted when it has moved, and not before. */
TEST(TrackBurst, WhatWaitsIsMovedByTheNextOrAFlush)
{
	Engine engine;

	push(engine, {Talk(1).udp_a(1), Talk(2).udp_a(1)});
	EXPECT_EQ(engine.stats().received, 0u);
	push(engine, {Talk(3).udp_a(1)});
	EXPECT_EQ(engine.stats().received, 2u);
	track_flush(engine.get());
	EXPECT_EQ(engine.stats().received, 3u);
	push(engine, {Talk(4).udp_a(1)});
	engine.send(Talk(1).udp_b(1));
	EXPECT_EQ(engine.stats().received, 5u) << "a burst alone does not overtake";
	engine.verify();
}

/* Polls may end what the burst that waits has fetched, and give its number to another. */
TEST(TrackBurst, PollsBetweenPushedBursts)
{
	Engine engine(128);
	std::mt19937 random(4);

	for (int i = 0; i < 3000; i++) {
		std::vector<packet> packets;

		for (size_t n = random() % (PACKET_BURST_MAX + 1); packets.size() < n;)
			packets.push_back(random_packet(random, 300, &engine.now_us));
		push(engine, packets);
		track_poll(engine.get(), engine.now_us + random() % (100 * SEC));
		if (random() % 10 != 0)
			continue;
		track_flush(engine.get());
		engine.verify();
		if (HasFailure())
			return;
	}
	EXPECT_GT(engine.stats().flows_evicted, 1000u);
	EXPECT_GT(engine.stats().flows_expired, 100u);
}

/* Whatever comes, into a table too small for it, with polls and long silences: nothing is miscounted. */
TEST(TrackBurst, CountersHoldWhateverComes)
{
	Engine engine(128);
	std::mt19937 random(2);

	for (int i = 0; i < 3000; i++) {
		std::vector<packet> packets;

		for (size_t n = random() % (PACKET_BURST_MAX + 1); packets.size() < n;)
			packets.push_back(random_packet(random, 300, &engine.now_us));
		engine.burst(packets); /* verifies */
		if (HasFailure())
			return;
		track_poll(engine.get(), engine.now_us);
	}
	EXPECT_GT(engine.stats().flows_evicted, 1000u);
	EXPECT_GT(engine.stats().flows_expired, 100u);
}

} // namespace
