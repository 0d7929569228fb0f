/* SPDX-License-Identifier: BSD-3-Clause */
#include "digest_looks.h"

#include "filter_fixture.h"

namespace {

constexpr uint64_t SEC = 1000000;

class DigestLooks : public ::testing::Test {
protected:
	DigestLooks()
	{
		const struct filter_memory memory = counted.memory();

		digest_looks_init(&looks, &memory, 1234);
	}
	~DigestLooks()
	{
		digest_looks_fini(&looks);
		EXPECT_EQ(counted.now, 0u);
	}
	void keep(const char *text, uint64_t now_us, std::vector<struct digest_looks_count> counts,
	          bool whole = true)
	{
		digest_looks_keep(&looks, digest_looks_asking(&looks, text), now_us, counts.data(),
		                  static_cast<uint32_t>(counts.size()), whole);
	}
	const struct digest_look *find(const char *text)
	{
		return digest_looks_find(&looks, digest_looks_asking(&looks, text));
	}
	/* -1: not known. */
	int64_t count(const char *text, uint64_t name)
	{
		const struct digest_look *look = find(text);
		uint64_t n;

		if (!look || digest_looks_count(look, name, &n) != 0)
			return -1;
		return static_cast<int64_t>(n);
	}

	CountedMemory counted;
	struct digest_looks looks;
};

TEST_F(DigestLooks, WhatWasCountedIsFound)
{
	EXPECT_EQ(find(""), nullptr);
	keep("", 100 * SEC, { { 7, 70 }, { 3, 30 }, { 9, 90 } });
	EXPECT_EQ(find("")->at_us, 100 * SEC);
	EXPECT_EQ(count("", 3), 30);
	EXPECT_EQ(count("", 7), 70);
	EXPECT_EQ(count("", 9), 90);
	EXPECT_EQ(count("", 8), 0) << "it was not there";
	keep("port 1", 100 * SEC, { { 7, 1 } }, false);
	EXPECT_EQ(count("port 1", 8), -1) << "or left out";
	EXPECT_EQ(count("port 1", 7), 1);
	EXPECT_EQ(count("port 2", 7), -1) << "another asking";
	keep("none", 100 * SEC, {});
	EXPECT_EQ(count("none", 7), 0);
}

/* However often is asked, the one kept lies some seconds back, and moves on. */
TEST_F(DigestLooks, AreKeptSomeSecondsApart)
{
	keep("", 100 * SEC, { { 1, 1 } });
	keep("", 102 * SEC, { { 1, 2 } });
	keep("", 104 * SEC, { { 1, 3 } });
	EXPECT_EQ(find("")->at_us, 100 * SEC);
	EXPECT_EQ(count("", 1), 1);
	keep("", 105 * SEC, { { 1, 4 } });
	EXPECT_EQ(find("")->at_us, 105 * SEC);
	EXPECT_EQ(count("", 1), 4);
}

TEST_F(DigestLooks, TheAskingNotUsedForLongestGoes)
{
	const char *texts[] = { "0", "1", "2", "3", "4", "5", "6", "7" };

	static_assert(DIGEST_LOOKS_MAX == BASE_COUNT_OF(texts), "all places");
	for (uint64_t i = 0; i < DIGEST_LOOKS_MAX; i++)
		keep(texts[i], (100 + i) * SEC, { { 1, i } });
	keep("0", 102 * SEC, { { 1, 9 } }); /* not kept, but used */
	keep("8", 200 * SEC, { { 1, 8 } });
	EXPECT_EQ(count("0", 1), 0);
	EXPECT_EQ(count("8", 1), 8);
	EXPECT_EQ(find("1"), nullptr);
	for (unsigned i = 2; i < DIGEST_LOOKS_MAX; i++)
		EXPECT_EQ(count(texts[i], 1), i);
}

TEST_F(DigestLooks, WithoutMemoryNothingIsRemembered)
{
	keep("", 100 * SEC, { { 1, 1 } });
	counted.most = counted.now;
	keep("", 200 * SEC, { { 1, 2 }, { 2, 2 } });
	EXPECT_EQ(find(""), nullptr) << "rather than a look that is not the last";
	counted.most = SIZE_MAX;
	keep("", 300 * SEC, { { 1, 3 } });
	EXPECT_EQ(count("", 1), 3);
}

TEST_F(DigestLooks, AskingsAreToldApart)
{
	EXPECT_NE(digest_looks_asking(&looks, ""), digest_looks_asking(&looks, " "));
	EXPECT_NE(digest_looks_asking(&looks, "state close-wait"),
	          digest_looks_asking(&looks, "state close-waiT"));
	EXPECT_NE(digest_looks_asking(&looks, "12345678"), digest_looks_asking(&looks, "123456789"));
	EXPECT_EQ(digest_looks_asking(&looks, "port 80"), digest_looks_asking(&looks, "port 80"));
}

} // namespace
