// SPDX-License-Identifier: BSD-3-Clause
// Hugepages by node: machines made of files, some of whose nodes have too few.

#include "doctor_fixture.h"
#include "memory.h"

namespace
{

const uint64_t MB = 1 << 20;

class Nodes : public DoctorTest
{
protected:
	void
	SetUp() override
	{
		DoctorTest::SetUp();
		write("/proc/meminfo", "Hugepagesize:    2048 kB\n");
	}

	void
	pages(const std::string &folder, unsigned all, unsigned free)
	{
		const std::string path = folder + "/hugepages-2048kB";

		write(path + "/nr_hugepages", std::to_string(all) + "\n");
		write(path + "/free_hugepages", std::to_string(free) + "\n");
	}

	void
	node(unsigned number, unsigned all, unsigned free)
	{
		pages("/sys/devices/system/node/node" + std::to_string(number) + "/hugepages", all, free);
	}

	void
	read(uint64_t huge_bytes)
	{
		nodes_read(&nodes, &machine, huge_bytes);
	}

	std::string
	warnings()
	{
		testing::internal::CaptureStderr();
		nodes_warn(&nodes);
		return testing::internal::GetCapturedStderr();
	}

	struct nodes nodes = {};
};

TEST_F(Nodes, EachHasRoomForItsOwn)
{
	node(0, 100, 50);
	node(1, 200, 200);
	read(500 * MB);
	ASSERT_EQ(nodes.n, 2u);
	nodes_want(&nodes, 0, 100 * MB, 0);
	nodes_want(&nodes, 1, 100 * MB, 200 * MB);
	nodes_want(&nodes, 1, 0, 100 * MB);
	EXPECT_EQ(nodes_packets(&nodes), 200 * MB);
	EXPECT_EQ(nodes_tables(&nodes), 300 * MB);
	EXPECT_EQ(nodes_usable(&nodes, 500 * MB), 500 * MB);
	EXPECT_EQ(warnings(), "");
}

/* Enough in the machine, but not where it is wanted. */
TEST_F(Nodes, OneHasNone)
{
	node(0, 1000, 1000);
	node(1, 10, 0);
	read(2000 * MB);
	nodes_want(&nodes, 0, 64 * MB, 0);
	nodes_want(&nodes, 1, 0, 99 * MB);
	EXPECT_EQ(nodes_usable(&nodes, 2000 * MB), 64 * MB) << "for packets alone";
	EXPECT_NE(warnings().find("node 1: 0 MB of hugepages are free and 99 are wanted: going on with "
	                          "ordinary memory; echo 60 > /sys/devices/system/node/node1/hugepages/"
	                          "hugepages-2048kB/nr_hugepages reserves them\n"),
	          std::string::npos)
	    << warnings();
	EXPECT_EQ(warnings().find("node 0"), std::string::npos);
	nodes_want(&nodes, 1, 1 * MB, 0);
	EXPECT_EQ(nodes_usable(&nodes, 2000 * MB), 0u) << "not even for packets";
}

/* The one of the control core, where EAL's own lies. */
TEST_F(Nodes, TheFirstHasNone)
{
	memory_plan plan = {};
	mem_room room = {2000 * MB, 4000 * MB};

	node(0, 0, 0);
	node(1, 1000, 1000);
	read(room.huge_bytes);
	nodes_want(&nodes, -1, 64 * MB, 0); /* any: the first */
	nodes_want(&nodes, 1, 100 * MB, 200 * MB);
	memory_need need = {nodes_packets(&nodes), nodes_tables(&nodes), 128 * MB};
	room.huge_bytes = nodes_usable(&nodes, room.huge_bytes);
	memory_decide(&plan, &need, &room, 0);
	EXPECT_FALSE(plan.packets_huge) << "EAL would panic";
	EXPECT_FALSE(plan.tables_huge);
	EXPECT_TRUE(plan.has_room);
	EXPECT_NE(warnings().find("node 0: 0 MB of hugepages are free and 64 are wanted"),
	          std::string::npos);
	EXPECT_NE(warnings().find("echo 32 > "), std::string::npos);
}

/* Nobody says on which node the kernel will keep its promise. */
TEST_F(Nodes, PromisedToOthers)
{
	node(0, 100, 100);
	node(1, 100, 30);
	read(260 * MB - 80 * MB);
	EXPECT_EQ(nodes.node[0].free_bytes, 120 * MB);
	EXPECT_EQ(nodes.node[1].free_bytes, 0u);
}

TEST_F(Nodes, KernelWithoutNodes)
{
	pages("/sys/kernel/mm/hugepages", 10, 10);
	read(20 * MB);
	ASSERT_EQ(nodes.n, 1u);
	nodes_want(&nodes, 0, 10 * MB, 0);
	EXPECT_EQ(nodes_usable(&nodes, 20 * MB), 20 * MB);
	nodes_want(&nodes, 0, 0, 11 * MB);
	EXPECT_EQ(nodes_usable(&nodes, 20 * MB), 10 * MB);
	EXPECT_NE(warnings().find(": 20 MB of hugepages are free and 21 are wanted"), std::string::npos);
	EXPECT_NE(warnings().find("echo 11 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages"),
	          std::string::npos)
	    << warnings();
}

} // namespace
