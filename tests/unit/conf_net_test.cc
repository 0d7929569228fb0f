// SPDX-License-Identifier: BSD-3-Clause
// Networks in CIDR notation: what is one, what is none, and which addresses lie in it.

#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <string>

#include <gtest/gtest.h>

#include "conf_net.h"

namespace
{

conf_net
net(const char *text)
{
	conf_net got = {};

	EXPECT_EQ(conf_net_parse(&got, text), 0) << text;
	return got;
}

std::string
text(const conf_net &net)
{
	char buffer[CONF_NET_TEXT_MAX];

	conf_net_format(&net, buffer);
	return buffer;
}

int
refusal(const char *text)
{
	conf_net untouched, got;

	memset(&untouched, 0xa5, sizeof(untouched));
	got = untouched;
	int rc = conf_net_parse(&got, text);
	EXPECT_EQ(memcmp(&got, &untouched, sizeof(got)), 0) << text;
	return rc;
}

TEST(ConfNet, ReadsAndWrites)
{
	for (const char *same : {"10.0.0.0/8", "0.0.0.0/0", "192.0.2.255/32", "::/0", "fe80::/10",
	                         "2001:db8::/33", "2001:db8::1/128", "172.16.0.0/12"})
		EXPECT_EQ(text(net(same)), same);
	EXPECT_EQ(text(net("192.0.2.7")), "192.0.2.7/32");
	EXPECT_EQ(text(net("2001:DB8:0:0:0:0:0:1")), "2001:db8::1/128");
}

TEST(ConfNet, LaysOutVersionAndBytes)
{
	conf_net v4 = net("172.16.0.0/12");
	const uint8_t want[16] = {172, 16};

	EXPECT_EQ(v4.version, 4);
	EXPECT_EQ(v4.len, 12);
	EXPECT_EQ(memcmp(v4.addr, want, sizeof(want)), 0);
	EXPECT_EQ(net("fc00::/7").version, 6);
}

TEST(ConfNet, RefusesWhatIsNone)
{
	for (const char *bad : {"",
	                        "/",
	                        "/8",
	                        "10.0.0.0/",
	                        "10/8",
	                        "10.0.0/8",
	                        "10.0.0.0.0/8",
	                        "256.0.0.0/8",
	                        "10.0.0.0/8 ",
	                        " 10.0.0.0/8",
	                        "10.0.0.0/+8",
	                        "10.0.0.0/-1",
	                        "10.0.0.0/8x",
	                        "10.0.0.0/0008",
	                        "10.0.0.0//8",
	                        "10.0.0.0/255.0.0.0",
	                        "fe80::1%eth0/64",
	                        "fe80:::/10",
	                        "localhost",
	                        "1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb/64"})
		EXPECT_EQ(refusal(bad), -EINVAL) << bad;
	for (const char *bad : {"10.0.0.0/33", "10.0.0.0/128", "::/129", "::/999"})
		EXPECT_EQ(refusal(bad), -ERANGE) << bad;
	for (const char *bad : {"10.0.0.1/8", "10.0.0.1/31", "0.0.0.1/0", "fe80::1/64", "ff00::/7"})
		EXPECT_EQ(refusal(bad), -EDOM) << bad;
}

TEST(ConfNet, MaskClearsTheTail)
{
	conf_net got = {};

	EXPECT_EQ(conf_net_mask(&got, "172.31.255.255/12"), 0);
	EXPECT_EQ(text(got), "172.16.0.0/12");
	EXPECT_EQ(conf_net_mask(&got, "fe80::dead:beef/10"), 0);
	EXPECT_EQ(text(got), "fe80::/10");
	EXPECT_EQ(conf_net_mask(&got, "10.0.0.0/40"), -ERANGE);
	EXPECT_EQ(text(got), "fe80::/10");
}

} // namespace
