// SPDX-License-Identifier: BSD-3-Clause
// What the machine still has, read from a text as /proc/meminfo has it.

#include <cerrno>
#include <fstream>
#include <string>

#include <unistd.h>

#include <gtest/gtest.h>

#include "mem_region.h"
#include "mem_room.h"

namespace
{

class MemRoom : public ::testing::Test
{
protected:
	MemRoom()
	    : path(::testing::TempDir() + "meminfo-" + std::to_string(getpid()))
	{
	}

	~MemRoom() override { unlink(path.c_str()); }

	int
	read(const std::string &text)
	{
		std::ofstream(path) << text;
		return mem_room_read(&room, path.c_str());
	}

	std::string path;
	mem_room room = {};
};

TEST_F(MemRoom, TakesItsLinesAmongOthers)
{
	ASSERT_EQ(read("MemTotal:       24675060 kB\n"
	               "MemFree:          100000 kB\n"
	               "MemAvailable:   22528000 kB\n"
	               "AnonHugePages:   1130496 kB\n"
	               "HugePages_Total:    1000\n"
	               "HugePages_Free:      700\n"
	               "HugePages_Rsvd:       60\n"
	               "Hugepagesize:       2048 kB\n"),
	          0);
	EXPECT_EQ(room.ordinary_bytes, 22528000ull * 1024);
	EXPECT_EQ(room.huge_bytes, 640ull << 21) << "what is reserved is promised to somebody";
}

TEST_F(MemRoom, LargeHugepagesAndNone)
{
	ASSERT_EQ(read("HugePages_Free: 3\nHugepagesize: 1048576 kB\n"), 0);
	EXPECT_EQ(room.huge_bytes, 3ull << 30);
	EXPECT_EQ(room.ordinary_bytes, 0u);
	ASSERT_EQ(read("MemAvailable: 1 kB\n"), 0);
	EXPECT_EQ(room.huge_bytes, 0u);
	EXPECT_EQ(room.ordinary_bytes, 1024u);
}

TEST_F(MemRoom, ThisMachineHasSome)
{
	ASSERT_EQ(mem_room_read(&room, NULL), 0);
	EXPECT_GT(room.ordinary_bytes, 1u << 20);
	EXPECT_EQ(mem_room_read(&room, "/nosuch/meminfo"), -ENOENT);
}

TEST(MemRegionNeed, IsWhatARegionTakes)
{
	for (size_t bytes : {size_t(1), size_t(4096), size_t(2) << 20, (size_t(2) << 20) + 1}) {
		mem_region region;

		ASSERT_EQ(mem_region_init(&region, bytes, MEM_PAGES_LAZY, MEM_NODE_ANY), 0);
		EXPECT_EQ(mem_region_need(bytes), region.bytes);
		mem_region_fini(&region);
	}
}

} // namespace
