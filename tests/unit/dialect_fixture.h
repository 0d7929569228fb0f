/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the tests of dialects share: rows as the daemon sends them when lines are asked for.
 */
#ifndef DIALECT_FIXTURE_H
#define DIALECT_FIXTURE_H

#include "report_fixture.h"

extern "C" {
#include "dialect_line.h"
#include "dialect_words.h"
}

/* A connection of 10.0.0.1:20008 with 192.168.5.146:443, its client's end the line. */
inline struct report_row
tcp_line(unsigned state, uint64_t id = 0x2a)
{
	struct report_row row = bare_row();

	row.id = id;
	row.client.state = static_cast<uint8_t>(state);
	row.server.state = REPORT_SYN_SENT; /* what must never be printed */
	row.lines = REPORT_LINE_CLIENT;
	return row;
}

inline struct report_row
as_ipv6(struct report_row row)
{
	row.ip_version = 6;
	set_address(&row.client, AF_INET6, "2001:db8::1", row.client.port);
	set_address(&row.server, AF_INET6, "2001:db8:1111:2222:3333:4444:5555:6666", row.server.port);
	if (row.lines & REPORT_LINE_SOCKET)
		memset(row.server.addr, 0, sizeof(row.server.addr));
	return row;
}

inline struct report_row
udp_line()
{
	struct report_row row = tcp_line(REPORT_UDP, 0x2b);

	row.proto = IPPROTO_UDP;
	row.server.state = REPORT_UDP;
	row.server.port = 53;
	return row;
}

/* A socket without peer: TCP's listens. */
inline struct report_row
socket_line(int proto, uint16_t port)
{
	struct report_row row = bare_row();

	row.id = 0;
	row.proto = static_cast<uint8_t>(proto);
	row.client.port = port;
	row.client.state = proto == IPPROTO_TCP ? REPORT_LISTEN : REPORT_UDP;
	memset(&row.server, 0, sizeof(row.server));
	row.lines = REPORT_LINE_CLIENT | REPORT_LINE_SOCKET;
	return row;
}

/* What a report of a busy host may hold: sockets, every state, UDP, IPv6. */
inline std::vector<struct report_row>
every_line()
{
	std::vector<struct report_row> rows = { socket_line(IPPROTO_TCP, 22),
		                                as_ipv6(socket_line(IPPROTO_TCP, 22)) };

	for (unsigned state = REPORT_SYN_SENT; state <= REPORT_TIME_WAIT; state++)
		rows.push_back(tcp_line(state, 0x10 + state));
	rows.push_back(tcp_line(REPORT_CLOSED));
	rows.push_back(as_ipv6(tcp_line(REPORT_ESTABLISHED, 0xabcdef012)));
	rows.push_back(socket_line(IPPROTO_UDP, 161));
	rows.push_back(as_ipv6(socket_line(IPPROTO_UDP, 161)));
	rows.push_back(udp_line());
	rows.push_back(as_ipv6(udp_line()));
	return rows;
}

#endif
