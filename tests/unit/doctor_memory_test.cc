/* SPDX-License-Identifier: BSD-3-Clause */
/* Hugepages by node, mounts, and whether there is room for what is meant. */
#include "doctor_fixture.h"

#include "doctor_memory.h"
#include "endpoint_table.h"

extern "C" {
#include "track.h"
}

namespace {

const std::string NODES = "/sys/devices/system/node";

class DoctorMemory : public DoctorTest {
protected:
	void
	pages(const std::string &node, unsigned kb, unsigned all, unsigned free)
	{
		const std::string path = NODES + "/" + node + "/hugepages/hugepages-" +
		                         std::to_string(kb) + "kB";

		write(path + "/nr_hugepages", std::to_string(all) + "\n");
		write(path + "/free_hugepages", std::to_string(free) + "\n");
	}

	/* Verdict and of, of each finding: "ok node0, advice node1". */
	std::string
	verdicts()
	{
		std::string text;

		for (const auto &row : found(doctor_check_hugepages))
			text += std::string(text.empty() ? "" : ", ") +
			        (row.verdict == REPORT_FINDING_OK ? "ok " : "advice ") + row.of;
		return text;
	}
};

/* The rough figure against what the tables say. */
TEST(DoctorMemoryNeed, IsWhatTheTablesTake)
{
	for (uint32_t flows : { 65536u, 1048576u, 8000000u }) {
		for (unsigned workers : { 1u, 4u }) {
			const uint64_t is = workers * track_need((flows + workers - 1) / workers,
			                                         endpoint_table_round(65536));
			const uint64_t said = doctor_memory_tables(flows, workers, 65536);

			EXPECT_GT(said, is * 9 / 10) << flows << " " << workers << " " << is;
			EXPECT_LT(said, is * 12 / 10) << flows << " " << workers << " " << is;
		}
	}
}

TEST_F(DoctorMemory, OneNode)
{
	pages("node0", 2048, 0, 0);
	expect_says(worst(doctor_check_hugepages), "advice",
	            "/node0/hugepages/hugepages-2048kB/nr_hugepages");
	pages("node0", 2048, 1000, 10); /* others have them */
	expect_says(worst(doctor_check_hugepages), "advice", "20 MB of hugepages are free");
	pages("node0", 2048, 1000, 1000);
	expect_says(worst(doctor_check_hugepages), "ok", "2000 MB of hugepages");
	pages("node0", 2048, 0, 0);
	pages("node0", 1048576, 1, 1);
	expect_says(worst(doctor_check_hugepages), "ok", "1024 MB of hugepages");
	setup->conf.no_huge = true;
	expect_says(worst(doctor_check_hugepages), "ok", "no-huge");
}

TEST_F(DoctorMemory, NodeThatIsWanted)
{
	pages("node0", 2048, 1000, 1000);
	pages("node1", 2048, 0, 0);
	EXPECT_EQ(verdicts(), "ok node0, ok node1");
	folder("/sys/devices/system/cpu/cpu4/node1");
	workers("4");
	EXPECT_EQ(verdicts(), "ok node0, advice node1");
	workers("");
	name("eth1");
	write("/sys/class/net/eth1/device/numa_node", "1\n");
	EXPECT_EQ(verdicts(), "ok node0, advice node1");
	pages("node1", 2048, 1000, 1000);
	pages("node0", 2048, 40, 40); /* EAL's own, with the control core */
	EXPECT_EQ(verdicts(), "ok node0, ok node1");
	pages("node0", 2048, 0, 0);
	EXPECT_EQ(verdicts(), "advice node0, ok node1");
	setup->conf.cpus.control = { 1, { 4 } };
	EXPECT_EQ(verdicts(), "ok node0, ok node1");
}

/* What spanstatd asks: one size of page, of a node or of the machine. */
TEST_F(DoctorMemory, PagesOfASize)
{
	struct doctor_huge huge;

	pages("node1", 2048, 7, 3);
	pages("node1", 1048576, 2, 1);
	EXPECT_TRUE(doctor_memory_huge(&machine, 1, 2048, &huge));
	EXPECT_EQ(huge.all_bytes, 7ull << 21);
	EXPECT_EQ(huge.free_bytes, 3ull << 21);
	EXPECT_TRUE(doctor_memory_huge(&machine, 1, 0, &huge));
	EXPECT_EQ(huge.free_bytes, (3ull << 21) + (1ull << 30));
	EXPECT_FALSE(doctor_memory_huge(&machine, 0, 0, &huge));
	EXPECT_EQ(huge.all_bytes, 0u);
	EXPECT_FALSE(doctor_memory_huge(&machine, -1, 0, &huge));
	EXPECT_EQ(doctor_memory_page_kb(&machine), 0u);
	write("/proc/meminfo", "Hugepagesize:    1048576 kB\n");
	EXPECT_EQ(doctor_memory_page_kb(&machine), 1048576u);
}

TEST_F(DoctorMemory, KernelWithoutNodes)
{
	const std::string path = "/sys/kernel/mm/hugepages/hugepages-2048kB";

	write(path + "/nr_hugepages", "0\n");
	write(path + "/free_hugepages", "0\n");
	expect_says(worst(doctor_check_hugepages), "advice", " > " + path);
	write(path + "/nr_hugepages", "1000\n");
	write(path + "/free_hugepages", "1000\n");
	expect_says(worst(doctor_check_hugepages), "ok", "2000 MB");
}

/* A daemon that runs has taken what another one in its place will have. */
TEST_F(DoctorMemory, DaemonThatRuns)
{
	pages("node0", 2048, 1000, 0);
	write("/proc/meminfo", "MemAvailable:   102400 kB\nHugePages_Free:    0\n"
	                       "Hugepagesize:       2048 kB\n");
	write("/proc/77/comm", "another\n");
	write("/proc/77/status", "VmRSS:  1024000 kB\nHugetlbPages:  1024000 kB\n");
	expect_says(worst(doctor_check_hugepages), "advice", "0 MB of hugepages are free");
	expect_says(worst(doctor_check_memory), "must", "100 MB are there");
	write("/proc/77/comm", "spanstatd\n");
	expect_says(worst(doctor_check_hugepages), "ok", "of which 1000 are free");
	expect_says(worst(doctor_check_memory), "ok", "2100 MB are there");
}

/* Of two nodes: what it has taken of each counts there, and never more than a node has in use. */
TEST_F(DoctorMemory, DaemonThatRunsOnANode)
{
	pages("node0", 2048, 200, 200);
	pages("node1", 2048, 500, 100);
	write("/proc/77/comm", "spanstatd\n");
	write("/proc/77/status", "HugetlbPages:  614400 kB\n");
	write("/proc/77/numa_maps",
	      "7f0000000000 default anon=9 dirty=9 N0=9 kernelpagesize_kB=4\n"
	      "7f0000200000 bind:1 file=/anon_hugepage\\040(deleted) huge anon=300 dirty=300 N1=300 "
	      "kernelpagesize_kB=2048\n");
	const auto free = [this] {
		std::string text;

		for (const auto &row : found(doctor_check_hugepages))
			text += std::string(row.of) + ": " + row.what + "\n";
		return text;
	};
	const std::string wanted = "node0: 400 MB of hugepages, of which 400 are free and 338 are wanted\n"
	                           "node1: 1000 MB of hugepages, of which 800 are free and 0 are wanted\n";
	EXPECT_EQ(free(), wanted);
	std::filesystem::remove(root + "/proc/77/numa_maps");
	EXPECT_EQ(free(), wanted) << "nobody says where they are";
}

/* The command reserves enough: carried out, the check is content. */
TEST_F(DoctorMemory, CommandIsEnough)
{
	unsigned n = 0;

	pages("node0", 2048, 50, 20);
	const std::string text = worst(doctor_check_hugepages);
	ASSERT_EQ(sscanf(text.substr(text.find("| echo ")).c_str(), "| echo %u", &n), 1);
	pages("node0", 2048, n, n - 30);
	expect_says(worst(doctor_check_hugepages), "ok", "");
}

TEST_F(DoctorMemory, Mounts)
{
	write("/proc/self/mounts", "proc /proc proc rw 0 0\nx /hugetlbfs tmpfs rw 0 0\n");
	expect_says(worst(doctor_check_mounts), "ok", "no hugetlbfs");
	write("/proc/self/mounts", "proc /proc proc rw 0 0\nnone /dev/hugepages hugetlbfs rw 0 0\n");
	expect_says(worst(doctor_check_mounts), "ok", "mounted at /dev/hugepages");
}

TEST_F(DoctorMemory, Room)
{
	const auto info = [this](unsigned long mb, unsigned pages_free) {
		write("/proc/meminfo",
		      "MemTotal:       99999999 kB\nMemAvailable:   " + std::to_string(mb * 1024) +
		          " kB\nHugePages_Free:    " + std::to_string(pages_free) +
		          "\nHugepagesize:       2048 kB\n");
	};
	unsigned flows = 0;

	info(8000, 0);
	expect_says(worst(doctor_check_memory), "ok", "8000 MB are there");
	info(200, 0);
	expect_says(worst(doctor_check_memory), "must", "spanstatd does not start");
	info(200, 1000);
	expect_says(worst(doctor_check_memory), "ok", "2200 MB are there");
	setup->conf.no_huge = true;
	expect_says(worst(doctor_check_memory), "must", "200 MB are there");
	info(400, 0);
	const std::string text = worst(doctor_check_memory);
	ASSERT_EQ(sscanf(text.substr(text.find("| flows")).c_str(), "| flows = %u", &flows), 1)
	    << text;
	setup->conf.flows = flows;
	expect_says(worst(doctor_check_memory), "ok", "");
}

} // namespace
