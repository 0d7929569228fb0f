/* SPDX-License-Identifier: BSD-3-Clause */
#include "mem_pool.h"

#include <gtest/gtest.h>

#include <cstring>

namespace {

TEST(MemPool, HasABound)
{
	struct mem_pool pool;

	mem_pool_init(&pool, malloc, free, 100);
	EXPECT_EQ(mem_pool_alloc(&pool, 101), nullptr);
	EXPECT_EQ(mem_pool_alloc(&pool, SIZE_MAX), nullptr);
	void *block = mem_pool_alloc(&pool, 60);
	ASSERT_NE(block, nullptr);
	EXPECT_EQ(mem_pool_alloc(&pool, 41), nullptr);
	void *rest = mem_pool_alloc(&pool, 40);
	ASSERT_NE(rest, nullptr);
	EXPECT_EQ(pool.bytes, 100u);
	mem_pool_release(&pool, block, 60);
	EXPECT_EQ(pool.bytes, 40u);
	mem_pool_release(&pool, rest, 40);
	mem_pool_release(&pool, nullptr, 0);
	EXPECT_EQ(pool.bytes, 0u);
}

/* The old block and the new one are both in use for a moment. */
TEST(MemPool, Grows)
{
	struct mem_pool pool;

	mem_pool_init(&pool, malloc, free, 100);
	void *block = mem_pool_grow(&pool, nullptr, 0, 0, 30);
	ASSERT_NE(block, nullptr);
	memcpy(block, "what is there stays", 20);
	EXPECT_EQ(mem_pool_grow(&pool, block, 30, 20, 71), nullptr) << "both do not fit";
	EXPECT_EQ(pool.bytes, 30u);
	block = mem_pool_grow(&pool, block, 30, 20, 70);
	ASSERT_NE(block, nullptr);
	EXPECT_STREQ(static_cast<const char *>(block), "what is there stays");
	EXPECT_EQ(pool.bytes, 70u);
	mem_pool_release(&pool, block, 70);
	EXPECT_EQ(pool.bytes, 0u);
}

TEST(MemPool, TheOwnersAllocatorMayHaveNoMore)
{
	struct mem_pool pool;

	mem_pool_init(&pool, [](size_t) -> void * { return nullptr; }, free, 100);
	EXPECT_EQ(mem_pool_alloc(&pool, 10), nullptr);
	EXPECT_EQ(pool.bytes, 0u);
}

/* Bytes count in every pool around, and the refusal names the bound that was met. */
TEST(MemPool, OneLiesInAnother)
{
	struct mem_pool all, half, own;

	mem_pool_init(&all, malloc, free, 100);
	mem_pool_init_within(&half, &all, 50);
	mem_pool_init_within(&own, &half, SIZE_MAX);
	void *block = mem_pool_alloc(&own, 40);
	ASSERT_NE(block, nullptr);
	EXPECT_EQ(own.bytes, 40u);
	EXPECT_EQ(half.bytes, 40u);
	EXPECT_EQ(all.bytes, 40u);
	EXPECT_EQ(own.full, nullptr);
	EXPECT_EQ(mem_pool_alloc(&own, 11), nullptr);
	EXPECT_EQ(own.full, &half);
	void *other = mem_pool_alloc(&all, 60);
	ASSERT_NE(other, nullptr);
	EXPECT_EQ(mem_pool_alloc(&own, 1), nullptr);
	EXPECT_EQ(own.full, &all);
	mem_pool_release(&all, other, 60);
	block = mem_pool_grow(&own, block, 40, 5, 5);
	EXPECT_EQ(own.bytes + half.bytes + all.bytes, 15u);
	mem_pool_release(&own, block, 5);
	EXPECT_EQ(own.bytes + half.bytes + all.bytes, 0u);
}

} // namespace
