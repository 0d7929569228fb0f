// SPDX-License-Identifier: BSD-3-Clause
// Right checksums stay right whatever stands around them; each damaged byte is seen; and what cannot be
// known is no fault.

#include "packet_checksum.h"

#include "frames.h"

namespace
{

using namespace support;

// The sum of RFC 1071, word by word, as the RFC has it.
uint32_t
sum16(const Bytes &bytes)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < bytes.size(); i++)
		sum += (uint32_t)bytes[i] << (i % 2 == 0 ? 8 : 0);
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

Bytes
slice(const Bytes &bytes, size_t from, size_t to)
{
	return Bytes(bytes.begin() + (long)from, bytes.begin() + (long)to);
}

// Fills in the checksums of a datagram whose TCP or UDP begins at l4 and ends at `end`.
Bytes
filled(Bytes ip, size_t l4, unsigned proto, size_t end = 0)
{
	size_t at = l4 + (proto == 6 ? 16 : 6), stop = end != 0 ? end : ip.size();
	Bytes addresses = ip[0] >> 4 == 4 ? slice(ip, 12, 20) : slice(ip, 8, 40);
	uint32_t sum;

	put16(ip, at, 0);
	sum = ~sum16(addresses + be32(proto) + be32((uint32_t)(stop - l4)) + slice(ip, l4, stop)) & 0xffff;
	put16(ip, at, sum == 0 && proto == 17 ? 0xffff : sum);
	if (ip[0] >> 4 != 4)
		return ip;
	put16(ip, 10, 0);
	put16(ip, 10, ~sum16(slice(ip, 0, (ip[0] & 15u) * 4)) & 0xffff);
	return ip;
}

const struct {
	const char *name;
	Bytes ip;
} rights[] = {
	{"TCP", filled(ip4(6, tcp()), 20, 6)},
	{"TCP of odd length", filled(ip4(6, tcp({.payload = 1371})), 20, 6)},
	{"TCP without payload", filled(ip4(6, tcp({.payload = 0})), 20, 6)},
	{"options of IPv4 and TCP", filled(ip4(6, tcp({.flags = PACKET_TCP_SYN, .options = {2, 4, 5, 180}}),
	                                       {.options = Bytes(8, 1)}), 28, 6)},
	{"UDP", filled(ip4(17, udp(333)), 20, 17)},
	{"UDP shorter than its datagram", filled(ip4(17, udp(20, 8 + 13)), 20, 17, 20 + 8 + 13)},
	{"TCP over IPv6", filled(ip6(6, tcp()), 40, 6)},
	{"UDP over IPv6", filled(ip6(17, udp(77)), 40, 17)},
	{"hop-by-hop options", filled(ip6(0, Bytes{6, 0, 1, 4, 0, 0, 0, 0} + tcp()), 48, 6)},
	{"destination options", filled(ip6(60, Bytes{17, 0, 1, 4, 0, 0, 0, 0} + udp()), 48, 17)},
	{"routing header at its end", filled(ip6(43, Bytes{6, 0, 2, 0, 0, 0, 0, 0} + tcp()), 48, 6)},
};

unsigned
wrong(packet &pk, unsigned said = PACKET_CHECKSUM_UNKNOWN,
      packet_checksum_mode mode = PACKET_CHECKSUM_COUNT)
{
	uint8_t by_nic = (uint8_t)said;

	return packet_checksum_burst(&pk, &by_nic, 1, mode);
}

Bytes
framed(const Bytes &ip)
{
	return ether(ip[0] >> 4 == 4 ? 0x0800 : 0x86dd, ip);
}

TEST(PacketChecksum, RightOnes)
{
	for (const auto &right : rights) {
		packet pk = parse(framed(right.ip));

		ASSERT_EQ(verdict(pk), "tracked") << right.name;
		EXPECT_EQ(wrong(pk), 0u) << right.name;
		EXPECT_EQ(packet_checksum_burst(&pk, nullptr, 1, PACKET_CHECKSUM_VERIFY), 0u);
		EXPECT_EQ(verdict(pk), "tracked");
		pk = parse(framed(right.ip) + Bytes(9, 0x99));
		EXPECT_EQ(wrong(pk), 0u) << right.name << ": what is behind the datagram is not of it";
	}
}

// A byte that is another one, of all that the sums go over: the source address, whatever is in the header
// and in the payload. What is then no TCP or UDP any more is for the parser.
TEST(PacketChecksum, EachDamagedByteIsSeen)
{
	for (const auto &right : rights) {
		bool is_short = right.name == std::string("UDP shorter than its datagram");
		size_t end = is_short ? 20 + 8 + 13 : right.ip.size();
		unsigned seen = 0, tracked = 0;

		for (size_t at = 0; at < end; at++) {
			Bytes damaged = right.ip;

			// IPv6 has no sum over its own header but for the addresses.
			if (damaged[0] >> 4 == 6 && (at < 8 || (at >= 40 && at < 48)))
				continue;
			damaged[at] ^= 0x10;
			packet pk = parse(framed(damaged));
			if (pk.verdict != PACKET_TRACKED)
				continue;
			tracked++;
			seen += wrong(pk);
		}
		EXPECT_GT(tracked, 30u) << right.name;
		// A flag of fragments, and lengths of UDP that are too long, make it unknown: six bytes at most.
		EXPECT_GE(seen + 6, tracked) << right.name;
		EXPECT_GT(seen, 25u) << right.name;
	}
}

TEST(PacketChecksum, WrongOnesGetTheirVerdict)
{
	for (const auto &right : rights) {
		Bytes damaged = right.ip;
		bool is_short = right.name == std::string("UDP shorter than its datagram");

		damaged[is_short ? 20 + 8 + 5 : damaged.size() - 1] ^= 1;
		packet pk = parse(framed(damaged));
		EXPECT_EQ(wrong(pk, PACKET_CHECKSUM_UNKNOWN, PACKET_CHECKSUM_COUNT), 1u) << right.name;
		EXPECT_EQ(verdict(pk), "tracked");
		EXPECT_EQ(wrong(pk, PACKET_CHECKSUM_UNKNOWN, PACKET_CHECKSUM_VERIFY), 1u) << right.name;
		EXPECT_EQ(verdict(pk), "wrong-checksum");
	}
}

TEST(PacketChecksum, HeaderOfIpv4)
{
	Bytes ip = filled(ip4(6, tcp()), 20, 6);

	ip[8]--; // a hop whose router did not write the sum anew
	packet pk = parse(framed(ip));
	EXPECT_EQ(wrong(pk), 1u);
	packet cut = parse(slice(framed(ip), 0, 14 + 20 + 20), PACKET_LINK_ETHERNET, 14 + ip.size());
	EXPECT_EQ(wrong(cut), 1u) << "the header is there";
}

// Not the frame as it was: nobody can know.
TEST(PacketChecksum, WhatCannotBeKnownIsNoFault)
{
	const struct {
		const char *name;
		Bytes ip;
	} unknowns[] = {
		{"first fragment", filled(ip4(17, udp(1000), {.frag = 0x2000}), 20, 17, 30)},
		{"first fragment of IPv6", ip6(44, Bytes{17, 0, 0, 1, 0, 0, 0, 9} + udp(50))},
		{"segmentation offload", filled(ip4(6, tcp(), {.total = 0}), 20, 6, 30)},
		{"segmentation offload, no sum at all", ip4(6, tcp(), {.total = 0})},
		{"UDP without a checksum", ip4(17, Bytes{0, 7, 0, 8, 0, 12, 0, 0, 1, 2, 3, 4})},
		{"UDP over IPv6 without one", ip6(17, Bytes{0, 7, 0, 8, 0, 12, 0, 0, 1, 2, 3, 4})},
		{"UDP longer than its datagram", ip4(17, udp(20, 3000))},
		{"on its way by a routing header", ip6(43, Bytes{6, 0, 2, 1, 0, 0, 0, 0} + tcp())},
		{"a mobile host's home address",
		 ip6(60, Bytes{6, 2, 1, 2, 0, 0, 0xc9, 16} + zeros(16) + tcp())},
	};

	for (const auto &unknown : unknowns) {
		Bytes ip = unknown.ip;

		// The sum of the header itself is right.
		if (ip[0] >> 4 == 4 && unknown.name != std::string("segmentation offload, no sum at all")) {
			put16(ip, 10, 0);
			put16(ip, 10, ~sum16(slice(ip, 0, 20)) & 0xffff);
		}
		packet pk = parse(framed(ip));
		ASSERT_EQ(verdict(pk), "tracked") << unknown.name;
		EXPECT_EQ(wrong(pk), 0u) << unknown.name;
	}
}

// Cut by the capture: at each length that has all that is needed to track it.
TEST(PacketChecksum, CutPackets)
{
	for (const auto &right : rights) {
		Bytes damaged = right.ip;

		damaged[damaged.size() - 1] ^= 1;
		Bytes frame = framed(damaged);
		for (size_t n = 14; n < frame.size(); n++) {
			packet pk = parse(slice(frame, 0, n), PACKET_LINK_ETHERNET, (uint32_t)frame.size());

			EXPECT_EQ(wrong(pk), 0u) << right.name << " at " << n;
		}
	}
}

// What the NIC says is believed, but for what some call wrong that only has no checksum.
TEST(PacketChecksum, TheNicIsBelieved)
{
	Bytes right = filled(ip4(6, tcp()), 20, 6), damaged = right;
	Bytes without = ip4(17, Bytes{0, 7, 0, 8, 0, 12, 0, 0, 1, 2, 3, 4});

	damaged[30] ^= 1;
	put16(without, 10, 0);
	put16(without, 10, ~sum16(slice(without, 0, 20)) & 0xffff);
	packet pk = parse(framed(damaged));
	EXPECT_EQ(wrong(pk, PACKET_CHECKSUM_RIGHT), 0u) << "nobody adds it up again";
	EXPECT_EQ(wrong(pk, PACKET_CHECKSUM_WRONG), 1u);
	pk = parse(framed(right));
	EXPECT_EQ(wrong(pk, PACKET_CHECKSUM_WRONG), 0u) << "the bytes say otherwise";
	pk = parse(framed(without));
	EXPECT_EQ(wrong(pk, PACKET_CHECKSUM_WRONG), 0u);
	pk = parse(slice(framed(right), 0, 14 + 45), PACKET_LINK_ETHERNET, (uint32_t)right.size() + 14);
	EXPECT_EQ(wrong(pk, PACKET_CHECKSUM_WRONG), 1u) << "it had all of it";
}

// Packets that are not tracked keep their verdict, and the others of a burst theirs.
TEST(PacketChecksum, Bursts)
{
	Bytes right = framed(filled(ip4(6, tcp()), 20, 6)), damaged = right;

	damaged[40] ^= 1;
	const Bytes frames[] = {right, damaged, ether(0x0806, zeros(28)), damaged};
	packet packets[4];

	for (unsigned i = 0; i < 4; i++) {
		packets[i] = parse(frames[i]);
		packets[i].data = frames[i].data();
	}
	EXPECT_EQ(packet_checksum_burst(packets, nullptr, 4, PACKET_CHECKSUM_VERIFY), 2u);
	EXPECT_EQ(verdict(packets[0]), "tracked");
	EXPECT_EQ(verdict(packets[1]), "wrong-checksum");
	EXPECT_EQ(verdict(packets[2]), "not-ip");
	EXPECT_EQ(verdict(packets[3]), "wrong-checksum");
}

// Words of 0xffff, whose sums are carries only.
TEST(PacketChecksum, Carries)
{
	for (size_t n : {0, 1, 7, 8, 9, 1399, 1400}) {
		Bytes ip = ip4(6, tcp({.seq = 0xffffffff, .ack = 0xffffffff, .payload = n}));

		std::fill(ip.begin() + 40, ip.end(), 0xff);
		packet pk = parse(framed(filled(ip, 20, 6)));
		EXPECT_EQ(wrong(pk), 0u) << n;
	}
}

} // namespace
