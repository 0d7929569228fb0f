// SPDX-License-Identifier: BSD-3-Clause
// All that worker and control core share but entries, which track_torture_test.cc has: counters, clock,
// orders, the ring of events, paths of tunnels. Two real threads write and read each as fast as they can.
// What is wrong in the values fails here; what is wrong in the way they are written or read is found under
// ThreadSanitizer (races_tsan.py), for which the tests whose names begin with Broken break the rules.

#include <atomic>
#include <cstring>
#include <functional>
#include <thread>

#include <gtest/gtest.h>

#include "engine.h"
#include "report_path.h"
#include "snapshot_endpoint.h"
#include "snapshot_event.h"

namespace
{

using support::Engine;
using support::MS;
using support::SEC;
using support::Talk;

#ifdef BASE_SANITIZES_THREADS
constexpr unsigned TURNS = 20000;
#else
constexpr unsigned TURNS = 200000;
#endif

/* Runs the worker's turn again and again, with its number, until the other function returns. */
void
beside(const std::function<void(uint32_t turn)> &worker, const std::function<void()> &control)
{
	std::atomic<bool> stop{false};
	std::thread thread([&] {
		for (uint32_t turn = 1; !stop; turn++)
			worker(turn);
	});

	control();
	stop = true;
	thread.join();
}

/* One packet of a UDP flow of its own; what was before ends soon. */
void
open_flow(Engine &engine, uint32_t n)
{
	packet pk = Talk(n).udp_a(n % 1000);

	engine.now_us += MS;
	pk.time_us = engine.now_us;
	support::burst(engine.get(), &pk, 1);
	track_poll(engine.get(), engine.now_us);
}

void
short_lives(track_config &config)
{
	for (uint64_t &us : config.settings.timers.us)
		us = 10 * MS;
}

/* Flows of UDP come and go all the time: TCP has none, and the parts make the whole. */
TEST(Race, StatsAddUp)
{
	Engine engine(64, short_lives);

	beside([&](uint32_t turn) { open_flow(engine, turn); },
	       [&] {
		       report_stats stats = {};

		       for (unsigned i = 0; i < TURNS || stats.flows_expired < 1000; i++) {
			       stats = engine.stats();
			       ASSERT_EQ(stats.flows_tcp, 0u);
			       ASSERT_EQ(stats.flows_udp, stats.flows_live);
			       ASSERT_EQ(stats.received, stats.tracked + stats.ignored);
		       }
	       });
}

/* New settings while they are shown; and a clock that is read while packets, polls and a capture's end set it. */
TEST(Race, SettingsAndClock)
{
	static const uint32_t windows[] = {1000, 2000};
	Engine engine(64, short_lives);

	beside(
	    [&](uint32_t turn) {
		    open_flow(engine, turn);
		    track_advance(engine.get(), ++engine.now_us);
	    },
	    [&] {
		    track_settings settings = engine->settings;
		    uint64_t before_us = 0;

		    for (unsigned i = 0, taken = 0; i < TURNS || taken < 100; i++) {
			    uint64_t now_us = snapshot_now_us(engine.get());
			    uint32_t window_us = engine.stats().copy_window_us;

			    ASSERT_GE(now_us, before_us);
			    before_us = now_us;
			    ASSERT_TRUE(window_us == 5000 || window_us == 1000 || window_us == 2000) << window_us;
			    settings.duplicate_window_us = windows[i % 2];
			    snapshot_order_settings(engine.get(), &settings);
			    taken += snapshot_answer(engine.get()) == 0;
		    }
	    });
}

/* Flows are dropped by orders while their numbers are given to others. */
TEST(Race, DropsAmongFlows)
{
	Engine engine(64, short_lives);

	beside([&](uint32_t turn) { open_flow(engine, turn); },
	       [&] {
		       unsigned dropped = 0;

		       for (unsigned i = 0; i < TURNS || dropped < 100; i++) {
			       snapshot_clock clock = {1000 * SEC, 0, nullptr};
			       uint32_t next = i % 16;
			       report_row row;
			       int answer = snapshot_answer(engine.get());

			       ASSERT_TRUE(answer == 0 || answer == -EINPROGRESS || answer == -ENOENT);
			       dropped += answer == 0;
			       if (support::snapshot_rows(engine.get(), &clock, SNAPSHOT_ALL, &next, 1, &row, 1) == 1)
				       snapshot_order_drop(engine.get(), row.id);
		       }
		       EXPECT_GE(engine.stats().flows_dropped, dropped);
	       });
}

/* --- tunnels and events --------------------------------------------------------------------- */

/* Flow n in a network of its own, with payload that follows from it. */
void
open_in_network(Engine &engine, uint32_t n)
{
	static thread_local packet_path path;
	packet pk = Talk(n).udp_a(n % 1000);

	path.level[0] = {{0, 1}, {0, 2}, n & 0xffffff, PACKET_TUNNEL_VXLAN, 4, 1, 0};
	pk.path = &path;
	pk.tunnels = 1;
	pk.time_us = ++engine.now_us;
	support::burst(engine.get(), &pk, 1);
	track_poll(engine.get(), engine.now_us);
}

uint32_t
number_of(const report_row &row)
{
	uint32_t addr;

	memcpy(&addr, row.client.addr, 4);
	return (__builtin_bswap32(addr) - 0x0a000000) * 20000 + row.client.port - 30000;
}

/* Empty: the row is of one flow. */
std::string
mistake_of(const report_row &row)
{
	uint32_t n = number_of(row);

	if (row.vni != REPORT_NO_VNI && row.vni != (n & 0xffffff))
		return "flow " + std::to_string(n) + " in network " + std::to_string(row.vni);
	return row.client.payload == n % 1000 ? "" : "the payload is another flow's";
}

/* All rows, and all sockets, which name their networks too. */
uint64_t
read_rows(track *track)
{
	snapshot_endpoint_view view = {&track, 1, 0, 1};
	snapshot_clock clock = {UINT64_C(1) << 46, 0, nullptr};
	report_row rows[64];
	report_listen sockets[64];
	uint32_t next = 0;
	unsigned n = support::snapshot_rows(track, &clock, SNAPSHOT_ALL, &next, UINT32_MAX, rows, 64);

	for (unsigned i = 0; i < n; i++)
		EXPECT_EQ(mistake_of(rows[i]), "");
	for (next = 0; next != UINT32_MAX;)
		snapshot_endpoint_rows(&view, &clock, &next, 64, sockets, 64);
	return n;
}

/*
 * So many networks that the records of their paths are given to others again and again, while rows, sockets
 * and events are read that name them.
 */
TEST(Race, PathsInRowsSocketsAndEvents)
{
	report_paths paths = {};
	Engine engine(64, [&](track_config &config) {
		config.sockets = ENDPOINT_CAPACITY_MIN;
		config.paths = &paths;
	});
	std::atomic<uint32_t> opened{0};

	beside(
	    [&](uint32_t turn) {
		    open_in_network(engine, turn);
		    opened = turn;
	    },
	    [&] {
		    uint64_t rows = 0, events = 0, networks = 0, lost = 0, next = 0;
		    snapshot_clock clock = {0, 0, nullptr};
		    track_event event;
		    report_full full;

		    /* Records are given anew after 65,536 bursts. */
		    for (unsigned turn = 0; opened < 200000 || rows < 1000 || events < 1000; turn++) {
			    rows += read_rows(engine.get());
			    if (turn % 8 == 0) { // comes and goes
				    ASSERT_EQ(snapshot_event_listen(engine.get(), turn % 16 == 0), 0);
				    next = snapshot_event_begin(engine.get());
			    }
			    for (unsigned i = 0; i < 500; i++) {
				    if (!snapshot_event_read(engine.get(), &next, &event, &lost))
					    break;
				    snapshot_event_row(engine.get(), &clock, &event, &full);
				    ASSERT_EQ(mistake_of(full.row), "");
				    networks += full.row.vni != REPORT_NO_VNI;
				    events++;
			    }
		    }
		    EXPECT_GT(networks, events / 2);
	    });
	report_paths_free(&paths);
}

/* --- broken on purpose ---------------------------------------------------------------------- */

BASE_NOINLINE void
read_a_record_plainly(track_event *to, const track_event *from)
{
	const uint32_t *words = (const uint32_t *)from;

	for (size_t i = 0; i < sizeof(*from) / sizeof(*words); i++)
		((uint32_t *)to)[i] = ((const volatile uint32_t *)words)[i];
}

/* A listener that copies as if nobody wrote it the record that is written next. */
TEST(Race, BrokenListenerIsCaught)
{
	Engine engine(64, short_lives);
	track_event event;

	ASSERT_EQ(snapshot_event_listen(engine.get(), 1), 0);
	beside([&](uint32_t turn) { open_flow(engine, turn); },
	       [&] {
		       const uint64_t end = snapshot_event_begin(engine.get()) + 2 * TRACK_EVENTS_RING;
		       uint64_t next;

		       while ((next = snapshot_event_begin(engine.get())) < end)
			       read_a_record_plainly(
				       &event, &engine->events_ring->records[next % TRACK_EVENTS_RING]);
	       });
}

} // namespace
