/* SPDX-License-Identifier: BSD-3-Clause */
#include <map>

#include "digest_fixture.h"

namespace {

using Clients = Fed<struct digest_client>;

std::vector<Conn>
random_rows(unsigned seed, unsigned n)
{
	RandomRows random(seed);
	std::vector<Conn> rows;

	for (unsigned i = 0; i < n; i++) {
		Conn conn("10.0.0.1", 1, "10.0.0.2", 2);

		conn.full = random.next();
		rows.push_back(conn);
	}
	return rows;
}

/* Against a map of the library's. */
TEST(DigestClients, Sums)
{
	const unsigned seed = std::random_device()();
	std::map<std::string, struct digest_client> want;
	const auto rows = random_rows(seed, 5000);
	CountedMemory counted;
	{
		Clients clients(digest_clients, &counted);
		for (const Conn &conn : rows) {
			const struct report_row &row = conn.full.row;
			std::string key(reinterpret_cast<const char *>(row.client.addr), 16);
			const bool is_new = want.count(key += static_cast<char>(row.ip_version)) == 0;
			struct digest_client &sums = want[key];

			if (is_new || row.idle_us < sums.idle_us)
				sums.idle_us = row.idle_us;
			sums.last_us = std::max(sums.last_us, row.last_us);
			sums.count++;
			sums.by_state[row.client.state]++;
			sums.packets_out += row.client.packets;
			sums.packets_in += row.server.packets;
			sums.bytes_out += row.client.bytes;
			sums.bytes_in += row.server.bytes;
		}
		EXPECT_EQ(clients.feed(rows), 1);
		const auto lines = clients.lines();
		ASSERT_EQ(lines.size(), want.size());
		for (size_t i = 0; i < lines.size(); i++) {
			std::string key(reinterpret_cast<const char *>(lines[i].addr), 16);
			const struct digest_client &sums = want[key + static_cast<char>(lines[i].ip_version)];

			EXPECT_EQ(memcmp(&lines[i].count, &sums.count, sizeof(sums) - offsetof(struct digest_client, count)),
			          0) << seed;
			if (i > 0) {
				EXPECT_GE(lines[i - 1].count, lines[i].count) << "the largest first";
			}
		}
	}
	EXPECT_EQ(counted.now, 0u);
}

TEST(DigestClients, Orders)
{
	const auto rows = random_rows(3, 2000);

	for (const char *text : { "bytes", "-bytes", "-packets", "count,-payload" }) {
		CountedMemory counted;
		Clients clients(digest_clients, &counted, [&](struct digest_config *config) {
			ASSERT_EQ(filter_order_parse(&config->order, text, FILTER_KEY_SORTS_GROUPS, nullptr), 0);
		});
		clients.feed(rows);
		const auto lines = clients.lines();
		auto key = [&](const struct digest_client &line) {
			const bool down = text[0] == '-';
			const uint64_t value = strstr(text, "bytes") ? line.bytes_out + line.bytes_in
			                       : strstr(text, "packets") ? line.packets_out + line.packets_in
			                                                 : line.count;
			return down ? UINT64_MAX - value : value;
		};
		for (size_t i = 1; i < lines.size(); i++)
			EXPECT_LE(key(lines[i - 1]), key(lines[i])) << text;
	}
}

TEST(DigestClients, OnlyWhatMatches)
{
	CountedMemory counted;
	Clients clients(digest_clients, &counted);

	clients.feed({ Conn("10.0.0.1", 1, "10.0.0.2", 80), Conn("10.0.0.3", 1, "10.0.0.2", 81) }, 0,
	             [](const struct report_row &row) { return row.server.port == 80; });
	ASSERT_EQ(clients.lines().size(), 1u);
	EXPECT_EQ(clients.lines()[0].addr[3], 1);
}

TEST(DigestClients, TheRestIsOther)
{
	CountedMemory counted;
	Clients clients(digest_clients, &counted);
	std::vector<Conn> rows;

	for (unsigned i = 0; i < DIGEST_CLIENTS_MAX + 10; i++)
		rows.push_back(Conn(numbered(i).c_str(), 1, "10.0.0.2", 80));
	clients.feed(rows);
	const auto lines = clients.lines();
	ASSERT_EQ(lines.size(), DIGEST_CLIENTS_MAX + 1u);
	EXPECT_EQ(lines.back().other, 1);
	EXPECT_EQ(lines.back().count, 10u);
	EXPECT_LT(counted.peak, 32u << 20);
}

} // namespace
