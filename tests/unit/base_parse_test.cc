// SPDX-License-Identifier: BSD-3-Clause
// What people write: numbers, durations, networks, labels; what is one, and what is none.

#include <cerrno>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base_parse.h"

namespace
{

// A copy of just these bytes, so that one read beyond them is found.
std::vector<char>
exactly(const std::string &text)
{
	return std::vector<char>(text.begin(), text.end());
}

constexpr uint64_t untouched = 0xa5a5a5a5a5a5a5a5;

struct Got {
	int rc;
	uint64_t value;

	bool
	operator==(const Got &other) const
	{
		return rc == other.rc && value == other.value;
	}
};

std::ostream &
operator<<(std::ostream &out, const Got &got)
{
	return out << got.rc << " " << got.value;
}

Got
number(const std::string &text, uint64_t most = UINT64_MAX)
{
	std::vector<char> copy = exactly(text);
	Got got = {0, untouched};

	got.rc = base_parse_number(copy.data(), copy.size(), most, &got.value);
	return got;
}

Got
count(const std::string &text)
{
	std::vector<char> copy = exactly(text);
	Got got = {0, untouched};

	got.rc = base_parse_count(copy.data(), copy.size(), &got.value);
	return got;
}

Got
duration(const std::string &text, unsigned forms)
{
	std::vector<char> copy = exactly(text);
	Got got = {0, untouched};

	got.rc = base_parse_duration_us(copy.data(), copy.size(), forms, &got.value);
	return got;
}

struct GotNet {
	int rc;
	std::string text;
};

GotNet
net(const std::string &text, int (*parse)(const char *, size_t, base_net *) = base_parse_net)
{
	std::vector<char> copy = exactly(text);
	base_net before, got;
	char written[BASE_NET_TEXT_MAX];

	memset(&before, 0xa5, sizeof(before));
	got = before;
	int rc = parse(copy.data(), copy.size(), &got);
	if (rc != 0) {
		EXPECT_EQ(memcmp(&before, &got, sizeof(got)), 0) << text;
		return {rc, ""};
	}
	base_net_format(&got, written);
	return {rc, written};
}

bool
label(const std::string &text, const char *also = "")
{
	std::vector<char> copy = exactly(text);

	return base_parse_is_label(copy.data(), copy.size(), also);
}

const Got invalid = {-EINVAL, untouched}, beyond = {-ERANGE, untouched};

TEST(BaseParse, Numbers)
{
	EXPECT_EQ(number("0"), (Got{0, 0}));
	EXPECT_EQ(number("0010"), (Got{0, 10}));
	EXPECT_EQ(number("65535", 65535), (Got{0, 65535}));
	EXPECT_EQ(number("65536", 65535), beyond);
	EXPECT_EQ(number("1", 0), beyond);
	EXPECT_EQ(number("18446744073709551615"), (Got{0, UINT64_MAX}));
	EXPECT_EQ(number("18446744073709551616"), beyond);
	EXPECT_EQ(number("18446744073709551620"), beyond);
	EXPECT_EQ(number(std::string(100, '9')), beyond);
	for (const char *bad : {"", "-", "-1", "+1", " 1", "1 ", "1.0", "0x1", "1e3", "one", "1\xb2"})
		EXPECT_EQ(number(bad), invalid) << bad;
	EXPECT_EQ(number(std::string("1\0002", 3)), invalid);
	EXPECT_EQ(number(std::string(100, '9') + "x"), invalid) << "no number, however large";
}

TEST(BaseParse, Counts)
{
	EXPECT_EQ(count("1500"), (Got{0, 1500}));
	EXPECT_EQ(count("10k"), (Got{0, 10000}));
	EXPECT_EQ(count("10K"), (Got{0, 10000}));
	EXPECT_EQ(count("5m"), (Got{0, 5000000}));
	EXPECT_EQ(count("2G"), (Got{0, 2000000000}));
	EXPECT_EQ(count("1T"), (Got{0, 1000000000000}));
	EXPECT_EQ(count("18446744073709551k"), (Got{0, 18446744073709551000u}));
	EXPECT_EQ(count("18446744073709552k"), beyond);
	EXPECT_EQ(count("18446744073709551616"), beyond);
	for (const char *bad : {"", "k", "10kk", "10x", "1.5k", "10 k", "-1k"})
		EXPECT_EQ(count(bad), invalid) << bad;
}

TEST(BaseParse, DurationsWithUnits)
{
	const struct {
		const char *text;
		uint64_t seconds;
	} good[] = {{"90s", 90},          {"5m", 300},       {"2h", 7200},        {"1d", 86400},
	            {"1h30m", 5400},      {"1d1s", 86401},   {"1d2h3m4s", 93784}, {"0s", 0},
	            {"36500d", 3153600000}, {"0d0h0m0s", 0}, {"090m", 5400}};

	for (const auto &row : good)
		EXPECT_EQ(duration(row.text, BASE_DURATION_UNITS), (Got{0, row.seconds * 1000000}))
		    << row.text;
	for (const char *bad : {"", "m", "90", "5x", "30m1h", "5m5m", "1h30", "1.5h", "-5m", "+5m", "5ms",
	                        "5M", "5 m", " 5m", "36501d", "36500d1s", "99999999999d", "18446744073709551615d",
	                        "18446744073709551616s"})
		EXPECT_EQ(duration(bad, BASE_DURATION_UNITS), invalid) << bad;
}

TEST(BaseParse, DurationsInSeconds)
{
	EXPECT_EQ(duration("90", BASE_DURATION_SECONDS), (Got{0, 90000000}));
	EXPECT_EQ(duration("3153600000", BASE_DURATION_SECONDS), (Got{0, BASE_DURATION_MAX_US}));
	for (const char *bad : {"", "90s", "1.5", "-1", "3153600001", "99999999999999999999999"})
		EXPECT_EQ(duration(bad, BASE_DURATION_SECONDS), invalid) << bad;
	for (const char *either : {"90", "90s", "1m30s"})
		EXPECT_EQ(duration(either, BASE_DURATION_SECONDS | BASE_DURATION_UNITS), (Got{0, 90000000}))
		    << either;
	EXPECT_EQ(duration("90", 0), invalid);
}

TEST(BaseParse, DurationsInDecimals)
{
	EXPECT_EQ(duration("0.5", BASE_DURATION_DECIMAL), (Got{0, 500000}));
	EXPECT_EQ(duration(".25", BASE_DURATION_DECIMAL), (Got{0, 250000}));
	EXPECT_EQ(duration("2", BASE_DURATION_DECIMAL), (Got{0, 2000000}));
	EXPECT_EQ(duration("2.", BASE_DURATION_DECIMAL), (Got{0, 2000000}));
	EXPECT_EQ(duration("1e1", BASE_DURATION_DECIMAL), (Got{0, 10000000}));
	EXPECT_EQ(duration("0", BASE_DURATION_DECIMAL), (Got{0, 0}));
	for (const char *bad : {"", ".", "-1", "+1", " 1", "1 ", "1x", "1s", "abc", "nan", "inf", "1e99", "1,5"})
		EXPECT_EQ(duration(bad, BASE_DURATION_DECIMAL), invalid) << bad;
	EXPECT_EQ(duration(std::string(BASE_DURATION_DIGITS_MAX - 1, '0') + "1", BASE_DURATION_DECIMAL),
	          (Got{0, 1000000}));
	EXPECT_EQ(duration(std::string(BASE_DURATION_DIGITS_MAX, '0') + "1", BASE_DURATION_DECIMAL), invalid);
}

TEST(BaseParse, Networks)
{
	for (const char *same : {"10.0.0.0/8", "0.0.0.0/0", "192.0.2.255/32", "::/0", "fe80::/10",
	                         "2001:db8::/33", "2001:db8::1/128", "172.16.0.0/12", "10.0.0.1/8"})
		EXPECT_EQ(net(same).text, same);
	EXPECT_EQ(net("192.0.2.7").text, "192.0.2.7/32");
	EXPECT_EQ(net("2001:DB8:0:0:0:0:0:1").text, "2001:db8::1/128");
	EXPECT_EQ(net("10.0.0.0/008").text, "10.0.0.0/8");
}

TEST(BaseParse, NetworksThatAreNone)
{
	for (const char *bad :
	     {"", "/", "/8", "10.0.0.0/", "10/8", "10.0.0/8", "10.0.0.0.0/8", "256.0.0.0/8", "010.0.0.0/8",
	      "10.0.0.0/8 ", " 10.0.0.0/8", "10.0.0.0/+8", "10.0.0.0/-1", "10.0.0.0/8x", "10.0.0.0/0008",
	      "10.0.0.0//8", "10.0.0.0/255.0.0.0", "fe80::1%eth0/64", "fe80:::/10", "localhost", "[::1]/64",
	      "1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb/64"})
		EXPECT_EQ(net(bad).rc, -EINVAL) << bad;
	EXPECT_EQ(net(std::string("10.0.0.0\0", 9)).rc, -EINVAL);
	for (const char *bad : {"10.0.0.0/33", "10.0.0.0/128", "::/129", "::/999"})
		EXPECT_EQ(net(bad).rc, -ERANGE) << bad;
}

TEST(BaseParse, Addresses)
{
	EXPECT_EQ(net("10.1.2.3", base_parse_addr).text, "10.1.2.3/32");
	EXPECT_EQ(net("::ffff:10.1.2.3", base_parse_addr).text, "::ffff:10.1.2.3/128");
	for (const char *bad : {"", "10", "10.0.0.0/8", "10.0.0.1:80", "::1/64", "*"})
		EXPECT_EQ(net(bad, base_parse_addr).rc, -EINVAL) << bad;
}

TEST(BaseParse, LaysOutVersionAndBytes)
{
	const uint8_t want[16] = {172, 16};
	base_net got;

	memset(&got, 0xa5, sizeof(got));
	ASSERT_EQ(base_parse_net("172.16.0.0/12", 13, &got), 0);
	EXPECT_EQ(got.version, 4);
	EXPECT_EQ(got.len, 12);
	EXPECT_EQ(memcmp(got.addr, want, sizeof(want)), 0);
}

TEST(BaseParse, Labels)
{
	for (const char *good : {"a", "db1", "A.b_c-9", "-", "..."})
		EXPECT_TRUE(label(good)) << good;
	EXPECT_TRUE(label(std::string(BASE_LABEL_MAX - 1, 'x')));
	EXPECT_FALSE(label(std::string(BASE_LABEL_MAX, 'x')));
	for (const char *bad : {"", "a b", "a*", "a?", "\"a\"", "\xc3\xa4", "\xe4", "a,b", "a/b", "a\n"})
		EXPECT_FALSE(label(bad)) << bad;
	EXPECT_FALSE(label(std::string("a\0b", 3)));
	EXPECT_FALSE(label(std::string("a\0b", 3), "*?"));
	EXPECT_TRUE(label("web-*", "*?"));
	EXPECT_TRUE(label("?", "*?"));
	EXPECT_FALSE(label("web-+", "*?"));
}

// Bytes at random, each text with nothing behind it.
TEST(BaseParse, Rubbish)
{
	const std::string bytes = "0123456789:./abcdefhmskKMG*- \0x";
	std::minstd_rand random(1);

	for (int round = 0; round < 20000; round++) {
		std::string text;

		for (unsigned n = random() % 24; n > 0; n--)
			text += bytes[random() % bytes.size()];
		number(text, random());
		count(text);
		duration(text, random() % 8);
		net(text);
		net(text, base_parse_addr);
		label(text, "*");
	}
}

} // namespace
