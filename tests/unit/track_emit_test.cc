// SPDX-License-Identifier: BSD-3-Clause
// The ring of events: what is written of a flow's life, who may read it, and what overflows.

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "snapshot.h"
#include "snapshot_event.h"
#include "engine.h"
#include "track_emit.h"

namespace
{

using support::Engine;
using support::MS;
using support::SEC;
using support::Talk;

const char *const KINDS[] = {"opened", "state", "ended"};
const char *const CAUSES[] = {"", "fin", "rst", "timeout", "evicted", "dropped", "reused"};

/* Reads all that has come since the last time. */
class Listener
{
public:
	explicit Listener(Engine &which) : engine(which)
	{
		EXPECT_EQ(snapshot_event_listen(engine.get(), 1), 0);
		next = snapshot_event_begin(engine.get());
	}

	bool
	read(report_full &full)
	{
		const snapshot_clock clock = {0, 0, nullptr};

		if (snapshot_event_read(engine.get(), &next, &event, &lost) == 0)
			return false;
		snapshot_event_row(engine.get(), &clock, &event, &full);
		return true;
	}

	/* "opened SYN_SENT CLOSED", "ended fin ...": one a line. */
	std::string
	text()
	{
		std::string all;
		report_full full;

		while (read(full)) {
			all += KINDS[event.about.kind];
			if (event.about.kind == TRACK_EVENT_ENDED)
				all += std::string(" ") + CAUSES[full.row.end_cause];
			if (full.row.client.state != REPORT_UDP)
				all += std::string(" ") + support::state_name((tcp_state)full.row.client.state) +
				       " " + support::state_name((tcp_state)full.row.server.state);
			all += "\n";
		}
		return all;
	}

	std::vector<report_full>
	rows()
	{
		std::vector<report_full> all;
		report_full full;

		while (read(full))
			all.push_back(full);
		return all;
	}

	Engine &engine;
	uint64_t next = 0, lost = 0;
	track_event event = {};
};

TEST(TrackEvents, TheLifeOfAConnection)
{
	Engine engine;
	Listener listener(engine);
	Talk talk(1);

	engine.send_each(talk.opening());
	engine.send(talk.a(".", 1, 1, 100));
	engine.send(talk.b(".", 1, 101, 1400));
	engine.send_each({talk.a("F.", 101, 1401), talk.b("F.", 1401, 102), talk.a(".", 102, 1402)});
	EXPECT_EQ(listener.text(), "opened SYN_SENT CLOSED\n"
	                           "state SYN_SENT SYN_RECEIVED\n"
	                           "state ESTABLISHED ESTABLISHED\n"
	                           "state FIN_WAIT_1 CLOSE_WAIT\n"
	                           "state TIME_WAIT LAST_ACK\n"
	                           "state TIME_WAIT CLOSED\n");
	engine.pass(300 * SEC);
	EXPECT_EQ(listener.text(), "ended fin TIME_WAIT CLOSED\n");
	EXPECT_EQ(listener.lost, 0u);
}

/* The row of each event is that of the flow right after the packet. */
TEST(TrackEvents, RowsAreThoseOfTheMoment)
{
	Engine engine;
	Listener listener(engine);
	Talk talk(1);
	std::vector<packet> packets = talk.opening();
	unsigned seen = 0;

	packets.push_back(talk.a(".", 1, 1, 100));
	packets.push_back(talk.b(".", 1, 101, 1400));
	packets.push_back(talk.a("F.", 101, 1401));
	packets.push_back(talk.b("F.", 1401, 102));
	packets.push_back(talk.a(".", 102, 1402));
	for (const packet &pk : packets) {
		engine.now_us += 777;
		engine.send(pk);
		for (const report_full &got : listener.rows()) {
			report_full want = engine.full(talk);

			EXPECT_EQ(memcmp(&got, &want, sizeof(got)), 0) << "packet " << seen;
			EXPECT_EQ(listener.event.about.at_us, engine.now_us);
			seen++;
		}
	}
	EXPECT_EQ(seen, 6u);
}

TEST(TrackEvents, StatesBeforeAreTold)
{
	Engine engine;
	Listener listener(engine);
	Talk talk(1);
	report_full full;

	engine.send(talk.a("S", 0));
	ASSERT_TRUE(listener.read(full));
	engine.send(talk.b("R.", 0, 1));
	ASSERT_TRUE(listener.read(full));
	unsigned client = entry_client(&listener.event.entry);
	EXPECT_EQ(listener.event.about.was[client], TCPS_SYN_SENT);
	EXPECT_EQ(listener.event.about.was[!client], TCPS_CLOSED);
	EXPECT_EQ(full.row.end_cause, REPORT_END_RST);
	EXPECT_EQ(full.row.client.state, REPORT_CLOSED);
}

TEST(TrackEvents, WhyFlowsEnd)
{
	Engine engine(64);
	Listener listener(engine);
	Talk idle(1), refused(2), dropped(3);

	engine.send(idle.udp_a(10));
	EXPECT_EQ(listener.text(), "opened\n");
	engine.pass(40 * SEC);
	EXPECT_EQ(listener.text(), "ended timeout\n");

	engine.send(refused.a("S", 0));
	engine.send(refused.b("R.", 0, 1));
	engine.pass(20 * SEC);
	EXPECT_EQ(listener.text(), "opened SYN_SENT CLOSED\nstate CLOSED CLOSED\n"
	                           "ended rst CLOSED CLOSED\n");

	engine.send_each(dropped.opening());
	ASSERT_EQ(snapshot_order_drop(engine.get(), engine.row(dropped).id), 0);
	engine.pass(1 * MS);
	EXPECT_EQ(snapshot_answer(engine.get()), 0);
	EXPECT_EQ(listener.text(), "opened SYN_SENT CLOSED\nstate SYN_SENT SYN_RECEIVED\n"
	                           "state ESTABLISHED ESTABLISHED\n"
	                           "ended dropped ESTABLISHED ESTABLISHED\n");
}

TEST(TrackEvents, AFullTable)
{
	Engine engine(64);
	Listener listener(engine);
	unsigned opened = 0, evicted = 0;
	report_full full;

	for (uint32_t n = 0; n < 100; n++)
		engine.send(Talk(n).a("S", 0));
	while (listener.read(full)) {
		opened += listener.event.about.kind == TRACK_EVENT_OPENED;
		evicted += listener.event.about.kind == TRACK_EVENT_ENDED &&
		           full.row.end_cause == REPORT_END_EVICTED;
	}
	EXPECT_EQ(opened, engine.stats().flows_created);
	EXPECT_EQ(evicted, engine.stats().flows_evicted);
	EXPECT_EQ(opened - evicted, engine.stats().flows_live);
	EXPECT_GT(evicted, 0u);
}

/* Its end is told when it is replaced, and not again when its row goes. */
TEST(TrackEvents, ATupleThatIsUsedAgain)
{
	Engine engine;
	Listener listener(engine);
	Talk talk(1), next(1);

	engine.send_each(talk.opening());
	engine.send_each(talk.closing());
	listener.text();
	next.a_isn += 100000;
	engine.now_us += SEC;
	engine.send(next.a("S", 0));
	EXPECT_EQ(listener.text(), "ended fin TIME_WAIT CLOSED\nopened SYN_SENT CLOSED\n");
	engine.pass(400 * SEC);
	EXPECT_EQ(listener.text(), "ended timeout SYN_SENT CLOSED\n");
	EXPECT_EQ(engine.stats().flows_live, 0u);
}

/* Counters that have outgrown the entry are in the record of one that is gone. */
TEST(TrackEvents, LargeCounters)
{
	Engine engine;
	Listener listener(engine);
	Talk talk(1);
	const unsigned n = 40000;

	engine.verified = false;
	for (unsigned i = 0; i < n; i++)
		engine.send(talk.udp_a(1400));
	engine.verified = true;
	engine.pass(300 * SEC);
	std::vector<report_full> rows = listener.rows();
	ASSERT_EQ(rows.size(), 2u);
	EXPECT_EQ(rows[1].row.client.packets, n);
	EXPECT_EQ(rows[1].row.client.payload, n * 1400u);
	EXPECT_EQ(rows[1].row.end_cause, REPORT_END_TIMEOUT);
}

TEST(TrackEvents, NothingIsWrittenForNobody)
{
	Engine engine;

	engine.send(Talk(1).a("S", 0));
	EXPECT_EQ(engine->events_ring, nullptr) << "no memory either";
	Listener listener(engine);
	engine.send(Talk(2).a("S", 0));
	EXPECT_EQ(listener.rows().size(), 1u);
	EXPECT_EQ(snapshot_event_listen(engine.get(), 0), 0);
	engine.send(Talk(3).a("S", 0));
	EXPECT_EQ(listener.rows().size(), 0u);
	Listener late(engine);
	EXPECT_EQ(late.rows().size(), 0u) << "begins with what comes";
	engine.send(Talk(4).a("S", 0));
	EXPECT_EQ(late.rows().size(), 1u);
}

TEST(TrackEvents, WhoFallsBehindIsToldHowFar)
{
	const uint32_t n = TRACK_EVENTS_RING * 3 / 2;
	Engine engine(2 * n);
	Listener slow(engine), quick(engine);
	uint64_t heard = 0;

	engine.verified = false;
	for (uint32_t i = 0; i < n; i++) {
		engine.send(Talk(i).udp_a(10));
		if (i % 1000 == 0)
			heard += quick.rows().size();
	}
	heard += quick.rows().size();
	EXPECT_EQ(heard, n);
	EXPECT_EQ(quick.lost, 0u) << "who reads loses nothing by another that does not";
	std::vector<report_full> rows = slow.rows();
	EXPECT_EQ(slow.lost + rows.size(), n);
	EXPECT_GE(slow.lost, n - TRACK_EVENTS_RING);
	EXPECT_GT(rows.size(), TRACK_EVENTS_RING / 2u);
	ASSERT_FALSE(rows.empty());
	EXPECT_EQ(rows.front().row.client.port, Talk((uint32_t)slow.lost).a_port);
	EXPECT_EQ(rows.back().row.client.port, Talk(n - 1).a_port);
	engine.send(Talk(n + 1).udp_a(10));
	EXPECT_EQ(slow.rows().size(), 1u) << "and goes on";
}

/* The last of a full ring: readable up to the moment at which it is written over. */
TEST(TrackEvents, AFullRing)
{
	Engine engine(2 * TRACK_EVENTS_RING);
	Listener listener(engine);

	engine.verified = false;
	for (uint32_t i = 0; i < TRACK_EVENTS_RING - 1; i++)
		engine.send(Talk(i).udp_a(10));
	EXPECT_EQ(listener.rows().size(), TRACK_EVENTS_RING - 1u);
	EXPECT_EQ(listener.lost, 0u);
	for (uint32_t i = 0; i < TRACK_EVENTS_RING; i++)
		engine.send(Talk(TRACK_EVENTS_RING + i).udp_a(10));
	EXPECT_LT(listener.rows().size(), (size_t)TRACK_EVENTS_RING);
	EXPECT_GT(listener.lost, 0u);
}

/*
 * A worker that writes as fast as it can, over and over, and a reader that sometimes falls behind:
 * every record is whole, in order, and none is neither read nor counted.
 */
TEST(TrackEvents, ReadWhileItIsWritten)
{
#ifdef BASE_SANITIZES_THREADS
	const uint32_t n = 50000;
#else
	const uint32_t n = 200000;
#endif
	Engine engine(64);
	Listener listener(engine);
	std::atomic<bool> done{false};
	uint64_t heard = 0, previous_us = 0;
	report_full full;

	engine.verified = false;
	std::thread worker([&] {
		for (uint32_t i = 1; i <= n; i++) {
			engine.now_us++;
			engine.send(Talk(i).udp_a(i % 1000));
		}
		done = true;
	});
	for (bool last = false;;) {
		if (!listener.read(full)) {
			if (last)
				break;
			last = done;
			continue;
		}
		heard++;
		/* Each flow has one packet, and its opening is its time: a mixture would show. */
		EXPECT_EQ(full.row.opened_us, full.row.last_us);
		EXPECT_EQ(full.row.client.packets, 1u);
		EXPECT_EQ(full.row.client.bytes, full.row.client.payload + 28);
		if (listener.event.about.kind == TRACK_EVENT_OPENED) {
			EXPECT_EQ(full.row.opened_us, listener.event.about.at_us);
			EXPECT_EQ(full.row.client.payload, (listener.event.about.at_us - 1000 * SEC) % 1000);
		}
		EXPECT_GE(listener.event.about.at_us, previous_us);
		previous_us = listener.event.about.at_us;
		if (heard % (n / 4) == 0)
			std::this_thread::sleep_for(std::chrono::milliseconds(20));
	}
	worker.join();
	EXPECT_EQ(heard + listener.lost, snapshot_event_begin(engine.get()));
	EXPECT_GT(heard, 0u);
}

} // namespace
