// SPDX-License-Identifier: BSD-3-Clause
// Listeners of events over real engines: filters, order, what is missed, files.

#include <gtest/gtest.h>

#include "engine.h" /* of tests/support */
#include "query.h"
#include "report_event.h"
#include "snapshot_event.h"
#include "track_emit.h"

namespace
{

using support::SEC;
using support::Talk;

class QueryEvent : public ::testing::Test
{
protected:
	QueryEvent() : one(4096), two(4096, [](track_config &config) { config.worker = 1; config.workers = 2; })
	{
		tracks[0] = one.get();
		tracks[1] = two.get();
		rings.n = 2;
		rings.tracks = tracks;
		rings.clock = [](void *, snapshot_clock *clock) { *clock = {0, 500, nullptr}; };
		source.rings = &rings;
		/* The counters of two workers are not those of one. */
		one.verified = two.verified = false;
	}

	~QueryEvent() override { EXPECT_EQ(rings.listeners, 0u); }

	struct query *
	open(const char *filter, uint64_t limit = 0)
	{
		struct query_request request = {};
		int error;

		request.report = REPORT_ASK_EVENTS;
		request.filter = filter;
		request.sort = request.by = "";
		request.limit = limit;
		struct query *listener = query_open(&source, nullptr, &request, &error, text);
		EXPECT_EQ(listener == nullptr, error != 0);
		result = error;
		return listener;
	}

	/* All that there is now; `result` is what ended it. */
	std::vector<report_event>
	all(struct query *listener, unsigned max = 100)
	{
		std::vector<report_event> rows, some(max);

		do {
			std::fill(some.begin(), some.end(), report_event{});
			result = query_rows(listener, some.data(), max);
			EXPECT_LE(result, (int)max);
			for (int i = 0; i < result; i++)
				rows.push_back(some[(size_t)i]);
		} while (result > 0 || result == -EAGAIN);
		return rows;
	}

	support::Engine one, two;
	struct track *tracks[2];
	struct query_rings rings = {};
	struct query_source source = {};
	char text[QUERY_TEXT_MAX] = "";
	int result = 0;
};

TEST_F(QueryEvent, TwoListenersEachWithItsFilter)
{
	struct query *web = open("dport 443"), *closing = open("client.state fin-wait-1");
	Talk first(1), second(2, 80);

	for (const Talk &talk : {first, second}) {
		one.send_each(talk.opening());
		one.send(talk.a("F.", 1, 1));
	}
	std::vector<report_event> rows = all(web, 2);
	ASSERT_EQ(rows.size(), 4u);
	EXPECT_EQ(result, -EINPROGRESS);
	for (const report_event &event : rows)
		EXPECT_TRUE(first.is(event.row));
	EXPECT_EQ(rows[0].kind, REPORT_EVENT_OPENED);
	EXPECT_EQ(rows[3].kind, REPORT_EVENT_STATE);
	EXPECT_EQ(rows[3].was_client, REPORT_ESTABLISHED);
	EXPECT_EQ(rows[3].row.client.state, REPORT_FIN_WAIT_1);
	EXPECT_EQ(rows[3].time_us, one.now_us + 500);
	EXPECT_EQ(rows[3].row.last_us, one.now_us + 500);

	rows = all(closing);
	ASSERT_EQ(rows.size(), 2u);
	EXPECT_TRUE(first.is(rows[0].row));
	EXPECT_TRUE(second.is(rows[1].row));
	EXPECT_EQ(rows[1].was_server, REPORT_ESTABLISHED);
	query_close(web);
	one.send(first.a("R", 2));
	EXPECT_EQ(all(closing).size(), 0u) << "it ends in another state";
	query_close(closing);
}

/* An end that keeps its state says nothing of before. */
TEST_F(QueryEvent, OnlyWhatChangedIsTold)
{
	struct query *listener = open("");
	Talk talk(1);

	one.send(talk.a("S", 0));
	one.send(talk.b("S.", 0, 1));
	std::vector<report_event> rows = all(listener);
	ASSERT_EQ(rows.size(), 2u);
	EXPECT_EQ(rows[1].was_client, REPORT_EVENT_SAME);
	EXPECT_EQ(rows[1].was_server, REPORT_CLOSED);
	query_close(listener);
}

TEST_F(QueryEvent, TwoWorkersInTheOrderOfTime)
{
	struct query *listener = open("");

	for (uint32_t n = 0; n < 1000; n++) {
		support::Engine &engine = n % 3 == 0 ? two : one;

		one.now_us = two.now_us = one.now_us + 10;
		engine.send(Talk(n).udp_a(10));
	}
	std::vector<report_event> rows = all(listener, 7);
	ASSERT_EQ(rows.size(), 1000u);
	for (uint32_t n = 0; n < 1000; n++) {
		EXPECT_TRUE(Talk(n).is(rows[n].row));
		EXPECT_EQ(rows[n].row.worker, n % 3 == 0);
	}
	query_close(listener);
}

TEST_F(QueryEvent, WhoDoesNotReadIsToldWhatItMissed)
{
	const uint32_t n = 2 * TRACK_EVENTS_RING;
	struct query *slow = open("proto udp"), *quick = open("proto tcp");
	size_t quick_heard = 0;

	for (uint32_t i = 0; i < n; i++) {
		one.send(Talk(i % 4000).udp_a(10)); /* opened, or counted */
		one.now_us += i % 4000 == 3999 ? 100 * SEC : 0;
		if (i % 1000 == 0)
			quick_heard += all(quick).size();
	}
	quick_heard += all(quick).size();
	EXPECT_EQ(quick_heard, 0u) << "neither rows nor losses";
	const uint64_t written = snapshot_event_begin(one.get());
	ASSERT_GT(written, TRACK_EVENTS_RING * 2u);

	std::vector<report_event> rows = all(slow);
	ASSERT_GT(rows.size(), 1000u);
	EXPECT_EQ(rows[0].kind, REPORT_EVENT_LOST);
	EXPECT_EQ(rows[0].lost + rows.size() - 1, written);
	EXPECT_EQ(rings.lost, rows[0].lost) << "of all listeners";
	EXPECT_EQ(rows[0].time_us, rows[1].time_us);
	for (size_t i = 1; i < rows.size(); i++)
		ASSERT_NE(rows[i].kind, REPORT_EVENT_LOST);
	one.send(Talk(5000).udp_a(1));
	EXPECT_GE(all(slow).size(), 1u);
	query_close(quick);
	query_close(slow);
}

TEST_F(QueryEvent, ALimit)
{
	struct query *listener = open("client.port 30001", 2);
	Talk talk(1);

	one.send(Talk(2).udp_a(1));
	one.send_each(talk.opening());
	std::vector<report_event> rows = all(listener);
	EXPECT_EQ(rows.size(), 2u);
	EXPECT_EQ(result, 0) << "it is complete";
	query_close(listener);
}

TEST_F(QueryEvent, AWrongFilter)
{
	EXPECT_EQ(open("dport"), nullptr);
	EXPECT_EQ(result, -EINVAL);
	EXPECT_EQ(std::string(text).find("the filter, column "), 0u) << text;
	EXPECT_EQ(one->events, nullptr) << "nobody listens";
}

/* A source need not have events. */
TEST_F(QueryEvent, ASourceWithoutEvents)
{
	source.rings = nullptr;
	EXPECT_EQ(open(""), nullptr);
	EXPECT_EQ(result, -ENOTSUP);
}

TEST_F(QueryEvent, RingsAreOnWhileSomebodyListens)
{
	struct query *first = open(""), *second = open("");

	EXPECT_NE(two->events, nullptr);
	query_close(first);
	EXPECT_NE(two->events, nullptr);
	query_close(second);
	EXPECT_EQ(one->events, nullptr);
	EXPECT_EQ(two->events, nullptr);
	first = open("");
	one.send(Talk(1).udp_a(1));
	EXPECT_EQ(all(first).size(), 1u);
	query_close(first);
}

/* What a private daemon does: the engine moves on when it is asked. */
struct Steps {
	support::Engine *engine;
	unsigned left, done = 0;

	static int
	step(void *ctx)
	{
		Steps *self = static_cast<Steps *>(ctx);

		if (self->left == 0)
			return 0;
		self->left--;
		for (uint32_t i = 0; i < 64; i++, self->done++) {
			self->engine->now_us += 1000;
			self->engine->send(Talk(self->done).udp_a(10));
		}
		return 1;
	}
};

TEST_F(QueryEvent, FilesAreReadAsTheyAreAskedFor)
{
	Steps steps = {&one, 1000};

	rings.step = Steps::step;
	rings.step_ctx = &steps;
	ASSERT_EQ(snapshot_event_listen(one.get(), 1), 0);
	ASSERT_EQ(snapshot_event_listen(two.get(), 1), 0);
	Steps::step(&steps); /* before anybody asks: the listener begins there all the same */
	struct query *listener = open("");
	std::vector<report_event> some(10);
	EXPECT_EQ(query_rows(listener, some.data(), 10), 10);
	EXPECT_EQ(steps.done, 64u) << "no further than it must";
	std::vector<report_event> rows = all(listener);
	EXPECT_EQ(result, 0);
	size_t opened = 10;
	for (const report_event &event : rows) {
		ASSERT_NE(event.kind, REPORT_EVENT_LOST);
		opened += event.kind == REPORT_EVENT_OPENED;
	}
	EXPECT_EQ(opened, 64000u);
	query_close(listener);
}

} // namespace
