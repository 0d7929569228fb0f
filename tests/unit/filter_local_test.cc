/* SPDX-License-Identifier: BSD-3-Clause */
#include <gtest/gtest.h>

#include "filter_fixture.h"

extern "C" {
#include "filter_local.h"
}

namespace {

const unsigned CLIENT = REPORT_LINE_CLIENT, SERVER = REPORT_LINE_SERVER, SOCKET = REPORT_LINE_SOCKET;

struct report_row
tcp(const char *client, const char *server, int family = AF_INET)
{
	struct report_row row;

	memset(&row, 0, sizeof(row));
	row.proto = IPPROTO_TCP;
	row.ip_version = family == AF_INET ? 4 : 6;
	inet_pton(family, client, row.client.addr);
	inet_pton(family, server, row.server.addr);
	row.client.port = 40000;
	row.server.port = 443;
	row.client.state = REPORT_FIN_WAIT_2;
	row.server.state = REPORT_CLOSE_WAIT;
	return row;
}

struct filter_local
home()
{
	struct filter_local local = {};

	local.n_nets = 3;
	local.nets[0] = { { 10 }, 8, 4 };
	local.nets[1] = { { 192, 168, 5, 128 }, 25, 4 };
	local.nets[2] = { { 0xfd }, 8, 6 };
	return local;
}

struct filter_local
host(const char *address)
{
	struct filter_local local = {};

	local.as_version = strchr(address, ':') ? 6 : 4;
	inet_pton(local.as_version == 6 ? AF_INET6 : AF_INET, address, local.as);
	return local;
}

int
match(const struct filter_local &local, const char *text, const struct report_row &row,
      unsigned parts = FILTER_PARTS_ROW)
{
	struct filter filter;
	const struct filter_subject subject = { &row, nullptr, FILTER_LOCAL_CLIENT, parts, 0, nullptr };

	EXPECT_EQ(filter_compile(&filter, text, nullptr, nullptr), 0) << text;
	return filter_local_match(&local, &filter, &subject);
}

unsigned
ends(const struct filter_local &local, const struct report_row &row)
{
	return filter_local_ends(&local, &row);
}

TEST(FilterSide, HomeEnds)
{
	EXPECT_EQ(ends(home(), tcp("10.1.2.3", "8.8.8.8")), CLIENT);
	EXPECT_EQ(ends(home(), tcp("11.1.2.3", "10.255.255.255")), SERVER);
	EXPECT_EQ(ends(home(), tcp("10.1.2.3", "10.1.2.4")), CLIENT | SERVER);
	EXPECT_EQ(ends(home(), tcp("9.9.9.9", "8.8.8.8")), 0u);
	EXPECT_EQ(ends(home(), tcp("192.168.5.127", "192.168.5.128")), SERVER) << "a length within a byte";
	EXPECT_EQ(ends(home(), tcp("fd00::1", "2001:db8::1", AF_INET6)), CLIENT);
	EXPECT_EQ(ends(home(), tcp("a00::1", "2001:db8::1", AF_INET6)), 0u) << "0a is 10, in IPv6";
	EXPECT_EQ(ends({}, tcp("10.1.2.3", "10.1.2.4")), 0u);
}

TEST(FilterSide, OneHost)
{
	EXPECT_EQ(ends(host("10.1.2.3"), tcp("10.1.2.3", "10.1.2.4")), CLIENT);
	EXPECT_EQ(ends(host("10.1.2.4"), tcp("10.1.2.3", "10.1.2.4")), SERVER);
	EXPECT_EQ(ends(host("10.1.2.5"), tcp("10.1.2.3", "10.1.2.4")), 0u);
	EXPECT_EQ(ends(host("10.1.2.3"), tcp("10.1.2.3", "10.1.2.3")), CLIENT | SERVER);
	EXPECT_EQ(ends(host("fd00::1"), tcp("fd00::2", "fd00::1", AF_INET6)), SERVER);
	EXPECT_EQ(ends(host("a01:203::"), tcp("10.1.2.3", "10.1.2.4")), 0u);
}

/* One socket, one line, as its host shows it. */
TEST(FilterSide, ASocketConnectedToItself)
{
	struct report_row row = tcp("10.1.2.3", "10.1.2.3");

	row.server.port = row.client.port;
	row.server.state = row.client.state = REPORT_ESTABLISHED;
	EXPECT_EQ(ends(host("10.1.2.3"), row), CLIENT);
	EXPECT_EQ(ends(home(), row), CLIENT);
	row.server.addr[3]++;
	EXPECT_EQ(ends(home(), row), CLIENT | SERVER) << "one port of two hosts";
}

TEST(FilterSide, WhatHasNoSocketHasNoLine)
{
	struct report_row row = tcp("10.1.2.3", "10.1.2.4");
	struct filter_local local = home();

	row.client.state = REPORT_SYN_SENT;
	row.server.state = REPORT_CLOSED;
	EXPECT_EQ(ends(local, row), CLIENT);
	local.closed = 1;
	EXPECT_EQ(ends(local, row), CLIENT | SERVER);
	row.server.state = REPORT_LISTEN;
	EXPECT_EQ(ends(local, row), CLIENT) << "the socket that listens is another";
	row.client.state = REPORT_TIME_WAIT;
	row.server.state = REPORT_CLOSED;
	row.replaced = 1;
	EXPECT_EQ(ends(local, row), CLIENT | SERVER);
	local.closed = 0;
	EXPECT_EQ(ends(local, row), 0u) << "the next connection has the socket";
	row.proto = IPPROTO_UDP;
	row.replaced = 0;
	row.client.state = row.server.state = REPORT_UDP;
	EXPECT_EQ(ends(local, row), CLIENT);
	local.served = 1;
	EXPECT_EQ(ends(local, row), CLIENT | SERVER);
}

/* An UDP socket with several peers is one line, and that is the socket's. */
TEST(FilterSide, UnconnectedSockets)
{
	struct filter_unconnected unconnected;
	CountedMemory counted;
	struct report_row row = tcp("10.1.2.3", "10.1.2.4");
	struct filter_local local = home();
	struct report_listen from = {};

	row.proto = IPPROTO_UDP;
	row.client.state = row.server.state = REPORT_UDP;
	from.ip_version = 4;
	from.proto = IPPROTO_UDP;
	from.port = row.client.port;
	memcpy(from.addr, row.client.addr, sizeof(from.addr));
	from.state = REPORT_LISTEN_UNCONNECTED;
	filter_local_learn(&local, &from); /* nowhere to remember it */
	EXPECT_EQ(ends(local, row), CLIENT);
	filter_unconnected_init(&unconnected, counted.memory(), 1);
	local.unconnected = &unconnected;
	from.state = REPORT_LISTEN_ANSWERED;
	filter_local_learn(&local, &from);
	EXPECT_EQ(ends(local, row), CLIENT);
	from.state = REPORT_LISTEN_UNCONNECTED;
	filter_local_learn(&local, &from);
	EXPECT_EQ(ends(local, row), 0u);
	row.client.port++;
	EXPECT_EQ(ends(local, row), CLIENT);
	row.client.port--;
	local.served = 1;
	EXPECT_EQ(ends(local, row), CLIENT | SERVER);
	filter_unconnected_fini(&unconnected);
	EXPECT_EQ(counted.now, 0u);
}

/* Each line is asked by itself, with its own end as src and its own state. */
TEST(FilterSide, AFilterSeenFromAnEnd)
{
	const struct report_row row = tcp("10.1.2.3", "10.1.2.4");

	EXPECT_EQ(match(home(), "", row), (int)(CLIENT | SERVER));
	EXPECT_EQ(match(home(), "sport 443", row), (int)SERVER);
	EXPECT_EQ(match(home(), "dport 443", row), (int)CLIENT);
	EXPECT_EQ(match(home(), "src 10.1.2.3", row), (int)CLIENT);
	EXPECT_EQ(match(home(), "state fin-wait-2", row), (int)CLIENT);
	EXPECT_EQ(match(home(), "exclude fin-wait-2", row), (int)SERVER);
	EXPECT_EQ(match(home(), "client.state fin-wait-2", row), (int)(CLIENT | SERVER));
	EXPECT_EQ(match(home(), "host 10.1.2.3", row), (int)(CLIENT | SERVER));
	EXPECT_EQ(match(home(), "sport 80", row), 0);
	EXPECT_EQ(match(host("10.1.2.4"), "state fin-wait-2", row), 0);
	EXPECT_EQ(match(host("10.1.2.4"), "state close-wait dport 40000", row), (int)SERVER);
	EXPECT_EQ(match(home(), "bytes > 5", row, FILTER_PART_KEY | FILTER_PART_STATES), -EAGAIN);
	EXPECT_EQ(match(host("1.1.1.1"), "bytes > 5", row, FILTER_PART_KEY | FILTER_PART_STATES), 0)
	    << "not local: known without the counters";
}

TEST(FilterSide, SocketsAsRows)
{
	struct report_listen from;
	struct report_row row;

	memset(&from, 0, sizeof(from));
	from.proto = IPPROTO_TCP;
	from.ip_version = 4;
	from.vlan = 7;
	from.port = 80;
	inet_pton(AF_INET, "10.1.2.3", from.addr);
	from.first_us = 11;
	from.last_us = 22;
	from.age_us = 33;
	from.idle_us = 44;
	from.state = REPORT_LISTEN_LISTEN;
	ASSERT_EQ(filter_local_socket(&row, &from), 1);
	EXPECT_EQ(row.client.state, REPORT_LISTEN);
	EXPECT_EQ(row.lines, CLIENT | SOCKET);
	EXPECT_EQ(row.client.port, 80);
	EXPECT_EQ(row.vlan, 7);
	EXPECT_EQ(row.opened_us, 11u);
	EXPECT_EQ(row.last_us, 22u);
	EXPECT_EQ(row.in_state_us, 33u);
	EXPECT_EQ(row.idle_us, 44u);
	EXPECT_EQ(match(home(), "state listening sport 80", row), (int)(CLIENT | SOCKET));
	EXPECT_EQ(match(home(), "state established", row), 0);
	EXPECT_EQ(match(host("10.1.2.4"), "", row), 0);
	from.state = REPORT_LISTEN_REFUSED;
	EXPECT_EQ(filter_local_socket(&row, &from), 0);
	from.state = REPORT_LISTEN_SILENT;
	EXPECT_EQ(filter_local_socket(&row, &from), 0);
	from.proto = IPPROTO_UDP;
	EXPECT_EQ(filter_local_socket(&row, &from), 0);
	for (unsigned state : { REPORT_LISTEN_ANSWERED, REPORT_LISTEN_UNCONNECTED }) {
		from.state = static_cast<uint8_t>(state);
		ASSERT_EQ(filter_local_socket(&row, &from), 1);
		EXPECT_EQ(row.client.state, REPORT_UDP);
	}
}

} // namespace
