// SPDX-License-Identifier: BSD-3-Clause
// Regions: what is asked for, zeroed and usable to the last byte, whatever pages there are.

#include <cerrno>
#include <cstring>
#include <thread>
#include <vector>

#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "mem_region.h"

namespace
{

const size_t MB = 1 << 20;
const mem_pages kinds[] = {MEM_PAGES_LAZY, MEM_PAGES_THP, MEM_PAGES_HUGE};

bool
all_zero(const mem_region &region)
{
	const uint64_t *words = (const uint64_t *)region.base;

	for (size_t i = 0; i < region.bytes / 8; i++)
		if (words[i] != 0)
			return false;
	return true;
}

/* How many of its pages are there. */
size_t
resident_pages(const mem_region &region)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), n = 0;
	std::vector<unsigned char> pages(region.bytes / page);

	EXPECT_EQ(mincore(region.base, region.bytes, pages.data()), 0);
	for (unsigned char here : pages)
		n += here & 1;
	return n;
}

TEST(MemRegion, ZeroedAndWholeOfEachKind)
{
	for (mem_pages kind : kinds) {
		for (size_t bytes : {(size_t)1, 4096ul, MB, 2 * MB, 2 * MB + 1, 5 * MB}) {
			mem_region region;

			ASSERT_EQ(mem_region_init(&region, bytes, kind, MEM_NODE_ANY), 0);
			EXPECT_GE(region.bytes, bytes);
			EXPECT_LT(region.bytes, bytes + 2 * MB);
			EXPECT_EQ(region.bytes % 4096, 0u);
			EXPECT_EQ((uintptr_t)region.base % 4096, 0u);
			EXPECT_LE(region.pages, kind) << "never better than was asked for";
			EXPECT_TRUE(all_zero(region));
			memset(region.base, 0xff, region.bytes);
			mem_region_fini(&region);
			EXPECT_EQ(region.base, nullptr);
			mem_region_fini(&region);
		}
	}
}

TEST(MemRegion, LazyIsNotThereUntilTouched)
{
	mem_region lazy, now;

	ASSERT_EQ(mem_region_init(&lazy, 8 * MB, MEM_PAGES_LAZY, MEM_NODE_ANY), 0);
	EXPECT_EQ(resident_pages(lazy), 0u);
	mem_region_fini(&lazy);
	ASSERT_EQ(mem_region_init(&now, 8 * MB, MEM_PAGES_THP, MEM_NODE_ANY), 0);
	EXPECT_EQ(resident_pages(now), 8 * MB / (size_t)sysconf(_SC_PAGESIZE));
	mem_region_fini(&now);
}

/* More than the machine has, for a capture of unknown size: given as it is touched. */
TEST(MemRegion, LazyMayBeVast)
{
	mem_region region;

	ASSERT_EQ(mem_region_init(&region, (size_t)1 << 40, MEM_PAGES_LAZY, MEM_NODE_ANY), 0);
	((uint8_t *)region.base)[region.bytes - 1] = 1;
	mem_region_fini(&region);
}

/* In a thread of its own, in which no page is populated: madvise says `error` instead. */
void
where_populating_fails(int error, void (*then)(void))
{
	std::thread([=] {
		scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);

		ASSERT_NE(filter, nullptr);
		ASSERT_EQ(seccomp_rule_add(filter, SCMP_ACT_ERRNO((uint16_t)error), SCMP_SYS(madvise), 1,
		                           SCMP_A2(SCMP_CMP_EQ, MADV_POPULATE_WRITE)),
		          0);
		ASSERT_EQ(seccomp_load(filter), 0);
		seccomp_release(filter);
		then();
	}).join();
}

/* The kernel has promised them and cannot keep it: no region that would end the process. */
TEST(MemRegion, PagesThatAreNotThere)
{
	where_populating_fails(EFAULT, [] {
		mem_region region;

		EXPECT_EQ(mem_region_init(&region, MB, MEM_PAGES_HUGE, MEM_NODE_ANY), -ENOMEM);
		EXPECT_EQ(region.base, nullptr);
		EXPECT_EQ(mem_region_init(&region, MB, MEM_PAGES_THP, MEM_NODE_ANY), -ENOMEM);
		EXPECT_EQ(region.base, nullptr);
		EXPECT_EQ(mem_region_init(&region, MB, MEM_PAGES_LAZY, MEM_NODE_ANY), 0);
		mem_region_fini(&region);
	});
}

/* As before Linux 5.14: ordinary pages come when they are touched, of hugepages nothing is known. */
TEST(MemRegion, KernelThatDoesNotPopulate)
{
	where_populating_fails(EINVAL, [] {
		mem_region region;

		ASSERT_EQ(mem_region_init(&region, MB, MEM_PAGES_HUGE, MEM_NODE_ANY), 0);
		EXPECT_EQ(region.pages, MEM_PAGES_THP);
		EXPECT_TRUE(all_zero(region));
		mem_region_fini(&region);
	});
}

TEST(MemRegion, MoreThanThereIsRoomFor)
{
	mem_region region;

	EXPECT_EQ(mem_region_init(&region, (size_t)1 << 50, MEM_PAGES_LAZY, MEM_NODE_ANY), -ENOMEM);
	EXPECT_EQ(region.base, nullptr);
	mem_region_fini(&region);
}

TEST(MemRegion, NodesThatAreNot)
{
	mem_region region;

	EXPECT_EQ(mem_region_init(&region, MB, MEM_PAGES_LAZY, 4000), -EINVAL);
	EXPECT_EQ(mem_region_init(&region, MB, MEM_PAGES_LAZY, -2), -EINVAL);
}

TEST(MemRegion, OnTheNodeOfThisCpu)
{
	int node = mem_node_of_cpu(sched_getcpu());
	mem_region region;

	EXPECT_GE(node, MEM_NODE_ANY);
	ASSERT_EQ(mem_region_init(&region, MB, MEM_PAGES_THP, node), 0);
	EXPECT_EQ(region.node, node);
	EXPECT_TRUE(all_zero(region));
	mem_region_fini(&region);
	EXPECT_EQ(mem_node_of_cpu(1 << 20), MEM_NODE_ANY);
}

} // namespace
