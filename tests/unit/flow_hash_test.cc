// SPDX-License-Identifier: BSD-3-Clause
// Keys and their hash: both directions are one key, every bit of key and secret counts, and the burst
// gives the same numbers as the single call whatever the machine's vectors are.

#include <cmath>
#include <cstring>
#include <random>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "flow_hash_lanes.h"

namespace
{

const flow_hash_secret secret = {0x0706050403020100, 0x0f0e0d0c0b0a0908};

flow_key
random_key(std::mt19937_64 &random)
{
	return {{random(), random()}, {random(), random()}, random()};
}

/* SipHash-1-3 as its paper has it, on bytes, one at a time: written for this test. */
uint64_t
reference_siphash13(const flow_hash_secret &k, const uint8_t *bytes, size_t n)
{
	uint64_t v[4] = {k.k0 ^ 0x736f6d6570736575, k.k1 ^ 0x646f72616e646f6d,
	                 k.k0 ^ 0x6c7967656e657261, k.k1 ^ 0x7465646279746573};
	auto left = [](uint64_t x, int by) { return x << by | x >> (64 - by); };
	auto round = [&] {
		v[0] += v[1], v[1] = left(v[1], 13), v[1] ^= v[0], v[0] = left(v[0], 32);
		v[2] += v[3], v[3] = left(v[3], 16), v[3] ^= v[2];
		v[0] += v[3], v[3] = left(v[3], 21), v[3] ^= v[0];
		v[2] += v[1], v[1] = left(v[1], 17), v[1] ^= v[2], v[2] = left(v[2], 32);
	};
	uint64_t block = 0;

	for (size_t i = 0; i <= n / 8 * 8 + 7; i++) {
		uint64_t byte = i < n ? bytes[i] : i == n / 8 * 8 + 7 ? n & 0xff : 0;

		block |= byte << 8 * (i % 8);
		if (i % 8 != 7)
			continue;
		v[3] ^= block;
		round();
		v[0] ^= block;
		block = 0;
	}
	v[2] ^= 0xff;
	round(), round(), round();
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

TEST(FlowHash, IsSipHash13)
{
	std::mt19937_64 random(1);

	for (int i = 0; i < 1000; i++) {
		flow_key key = random_key(random);
		flow_hash_secret k = {random(), random()};
		uint8_t bytes[sizeof(key)];

		uint64_t expected;
		flow_key hashed = key;

		hashed.rest &= ~FLOW_KEY_DOMAIN;
		memcpy(bytes, &hashed, sizeof(hashed));
		expected = reference_siphash13(k, bytes, sizeof(bytes));
		ASSERT_EQ(flow_hash(&k, &key), expected);
	}
}

/* Fills a burst with random keys, all of it: versions may read whole vectors. */
void
fill_burst(flow_burst &burst, std::mt19937_64 &random)
{
	for (unsigned i = 0; i < FLOW_BURST_MAX; i++) {
		flow_key key = random_key(random);

		flow_burst_set(&burst, i, &key);
	}
}

/* n hashes are flow_hash's, and what lies behind whole vectors is left alone. */
void
expect_same(flow_hash_function *hash, const flow_burst &burst, unsigned n)
{
	const unsigned room = (n + FLOW_HASH_LANES - 1) / FLOW_HASH_LANES * FLOW_HASH_LANES;
	std::vector<uint64_t> hashes(room + 1, 0x5a5a);

	hash(&secret, &burst, n, hashes.data());
	for (unsigned i = 0; i < n; i++) {
		flow_key key = flow_burst_get(&burst, i);

		ASSERT_EQ(hashes[i], flow_hash(&secret, &key)) << i << " of " << n;
	}
	EXPECT_EQ(hashes[room], 0x5a5au) << "wrote past the end, n " << n;
}

TEST(FlowHash, BurstIsTheSameAsOneByOne)
{
	std::mt19937_64 random(2);
	flow_burst burst;

	for (unsigned n = 0; n <= FLOW_BURST_MAX; n++) {
		fill_burst(burst, random);
		expect_same(flow_hash_burst, burst, n);
	}
}

TEST(FlowHash, EveryVersionGivesTheSameNumbers)
{
	std::mt19937_64 random(std::random_device{}());
	unsigned compared = 0;
	flow_burst burst;

	for (const flow_hash_version &version : flow_hash_versions) {
		if (!version.is_supported())
			continue;
		SCOPED_TRACE(version.name);
		compared++;
		for (unsigned n = 0; n <= FLOW_BURST_MAX; n++) {
			fill_burst(burst, random);
			expect_same(version.hash, burst, n);
		}
	}
	EXPECT_GE(compared, 1u);
	EXPECT_EQ(flow_hash_versions[FLOW_HASH_VERSIONS - 1].hash, flow_hash_plain);
}

/* hashes[] need not begin where a vector does. */
TEST(FlowHash, ResultsMayLieAtAnyWord)
{
	std::mt19937_64 random(5);
	alignas(64) uint64_t hashes[FLOW_BURST_MAX + 8];
	flow_burst burst;

	fill_burst(burst, random);
	for (const flow_hash_version &version : flow_hash_versions) {
		for (unsigned at = 0; version.is_supported() && at < 8; at++) {
			flow_key last = flow_burst_get(&burst, FLOW_BURST_MAX - 1);

			version.hash(&secret, &burst, FLOW_BURST_MAX, &hashes[at]);
			ASSERT_EQ(hashes[at + FLOW_BURST_MAX - 1], flow_hash(&secret, &last))
			    << version.name << " at " << at;
		}
	}
}

/* One bit of the key or of the secret changes half of the hash's bits, and each as often. */
TEST(FlowHash, EveryBitCounts)
{
	const int rounds = 2000, bits = 64 * FLOW_KEY_WORDS + 128;
	std::mt19937_64 random(3);
	std::vector<long> changed(64);
	long total = 0, counted = 0;

	for (int i = 0; i < rounds; i++) {
		struct {
			flow_key key;
			flow_hash_secret secret;
		} in = {random_key(random), {random(), random()}}, other = in;
		unsigned bit = (unsigned)i % bits;
		uint64_t word, difference;
		bool is_domain = bit / 64 == FLOW_KEY_WORDS - 1 && (FLOW_KEY_DOMAIN >> bit % 64 & 1);

		memcpy(&word, (char *)&other + bit / 64 * 8, 8);
		word ^= UINT64_C(1) << bit % 64;
		memcpy((char *)&other + bit / 64 * 8, &word, 8);
		difference = flow_hash(&in.secret, &in.key) ^ flow_hash(&other.secret, &other.key);
		if (is_domain) {
			ASSERT_EQ(difference, 0u) << "bit " << bit;
			continue;
		}
		counted++;
		ASSERT_GE(__builtin_popcountll(difference), 8) << "bit " << bit;
		total += __builtin_popcountll(difference);
		for (int b = 0; b < 64; b++)
			changed[b] += difference >> b & 1;
	}
	EXPECT_NEAR((double)total / (double)counted, 32, 0.6);
	for (int b = 0; b < 64; b++)
		EXPECT_NEAR((double)changed[b] / (double)counted, 0.5, 0.07) << "output bit " << b;
}

/* Keys that differ as real ones do, by a port or the last byte, fill buckets evenly (chi squared). */
TEST(FlowHash, NeighbouringKeysSpread)
{
	const unsigned cells = 1024, n = 64 * cells;
	std::vector<unsigned> home(cells), tag(cells);
	double home_chi = 0, tag_chi = 0;

	for (unsigned i = 0; i < n; i++) {
		flow_key key = {{0, 0x0100000a + ((uint64_t)(i & 0xff) << 24)}, {0, 0x02020202}, 0};

		key.rest = (uint64_t)(i >> 8) << 48 | UINT64_C(443) << 32 | 6 << 1;
		uint64_t hash = flow_hash(&secret, &key);
		home[hash >> 54]++;
		tag[hash % cells]++;
	}
	for (unsigned i = 0; i < cells; i++) {
		home_chi += std::pow(home[i] - 64.0, 2) / 64;
		tag_chi += std::pow(tag[i] - 64.0, 2) / 64;
	}
	EXPECT_NEAR(home_chi, cells, 6 * std::sqrt(2.0 * cells));
	EXPECT_NEAR(tag_chi, cells, 6 * std::sqrt(2.0 * cells));
}

TEST(FlowHash, SecretsDiffer)
{
	flow_hash_secret one = {}, other = {};

	ASSERT_EQ(flow_hash_secret_init(&one), 0);
	ASSERT_EQ(flow_hash_secret_init(&other), 0);
	EXPECT_NE(one.k0, other.k0);
	EXPECT_NE(one.k1, other.k1);
}

/* --- keys ----------------------------------------------------------------------------------- */

TEST(FlowKey, BothDirectionsAreOneKey)
{
	const uint64_t low[2] = {0, 5}, high[2] = {0, 9}, v6[2] = {7, 1}, v6b[2] = {7, 2};
	const struct {
		const uint64_t *a, *b;
		uint16_t a_port, b_port;
	} pairs[] = {
		{low, high, 80, 40000}, {low, high, 40000, 80}, {low, low, 1, 2},
		{v6, v6b, 9, 9},        {low, v6, 5, 4},
	};

	for (const auto &p : pairs) {
		flow_key there, back;

		EXPECT_EQ(flow_key_make(&there, p.a, p.b, p.a_port, p.b_port, 0, 6, 0), 0u);
		EXPECT_EQ(flow_key_make(&back, p.b, p.a, p.b_port, p.a_port, 0, 6, 0), 1u);
		EXPECT_TRUE(flow_key_equal(&there, &back));
		EXPECT_EQ(memcmp(&there, &back, sizeof(there)), 0);
		EXPECT_EQ(flow_hash(&secret, &there), flow_hash(&secret, &back));
		EXPECT_EQ(flow_key_port(&there, 0), p.a_port);
		EXPECT_EQ(flow_key_port(&there, 1), p.b_port);
	}
}

TEST(FlowKey, AnEndThatTalksToItselfIsEndA)
{
	const uint64_t here[2] = {0, 5};
	flow_key key;

	EXPECT_EQ(flow_key_make(&key, here, here, 7, 7, 0, 17, 0), 0u);
}

TEST(FlowKey, EverythingThatNamesAFlowCounts)
{
	const uint64_t a[2] = {0, 5}, b[2] = {0, 9}, c[2] = {0, 10};
	const uint64_t *ends[] = {b, c};
	std::vector<flow_key> keys;

	for (const uint64_t *end : ends)
		for (uint16_t port : {1, 2})
			for (uint32_t domain : {0, 1, 4096, 0xffffff})
				for (unsigned protocol : {6, 17})
					for (int v6 : {0, 1}) {
						flow_key key;

						flow_key_make(&key, a, end, port, 443, domain, protocol,
						              v6);
						EXPECT_EQ(flow_key_protocol(&key), protocol);
						EXPECT_EQ(flow_key_is_ipv6(&key), v6);
						keys.push_back(key);
					}
	for (size_t i = 0; i < keys.size(); i++)
		for (size_t j = 0; j < keys.size(); j++)
			EXPECT_EQ(!!flow_key_equal(&keys[i], &keys[j]), i == j);
}

TEST(FlowKey, ExchangedPortsAreAnotherFlow)
{
	const uint64_t a[2] = {0, 5}, b[2] = {0, 9};
	flow_key one, other;

	flow_key_make(&one, a, b, 1, 2, 0, 6, 0);
	flow_key_make(&other, a, b, 2, 1, 0, 6, 0);
	EXPECT_FALSE(flow_key_equal(&one, &other));
}

/* --- bursts of keys -------------------------------------------------------------------------- */

TEST(FlowBurst, GivesBackWhatWasPutIn)
{
	std::mt19937_64 random(6);
	std::vector<flow_key> keys;
	flow_burst burst;

	for (unsigned i = 0; i < FLOW_BURST_MAX; i++) {
		keys.push_back(random_key(random));
		flow_burst_set(&burst, i, &keys[i]);
	}
	for (unsigned i = 0; i < FLOW_BURST_MAX; i++) {
		flow_key key = flow_burst_get(&burst, i);

		ASSERT_TRUE(flow_key_equal(&key, &keys[i])) << i;
		ASSERT_EQ(burst.word[4][i], keys[i].rest);
	}
}

/* Every bit of every word is compared. */
TEST(FlowBurst, ComparesAllOfAKey)
{
	std::mt19937_64 random(7);
	flow_key key = random_key(random);
	flow_burst burst = {};

	flow_burst_set(&burst, 3, &key);
	EXPECT_TRUE(flow_burst_equal(&burst, 3, &key));
	EXPECT_FALSE(flow_burst_equal(&burst, 2, &key));
	for (unsigned bit = 0; bit < 64 * FLOW_KEY_WORDS; bit++) {
		burst.word[bit / 64][3] ^= UINT64_C(1) << bit % 64;
		EXPECT_FALSE(flow_burst_equal(&burst, 3, &key)) << bit;
		burst.word[bit / 64][3] ^= UINT64_C(1) << bit % 64;
	}
}

TEST(FlowBurst, MovesOneKeyOntoAnother)
{
	std::mt19937_64 random(8);
	flow_key key = random_key(random), other = random_key(random);
	flow_burst burst = {};

	flow_burst_set(&burst, 9, &key);
	flow_burst_set(&burst, 1, &other);
	flow_burst_move(&burst, 1, 9);
	EXPECT_TRUE(flow_burst_equal(&burst, 1, &key));
	EXPECT_TRUE(flow_burst_equal(&burst, 9, &key));
}

} // namespace
