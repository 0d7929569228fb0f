/* SPDX-License-Identifier: BSD-3-Clause */
#include "filter_fixture.h"

#include <algorithm>

#include "filter_sort.h"

namespace {

struct Sorted {
	std::vector<uint64_t> ids;
	uint64_t cut;
};

/* Ids in the order that a sorter gives; every row must come back as it went in. */
Sorted
sort_rows(const std::vector<struct report_full> &rows, const std::string &order_text, uint64_t limit,
          bool full = false, CountedMemory *memory = nullptr)
{
	CountedMemory own;
	CountedMemory *counted = memory ? memory : &own;
	struct filter_error error;
	struct filter_order order;
	Sorted sorted;

	EXPECT_EQ(filter_order_parse(&order, order_text.c_str(), FILTER_KEY_SORTS_ROWS, &error), 0)
	    << error.text;
	struct filter_sorter *sorter = filter_sorter_create(
	    &order, full ? sizeof(struct report_full) : sizeof(struct report_row), limit, 1,
	    counted->memory());
	for (const struct report_full &row : rows)
		EXPECT_EQ(filter_sorter_add(sorter, &row), 0);
	while (const void *row = filter_sorter_next(sorter)) {
		const uint64_t id = static_cast<const struct report_row *>(row)->id;

		EXPECT_EQ(memcmp(row, &rows[id], full ? sizeof(rows[id]) : sizeof(rows[id].row)), 0);
		sorted.ids.push_back(id);
	}
	EXPECT_EQ(filter_sorter_next(sorter), nullptr) << "and stays at the end";
	sorted.cut = filter_sorter_cut(sorter);
	filter_sorter_destroy(sorter);
	EXPECT_EQ(counted->now, 0u);
	return sorted;
}

std::vector<struct report_full>
random_rows(unsigned n, unsigned seed)
{
	std::vector<struct report_full> rows;
	RandomRows random(seed);

	for (unsigned i = 0; i < n; i++) {
		rows.push_back(random.next());
		rows.back().row.id = i;
	}
	return rows;
}

using Less = bool (*)(const struct report_full &, const struct report_full &);

/* The same by the library's sort, which keeps equals in their order too. */
std::vector<uint64_t>
plainly(const std::vector<struct report_full> &rows, Less less)
{
	std::vector<uint64_t> ids(rows.size());

	for (size_t i = 0; i < ids.size(); i++)
		ids[i] = i;
	std::stable_sort(ids.begin(), ids.end(),
	                 [&](uint64_t a, uint64_t b) { return less(rows[a], rows[b]); });
	return ids;
}

uint64_t
bytes_of(const struct report_full &full)
{
	return full.row.client.bytes + full.row.server.bytes;
}

int
compare_sockets(const struct report_row &a, const struct report_end &x, const struct report_row &b,
                const struct report_end &y)
{
	if (a.ip_version != b.ip_version)
		return a.ip_version < b.ip_version ? -1 : 1;
	if (int c = memcmp(x.addr, y.addr, 16))
		return c;
	return x.port < y.port ? -1 : x.port > y.port;
}

const struct {
	const char *order;
	Less less;
} orders[] = {
	{ "bytes", [](auto &a, auto &b) { return bytes_of(a) < bytes_of(b); } },
	{ "-bytes", [](auto &a, auto &b) { return bytes_of(a) > bytes_of(b); } },
	{ "bytes:desc", [](auto &a, auto &b) { return bytes_of(a) > bytes_of(b); } },
	{ "id", [](auto &a, auto &b) { return a.row.id < b.row.id; } },
	{ "-idle", [](auto &a, auto &b) { return a.row.idle_us > b.row.idle_us; } },
	{ "in-state", [](auto &a, auto &b) { return a.row.in_state_us < b.row.in_state_us; } },
	{ "opened", [](auto &a, auto &b) { return a.row.opened_us < b.row.opened_us; } },
	{ "-last", [](auto &a, auto &b) { return a.row.last_us > b.row.last_us; } },
	{ "age", [](auto &a, auto &b) {
		return a.row.last_us + a.row.idle_us - a.row.opened_us <
		       b.row.last_us + b.row.idle_us - b.row.opened_us;
	} },
	{ "client", [](auto &a, auto &b) {
		return compare_sockets(a.row, a.row.client, b.row, b.row.client) < 0;
	} },
	{ "-server", [](auto &a, auto &b) {
		return compare_sockets(a.row, a.row.server, b.row, b.row.server) > 0;
	} },
	{ "server-port", [](auto &a, auto &b) { return a.row.server.port < b.row.server.port; } },
	{ "client.port", [](auto &a, auto &b) { return a.row.client.port < b.row.client.port; } },
	{ "state", [](auto &a, auto &b) {
		return std::make_pair(a.row.client.state, a.row.server.state) <
		       std::make_pair(b.row.client.state, b.row.server.state);
	} },
	{ "-server.state", [](auto &a, auto &b) { return a.row.server.state > b.row.server.state; } },
	{ "proto,-packets:asc,vlan", [](auto &a, auto &b) {
		return std::make_tuple(a.row.proto, ~(a.row.client.packets + a.row.server.packets), a.row.vlan) <
		       std::make_tuple(b.row.proto, ~(b.row.client.packets + b.row.server.packets), b.row.vlan);
	} },
	{ "client,server,-payload,end", [](auto &a, auto &b) {
		int c = compare_sockets(a.row, a.row.client, b.row, b.row.client);
		int s = compare_sockets(a.row, a.row.server, b.row, b.row.server);
		uint64_t p = a.row.client.payload + a.row.server.payload;
		uint64_t q = b.row.client.payload + b.row.server.payload;
		return c ? c < 0 : s ? s < 0 : p != q ? p > q : a.row.end_cause < b.row.end_cause;
	} },
};

TEST(FilterSort, EveryOrder)
{
	const unsigned seed = std::random_device()();
	const auto rows = random_rows(3000, seed);

	for (const auto &one : orders) {
		const Sorted sorted = sort_rows(rows, one.order, 0);

		EXPECT_EQ(sorted.ids, plainly(rows, one.less)) << one.order << ", seed " << seed;
		EXPECT_EQ(sorted.cut, 0u);
	}
	const Less again = [](auto &a, auto &b) {
		return a.client.retransmitted + a.server.retransmitted > b.client.retransmitted + b.server.retransmitted;
	};
	EXPECT_EQ(sort_rows(rows, "-retransmitted", 0, true).ids, plainly(rows, again));
}

TEST(FilterSort, Limits)
{
	const unsigned seed = std::random_device()();

	for (unsigned n : { 0u, 1u, 2u, 12u, 13u, 100u, 1023u, 1024u, 1025u, 5000u }) {
		const auto rows = random_rows(n, seed + n);
		auto ids = plainly(rows, orders[1].less);

		for (uint64_t limit : { 1u, 2u, 10u, 100u, 1024u, 5000u, 6000u }) {
			const size_t want = std::min<size_t>(n, limit);
			const Sorted sorted = sort_rows(rows, "-bytes", limit, limit == 100);

			EXPECT_EQ(sorted.ids, std::vector<uint64_t>(ids.begin(), ids.begin() + static_cast<long>(want)))
			    << n << " " << limit << ", seed " << seed;
			EXPECT_EQ(sorted.cut, n - want);
		}
		EXPECT_EQ(sort_rows(rows, "-bytes", 0).ids, ids) << n << ", seed " << seed;
	}
}

/* Orders that undo a careless choice of pivot. */
TEST(FilterSort, RowsThatAreInOrderAlready)
{
	auto rows = random_rows(20000, 1);

	for (int shape = 0; shape < 4; shape++) {
		for (size_t i = 0; i < rows.size(); i++)
			rows[i].row.idle_us = shape == 0   ? i
			                      : shape == 1 ? rows.size() - i
			                      : shape == 2 ? 7
			                                   : std::min(i, rows.size() - i);
		const Less less = [](auto &a, auto &b) { return a.row.idle_us < b.row.idle_us; };
		EXPECT_EQ(sort_rows(rows, "idle", 0).ids, plainly(rows, less)) << shape;
	}
}

/* The lines of connections: of a client, clients in their order, and of one of few servers, in turn. */
struct report_row
line_of(unsigned i)
{
	const bool is_client = i % 2 == 0;
	const unsigned host = is_client ? 0x0a000000 + i / 2 : 0x0a800000 + i % 8192;
	struct report_row row;

	memset(&row, 0, sizeof(row));
	row.id = i;
	row.proto = IPPROTO_TCP;
	row.ip_version = 4;
	row.lines = is_client ? REPORT_LINE_CLIENT : REPORT_LINE_SERVER;
	for (unsigned byte = 0; byte < 4; byte++)
		(is_client ? row.client : row.server).addr[byte] =
		    static_cast<uint8_t>(host >> (24 - 8 * byte));
	return row;
}

const uint8_t *
local_of(const struct report_row &row)
{
	return row.lines == REPORT_LINE_CLIENT ? row.client.addr : row.server.addr;
}

/* A pattern that costs a quicksort ten times as much where it chooses its pivots by place. */
TEST(FilterSort, LinesThatComeInPatterns)
{
	const unsigned lines = 400000;
	CountedMemory memory;
	struct filter_order order;
	uint64_t given = 0, wrong = 0;

	ASSERT_EQ(filter_order_parse(&order, "bound", FILTER_KEY_SORTS_ROWS, nullptr), 0);
	struct filter_sorter *sorter =
	    filter_sorter_create(&order, sizeof(struct report_row), 0, 1, memory.memory());
	for (unsigned i = 0; i < lines; i++) {
		const struct report_row row = line_of(i);

		ASSERT_EQ(filter_sorter_add(sorter, &row), 0);
	}
	struct report_row before = line_of(0);
	for (const void *next; (next = filter_sorter_next(sorter)) != nullptr; given++) {
		const auto *row = static_cast<const struct report_row *>(next);
		const int order_of = memcmp(local_of(before), local_of(*row), 4);

		wrong += given > 0 && (order_of > 0 || (order_of == 0 && row->id < before.id));
		before = *row;
	}
	EXPECT_EQ(given, lines);
	EXPECT_EQ(wrong, 0u);
	filter_sorter_destroy(sorter);
}

/* The first rows of an order cost no more than they must. */
TEST(FilterSort, MemoryWithALimitIsOfTheLimit)
{
	const auto rows = random_rows(20000, 2);
	CountedMemory few, all;

	sort_rows(rows, "-bytes", 10, false, &few);
	sort_rows(rows, "-bytes", 0, false, &all);
	EXPECT_LT(few.peak, 300u * 1024);
	EXPECT_GT(all.peak, 20000 * sizeof(struct report_row));
	EXPECT_LT(all.peak, 20000 * (sizeof(struct report_row) + 96));
}

TEST(FilterSort, NoMemory)
{
	const auto rows = random_rows(3000, 3);
	struct filter_order order;
	int refused = 0;

	ASSERT_EQ(filter_order_parse(&order, "client", FILTER_KEY_SORTS_ROWS, nullptr), 0);
	for (size_t most = 0; most < 900000; most += 1777) {
		CountedMemory counted;
		counted.most = most;
		struct filter_sorter *sorter =
		    filter_sorter_create(&order, sizeof(struct report_row), 0, 1, counted.memory());
		size_t added = 0, given = 0;

		while (sorter && added < rows.size() && filter_sorter_add(sorter, &rows[added]) == 0)
			added++;
		refused += added < rows.size();
		while (sorter && filter_sorter_next(sorter))
			given++;
		EXPECT_EQ(given, added) << most;
		filter_sorter_destroy(sorter);
		EXPECT_EQ(counted.now, 0u);
	}
	EXPECT_GT(refused, 100);
}

} // namespace
