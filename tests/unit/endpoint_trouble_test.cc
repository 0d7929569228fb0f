// SPDX-License-Identifier: BSD-3-Clause
// Troubles queued: to which cases they go, and what the socket's own record has of them.

#include <gtest/gtest.h>

#include "trouble_fixture.h"

#include "listen.h"

namespace
{

using support::MS;
using support::SEC;
using support::Talk;
using support::Troubled;

/* Full or late, the queue is emptied; every trouble arrives once. */
TEST(EndpointTrouble, MoreThanTheQueueHolds)
{
	Troubled engine;
	const unsigned n = 3 * ENDPOINT_TROUBLES_MAX + 5;

	engine.verified = false;
	engine.send_each(Talk(0).opening());
	for (uint32_t i = 1; i <= n; i++) {
		engine.send(Talk(i).a("S", 0));
		engine.send(Talk(i).b("R.", 0, 1));
	}
	EXPECT_LT(engine->troubles.queue.n, (unsigned)ENDPOINT_TROUBLES_MAX);
	EXPECT_EQ(engine.count(Talk(0), REPORT_TROUBLE_REFUSED), n);
	EXPECT_EQ(engine->troubles.queue.n, 0u) << "it waits for some milliseconds at most";
}

/* Connections of two networks, and one server: a case of it, and one of each way. */
TEST(EndpointTrouble, ACaseForEachNetworkOfClients)
{
	Troubled engine;
	Talk near(1), far(2);

	far.a_addr = __builtin_bswap32(0x0a630201);
	for (const Talk &talk : {near, far}) {
		engine.send_each(talk.opening());
		engine.send(talk.a(".", 1, 1, 100));
		engine.after(300 * MS, talk.a(".", 1, 1, 100));
	}
	unsigned sockets = 0, paths = 0;
	for (const report_case &one : engine.cases()) {
		const report_run &run = one.runs[REPORT_TROUBLE_LOST_BEHIND_CLIENT];

		EXPECT_EQ(run.count, one.client_bits == 0 ? 2u : 1u);
		EXPECT_EQ(one.client_bits != 0 ? one.client[3] : 0, 0) << "a network of 24 bits";
		sockets += one.client_bits == 0;
		paths += one.client_bits == 24;
	}
	EXPECT_EQ(sockets, 1u);
	EXPECT_EQ(paths, 2u);
}

/* What `listen` shows of it lasts longer than a run. */
TEST(EndpointTrouble, TheSocketKnowsToo)
{
	Troubled engine;
	Talk refused(1), reset(2), cut(3);
	uint64_t first_us;

	engine.send_each(Talk(9).opening());
	engine.send(refused.a("S", 0));
	engine.send(refused.b("R.", 0, 1));
	first_us = engine.now_us;
	engine.pass(10 * SEC);
	for (const Talk &talk : {reset, cut})
		engine.send_each(talk.opening());
	engine.send(reset.a("R.", 1, 1));
	engine.send(cut.b("R.", 1, 1));
	engine.pass(20 * MS);
	report_listen row = support::listen_row(engine, Talk(9).b_addr, Talk(9).b_port);
	EXPECT_EQ(row.resets[0], 1u);
	EXPECT_EQ(row.resets[1], 1u);
	EXPECT_EQ(row.ended[REPORT_END_RST], 2u);
	EXPECT_NEAR((double)row.refused_first_us, (double)first_us, 1e5);
	EXPECT_EQ(row.accepted, 3u);
	EXPECT_NEAR((double)row.accepted_us, (double)engine.now_us, 2e5);
}

} // namespace
