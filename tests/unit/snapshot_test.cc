// SPDX-License-Identifier: BSD-3-Clause
// What the control core sees: rows that are what was sent, never torn, whatever the worker does at the
// time; counters; and orders from one core to the other.

#include <atomic>
#include <cerrno>
#include <chrono>
#include <functional>
#include <thread>

#include <gtest/gtest.h>

#include "snapshot.h"
#include "engine.h"

namespace
{

using support::Engine;
using support::SEC;
using support::Talk;

TEST(TrackSnapshot, RowIsWhatWasSent)
{
	Engine engine(64, [](track_config &c) {
		c.worker = 1;
		c.workers = 2;
	});
	Talk talk(7, 8080);
	packet syn = talk.a("S", 0), synack = talk.b("S.", 0, 1);
	const uint64_t start = engine.now_us;

	syn.mss = 1460;
	syn.wscale = 7;
	syn.vlan = 42;
	synack.mss = 1380;
	synack.wscale = 0;
	engine.send(syn);
	engine.send(synack);
	engine.now_us += 3 * SEC;
	packet ack = talk.a(".", 1, 1, 500);
	ack.window = 1000;
	engine.send(ack);
	engine.now_us += 2 * SEC;

	snapshot_clock clock = {engine.now_us, 1000000000, nullptr};
	report_row row;
	uint32_t next = 0;
	ASSERT_EQ(support::snapshot_rows(engine.get(), &clock, SNAPSHOT_ACTIVE, &next, 1000, &row, 1),
	          1u);
	EXPECT_EQ(row.id, 65u);
	EXPECT_EQ(row.worker, 1);
	EXPECT_EQ(row.proto, 6);
	EXPECT_EQ(row.ip_version, 4);
	EXPECT_EQ(row.vlan, 42);
	EXPECT_EQ(row.opened_us, start + 1000000000);
	EXPECT_EQ(row.last_us, start + 1000000000 + 3 * SEC);
	EXPECT_EQ(row.in_state_us, 2 * SEC);
	EXPECT_EQ(row.idle_us, 2 * SEC);
	EXPECT_TRUE(Talk::is_end(row.client, talk.a_addr, talk.a_port));
	EXPECT_TRUE(Talk::is_end(row.server, talk.b_addr, 8080));
	report_full full = engine.full(talk);
	EXPECT_EQ(full.client.mss, 1460);
	EXPECT_EQ(full.client.wscale, 7);
	EXPECT_EQ(full.client.window, 128000u);
	EXPECT_EQ(full.client.snd_nxt, talk.a_isn + 501);
	EXPECT_EQ(full.server.mss, 1380);
	EXPECT_EQ(full.server.wscale, 0);
	EXPECT_EQ(full.server.window, 65535u);
	EXPECT_EQ(full.server.snd_nxt, talk.b_isn + 1);
}

TEST(TrackSnapshot, UntaggedHasNoVlanAndNoWindowScale)
{
	Engine engine(64);

	engine.send(Talk(1).a("S", 0));
	EXPECT_EQ(engine.row(Talk(1)).vlan, REPORT_NO_VLAN);
	EXPECT_EQ(engine.full(Talk(1)).client.wscale, UINT8_MAX);
}

TEST(TrackSnapshot, ActiveLeavesOutWhatIsOver)
{
	Engine engine(64);
	Talk two_msl(1), reset(2), last_ack(3), udp(4), refused_syn(5);

	engine.send_each(two_msl.opening());
	engine.send_each(two_msl.closing());
	engine.send_each(reset.opening());
	engine.send(reset.a("R", 1));
	engine.send_each(last_ack.opening());
	engine.send(last_ack.a("F.", 1, 1));
	engine.send(last_ack.b("F.", 1, 2));
	engine.send(udp.udp_a(1));
	engine.send(refused_syn.a("S", 0));
	EXPECT_EQ(engine.rows(SNAPSHOT_ALL).size(), 5u);
	EXPECT_EQ(engine.rows(SNAPSHOT_ACTIVE).size(), 3u);
	EXPECT_TRUE(engine.rows_of(two_msl, SNAPSHOT_ACTIVE).empty());
	EXPECT_TRUE(engine.rows_of(reset, SNAPSHOT_ACTIVE).empty());
	EXPECT_EQ(engine.states(last_ack), "TIME_WAIT LAST_ACK");
}

/* However small the pieces, each flow is shown once. */
TEST(TrackSnapshot, InPiecesOfEverySize)
{
	Engine engine(200);
	snapshot_clock clock = {engine.now_us, 0, nullptr};

	for (uint32_t n = 0; n < 150; n++)
		engine.send(Talk(n).udp_a(1));
	engine.send_each(Talk(160).opening());
	for (unsigned max : {1u, 2u, 7u, 64u, 200u}) {
		for (uint32_t looks : {1u, 3u, 50u, 1000u}) {
			std::vector<report_row> rows(max);
			std::set<uint64_t> ids;
			uint32_t next = 0;

			while (next != UINT32_MAX) {
				uint32_t before = next;
				unsigned n = support::snapshot_rows(engine.get(), &clock, SNAPSHOT_ALL,
				                                 &next, looks, rows.data(), max);

				ASSERT_LE(n, std::min(max, looks));
				ASSERT_GT(next, before);
				for (unsigned i = 0; i < n; i++)
					ASSERT_TRUE(ids.insert(rows[i].id).second);
			}
			EXPECT_EQ(ids.size(), 151u) << max << " " << looks;
		}
	}
}

TEST(TrackSnapshot, StatsAddUpOverWorkers)
{
	std::vector<std::unique_ptr<Engine>> engines;
	report_stats stats = {};

	for (uint32_t worker = 0; worker < 3; worker++) {
		engines.push_back(std::make_unique<Engine>(128, [&](track_config &c) {
			c.worker = worker;
			c.workers = 3;
		}));
		for (uint32_t n = 0; n < 10 * (worker + 1); n++)
			engines.back()->send(Talk(n).udp_a(1));
		engines.back()->send(Talk(500).a("S", 0));
		snapshot_stats(engines.back()->get(), &stats);
	}
	EXPECT_EQ(stats.received, 63u);
	EXPECT_EQ(stats.flows_live, 63u);
	EXPECT_EQ(stats.flows_udp, 60u);
	EXPECT_EQ(stats.flows_tcp, 3u);
	EXPECT_EQ(stats.flows_capacity, 3 * 128u);
	EXPECT_EQ(stats.flows_client_state[REPORT_SYN_SENT], 3u);
	for (uint32_t worker = 0; worker < 3; worker++) {
		EXPECT_EQ(stats.workers[worker].received, 10 * (worker + 1) + 1);
		EXPECT_EQ(stats.workers[worker].flows_live, 10 * (worker + 1) + 1);
	}
	for (unsigned i = 0; i < PACKET_N_VERDICTS; i++)
		EXPECT_STREQ(stats.verdict_names[i], packet_verdict_name((packet_verdict)i));
	EXPECT_EQ(stats.n_verdicts, (uint32_t)PACKET_N_VERDICTS);
}

/* --- orders --------------------------------------------------------------------------------- */

/* What the worker answers at its next poll. */
int
answer(Engine &engine)
{
	EXPECT_EQ(snapshot_answer(engine.get()), -EINPROGRESS);
	track_poll(engine.get(), engine.now_us);
	int answered = snapshot_answer(engine.get());
	EXPECT_EQ(snapshot_answer(engine.get()), -EINPROGRESS) << "an answer is given once";
	return answered;
}

TEST(TrackSnapshot, OrderToDrop)
{
	Engine engine(64);
	Talk talk(1), other(2);

	engine.send_each(talk.opening());
	engine.send(other.udp_a(1));
	uint64_t id = engine.row(talk).id;
	ASSERT_EQ(snapshot_order_drop(engine.get(), id), 0);
	EXPECT_TRUE(engine.has(talk)) << "the worker does it, not the control core";
	EXPECT_EQ(answer(engine), 0);
	EXPECT_FALSE(engine.has(talk));
	EXPECT_TRUE(engine.has(other));
	EXPECT_EQ(engine.stats().flows_dropped, 1u);
	engine.verify();

	/* What comes after is another flow: its id is not the old one's. */
	engine.send(talk.a(".", 1, 1, 5));
	EXPECT_NE(engine.row(talk).id, id);
	ASSERT_EQ(snapshot_order_drop(engine.get(), id), 0);
	EXPECT_EQ(answer(engine), -ENOENT);
	EXPECT_TRUE(engine.has(talk));
	EXPECT_EQ(engine.stats().flows_dropped, 1u);
}

TEST(TrackSnapshot, OrderToDropAReplacedLife)
{
	Engine engine(64);
	Talk talk(1), again(1);

	again.a_isn = 5000000;
	engine.send_each(talk.opening());
	engine.send_each(talk.closing());
	uint64_t id = engine.row(talk).id;
	engine.send_each(again.opening());
	ASSERT_EQ(snapshot_order_drop(engine.get(), id), 0);
	EXPECT_EQ(answer(engine), 0);
	EXPECT_EQ(engine.states(again), "ESTABLISHED ESTABLISHED");
	engine.send(again.a(".", 1, 1, 5));
	EXPECT_EQ(engine.row(again).client.payload, 5u);
	engine.verify();
}

TEST(TrackSnapshot, OrdersForFlowsThatAreNot)
{
	Engine engine(64, [](track_config &c) {
		c.worker = 1;
		c.workers = 2;
	});

	engine.send(Talk(1).udp_a(1));
	for (uint64_t id : {UINT64_C(0), UINT64_C(1), UINT64_C(64), UINT64_C(66), UINT64_C(128),
	                    UINT64_C(129), UINT64_MAX})
		EXPECT_EQ(snapshot_order_drop(engine.get(), id), -ENOENT) << id;
	EXPECT_EQ(snapshot_order_drop(engine.get(), 65), 0);
	EXPECT_EQ(answer(engine), 0);
}

TEST(TrackSnapshot, OneOrderAtATime)
{
	Engine engine(64);
	track_settings settings = engine->settings;

	engine.send(Talk(1).udp_a(1));
	EXPECT_EQ(snapshot_order_drop(engine.get(), 1), 0);
	EXPECT_EQ(snapshot_order_drop(engine.get(), 1), -EAGAIN);
	EXPECT_EQ(snapshot_order_settings(engine.get(), &settings), -EAGAIN);
	EXPECT_EQ(answer(engine), 0);
	EXPECT_EQ(snapshot_order_settings(engine.get(), &settings), 0);
	EXPECT_EQ(answer(engine), 0);
}

/* Shorter timers end what is already there: within one turn of the hand. */
TEST(TrackSnapshot, OrderOfNewTimers)
{
	Engine engine(256);
	track_settings settings = engine->settings;

	for (uint32_t n = 0; n < 200; n++)
		engine.send_each(Talk(n).opening());
	engine.pass(20 * SEC);
	settings.timers.us[TRACK_CLASS_ESTABLISHED] = 25 * SEC;
	ASSERT_EQ(snapshot_order_settings(engine.get(), &settings), 0);
	EXPECT_EQ(answer(engine), 0);
	EXPECT_EQ(engine.pass(5 * SEC - 1), 0u);
	EXPECT_EQ(engine.pass(SEC), 200u);
	EXPECT_EQ(engine.stats().flows_expired, 200u);
}

TEST(TrackSnapshot, OrderOfNewSettings)
{
	Engine engine(64);
	track_settings settings = engine->settings;
	packet pk = Talk(1).udp_a(1);

	settings.duplicate_window_us = 0;
	settings.identity.vlan = true;
	ASSERT_EQ(snapshot_order_settings(engine.get(), &settings), 0);
	EXPECT_EQ(answer(engine), 0);
	EXPECT_EQ(engine.send(pk), PACKET_TRACKED);
	EXPECT_EQ(engine.send(pk), PACKET_TRACKED);
	pk.vlan = 5;
	engine.send(pk);
	EXPECT_EQ(engine.rows().size(), 2u);
}

/* A burst that waits was taken in before copies were searched for. */
TEST(TrackSnapshot, OrderOfNewSettingsWhileABurstWaits)
{
	Engine engine(64, [](track_config &c) { c.settings.duplicate_window_us = 0; });
	track_settings settings = engine->settings;
	packet pk = Talk(1).udp_a(1);

	settings.duplicate_window_us = 5000;
	packet *room = track_inlet(engine.get());
	pk.path = room->path;
	pk.time_us = engine.now_us;
	*room = pk;
	track_push(engine.get(), 1);
	ASSERT_EQ(snapshot_order_settings(engine.get(), &settings), 0);
	EXPECT_EQ(answer(engine), 0);
	EXPECT_TRUE(engine.has(Talk(1)));
	EXPECT_EQ(engine.stats().tracked, 1u);
}

TEST(TrackSnapshot, KeepOutlivesNewTimers)
{
	Engine engine(64, [](track_config &c) { c.keep = 1; });
	track_settings settings = engine->settings;

	engine.send(Talk(1).udp_a(1));
	track_timers_init(&settings.timers);
	ASSERT_EQ(snapshot_order_settings(engine.get(), &settings), 0);
	EXPECT_EQ(answer(engine), 0);
	engine.advance(100 * SEC);
	EXPECT_TRUE(engine.has(Talk(1)));
}

/* --- two threads ---------------------------------------------------------------------------- */

/* Everything in such a flow follows from its number, so that a row made of two of them shows. */
packet
telling_packet(uint32_t n, bool from_a)
{
	Talk talk(n, (uint16_t)(1024 + n % 20000));
	packet pk = talk.make(from_a, PACKET_PROTO_UDP, n % 1000);

	pk.ip_id = pk.checksum = 0; /* never a copy */
	pk.vlan = (uint16_t)(n % 4000);
	return pk;
}

/* Is the row one flow's, whole? */
void
verify_telling_row(const report_row &row)
{
	const report_end &a = row.client.port >= 30000 ? row.client : row.server;
	const report_end &b = row.client.port >= 30000 ? row.server : row.client;
	uint32_t addr;

	memcpy(&addr, a.addr, 4);
	uint32_t n = (__builtin_bswap32(addr) - 0x0a000000) * 20000 + a.port - 30000;
	ASSERT_EQ(b.port, 1024 + n % 20000);
	ASSERT_EQ(row.vlan, n % 4000);
	ASSERT_EQ(row.proto, PACKET_PROTO_UDP);
	for (const report_end *end : {&a, &b}) {
		ASSERT_EQ(end->state, REPORT_UDP);
		ASSERT_EQ(end->bytes, end->packets * (28 + n % 1000)) << n;
		ASSERT_EQ(end->payload, end->packets * (n % 1000)) << n;
	}
	ASSERT_GT(a.packets + b.packets, 0u);
	ASSERT_EQ(!!(row.flags & REPORT_ONEWAY), a.packets == 0 || b.packets == 0);
	ASSERT_LE(row.opened_us, row.last_us);
}

/* Of the worker, before the reader ends: however busy the machine is, both have had their turns. */
constexpr unsigned BURSTS_LEAST = 1000;

/* Moves flows below `universe` as fast as it can until it is told to stop. */
void
hammer(track *worker, uint32_t universe, const std::atomic<bool> &stop,
       std::atomic<unsigned> &bursts)
{
	uint64_t now_us = 1000 * SEC;
	uint32_t seed = 1;

	while (!stop) {
		packet packets[PACKET_BURST_MAX];

		for (packet &pk : packets) {
			seed = seed * 1664525 + 1013904223;
			pk = telling_packet((seed >> 8) % universe, seed >> 30 & 1);
			pk.time_us = now_us += 20;
		}
		/* again and again: making packets takes longer than moving flows */
		for (int i = 0; i < 20; i++) {
			for (packet &pk : packets)
				pk.verdict = PACKET_TRACKED;
			support::burst(worker, packets, PACKET_BURST_MAX);
		}
		track_poll(worker, now_us);
		bursts++;
	}
}

/*
 * One thread moves flows, the other reads. Each packet of flow n has the same size, so bytes and packets
 * must agree. With two flows each is written all the time; with many, numbers change hands.
 */
TEST(TrackSnapshot, RowsAreNeverTorn)
{
	for (uint32_t universe : {2, 100000}) {
		Engine engine(256);
		std::atomic<bool> stop{false};
		track *worker = engine.get();
		std::atomic<unsigned> bursts{0};
		std::thread thread(hammer, worker, universe, std::cref(stop), std::ref(bursts));
		uint64_t rows_seen = 0;
		const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(500);

		while (!HasFatalFailure() && (std::chrono::steady_clock::now() < end ||
		                              bursts < BURSTS_LEAST || rows_seen <= 1000)) {
			snapshot_clock clock = {snapshot_now_us(worker), 0, nullptr};
			report_row rows[32];

			for (uint32_t next = 0; next != UINT32_MAX && !HasFatalFailure();) {
				unsigned n = support::snapshot_rows(worker, &clock, SNAPSHOT_ALL, &next,
				                                 64, rows, 32);

				for (unsigned i = 0; i < n && !HasFatalFailure(); i++)
					verify_telling_row(rows[i]);
				rows_seen += n;
			}
		}
		stop = true;
		thread.join();
		EXPECT_EQ(engine.stats().flows_evicted > 100, universe > 256);
	}
}

/* Orders go to and fro while packets are handled: each is answered once. */
TEST(TrackSnapshot, OrdersToAWorkerAtWork)
{
	Engine engine(256);
	std::atomic<bool> stop{false};
	track *worker = engine.get();

	std::thread thread([&] {
		uint64_t now_us = 1000 * SEC;
		uint32_t i = 0;

		while (!stop) {
			packet pk = telling_packet(i++ % 200, true);

			pk.time_us = ++now_us;
			support::burst(worker, &pk, 1);
			track_poll(worker, now_us);
		}
	});

	unsigned done = 0, gone = 0;
	for (uint32_t i = 0; done + gone < 300; i++) {
		uint32_t next = i % 200;
		snapshot_clock clock = {0, 0, nullptr};
		report_row row;

		if (support::snapshot_rows(worker, &clock, SNAPSHOT_ALL, &next, 1, &row, 1) == 0)
			continue;
		int given = snapshot_order_drop(worker, row.id), answered;
		ASSERT_EQ(given, 0);
		while ((answered = snapshot_answer(worker)) == -EINPROGRESS)
			std::this_thread::yield();
		ASSERT_TRUE(answered == 0 || answered == -ENOENT);
		(answered == 0 ? done : gone)++;
	}
	stop = true;
	thread.join();
	EXPECT_GT(done, 0u);
	EXPECT_EQ(engine.stats().flows_dropped, done);
}

} // namespace
