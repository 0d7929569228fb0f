/* SPDX-License-Identifier: BSD-3-Clause */
/* Small files, links, folders, and who may open them. */
#include "doctor_fixture.h"

#include <sys/stat.h>

#include "doctor_file.h"

namespace {

using DoctorFile = DoctorTest;

TEST_F(DoctorFile, TextAndNumbers)
{
	char text[8];
	long long number = 0;
	cpu_set_t cpus;

	EXPECT_FALSE(doctor_read(&machine, text, sizeof(text), "/none"));
	EXPECT_STREQ(text, "");
	write("/a7", "0123456789\n");
	EXPECT_TRUE(doctor_read(&machine, text, sizeof(text), "/a%d", 7));
	EXPECT_STREQ(text, "0123456");
	for (const auto &[content, value] : std::vector<std::pair<const char *, long long>>{
		     { "-1\n", -1 }, { "0x1003\n", 0x1003 }, { "42", 42 } }) {
		write("/n", content);
		EXPECT_TRUE(doctor_read_number(&machine, &number, "/n"));
		EXPECT_EQ(number, value);
	}
	for (const char *content : { "", "\n", "x", "4 kB" }) {
		write("/n", content);
		EXPECT_FALSE(doctor_read_number(&machine, &number, "/n")) << content;
	}
	write("/c", "0-2,200\n");
	EXPECT_TRUE(doctor_read_cpus(&machine, &cpus, "/c"));
	EXPECT_EQ(CPU_COUNT(&cpus), 4);
	write("/c", "0-x\n");
	EXPECT_FALSE(doctor_read_cpus(&machine, &cpus, "/c"));
}

TEST_F(DoctorFile, LinksAndFolders)
{
	struct dirent **names;
	char last[16];

	link("/driver", "../../drivers/vfio-pci");
	EXPECT_TRUE(doctor_read_link(&machine, last, sizeof(last), "/driver"));
	EXPECT_STREQ(last, "vfio-pci");
	EXPECT_FALSE(doctor_read_link(&machine, last, sizeof(last), "/none"));
	for (const char *name : { "/d/10", "/d/9", "/d/.hidden" })
		write(name, "");
	const int n = doctor_list(&machine, &names, "/d");
	ASSERT_EQ(n, 2);
	EXPECT_STREQ(names[0]->d_name, "9");
	EXPECT_STREQ(names[1]->d_name, "10");
	doctor_list_free(names, n);
	EXPECT_EQ(doctor_list(&machine, &names, "/none"), 0);
	doctor_list_free(names, 0);
}

TEST_F(DoctorFile, Fields)
{
	const char *text = "Name:\tx\nHugePages_Free:  12\nMax locked memory   8192 9000\n";

	EXPECT_EQ(strncmp(doctor_field(text, "HugePages_Free"), "12", 2), 0);
	EXPECT_EQ(strncmp(doctor_field(text, "Max locked memory"), "8192", 4), 0);
	EXPECT_EQ(doctor_field(text, "Huge"), nullptr);
	EXPECT_EQ(doctor_field("", "Name"), nullptr);
	EXPECT_EQ(doctor_field("Name", "Name"), nullptr);
}

TEST_F(DoctorFile, WhoMayOpen)
{
	const std::string path = root + "/dev";
	struct stat st;
	const auto be = [this](unsigned uid, unsigned gid, const std::string &groups,
	                       const char *capabilities) {
		write("/proc/self/status", "Uid:\t7\t" + std::to_string(uid) + "\t7\t7\nGid:\t7\t" +
		                               std::to_string(gid) + "\t7\t7\nGroups:\t" + groups +
		                               "\nCapEff:\t" + capabilities + "\n");
		return doctor_may_use(&machine, "/dev");
	};

	EXPECT_FALSE(doctor_may_use(&machine, "/dev")); /* it is not there */
	write("/dev", "");
	ASSERT_EQ(stat(path.c_str(), &st), 0);
	const std::string group = std::to_string(st.st_gid);
	ASSERT_EQ(chmod(path.c_str(), 0600), 0);
	EXPECT_TRUE(be(st.st_uid, 4000000, "", "0"));
	EXPECT_FALSE(be(st.st_uid + 1, st.st_gid, group, "0"));
	EXPECT_TRUE(be(st.st_uid + 1, 4000000, "", "2"));
	ASSERT_EQ(chmod(path.c_str(), 0060), 0);
	EXPECT_FALSE(be(st.st_uid, st.st_gid, group, "0"));
	EXPECT_TRUE(be(st.st_uid + 1, st.st_gid, "", "0"));
	EXPECT_TRUE(be(st.st_uid + 1, 4000000, "4000001 " + group + " ", "0"));
	EXPECT_FALSE(be(st.st_uid + 1, 4000000, "4000001 4000002 ", "0"));
	ASSERT_EQ(chmod(path.c_str(), 0004), 0); /* to read is not enough */
	EXPECT_FALSE(be(st.st_uid + 1, 4000000, "", "0"));
	ASSERT_EQ(chmod(path.c_str(), 0006), 0);
	EXPECT_TRUE(be(st.st_uid + 1, 4000000, "", "0"));
}

} // namespace
