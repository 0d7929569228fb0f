// SPDX-License-Identifier: BSD-3-Clause
/*
 * Blind RSTs and SYNs against real entries, through the engine: rows, counters and deadlines stand.
 * What each may do is told in tcp_blind_test.cc. Numbers are drawn near the right ones half of the
 * time, never the right ones themselves: exact hits are that file's.
 */

#include <random>

#include <gtest/gtest.h>

#include "engine.h"

namespace
{

using support::Engine;
using support::SEC;
using support::Talk;

#ifdef __SANITIZE_ADDRESS__
constexpr unsigned ATTACKS = 50000;
#else
constexpr unsigned ATTACKS = 1000000;
#endif
constexpr unsigned TALKS = 100, BURST = 32;
constexpr uint32_t SENT[2] = {500, 900}; // payload of client and server before the attack

class Flood
{
public:
	Flood()
	{
		for (uint32_t n = 0; n < TALKS; n++) {
			Talk talk(n);

			talk.a_isn = (uint32_t)rng();
			talk.b_isn = (uint32_t)rng();
			engine.send_each(talk.opening());
			engine.send(talk.a(".", 1, 1, SENT[0]));
			engine.send(talk.b(".", 1, 1 + SENT[0], SENT[1]));
			engine.send(talk.a(".", 1 + SENT[0], 1 + SENT[1]));
			talks.push_back(talk);
		}
		engine.verified = false;
	}

	std::mt19937_64 rng{5961};
	Engine engine;
	std::vector<Talk> talks;
	uint64_t rsts = 0, syns = 0;

	packet
	blind()
	{
		const Talk &talk = talks[rng() % TALKS];
		bool from_a = rng() & 1, is_rst = rng() & 1;
		const char *flags = is_rst ? (rng() & 1 ? "R" : "R.") : "S";
		uint32_t right = is_rst ? 1 + SENT[!from_a] : 0, away = (uint32_t)rng();

		if (rng() & 1)
			away %= 60000;
		(is_rst ? rsts : syns)++;
		return talk.tcp(from_a, flags, right + (away ? away : 1), (uint32_t)rng(), 0);
	}

	void
	attack(unsigned n)
	{
		for (unsigned i = 0; i < n; i += BURST) {
			std::vector<packet> packets;

			for (unsigned k = 0; k < BURST; k++)
				packets.push_back(blind());
			engine.now_us += 10;
			engine.burst(packets);
		}
		engine.verify();
	}

	/* Data, and both FINs. */
	void
	finish(const Talk &talk)
	{
		uint32_t a = 1 + SENT[0], b = 1 + SENT[1];

		EXPECT_EQ(engine.states(talk), "ESTABLISHED ESTABLISHED");
		engine.send_each({talk.a(".", a, b, 10), talk.b(".", b, a + 10, 20),
		                  talk.a("F.", a + 10, b + 20), talk.b("F.", b + 20, a + 11),
		                  talk.a(".", a + 11, b + 21)});
		report_row row = engine.row(talk);
		EXPECT_EQ(engine.states(talk), "TIME_WAIT CLOSED");
		EXPECT_EQ(row.client.payload, SENT[0] + 10);
		EXPECT_EQ(row.server.payload, SENT[1] + 20);
		EXPECT_EQ(row.end_cause, REPORT_END_FIN);
		EXPECT_EQ(row.flags, 0);
	}
};

TEST(TrackBlind, RstAndSynAgainstRealEntries)
{
	Flood flood;

	flood.attack(ATTACKS);
	report_stats stats = flood.engine.stats();
	EXPECT_EQ(stats.rst_ignored, flood.rsts);
	EXPECT_EQ(stats.syn_on_live, flood.syns);
	EXPECT_EQ(stats.flows_created, TALKS);
	EXPECT_EQ(stats.flows_reused, 0u);
	for (const Talk &talk : flood.talks)
		flood.finish(talk);
	flood.engine.verify();
}

} // namespace
