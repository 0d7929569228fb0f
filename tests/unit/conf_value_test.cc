// SPDX-License-Identifier: BSD-3-Clause
// One value of each kind of key: what is taken, what is refused and why.

#include <cerrno>
#include <cstring>
#include <string>

#include <gtest/gtest.h>

#include "base_log.h"
#include "conf_value.h"

namespace
{

class ConfValue : public ::testing::Test
{
      protected:
	void
	SetUp() override
	{
		conf_init(&conf);
	}

	// "" if it was taken, else why not; then nothing may have changed.
	std::string
	read(const char *section, const char *name, const std::string &text)
	{
		const conf_key *key = conf_key_find(section, name, strlen(name));
		struct conf before = conf;
		char why[CONF_WHY_MAX] = "";

		EXPECT_NE(key, nullptr) << name;
		int rc = conf_value_read(key, text.c_str(), &conf, why);
		if (rc == 0)
			return "";
		EXPECT_EQ(rc, -EINVAL);
		EXPECT_EQ(memcmp(&before, &conf, sizeof(conf)), 0) << name;
		EXPECT_STRNE(why, "");
		return why;
	}

	struct conf conf;
};

TEST_F(ConfValue, Number)
{
	EXPECT_EQ(read("", "workers", "64"), "");
	EXPECT_EQ(conf.workers, 64u);
	EXPECT_EQ(read("", "workers", "010"), "");
	EXPECT_EQ(conf.workers, 10u);
	EXPECT_EQ(read("", "workers", "0"), "0 is out of range, 1 to 64");
	EXPECT_EQ(read("", "workers", "65"), "65 is out of range, 1 to 64");
	EXPECT_EQ(read("", "workers", "-1"), "-1 is out of range, 1 to 64");
	EXPECT_EQ(read("", "workers", "4294967297"), "4294967297 is out of range, 1 to 64");
	EXPECT_EQ(read("", "workers", "18446744073709551617"),
	          "18446744073709551617 is out of range, 1 to 64");
	EXPECT_EQ(read("", "workers", "99999999999999999999999999"),
	          "99999999999999999999999999 is out of range, 1 to 64");
	for (const char *bad : {"", "-", "four", "4;", "4.0", "0x4", "4 ", " 4", "--1", "1e3"})
		EXPECT_EQ(read("", "workers", bad),
		          "'" + std::string(bad) + "' is not a whole number");
	EXPECT_EQ(read("timers", "syn-sent", "0"), "0 is out of range, 1 to 86400 seconds");
}

TEST_F(ConfValue, Bool)
{
	for (const char *yes : {"true", "yes", "on", "TRUE"}) {
		conf.no_huge = false;
		EXPECT_EQ(read("", "no-huge", yes), "");
		EXPECT_TRUE(conf.no_huge) << yes;
	}
	for (const char *no : {"false", "no", "off", "False"}) {
		conf.no_huge = true;
		EXPECT_EQ(read("", "no-huge", no), "");
		EXPECT_FALSE(conf.no_huge) << no;
	}
	EXPECT_EQ(read("", "no-huge", "1"), "'1' is neither true nor false");
	EXPECT_EQ(read("", "no-huge", ""), "'' is neither true nor false");
}

TEST_F(ConfValue, Choice)
{
	EXPECT_EQ(read("", "log-level", "error"), "");
	EXPECT_EQ(conf.log_level, (uint32_t)BASE_LOG_ERROR);
	EXPECT_EQ(read("", "log-level", "warning"), "");
	EXPECT_EQ(conf.log_level, (uint32_t)BASE_LOG_WARNING);
	EXPECT_EQ(read("", "log-level", "debug"), "");
	EXPECT_EQ(conf.log_level, (uint32_t)BASE_LOG_DEBUG);
	EXPECT_EQ(read("", "log-level", "loud"),
	          "'loud' is unknown; one of error warning info debug");
	EXPECT_EQ(read("timers", "preset", "bsd"),
	          "'bsd' is unknown; one of rfc793 linux windows zos solaris");
}

TEST_F(ConfValue, TextFitsToTheByte)
{
	EXPECT_EQ(read("", "name", std::string(63, 'n')), "");
	EXPECT_EQ(strlen(conf.name), 63u);
	EXPECT_EQ(read("", "name", std::string(64, 'n')), "has 64 bytes, at most 63 are possible");
	EXPECT_EQ(read("", "name", ""), "must not be empty");
	for (const char *name : {"a\nb", "\x1b[2J", "\xc2\x9b" "2J", "a\x7f"})
		EXPECT_EQ(read("", "name", name), "has a control character or a line end in it");
	EXPECT_EQ(read("", "name", "監視"), "");
	EXPECT_EQ(read("", "eal", ""), "");
	EXPECT_EQ(read("", "socket", "/" + std::string(106, 's')), "");
	EXPECT_EQ(read("", "socket", "/" + std::string(107, 's')),
	          "has 108 bytes, at most 107 are possible");
	EXPECT_EQ(read("", "socket", ""), "must not be empty");
	EXPECT_NE(read("", "socket", "run/x").find("not a path"), std::string::npos);
}

// A shorter text leaves nothing of a longer one, so that two configurations compare by memcmp.
TEST_F(ConfValue, TextClearsItsTail)
{
	struct conf other = conf;

	EXPECT_EQ(read("", "eal", "--log-level=*:info"), "");
	EXPECT_NE(memcmp(&conf, &other, sizeof(conf)), 0);
	EXPECT_EQ(read("", "eal", ""), "");
	EXPECT_EQ(memcmp(&conf, &other, sizeof(conf)), 0);
}

TEST_F(ConfValue, Interfaces)
{
	EXPECT_EQ(read("sources", "interface", "eth0"), "");
	EXPECT_EQ(read("sources", "interface", "fifteen-letters"), "");
	EXPECT_EQ(conf.sources.interface.count, 2u);
	EXPECT_STREQ(conf.sources.interface.item[1], "fifteen-letters");
	EXPECT_EQ(read("sources", "interface", "eth0"), "'eth0' is named twice");
	for (const char *bad : {"", "sixteen-letters!", "a/b", "a b", "a,b", "a\tb"})
		EXPECT_NE(read("sources", "interface", bad), "") << bad;
}

TEST_F(ConfValue, PciAddresses)
{
	for (const char *good : {"0000:03:00.0", "03:00.1", "10000:e1:00.7", "0000:AF:1f.2"})
		EXPECT_EQ(read("sources", "pci", good), "") << good;
	EXPECT_EQ(conf.sources.pci.count, 4u);
	for (const char *bad : {"", ".", "3:00.0", "0000:03:00", "0000:03:00.8", "0000:03:00.00",
	                        "000:03:00.0", ":03:00.0", "0000:0g:00.0", "0000-03:00.0",
	                        "0000:03:00.0 ", "123456789:03:00.0", "0000:0000:03:00.0"})
		EXPECT_NE(read("sources", "pci", bad), "") << bad;
}

TEST_F(ConfValue, VirtualDevices)
{
	EXPECT_EQ(read("sources", "vdev", "net_pcap0,rx_pcap=/tmp/a b.pcap,infinite_rx=1"), "");
	EXPECT_EQ(read("sources", "vdev", std::string(511, 'v')), "");
	EXPECT_EQ(conf.sources.vdev.count, 2u);
	EXPECT_NE(read("sources", "vdev", std::string(512, 'v')), "");
	EXPECT_NE(read("sources", "vdev", ""), "");
	EXPECT_NE(read("sources", "vdev", "net_\nring0"), "");
}

TEST_F(ConfValue, ListsAreBounded)
{
	conf_value_clear(conf_key_find("", "home", 4), &conf);
	EXPECT_EQ(conf.home.count, 0u);
	for (int i = 0; i < CONF_LIST_MAX; i++)
		EXPECT_EQ(read("sources", "interface", "e" + std::to_string(i)), "");
	EXPECT_EQ(read("sources", "interface", "one-more"), "more than 16 entries");
	for (int i = 0; i < CONF_NETS_MAX; i++)
		EXPECT_EQ(read("", "home", "10.0." + std::to_string(i) + ".0/24"), "");
	EXPECT_EQ(read("", "home", "11.0.0.0/8"), "more than 256 networks");
}

TEST_F(ConfValue, Networks)
{
	EXPECT_EQ(read("", "home", "10.1.2.3/8"),
	          "'10.1.2.3/8' has bits set beyond its length; 10.0.0.0/8?");
	EXPECT_EQ(read("", "home", "10.0.0.0/33"), "'10.0.0.0/33': a length is at most 32");
	EXPECT_EQ(read("", "home", "fd00::/129"), "'fd00::/129': a length is at most 128");
	EXPECT_EQ(read("", "home", "10/8"), "'10/8' is not a network, as 10.0.0.0/8 or fd00::/8");
}

TEST_F(ConfValue, Names)
{
	EXPECT_EQ(read("", "names", "10.0.0.1 db1"), "");
	EXPECT_EQ(read("", "names", "10.0.0.0/24 \t web"), "");
	EXPECT_EQ(read("", "names", "2001:db8::7 db1"), "") << "a host with two addresses";
	EXPECT_EQ(read("", "names", "10.1.0.0/16 a.b_c-D9" + std::string(23, 'x')), "") << "31 bytes";
	ASSERT_EQ(conf.names.count, 4u);
	EXPECT_STREQ(conf.names.item[0].label, "db1");
	EXPECT_EQ(conf.names.item[0].net.len, 32);
	EXPECT_EQ(conf.names.item[1].net.len, 24);
	EXPECT_EQ(conf.names.item[2].net.version, 6);
	conf_value_clear(conf_key_find("", "names", 5), &conf);
	EXPECT_EQ(conf.names.count, 0u);
	EXPECT_EQ(conf.home.count, 6u) << "and nothing else is emptied";
}

TEST_F(ConfValue, NamesThatAreNone)
{
	EXPECT_EQ(read("", "names", "10.0.0.1 db1"), "");
	EXPECT_EQ(read("", "names", "10.0.0.1/32 db2"), "'10.0.0.1/32' has a name already, db1");
	for (const char *bad : { "", "10.0.0.2", "10.0.0.2 ", " 10.0.0.2 a", "10.0.0.2 a b", "10.0.0.2 a " })
		EXPECT_NE(read("", "names", bad).find("is not a network and its name"), std::string::npos) << bad;
	EXPECT_EQ(read("", "names", "db1 10.0.0.2"), "'db1' is not a network, as 10.0.0.0/8 or fd00::/8");
	EXPECT_EQ(read("", "names", "10.1.2.3/8 x"), "'10.1.2.3/8' has bits set beyond its length; 10.0.0.0/8?");
	for (const char *bad : { "a*", "a?", "\"a\"", "\xc3\xa4", "a,b", "a/b" })
		EXPECT_NE(read("", "names", std::string("10.0.0.2 ") + bad).find("is not a name"), std::string::npos)
		    << bad;
	EXPECT_NE(read("", "names", "10.0.0.2 " + std::string(32, 'x')).find("is not a name"), std::string::npos);
	EXPECT_LT(read("", "names", std::string(100000, 'x')).size(), 200u);
	for (int i = 1; i < CONF_NAMES_MAX; i++)
		EXPECT_EQ(read("", "names", "10.1." + std::to_string(i / 256) + "." + std::to_string(i % 256) + " n"), "");
	EXPECT_EQ(read("", "names", "11.0.0.1 n"), "more than 512 names");
}

TEST_F(ConfValue, LongRubbishIsCut)
{
	std::string rubbish(100000, 'x');

	EXPECT_LT(read("", "workers", rubbish).size(), 100u);
	EXPECT_LT(read("", "home", rubbish).size(), 150u);
	EXPECT_LT(read("", "log-level", rubbish).size(), 150u);
	EXPECT_LT(read("sources", "pci", rubbish).size(), 150u);
}

} // namespace
