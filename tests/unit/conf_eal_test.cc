// SPDX-License-Identifier: BSD-3-Clause
// Arguments of EAL that other keys say.

#include <string>

#include <gtest/gtest.h>

#include "conf_eal.h"
#include "conf_value.h"

namespace
{

// "", or why it is refused.
std::string
refused(const char *text)
{
	char why[CONF_WHY_MAX] = "";

	const bool refuses = conf_eal_refuses(text, why);
	EXPECT_EQ(refuses, why[0] != '\0') << text;
	return why;
}

TEST(ConfEal, WhatOtherKeysSayIsRefusedWithTheKey)
{
	const struct {
		const char *text, *word, *key;
	} rows[] = {
	    {"--lcores 0,2-5", "--lcores", "cpus"},
	    {"--lcores=0,2-5", "--lcores=0,2-5", "cpus"},
	    {"--lco 1", "--lco", "cpus"},
	    {"-l 0-3", "-l", "cpus"},
	    {"-l0-3", "-l0-3", "cpus"},
	    {"-c 0x3", "-c", "cpus"},
	    {"--main-lcore 1", "--main-lcore", "cpus.control"},
	    {"--log-level=*:info\t -l1", "-l1", "cpus"},
	    {"--no-huge", "--no-huge", "no-huge = true"},
	    {"--proc-type=secondary", "--proc-type=secondary", "primary"},
	    {"-v --help", "--help", "end the daemon"},
	    {"  -h", "-h", "end the daemon"},
	};

	for (const auto &row : rows) {
		std::string why = refused(row.text);

		EXPECT_EQ(why.find("'" + std::string(row.word) + "' is not passed to DPDK: "), 0u)
		    << why;
		EXPECT_NE(why.find(row.key), std::string::npos) << why;
	}
}

TEST(ConfEal, TheRestIsPassedOn)
{
	for (const char *text : {"", " ", "-v", "--log-level=*:info", "--huge-dir /mnt/huge",
	                         "--single-file-segments", "--iova-mode=va", "-a 0000:03:00.0,x=1",
	                         "--legacy-mem", "--socket-mem 1024,1024", "--", "-", "lcores", "l",
	                         "--nosuch", "--no-hpet", "-m 512", "--file-prefix tap",
	                         "--vdev net_null0", "--no-pci"})
		EXPECT_EQ(refused(text), "") << text;
}

TEST(ConfEal, ALongWordIsCut)
{
	std::string why = refused(("--lcores=" + std::string(2000, '1')).c_str());

	EXPECT_LT(why.size(), 140u);
}

} // namespace
