/* SPDX-License-Identifier: BSD-3-Clause */
/* The oracles are the C library's own: snprintf, inet_ntop, gmtime. */
#include <gtest/gtest.h>

#include <arpa/inet.h>

#include <cstdio>
#include <cstring>
#include <ctime>
#include <random>
#include <string>

#include "report_format.h"

namespace {

template <typename F, typename... Args>
std::string
formatted(F format, Args... args)
{
	char text[1024];

	memset(text, '#', sizeof(text));
	return std::string(text, format(text, args...));
}

std::string
address(const uint8_t *addr, unsigned version)
{
	return formatted(report_format_addr, addr, version);
}

TEST(ReportFormat, IntegersAsPrintf)
{
	for (uint64_t edge = 1, i = 0; i <= 20; i++, edge *= 10) {
		for (uint64_t value : { edge - 1, edge, edge + 1, UINT64_MAX - i })
			EXPECT_EQ(formatted(report_format_u64, value), std::to_string(value));
	}
}

TEST(ReportFormat, IdsHaveEightDigitsOrMore)
{
	EXPECT_EQ(formatted(report_format_id, uint64_t{ 0 }), "00000000");
	EXPECT_EQ(formatted(report_format_id, uint64_t{ 0xdeadbeef }), "DEADBEEF");
	EXPECT_EQ(formatted(report_format_id, uint64_t{ 0x100000000 }), "100000000");
	EXPECT_EQ(formatted(report_format_id, UINT64_MAX), "FFFFFFFFFFFFFFFF");
}

TEST(ReportFormat, Ipv4AsInetNtop)
{
	std::mt19937 random(1);

	for (int i = 0; i < 20000; i++) {
		uint32_t word = static_cast<uint32_t>(random());
		uint8_t addr[16] = { 0 };
		char oracle[INET_ADDRSTRLEN];

		if (i % 3 == 0)
			word &= 0x0a630963; /* one and two digits */
		memcpy(addr, &word, sizeof(word));
		EXPECT_EQ(address(addr, 4), inet_ntop(AF_INET, addr, oracle, sizeof(oracle)));
	}
}

/* Groups that are zero, short or long in all mixtures; runs of zeros of every length and place. */
TEST(ReportFormat, Ipv6AsInetNtop)
{
	std::mt19937 random(2);

	for (int i = 0; i < 200000; i++) {
		uint32_t zeros = static_cast<uint32_t>(random() & (i % 2 ? random() : 0xff));
		uint8_t addr[16];
		char oracle[INET6_ADDRSTRLEN];

		for (int group = 0; group < 8; group++) {
			uint32_t value = static_cast<uint32_t>(random()) & 0xffff;

			value >>= 4 * (random() % 4);
			if (zeros >> group & 1)
				value = 0;
			else if (random() % 8 == 0)
				value = 0xffff;
			addr[2 * group] = static_cast<uint8_t>(value >> 8);
			addr[2 * group + 1] = static_cast<uint8_t>(value);
		}
		ASSERT_EQ(address(addr, 6), inet_ntop(AF_INET6, addr, oracle, sizeof(oracle)));
	}
}

TEST(ReportFormat, Ipv6Mapped)
{
	for (const char *text : { "::", "::1", "::ffff:1.2.3.4", "::1.2.3.4", "1::", "::2:0:0:1",
	                          "1:0:0:2::", "1:0:2:3:4:5:6:7", "64:ff9b::102:304" }) {
		uint8_t addr[16];
		char oracle[INET6_ADDRSTRLEN];

		ASSERT_EQ(inet_pton(AF_INET6, text, addr), 1);
		EXPECT_EQ(address(addr, 6), inet_ntop(AF_INET6, addr, oracle, sizeof(oracle)));
	}
}

TEST(ReportFormat, Sockets)
{
	uint8_t v4[16] = { 10, 0, 0, 1 }, v6[16] = { 0 };
	uint16_t port = 65535;

	v6[15] = 1;
	EXPECT_EQ(formatted(report_format_socket, v4, 4u, port), "10.0.0.1:65535");
	EXPECT_EQ(formatted(report_format_socket, v6, 6u, port), "[::1]:65535");
}

/* A moment of every day from 1970 to 9999, leap days and centuries among them. */
TEST(ReportFormat, TimesAsGmtime)
{
	std::mt19937_64 random(3);

	for (uint64_t day = 0; day < 2932897; day++) {
		uint64_t us = day * 86400000000 + random() % 86400000000;
		time_t seconds = static_cast<time_t>(us / 1000000);
		char oracle[64];
		struct tm tm;
		size_t n;

		gmtime_r(&seconds, &tm);
		n = strftime(oracle, sizeof(oracle), "%Y-%m-%dT%H:%M:%S", &tm);
		snprintf(oracle + n, sizeof(oracle) - n, ".%06uZ", static_cast<unsigned>(us % 1000000));
		ASSERT_EQ(formatted(report_format_time, us), oracle);
	}
}

TEST(ReportFormat, SecondsEndInNoZero)
{
	EXPECT_EQ(formatted(report_format_seconds, uint64_t{ 0 }), "0");
	EXPECT_EQ(formatted(report_format_seconds, uint64_t{ 1 }), "0.000001");
	EXPECT_EQ(formatted(report_format_seconds, uint64_t{ 100000 }), "0.1");
	EXPECT_EQ(formatted(report_format_seconds, uint64_t{ 3600500000 }), "3600.5");
	EXPECT_EQ(formatted(report_format_seconds, uint64_t{ 10000000 }), "10");
	EXPECT_EQ(formatted(report_format_seconds, uint64_t{ 10123456 }), "10.123456");
	EXPECT_EQ(formatted(report_format_seconds, UINT64_MAX), "18446744073709.551615");
}

TEST(ReportFormat, HoursGrow)
{
	const uint64_t second = 1000000;

	EXPECT_EQ(formatted(report_format_hms, uint64_t{ 999999 }), "00:00:00");
	EXPECT_EQ(formatted(report_format_hms, 3599 * second), "00:59:59");
	EXPECT_EQ(formatted(report_format_hms, 359999 * second), "99:59:59");
	EXPECT_EQ(formatted(report_format_hms, 360000 * second), "100:00:00");
	EXPECT_EQ(formatted(report_format_hms, (1000 * 3600 + 61) * second), "1000:01:01");
}

std::string
json(const std::string &text)
{
	return formatted(report_format_json, text.c_str(), text.size());
}

TEST(ReportFormat, JsonStrings)
{
	EXPECT_EQ(json("eth0"), "eth0");
	EXPECT_EQ(json("a\"b\\c\n\x01\x7f"), "a\\\"b\\\\c\\u000a\\u0001\\u007f");
	EXPECT_EQ(json("\xc3\xa9\xe6\x97\xa5\xf0\x9f\x98\x80"), "\xc3\xa9\xe6\x97\xa5\xf0\x9f\x98\x80");
	/* what turns a line, and what begins a command in one byte of another set */
	EXPECT_EQ(json("a\xe2\x80\xae" "b\xc2\x9b"), "a\\u202eb\\u009b");
	EXPECT_EQ(json("\xf3\xa0\x81\x81"), "\\udb40\\udc41");
	/* alone, cut short, too long for what they mean, surrogate, beyond the last */
	EXPECT_EQ(json("\x80" "a"), "\\ufffda");
	EXPECT_EQ(json("\xe6\x97"), "\\ufffd\\ufffd");
	EXPECT_EQ(json("\xc0\x80"), "\\ufffd\\ufffd");
	EXPECT_EQ(json("\xe0\x80\x80"), "\\ufffd\\ufffd\\ufffd");
	EXPECT_EQ(json("\xed\xa0\x80"), "\\ufffd\\ufffd\\ufffd");
	EXPECT_EQ(json("\xf4\x90\x80\x80"), "\\ufffd\\ufffd\\ufffd\\ufffd");
}

/* A field that fills its array has no NUL. */
TEST(ReportFormat, StringsStopAtTheirMost)
{
	const char full[4] = { 'a', 'b', 'c', 'd' };

	EXPECT_EQ(formatted(report_format_json, full, size_t{ 4 }), "abcd");
	EXPECT_EQ(formatted(report_format_csv, full, size_t{ 3 }), "abc");
}

TEST(ReportFormat, CsvQuotesOnlyWhatMustBe)
{
	EXPECT_EQ(formatted(report_format_csv, "net_pcap0", size_t{ 64 }), "net_pcap0");
	EXPECT_EQ(formatted(report_format_csv, "net_pcap0,rx=1", size_t{ 64 }), "\"net_pcap0,rx=1\"");
	EXPECT_EQ(formatted(report_format_csv, "say \"x\"", size_t{ 64 }), "\"say \"\"x\"\"\"");
	EXPECT_EQ(formatted(report_format_csv, "two\nlines", size_t{ 64 }), "two\\x0alines");
	EXPECT_EQ(formatted(report_format_csv, "\"\033,", size_t{ 64 }), "\"\"\"\\x1b,\"");
	EXPECT_EQ(formatted(report_format_csv, "", size_t{ 64 }), "");
}

} // namespace
