// SPDX-License-Identifier: BSD-3-Clause
// What the torture of snapshots plays with: lives of flows whose numbers follow from one another, the worker
// that writes them, and the reader that knows what must fit.
#ifndef TRACK_TORTURE_FIXTURE_H
#define TRACK_TORTURE_FIXTURE_H

#include <atomic>
#include <random>
#include <thread>
#include <unordered_map>

#include <gtest/gtest.h>

#include "endpoint_table.h"
#include "snapshot.h"
#include "engine.h"
#include "snapshot_endpoint.h"
#include "snapshot_row.h"


using support::Engine;
using support::SEC;
using support::Talk;

constexpr uint32_t CAPACITY = 64;
constexpr uint64_t CLOCK = 1ull << 46; /* the readers' now: later than any packet */
constexpr unsigned TIME_MASK = 63;

#ifdef BASE_SANITIZES_THREADS
constexpr uint64_t ROWS = 100000;
#else
constexpr uint64_t ROWS = 1000000;
#endif

/*
 * Life n of a tuple: everything about it follows from n. Lives 2k and 2k + 1 have one tuple, so that the one
 * is detached by the other; the VLAN, in the cold slot, says which of them it is.
 */
struct Life {
	uint32_t n;

	explicit Life(uint32_t number) : n(number) {}

	bool is_udp() const { return n / 2 % 5 == 1; }
	bool repeats() const { return n / 2 % 3 == 0 && !is_big(); }
	bool is_big() const { return n / 2 % 7 == 3; }
	uint16_t vlan() const { return (uint16_t)(n % 4000); }
	uint16_t server_port() const { return (uint16_t)(1 + n / 2 % 20000); }
	uint32_t
	payload(unsigned end) const
	{
		return (2 + (n * 2654435761u >> (end ? 8 : 20)) % 1000) * (is_big() ? 100000 : 1);
	}

	uint32_t isn(unsigned end) const { return n * 2246822519u + end * 3266489917u; }
	uint16_t mss(unsigned end) const { return (uint16_t)(500 + (n + end) % 1000); }
	unsigned icmp() const { return 1 + n % (PACKET_N_ICMP - 1); }

	Talk
	talk() const
	{
		Talk talk(n / 2, server_port());

		talk.a_isn = isn(0);
		talk.b_isn = isn(1);
		return talk;
	}

	/* The window that an end advertises with its m-th packet. */
	uint32_t
	window(unsigned end, uint64_t m) const
	{
		return ((n * 31 + end * 7 + (uint32_t)m * 40503u) & 0xffff) | 1;
	}

	/* What the low bits of the time of its m-th packet are. */
	uint64_t time(uint64_t m) const { return (n + m * 7) & TIME_MASK; }
};

/* The life that a row is of. */
inline Life
life_of(const report_row &row)
{
	const report_end &a = row.client.port >= 30000 ? row.client : row.server;
	uint32_t addr;

	memcpy(&addr, a.addr, 4);
	uint32_t tuple = (__builtin_bswap32(addr) - 0x0a000000) * 20000 + a.port - 30000;
	return Life(2 * tuple + row.vlan % 2);
}

/* --- the reader ----------------------------------------------------------------------------- */

/* What is wrong with a row; empty: nothing. */
std::string
end_mistake(const Life &life, const report_full &full, bool is_a)
{
	bool is_client = (full.row.client.port >= 30000) == is_a;
	const report_end &end = is_client ? full.row.client : full.row.server;
	const report_more &more = is_client ? full.client : full.server;
	uint32_t p = life.payload(!is_a), header = life.is_udp() ? 28 : 40;

	if (end.bytes != end.packets * header + end.payload + more.retransmitted_bytes)
		return "bytes are not what packets and payload make";
	if (life.is_udp())
		return end.payload == end.packets * p ? "" : "payload is not of so many packets";
	if (end.payload % p != 0 || more.retransmitted_bytes != more.retransmitted * p)
		return "payload is not of whole segments";
	if (end.packets == 0)
		return "";
	uint32_t sent = more.snd_nxt - life.isn(!is_a) - 1 - (uint32_t)end.payload;
	if (sent > 1)
		return "the sequence number is not payload away from the first one";
	if (more.mss != life.mss(!is_a))
		return "the MSS is another connection's";
	/* A segment that passed before, and a RST, bring no window. */
	if (!life.repeats() && end.state != REPORT_CLOSED && (more.known & REPORT_KNOWS_RCV_NXT) &&
	    more.window != life.window(!is_a, end.packets))
		return "the window is not that of the last packet";
	return "";
}

std::string
row_mistake(const report_full &full)
{
	const report_row &row = full.row;
	Life life = life_of(row);
	const report_end &b = row.client.port >= 30000 ? row.server : row.client;
	uint64_t packets = row.client.packets + row.server.packets;
	uint64_t since_us = CLOCK - row.in_state_us;

	if (b.port != life.server_port() || row.vlan != life.vlan())
		return "its names are of two connections";
	if (row.proto != (life.is_udp() ? 17 : 6) ||
	    (row.client.state == REPORT_UDP) != life.is_udp() ||
	    (row.server.state == REPORT_UDP) != life.is_udp())
		return "its protocol and its states are of two";
	if (row.icmp != REPORT_ICMP_NONE && row.icmp != life.icmp())
		return "another's ICMP error";
	if (packets == 0 || !!(row.flags & REPORT_ONEWAY) != (row.client.packets == 0 || row.server.packets == 0))
		return "one way, or not";
	if ((row.opened_us & TIME_MASK) != life.time(1) || (row.last_us & TIME_MASK) != life.time(packets))
		return "its times are not those of its packets";
	if (row.opened_us > row.last_us || since_us < row.opened_us ||
	    (since_us > row.last_us && !row.replaced))
		return "its times are in no order";
	std::string mistake = end_mistake(life, full, true);
	return mistake.empty() ? end_mistake(life, full, false) : mistake;
}

/* Reads everything, as all the control core's requests do, and keeps what it finds wrong. */
class Reader
{
public:
	explicit Reader(track *of) : track_(of) {}

	/* Once through the table. */
	void
	pass()
	{
		std::unordered_map<uint64_t, uint32_t> seen;

		for (uint32_t next = 0; next != UINT32_MAX;) {
			report_full full[7];
			snapshot_clock clock = {CLOCK, 0, nullptr};
			unsigned n = support::snapshot_full(track_, &clock, SNAPSHOT_ALL, &next, 16, full, 7);

			for (unsigned i = 0; i < n; i++)
				check(full[i]);
		}
		pass_filtered();
		pass_others();
	}

	void
	check(const report_full &full)
	{
		std::string wrong = row_mistake(full);
		uint32_t n = life_of(full.row).n;

		rows++;
		upper += full.row.client.bytes > TCP_END_BYTES_MAX;
		trouble += full.client.retransmitted > ENTRY_TROUBLE_RETRANSMITTED_MAX;
		reused += full.row.replaced;
		if (wrong.empty() && lives_.emplace(full.row.id, n).first->second != n)
			wrong = "an id that was given twice";
		if (lives_.size() > 100000)
			lives_.clear();
		if (wrong.empty())
			return;
		if (mistakes++ == 0)
			mistake = wrong + ": life " + std::to_string(n) + ", id " +
			          std::to_string(full.row.id);
	}

	uint64_t rows = 0, upper = 0, trouble = 0, reused = 0, mistakes = 0;
	std::string mistake; /* the first */

private:
	/* By the early steps of a filter, which copy less. */
	void
	pass_filtered()
	{
		static const char *const texts[] = {"dport > 9000 idle > 1s", "state established", "bytes > 5k"};
		snapshot_clock clock = {CLOCK, 0, nullptr};
		report_full full[CAPACITY];
		uint32_t next = 0;
		filter filter;

		ASSERT_EQ(filter_compile(&filter, texts[rows % 3], nullptr, nullptr), 0);
		snapshot_ask ask = {SNAPSHOT_ACTIVE, 1, &filter};
		unsigned n = snapshot_matching(track_, &clock, &ask, &next, UINT32_MAX, full, CAPACITY);
		for (unsigned i = 0; i < n; i++)
			check(full[i]);
	}

	void
	pass_others()
	{
		snapshot_endpoint_view view = {&track_, 1, 0, 1};
		snapshot_clock clock = {CLOCK, 0, nullptr};
		report_stats stats = {};
		report_listen rows[32];

		snapshot_stats(track_, &stats);
		for (uint32_t next = 0; next != UINT32_MAX;) {
			unsigned n = snapshot_endpoint_rows(&view, &clock, &next, 64, rows, 32);

			for (unsigned i = 0; i < n; i++)
				if (rows[i].first_us > rows[i].last_us)
					mistakes++;
		}
	}

	track *track_;
	std::unordered_map<uint64_t, uint32_t> lives_;
};

/* --- the worker ----------------------------------------------------------------------------- */

/* One life under way. */
class Player
{
public:
	explicit Player(uint32_t n) : life(n), talk(life.talk()) {}

	/* Its next packet. */
	packet
	next(std::mt19937 &rng)
	{
		unsigned draw = rng() % 1024, end = draw & 1;
		packet pk;

		if (life.is_udp()) {
			pk = talk.make(end == 0, PACKET_PROTO_UDP, life.payload(end));
			over = draw < 4;
		} else if (opening < 3) {
			pk = open();
		} else {
			pk = segment(draw, end);
		}
		pk.vlan = life.vlan();
		pk.ip_id = pk.checksum = 0; // never a copy
		end = pk.src[1] != talk.a_addr;
		pk.window = (uint16_t)life.window(end, ++packets[end]);
		pk.mss = life.mss(end);
		return pk;
	}

	packet
	icmp() const
	{
		packet pk = talk.make(true, life.is_udp() ? PACKET_PROTO_UDP : PACKET_PROTO_TCP, 0);

		pk.verdict = PACKET_ICMP_ERROR;
		pk.icmp = (uint8_t)life.icmp();
		pk.seq = life.isn(0) + 1 + sent[0];
		return pk;
	}

	/* It had begun before its last packet, and its flow was evicted or dropped. */
	bool
	is_gone(const track *track) const
	{
		uint64_t a[2] = {0, talk.a_addr}, b[2] = {0, talk.b_addr};
		flow_key key;

		flow_key_make(&key, a, b, talk.a_port, talk.b_port, 0, life.is_udp() ? 17 : 6, 0);
		return packets[0] + packets[1] > 1 &&
		       flow_table_find(track->table, &key, flow_hash(&track->table->secret, &key)) ==
		           FLOW_NONE;
	}

	uint64_t time() const { return life.time(packets[0] + packets[1]); }

	Life life;
	bool over = false;

private:
	packet
	open()
	{
		opening++;
		return opening == 1 ? talk.a("S", 0) : opening == 2 ? talk.b("S.", 0, 1) : talk.a(".", 1, 1);
	}

	/* Data, the same data again, or the end. */
	packet
	segment(unsigned draw, unsigned end)
	{
		uint32_t p = life.payload(end), seq = 1 + sent[end];

		over = draw < 4;
		if (over)
			return talk.tcp(end == 0, draw < 2 || life.n % 2 == 0 ? "R" : "F.", seq, 1 + sent[!end], 0);
		if (draw < 300 && sent[end] > 0 && life.repeats())
			return talk.tcp(end == 0, ".", seq - p, 1 + sent[!end], p);
		sent[end] += p;
		return talk.tcp(end == 0, ".", seq, 1 + sent[!end], p);
	}

	Talk talk;
	unsigned opening = 0;
	uint32_t sent[2] = {};
	uint64_t packets[2] = {};
};

/* Moves lives until it is told to stop, `flood` new ones beside each packet. */
class Torture
{
public:
	Torture(track *of, unsigned at_once, unsigned flood) : track_(of), flood_(flood)
	{
		while (players_.size() < at_once)
			players_.push_back(another());
	}

	void
	run(const std::atomic<bool> &stop)
	{
		for (uint32_t turn = 0; !stop; turn++) {
			Player &player = players_[rng_() % players_.size()];

			if (player.over && player.life.n % 2 == 0 && !player.life.is_udp())
				player = Player(player.life.n + 1); // the tuple's next life
			else if (player.over)
				player = another();
			if (!send(player, player.next(rng_)))
				player = another();
			else if (rng_() % 32 == 0)
				send(player, player.icmp());
			for (unsigned i = 0; i < flood_; i++) {
				Player one = another();

				send(one, one.next(rng_));
			}
			if (turn % 1024 == 0)
				now_us_ += SEC; // timers fire
		}
	}

private:
	Player
	another()
	{
		lives_ += 2;
		return Player(lives_);
	}

	/* As in a daemon, no packet is later than the poll before it. */
	bool
	send(const Player &player, packet pk)
	{
		if (pk.verdict == PACKET_TRACKED)
			now_us_ += (player.time() - now_us_) & TIME_MASK;
		pk.time_us = now_us_;
		track_poll(track_, now_us_);
		if (player.is_gone(track_))
			return false;
		support::burst(track_, &pk, 1);
		return true;
	}

	track *track_;
	unsigned flood_;
	std::mt19937 rng_{1};
	std::vector<Player> players_;
	uint64_t now_us_ = 1000 * SEC;
	uint32_t lives_ = 0;
};

/* The worker of `engine` and, until `enough`, what the test does beside it. */
template <class Enough>
void
beside(Engine &engine, unsigned at_once, unsigned flood, Enough enough)
{
	std::atomic<bool> stop{false};
	std::thread thread([&] { Torture(engine.get(), at_once, flood).run(stop); });

	while (!enough())
		;
	stop = true;
	thread.join();
}

/* Everything ends soon, and a pass over the sockets does not take longer than one over the flows. */
inline void
small(track_config &config)
{
	config.sockets = ENDPOINT_CAPACITY_MIN;
	for (uint64_t &us : config.settings.timers.us)
		us = 20 * SEC;
}

#endif
