// SPDX-License-Identifier: BSD-3-Clause
// Openings by how they went, ends by cause, times by place: each connection in one place.

#include <gtest/gtest.h>

#include <numeric>

#include "engine.h"
#include "snapshot_metrics.h"

namespace
{

using support::Engine;
using support::MS;
using support::SEC;
using support::Talk;

class SnapshotMetrics : public ::testing::Test
{
protected:
	report_metrics
	now()
	{
		report_metrics metrics = {};

		snapshot_metrics(engine.get(), &metrics);
		return metrics;
	}

	/* Of all causes. */
	uint64_t
	ended()
	{
		const report_metrics metrics = now();

		return std::accumulate(std::begin(metrics.ended), std::end(metrics.ended), UINT64_C(0));
	}

	void
	expect_outcomes(std::vector<uint64_t> want)
	{
		const report_metrics metrics = now();

		EXPECT_EQ(std::vector<uint64_t>(metrics.outcomes, metrics.outcomes + REPORT_OUTCOMES), want);
	}

	void
	open(const Talk &talk, uint64_t server_us = 0, uint64_t client_us = 0)
	{
		engine.send(talk.a("S", 0));
		engine.now_us += server_us;
		engine.send(talk.b("S.", 0, 1));
		engine.now_us += client_us;
		engine.send(talk.a(".", 1, 1));
	}

	Engine engine;
};

TEST_F(SnapshotMetrics, AServerThatAcceptsIsASuccessAtOnceAndOnce)
{
	Talk talk(1);

	open(talk);
	expect_outcomes({1, 0, 0, 0, 0});
	engine.send(talk.a(".", 1, 1, 10));
	engine.send(talk.a("F.", 11, 1));
	engine.send(talk.b("F.", 1, 12));
	engine.send(talk.a(".", 12, 2));
	engine.advance(400 * SEC);
	expect_outcomes({1, 0, 0, 0, 0});
	EXPECT_EQ(now().ended[REPORT_END_FIN], 1u);
	EXPECT_EQ(ended(), 1u);
}

TEST_F(SnapshotMetrics, AResetOfTheServerRefusesAndOneOfTheClientGivesUp)
{
	Talk refused(1), given_up(2), reset(3);

	engine.send(refused.a("S", 0));
	engine.send(refused.b("R.", 0, 1));
	expect_outcomes({0, 1, 0, 0, 0});
	engine.send(given_up.a("S", 0));
	engine.send(given_up.b("S.", 0, 1));
	engine.send(given_up.a("R", 1));
	expect_outcomes({0, 1, 1, 0, 0});
	open(reset);
	engine.send(reset.b("R.", 1, 1));
	expect_outcomes({1, 1, 1, 0, 0});
	engine.advance(60 * SEC);
	expect_outcomes({1, 1, 1, 0, 0});
	EXPECT_EQ(now().ended[REPORT_END_RST], 3u);
}

TEST_F(SnapshotMetrics, WhatNobodyAnsweredTimesOut)
{
	Talk silent(1), half(2);

	engine.send(silent.a("S", 0));
	engine.send(half.a("S", 0));
	engine.send(half.b("S.", 0, 1));
	expect_outcomes({0, 0, 0, 0, 0});
	engine.advance(200 * SEC);
	expect_outcomes({0, 0, 0, 2, 0});
	EXPECT_EQ(now().ended[REPORT_END_TIMEOUT], 2u);
}

TEST_F(SnapshotMetrics, AnErrorAboutTheSynIsUnreachable)
{
	Talk talk(1);
	packet error = talk.a("S", 0);

	engine.send(talk.a("S", 0));
	error.verdict = PACKET_ICMP_ERROR;
	error.icmp = PACKET_ICMP_HOST;
	engine.send(error);
	engine.advance(200 * SEC);
	expect_outcomes({0, 0, 0, 0, 1});
}

TEST_F(SnapshotMetrics, WhatIsDroppedHasNoOutcome)
{
	Talk talk(1);

	engine.send(talk.a("S", 0));
	EXPECT_EQ(snapshot_order_drop(engine.get(), engine.row(talk).id), 0);
	engine.pass(1 * SEC);
	expect_outcomes({0, 0, 0, 0, 0});
	EXPECT_EQ(now().ended[REPORT_END_DROPPED], 1u);
}

TEST_F(SnapshotMetrics, DatagramsHaveNeitherOutcomesNorEnds)
{
	Talk talk(1);

	engine.send(talk.make(true, PACKET_PROTO_UDP, 10));
	engine.advance(400 * SEC);
	expect_outcomes({0, 0, 0, 0, 0});
	EXPECT_EQ(ended(), 0u);
}

TEST_F(SnapshotMetrics, TimesAreCountedAtTheEndThatAnswered)
{
	Talk talk(1);

	open(talk, 40 * MS, 3 * MS);
	engine.send(talk.a(".", 1, 1, 10));
	engine.now_us += 100;
	engine.send(talk.b(".", 1, 11));
	const report_metrics metrics = now();
	EXPECT_EQ(metrics.handshake[0].count[report_times_place(3 * MS)], 1u);
	EXPECT_EQ(metrics.handshake[1].count[report_times_place(40 * MS)], 1u);
	EXPECT_EQ(metrics.handshake[0].sum_us, 3 * MS);
	EXPECT_EQ(metrics.handshake[1].sum_us, 40 * MS);
	EXPECT_EQ(metrics.round_trip[1].count[report_times_place(40 * MS)], 1u);
	EXPECT_EQ(metrics.round_trip[1].count[report_times_place(100)], 1u);
	EXPECT_EQ(metrics.round_trip[1].sum_us, 40 * MS + 100);
	EXPECT_EQ(metrics.round_trip[0].sum_us, 3 * MS);
}

} // namespace
