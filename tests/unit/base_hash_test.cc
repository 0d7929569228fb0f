// SPDX-License-Identifier: BSD-3-Clause
// The keyed hash: what differs anywhere differs in the bits that tables use, under every secret.

#include <random>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "base_hash.h"

namespace
{

const uint64_t LOW = 0xffff;

uint64_t
hash(uint64_t secret, const std::vector<uint64_t> &words)
{
	uint64_t x = secret;

	for (uint64_t word : words)
		x = base_hash_add(x, secret, word);
	return base_hash_end(x);
}

TEST(BaseHash, NoTwoSecretsAreAlike)
{
	std::set<uint64_t> drawn;

	for (int i = 0; i < 1000; i++) {
		uint64_t secret = 0;

		ASSERT_EQ(base_hash_draw(&secret), 0);
		EXPECT_TRUE(drawn.insert(secret).second);
	}
}

/* No two words that differ in a bit or two meet under more secrets than chance lets them. */
TEST(BaseHash, DifferencesStay)
{
	const int secrets = 2000;
	std::mt19937_64 random(1);

	for (unsigned i = 0; i < 64; i += 7)
		for (unsigned j = 0; j < 64; j++) {
			int met = 0;

			for (int k = 0; k < secrets; k++) {
				uint64_t secret = random(), a = random(), b = random();
				uint64_t one = hash(secret, {a, b, 5});

				met += (one & LOW) ==
				       (hash(secret, {a ^ UINT64_C(1) << i, b ^ UINT64_C(1) << j, 5}) & LOW);
			}
			ASSERT_LE(met, 4) << i << ' ' << j;
		}
}

/* Where a hash multiplies alone, the highest bit and what it becomes cancel whatever the secret. */
TEST(BaseHash, TheHighestBitIsNoWayRound)
{
	std::mt19937_64 random(2);
	const uint64_t top = UINT64_C(1) << 63;
	int met = 0;

	for (int k = 0; k < 10000; k++)
		for (uint64_t second : {top, top | top >> 29, top | top >> 32}) {
			uint64_t secret = random(), a = random(), b = random();

			met += (hash(secret, {a, b}) & LOW) == (hash(secret, {a ^ top, b ^ second}) & LOW);
		}
	EXPECT_LE(met, 10);
}

TEST(BaseHash, AnotherSecretIsAnotherHash)
{
	std::set<uint64_t> seen;

	for (uint64_t secret = 1; secret <= 1000; secret++)
		seen.insert(hash(secret, {7, 8}));
	EXPECT_EQ(seen.size(), 1000u);
}

TEST(BaseHash, NumbersInARowFillATable)
{
	std::vector<unsigned> places(1024);

	for (uint64_t i = 0; i < 102400; i++)
		places[hash(0x1234567890abcdef, {i << 32, 0, 0}) % 1024]++;
	for (unsigned count : places)
		EXPECT_NEAR(count, 100, 60);
}

} // namespace
