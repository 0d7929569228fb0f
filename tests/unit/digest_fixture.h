/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the tests of digests share: connections as a tap has them, made in a line each, and a digest
 * of any kind that is fed as its feeder does.
 */
#ifndef DIGEST_FIXTURE_H
#define DIGEST_FIXTURE_H

#include <functional>

#include "digest.h"
#include "filter_fixture.h"

constexpr uint64_t SEC = 1000000;
constexpr uint64_t NOW = 1767225600 * SEC; /* 2026-01-01 */

/* A connection of which everything is known and nothing is owed, opened an hour ago. */
struct Conn {
	struct report_full full;

	Conn(const char *client, uint16_t client_port, const char *server, uint16_t server_port)
	{
		int family = strchr(client, ':') ? AF_INET6 : AF_INET;

		memset(&full, 0, sizeof(full));
		full.row.proto = IPPROTO_TCP;
		full.row.ip_version = family == AF_INET6 ? 6 : 4;
		full.row.vlan = REPORT_NO_VLAN;
		set_address(&full.row.client, family, client, client_port);
		set_address(&full.row.server, family, server, server_port);
		states(REPORT_ESTABLISHED, REPORT_ESTABLISHED, 3600 * SEC);
		full.row.client.packets = full.row.server.packets = 10;
		full.row.opened_us = NOW - 3600 * SEC;
		full.row.last_us = NOW;
		full.client.known = full.server.known = REPORT_KNOWS_SND_NXT | REPORT_KNOWS_RCV_NXT;
		full.client.snd_nxt = full.server.rcv_nxt = 0xfffffff0u;
		full.server.snd_nxt = full.client.rcv_nxt = 5000;
	}
	/* Both ends' states, each entered so long ago. */
	Conn &states(enum report_state client, enum report_state server, uint64_t us)
	{
		full.row.client.state = static_cast<uint8_t>(client);
		full.row.server.state = static_cast<uint8_t>(server);
		full.row.in_state_us = full.client.in_state_us = full.server.in_state_us = us;
		return *this;
	}
	Conn &idle(uint64_t us)
	{
		full.row.idle_us = us;
		full.row.last_us = NOW - us;
		return *this;
	}
	Conn &opened(uint64_t ago_us)
	{
		full.row.opened_us = NOW - ago_us;
		return *this;
	}
	/* What the client, or the server, has sent is not acknowledged, and was sent `again` times. */
	Conn &client_owed(uint64_t again)
	{
		full.server.rcv_nxt = full.client.snd_nxt - 20; /* over the wrap */
		full.client.retransmitted = again;
		return *this;
	}
	Conn &server_owed(uint64_t again)
	{
		full.client.rcv_nxt = full.server.snd_nxt - 20;
		full.server.retransmitted = again;
		return *this;
	}
	/* That end keeps it alive. */
	Conn &client_probes()
	{
		full.client.known |= REPORT_KNOWS_IDLE;
		return *this;
	}
	Conn &server_probes()
	{
		full.server.known |= REPORT_KNOWS_IDLE;
		return *this;
	}
	/* Its ports belong to a later connection. */
	Conn &replaced()
	{
		full.row.replaced = 1;
		return *this;
	}
	Conn &ended(enum report_end_cause cause)
	{
		full.row.end_cause = static_cast<uint8_t>(cause);
		return *this;
	}
	/* The client closed so long ago, the server acknowledged it, and that was all. */
	static Conn half(const char *client, uint16_t port, const char *server, uint16_t server_port,
	                 uint64_t ago_us)
	{
		return Conn(client, port, server, server_port)
		    .states(REPORT_FIN_WAIT_2, REPORT_CLOSE_WAIT, ago_us)
		    .idle(ago_us);
	}
	/* A SYN that nobody answers. */
	static Conn syn(const char *client, uint16_t port, const char *server, uint16_t server_port,
	                uint64_t first_us, uint64_t last_us)
	{
		Conn conn(client, port, server, server_port);

		conn.states(REPORT_SYN_SENT, REPORT_CLOSED, first_us).opened(first_us).idle(last_us);
		conn.full.row.server.packets = 0;
		conn.full.row.flags = REPORT_ONEWAY;
		conn.full.client.known = conn.full.server.known = 0;
		return conn;
	}
};

/* One digest; the rows are given as often as it wants them. */
template <typename Line> class Fed {
public:
	using Filter = std::function<bool(const struct report_row &)>;

	Fed(const struct digest_kind &kind, CountedMemory *memory,
	    const std::function<void(struct digest_config *)> &configure = {})
	    : kind_(kind)
	{
		struct digest_config config = {};

		config.pool = memory->memory();
		config.secret = std::random_device()();
		config.wait_us = 240 * SEC;
		if (configure)
			configure(&config);
		EXPECT_EQ(kind.row_bytes, sizeof(Line));
		digest_ = kind.create(&config);
	}
	~Fed() { kind_.destroy(digest_); }

	bool made() const { return digest_ != nullptr; }
	/* Returns how many passes were wanted. */
	int feed(const std::vector<Conn> &rows, uint64_t now_us = 1000 * SEC, const Filter &filter = {})
	{
		int passes = 0;

		do {
			for (const Conn &conn : rows)
				kind_.add(digest_, &conn.full.row, kind_.full ? &conn.full : nullptr,
				          !filter || filter(conn.full.row));
			passes++;
		} while (kind_.pass(digest_));
		kind_.settle(digest_, now_us);
		return passes;
	}
	std::vector<Line> lines() const
	{
		std::vector<Line> lines(kind_.count(digest_));

		for (uint32_t i = 0; i < lines.size(); i++)
			kind_.row(digest_, i, &lines[i]);
		return lines;
	}

private:
	const struct digest_kind &kind_;
	void *digest_;
};

inline std::string
numbered(unsigned number)
{
	return "10." + std::to_string(number >> 16 & 255) + "." + std::to_string(number >> 8 & 255) + "." +
	       std::to_string(number & 255);
}

#endif
