// SPDX-License-Identifier: BSD-3-Clause
// The keys of a burst: what flow_key_make gives for each packet alone, whatever stands beside it.

#include <cstring>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "flow_key.h"
#include "track_key.h"

namespace
{

/* A packet of few values, so that ends are often equal in one word, in both, or altogether. */
packet
random_packet(std::mt19937_64 &random)
{
	const uint64_t words[] = {0, 1, 0x7fffffffffffffff, 0x8000000000000000, ~UINT64_C(0)};
	const uint16_t ports[] = {0, 1, 443, 0x8000, 0xffff};
	packet pk;

	/* What the stage must not look at is random too. */
	for (size_t i = 0; i < sizeof(pk); i++)
		((uint8_t *)&pk)[i] = (uint8_t)random();
	pk.verdict = PACKET_TRACKED;
	pk.proto = random() % 2 ? PACKET_PROTO_TCP : PACKET_PROTO_UDP;
	pk.version = random() % 2 ? 4 : 6;
	pk.vlan = random() % 3 == 0 ? PACKET_NO_VLAN : (uint16_t)(random() % 4096);
	pk.src_port = ports[random() % 5];
	pk.dst_port = ports[random() % 5];
	for (unsigned w = 0; w < 2; w++) {
		pk.src[w] = random() % 2 ? words[random() % 5] : random();
		pk.dst[w] = random() % 2 ? pk.src[w] : words[random() % 5];
	}
	return pk;
}

/* An array of exactly n packets, so that a look past its end is seen by the sanitizer. */
std::vector<packet>
random_burst(std::mt19937_64 &random, unsigned n)
{
	std::vector<packet> packets;

	packets.reserve(n);
	for (unsigned i = 0; i < n; i++)
		packets.push_back(random_packet(random));
	return packets;
}

/* The same by flow_key_make, one after the other. */
void
expect_keys(const std::vector<packet> &packets)
{
	const unsigned n = (unsigned)packets.size();
	std::vector<uint8_t> which(n), dir(n);
	flow_burst keys;
	bool has_tunnels = false, any = false;
	unsigned m = track_key_burst(packets.data(), n, &keys, which.data(), dir.data(), &has_tunnels);
	unsigned at = 0;

	for (unsigned i = 0; i < n; i++) {
		const packet &pk = packets[i];
		flow_key key;

		any |= pk.tunnels != 0;
		if (pk.verdict != PACKET_TRACKED)
			continue;
		ASSERT_LT(at, m);
		ASSERT_EQ(which[at], i);
		ASSERT_EQ(dir[at], flow_key_make(&key, pk.src, pk.dst, pk.src_port, pk.dst_port,
		                                 0, pk.proto, pk.version == 6))
		    << i << " of " << n;
		ASSERT_TRUE(flow_burst_equal(&keys, at, &key)) << i << " of " << n;
		at++;
	}
	EXPECT_EQ(at, m);
	EXPECT_EQ(has_tunnels, any);
}

TEST(TrackKey, NoPacketNoKey)
{
	expect_keys({});
}

TEST(TrackKey, OfEveryPacketOfABurst)
{
	std::mt19937_64 random(std::random_device{}());

	for (unsigned round = 0; round < 20; round++)
		for (unsigned n = 1; n <= PACKET_BURST_MAX; n++)
			expect_keys(random_burst(random, n));
}

/* From one packet in sixteen without a flow to fifteen. */
TEST(TrackKey, OnlyOfThoseThatHaveAFlow)
{
	const uint8_t others[] = {PACKET_IPV4_SHORT, PACKET_NOT_IP, PACKET_N_VERDICTS - 1};
	std::mt19937_64 random(std::random_device{}());

	for (unsigned ignored = 1; ignored < 16; ignored++) {
		for (unsigned n = 1; n <= PACKET_BURST_MAX; n++) {
			std::vector<packet> packets = random_burst(random, n);

			for (packet &pk : packets)
				if (random() % 16 < ignored)
					pk.verdict = others[random() % 3];
			expect_keys(packets);
		}
	}
}

TEST(TrackKey, NoneOfABurstWithoutFlows)
{
	std::mt19937_64 random(3);
	std::vector<packet> packets = random_burst(random, PACKET_BURST_MAX);

	for (packet &pk : packets)
		pk.verdict = PACKET_IPV4_SHORT;
	expect_keys(packets);
}

/* Both directions meet in one key, wherever in the burst they stand. */
TEST(TrackKey, BothDirectionsAreOneKey)
{
	std::mt19937_64 random(4);
	std::vector<packet> packets = random_burst(random, 7), both = packets;
	uint8_t which[14], dir[14];
	flow_burst keys;
	bool has_tunnels;

	for (packet pk : packets) {
		std::swap(pk.src, pk.dst);
		std::swap(pk.src_port, pk.dst_port);
		both.push_back(pk);
	}
	ASSERT_EQ(track_key_burst(both.data(), 14, &keys, which, dir, &has_tunnels), 14u);
	for (unsigned i = 0; i < 7; i++) {
		flow_key back = flow_burst_get(&keys, i + 7);

		EXPECT_TRUE(flow_burst_equal(&keys, i, &back)) << i;
	}
}

} // namespace
