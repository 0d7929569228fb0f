// SPDX-License-Identifier: BSD-3-Clause
// The control core's arena: an allocator like any other, whose size is known.

#include <cstring>
#include <vector>

#include <gtest/gtest.h>

#include "mem_arena.h"

namespace
{

class MemArena : public testing::Test
{
protected:
	static void SetUpTestSuite() { ASSERT_EQ(mem_arena_init(), 0); }
};

TEST_F(MemArena, BytesGoUpAndDown)
{
	const uint64_t before = mem_arena_bytes();
	std::vector<void *> small;
	void *large = mem_arena_alloc(10 << 20);

	ASSERT_NE(large, nullptr);
	EXPECT_GE(mem_arena_bytes(), before + (10 << 20));
	EXPECT_LT(mem_arena_bytes(), before + (12 << 20));
	for (int i = 0; i < 1000; i++)
		small.push_back(mem_arena_alloc(100));
	EXPECT_GE(mem_arena_bytes(), before + (10 << 20) + 100000);
	mem_arena_free(large);
	for (void *p : small)
		mem_arena_free(p);
	EXPECT_EQ(mem_arena_bytes(), before);
}

/* Reports must not be counted among what the rest of the program allocates, nor the other way round. */
TEST_F(MemArena, IsApart)
{
	const uint64_t before = mem_arena_bytes();
	std::vector<char> others(1 << 20);

	EXPECT_EQ(mem_arena_bytes(), before);
	EXPECT_EQ(others.size(), 1u << 20);
}

TEST_F(MemArena, ReallocKeepsWhatWasThere)
{
	uint8_t *p = (uint8_t *)mem_arena_realloc(nullptr, 100);

	ASSERT_NE(p, nullptr);
	memset(p, 0x5a, 100);
	for (size_t bytes : {50ul, 1000ul, 100000ul, 3000000ul, 40ul}) {
		p = (uint8_t *)mem_arena_realloc(p, bytes);
		ASSERT_NE(p, nullptr);
		for (int i = 0; i < 40; i++)
			ASSERT_EQ(p[i], 0x5a) << bytes;
	}
	mem_arena_free(p);
}

TEST_F(MemArena, NothingIsSomething)
{
	void *p = mem_arena_alloc(0);

	EXPECT_NE(p, nullptr);
	p = mem_arena_realloc(p, 0);
	EXPECT_NE(p, nullptr);
	mem_arena_free(p);
	mem_arena_free(nullptr);
}

TEST_F(MemArena, LinesBeginAtALine)
{
	const uint64_t before = mem_arena_bytes();
	std::vector<void *> blocks;

	for (size_t bytes : {1, 64, 100, 5000, 4 << 20}) {
		blocks.push_back(mem_arena_alloc_lines(bytes));
		ASSERT_NE(blocks.back(), nullptr);
		EXPECT_EQ(reinterpret_cast<uintptr_t>(blocks.back()) % BASE_CACHE_LINE, 0u) << bytes;
	}
	EXPECT_GE(mem_arena_bytes(), before + (4 << 20));
	for (void *block : blocks)
		mem_arena_free(block);
	EXPECT_EQ(mem_arena_bytes(), before);
}

} // namespace
