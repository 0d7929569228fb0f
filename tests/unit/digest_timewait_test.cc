/* SPDX-License-Identifier: BSD-3-Clause */
#include "digest_fixture.h"

namespace {

using TimeWait = Fed<struct digest_timewait>;

Conn
waiting(uint16_t port, uint64_t ago_us, const char *client = "10.0.0.1")
{
	return Conn(client, port, "10.0.0.2", 80)
	    .states(REPORT_TIME_WAIT, REPORT_CLOSED, ago_us)
	    .opened(ago_us + SEC)
	    .idle(ago_us)
	    .ended(REPORT_END_FIN);
}

struct digest_timewait
only_line(const std::vector<Conn> &rows, uint64_t wait_us = 240 * SEC)
{
	CountedMemory counted;
	TimeWait digest(digest_timewait, &counted,
	                [&](struct digest_config *config) { config->wait_us = wait_us; });
	digest.feed(rows);
	const auto lines = digest.lines();

	EXPECT_EQ(lines.size(), 1u);
	return lines.empty() ? (struct digest_timewait){} : lines[0];
}

TEST(DigestTimeWait, NobodyWaits)
{
	CountedMemory counted;
	TimeWait digest(digest_timewait, &counted);

	EXPECT_EQ(digest.feed({ Conn("10.0.0.1", 1, "10.0.0.2", 80) }), 1);
	EXPECT_TRUE(digest.lines().empty());
}

TEST(DigestTimeWait, WhatIsCounted)
{
	Conn held("10.0.0.1", 40002, "10.0.0.2", 80), elsewhere("10.0.0.1", 40003, "10.0.0.2", 81);
	Conn closed = waiting(40004, 5 * SEC).states(REPORT_CLOSED, REPORT_CLOSED, 5 * SEC);
	Conn server = waiting(40005, 5 * SEC).states(REPORT_CLOSED, REPORT_TIME_WAIT, 5 * SEC);
	Conn reused = waiting(40006, 5 * SEC).ended(REPORT_END_FIN).replaced();
	const struct digest_timewait line =
	    only_line({ waiting(40000, 5 * SEC), waiting(40001, 50 * SEC), held, elsewhere, closed, server, reused });

	EXPECT_EQ(line.time_wait, 2u);
	EXPECT_EQ(line.held, 1u);
	EXPECT_EQ(line.server_time_wait, 1u);
	EXPECT_EQ(line.port, 80);
	EXPECT_EQ(line.port_low, 40000);
	EXPECT_EQ(line.port_high, 40005);
	EXPECT_EQ(memcmp(line.client, "\x0a\x00\x00\x01", 4), 0);
	EXPECT_EQ(memcmp(line.server, "\x0a\x00\x00\x02", 4), 0);
}

TEST(DigestTimeWait, TheFilterChoosesLinesAndAllOfTheirPortsCount)
{
	CountedMemory counted;
	TimeWait digest(digest_timewait, &counted);

	digest.feed({ waiting(1, SEC), Conn("10.0.0.1", 2, "10.0.0.2", 80), waiting(3, SEC, "10.0.0.7") }, 0,
	            [](const struct report_row &row) { return row.client.port == 1; });
	ASSERT_EQ(digest.lines().size(), 1u);
	EXPECT_EQ(digest.lines()[0].held, 1u);
}

TEST(DigestTimeWait, TheRangeIsTheNarrowestThatHoldsAll)
{
	struct {
		uint16_t low, high, range_low, range_high;
	} table[] = {
		{ 49152, 65535, 49152, 65535 }, { 50000, 50001, 49152, 65535 }, { 49151, 50000, 32768, 60999 },
		{ 32768, 60999, 32768, 60999 }, { 32768, 61000, 1024, 65535 },  { 1024, 1025, 1024, 65535 },
		{ 1023, 1025, 0, 65535 },
	};
	for (const auto &row : table) {
		const struct digest_timewait line = only_line({ waiting(row.high, SEC), waiting(row.low, SEC) });

		EXPECT_EQ(line.range_low, row.range_low) << row.low;
		EXPECT_EQ(line.range_high, row.range_high) << row.low;
	}
}

/* `rate` a second for `seconds`, the last one now. */
std::vector<Conn>
steady(double rate, unsigned seconds)
{
	std::vector<Conn> rows;
	const unsigned n = static_cast<unsigned>(rate * seconds);

	for (unsigned i = 0; i < n; i++)
		rows.push_back(waiting(static_cast<uint16_t>(49152 + i % 16384),
		                       static_cast<uint64_t>(i / rate * 1e6)));
	return rows;
}

TEST(DigestTimeWait, ASteadyRateThatFits)
{
	const struct digest_timewait line = only_line(steady(10, 239));

	EXPECT_NEAR(static_cast<double>(line.entered) * 1e6 / static_cast<double>(line.window_us), 10, 0.5);
	EXPECT_EQ(line.window_us, 30 * SEC) << "an eighth of 2 x MSL";
	EXPECT_NEAR(static_cast<double>(line.steady), 2400, 120);
	EXPECT_EQ(line.runs_out_us, DIGEST_NEVER);
}

/* 200 a second are 48,000 in 240 s, and there are 16,384: from 2,000 in use they last 72 s. */
TEST(DigestTimeWait, ARateThatDoesNotFit)
{
	const struct digest_timewait line = only_line(steady(200, 10));

	EXPECT_EQ(line.time_wait, 2000u);
	EXPECT_NEAR(static_cast<double>(line.window_us), 11e6, 1e5) << "since the first";
	EXPECT_NEAR(static_cast<double>(line.runs_out_us) / 1e6, (16384.0 - 2000) / (2000.0 / 11), 8);
}

/* Those that leave make room for those that come. */
TEST(DigestTimeWait, WhatLeavesIsTakenIntoAccount)
{
	const unsigned ports = 16384;
	auto rows = steady(60, 239);
	const struct digest_timewait line = only_line(rows);

	ASSERT_LT(line.steady, ports);
	EXPECT_EQ(line.runs_out_us, DIGEST_NEVER) << "14,340 are in use, and 60 a second come and go";
	/* The same number, all of them young, and 70 a second: none leaves in time. */
	std::vector<Conn> young;
	for (unsigned i = 0; i < 14000; i++)
		young.push_back(waiting(static_cast<uint16_t>(49152 + i), i < 2100 ? i * 30 * SEC / 2100 : 40 * SEC));
	const struct digest_timewait full = only_line(young);
	EXPECT_NEAR(static_cast<double>(full.runs_out_us) / 1e6, (16384.0 - 14000) / 70, 8);
}

TEST(DigestTimeWait, NoPortIsLeft)
{
	const struct digest_timewait line = only_line(steady(1000, 17));

	EXPECT_EQ(line.runs_out_us, 0u);
}

TEST(DigestTimeWait, OneConnectionIsNoRate)
{
	const struct digest_timewait line = only_line({ waiting(50000, 0).opened(1000) });

	EXPECT_EQ(line.window_us, SEC);
	EXPECT_EQ(line.entered, 0u) << "not a thousand a second";
	EXPECT_EQ(line.steady, 0u);
	EXPECT_EQ(line.runs_out_us, DIGEST_NEVER);
}

TEST(DigestTimeWait, HeldPortsStay)
{
	std::vector<Conn> rows = { waiting(50000, SEC) };

	for (unsigned i = 0; i < 16384; i++)
		rows.push_back(Conn("10.0.0.1", static_cast<uint16_t>(49152 + i), "10.0.0.2", 80));
	EXPECT_EQ(only_line(rows).runs_out_us, 0u);
}

TEST(DigestTimeWait, WithoutTimers)
{
	EXPECT_EQ(only_line({ waiting(50000, 500 * SEC) }, 0).time_wait, 1u);
}

/* As many rows as digest_timewait.c gives. */
constexpr unsigned ROWS_MAX = 32768;

TEST(DigestTimeWait, TheMostFirstAndTheRestIsOther)
{
	CountedMemory counted;
	TimeWait digest(digest_timewait, &counted);
	std::vector<Conn> rows;
	uint64_t sum = 0;

	for (unsigned i = 0; i < ROWS_MAX + 50; i++)
		rows.push_back(waiting(50000, SEC, numbered(i).c_str()));
	rows.push_back(waiting(50001, SEC, numbered(77).c_str()));
	digest.feed(rows);
	const auto lines = digest.lines();
	ASSERT_EQ(lines.size(), ROWS_MAX + 1u);
	EXPECT_EQ(lines[0].time_wait, 2u);
	EXPECT_EQ(lines.back().other, 1);
	EXPECT_EQ(lines.back().time_wait, 50u);
	for (const auto &line : lines)
		sum += line.time_wait;
	EXPECT_EQ(sum, rows.size());
	EXPECT_LT(counted.peak, 32u << 20);
}

} // namespace
