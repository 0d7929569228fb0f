// SPDX-License-Identifier: BSD-3-Clause
// Every verdict that the parser gives is given by some frame, and each has a name of its own.

#include <cctype>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "frames.h"

namespace
{

using namespace support;

TEST(PacketVerdict, EachIsReached)
{
	Bytes tags = ip4(6, tcp());

	for (int i = 0; i < PACKET_VLAN_MAX; i++)
		tags = vlan(1, i == 0 ? 0x0800 : 0x8100, tags);
	Bytes wrapped = ip4(6, tcp());
	for (int i = 0; i <= PACKET_TUNNEL_MAX; i++)
		wrapped = ip4(4, wrapped);
	const std::map<packet_verdict, packet> reached = {
		{PACKET_TRACKED, parse(ether(0x0800, ip4(6, tcp())))},
		{PACKET_ICMP_ERROR, parse(ether(0x0800, ip4(1, icmp(3, 3, quote4(17, udp())))))},
		{PACKET_NOT_IP, parse(ether(0x0806, zeros(28)))},
		{PACKET_OTHER_PROTOCOL, parse(ether(0x0800, ip4(1, zeros(8))))},
		{PACKET_FRAGMENT, parse(ether(0x0800, ip4(17, zeros(8), {.frag = 1})))},
		{PACKET_TUNNEL_CONTROL, parse(ether(0x0800, ip4(47, zeros(4))))},
		{PACKET_TOO_DEEP, parse(ether(0x0800, wrapped))},
		{PACKET_TUNNEL_SHORT, parse(ether(0x0800, ip4(47, zeros(3))))},
		{PACKET_TUNNEL_HEADER, parse(ether(0x0800, ip4(97, zeros(4))))},
		{PACKET_LINK_UNKNOWN, parse(zeros(60), PACKET_N_LINKS)},
		{PACKET_LINK_SHORT, parse(zeros(5))},
		{PACKET_VLAN_DEPTH, parse(ether(0x8100, vlan(1, 0x8100, tags)))},
		{PACKET_IPV4_SHORT, parse(ether(0x0800, zeros(19)))},
		{PACKET_IPV4_HEADER, parse(ether(0x0800, ip4(6, tcp(), {.words = 4})))},
		{PACKET_IPV4_LENGTH, parse(ether(0x0800, ip4(6, tcp(), {.total = 19})))},
		{PACKET_IPV6_SHORT, parse(ether(0x86dd, zeros(39)))},
		{PACKET_IPV6_HEADER, parse(ether(0x86dd, zeros(60)))},
		{PACKET_IPV6_LENGTH, parse(ether(0x86dd, ip6(6, tcp(), 1000)))},
		{PACKET_IPV6_CHAIN, parse(ether(0x86dd, ip6(0, zeros(4))))},
		{PACKET_TCP_SHORT, parse(ether(0x0800, ip4(6, zeros(19))))},
		{PACKET_TCP_HEADER, parse(ether(0x0800, ip4(6, tcp({.words = 4}))))},
		{PACKET_UDP_SHORT, parse(ether(0x0800, ip4(17, zeros(7))))},
		{PACKET_UDP_LENGTH, parse(ether(0x0800, ip4(17, udp(5, 7))))},
	};

	for (const auto &[want, pk] : reached)
		EXPECT_EQ(verdict(pk), packet_verdict_name(want));
	for (int v = 0; v < PACKET_WRONG_CHECKSUM; v++)
		EXPECT_EQ(reached.count((packet_verdict)v), 1u) << packet_verdict_name((packet_verdict)v);
}

TEST(PacketVerdict, NamesAndMeanings)
{
	std::set<std::string> names;

	for (int v = 0; v < PACKET_N_VERDICTS; v++) {
		std::string name = packet_verdict_name((packet_verdict)v);

		EXPECT_TRUE(names.insert(name).second) << name;
		EXPECT_LT(name.size(), 24u) << "a report has room for 23";
		for (char c : name)
			EXPECT_TRUE(islower(c) || isdigit(c) || c == '-') << name;
		ASSERT_NE(packet_verdict_meaning(name.c_str()), nullptr);
		EXPECT_GT(strlen(packet_verdict_meaning(name.c_str())), 5u);
		EXPECT_LE(strlen(packet_verdict_meaning(name.c_str())), 74u) << "fits a line of 80";
	}
	EXPECT_EQ(names.count("tracked"), 1u);
	EXPECT_EQ(names.count("table-full"), 1u);
	EXPECT_EQ(packet_verdict_meaning("table"), nullptr);
}

} // namespace
