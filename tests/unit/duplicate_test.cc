// SPDX-License-Identifier: BSD-3-Clause
// Copies that the mirror makes: known, counted as duplicates, and counted in nothing else.

#include <gtest/gtest.h>

#include "engine.h"

namespace
{

using support::Engine;
using support::MS;
using support::Talk;

/* Sends a packet, then `copy` of it `later_us`; returns the second's verdict. */
packet_verdict
copy_of(Engine &engine, const packet &pk, packet copy, uint64_t later_us)
{
	EXPECT_EQ(engine.send(pk), PACKET_TRACKED);
	copy.time_us = pk.time_us;
	engine.now_us += later_us;
	return engine.send(copy);
}

/* The `which`-th of marks that differ and meet in one set. */
uint64_t
fingerprint_in_set(uint64_t set, uint64_t which)
{
	return set << (64 - DUPLICATE_SET_BITS) | which;
}

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

TEST(TrackRecent, WithinTheWindowOnly)
{
	for (uint32_t window_us : {1000u, 5000u, 20000u}) {
		Engine engine(64, [&](track_config &c) { c.settings.duplicate_window_us = window_us; });
		packet one = Talk(1).udp_a(1), other = Talk(2).udp_a(1);

		EXPECT_EQ(copy_of(engine, one, one, window_us), PACKET_DUPLICATE);
		EXPECT_EQ(copy_of(engine, other, other, window_us + 1), PACKET_TRACKED);
	}
}

/* The window is measured from the first of them: it does not slide with each copy. */
TEST(TrackRecent, WindowDoesNotSlide)
{
	Engine engine(64, [](track_config &c) { c.settings.duplicate_window_us = 5000; });
	packet pk = Talk(1).udp_a(1);

	engine.send(pk);
	engine.now_us += 4000;
	EXPECT_EQ(engine.send(pk), PACKET_DUPLICATE);
	engine.now_us += 4000;
	EXPECT_EQ(engine.send(pk), PACKET_TRACKED);
}

TEST(TrackRecent, WindowOfNothingLooksForNone)
{
	Engine engine(64, [](track_config &c) { c.settings.duplicate_window_us = 0; });
	packet pk = Talk(1).udp_a(1);

	EXPECT_EQ(copy_of(engine, pk, pk, 0), PACKET_TRACKED);
	EXPECT_EQ(engine.row(Talk(1)).client.packets, 2u);
	EXPECT_EQ(engine.stats().duplicates, 0u);
}

/* What a host may send twice alike, and the mirror shows as two: never a copy. */
TEST(TrackRecent, PacketsThatDoNotTellThemselvesApart)
{
	Talk talk(1);
	packet udp = talk.udp_a(10), ack = talk.a(".", 1, 1), rst = talk.a("R", 1);
	packet neither = talk.a(".", 1, 1, 10);

	udp.checksum = 0;
	ack.ip_id = rst.ip_id = 0;
	neither.ip_id = neither.checksum = 0;
	for (const packet &pk : {udp, ack, rst, neither}) {
		Engine engine;

		EXPECT_EQ(copy_of(engine, pk, pk, 10), PACKET_TRACKED);
		EXPECT_EQ(engine.stats().duplicates, 0u);
	}
}

/* Without an identification the checksum tells, but only copies that are close. */
TEST(TrackRecent, CopiesWithoutIdentification)
{
	Talk talk(1);
	packet udp = talk.udp_a(10), data = talk.a(".", 1, 1, 10), syn = talk.a("S", 0);
	packet fin = talk.a("F.", 1, 1), ack6 = talk.a(".", 1, 1);

	ack6.version = 6;
	for (packet pk : {udp, data, syn, fin, ack6}) {
		Engine near, far;

		pk.ip_id = 0;
		EXPECT_EQ(copy_of(near, pk, pk, 10), PACKET_DUPLICATE);
		EXPECT_EQ(copy_of(far, pk, pk, 4000), PACKET_TRACKED);
	}
}

/* Eight packets with identification, each twice where the mirror copies. */
void
teach(Engine &engine, bool mirror_copies)
{
	for (int i = 0; i < 8; i++) {
		packet pk = Talk(50).udp_a(10);

		pk.ip_id = uint16_t(1000 + i);
		engine.now_us += 10 * MS;
		EXPECT_EQ(engine.send(pk), PACKET_TRACKED);
		if (mirror_copies) {
			EXPECT_EQ(engine.send(pk), PACKET_DUPLICATE);
		}
	}
}

/* A host refuses two segments with two RSTs that are alike; a mirror that copies shows one twice. */
TEST(TrackRecent, WhatDoesNotTellFollowsWhatTheMirrorDoes)
{
	Talk talk(1);
	packet udp = talk.udp_a(10), ack = talk.a(".", 1, 1), rst = talk.a("R", 1);

	udp.checksum = 0;
	ack.ip_id = rst.ip_id = 0;
	for (const packet &pk : {udp, ack, rst}) {
		for (bool mirror_copies : {false, true}) {
			Engine engine;

			teach(engine, mirror_copies);
			EXPECT_EQ(copy_of(engine, pk, pk, 10),
			          mirror_copies ? PACKET_DUPLICATE : PACKET_TRACKED);
		}
	}
}

/* IPv6 has no identification: on a mirror that does not copy, data again is a retransmission. */
TEST(TrackRecent, FastRetransmissionInIpv6IsNoCopy)
{
	packet data = Talk(1).a(".", 1, 1, 10);

	data.version = 6;
	data.ip_id = 0;
	for (bool mirror_copies : {false, true}) {
		Engine engine;

		teach(engine, mirror_copies);
		EXPECT_EQ(copy_of(engine, data, data, 100),
		          mirror_copies ? PACKET_DUPLICATE : PACKET_TRACKED);
	}
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

	pk.time_us = 6000;
	EXPECT_FALSE(duplicate_is_copy(&memory, &pk, fingerprint_in_set(5, 0), 5000));
}

/* What came in between puts an original out of mind only when it fills its set. */
TEST(TrackRecent, OthersInTheSetDoNotHideACopy)
{
	struct duplicate_memory memory = {};
	packet pk = Talk(1).udp_a(1);

	for (uint64_t which = 1; which <= DUPLICATE_WAYS; which++) {
		pk.time_us++;
		EXPECT_FALSE(duplicate_is_copy(&memory, &pk, fingerprint_in_set(5, which), 5000));
	}
	for (uint64_t which = 1; which <= DUPLICATE_WAYS; which++)
		EXPECT_TRUE(duplicate_is_copy(&memory, &pk, fingerprint_in_set(5, which), 5000));
	EXPECT_FALSE(duplicate_is_copy(&memory, &pk, fingerprint_in_set(5, 99), 5000));
	EXPECT_FALSE(duplicate_is_copy(&memory, &pk, fingerprint_in_set(5, 1), 5000));
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

/* Time that wraps the bits it is remembered in, and time that goes back. */
TEST(TrackRecent, TimeWrapsAndGoesBack)
{
	struct duplicate_memory memory = {};
	packet pk = Talk(1).udp_a(1);
	uint64_t fingerprint = duplicate_fingerprint(&pk, 12345, 0);

	pk.time_us = (UINT64_C(7) << 32) - 100;
	EXPECT_FALSE(duplicate_is_copy(&memory, &pk, fingerprint, 5000));
	pk.time_us += 200;
	EXPECT_TRUE(duplicate_is_copy(&memory, &pk, fingerprint, 5000));
	pk.time_us -= 1000;
	EXPECT_FALSE(duplicate_is_copy(&memory, &pk, fingerprint, 5000));
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
