// SPDX-License-Identifier: BSD-3-Clause
// Counters of a connection: exact across the entry's fields, its upper part and its records of trouble.

#include <gtest/gtest.h>

#include "engine.h"
#include "entry_fixture.h"

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

/* Far beyond what an entry holds. */
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
	EXPECT_EQ(engine->trouble.taken, 1u);
	engine.send(talk.a("R", seq));
	engine.advance(100 * SEC);
	EXPECT_EQ(engine->trouble.taken, 0u);
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

/* The records of trouble may run out; packets and bytes do not need them. */
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
	EXPECT_EQ(engine->trouble.taken, 64u);
	EXPECT_EQ(engine->trouble.refused, 36u * 9);
	EXPECT_EQ(engine.stats().flows_saturated, 36u * 9);
	EXPECT_EQ(engine.full(talks[0]).copies, 40u);
	EXPECT_EQ(engine.full(talks[99]).copies, 31u); /* stands still */
	for (int i = 0; i < 66000; i++)
		engine.send(talks[99].udp_a(20));
	EXPECT_EQ(engine.full(talks[99]).row.client.packets, 66040u);
	EXPECT_EQ(engine.full(talks[99]).row.client.bytes, 66000u * 48 + 40 * 38 + 39 * 20);
	EXPECT_EQ(engine->trouble.taken, 64u);
	EXPECT_EQ(engine->trouble.refused, 36u * 9);
	engine.verify();
	engine.advance(1000 * SEC);
	EXPECT_EQ(engine->trouble.taken, 0u);
}

/* --- one entry, by hand --------------------------------------------------------------------- */

/* At each bound of the entry's own room: one below, there, one above. Sizes are those of packets. */
TEST(EntryCount, BytesAtTheirBounds)
{
	const uint32_t most = TCP_END_BYTES_MAX;

	for (uint32_t first : {0u, 1u, most - 1, most, most + 1, 2 * most, UINT32_MAX})
		for (uint32_t second : {0u, 1u, 2u, most, most + 1, UINT32_MAX}) {
			Counted c;

			c.packet_of(1, first);
			c.packet_of(1, second);
			EXPECT_EQ(c.counts(1).bytes, (uint64_t)first + second);
			EXPECT_EQ(c.counts(1).packets, 2u);
			EXPECT_EQ(c.counts(0).bytes + c.counts(0).packets, 0u);
			EXPECT_EQ(c.upper() != nullptr, (uint64_t)first + second > most);
		}
}

TEST(EntryCount, PacketsAtTheirBounds)
{
	Counted c;

	for (uint64_t n = 1; n <= 4 * 65536 + 10; n++) {
		c.packet_of(0, 41);
		if (n % 65536 < 4 || n % 65536 > 65530 || n % 65534 < 4) {
			ASSERT_EQ(c.counts(0).packets, n);
			ASSERT_EQ(c.counts(0).bytes, 41 * n);
			ASSERT_GE(c.e->end[0].packets, n < 2 ? n : 2);
		}
	}
	EXPECT_EQ(c.e->more[0].mss + c.e->end[0].out_of_order + c.e->end[0].gaps, 0u);
}

TEST(EntryCount, PayloadAtItsBounds)
{
	Counted c;

	for (uint64_t n = 1; n <= 5000; n++) {
		entry_count_payload_wrap(c.table(), c.e, 1);
		ASSERT_EQ(c.counts(1).payload, n << 32);
		ASSERT_EQ(c.upper() != nullptr, n >= 32);
	}
	c.e->end[1].payload = 77;
	EXPECT_EQ(c.counts(1).payload, UINT64_C(5000) << 32 | 77);
	EXPECT_EQ(c.counts(0).payload, 0u);
}

/* At the very end of all room a counter stands, and its neighbours go on. */
TEST(EntryCount, TheMostIsTheMost)
{
	Counted c;

	c.packet_of(0, UINT32_MAX);
	entry_upper *upper = entry_upper_at(c.table(), c.number());
	upper->end[0].bytes = (1u << ENTRY_UPPER_BYTES_BITS) - 1;
	for (int i = 0; i < 3; i++)
		c.packet_of(0, 1u << 27);
	EXPECT_EQ(c.counts(0).bytes, (UINT64_C(1) << 48) - 1);
	EXPECT_EQ(c.counts(0).packets, 4u);
	upper->end[0].packets = (1u << ENTRY_UPPER_PACKETS_BITS) - 1;
	upper->end[0].bytes = 0;
	c.e->end[0].bytes = 0;
	c.e->end[0].packets = TCP_END_PACKETS_MAX - 1;
	for (int i = 0; i < 3; i++)
		c.packet_of(0, 100);
	EXPECT_GE(c.counts(0).packets, UINT64_C(1) << 39);
	EXPECT_EQ(c.e->end[0].packets, TCP_END_PACKETS_MAX);
	EXPECT_EQ(c.counts(0).bytes, 300u);
	EXPECT_EQ(c.counts(1).bytes + c.counts(1).packets, 0u);
}

/* The number of an entry goes from flow to flow; its upper part begins empty each time. */
TEST(EntryCount, AnUpperPartIsOneFlowsAlone)
{
	Counted c;
	uint32_t number = c.number();

	c.packet_of(0, UINT32_MAX);
	c.packet_of(1, UINT32_MAX);
	entry_upper_set_icmp(c.table(), c.e, REPORT_ICMP_PORT, 1);
	flow_table_unlink(c.table(), number);
	flow_table_release(c.table(), number);
	c.e = c.open();
	ASSERT_EQ(c.number(), number);
	EXPECT_EQ(entry_upper_icmp(c.upper()), REPORT_ICMP_NONE);
	EXPECT_EQ(c.counts(0).bytes + c.counts(1).bytes, 0u);
	c.packet_of(0, 1u << 27);
	EXPECT_EQ(c.counts(0).bytes, 1u << 27);
	EXPECT_EQ(c.counts(0).packets, 1u);
	EXPECT_EQ(c.counts(1).bytes + c.counts(1).packets + c.counts(1).payload, 0u);
	EXPECT_EQ(entry_upper_icmp(c.upper()), REPORT_ICMP_NONE);
}

TEST(EntryCount, AnIcmpErrorIsKeptBesideTheCounters)
{
	for (unsigned icmp = 1; icmp < REPORT_N_ICMP; icmp++) {
		Counted c;
		unsigned end = icmp & 1;

		EXPECT_EQ(entry_upper_icmp(c.upper()), REPORT_ICMP_NONE);
		entry_upper_set_icmp(c.table(), c.e, icmp, end);
		EXPECT_EQ(entry_upper_icmp(c.upper()), (report_icmp)icmp);
		EXPECT_EQ(entry_upper_icmp_end(c.upper()), end);
		EXPECT_EQ(c.counts(0).bytes + c.counts(1).packets + c.counts(1).payload, 0u);
		c.packet_of(1, UINT32_MAX);
		for (int i = 0; i < 40; i++)
			entry_count_payload_wrap(c.table(), c.e, 0);
		entry_upper_set_icmp(c.table(), c.e, REPORT_ICMP_TIME, !end);
		EXPECT_EQ(entry_upper_icmp(c.upper()), REPORT_ICMP_TIME);
		EXPECT_EQ(entry_upper_icmp_end(c.upper()), !end);
		EXPECT_EQ(c.counts(1).bytes, UINT32_MAX);
		EXPECT_EQ(c.counts(0).payload, UINT64_C(40) << 32);
	}
}

} // namespace
