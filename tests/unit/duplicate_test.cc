// SPDX-License-Identifier: BSD-3-Clause
// Copies that the mirror makes: known, counted as duplicates, and counted in nothing else.

#include <gtest/gtest.h>

#include "duplicate_fixture.h"

namespace
{

TEST(TrackRecent, CopyIsCountedInNothingElse)
{
	Engine engine;
	Talk talk(1);
	packet data = talk.a(".", 1, 1, 100);

	engine.send_each(talk.opening());
	engine.send(data);
	report_row before = engine.row(talk);
	engine.now_us += MS;
	EXPECT_EQ(engine.send(data), PACKET_DUPLICATE);
	report_row after = engine.row(talk);
	EXPECT_EQ(after.client.packets, before.client.packets);
	EXPECT_EQ(after.client.bytes, before.client.bytes);
	EXPECT_EQ(after.client.payload, before.client.payload);
	EXPECT_EQ(engine.full(talk).client.retransmitted, 0u);
	EXPECT_EQ(engine.full(talk).copies, 1u);
	EXPECT_EQ(after.last_us, before.last_us);
	EXPECT_EQ(engine.stats().duplicates, 1u);
	EXPECT_EQ(engine.stats().retransmissions, 0u);
	EXPECT_EQ(engine.stats().tracked, 4u);
	EXPECT_EQ(engine->counters.bytes, 3 * 40 + 140u);
}

TEST(TrackRecent, CopiesOfAHandshakeAndClose)
{
	Engine engine;
	Talk talk(1);
	std::vector<packet> packets = talk.opening();

	for (const packet &pk : talk.closing())
		packets.push_back(pk);
	for (const packet &pk : packets)
		EXPECT_EQ(copy_of(engine, pk, pk, 100), PACKET_DUPLICATE);
	EXPECT_EQ(engine.states(talk), "TIME_WAIT CLOSED");
	EXPECT_EQ(engine.full(talk).client.retransmitted + engine.full(talk).server.retransmitted, 0u);
	EXPECT_EQ(engine.full(talk).copies, packets.size());
	EXPECT_EQ(engine.stats().duplicates, packets.size());
}

TEST(TrackRecent, CopyMayDifferInTtlAndLinkLayer)
{
	Engine engine;
	packet pk = Talk(1).udp_a(10), copy = pk;

	copy.ttl--;
	copy.vlan = 20;
	EXPECT_EQ(copy_of(engine, pk, copy, 100), PACKET_DUPLICATE);
}

TEST(TrackRecent, CopyInTheSameBurst)
{
	Engine engine;
	packet pk = Talk(1).udp_a(10);
	const std::vector<packet_verdict> verdicts = {PACKET_TRACKED, PACKET_DUPLICATE,
	                                              PACKET_DUPLICATE};

	EXPECT_EQ(engine.burst({pk, pk, pk}), verdicts);
	EXPECT_EQ(engine.row(Talk(1)).client.packets, 1u);
}

TEST(TrackRecent, WhateverAPacketOfItsOwnDiffersInIsNoCopy)
{
	const struct {
		const char *what;
		void (*change)(packet &);
	} changes[] = {
		{"IP identification: a retransmission", [](packet &pk) { pk.ip_id++; }},
		{"sequence number", [](packet &pk) { pk.seq++; }},
		{"acknowledgment", [](packet &pk) { pk.ack++; }},
		{"flags", [](packet &pk) { pk.tcp_flags |= PACKET_TCP_PSH; }},
		{"checksum", [](packet &pk) { pk.checksum++; }},
		{"length", [](packet &pk) { pk.ip_bytes++, pk.payload_bytes++; }},
		{"port", [](packet &pk) { pk.src_port++; }},
		{"address", [](packet &pk) { pk.dst[1]++; }},
		{"direction",
	         [](packet &pk) {
			 std::swap(pk.src, pk.dst);
			 std::swap(pk.src_port, pk.dst_port);
		 }},
	};

	for (const auto &c : changes) {
		Engine engine;
		packet pk = Talk(1).a(".", 1, 1, 10), other = pk;

		c.change(other);
		EXPECT_EQ(copy_of(engine, pk, other, 100), PACKET_TRACKED) << c.what;
	}
}

/*
 * The same identification, checksum and numbers: the same packet, whenever it comes. A datagram has
 * no numbers, so it is no copy for as long.
 */
TEST(TrackRecent, ACopyWithinTheWindowALateOneAfter)
{
	for (uint32_t window_us : {1000u, 5000u, 20000u}) {
		Engine engine(64, [&](track_config &c) { c.settings.duplicate_window_us = window_us; });
		const struct {
			uint64_t later_us;
			packet_verdict want;
		} cases[] = {
			{window_us, PACKET_DUPLICATE},
			{window_us + 2 * TICK, PACKET_LATE_COPY},
			{SEC / 16, PACKET_LATE_COPY},
			{SEC / 16 + 2 * TICK, PACKET_LATE_COPY},
			{SEC, PACKET_LATE_COPY},
			{SEC + 2 * TICK, PACKET_TRACKED},
			{30 * SEC, PACKET_TRACKED},
		};

		for (uint32_t i = 0; i < std::size(cases); i++) {
			packet udp = Talk(i).udp_a(1), tcp = Talk(i).a(".", 1, 1, 1);
			bool over = cases[i].later_us > SEC / 16;

			EXPECT_EQ(copy_of(engine, tcp, tcp, cases[i].later_us), cases[i].want)
				<< window_us << " " << cases[i].later_us;
			EXPECT_EQ(copy_of(engine, udp, udp, cases[i].later_us),
			          over ? PACKET_TRACKED : cases[i].want)
				<< window_us << " " << cases[i].later_us;
		}
		EXPECT_EQ(engine.stats().duplicates, 2u);
	}
}

/* Both are measured from the first of them: they do not slide with each copy. */
TEST(TrackRecent, NothingSlides)
{
	Engine engine(64, [](track_config &c) { c.settings.duplicate_window_us = 5000; });
	packet pk = Talk(1).a(".", 1, 1, 1);

	engine.send(pk);
	engine.now_us += 4000;
	EXPECT_EQ(engine.send(pk), PACKET_DUPLICATE);
	engine.now_us += 4000;
	EXPECT_EQ(engine.send(pk), PACKET_LATE_COPY);
	engine.now_us += SEC - 8000;
	EXPECT_EQ(engine.send(pk), PACKET_LATE_COPY);
	engine.now_us += 2 * TICK;
	EXPECT_EQ(engine.send(pk), PACKET_TRACKED);
	engine.now_us += 5000;
	EXPECT_EQ(engine.send(pk), PACKET_DUPLICATE) << "of the new one";
}

/* A late copy of a FIN, a SYN or an ACK says nothing of its sender: states stay, and times. */
TEST(TrackRecent, ALateCopyMovesNothing)
{
	Engine engine;
	Talk talk(1);
	std::vector<packet> packets = talk.opening();

	for (const packet &pk : talk.closing())
		packets.push_back(pk);
	engine.send_each(packets);
	ASSERT_EQ(engine.states(talk), "TIME_WAIT CLOSED");
	const report_full before = engine.full(talk);
	for (const packet &pk : packets) {
		engine.now_us += 30 * MS;
		EXPECT_EQ(engine.send(pk), PACKET_LATE_COPY);
	}
	const report_full after = engine.full(talk);
	EXPECT_EQ(engine.states(talk), "TIME_WAIT CLOSED");
	EXPECT_EQ(after.row.last_us, before.row.last_us);
	EXPECT_EQ(after.row.client.packets, before.row.client.packets);
	EXPECT_EQ(after.copies, packets.size()) << "on the row, late or not";
	EXPECT_EQ(engine.stats().late_copies, packets.size());
	EXPECT_EQ(engine.stats().duplicates, 0u);
	EXPECT_EQ(engine.stats().retransmissions, 0u);
}

/* The refusal of a SYN stands when the SYN is shown once more; a host that tries again is heard. */
TEST(TrackRecent, ALateSynOpensNothing)
{
	Engine engine;
	Talk talk(1);
	packet syn = talk.a("S", 0), again = talk.a("S", 0);

	engine.send_each({syn, talk.b("R.", (uint32_t)-9000, 1)});
	engine.now_us += 30 * MS;
	EXPECT_EQ(engine.send(syn), PACKET_LATE_COPY);
	EXPECT_EQ(engine.states(talk), "CLOSED CLOSED");
	EXPECT_EQ(engine.send(again), PACKET_TRACKED) << "another identification";
}

TEST(TrackRecent, WindowOfNothingLooksForNone)
{
	Engine engine(64, [](track_config &c) { c.settings.duplicate_window_us = 0; });
	packet pk = Talk(1).udp_a(1);

	EXPECT_EQ(copy_of(engine, pk, pk, 0), PACKET_TRACKED);
	EXPECT_EQ(engine.row(Talk(1)).client.packets, 2u);
	EXPECT_EQ(engine.stats().duplicates, 0u);
}

TEST(TrackRecent, UdpWithOtherTextIsNoCopy)
{
	Engine engine;
	packet pk = Talk(1).udp_a(10), other = pk;

	other.payload_mix++;
	EXPECT_EQ(copy_of(engine, pk, other, 10), PACKET_TRACKED);
	EXPECT_EQ(engine.send(pk), PACKET_DUPLICATE);
}

/* The first packet of all at time 0 is not a copy of an empty memory. */
TEST(TrackRecent, EmptyMemoryHoldsNoPacket)
{
	struct duplicate_memory memory = {};
	packet pk = Talk(1).udp_a(1);

	pk.time_us = 2 * SEC;
	EXPECT_FALSE(is_copy(&memory, &pk, fingerprint_in_set(5, 0), 5000));
}

/* What came in between puts an original out of mind only when it fills its set. */
TEST(TrackRecent, OthersInTheSetDoNotHideACopy)
{
	struct duplicate_memory memory = {};
	packet pk = Talk(1).udp_a(1);

	for (uint64_t which = 1; which <= DUPLICATE_WAYS; which++) {
		pk.time_us++;
		EXPECT_FALSE(is_copy(&memory, &pk, fingerprint_in_set(5, which), 5000));
	}
	for (uint64_t which = 1; which <= DUPLICATE_WAYS; which++)
		EXPECT_TRUE(is_copy(&memory, &pk, fingerprint_in_set(5, which), 5000));
	EXPECT_FALSE(is_copy(&memory, &pk, fingerprint_in_set(5, 99), 5000));
	EXPECT_FALSE(is_copy(&memory, &pk, fingerprint_in_set(5, 1), 5000));
}

/* What moves states is remembered beside the others, which do not push it out. */
TEST(TrackRecent, ManyPacketsDoNotHideALateFin)
{
	Engine engine(4096);
	Talk talk(1);
	packet fin = talk.a("F.", 1, 1), data = talk.a(".", 1, 1, 1);

	engine.verified = false;
	engine.send_each(talk.opening());
	engine.send_each({data, fin});
	for (uint32_t i = 0; i < 100000; i++, engine.now_us += 9)
		engine.send(Talk(100 + i % 2000).udp_a(i % 7));
	EXPECT_EQ(engine.send(fin), PACKET_LATE_COPY);
	EXPECT_EQ(engine.send(data), PACKET_TRACKED) << "nobody remembers it";
	engine.verify();
}

/* With one slot a fingerprint, about twenty of these would be missed. */
TEST(TrackRecent, CopyBehindSixteenOthersIsKnown)
{
	constexpr uint32_t BETWEEN = 16;
	Engine engine(4096);
	unsigned missed = 0;
	auto packet_of = [](uint32_t i) {
		packet pk = Talk(i % 4000).udp_a(i % 7);

		pk.ip_id = static_cast<uint16_t>(i + 1);
		pk.checksum = 1;
		return pk;
	};

	engine.verified = false;
	for (uint32_t i = 0; i < 20000; i++) {
		engine.send(packet_of(i));
		if (i >= BETWEEN)
			missed += engine.send(packet_of(i - BETWEEN)) != PACKET_DUPLICATE;
	}
	EXPECT_EQ(missed, 0u);
	engine.verify();
}

/* Time that wraps the bits it is remembered in, and ports that are not quite in order. */
TEST(TrackRecent, TimeWrapsAndGoesBack)
{
	struct duplicate_memory memory = {};
	packet pk = Talk(1).udp_a(1);
	uint64_t fingerprint = duplicate_fingerprint(&pk, 12345, 0);

	pk.time_us = (UINT64_C(7) << 32) - 100;
	EXPECT_FALSE(is_copy(&memory, &pk, fingerprint, 5000));
	pk.time_us += 200;
	EXPECT_TRUE(is_copy(&memory, &pk, fingerprint, 5000));
	pk.time_us -= 1000;
	EXPECT_TRUE(is_copy(&memory, &pk, fingerprint, 5000)) << "the copy may come first";
	pk.time_us -= 2 * SEC;
	EXPECT_FALSE(is_copy(&memory, &pk, fingerprint, 5000));
}

/* Different packets of many flows: a few marks of 64 bits must not be taken for one another. */
TEST(TrackRecent, NoFalseCopies)
{
	Engine engine(4096);
	Talk talk(1);

	engine.verified = false;
	for (uint32_t i = 0; i < 200000; i++)
		engine.send(Talk(i % 4000).udp_a(i % 7));
	EXPECT_EQ(engine.stats().duplicates, 0u);
	engine.verify();
}

} // namespace
