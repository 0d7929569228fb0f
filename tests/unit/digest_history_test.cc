/* SPDX-License-Identifier: BSD-3-Clause */
#include "digest_history.h"

#include "filter_fixture.h"

namespace {

constexpr uint64_t SEC = 1000000;

class DigestLooks : public ::testing::Test {
protected:
	DigestLooks()
	{
		digest_history_init(&history, counted.memory(), 1234);
	}
	~DigestLooks()
	{
		digest_history_fini(&history);
		EXPECT_EQ(counted.now, 0u);
	}
	void keep(const char *text, uint64_t now_us, std::vector<struct digest_history_count> counts,
	          bool whole = true)
	{
		digest_history_keep(&history, digest_history_asking(&history, text), now_us, counts.data(),
		                  static_cast<uint32_t>(counts.size()), whole);
	}
	const struct digest_sample *find(const char *text, uint64_t now_us = 1000 * SEC)
	{
		return digest_history_find(&history, digest_history_asking(&history, text), now_us);
	}
	/* -1: not known. */
	int64_t count(const char *text, uint64_t name, uint64_t now_us = 1000 * SEC)
	{
		const struct digest_sample *sample = find(text, now_us);
		uint64_t n;

		if (!sample || digest_history_count(sample, name, &n) != 0)
			return -1;
		return static_cast<int64_t>(n);
	}

	CountedMemory counted;
	struct digest_history history;
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

TEST_F(DigestLooks, TheOneBeforeUnlessThatWasAMomentAgo)
{
	keep("", 100 * SEC, { { 1, 1 } });
	EXPECT_EQ(count("", 1, 101 * SEC), 1) << "there is no other";
	keep("", 104 * SEC, { { 1, 2 } });
	EXPECT_EQ(count("", 1, 108 * SEC), 1) << "the second is four seconds old";
	EXPECT_EQ(count("", 1, 109 * SEC), 2);
	EXPECT_EQ(count("", 1, 900 * SEC), 2);
}

/* However often is asked, what is compared with lies some seconds back, and moves on. */
TEST_F(DigestLooks, AskedAgainAndAgain)
{
	for (uint64_t every_us : { SEC / 3, SEC, 2 * SEC, 3 * SEC, 4 * SEC }) {
		const std::string text = std::to_string(every_us);

		for (uint64_t now_us = 100 * SEC; now_us < 200 * SEC; now_us += every_us) {
			if (now_us > 106 * SEC) {
				const struct digest_sample *sample = find(text.c_str(), now_us);
				ASSERT_NE(sample, nullptr);
				EXPECT_GE(now_us - sample->at_us, 5 * SEC) << text << " " << now_us;
				EXPECT_LE(now_us - sample->at_us, 5 * SEC + std::max(every_us, 2 * SEC) + every_us);
			}
			keep(text.c_str(), now_us, { { 1, now_us } });
		}
	}
}

TEST_F(DigestLooks, TheAskingNotUsedForLongestGoes)
{
	char text[] = "0";

	for (unsigned i = 0; i < DIGEST_HISTORY_MAX; i++) {
		text[0] = static_cast<char>('0' + i);
		keep(text, (100 + i) * SEC, { { 1, i } });
	}
	keep("0", 200 * SEC, { { 1, 99 } }); /* in the place of "1" */
	EXPECT_EQ(find("1"), nullptr);
	keep("new", 300 * SEC, { { 1, 8 } }); /* of "2" */
	EXPECT_EQ(find("2"), nullptr);
	EXPECT_EQ(count("new", 1), 8);
	EXPECT_EQ(count("0", 1), 99);
	EXPECT_EQ(count("0", 1, 201 * SEC), 0) << "both of them are there";
	for (unsigned i = 3; i < DIGEST_HISTORY_MAX; i++) {
		text[0] = static_cast<char>('0' + i);
		EXPECT_EQ(count(text, 1), i);
	}
}

TEST_F(DigestLooks, WithoutMemoryNothingIsRemembered)
{
	keep("", 100 * SEC, { { 1, 1 } });
	counted.most = counted.now;
	keep("", 200 * SEC, { { 1, 2 }, { 2, 2 } });
	EXPECT_EQ(find("")->at_us, 100 * SEC) << "the older one is still true of its time";
	counted.most = SIZE_MAX;
	keep("", 300 * SEC, { { 1, 3 } });
	EXPECT_EQ(count("", 1), 3);
}

TEST_F(DigestLooks, AskingsAreToldApart)
{
	EXPECT_NE(digest_history_asking(&history, ""), digest_history_asking(&history, " "));
	EXPECT_NE(digest_history_asking(&history, "state close-wait"),
	          digest_history_asking(&history, "state close-waiT"));
	EXPECT_NE(digest_history_asking(&history, "12345678"), digest_history_asking(&history, "123456789"));
	EXPECT_EQ(digest_history_asking(&history, "port 80"), digest_history_asking(&history, "port 80"));
}

} // namespace
