// SPDX-License-Identifier: BSD-3-Clause
/*
 * An engine to drive by hand, and the packets to drive it with.
 *
 *	Engine engine;
 *	Talk talk(1);                          a TCP conversation, number 1
 *	engine.send(talk.a("S", 0));           client to server; sequence numbers relative to the ISN
 *	engine.send(talk.b("S.", 0, 1));       server to client
 *	engine.pass(10 * SEC);                 time, with a poll each millisecond's worth of turn
 *	EXPECT_EQ(engine.row(talk).client.state, REPORT_SYN_SENT);
 *
 * After every burst the engine's counters are held against its rows: what is live by state, one-way,
 * received, created and gone. So each test is a test of the counters too.
 */
#ifndef SUPPORT_ENGINE_H
#define SUPPORT_ENGINE_H

#include <algorithm>
#include <cstring>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "calls.h"
#include "tcp.h"
#include "snapshot.h"
#include "track_state.h"

namespace support
{

constexpr uint64_t MS = 1000, SEC = 1000000;

/* A packet that no other is a copy of: each has an identification and a checksum of its own. */
inline packet
fresh_packet(uint8_t proto)
{
	static uint32_t serial = 1;
	packet pk = {};

	serial++;
	pk.verdict = PACKET_TRACKED;
	pk.proto = proto;
	pk.version = 4;
	pk.ip_id = (uint16_t)serial;
	pk.checksum = (uint16_t)(1 + (serial >> 16));
	pk.vlan = PACKET_NO_VLAN;
	pk.wscale = PACKET_NO_WSCALE;
	pk.ttl = 64;
	return pk;
}

/* The packet in a tunnel of that network. Paths live as long as the process. */
inline packet
in(packet pk, uint32_t vni, packet_tunnel_kind kind = PACKET_TUNNEL_VXLAN)
{
	static std::vector<std::unique_ptr<packet_path>> paths;

	paths.push_back(std::make_unique<packet_path>());
	paths.back()->level[0] = {{0, 1}, {0, 2}, vni, (uint8_t)kind, 4, 1, 0};
	pk.path = paths.back().get();
	pk.tunnels = 1;
	return pk;
}

/* One TCP or UDP conversation between a client and a server. */
struct Talk {
	uint64_t a_addr, b_addr;
	uint16_t a_port, b_port;
	uint32_t a_isn = 1000, b_isn = 9000;

	/* Number n, in 10.0.0.0/8 and 192.168.0.0/16, as the addresses lie in memory. */
	explicit Talk(uint32_t n, uint16_t server_port = 443)
		: a_addr(__builtin_bswap32(0x0a000000 + n / 20000)),
		  b_addr(__builtin_bswap32(0xc0a80001)), a_port((uint16_t)(30000 + n % 20000)),
		  b_port(server_port)
	{
	}

	packet
	make(bool from_a, uint8_t proto, uint32_t payload) const
	{
		packet pk = fresh_packet(proto);

		pk.src[1] = from_a ? a_addr : b_addr;
		pk.dst[1] = from_a ? b_addr : a_addr;
		pk.src_port = from_a ? a_port : b_port;
		pk.dst_port = from_a ? b_port : a_port;
		pk.payload_bytes = payload;
		pk.ip_bytes = 20 + (proto == PACKET_PROTO_TCP ? 20 : 8) + payload;
		return pk;
	}

	packet
	tcp(bool from_a, const char *flags, uint32_t seq, uint32_t ack, uint32_t payload) const
	{
		packet pk = make(from_a, PACKET_PROTO_TCP, payload);

		for (; *flags != 0; flags++)
			pk.tcp_flags |= *flags == 'S'   ? PACKET_TCP_SYN
					: *flags == 'F' ? PACKET_TCP_FIN
					: *flags == 'R' ? PACKET_TCP_RST
							: PACKET_TCP_ACK;
		pk.seq = seq + (from_a ? a_isn : b_isn);
		pk.ack = pk.tcp_flags & PACKET_TCP_ACK ? ack + (from_a ? b_isn : a_isn) : 0;
		pk.window = 65535;
		return pk;
	}

	/* From the client, and from the server. */
	packet
	a(const char *flags, uint32_t seq, uint32_t ack = 0, uint32_t payload = 0) const
	{
		return tcp(true, flags, seq, ack, payload);
	}

	packet
	b(const char *flags, uint32_t seq, uint32_t ack = 0, uint32_t payload = 0) const
	{
		return tcp(false, flags, seq, ack, payload);
	}

	packet udp_a(uint32_t payload) const { return make(true, PACKET_PROTO_UDP, payload); }
	packet udp_b(uint32_t payload) const { return make(false, PACKET_PROTO_UDP, payload); }

	std::vector<packet>
	opening() const
	{
		return {a("S", 0), b("S.", 0, 1), a(".", 1, 1)};
	}

	/* After opening(): the client closes first and comes to TIME_WAIT. */
	std::vector<packet>
	closing() const
	{
		return {a("F.", 1, 1), b("F.", 1, 2), a(".", 2, 2)};
	}

	/* Is the row of this conversation, whoever is held for the client? */
	bool
	is(const report_row &row) const
	{
		return is_end(row.client, a_addr, a_port) ? is_end(row.server, b_addr, b_port)
							  : is_end(row.client, b_addr, b_port) &&
								    is_end(row.server, a_addr, a_port);
	}

	static bool
	is_end(const report_end &end, uint64_t addr, uint16_t port)
	{
		return memcmp(end.addr, &addr, 4) == 0 && end.port == port;
	}
};

class Engine
{
public:
	explicit Engine(uint32_t capacity = 1024,
	                const std::function<void(track_config &)> &change = {})
		: engine(nullptr, track_destroy)
	{
		track_config config;

		track_config_init(&config);
		config.capacity = capacity;
		if (change)
			change(config);
		keep = config.keep;
		engine.reset(track_create(&config));
	}

	track *get() const { return engine.get(); }
	track *operator->() const { return engine.get(); }

	uint64_t now_us = 1000 * SEC;
	uint64_t sent = 0;

	/* One burst, all at `now_us` unless they carry a time. Returns the verdicts. */
	std::vector<packet_verdict>
	burst(std::vector<packet> packets)
	{
		std::vector<packet_verdict> verdicts;

		for (packet &pk : packets)
			pk.time_us = pk.time_us ? pk.time_us : now_us;
		support::burst(engine.get(), packets.data(), (unsigned)packets.size());
		sent += packets.size();
		for (const packet &pk : packets)
			verdicts.push_back((packet_verdict)pk.verdict);
		if (verified)
			verify();
		return verdicts;
	}

	packet_verdict send(const packet &pk) { return burst({pk})[0]; }

	/* Bursts of one. */
	void
	send_each(const std::vector<packet> &packets)
	{
		for (const packet &pk : packets)
			send(pk);
	}

	/* Time passes, with a poll each millisecond. Returns how many flows ended. */
	unsigned
	pass(uint64_t us)
	{
		unsigned ended = 0;

		for (uint64_t end_us = now_us + us; now_us < end_us;) {
			now_us = std::min(now_us + MS, end_us);
			ended += track_poll(engine.get(), now_us);
		}
		verify();
		return ended;
	}

	/* A long time passes at once: what is due ends. */
	void
	advance(uint64_t us)
	{
		now_us += us;
		track_advance(engine.get(), now_us);
		verify();
	}

	std::vector<report_row>
	rows(snapshot_what what = SNAPSHOT_ALL) const
	{
		snapshot_clock clock = {now_us, 0, nullptr};
		std::vector<report_row> all, some(64);
		uint32_t next = 0;

		while (next != UINT32_MAX) {
			unsigned n = snapshot_rows(engine.get(), &clock, what, &next, 100,
			                                 some.data(), (unsigned)some.size());

			all.insert(all.end(), some.begin(), some.begin() + n);
		}
		return all;
	}

	std::vector<report_row>
	rows_of(const Talk &talk, snapshot_what what = SNAPSHOT_ALL) const
	{
		std::vector<report_row> found;

		for (const report_row &row : rows(what))
			if (talk.is(row))
				found.push_back(row);
		return found;
	}

	/* Everything of its one row. */
	report_full
	full(const Talk &talk) const
	{
		snapshot_clock clock = {now_us, 0, nullptr};
		report_full found = {}, one;
		unsigned n = 0;

		for (uint32_t next = 0; next != UINT32_MAX;)
			if (snapshot_full(engine.get(), &clock, SNAPSHOT_ALL, &next, 1, &one, 1) == 1 &&
			    talk.is(one.row)) {
				found = one;
				n++;
			}
		EXPECT_EQ(n, 1u);
		return found;
	}

	bool has(const Talk &talk) const { return !rows_of(talk).empty(); }

	/* Its one row; a failure and zeros when there is another number of them. */
	report_row
	row(const Talk &talk) const
	{
		std::vector<report_row> found = rows_of(talk);

		EXPECT_EQ(found.size(), 1u);
		return found.empty() ? report_row{} : found[0];
	}

	/* "ESTABLISHED CLOSE_WAIT": client and server. */
	std::string
	states(const Talk &talk) const
	{
		report_row r = row(talk);

		if (r.client.state == REPORT_UDP)
			return "UDP UDP";
		return std::string(state_name((tcp_state)r.client.state)) + " " +
		       state_name((tcp_state)r.server.state);
	}

	report_stats
	stats() const
	{
		report_stats stats = {};

		snapshot_stats(engine.get(), &stats);
		return stats;
	}

	/* The counters against the rows and against each other. */
	void
	verify() const
	{
		report_stats s = stats();
		uint64_t client[REPORT_STATES] = {}, server[REPORT_STATES] = {}, oneway = 0, verdicts = 0;
		std::set<uint64_t> ids;

		for (const report_row &row : rows()) {
			client[row.client.state]++;
			server[row.server.state]++;
			oneway += !!(row.flags & REPORT_ONEWAY);
			EXPECT_TRUE(ids.insert(row.id).second) << "two rows with one id";
		}
		for (unsigned i = 0; i < REPORT_STATES; i++) {
			EXPECT_EQ(s.flows_client_state[i], client[i]) << "client state " << i;
			EXPECT_EQ(s.flows_server_state[i], server[i]) << "server state " << i;
		}
		for (unsigned i = 0; i < PACKET_N_VERDICTS; i++)
			verdicts += s.verdicts[i];
		EXPECT_EQ(s.received, sent);
		EXPECT_EQ(verdicts, sent);
		EXPECT_EQ(s.flows_live, ids.size());
		EXPECT_EQ(s.workers[engine->worker].flows_live, ids.size());
		EXPECT_EQ(s.flows_oneway, oneway);
		EXPECT_EQ(s.flows_live,
		          s.flows_created - s.flows_expired - s.flows_evicted - s.flows_dropped);
	}

	bool verified = true; // off where a test sends so much that it verifies by itself

private:
	std::unique_ptr<track, decltype(&track_destroy)> engine;
	bool keep = false;
};

} // namespace support

#endif
