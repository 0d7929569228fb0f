/* SPDX-License-Identifier: BSD-3-Clause */
#include <gtest/gtest.h>

#include <arpa/inet.h>

#include <cstring>
#include <string>

#include "filter_value.h"

namespace {

struct filter_span
span(const std::string &text)
{
	return { text.data(), text.size() };
}

using Reader = int (*)(struct filter_span, uint64_t *);

struct Number {
	const char *text;
	uint64_t value;
};

void
expect_reads(Reader read, std::initializer_list<Number> good, std::initializer_list<const char *> bad)
{
	uint64_t value;

	for (const Number &number : good) {
		ASSERT_EQ(read(span(number.text), &value), 0) << number.text;
		EXPECT_EQ(value, number.value) << number.text;
	}
	for (const char *text : bad)
		EXPECT_NE(read(span(text), &value), 0) << text;
}

TEST(FilterValue, Ports)
{
	expect_reads(filter_value_port, { { "0", 0 }, { ":22", 22 }, { "65535", 65535 }, { "00080", 80 } },
	             { "", ":", "65536", "::22", "22:", "-1", "+1", "ssh", "2 2", "99999999999999999999" });
}

TEST(FilterValue, Counts)
{
	expect_reads(filter_value_count,
	             { { "0", 0 }, { "1500", 1500 }, { "10k", 10000 }, { "10K", 10000 },
	               { "5M", 5000000 }, { "5m", 5000000 }, { "2G", 2000000000 }, { "1T", 1000000000000 },
	               { "18446744073709551615", UINT64_MAX }, { "18446744073709551k", 18446744073709551000u } },
	             { "", "k", "10kk", "10x", "1.5k", "18446744073709551616", "18446744073709552k", "10 k" });
}

TEST(FilterValue, Durations)
{
	expect_reads(filter_value_duration,
	             { { "0", 0 }, { "90", 90000000 }, { "90s", 90000000 }, { "5m", 300000000 },
	               { "2h", 7200000000 }, { "1d", 86400000000 }, { "1h30m", 5400000000 },
	               { "1d2h3m4s", 93784000000 }, { "36500d", 3153600000000000 } },
	             { "", "m", "5x", "30m1h", "5m5m", "1h30", "1.5h", "-5m", "5ms", "36501d", "99999999999d" });
}

TEST(FilterValue, Ids)
{
	expect_reads(filter_value_id,
	             { { "0000002A", 0x2a }, { "2a", 0x2a }, { "123456789ABCDEF0", 0x123456789abcdef0 } },
	             { "", "0x2A", "2G", "12345678123456781", "2 A" });
	uint64_t value;
	const char nul[] = "2\0A";
	EXPECT_NE(filter_value_id({ nul, 3 }, &value), 0);
}

struct Socket {
	const char *text, *addr; /* addr NULL: any */
	int version, len, port;  /* port -1: any */
};

void
expect_socket(int (*read)(struct filter_span, struct filter_socket *), const Socket &want)
{
	struct filter_socket got;
	uint8_t addr[16] = {};

	ASSERT_EQ(read(span(want.text), &got), 0) << want.text;
	EXPECT_EQ(got.version, want.version) << want.text;
	EXPECT_EQ(got.len, want.len) << want.text;
	EXPECT_EQ(got.has_port ? got.port : -1, want.port) << want.text;
	if (want.addr) {
		ASSERT_EQ(inet_pton(want.version == 6 ? AF_INET6 : AF_INET, want.addr, addr), 1);
	}
	EXPECT_EQ(memcmp(got.addr, addr, 16), 0) << want.text;
	for (int bit = 0; bit < 128; bit++) {
		const uint8_t *mask = reinterpret_cast<const uint8_t *>(got.mask);

		EXPECT_EQ(mask[bit / 8] >> (7 - bit % 8) & 1, bit < want.len) << want.text << " " << bit;
	}
}

TEST(FilterValue, Sockets)
{
	const Socket good[] = {
		{ "10.0.0.1", "10.0.0.1", 4, 32, -1 },
		{ "10.0.0.1:443", "10.0.0.1", 4, 32, 443 },
		{ "10.0.0.1:*", "10.0.0.1", 4, 32, -1 },
		{ "10.9.8.7/8", "10.0.0.0", 4, 8, -1 },
		{ "10.9.8.7/13:80", "10.8.0.0", 4, 13, 80 },
		{ "0.0.0.0/0", "0.0.0.0", 4, 0, -1 },
		{ "2001:db8::1", "2001:db8::1", 6, 128, -1 },
		{ "::", "::", 6, 128, -1 },
		{ "2001:db8::1/32", "2001:db8::", 6, 32, -1 },
		{ "2001:db8::1/33:80", "2001:db8::", 6, 33, 80 },
		{ "[2001:db8::1]", "2001:db8::1", 6, 128, -1 },
		{ "[2001:db8::1]:443", "2001:db8::1", 6, 128, 443 },
		{ "[2001:db8::1]/64:443", "2001:db8::", 6, 64, 443 },
		{ "[2001:db8::1/64]:443", "2001:db8::", 6, 64, 443 },
		{ "[2001:db8::1/64]", "2001:db8::", 6, 64, -1 },
		{ "*:443", nullptr, 0, 0, 443 },
		{ ":443", nullptr, 0, 0, 443 },
		{ "*", nullptr, 0, 0, -1 },
		{ "*:*", nullptr, 0, 0, -1 },
	};
	struct filter_socket got;

	for (const Socket &socket : good)
		expect_socket(filter_value_socket, socket);
	for (const char *bad : { "", "10", "10/8", "10.0.0", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8/8",
	                         "10.0.0.1:", "10.0.0.1:65536", "10.0.0.1:http", "010.0.0.1", "host",
	                         "2001:db8::/129", "[2001:db8::1", "[2001:db8::1]443", "[10.0.0.1]:443",
	                         "[]", "[]:443", "[2001:db8::1/64]/64", "*/8", "*/8:443", "1:2:3",
	                         "2001:db8::1::2", "fe80::1%eth0", "10.0.0.1:443:443", "[",
	                         "1111:2222:3333:4444:5555:6666:255.255.255.255.255.255.255.255.255" })
		EXPECT_NE(filter_value_socket(span(bad), &got), 0) << bad;
	const char nul[] = "10.0.0.1\0:9";
	EXPECT_NE(filter_value_socket({ nul, 9 }, &got), 0);
}

TEST(FilterValue, Networks)
{
	struct filter_socket got;

	expect_socket(filter_value_net, { "10.9.8.7/8", "10.0.0.0", 4, 8, -1 });
	expect_socket(filter_value_net, { "2001:db8::1", "2001:db8::1", 6, 128, -1 });
	expect_socket(filter_value_net, { "[2001:db8::1]", "2001:db8::1", 6, 128, -1 });
	for (const char *bad : { "", "*", "10.0.0.1:443", ":443", "[2001:db8::1]:443", "10.0.0.0/8:1" })
		EXPECT_NE(filter_value_net(span(bad), &got), 0) << bad;
}

} // namespace
