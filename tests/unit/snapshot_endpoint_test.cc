// SPDX-License-Identifier: BSD-3-Clause
// Records as rows: of one worker, of several, and while the worker writes.

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <atomic>
#include <chrono>
#include <map>
#include <thread>

#include "snapshot.h"
#include "listen.h"
#include "report_path.h"

namespace
{

using support::Engine;
using support::SEC;
using support::Talk;
using support::in;
using support::listen_row;
using support::listen_rows;

TEST(TrackListenRows, TimesAndPlace)
{
	Engine engine;
	Talk talk(1, 8080);
	track *tracks[] = {engine.get()};
	snapshot_endpoint_view view = {tracks, 1, 0, 0};
	snapshot_clock clock = {1030 * SEC, 5000 * (int64_t)SEC, nullptr};
	report_listen row;
	uint32_t next = 0;

	engine.send_each(talk.opening());
	engine.now_us += 10 * SEC;
	engine.send_each(Talk(2, 8080).opening());
	endpoint_event_apply(&engine->endpoint_events);
	unsigned n = 0;
	while (next != UINT32_MAX && n == 0)
		n = snapshot_endpoint_rows(&view, &clock, &next, 5, &row, 1);
	ASSERT_EQ(n, 1u);
	EXPECT_EQ(memcmp(row.addr, &talk.b_addr, 4), 0);
	EXPECT_EQ(row.port, 8080);
	EXPECT_EQ(row.proto, IPPROTO_TCP);
	EXPECT_EQ(row.ip_version, 4);
	EXPECT_EQ(row.vlan, REPORT_NO_VLAN);
	EXPECT_EQ(row.first_us, 6000 * SEC);
	EXPECT_EQ(row.last_us, 6010 * SEC);
	EXPECT_EQ(row.age_us, 30 * SEC);
	EXPECT_EQ(row.idle_us, 20 * SEC);
	EXPECT_EQ(row.accepted, 2u);
}

TEST(TrackListenRows, Ipv6)
{
	Engine engine;
	packet syn = Talk(1).a("S", 0), syn_ack = Talk(1).b("S.", 0, 1);
	uint8_t client[16] = {0x20, 1, 0xd, 0xb8, 1}, server[16] = {0x20, 1, 0xd, 0xb8, 2};

	syn.version = syn_ack.version = 6;
	memcpy(syn.src, client, 16);
	memcpy(syn.dst, server, 16);
	memcpy(syn_ack.src, server, 16);
	memcpy(syn_ack.dst, client, 16);
	engine.send(syn);
	engine.send(syn_ack);
	std::vector<report_listen> rows = listen_rows(engine, true);
	ASSERT_EQ(rows.size(), 1u);
	EXPECT_EQ(rows[0].ip_version, 6);
	EXPECT_EQ(memcmp(rows[0].addr, server, 16), 0);
}

TEST(TrackListenRows, TheVlanIsShownWhereItNamesAFlow)
{
	for (uint32_t identity : {0, 1}) {
		Engine engine(64, [&](track_config &c) { c.settings.identity.vlan = identity; });

		for (uint16_t vlan : {10, 20}) {
			std::vector<packet> packets = Talk(vlan).opening();

			for (packet &pk : packets)
				pk.vlan = vlan;
			engine.send_each(packets);
		}
		std::vector<report_listen> rows = listen_rows(engine, true);
		ASSERT_EQ(rows.size(), identity ? 2u : 1u);
		if (identity)
			EXPECT_EQ(rows[0].vlan + rows[1].vlan, 30);
		else
			EXPECT_EQ(rows[0].vlan, REPORT_NO_VLAN);
	}
}

/* One server, seen by three workers: one row, which is their sum; whoever comes first. */
TEST(TrackListenRows, WorkersAreMerged)
{
	std::vector<std::unique_ptr<Engine>> engines;
	std::vector<track *> tracks;
	Talk common(1, 443), silent(1, 444);
	uint64_t now_us = 0;

	for (uint32_t worker = 0; worker < 3; worker++) {
		Engine *engine = new Engine(128, [&](track_config &c) {
			c.worker = worker;
			c.workers = 3;
		});

		engines.emplace_back(engine);
		tracks.push_back(engine->get());
		engine->now_us += (3 - worker) * SEC;
		for (uint32_t n = 0; n < 10 * (worker + 1); n++)
			engine->send_each(Talk(100 * worker + n, 443).opening());
		if (worker > 0)
			engine->send_each(Talk(1000 + worker, (uint16_t)(1000 + worker)).opening());
		engine->send(worker == 2 ? silent.b("S.", 0, 1) : silent.a("S", 0));
		engine->send_each({Talk(50 + worker, 53).udp_a(1), Talk(50 + worker, 53).udp_b(1)});
		engine->advance(200 * SEC);
		now_us = std::max(now_us, engine->now_us);
	}
	std::vector<report_listen> rows = listen_rows(tracks, now_us, false);
	ASSERT_EQ(rows.size(), 5u) << "443, 444, 53, 1001 and 1002";
	for (const report_listen &row : rows) {
		if (row.port == 443) {
			EXPECT_EQ(row.accepted, 60u);
			EXPECT_EQ(row.asked, 60u);
			EXPECT_EQ(row.first_us, 1001 * SEC);
			EXPECT_EQ(row.last_us, 1003 * SEC);
		} else if (row.port == 444) {
			EXPECT_EQ(row.state, REPORT_LISTEN_LISTEN) << "the third worker saw it answer";
			EXPECT_EQ(row.unanswered, 2u);
		} else if (row.port == 53) {
			EXPECT_EQ(row.peers, REPORT_PEERS_MANY) << "one peer with each of three";
			EXPECT_EQ(row.state, REPORT_LISTEN_UNCONNECTED);
			EXPECT_EQ(row.accepted, 3u);
		} else {
			EXPECT_EQ(row.accepted, 1u);
		}
	}
	EXPECT_EQ(listen_rows(tracks, now_us, true).size(), 5u);
}

/* --- networks ------------------------------------------------------------------------------- */

struct Paths {
	report_paths paths = {};

	~Paths() { report_paths_free(&paths); }

	/* The ids of a row's networks, outermost first. */
	std::string
	ids(const report_listen &row) const
	{
		report_path path;
		std::string ids;

		report_paths_read(&paths, row.path, &path, nullptr);
		for (unsigned i = 0; i < path.n; i++)
			ids += (i > 0 ? " " : "") + std::to_string(path.step[i]->id);
		return ids;
	}
};

/* The worker has connections of one server in each of these networks, in this order. */
std::unique_ptr<Engine>
worker_of_networks(uint32_t worker, report_paths *paths, const std::vector<uint32_t> &vnis)
{
	auto engine = std::make_unique<Engine>(64, [&](track_config &c) {
		c.worker = worker;
		c.workers = 2;
		c.paths = paths;
	});

	for (uint32_t vni : vnis)
		for (const packet &pk : Talk(worker).opening())
			engine->send(in(pk, vni));
	return engine;
}

/*
 * Each worker numbers networks by itself: both have a number for 7, not the same one, and what is 7
 * to the first is 8 to the second.
 */
TEST(TrackListenRows, WorkersAreMergedByWhatTheirNetworksAre)
{
	Paths known;
	std::unique_ptr<Engine> one = worker_of_networks(0, &known.paths, {7, 8, 9});
	std::unique_ptr<Engine> two = worker_of_networks(1, &known.paths, {8, 7, 6});
	std::map<std::string, uint64_t> accepted;

	for (const packet &pk : Talk(7).opening())
		two->send(pk); // in none
	for (const report_listen &row : listen_rows({one->get(), two->get()}, two->now_us, false)) {
		EXPECT_TRUE(accepted.emplace(known.ids(row), row.accepted).second)
			<< "two rows of " << known.ids(row);
		EXPECT_EQ(row.vlan, REPORT_NO_VLAN);
	}
	EXPECT_EQ(accepted, (std::map<std::string, uint64_t>{
				    {"", 1}, {"6", 1}, {"7", 2}, {"8", 2}, {"9", 1}}));
}

/* A network within another, and behind a VLAN, is not the one that stands alone. */
TEST(TrackListenRows, NetworksWithinNetworks)
{
	Paths known;
	std::vector<std::unique_ptr<Engine>> engines;
	std::map<std::pair<unsigned, std::string>, uint64_t> accepted;

	for (uint32_t worker = 0; worker < 2; worker++)
		engines.push_back(std::make_unique<Engine>(64, [&](track_config &c) {
			c.worker = worker;
			c.workers = 2;
			c.paths = &known.paths;
			c.settings.identity.vlan = true;
		}));
	for (unsigned i = 0; i < 8; i++) {
		Engine &engine = *engines[i % 2];
		unsigned kind = (i / 2 + i % 2) % 4; // another order in each

		for (const packet &plain : Talk(i).opening()) {
			packet pk = in(plain, 7);

			pk.vlan = kind == 1 ? 5 : kind == 2 ? 6 : PACKET_NO_VLAN;
			if (kind == 3) {
				pk.path->level[1] = pk.path->level[0];
				pk.path->level[0].id = 3;
				pk.tunnels = 2;
			}
			engine.send(pk);
		}
	}
	for (const report_listen &row :
	     listen_rows({engines[0]->get(), engines[1]->get()}, engines[0]->now_us, false))
		EXPECT_TRUE(accepted.insert({{row.vlan, known.ids(row)}, row.accepted}).second);
	EXPECT_EQ(accepted, (std::map<std::pair<unsigned, std::string>, uint64_t>{
				    {{5, "7"}, 2},
				    {{6, "7"}, 2},
				    {{REPORT_NO_VLAN, "3 7"}, 2},
				    {{REPORT_NO_VLAN, "7"}, 2}}));
}

/* A hundred tenants, each with a server of the same address and port: none takes another's place. */
TEST(TrackListenRows, ManyNetworksWithOneSocket)
{
	Paths known;
	std::vector<std::unique_ptr<Engine>> engines;
	std::vector<uint32_t> vnis;
	std::map<std::string, uint64_t> accepted;

	for (uint32_t vni = 1; vni <= 100; vni++)
		vnis.push_back(vni * 1000);
	for (uint32_t worker = 0; worker < 2; worker++) {
		engines.push_back(std::make_unique<Engine>(1024, [&](track_config &c) {
			c.worker = worker;
			c.workers = 2;
			c.paths = &known.paths;
		}));
		for (uint32_t vni : vnis)
			for (const packet &pk : Talk(worker).opening())
				engines[worker]->send(in(pk, vni));
		std::reverse(vnis.begin(), vnis.end());
	}
	for (const report_listen &row :
	     listen_rows({engines[0]->get(), engines[1]->get()}, engines[0]->now_us, false))
		accepted[known.ids(row)] += row.accepted;
	EXPECT_EQ(accepted.size(), 100u);
	for (const auto &[ids, n] : accepted)
		EXPECT_EQ(n, 2u) << ids;
	EXPECT_EQ(engines[0]->get()->endpoints.replaced, 0u);
}

/* --- two threads ---------------------------------------------------------------------------- */

/* Of the worker, before the reader ends: however busy the machine is, both have had their turns. */
constexpr unsigned BURSTS_LEAST = 1000;

/* Handshakes with servers of which everything follows from one number. */
void
hammer(track *worker, uint32_t universe, const std::atomic<bool> &stop,
       std::atomic<unsigned> &bursts)
{
	uint64_t now_us = 1000 * SEC;
	uint32_t serial = 0;

	while (!stop) {
		packet packets[60];

		for (uint32_t i = 0; i < 60; i += 3) {
			uint32_t server = ++serial % universe;
			Talk talk(serial % 1000000, (uint16_t)(1000 + server % 30000));

			talk.a_isn = serial * 77777;
			talk.b_addr = __builtin_bswap32(0xc0000000 + server);
			packets[i] = talk.a("S", 0);
			packets[i + 1] = talk.b("S.", 0, 1);
			packets[i + 2] = talk.a(".", 1, 1);
		}
		for (packet &pk : packets)
			pk.time_us = now_us += 20;
		support::burst(worker, packets, 60);
		track_poll(worker, now_us);
		bursts++;
	}
}

/*
 * The worker makes, moves and replaces records while the reader copies them: the port of each row
 * follows from its address, and nothing was asked that was not accepted.
 */
TEST(TrackListenRows, RowsAreNeverTorn)
{
	for (uint32_t universe : {3, 100000}) {
		Engine engine(1024, [](track_config &c) {
			c.sockets = 64;
			c.settings.timers.us[TRACK_CLASS_ESTABLISHED] = 5000;
		});
		std::atomic<bool> stop{false};
		track *worker = engine.get();
		std::atomic<unsigned> bursts{0};
		std::thread thread(hammer, worker, universe, std::cref(stop), std::ref(bursts));
		const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(500);
		uint64_t rows_seen = 0, accepted = 0;

		while (!HasFatalFailure() && (std::chrono::steady_clock::now() < end ||
		                              bursts < BURSTS_LEAST || rows_seen <= 1000)) {
			snapshot_endpoint_view view = {&worker, 1, 0, 1};
			snapshot_clock clock = {snapshot_now_us(worker), 0, nullptr};
			report_listen rows[16];

			for (uint32_t next = 0; next != UINT32_MAX;) {
				unsigned n = snapshot_endpoint_rows(&view, &clock, &next, 64, rows, 16);

				for (unsigned i = 0; i < n; i++) {
					uint32_t addr;

					memcpy(&addr, rows[i].addr, 4);
					addr = __builtin_bswap32(addr) - 0xc0000000;
					EXPECT_EQ(rows[i].port, 1000 + addr % 30000);
					EXPECT_LT(addr, universe);
					EXPECT_EQ(rows[i].proto, IPPROTO_TCP);
					EXPECT_EQ(rows[i].asked, rows[i].accepted);
					EXPECT_LE(rows[i].first_us, rows[i].last_us);
					accepted += rows[i].accepted;
				}
				rows_seen += n;
			}
		}
		stop = true;
		thread.join();
		EXPECT_GT(accepted, 0u);
		EXPECT_EQ(engine->endpoints.replaced > 1000, universe > 64);
	}
}

} // namespace
