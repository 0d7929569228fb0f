// SPDX-License-Identifier: BSD-3-Clause
// Cases as rows: names, networks, times in UTC; and what a reader sees while the worker writes.

#include <netinet/in.h>

#include <atomic>
#include <thread>

#include "trouble_fixture.h"

namespace
{

using support::in;
using support::MS;
using support::SEC;
using support::Talk;
using support::Troubled;

TEST(SnapshotCase, NamesAndTimes)
{
	Troubled engine;
	snapshot_clock clock = {0, (int64_t)(5000 * SEC), nullptr};
	report_case rows[4];
	uint32_t next = 0;
	Talk talk(1);

	engine.send(talk.a("S", 0));
	engine.send(talk.b("R.", 0, 1));
	engine.pass(20 * MS);
	clock.now_us = engine.now_us;
	ASSERT_EQ(snapshot_case_rows(engine.get(), &clock, &next, rows, 4), 1u);
	EXPECT_EQ(next, UINT32_MAX);
	EXPECT_EQ(memcmp(rows[0].server, &talk.b_addr, 4), 0);
	EXPECT_EQ(rows[0].port, 443);
	EXPECT_EQ(rows[0].proto, IPPROTO_TCP);
	EXPECT_EQ(rows[0].ip_version, 4);
	EXPECT_EQ(rows[0].client_bits, 0);
	EXPECT_EQ(rows[0].vlan, REPORT_NO_VLAN);
	EXPECT_NEAR((double)rows[0].opened_us, 6000e6, 1e5);
	EXPECT_EQ(rows[0].runs[REPORT_TROUBLE_REFUSED].since_us, rows[0].opened_us);
	for (unsigned i = 0; i < REPORT_TROUBLES; i++) {
		EXPECT_EQ(rows[0].runs[i].count, i == REPORT_TROUBLE_REFUSED ? 1u : 0u);
	}
}

/* One address in two networks of tunnels is two servers. */
TEST(SnapshotCase, NetworksAreApart)
{
	Troubled engine;
	Talk talk(1);

	for (uint32_t vni : {7u, 8u}) {
		engine.send(in(talk.a("S", 0), vni));
		engine.send(in(talk.b("R.", 0, 1), vni));
	}
	EXPECT_EQ(engine.cases().size(), 2u);
}

/* A reader has whole cases, whatever the worker does: server and port belong together. */
TEST(SnapshotCase, NoTornRows)
{
	Troubled engine;
	std::atomic<bool> done{false};
	std::atomic<unsigned> seen{0}, torn{0};

	engine.verified = false;
	std::thread reader([&] {
		snapshot_clock clock = {engine.now_us, 0, nullptr};
		std::vector<report_case> rows(64);

		while (!done) {
			for (uint32_t next = 0; next != UINT32_MAX;) {
				unsigned n = snapshot_case_rows(engine.get(), &clock, &next,
				                                rows.data(), (unsigned)rows.size());

				for (unsigned i = 0; i < n; i++)
					torn += rows[i].port != 1000 + rows[i].server[3] ||
						rows[i].runs[REPORT_TROUBLE_REFUSED].count == 0;
				seen += n;
			}
		}
	});
	for (uint32_t i = 0; i < 200000 && (i < 30000 || seen < 10000); i++) {
		Talk talk(i, (uint16_t)(1000 + i % 256));

		talk.b_addr = __builtin_bswap32(0xc0000000 + (i / 256 % 200 << 8) + i % 256);
		engine.send(talk.a("S", 0));
		engine.send(talk.b("R.", 0, 1));
		if (i % 16 == 0)
			track_poll(engine.get(), engine.now_us += 20 * MS);
	}
	done = true;
	reader.join();
	EXPECT_GT(seen, 0u);
	EXPECT_EQ(torn, 0u);
}

} // namespace
