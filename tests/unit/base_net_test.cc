// SPDX-License-Identifier: BSD-3-Clause
// Networks: what lies beyond their length, which addresses lie in them, how they are written.

#include <arpa/inet.h>
#include <cstring>
#include <string>

#include <gtest/gtest.h>

#include "base_net.h"

namespace
{

base_net
net(const char *address, unsigned len)
{
	base_net got = {};

	got.version = strchr(address, ':') ? 6 : 4;
	got.len = (uint8_t)len;
	EXPECT_EQ(inet_pton(got.version == 6 ? AF_INET6 : AF_INET, address, got.addr), 1) << address;
	return got;
}

std::string
text(const base_net &net)
{
	char buffer[BASE_NET_TEXT_MAX];

	base_net_format(&net, buffer);
	return buffer;
}

std::string
masked(const char *address, unsigned len, bool cleared)
{
	base_net got = net(address, len);

	EXPECT_EQ(base_net_mask(got.addr, len), cleared) << address << " " << len;
	return text(got);
}

bool
agree(const char *network, unsigned len, const char *address)
{
	return base_net_agree(net(network, len).addr, net(address, len).addr, len);
}

TEST(BaseNet, Bits)
{
	EXPECT_EQ(base_net_bits(4), 32u);
	EXPECT_EQ(base_net_bits(6), 128u);
}

TEST(BaseNet, Writes)
{
	EXPECT_EQ(text(net("10.0.0.0", 8)), "10.0.0.0/8");
	EXPECT_EQ(text(net("::", 0)), "::/0");
	EXPECT_EQ(text(net("2001:DB8:0:0:0:0:0:1", 128)), "2001:db8::1/128");
	EXPECT_EQ(text(net("1111:2222:3333:4444:5555:6666:7777:8888", 128)).size(), 43u);
}

TEST(BaseNet, MaskClearsTheTail)
{
	EXPECT_EQ(masked("172.31.255.255", 12, true), "172.16.0.0/12");
	EXPECT_EQ(masked("172.16.0.0", 12, false), "172.16.0.0/12");
	EXPECT_EQ(masked("10.0.0.1", 32, false), "10.0.0.1/32");
	EXPECT_EQ(masked("255.255.255.255", 0, true), "0.0.0.0/0");
	EXPECT_EQ(masked("10.9.8.7", 16, true), "10.9.0.0/16");
	EXPECT_EQ(masked("fe80::dead:beef", 10, true), "fe80::/10");
	EXPECT_EQ(masked("2001:db8::1", 127, true), "2001:db8::/127");
	EXPECT_EQ(masked("2001:db8::1", 128, false), "2001:db8::1/128");
}

TEST(BaseNet, AgreesAtTheEdges)
{
	EXPECT_TRUE(agree("172.16.0.0", 12, "172.16.0.0"));
	EXPECT_TRUE(agree("172.16.0.0", 12, "172.31.255.255"));
	EXPECT_FALSE(agree("172.16.0.0", 12, "172.15.255.255"));
	EXPECT_FALSE(agree("172.16.0.0", 12, "172.32.0.0"));
	EXPECT_TRUE(agree("192.0.2.7", 32, "192.0.2.7"));
	EXPECT_FALSE(agree("192.0.2.7", 32, "192.0.2.6"));
	EXPECT_TRUE(agree("fe80::", 10, "febf::1"));
	EXPECT_FALSE(agree("fe80::", 10, "fec0::1"));
	EXPECT_TRUE(agree("0.0.0.0", 0, "203.0.113.9"));
	EXPECT_TRUE(agree("::", 0, "2001:db8::1"));
}

// Every length against an address that differs in exactly one bit.
TEST(BaseNet, EachBitCounts)
{
	const uint8_t zero[16] = {};

	for (unsigned len = 0; len <= 128; len++)
		for (unsigned bit = 0; bit < 128; bit++) {
			uint8_t addr[16] = {};

			addr[bit / 8] = (uint8_t)(0x80 >> bit % 8);
			ASSERT_EQ(base_net_agree(zero, addr, len), bit >= len) << len << " " << bit;
			ASSERT_EQ(base_net_mask(addr, len), bit >= len) << len << " " << bit;
		}
}

} // namespace
