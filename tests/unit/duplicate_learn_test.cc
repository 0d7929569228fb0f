// SPDX-License-Identifier: BSD-3-Clause
// Packets without evidence: what is learned of the mirror decides whether they are copies.

#include <gtest/gtest.h>

#include "duplicate_fixture.h"

namespace
{

/* What has no identification, of all kinds that hosts send twice alike. */
std::vector<packet>
untold(const Talk &talk)
{
	packet udp = talk.udp_a(10), ack6 = talk.a(".", 1, 1), data6 = talk.a(".", 1, 1, 10);
	packet udp6 = talk.udp_a(10), bare = talk.udp_a(10);
	std::vector<packet> all = {udp, talk.a(".", 1, 1), talk.a(".", 1, 1, 10), talk.a("F.", 1, 1),
	                           talk.a("R", 1)};

	for (packet &pk : all)
		pk.ip_id = 0;
	ack6.version = data6.version = udp6.version = 6;
	ack6.ip_id = data6.ip_id = udp6.ip_id = 0;
	bare.checksum = 0; /* and with an identification that tells nothing */
	all.insert(all.end(), {ack6, data6, udp6, bare});
	return all;
}

/* A burst of equal packets; each is shown `times` in a row, `gap_us` after the one before. */
unsigned
tracked_of(Engine &engine, const packet &pk, unsigned n, unsigned times, uint64_t gap_us)
{
	unsigned tracked = 0;

	for (unsigned i = 0; i < n; i++) {
		engine.now_us += gap_us;
		for (unsigned k = 0; k < times; k++, engine.now_us += 2)
			tracked += engine.send(pk) == PACKET_TRACKED;
	}
	return tracked;
}

TEST(TrackRecent, WithoutProofEqualPacketsAreWhatTheyAre)
{
	for (const packet &pk : untold(Talk(1))) {
		Engine engine;

		EXPECT_EQ(tracked_of(engine, pk, 20, 1, 50), 20u);
		EXPECT_EQ(engine.stats().duplicates, 0u);
	}
}

/* Packets with evidence, each shown twice where the mirror copies; 1 ms apart. */
void
show(Engine &engine, unsigned n, bool mirror_copies, uint64_t delay_us = 0)
{
	for (unsigned i = 0; i < n; i++) {
		packet pk = Talk(50).udp_a(10);

		engine.now_us += 10 * MS;
		EXPECT_EQ(engine.send(pk), PACKET_TRACKED);
		engine.now_us += delay_us;
		if (mirror_copies) {
			EXPECT_EQ(engine.send(pk), PACKET_DUPLICATE);
		}
	}
}

TEST(TrackRecent, BehindAPortThatCopiesEachIsCopiedOnce)
{
	for (const packet &pk : untold(Talk(1))) {
		Engine engine;

		show(engine, 8, true);
		EXPECT_EQ(tracked_of(engine, pk, 20, 2, 50), 20u);
		EXPECT_EQ(engine.stats().duplicates, 28u);
	}
}

/* The mirror is behind by several packets: whichever are taken for copies, they are as many. */
TEST(TrackRecent, ABurstAndThenItsCopies)
{
	for (const packet &pk : untold(Talk(1))) {
		Engine engine;

		show(engine, 8, true, 400);
		EXPECT_EQ(tracked_of(engine, pk, 10, 1, 40) + tracked_of(engine, pk, 10, 1, 40), 10u);
	}
}

TEST(TrackRecent, OneProofIsNotEnoughMostOfEightAre)
{
	for (unsigned proofs : {1u, 4u, 5u}) {
		Engine engine;
		packet pk = untold(Talk(1))[0];

		show(engine, 8, false);
		show(engine, proofs, true);
		EXPECT_EQ(tracked_of(engine, pk, 20, 1, 50), proofs < 5 ? 20u : 10u) << proofs;
	}
}

/* At the beginning there are fewer; most of them are enough, but one alone is not. */
TEST(TrackRecent, MostOfThoseThatThereAre)
{
	const struct {
		unsigned without, with;
		bool copying;
	} cases[] = {{0, 1, false}, {0, 2, true}, {1, 1, false}, {1, 2, true}, {2, 2, false}, {3, 4, true}};

	for (const auto &c : cases) {
		Engine engine;
		packet pk = untold(Talk(1))[0];

		show(engine, c.without, false);
		show(engine, c.with, true);
		show(engine, 1, false); /* not answered yet */
		EXPECT_EQ(tracked_of(engine, pk, 20, 1, 5), c.copying ? 10u : 20u)
			<< c.without << " " << c.with;
	}
}

/* One connection of IPv6 of which each packet is shown twice, and duplicate ACKs in it. */
TEST(TrackRecent, OneConnectionOfIpv6IsEnough)
{
	for (bool mirror_copies : {false, true}) {
		Engine engine;
		Talk talk(1);
		std::vector<packet> packets = talk.opening();
		packet ack = talk.b(".", 1, 11);

		packets.insert(packets.end(), {talk.a(".", 1, 1, 10), ack, ack, ack, ack});
		for (packet &pk : packets) {
			pk.version = 6;
			pk.ip_id = 0;
			for (unsigned k = 0; k < (mirror_copies ? 2 : 1); k++, engine.now_us += 10)
				engine.send(pk);
			engine.now_us += 100;
		}
		EXPECT_EQ(engine.stats().tracked, packets.size());
		EXPECT_EQ(engine.stats().duplicates, mirror_copies ? packets.size() : 0u);
	}
}

/* The port was set right meanwhile: eight packets without a copy say so. */
TEST(TrackRecent, AProofIsForgotten)
{
	Engine engine;
	packet pk = untold(Talk(1))[0];

	show(engine, 8, true);
	show(engine, 8, false);
	EXPECT_EQ(tracked_of(engine, pk, 20, 1, 50), 20u);
}

/* Half of what passes is copied, in bursts of any length: that is not most. */
TEST(TrackRecent, BurstsTipNothing)
{
	for (unsigned burst : {1u, 3u, 8u, 40u}) {
		for (bool all : {false, true}) {
			Engine engine;
			packet pk = untold(Talk(1))[0];

			for (unsigned round = 0; round < 40; round++) {
				std::vector<packet> packets;

				for (unsigned i = 0; i < burst; i++)
					packets.push_back(Talk(50 + i).udp_a(10));
				engine.now_us += 10 * MS;
				engine.send_each(packets);
				engine.now_us += MS;
				if (all || round % 2 == 0)
					engine.send_each(packets);
			}
			EXPECT_EQ(tracked_of(engine, pk, 20, 1, 50), all ? 10u : 20u) << burst;
		}
	}
}

/* IPv6 alone: the SYNs of a few connections are enough to learn from. */
TEST(TrackRecent, SynsOfIpv6AreLearnedFrom)
{
	for (bool mirror_copies : {false, true}) {
		Engine engine;
		Talk last(9);

		for (uint32_t n = 0; n < 4; n++) {
			for (packet pk : {Talk(n).a("S", 0), Talk(n).b("S.", 0, 1)}) {
				pk.version = 6;
				pk.ip_id = 0;
				engine.now_us += 10 * MS;
				EXPECT_EQ(engine.send(pk), PACKET_TRACKED);
				if (mirror_copies) {
					EXPECT_EQ(engine.send(pk), PACKET_DUPLICATE);
				}
			}
		}
		packet data = last.a(".", 1, 1, 10);
		data.version = 6;
		data.ip_id = 0;
		EXPECT_EQ(copy_of(engine, data, data, 20),
		          mirror_copies ? PACKET_DUPLICATE : PACKET_TRACKED);
	}
}

/* A host repeats its SYN after a second; with a window as long as that nobody could tell. */
TEST(TrackRecent, ASynRepeatedByItsHostIsNoCopy)
{
	Engine engine;
	packet syn = Talk(1).a("S", 0);

	syn.ip_id = 0;
	EXPECT_EQ(copy_of(engine, syn, syn, 4 * MS), PACKET_DUPLICATE);
	engine.now_us += 30 * MS;
	EXPECT_EQ(engine.send(syn), PACKET_TRACKED) << "without identification nothing is late";
	engine.now_us += SEC;
	EXPECT_EQ(engine.send(syn), PACKET_TRACKED);
}

/* What has no evidence is a copy for as long as the copies of the others take, and no longer. */
TEST(TrackRecent, TheDelayIsLearned)
{
	for (uint64_t delay_us : {20u, 1000u, 4000u}) {
		Engine engine;
		const std::vector<packet> packets = untold(Talk(1));

		show(engine, 8, true, delay_us);
		EXPECT_NEAR((double)engine.stats().copy_delay_us, (double)delay_us, TICK);
		EXPECT_EQ(copy_of(engine, packets[0], packets[0], delay_us), PACKET_DUPLICATE);
		EXPECT_EQ(copy_of(engine, packets[2], packets[2],
		                  std::min<uint64_t>(2 * (delay_us + TICK) + 5000 / 8, 5000) + 2 * TICK),
		          PACKET_TRACKED)
			<< delay_us;
	}
}

/* The longest of late counts, and is forgotten; what came after the window is no delay. */
TEST(TrackRecent, TheDelayFollowsSlowly)
{
	Engine engine;
	packet late = Talk(1).udp_a(10);

	EXPECT_EQ(engine.stats().copy_delay_us, 0u);
	show(engine, 8, true, 3000);
	show(engine, 8, true, 100);
	EXPECT_GT(engine.stats().copy_delay_us, 2000u);
	EXPECT_EQ(copy_of(engine, late, late, 20 * MS), PACKET_LATE_COPY);
	EXPECT_LT(engine.stats().copy_delay_us, 3000u);
	show(engine, 600, true, 100);
	EXPECT_LT(engine.stats().copy_delay_us, 200u);
}

/* When nothing is copied, and when nothing has evidence, packets take the short way. */
TEST(TrackRecent, WatchingEnds)
{
	struct duplicate_memory memory = {};
	packet sure = Talk(1).udp_a(1), other = untold(Talk(1))[0];

	EXPECT_FALSE(memory.learned.idle);
	for (unsigned i = 0; i < 9 * DUPLICATE_WATCHED; i++, sure.time_us += MS)
		is_copy(&memory, &sure, fingerprint_in_set(i, i + 7), 5000);
	EXPECT_TRUE(memory.learned.idle);
	EXPECT_TRUE(is_copy(&memory, &sure, fingerprint_in_set(71, 78), 5000));
	EXPECT_FALSE(memory.learned.idle) << "one copy begins the watch";
	for (uint64_t i = 0; i < 70000; i++)
		is_copy(&memory, &other, fingerprint_in_set(i % 4000, i + 100), 5000);
	EXPECT_TRUE(memory.learned.idle);
}

} // namespace
