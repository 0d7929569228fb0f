// SPDX-License-Identifier: BSD-3-Clause
// Flows that a filter turns away before they are rows: none that the whole filter would take, by random
// filters against the plain path; and nearly all of the others where the filter asks for little.

#include <map>
#include <random>

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include "snapshot.h"
#include "engine.h"
#include "filter.h"
#include "snapshot_row.h"

namespace
{

using support::Engine;
using support::SEC;
using support::Talk;

/* Flows of every kind: states, families, tags, ends, counters of every width, ICMP, other lives. */
class Flows
{
public:
	explicit Flows(unsigned seed) : engine(1024), rng(seed)
	{
		for (uint32_t n = 0; n < 600; n++)
			add(n);
		for (uint32_t n = 0; n < 600; n += 7)
			engine.send(Talk(n, port(n)).a("S", 77777)); // some are another connection
		for (const report_row &row : engine.rows())
			if (below(6) == 0) // holes in the slab
				drop(row.id);
		engine.pass(2 * SEC);
	}

	unsigned below(unsigned n) { return std::uniform_int_distribution<unsigned>(0, n - 1)(rng); }

	std::vector<report_full>
	plain(snapshot_what what) const
	{
		snapshot_clock clock = {engine.now_us, 1000000, nullptr};
		std::vector<report_full> rows(2048);
		uint32_t next = 0;

		rows.resize(support::snapshot_full(engine.get(), &clock, what, &next, UINT32_MAX, rows.data(),
		                                2048));
		EXPECT_EQ(next, UINT32_MAX);
		return rows;
	}

	/* In pieces of so many rows and looks. */
	template <class Row>
	std::vector<Row>
	matching(const snapshot_ask &ask, unsigned max, uint32_t looks) const
	{
		snapshot_clock clock = {engine.now_us, 1000000, nullptr};
		std::vector<Row> rows, piece(max);

		for (uint32_t next = 0; next != UINT32_MAX;) {
			unsigned n = snapshot_matching(engine.get(), &clock, &ask, &next, looks,
			                                     piece.data(), max);

			EXPECT_LE(n, std::min(max, looks));
			rows.insert(rows.end(), piece.begin(), piece.begin() + n);
		}
		return rows;
	}

	Engine engine;

private:
	static uint16_t port(uint32_t n) { return n % 3 ? 443 : (uint16_t)(20 + n % 9); }

	void
	send(packet pk, uint32_t n)
	{
		pk.vlan = n % 4 == 0 ? (uint16_t)(n % 12) : pk.vlan;
		if (n % 5 == 0) { // IPv6: the same numbers under a prefix
			pk.version = 6;
			pk.src[0] = pk.dst[0] = __builtin_bswap64(0x20010db800000000 + n % 3);
		}
		if (below(12) == 0)
			pk.ip_bytes += 150000000; // more than an entry holds
		engine.send(pk);
	}

	void
	send_all(const std::vector<packet> &packets, uint32_t n)
	{
		for (const packet &pk : packets)
			send(pk, n);
	}

	void
	add(uint32_t n)
	{
		Talk talk(n, port(n));
		unsigned kind = below(8);

		if (kind == 0) {
			send(below(2) ? talk.udp_a(100) : talk.udp_b(100), n);
			if (below(2))
				send(talk.udp_b(1000), n);
		} else if (kind == 1) {
			send(talk.a(".", 100, 1, 10), n); // midstream
		} else {
			send(talk.a("S", 0), n);
		}
		if (kind > 2)
			send_all({talk.b("S.", 0, 1), talk.a(".", 1, 1), talk.a(".", 1, 1, 500)}, n);
		if (kind > 3)
			send_all({talk.a(".", 1, 1, 500), talk.b(".", 1400, 1, 99)}, n); // again, gap
		if (kind == 5)
			send(talk.a("F.", 501, 1), n);
		if (kind == 6)
			send_all({talk.b("F.", 1499, 501), talk.a("F.", 501, 1500)}, n);
		if (kind == 7)
			send(below(2) ? talk.a("R", 501) : talk.b("R", 1499), n);
		if (below(4) == 0) {
			packet pk = talk.udp_a(0);

			pk.verdict = PACKET_ICMP_ERROR;
			pk.icmp = PACKET_ICMP_PORT;
			send(pk, n);
		}
		engine.now_us += below(200) * 1000;
	}

	void
	drop(uint64_t id)
	{
		if (snapshot_order_drop(engine.get(), id) == 0) // it may have ended by itself
			track_poll(engine.get(), engine.now_us);
		snapshot_answer(engine.get());
	}

	std::mt19937 rng;
};

/* Texts of filters that hit and miss: their values are those of rows. */
class Author
{
public:
	Author(Flows &all, const std::vector<report_full> &of) : flows(all), rows(of) {}

	std::string
	any(unsigned depth)
	{
		unsigned kind = depth == 0 ? 0 : flows.below(5);

		if (kind < 2)
			return test();
		if (kind == 2)
			return "not (" + any(depth - 1) + ")";
		return "(" + any(depth - 1) + (kind == 3 ? " and " : " or ") + any(depth - 1) + ")";
	}

private:
	std::string
	pick(std::initializer_list<const char *> of)
	{
		return of.begin()[flows.below((unsigned)of.size())];
	}

	const report_full &row() { return rows[flows.below((unsigned)rows.size())]; }

	std::string compare() { return pick({" = ", " != ", " < ", " > ", " <= ", " >= "}); }

	static std::string
	address(const report_row &row, const report_end &end)
	{
		char text[INET6_ADDRSTRLEN];

		return inet_ntop(row.ip_version == 4 ? AF_INET : AF_INET6, end.addr, text, sizeof(text));
	}

	std::string
	socket()
	{
		const report_row &r = row().row;
		const report_end &end = flows.below(2) ? r.client : r.server;
		std::string text = address(r, end);

		if (flows.below(3) == 0)
			text += "/" + std::to_string(flows.below(r.ip_version == 4 ? 33 : 129));
		if (flows.below(3) == 0)
			text = (r.ip_version == 4 ? text : "[" + text + "]") + ":" + std::to_string(end.port);
		return text;
	}

	std::string
	number()
	{
		const report_full &f = row();
		const report_row &r = f.row;

		switch (flows.below(4)) {
		case 0:
			return "bytes" + compare() + std::to_string(r.client.bytes + r.server.bytes);
		case 1:
			return "packets" + compare() + std::to_string(r.client.packets + r.server.packets);
		case 2:
			return "payload" + compare() + std::to_string(r.client.payload + r.server.payload);
		default:
			return "retransmitted" + compare() + std::to_string(f.client.retransmitted + f.server.retransmitted);
		}
	}

	std::string
	test()
	{
		const report_row &r = row().row;
		char id[20];

		switch (flows.below(10)) {
		case 0:
			return pick({"src", "dst", "client", "server"}) + " " + socket();
		case 1:
			return "host " + address(r, r.client);
		case 2:
			return pick({"sport", "dport", "client.port", "server.port", "port"}) + compare() +
			       std::to_string(flows.below(2) ? r.client.port : r.server.port);
		case 3:
			return pick({"state", "exclude", "client.state", "server.state"}) + " " +
			       pick({"established", "syn-sent", "fin-wait-1", "close-wait", "time-wait",
			             "closed", "last-ack", "connected", "synchronized", "bucket"});
		case 4:
			return pick({"age", "idle", "in-state"}) + compare() +
			       std::to_string(flows.below(70)) + "s";
		case 5:
			return number();
		case 6:
			return "flag " + pick({"midstream", "oneway", "gap", "role-guessed"});
		case 7:
			return pick({"end fin", "end rst", "end reused", "closed-by client", "closed-by server"});
		case 8:
			snprintf(id, sizeof(id), "id = %llX", (unsigned long long)r.id);
			return flows.below(2) ? id : "worker = " + std::to_string(flows.below(2));
		default:
			return flows.below(2) ? "proto " + pick({"tcp", "udp"})
			                      : "vlan" + compare() + std::to_string(flows.below(12));
		}
	}

	Flows &flows;
	const std::vector<report_full> &rows;
};

bool
matches(const filter &filter, const report_full &full)
{
	const filter_subject subject = {&full.row, &full, FILTER_LOCAL_CLIENT,
	                                FILTER_PARTS_ALL, 0, nullptr};

	return filter_match(&filter, &subject) == 1;
}

/* Those that match, of rows that came by whatever way; each is the plain path's row. */
template <class Row>
std::vector<uint64_t>
ids(const filter &filter, const std::vector<Row> &rows, const std::map<uint64_t, report_full> &plain)
{
	std::vector<uint64_t> found;

	for (const Row &got : rows) {
		const report_row &row = reinterpret_cast<const report_row &>(got);
		auto it = plain.find(row.id);

		if (it == plain.end() || memcmp(&it->second, &got, sizeof(got)) != 0)
			ADD_FAILURE() << "not the row of the plain path: " << row.id;
		else if (matches(filter, it->second))
			found.push_back(row.id);
	}
	return found;
}

TEST(TrackMatching, NoneIsTurnedAwayThatTheWholeFilterTakes)
{
	const unsigned seed = std::random_device()();
	Flows flows(seed);
	unsigned looked = 0, came = 0, taken = 0;

	SCOPED_TRACE("seed " + std::to_string(seed));
	for (snapshot_what what : {SNAPSHOT_ALL, SNAPSHOT_ACTIVE}) {
		const std::vector<report_full> rows = flows.plain(what);
		std::map<uint64_t, report_full> plain;
		Author author(flows, rows);

		ASSERT_GT(rows.size(), 200u);
		for (const report_full &full : rows)
			plain[full.row.id] = full;
		for (int i = 0; i < 1500 && !::testing::Test::HasFailure(); i++) {
			const std::string text = author.any(3);
			std::vector<uint64_t> want;
			filter_error error;
			filter filter;

			ASSERT_EQ(filter_compile(&filter, text.c_str(), nullptr, &error), 0) << text << error.text;
			for (const report_full &full : rows)
				if (matches(filter, full))
					want.push_back(full.row.id);
			unsigned max = 1 + flows.below(300);
			uint32_t looks = 1 + flows.below(1200);
			auto brief = flows.matching<report_row>({what, 0, &filter}, max, looks);
			auto full = flows.matching<report_full>({what, 1, &filter}, max, looks);
			ASSERT_EQ(ids(filter, brief, plain), want) << text;
			ASSERT_EQ(ids(filter, full, plain), want) << text;
			looked += (unsigned)rows.size();
			came += (unsigned)brief.size();
			taken += (unsigned)want.size();
		}
	}
	EXPECT_GT(taken, looked / 20);
	EXPECT_LT(taken, looked / 20 * 19);
	EXPECT_LT(came - taken, (looked - taken) / 2) << "most of the others do not come so far";
}

/* What a line or an entry tells is told there: nothing comes that does not match. */
TEST(TrackMatching, WhatAsksForLittleIsDecidedByLittle)
{
	Flows flows(1);
	const std::vector<report_full> rows = flows.plain(SNAPSHOT_ALL);

	for (const char *text :
	     {"dport 23", "host 10.0.0.0/24", "proto udp idle > 5s", "age > 10s or sport 30007",
	      "state established", "client.state fin-wait-1 dport 443", "flag gap", "flag oneway",
	      "end rst", "closed-by server", "(dport 443 or state time-wait) and idle < 20s"}) {
		unsigned want = 0;
		filter filter;

		ASSERT_EQ(filter_compile(&filter, text, nullptr, nullptr), 0) << text;
		for (const report_full &full : rows)
			want += matches(filter, full);
		EXPECT_GT(want, 0u) << text;
		EXPECT_EQ(flows.matching<report_row>({SNAPSHOT_ALL, 0, &filter}, 100, 500).size(), want)
		    << text;
	}
}

/* An outline says nothing that the whole row does not say. */
TEST(TrackMatching, OutlinesAreTheRow)
{
	Flows flows(2);
	const track *track = flows.engine.get();
	snapshot_clock clock = {flows.engine.now_us, 1000000, nullptr};
	report_row outline = {}; /* one for all: nothing is left in it of another flow */
	unsigned upper = 0;

	for (uint32_t n = 0; n < flow_table_used(track->table); n++) {
		snapshot_copy copy;
		report_row row;

		if (snapshot_copy_is_free(track->table, n))
			continue;
		snapshot_copy_take(track, n, SNAPSHOT_DEPTH_WHOLE, &copy);
		snapshot_row(track, &clock, n, &copy, &row);
		upper += snapshot_copy_upper(&copy) != nullptr;
		for (snapshot_depth depth : {SNAPSHOT_DEPTH_HEAD, SNAPSHOT_DEPTH_ENTRY}) {
			struct snapshot_copy part;

			snapshot_copy_take(track, n, depth, &part);
			snapshot_row_outline(&clock, &part, depth, &outline);
			unsigned parts = snapshot_row_parts(&part, depth);
			EXPECT_EQ(parts & ~snapshot_row_parts_most(depth), 0u);
			EXPECT_EQ(outline.proto, row.proto);
			EXPECT_EQ(outline.ip_version, row.ip_version);
			EXPECT_EQ(outline.opened_us, row.opened_us);
			EXPECT_EQ(outline.last_us, row.last_us);
			EXPECT_EQ(outline.in_state_us, row.in_state_us);
			EXPECT_EQ(outline.idle_us, row.idle_us);
			for (auto end : {&report_row::client, &report_row::server}) {
				EXPECT_EQ(memcmp((outline.*end).addr, (row.*end).addr, 16), 0);
				EXPECT_EQ((outline.*end).port, (row.*end).port);
				if (parts & FILTER_PART_STATES) {
					EXPECT_EQ((outline.*end).state, (row.*end).state);
				}
				if (parts & FILTER_PART_COUNTERS) {
					EXPECT_EQ((outline.*end).packets, (row.*end).packets);
					EXPECT_EQ((outline.*end).bytes, (row.*end).bytes);
					EXPECT_EQ((outline.*end).payload, (row.*end).payload);
				}
			}
			if (parts & FILTER_PART_STATES) {
				EXPECT_EQ(outline.flags, row.flags);
				EXPECT_EQ(outline.closed_by, row.closed_by);
				EXPECT_EQ(outline.end_cause, row.end_cause);
			}
		}
	}
	EXPECT_GT(upper, 20u);
}

} // namespace
