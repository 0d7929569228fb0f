// SPDX-License-Identifier: BSD-3-Clause
// Stamps of captures: which are believed, and what time the others get.

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "capture_stamp.h"

namespace
{

constexpr uint64_t SEC = 1000000, HOUR = 3600 * SEC, DAY = 24 * HOUR;
constexpr uint64_t T = 1700000000 * SEC; /* 2023 */

using Times = std::vector<uint64_t>;

/* All stamps of a file through its clock, as a reader does it that can look ahead. */
Times
judged(const Times &stamps, unsigned *bad = nullptr)
{
	struct capture_clock clock = {};
	unsigned not_believed = 0;
	Times times;

	for (size_t i = 0; i < stamps.size(); i++) {
		unsigned n = (unsigned)std::min<size_t>(CAPTURE_STAMPS_MAX, stamps.size() - i);

		if (capture_stamp_is_near(&clock, stamps[i]))
			capture_stamp_take(&clock, stamps[i]);
		else if (!capture_stamp_judge(&clock, &stamps[i], n)) {
			times.push_back(clock.now_us);
			not_believed++;
			continue;
		}
		times.push_back(stamps[i]);
	}
	if (bad)
		*bad = not_believed;
	return times;
}

/* n stamps from `from` on, `step` apart. */
Times
run(uint64_t from, unsigned n, uint64_t step = SEC / 100)
{
	Times times;

	for (unsigned i = 0; i < n; i++)
		times.push_back(from + i * step);
	return times;
}

Times
operator+(Times a, const Times &b)
{
	a.insert(a.end(), b.begin(), b.end());
	return a;
}

void
expect_believed(const Times &stamps)
{
	unsigned bad;

	EXPECT_EQ(judged(stamps, &bad), stamps);
	EXPECT_EQ(bad, 0u);
}

TEST(CaptureStamp, WhatRunsOnIsBelieved)
{
	expect_believed({});
	expect_believed({0});
	for (uint64_t from : {UINT64_C(0), T, UINT64_C(4294967000) * SEC})
		expect_believed(run(from, 50));
	expect_believed({T, T + 3 * SEC, T + 2 * SEC, T + 4 * SEC, T + 4 * SEC});
}

/* Rare packets are right, however long the silence between them. */
TEST(CaptureStamp, SilenceIsBelieved)
{
	for (uint64_t step : {10 * SEC, HOUR, DAY - SEC, 3 * DAY, 400 * DAY})
		for (unsigned n : {3u, 4u, 9u, 30u})
			expect_believed(run(T, n, step));
	expect_believed(run(T, 2, HOUR));
	expect_believed(run(T, 5) + run(T + HOUR, 1));
	expect_believed(run(T, 5) + run(T + HOUR, 1) + run(T + 2 * HOUR, 1));
	expect_believed(run(T, 1) + run(T + HOUR, 5));
	expect_believed({T + SEC, T});
	expect_believed(run(T, 30) + run(T + 3 * DAY, 30));
	expect_believed(run(T, 30) + run(T + 3 * DAY, 2));
	expect_believed(run(0, 30) + run(T, 30));
}

/* One, two or three bad ones anywhere: they get the time before them, and no other changes. */
TEST(CaptureStamp, FewBadOnesMoveNoOther)
{
	const uint64_t odd[] = {0, 1, T - 400 * DAY, T - 2 * DAY, T - HOUR, T + HOUR, T + 2 * DAY,
	                        T + 9000 * DAY, UINT32_MAX * SEC, UINT64_MAX - SEC};

	for (uint64_t stamp : odd)
		for (unsigned n : {1u, 2u, 3u})
			for (size_t at = 1; at + n < 36; at++) {
				Times good = run(T, 40), want = good;

				for (unsigned i = 0; i < n; i++) {
					good[at + i] = stamp + i;
					want[at + i] = want[at - 1];
				}
				unsigned bad;
				ASSERT_EQ(judged(good, &bad), want) << stamp << " " << at << " " << n;
				EXPECT_EQ(bad, n);
			}
}

TEST(CaptureStamp, ABadFirstGetsTheTimeOfTheSecond)
{
	for (uint64_t stamp : {UINT64_C(0), T - 2 * DAY, T + HOUR, T + 2 * DAY, UINT32_MAX * SEC})
		for (unsigned n : {1u, 2u, 4u, 7u, 20u}) {
			Times good = run(T, n), want = good;

			if (stamp > T && n == 1)
				continue; /* one against one */
			good.insert(good.begin(), stamp);
			want.insert(want.begin(), T);
			EXPECT_EQ(judged(good), want) << stamp << " " << n;
		}
}

/* Of two alone the later one is right: a clock that was lost begins early. */
TEST(CaptureStamp, OneAgainstOne)
{
	EXPECT_EQ(judged({0, T}), (Times{T, T}));
	EXPECT_EQ(judged({T, 0}), (Times{T, T}));
	expect_believed({T, T + HOUR});
}

TEST(CaptureStamp, ALoneLastIsBelievedForADay)
{
	EXPECT_EQ(judged(run(T, 9) + Times{T + 2 * DAY}).back(), T + 8 * SEC / 100);
	EXPECT_EQ(judged(run(T, 9) + Times{0}).back(), T + 8 * SEC / 100);
	EXPECT_EQ(judged(run(T, 9) + Times{T - HOUR}).back(), T + 8 * SEC / 100);
	expect_believed(run(T, 9) + Times{T + 23 * HOUR});
}

/* Two files put one behind the other, and a clock that was set back. */
TEST(CaptureStamp, SeveralThatGoBackAreBelieved)
{
	for (uint64_t back : {10 * SEC, HOUR, 2 * DAY, 9000 * DAY})
		for (unsigned n : {2u, 3u, 5u, 30u})
			expect_believed(run(T, 30) + run(T - back, n));
	expect_believed(run(T, 30, SEC) + run(T - HOUR, 30, SEC) + run(T, 30, SEC));
}

/* Many small files put one behind the other, none of them with many packets. */
TEST(CaptureStamp, ShortPiecesInAnyOrder)
{
	expect_believed(run(T, 20) + run(T + 9000 * SEC, 3) + run(T + 9100 * SEC, 3) +
	                run(T + 9200 * SEC, 3) + run(T + 1000 * SEC, 30) + run(T + 2000 * SEC, 30));
	expect_believed(run(T, 10) + run(T + 900 * DAY, 3) + run(T + 9000 * SEC, 3) +
	                run(T + 9100 * SEC, 10));
}

/* Two devices in one file, the clock of one is wrong: one of them is followed, and not both. */
TEST(CaptureStamp, TwoClocksByTurnsAreOne)
{
	for (uint64_t other : {UINT64_C(1), T - HOUR, T + HOUR, T + 9000 * DAY}) {
		Times stamps;
		unsigned bad;

		for (unsigned i = 0; i < 100; i++)
			stamps.push_back((i % 2 ? other : T) + i * SEC / 100);
		Times times = judged(stamps, &bad);
		times.pop_back(); /* alone it may be an hour ahead */
		EXPECT_LE(*std::max_element(times.begin(), times.end()) -
		                  *std::min_element(times.begin(), times.end()),
		          SEC)
			<< other;
		EXPECT_GE(bad, 48u);
		EXPECT_LE(bad, 51u);
	}
}

/* A device without a clock, for its first packets: most of those at the beginning are right. */
TEST(CaptureStamp, AFewWithoutAClockAtTheBeginning)
{
	for (unsigned n : {1u, 2u, 3u})
		EXPECT_EQ(judged(run(0, n) + run(T, 20)), Times(n, T) + run(T, 20)) << n;
	expect_believed(run(0, 8) + run(T, 20));
}

/* A right jump is believed though a bad stamp follows it at once. */
TEST(CaptureStamp, ABadOneHidesNoJump)
{
	for (size_t at = 1; at < 8; at++) {
		Times stamps = run(T, 20) + run(T + 3 * DAY, 20), want = stamps;

		stamps[20 + at] = 0;
		want[20 + at] = want[20 + at - 1];
		EXPECT_EQ(judged(stamps), want) << at;
	}
}

/* Whatever stands in a file: no time goes wild, and the clock is one that was there. */
TEST(CaptureStamp, AnythingAtAll)
{
	uint64_t x = 88172645463325252u;

	for (unsigned round = 0; round < 2000; round++) {
		Times stamps;

		for (unsigned i = 0; i < 12; i++) {
			x ^= x << 13, x ^= x >> 7, x ^= x << 17;
			stamps.push_back(x % 3 == 0 ? x >> (x % 64) : T + x % (x % 2 ? SEC : 9 * DAY));
		}
		for (uint64_t time : judged(stamps))
			EXPECT_NE(std::find(stamps.begin(), stamps.end(), time), stamps.end());
	}
}

} // namespace
