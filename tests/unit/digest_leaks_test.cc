/* SPDX-License-Identifier: BSD-3-Clause */
#include <map>
#include <tuple>

#include "digest_fixture.h"

namespace {

using Leaks = Fed<struct digest_leak>;

Conn
half(unsigned client, uint64_t ago_us, uint16_t server_port = 5432)
{
	return Conn::half(numbered(client).c_str(), 40000, "10.200.0.2", server_port, ago_us);
}

/* The server of `half` talks to somebody. */
Conn
alive(uint64_t idle_us = SEC)
{
	return Conn("10.250.0.1", 1000, "10.200.0.2", 80).idle(idle_us);
}

TEST(DigestLeaks, NothingIsHalfClosed)
{
	CountedMemory counted;
	Leaks leaks(digest_leaks, &counted);

	EXPECT_EQ(leaks.feed({ alive(), Conn("10.0.0.1", 1, "10.0.0.2", 2).ended(REPORT_END_FIN) }), 1)
	    << "one pass tells that";
	EXPECT_TRUE(leaks.lines().empty());
}

TEST(DigestLeaks, CountsAndAges)
{
	CountedMemory counted;
	{
		Leaks leaks(digest_leaks, &counted);
		std::vector<Conn> rows = { half(1, 10 * SEC), alive(), half(2, 40 * SEC), half(1, 1000 * SEC) };

		rows.back().full.row.client.port = 40001;
		EXPECT_EQ(leaks.feed(rows), 3);
		const auto lines = leaks.lines();
		ASSERT_EQ(lines.size(), 1u);
		const struct digest_leak &line = lines[0];
		EXPECT_EQ(line.port, 5432);
		EXPECT_EQ(line.open_end, REPORT_CLOSER_SERVER);
		EXPECT_EQ(line.ip_version, 4);
		EXPECT_EQ(memcmp(line.addr, "\x0a\xc8\x00\x02", 4), 0);
		EXPECT_EQ(line.count, 3u);
		EXPECT_EQ(line.close_wait, 3u);
		EXPECT_EQ(line.fin_wait_2, 3u);
		EXPECT_EQ(line.fin_wait_1, 0u);
		EXPECT_EQ(line.oldest_us, 1000 * SEC);
		EXPECT_NEAR(static_cast<double>(line.median_us), 40e6, 2.5e6);
		EXPECT_EQ(line.verdict, DIGEST_NOT_CLOSING);
		EXPECT_EQ(line.by_verdict[DIGEST_NOT_CLOSING], 3u);
		EXPECT_EQ(line.heard_us, SEC);
		EXPECT_EQ(line.has_growth, 0);
		ASSERT_EQ(line.n_tops, 2);
		EXPECT_EQ(memcmp(line.tops[0].addr, "\x0a\x00\x00\x01", 4), 0);
		EXPECT_EQ(line.tops[0].at_least, 2u);
		EXPECT_EQ(line.tops[1].at_least, 1u);
	}
	EXPECT_EQ(counted.now, 0u);
}

/* By server, port and open end; against a map of the library's. */
TEST(DigestLeaks, Groups)
{
	const unsigned seed = std::random_device()();
	std::map<std::tuple<std::string, unsigned, unsigned>, uint64_t> want;
	std::mt19937 rng(seed);
	CountedMemory counted;
	Leaks leaks(digest_leaks, &counted);
	std::vector<Conn> rows;
	uint64_t sum = 0;

	for (unsigned i = 0; i < 5000; i++) {
		const std::string server = rng() % 5 ? numbered(rng() % 40) : "fd00::" + std::to_string(1 + rng() % 9);
		const bool six = server[0] == 'f';
		const uint16_t port = static_cast<uint16_t>(1 + rng() % 4);
		Conn conn = Conn::half(six ? "fd00::1:1" : "10.255.0.1", 1, server.c_str(), port, 60 * SEC);
		const unsigned open_end = rng() % 3 ? REPORT_CLOSER_SERVER : REPORT_CLOSER_CLIENT;

		if (open_end == REPORT_CLOSER_CLIENT)
			conn.states(REPORT_CLOSE_WAIT, REPORT_FIN_WAIT_2, 60 * SEC);
		want[{ server, port, open_end }]++;
		rows.push_back(conn);
	}
	leaks.feed(rows);
	const auto lines = leaks.lines();
	ASSERT_EQ(lines.size(), want.size()) << seed;
	for (size_t i = 0; i < lines.size(); i++) {
		char addr[64];

		inet_ntop(lines[i].ip_version == 6 ? AF_INET6 : AF_INET, lines[i].addr, addr, sizeof(addr));
		EXPECT_EQ(lines[i].count, (want[{ addr, lines[i].port, lines[i].open_end }])) << addr << seed;
		EXPECT_EQ(lines[i].close_wait, lines[i].count);
		sum += lines[i].count;
		if (i > 0) {
			EXPECT_GE(lines[i - 1].count, lines[i].count) << "the largest first";
		}
	}
	EXPECT_EQ(sum, 5000u);
}

TEST(DigestLeaks, EvidenceIsOfAllRowsButCountedIsWhatMatches)
{
	CountedMemory counted;
	Leaks leaks(digest_leaks, &counted);

	leaks.feed({ half(1, 60 * SEC), half(2, 60 * SEC), half(3, 60 * SEC, 99), alive() }, 1000 * SEC,
	           [](const struct report_row &row) { return row.server.port == 99; });
	const auto lines = leaks.lines();
	ASSERT_EQ(lines.size(), 1u);
	EXPECT_EQ(lines[0].port, 99);
	EXPECT_EQ(lines[0].count, 1u);
	EXPECT_EQ(lines[0].verdict, DIGEST_NOT_CLOSING) << "for its host talks elsewhere";
}

TEST(DigestLeaks, TheNewestOfManyLeaksProvesTheServerAlive)
{
	CountedMemory counted;
	Leaks leaks(digest_leaks, &counted);
	std::vector<Conn> rows;

	for (unsigned i = 1; i <= 20; i++)
		rows.push_back(half(i, 10 * i * SEC));
	leaks.feed(rows);
	ASSERT_EQ(leaks.lines().size(), 1u);
	EXPECT_EQ(leaks.lines()[0].verdict, DIGEST_NOT_CLOSING);
	EXPECT_EQ(leaks.lines()[0].by_verdict[DIGEST_SILENT], 1u) << "the newest itself";
	EXPECT_EQ(leaks.lines()[0].by_verdict[DIGEST_NOT_CLOSING], 19u);
}

TEST(DigestLeaks, VerdictsOfALine)
{
	struct {
		std::vector<Conn> rows;
		enum digest_verdict want;
	} table[] = {
		{ { half(1, 2 * SEC), half(2, 2 * SEC) }, DIGEST_YOUNG },
		{ { half(1, 2 * SEC), half(2, 60 * SEC).idle(SEC) }, DIGEST_IN_USE },
		{ { half(1, 60 * SEC), half(2, 60 * SEC) }, DIGEST_SILENT },
		{ { half(1, 2 * SEC), half(2, 2 * SEC), half(3, 60 * SEC) }, DIGEST_NOT_CLOSING },
		{ { half(1, 60 * SEC), Conn::syn("10.9.9.9", 5, "10.200.0.2", 443, 30 * SEC, 2 * SEC) },
		  DIGEST_GONE },
		{ { half(1, 60 * SEC).states(REPORT_FIN_WAIT_1, REPORT_ESTABLISHED, 60 * SEC).client_owed(5),
		    alive() },
		  DIGEST_SWALLOWED },
		{ { half(1, 60 * SEC).states(REPORT_FIN_WAIT_1, REPORT_ESTABLISHED, 60 * SEC).client_owed(5),
		    alive(), half(2, 60 * SEC), half(3, 60 * SEC) },
		  DIGEST_NOT_CLOSING },
	};
	for (const auto &row : table) {
		CountedMemory counted;
		Leaks leaks(digest_leaks, &counted);

		leaks.feed(row.rows);
		ASSERT_EQ(leaks.lines().size(), 1u);
		EXPECT_EQ(leaks.lines()[0].verdict, row.want);
	}
}

TEST(DigestLeaks, OthersThatWereClosed)
{
	CountedMemory counted;
	Leaks leaks(digest_leaks, &counted);
	Conn closed("10.0.0.9", 7, "10.200.0.2", 5432), elsewhere("10.0.0.9", 7, "10.200.0.2", 80);

	closed.states(REPORT_TIME_WAIT, REPORT_CLOSED, 30 * SEC).ended(REPORT_END_FIN);
	elsewhere.states(REPORT_TIME_WAIT, REPORT_CLOSED, 30 * SEC).ended(REPORT_END_FIN);
	leaks.feed({ closed, half(1, 60 * SEC), closed, elsewhere });
	ASSERT_EQ(leaks.lines().size(), 1u);
	EXPECT_EQ(leaks.lines()[0].closed, 2u);
	EXPECT_EQ(leaks.lines()[0].verdict, DIGEST_NOT_CLOSING) << "and they prove it alive";
}

TEST(DigestLeaks, Growth)
{
	CountedMemory counted, kept;
	struct digest_history history;
	auto look = [&](const std::vector<Conn> &rows, uint64_t now_us) {
		Leaks leaks(digest_leaks, &counted, [&](struct digest_config *config) {
			config->history = &history;
			config->asking = digest_history_asking(&history, "");
		});
		leaks.feed(rows, now_us);
		return leaks.lines();
	};

	digest_history_init(&history, kept.memory(), 99);
	EXPECT_EQ(look({ half(1, 60 * SEC), half(2, 60 * SEC) }, 100 * SEC)[0].has_growth, 0);
	auto lines = look({ half(1, 60 * SEC), half(2, 60 * SEC), half(3, 9 * SEC), half(4, SEC, 7) }, 103 * SEC);
	ASSERT_EQ(lines.size(), 2u);
	EXPECT_EQ(lines[0].has_growth, 1);
	EXPECT_EQ(lines[0].growth, 1);
	EXPECT_EQ(lines[0].growth_us, 3 * SEC);
	EXPECT_EQ(lines[1].growth, 1) << "a new one has grown from nothing";
	lines = look({ half(1, 60 * SEC) }, 107 * SEC);
	EXPECT_EQ(lines[0].growth, -1);
	EXPECT_EQ(lines[0].growth_us, 7 * SEC) << "the second look was too near";
	lines = look({ half(1, 60 * SEC) }, 113 * SEC);
	EXPECT_EQ(lines[0].growth, 0);
	EXPECT_EQ(lines[0].growth_us, 6 * SEC) << "the third was not";
	EXPECT_TRUE(look({}, 120 * SEC).empty());
	EXPECT_EQ(look({ half(1, 60 * SEC) }, 130 * SEC)[0].growth, 1) << "an empty look is one too";
	digest_history_fini(&history);
	EXPECT_EQ(kept.now, 0u);
	EXPECT_EQ(counted.now, 0u);
}

/* More sockets than there is room for: the rest is one line, and nothing is lost. */
TEST(DigestLeaks, TheRestIsOther)
{
	CountedMemory counted;
	Leaks leaks(digest_leaks, &counted);
	std::vector<Conn> rows;
	uint64_t sum = 0;

	for (unsigned i = 0; i < DIGEST_LEAKS_MAX + 100; i++)
		rows.push_back(Conn::half("10.255.1.1", 9, numbered(i).c_str(), 80, 60 * SEC));
	leaks.feed(rows);
	const auto lines = leaks.lines();
	ASSERT_EQ(lines.size(), DIGEST_LEAKS_MAX + 1u);
	EXPECT_EQ(lines.back().other, 1);
	EXPECT_EQ(lines.back().count, 100u);
	for (const auto &line : lines)
		sum += line.count;
	EXPECT_EQ(sum, rows.size());
	EXPECT_LT(counted.peak, 64u << 20);
}

/* More hosts than there is room for: what cannot be judged is not called anything else. */
TEST(DigestLeaks, TooManyHosts)
{
	CountedMemory counted;
	Leaks leaks(digest_leaks, &counted);
	std::vector<Conn> rows;

	for (unsigned i = 0; i < (1u << 16) + 50; i++)
		rows.push_back(Conn::half(numbered(i).c_str(), 9, "10.255.1.1", 80, 60 * SEC)
		                   .states(REPORT_CLOSE_WAIT, REPORT_FIN_WAIT_2, 60 * SEC));
	leaks.feed(rows);
	ASSERT_EQ(leaks.lines().size(), 1u);
	EXPECT_EQ(leaks.lines()[0].open_end, REPORT_CLOSER_CLIENT);
	EXPECT_EQ(leaks.lines()[0].by_verdict[DIGEST_SILENT], 1u << 16);
	EXPECT_EQ(leaks.lines()[0].by_verdict[DIGEST_UNJUDGED], 50u);
}

TEST(DigestLeaks, WithoutMemoryAllAreOther)
{
	CountedMemory counted;
	std::vector<Conn> rows;

	for (unsigned i = 0; i < 300; i++)
		rows.push_back(Conn::half("10.255.1.1", 9, numbered(i).c_str(), 80, 60 * SEC));
	for (size_t most = 0; most < 900000; most += 70001) {
		counted.most = most;
		Leaks leaks(digest_leaks, &counted);
		uint64_t sum = 0;

		if (!leaks.made())
			continue;
		leaks.feed(rows);
		for (const auto &line : leaks.lines())
			sum += line.count;
		EXPECT_EQ(sum, 300u) << most;
	}
	EXPECT_EQ(counted.now, 0u);
}

} // namespace
