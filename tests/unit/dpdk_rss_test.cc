// SPDX-License-Identifier: BSD-3-Clause
// The folded hash against Toeplitz bit by bit, and its symmetry.

#include <cstring>
#include <memory>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "dpdk_rss.h"

namespace
{

const unsigned PACKETS = 2000;
const uint16_t NO_PORT = 31; // of a process without ports

/* As the card does it: for each bit that is set, the 32 bits of the key that begin there. */
uint32_t
toeplitz(const std::vector<uint8_t> &input)
{
	uint32_t hash = 0;

	for (size_t bit = 0; bit < input.size() * 8; bit++) {
		if (!(input[bit / 8] & 0x80u >> bit % 8))
			continue;
		for (size_t i = 0; i < 32; i++) {
			size_t at = bit + i;
			uint8_t key = at / 8 % 2 ? 0x5a : 0x6d;

			hash ^= (key >> (7 - at % 8) & 1u) << (31 - i);
		}
	}
	return hash;
}

std::vector<uint8_t>
input_of(const packet &pk)
{
	std::vector<uint8_t> out;
	size_t skip = pk.version == 4 ? 8 : 0, size = pk.version == 4 ? 4 : 16;

	for (const uint64_t *addr : {pk.src, pk.dst}) {
		const uint8_t *bytes = reinterpret_cast<const uint8_t *>(addr) + skip;

		out.insert(out.end(), bytes, bytes + size);
	}
	for (uint16_t port : {pk.src_port, pk.dst_port}) {
		out.push_back(static_cast<uint8_t>(port >> 8));
		out.push_back(static_cast<uint8_t>(port));
	}
	return out;
}

class DpdkRss : public ::testing::Test
{
protected:
	DpdkRss()
	    : rss(new dpdk_rss())
	{
		dpdk_rss_learn(rss.get(), NO_PORT);
	}

	packet
	random_packet(unsigned version)
	{
		packet pk = {};

		pk.version = static_cast<uint8_t>(version);
		pk.verdict = PACKET_TRACKED;
		pk.src[1] = version == 4 ? random() & 0xffffffff : random();
		pk.dst[1] = version == 4 ? random() & 0xffffffff : random();
		pk.src[0] = version == 4 ? 0 : random();
		pk.dst[0] = version == 4 ? 0 : random();
		pk.src_port = static_cast<uint16_t>(random());
		pk.dst_port = static_cast<uint16_t>(random());
		return pk;
	}

	std::unique_ptr<dpdk_rss> rss;
	std::mt19937_64 random{20260101};
};

packet
turned(const packet &pk)
{
	packet back = pk;

	memcpy(back.src, pk.dst, sizeof(back.src));
	memcpy(back.dst, pk.src, sizeof(back.dst));
	back.src_port = pk.dst_port;
	back.dst_port = pk.src_port;
	return back;
}

TEST_F(DpdkRss, IsToeplitzWithTheRepeatedKey)
{
	for (unsigned i = 0; i < PACKETS; i++) {
		packet pk = random_packet(i % 2 ? 6 : 4);

		ASSERT_EQ(dpdk_rss_hash(rss.get(), &pk), toeplitz(input_of(pk)));
	}
}

TEST_F(DpdkRss, BothDirectionsHaveOneHash)
{
	for (unsigned i = 0; i < PACKETS; i++) {
		packet pk = random_packet(i % 2 ? 6 : 4), back = turned(pk);

		ASSERT_EQ(dpdk_rss_hash(rss.get(), &pk), dpdk_rss_hash(rss.get(), &back));
	}
}

TEST_F(DpdkRss, APortThatIsNotThereSaysNoQueues)
{
	EXPECT_NE(dpdk_rss_learn(rss.get(), NO_PORT), nullptr);
	EXPECT_EQ(rss->reta_size, 0u);
}

} // namespace
