// SPDX-License-Identifier: BSD-3-Clause
// Paths by number: kept once, read back, sent, and gone without ever being another.

#include <cstring>

#include <gtest/gtest.h>

#include "report_path.h"

namespace
{

report_step
step(uint8_t kind, uint32_t id, uint32_t outside = 0)
{
	report_step made = {};

	made.src[0] = 192;
	made.dst[0] = 10;
	made.id = id;
	made.kind = kind;
	made.version = 4;
	made.has_id = 1;
	made.outside = outside;
	return made;
}

class ReportPath : public testing::Test
{
protected:
	~ReportPath() override
	{
		report_paths_free(&paths);
		report_paths_free(&other);
	}

	uint32_t
	add(uint8_t kind, uint32_t id, uint32_t outside = 0)
	{
		report_step one = step(kind, id, outside);

		return report_paths_add(&paths, &one);
	}

	report_paths paths = {}, other = {};
	report_path path = {}, back = {};
};

TEST_F(ReportPath, NothingMeansNothing)
{
	report_paths_read(nullptr, 5, &path, &back);
	EXPECT_EQ(path.n + back.n, 0u);
	report_paths_read(&paths, 5, &path, nullptr);
	EXPECT_EQ(path.n, 0u);
	EXPECT_EQ(report_paths_step(&paths, 0), nullptr);
}

TEST_F(ReportPath, StepsAreKeptOnce)
{
	uint32_t outer = add(1, 7), inner = add(2, 8, outer);

	EXPECT_NE(outer, inner);
	EXPECT_EQ(add(1, 7), outer);
	EXPECT_EQ(add(2, 8, outer), inner);
	EXPECT_NE(add(2, 8), inner) << "another path";
	report_paths_read(&paths, inner, &path, &back);
	ASSERT_EQ(path.n, 2u);
	EXPECT_EQ(path.step[0]->id, 7u);
	EXPECT_EQ(path.step[1]->id, 8u);
	EXPECT_EQ(back.n, 0u);
}

TEST_F(ReportPath, BothDirections)
{
	uint32_t there = add(1, 7), way_back = add(1, 8);
	uint32_t both = add(REPORT_STEP_JOIN, way_back, there);

	report_paths_read(&paths, both, &path, &back);
	ASSERT_EQ(path.n, 1u);
	ASSERT_EQ(back.n, 1u);
	EXPECT_EQ(path.step[0]->id, 7u);
	EXPECT_EQ(back.step[0]->id, 8u);
}

TEST_F(ReportPath, AsTheyAreReceived)
{
	uint32_t outer = add(1, 7), inner = add(2, 8, outer);
	report_step sent[] = {*report_paths_step(&paths, outer), *report_paths_step(&paths, inner)};

	report_paths_receive(&other, sent, 2);
	report_paths_read(&other, inner, &path, &back);
	ASSERT_EQ(path.n, 2u);
	EXPECT_EQ(memcmp(path.step[1], &sent[1], sizeof(sent[1])), 0);
}

/* What comes over a socket may lie: a chain without an end, one of joins, numbers that are none. */
TEST_F(ReportPath, ReceivedLiesEnd)
{
	report_step lies[] = {step(1, 1, 2), step(1, 2, 1), step(REPORT_STEP_JOIN, 3, 3), step(1, 4, 4)};

	for (uint32_t i = 0; i < 4; i++)
		lies[i].number = i + 1;
	lies[3].number = 0;
	report_paths_receive(&other, lies, 4);
	for (uint32_t number = 0; number < 6; number++) {
		report_paths_read(&other, number, &path, &back);
		EXPECT_EQ(path.n, 0u) << number;
		EXPECT_EQ(back.n, 0u) << number;
	}
}

/* The table keeps the newest. An old number means nothing, and nothing else. */
TEST_F(ReportPath, OldNumbersAreGone)
{
	uint32_t outer = add(1, UINT32_MAX), inner = add(2, 1, outer);

	for (uint32_t id = 0; id < REPORT_PATHS_MAX - 1; id++)
		ASSERT_NE(add(3, id), 0u);
	EXPECT_EQ(report_paths_step(&paths, outer), nullptr);
	report_paths_read(&paths, inner, &path, nullptr);
	EXPECT_EQ(path.n, 0u) << "its outside is gone";
	EXPECT_EQ(add(2, 1, outer), 0u);
	EXPECT_NE(add(1, UINT32_MAX), outer) << "known anew by another number";
}

/* Nobody outside knows which steps share a bucket: in another table they are others. */
TEST_F(ReportPath, BucketsAreSecret)
{
	unsigned same = 0;

	for (uint32_t id = 1; id <= 1000; id++) {
		report_step one = step(1, id);

		EXPECT_EQ(report_paths_add(&paths, &one), report_paths_add(&other, &one));
	}
	for (uint32_t b = 0; b < REPORT_PATHS_MAX; b++)
		same += paths.buckets[b] != 0 && paths.buckets[b] == other.buckets[b];
	EXPECT_LT(same, 10u);
}

} // namespace
