// SPDX-License-Identifier: BSD-3-Clause
// Notes on sockets wait a little, keep their order and their times, and are all entered.

#include <gtest/gtest.h>

#include "endpoint_copy.h"
#include "engine.h"

namespace
{

using support::Engine;
using support::MS;
using support::SEC;
using support::Talk;

/* The record of the server, as it is now; its name is 0 where there is none. */
endpoint
record(const Engine &engine, const Talk &talk, uint8_t proto)
{
	flow_key flow, key;
	endpoint_copy copy;
	uint64_t a[2] = {0, talk.a_addr}, b[2] = {0, talk.b_addr};
	unsigned dir = flow_key_make(&flow, a, b, talk.a_port, talk.b_port, 0, proto, 0);

	endpoint_key(&key, &flow, !dir);
	uint32_t number = endpoint_table_find(&engine->endpoints, &key,
	                                      flow_hash(&engine->table->secret, &key));
	if (number == ENDPOINT_NONE)
		return endpoint{};
	endpoint_copy_take(&engine->endpoints, number, &copy);
	return copy.record;
}

TEST(TrackNotes, WaitForOthersButNotForLong)
{
	Engine engine;
	Talk talk(1);

	engine.send_each(talk.opening());
	EXPECT_EQ(record(engine, talk, PACKET_PROTO_TCP).name, 0u);
	engine.pass(ENDPOINT_EVENTS_LATE_US - 1);
	EXPECT_EQ(record(engine, talk, PACKET_PROTO_TCP).name, 0u);
	engine.pass(1);
	endpoint entered = record(engine, talk, PACKET_PROTO_TCP);
	EXPECT_NE(entered.name, 0u);
	EXPECT_EQ(endpoint_accepted(&entered), 1u);
	EXPECT_EQ((uint64_t)entered.last_us, 1000 * SEC) << "when it was, not when it was entered";
}

TEST(TrackNotes, AFullQueueIsEntered)
{
	Engine engine;

	for (uint32_t n = 0; n < ENDPOINT_EVENTS_MAX; n++) /* two notes each */
		engine.send_each(Talk(n).opening());
	endpoint entered = record(engine, Talk(1), PACKET_PROTO_TCP);
	EXPECT_GE(endpoint_accepted(&entered), ENDPOINT_EVENTS_MAX / 2u - 1);
	endpoint_event_apply(&engine->endpoint_events);
	entered = record(engine, Talk(1), PACKET_PROTO_TCP);
	EXPECT_EQ(endpoint_accepted(&entered), (uint64_t)ENDPOINT_EVENTS_MAX);
}

/* Both ends of a UDP flow are noted in a row: wherever in the queue that falls. */
TEST(TrackNotes, PairsStayTogether)
{
	for (uint32_t before = 0; before < ENDPOINT_EVENTS_MAX; before++) {
		Engine engine;
		Talk one(1, 53), two(2, 53);

		for (uint32_t n = 0; n < before; n++)
			engine.send(Talk(1000 + n, 80).b("S.", 0, 1));
		engine.send_each({one.udp_a(1), one.udp_b(1)});
		endpoint_event_apply(&engine->endpoint_events);
		ASSERT_EQ(record(engine, one, PACKET_PROTO_UDP).flags,
		          ENDPOINT_ANSWERED | ENDPOINT_ONE_PEER);
		engine.send_each({two.udp_a(1), two.udp_b(1)});
		endpoint_event_apply(&engine->endpoint_events);
		ASSERT_EQ(record(engine, two, PACKET_PROTO_UDP).flags,
		          ENDPOINT_ANSWERED | ENDPOINT_ONE_PEER | ENDPOINT_MANY_PEERS);
	}
}

/* What is counted does not wrap into what stands beside it. */
TEST(TrackNotes, LargeCountsGoOnOrStay)
{
	Engine engine;
	Talk talk(1), refused(2);

	engine.send_each(talk.opening());
	endpoint_event_apply(&engine->endpoint_events);
	endpoint *record_of = nullptr;
	for (uint32_t i = 0; i < endpoint_table_capacity(&engine->endpoints); i++)
		if (engine->endpoints.records[i].name != 0)
			record_of = &engine->endpoints.records[i];
	ASSERT_NE(record_of, nullptr);
	record_of->accepted_lo = record_of->asked_lo = record_of->refused = UINT32_MAX;
	engine.send_each(Talk(3).opening());
	engine.send_each({refused.a("S", 0), refused.b("R.", (uint32_t)-9000, 1)});
	endpoint_event_apply(&engine->endpoint_events);
	EXPECT_EQ(endpoint_accepted(record_of), UINT64_C(1) << 32);
	EXPECT_EQ(endpoint_asked(record_of), (UINT64_C(1) << 32) + 1);
	EXPECT_EQ(record_of->refused, UINT32_MAX);
	EXPECT_EQ(record_of->unanswered, 0u);
}

} // namespace
