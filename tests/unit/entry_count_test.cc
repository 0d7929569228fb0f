// SPDX-License-Identifier: BSD-3-Clause
// Counters of a connection: exact across the entry's fields and the overflow record.

#include <gtest/gtest.h>

#include "engine.h"

namespace
{

using support::Engine;
using support::MS;
using support::SEC;
using support::Talk;

TEST(TrackTally, EachWay)
{
	Engine engine;
	Talk talk(1);

	engine.send_each(talk.opening());
	engine.send(talk.a(".", 1, 1, 1000));
	engine.send(talk.a(".", 1, 1, 1000));      /* again */
	engine.send(talk.a(".", 501, 1, 1000));    /* half of it again, half new */
	engine.send(talk.b(".", 1001, 1501, 500)); /* 1:1001 not seen yet */
	engine.send(talk.b(".", 1, 1501, 1000));   /* and there it is */
	report_full full = engine.full(talk);
	EXPECT_EQ(full.client.retransmitted, 2u);
	EXPECT_EQ(full.client.retransmitted_bytes, 1500u);
	EXPECT_EQ(full.client.out_of_order, 0u);
	EXPECT_EQ(full.server.retransmitted, 0u);
	EXPECT_EQ(full.server.out_of_order, 1u);
	EXPECT_EQ(full.server.gaps, 0u);
	EXPECT_EQ(full.row.client.payload, 1500u);
	EXPECT_EQ(full.row.server.payload, 1500u);
}

TEST(TrackTally, GapsOfTheirSender)
{
	Engine engine;
	Talk talk(1);

	engine.send_each(talk.opening());
	engine.send(talk.a(".", 1, 1, 100));
	engine.send(talk.b(".", 1, 501)); /* of 101:501 the tap knows from here */
	engine.send(talk.a(".", 501, 1, 100));
	engine.send(talk.b(".", 1, 601));
	EXPECT_EQ(engine.full(talk).client.gaps, 1u);
	EXPECT_EQ(engine.full(talk).server.gaps, 0u);
	EXPECT_EQ(engine.full(talk).row.flags, REPORT_GAP);
}

TEST(TrackTally, WindowClosed)
{
	Engine engine;
	Talk talk(1);
	packet closed = talk.b(".", 1, 101), open = talk.b(".", 1, 101);

	closed.window = 0;
	engine.send_each(talk.opening());
	engine.send(talk.a(".", 1, 1, 100));
	for (int i = 0; i < 20; i++) {
		packet again = closed;

		again.ip_id = (uint16_t)(i + 1);
		engine.now_us += SEC;
		engine.send(again);
		again.ip_id = (uint16_t)(i + 100); /* still closed: once is what counts */
		engine.send(again);
		open.ip_id = (uint16_t)(i + 200);
		engine.send(open);
	}
	EXPECT_EQ(engine.full(talk).server.zero_windows, 20u);
	EXPECT_EQ(engine.full(talk).client.zero_windows, 0u);
}

TEST(TrackTally, SynOptionsOfBothEnds)
{
	Engine engine;
	Talk talk(1);
	packet syn = talk.a("S", 0), syn_ack = talk.b("S.", 0, 1);

	syn.mss = 1460;
	syn.wscale = 7;
	syn.tcp_flags |= PACKET_TCP_SACK;
	syn_ack.mss = 8960;
	engine.send(syn);
	engine.send(syn_ack);
	report_full full = engine.full(talk);
	EXPECT_EQ(full.client.mss, 1460u);
	EXPECT_EQ(full.client.wscale, 7u);
	EXPECT_EQ(full.client.known, REPORT_KNOWS_SYN | REPORT_KNOWS_SACK | REPORT_KNOWS_SND_NXT);
	EXPECT_EQ(full.server.mss, 8960u);
	EXPECT_EQ(full.server.wscale, UINT8_MAX);
	EXPECT_EQ(full.server.known,
	          REPORT_KNOWS_SYN | REPORT_KNOWS_SND_NXT | REPORT_KNOWS_RCV_NXT);
}

TEST(TrackTally, StatesAreHeldEachByItsEnd)
{
	Engine engine;
	Talk talk(1);

	engine.send_each(talk.opening());
	engine.now_us += 100 * SEC;
	engine.send(talk.a("F.", 1, 1));
	engine.now_us += 10 * SEC;
	engine.send(talk.b(".", 1, 2));
	engine.now_us += 5 * SEC;
	report_full full = engine.full(talk);
	EXPECT_EQ(engine.states(talk), "FIN_WAIT_2 CLOSE_WAIT");
	EXPECT_EQ(full.client.in_state_us, 5 * SEC);
	EXPECT_GE(full.server.in_state_us, 15 * SEC - SEC / 4);
	EXPECT_LE(full.server.in_state_us, 15 * SEC);
	EXPECT_EQ(full.row.in_state_us, 5 * SEC);
}

/* Far beyond what an entry holds, with options that the overflow record must keep. */
TEST(TrackTally, WideCountersAreExact)
{
	Engine engine(4096);
	Talk talk(1);
	packet syn = talk.a("S", 0);
	uint64_t bytes = 0, payload = 0;
	uint32_t seq = 1;

	engine.verified = false;
	syn.mss = 1400;
	engine.send(syn);
	engine.send(talk.b("S.", 0, 1));
	engine.send(talk.a(".", 1, 1));
	for (int i = 0; i < 200000; i++) {
		uint32_t size = 20000 + (uint32_t)i % 40000;

		engine.now_us += 10;
		engine.send(talk.a(".", seq, 1, size));
		seq += size;
		bytes += 40 + size;
		payload += size;
		if (i % 10 == 0) {
			engine.send(talk.a(".", seq - size, 1, size)); /* again */
			bytes += 40 + size;
		}
		engine.send(talk.b(".", 1, seq));
	}
	report_full full = engine.full(talk);
	EXPECT_GT(payload, UINT64_C(1) << 32);
	EXPECT_EQ(full.row.client.packets, 2 + 220000u);
	EXPECT_EQ(full.row.client.bytes, 80 + bytes);
	EXPECT_EQ(full.row.client.payload, payload);
	EXPECT_EQ(full.row.server.packets, 200001u);
	EXPECT_EQ(full.client.retransmitted, 20000u);
	EXPECT_EQ(full.client.mss, 1400u);
	EXPECT_EQ(engine->overflow.taken, 1u);
	engine.send(talk.a("R", seq));
	engine.advance(100 * SEC);
	EXPECT_EQ(engine->overflow.taken, 0u);
	engine.verify();
}

/* An UDP flow, and a packet of a capture that says it has gigabytes. */
TEST(TrackTally, WideUdp)
{
	Engine engine;
	Talk talk(1);
	packet monster = talk.udp_a(0);

	engine.verified = false;
	for (int i = 0; i < 70000; i++) {
		engine.now_us += 100 * MS / 1000;
		engine.send(talk.udp_a(100));
	}
	monster.ip_bytes = monster.payload_bytes = UINT32_MAX;
	engine.send(monster);
	report_full full = engine.full(talk);
	EXPECT_EQ(full.row.client.packets, 70001u);
	EXPECT_EQ(full.row.client.bytes, UINT64_C(70000) * 128 + UINT32_MAX);
	EXPECT_EQ(full.row.client.payload, UINT64_C(70000) * 100 + UINT32_MAX);
	EXPECT_TRUE(full.row.flags & REPORT_ONEWAY);
	engine.verify();
}

/* Copies may not empty the pool: the last quarter is for packets and bytes. */
TEST(TrackTally, APoolThatIsEmpty)
{
	Engine engine(1024); /* a pool of 64 */
	std::vector<Talk> talks;

	engine.verified = false;
	for (uint32_t n = 0; n < 100; n++)
		talks.emplace_back(n);
	for (const Talk &talk : talks) {
		for (int i = 0; i < 40; i++) {
			packet pk = talk.udp_a(10 + (uint32_t)i);

			engine.send(pk);
			engine.send(pk);
		}
	}
	EXPECT_EQ(engine->overflow.taken, 48u);
	EXPECT_GT(engine->overflow.refused, 0u);
	EXPECT_EQ(engine.full(talks[0]).copies, 40u);
	EXPECT_EQ(engine.full(talks[99]).copies, 31u); /* stands still */
	for (int i = 0; i < 66000; i++)
		engine.send(talks[99].udp_a(20));
	EXPECT_EQ(engine.full(talks[99]).row.client.packets, 66040u);
	EXPECT_EQ(engine->overflow.taken, 49u);
	engine.verify();
	engine.advance(1000 * SEC);
	EXPECT_EQ(engine->overflow.taken, 0u);
}

} // namespace
