// SPDX-License-Identifier: BSD-3-Clause
// Whole files: the one shipped is the defaults, values arrive, and every mistake is told by line.

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

#include <gtest/gtest.h>

#include "base_log.h"
#include "conf_file.h"
#include "conf_key.h"

namespace
{

using Lines = std::vector<std::string>;

const std::string shipped = std::string(SPANSTAT_SOURCE_ROOT) + "/config/spanstatd.conf";

std::string
slurp(const std::string &path)
{
	std::stringstream text;

	text << std::ifstream(path, std::ios::binary).rdbuf();
	return text.str();
}

class ConfFile : public ::testing::Test
{
      protected:
	void
	SetUp() override
	{
		char name[] = "/tmp/conf_file_XXXXXX";
		int fd = mkstemp(name);

		ASSERT_GE(fd, 0);
		close(fd);
		path = name;
		conf_init(&defaults);
	}

	void
	TearDown() override
	{
		unlink(path.c_str());
	}

	// Told lines lose the path, whose name is not theirs to know.
	static void
	keep(void *arg, const char *message)
	{
		ConfFile *self = static_cast<ConfFile *>(arg);
		std::string text = message;

		ASSERT_EQ(text.compare(0, self->loaded.size() + 1, self->loaded + ":"), 0) << text;
		self->told.push_back(text.substr(self->loaded.size() + 1));
	}

	int
	load_path(const std::string &from)
	{
		struct conf before;

		memset(&conf, 0x5a, sizeof(conf));
		before = conf;
		told.clear();
		loaded = from;
		int rc = conf_load(from.c_str(), &conf, &lines, keep, this);
		EXPECT_EQ(rc == 0, told.empty());
		if (rc != 0) {
			EXPECT_EQ(memcmp(&before, &conf, sizeof(conf)), 0);
		}
		return rc;
	}

	int
	load(const std::string &text)
	{
		std::ofstream(path, std::ios::binary) << text;
		return load_path(path);
	}

	bool
	is_default() const
	{
		return memcmp(&conf, &defaults, sizeof(conf)) == 0;
	}

	struct conf_lines lines;
	std::string path, loaded;
	struct conf conf, defaults;
	Lines told;
};

TEST_F(ConfFile, ShippedFileIsTheDefaults)
{
	EXPECT_EQ(load_path(shipped), 0);
	EXPECT_EQ(told, Lines{});
	EXPECT_TRUE(is_default());
}

// Each key stands in the shipped file: writing it once more is a repetition.
TEST_F(ConfFile, ShippedFileHasEveryKey)
{
	std::string text = slurp(shipped);

	for (unsigned i = 0; i < conf_key_count; i++) {
		const conf_key &key = conf_keys[i];
		bool inside = key.section[0] != '\0';
		std::string value =
		    conf_key_is_list(&key) ? "{}" : "\"" + std::string(key.def) + "\"";
		std::string again = std::string(key.name) + " = " + value;

		EXPECT_EQ(load(text + (inside ? key.section + (" { " + again + " }") : again)),
		          -EINVAL);
		ASSERT_EQ(told.size(), 1u) << key.name;
		EXPECT_NE(told[0].find(" is set again"), std::string::npos) << told[0];
	}
}

TEST_F(ConfFile, NothingSaidIsTheDefaults)
{
	for (const char *nothing : {"", "\n", "# only a comment", "/* and\n one more */",
	                            "timers { }", "\xef\xbb\xbf", " \t\r\n"}) {
		EXPECT_EQ(load(nothing), 0) << nothing;
		EXPECT_TRUE(is_default()) << nothing;
	}
	EXPECT_EQ(load_path("/dev/null"), 0);
	EXPECT_TRUE(is_default());
}

TEST_F(ConfFile, ValuesArrive)
{
	ASSERT_EQ(load("name = tap1 workers = 4 flows = 0002048 /* x */ socket = '/tmp/s'\r\n"
	               "eal = \"--log-level=*:info -v\" no-huge = yes log-level = debug\n"
	               "sources { interface = { eth1, eth2 } pci = \"0000:03:00.0\"\n"
	               "vdev = { \"net_ring0\", 'net_pcap0,rx_pcap=/tmp/x,infinite_rx=1' } }\n"
	               "identity { vlan = true tunnel = off }\n"
	               "duplicates { detect = no window-ms = 20 } timers { udp = 99 }\n"),
	          0)
	    << told[0];
	EXPECT_STREQ(conf.name, "tap1");
	EXPECT_EQ(conf.workers, 4u);
	EXPECT_EQ(conf.flows, 2048u);
	EXPECT_STREQ(conf.socket, "/tmp/s");
	EXPECT_STREQ(conf.eal, "--log-level=*:info -v");
	EXPECT_TRUE(conf.no_huge);
	EXPECT_EQ(conf.log_level, (uint32_t)BASE_LOG_DEBUG);
	ASSERT_EQ(conf.sources.interface.count, 2u);
	EXPECT_STREQ(conf.sources.interface.item[1], "eth2");
	ASSERT_EQ(conf.sources.pci.count, 1u);
	EXPECT_STREQ(conf.sources.pci.item[0], "0000:03:00.0");
	ASSERT_EQ(conf.sources.vdev.count, 2u);
	EXPECT_STREQ(conf.sources.vdev.item[1], "net_pcap0,rx_pcap=/tmp/x,infinite_rx=1");
	EXPECT_TRUE(conf.identity.vlan);
	EXPECT_FALSE(conf.identity.tunnel);
	EXPECT_FALSE(conf.duplicates.detect);
	EXPECT_EQ(conf.duplicates.window_ms, 20u);
	EXPECT_EQ(conf.timers.udp_sec, 99u);
	EXPECT_EQ(conf.timers.udp_oneway_sec, 30u);
}

// Each timer is set to a number of its own, so none can land in another's place.
TEST_F(ConfFile, EachTimerArrivesInItsPlace)
{
	ASSERT_EQ(load("timers { syn-sent = 1 syn-received = 2 established = 3 half-closed = 4\n"
	               "closing = 5 last-ack = 6 msl = 7 closed = 8 midstream = 9\n"
	               "udp-oneway = 10 udp = 11 preset = linux }"),
	          0);
	EXPECT_EQ(conf.timers.syn_sent_sec, 1u);
	EXPECT_EQ(conf.timers.syn_received_sec, 2u);
	EXPECT_EQ(conf.timers.established_sec, 3u);
	EXPECT_EQ(conf.timers.half_closed_sec, 4u);
	EXPECT_EQ(conf.timers.closing_sec, 5u);
	EXPECT_EQ(conf.timers.last_ack_sec, 6u);
	EXPECT_EQ(conf.timers.time_wait_sec, 14u);
	EXPECT_EQ(conf.timers.closed_sec, 8u);
	EXPECT_EQ(conf.timers.midstream_sec, 9u);
	EXPECT_EQ(conf.timers.udp_oneway_sec, 10u);
	EXPECT_EQ(conf.timers.udp_sec, 11u);
}

TEST_F(ConfFile, PresetsGiveTwoMsl)
{
	ASSERT_EQ(load("timers { preset = linux }"), 0);
	EXPECT_EQ(conf.timers.time_wait_sec, 60u);
	ASSERT_EQ(load("timers { msl = 5 preset = windows }"), 0);
	EXPECT_EQ(conf.timers.time_wait_sec, 10u);
	ASSERT_EQ(load("timers { preset = windows }"), 0);
	EXPECT_EQ(conf.timers.time_wait_sec, 120u);
}

TEST_F(ConfFile, NamesAreSetAndAddedTo)
{
	ASSERT_EQ(load("names = { \"10.0.0.1 db1\", # the base\n \"10.0.0.0/24 web\" }\n"
	               "names += { \"2001:db8::/32 branch\" }"),
	          0);
	ASSERT_EQ(conf.names.count, 3u);
	EXPECT_STREQ(conf.names.item[1].label, "web");
	EXPECT_STREQ(conf.names.item[2].label, "branch");
	EXPECT_EQ(load("names = {\n \"10.0.0.1 db1\",\n \"10.0.0.1 db2\" }"), -EINVAL);
	ASSERT_EQ(load("names = {}"), 0);
	EXPECT_EQ(conf.names.count, 0u);
}

TEST_F(ConfFile, HomeIsSetAddedToAndEmptied)
{
	ASSERT_EQ(load("home = { 203.0.113.0/24, # the office\n 2001:db8::/32 // v6\n, }"), 0);
	ASSERT_EQ(conf.home.count, 2u);
	EXPECT_EQ(conf.home.net[0].addr[0], 203);
	EXPECT_EQ(conf.home.net[1].len, 32);
	ASSERT_EQ(load("home += { 203.0.113.0/24 }\nhome += 198.51.100.1"), 0);
	ASSERT_EQ(conf.home.count, defaults.home.count + 2);
	EXPECT_EQ(memcmp(conf.home.net, defaults.home.net,
	                 defaults.home.count * sizeof(conf.home.net[0])),
	          0);
	EXPECT_EQ(conf.home.net[conf.home.count - 1].len, 32);
	ASSERT_EQ(load("home = {}"), 0);
	EXPECT_EQ(conf.home.count, 0u);
	ASSERT_EQ(load("home = {} home += { 10.0.0.0/8 }"), 0);
	EXPECT_EQ(conf.home.count, 1u);
}

TEST_F(ConfFile, EveryMistakeWithItsLine)
{
	EXPECT_EQ(load("/* one */ /* two\n lines */\n"         // 1, 2
	               "workers = 65\n"                        // 3
	               "wrokers = 4 # there is no such\n"      // 4
	               "flows = many\n"                        // 5
	               "home = {\n"                            // 6
	               "\t10.0.0.1/8, // bits\n"               // 7
	               "\t10.0.0.0/8,\n"                       // 8
	               "\tfe80::/200 }\n"                      // 9
	               "no-huge = perhaps\n"                   // 10
	               "no-huge = true\n"                      // 11
	               "timers {\n"                            // 12
	               "\tpreset = vms\n"                      // 13
	               "\tsyn-sent = 0 syn-sent = 5\n"         // 14
	               "\tidle = 5\n"                          // 15
	               "}\n"                                   // 16
	               "log-level = { info }\n"                // 17
	               "sources { interface = { a, b, a }\n"), // 18
	          -EINVAL);
	EXPECT_EQ(told,
	          (Lines{"3: workers: 65 is out of range, 1 to 64", "4: unknown key 'wrokers'",
	                 "5: flows: 'many' is not a whole number",
	                 "7: home: '10.0.0.1/8' has bits set beyond its length; 10.0.0.0/8?",
	                 "9: home: 'fe80::/200': a length is at most 128",
	                 "10: no-huge: 'perhaps' is neither true nor false",
	                 "11: no-huge is set again; line 10 did it first",
	                 "13: preset: 'vms' is unknown; one of rfc793 linux windows zos solaris",
	                 "14: syn-sent: 0 is out of range, 1 to 86400 seconds",
	                 "14: syn-sent is set again; line 14 did it first",
	                 "15: unknown key 'idle' in section 'timers'",
	                 "17: log-level takes one value, not a list",
	                 "18: interface: 'a' is named twice",
	                 "18: section 'sources' is not closed: its '}' is missing"}));
}

TEST_F(ConfFile, LinesStayRightBehindAMissingBrace)
{
	EXPECT_EQ(load("timers {\nudp = 1\nidentity {\nvlan = 7\n}\nworkers = 0"), -EINVAL);
	EXPECT_EQ(told,
	          (Lines{"1: section 'timers' is not closed: 'identity' on line 3 is inside it",
	                 "4: vlan: '7' is neither true nor false",
	                 "6: workers: 0 is out of range, 1 to 64"}));
}

// Each is a mistake in its line, and what comes before and behind it is told as well.
TEST_F(ConfFile, BrokenGrammar)
{
	EXPECT_EQ(load("workers = 0\nflows 2000\nno-huge = 3\n"), -EINVAL);
	EXPECT_EQ(told, (Lines{"1: workers: 0 is out of range, 1 to 64", "2: flows has no '=' behind it",
	                       "3: no-huge: '3' is neither true nor false"}));
	for (const char *broken : {"workers =", "= 4", "workers", "timers", "home = { a b }", "( )",
	                           "home = {{}}", "workers = 4 5", "name = \"\\400\"", ",",
	                           "workers = ,", "timers = { msl = 3 }", "timers x { }"}) {
		EXPECT_EQ(load(std::string(broken) + "\nflows = 0"), -EINVAL) << broken;
		ASSERT_GE(told.size(), 2u) << broken;
		EXPECT_EQ(told[0].substr(0, 3), "1: ") << told[0];
		EXPECT_EQ(told.back(), "2: flows: 0 is out of range, 1024 to 1073741760") << broken;
	}
}

TEST_F(ConfFile, TooManyEntries)
{
	std::string text = "sources { interface = {";

	for (int i = 0; i < 18; i++)
		text += "\ne" + std::to_string(i) + ",";
	EXPECT_EQ(load(text + "} }"), -EINVAL);
	EXPECT_EQ(told, (Lines{"18: interface: more than 16 entries",
	                       "19: interface: more than 16 entries"}));
}

TEST_F(ConfFile, FilesThatAreNone)
{
	EXPECT_EQ(load_path(path + ".none"), -ENOENT);
	EXPECT_EQ(told, Lines{" No such file or directory"});
	EXPECT_EQ(load_path("/tmp"), -EISDIR);
	EXPECT_EQ(told, Lines{" Is a directory"});
	EXPECT_EQ(load(std::string("workers = 2\n\0", 13)), -EINVAL);
	EXPECT_EQ(told, Lines{"2: a NUL byte: this is not a text file"});
	EXPECT_EQ(load(std::string(CONF_FILE_MAX, ' ')), 0);
	EXPECT_EQ(load(std::string(CONF_FILE_MAX + 1, ' ')), -EFBIG);
	EXPECT_EQ(load_path(path + "/below"), -ENOTDIR);
	EXPECT_EQ(load_path("/proc/self/mem"), -EIO);
}

// Root may read everything, so it becomes nobody for the while.
TEST_F(ConfFile, UnreadableFile)
{
	const uid_t nobody = 65534, self = geteuid();

	ASSERT_EQ(chmod(path.c_str(), 0), 0);
	if (self == 0) {
		ASSERT_EQ(seteuid(nobody), 0);
	}
	int rc = load_path(path);
	ASSERT_EQ(seteuid(self), 0);
	EXPECT_EQ(rc, -EACCES);
	EXPECT_EQ(told, Lines{" Permission denied"});
}

// A good file after a bad one and after a broken one: nothing of a load stays for the next.
TEST_F(ConfFile, LoadsAgain)
{
	for (const char *bad : {"workers = 0", "name = \"abc", "name = 'abc", "home = { a", "/* x",
	                        "timers { msl = 3", "name = \"\\400 x"}) {
		EXPECT_EQ(load(bad), -EINVAL) << bad;
		EXPECT_EQ(load("workers = 3"), 0) << bad;
		EXPECT_EQ(conf.workers, 3u);
		EXPECT_EQ(load_path(shipped), 0) << bad;
		EXPECT_TRUE(is_default());
	}
}

// A stale errno must not make a number out of range.
TEST_F(ConfFile, ErrnoOfOthersDoesNotMatter)
{
	errno = ERANGE;
	EXPECT_EQ(load("workers = 3"), 0);
}

TEST_F(ConfFile, EveryBeginningOfTheShippedFile)
{
	std::string text = slurp(shipped);

	ASSERT_GT(text.size(), 1000u);
	for (size_t n = 0; n < text.size(); n += 3) {
		int rc = load(text.substr(0, n));

		EXPECT_TRUE(rc == 0 || rc == -EINVAL) << n;
	}
}

// Bytes changed at random: any outcome but a crash, silence or a line that is not in the file.
TEST_F(ConfFile, MutatedFiles)
{
	const std::string text = slurp(shipped), marks = "{}=+,\"'#/*\n \\$()";
	const auto last = std::count(text.begin(), text.end(), '\n') + 60;
	std::minstd_rand random(1);

	for (int round = 0; round < 1500; round++) {
		std::string mutant = text;

		for (unsigned i = 0; i < 1 + random() % 8; i++)
			switch (random() % 3) {
			case 0:
				mutant[random() % mutant.size()] = marks[random() % marks.size()];
				break;
			case 1:
				mutant.erase(random() % mutant.size(), random() % 20);
				break;
			default:
				mutant.insert(
				    random() % mutant.size(),
				    mutant.substr(random() % mutant.size(), random() % 50));
			}
		if (load(mutant) == -EINVAL) {
			for (const std::string &line : told) {
				ASSERT_GE(atol(line.c_str()), 1) << line;
				ASSERT_LE(atol(line.c_str()), last) << line;
			}
		}
	}
}

} // namespace
