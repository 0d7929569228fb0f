// SPDX-License-Identifier: BSD-3-Clause
// Mistakes between keys, and between a key and the machine.

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "conf_check.h"
#include "conf_parse.h"

namespace
{

typedef std::vector<std::string> Lines;

void
keep(void *arg, const char *message)
{
	static_cast<Lines *>(arg)->push_back(message);
}

// CPUs 0 to 7, of which 4 to 7 are allowed and 4 and 5 are this process's.
struct conf_machine
machine()
{
	struct conf_machine made;

	CPU_ZERO(&made.present);
	CPU_ZERO(&made.allowed);
	CPU_ZERO(&made.usable);
	for (int cpu = 0; cpu < 8; cpu++) {
		CPU_SET(cpu, &made.present);
		if (cpu >= 4)
			CPU_SET(cpu, &made.allowed);
		if (cpu == 4 || cpu == 5)
			CPU_SET(cpu, &made.usable);
	}
	return made;
}

// The text of a file, with keys of a command line over it.
Lines
check(const std::string &text, const std::vector<std::pair<const char *, const char *>> &over = {})
{
	std::vector<char> buffer(text.c_str(), text.c_str() + text.size() + 1);
	const struct conf_machine made = machine();
	struct conf_mistakes mistakes;
	struct conf_lines lines;
	struct conf conf;
	Lines said;

	conf_init(&conf);
	conf_mistakes_init(&mistakes);
	conf_parse(buffer.data(), &conf, &lines, &mistakes);
	conf_mistakes_report(&mistakes, "f", keep, &said);
	conf_mistakes_fini(&mistakes);
	EXPECT_EQ(said, Lines{}) << "each value by itself is right";
	for (const auto &pair : over)
		EXPECT_EQ(conf_set(&conf, pair.first, pair.second, keep, &said), 0);
	const unsigned n = conf_check(&conf, &made, "f", &lines, keep, &said);
	EXPECT_EQ(n, said.size());
	return said;
}

TEST(ConfCheck, DefaultsAreRight)
{
	EXPECT_EQ(check(""), Lines{});
}

TEST(ConfCheck, FlowsNeedWorkers)
{
	const std::string why = "flows: 33554432 flows need more workers than 2: each keeps at most "
	                        "16777215";

	EXPECT_EQ(check("workers = 2\nflows = 33554430"), Lines{});
	EXPECT_EQ(check("workers = 2\nflows = 33554432"), Lines{"f:2: " + why});
	EXPECT_EQ(check("flows = 33554432\n\nworkers = 2"), Lines{"f:3: " + why}) << "the later one";
	EXPECT_EQ(check("flows = 33554432\n", {{"workers", "2"}}), Lines{"f:1: " + why});
	EXPECT_EQ(check("", {{"flows", "33554432"}, {"workers", "2"}}), Lines{why}) << "no line";
	EXPECT_EQ(check("flows = 33554432", {{"workers", "3"}}), Lines{});
}

TEST(ConfCheck, ASourceIsNamedOnce)
{
	EXPECT_EQ(check("sources {\n pci = { 0000:03:00.0, 03:00.1,\n 03:00.0 } }"),
	          Lines{"f:2: sources.pci: '03:00.0' is '0000:03:00.0', which is named too"});
	EXPECT_EQ(check("sources { pci = { 0000:0a:00.0, 0001:0a:00.0, 0A:00.0 } }"),
	          Lines{"f:1: sources.pci: '0A:00.0' is '0000:0a:00.0', which is named too"});
	EXPECT_EQ(check("sources { vdev = { net_null0, 'net_pcap0,rx_pcap=a', net_null01 } }"),
	          Lines{});
	EXPECT_EQ(check("sources { vdev = { 'net_pcap0,rx_pcap=b', 'net_pcap0,rx_pcap=a' } }"),
	          Lines{"f:1: sources.vdev: two devices have the name 'net_pcap0'"});
	EXPECT_EQ(check("sources { vdev = net_null0 }", {{"sources.vdev", "net_null0,size=64"}}),
	          Lines{"f:1: sources.vdev: two devices have the name 'net_null0'"});
}

TEST(ConfCheck, SourcesHaveABound)
{
	std::string interfaces, devices;

	for (unsigned i = 0; i < 16; i++) {
		interfaces += "eth" + std::to_string(i) + ",";
		devices += "net_null" + std::to_string(i) + ",";
	}
	const std::string text =
	    "sources { interface = {" + interfaces + "}\nvdev = {" + devices + "}\n";

	EXPECT_EQ(check(text + "}"), Lines{});
	EXPECT_EQ(check(text + "pci = 0000:03:00.0 }"),
	          Lines{"f:2: sources.interface: all sources together are 33, more than 32"});
}

TEST(ConfCheck, APortIsOfOneKind)
{
	EXPECT_EQ(check("decode {\n geneve-ports = { 4789 }\n}"),
	          Lines{"f:2: decode.geneve-ports: port 4789 is one of vxlan-ports too"});
	EXPECT_EQ(check("decode {\n geneve-ports = { 4789 }\n vxlan-ports = { 8472 }\n}"), Lines{})
	    << "moved from one to the other";
	EXPECT_EQ(check("decode {\n geneve-ports = { 7, 9 }\n tzsp-ports = { 9, 8, 7 }\n}"),
	          (Lines{"f:3: decode.tzsp-ports: port 7 is one of geneve-ports too",
	                 "f:3: decode.tzsp-ports: port 9 is one of geneve-ports too"}));
	EXPECT_EQ(check("decode {\n vxlan-ports += { 2152 }\n\n vxlan-ports += { 6635 }\n}"),
	          (Lines{"f:4: decode.gtp-ports: port 2152 is one of vxlan-ports too",
	                 "f:4: decode.mpls-ports: port 6635 is one of vxlan-ports too"}));
}

TEST(ConfCheck, PortsOfAllKindsHaveABound)
{
	const char *kinds[] = {"vxlan", "vxlan-gpe", "geneve", "gtp"};
	std::string text = "decode {\n";
	unsigned port = 10000;

	for (const char *kind : kinds) {
		text += std::string(kind) + "-ports = { ";
		for (unsigned i = 0; i < 8; i++)
			text += std::to_string(port++) + ", ";
		text += "}\n";
	}
	// and the five kinds that are left have one each
	EXPECT_EQ(check(text + "}"), Lines{"f:5: decode.gtp-ports: all kinds of tunnels together "
	                                   "have 37 ports, more than 32"});
	EXPECT_EQ(check(text + "l2tp-ports = {} teredo-ports = {} capwap-ports = {}\n"
	                       "mpls-ports = {} tzsp-ports = {} }"),
	          Lines{});
}

TEST(ConfCheck, EachCoreHasACpuOfItsOwn)
{
	EXPECT_EQ(check("workers = 2 cpus {\n control = 4\n receive = 5\n workers = \"6-7\"\n}"),
	          Lines{});
	EXPECT_EQ(check("workers = 2 cpus {\n control = 4\n receive = 4\n workers = \"5,4\"\n}"),
	          (Lines{"f:3: cpus.receive: CPU 4 is named by cpus.control too",
	                 "f:4: cpus.workers: CPU 4 is named by cpus.control too",
	                 "f:4: cpus.workers: CPU 4 is named by cpus.receive too"}));
}

TEST(ConfCheck, ACpuIsThereAndMayBeUsed)
{
	EXPECT_EQ(check("cpus {\n control = 8\n}"),
	          Lines{"f:2: cpus.control: CPU 8 is not there: this machine has 0-7"});
	EXPECT_EQ(check("cpus {\n receive = 3\n}"),
	          Lines{"f:2: cpus.receive: CPU 3 is outside this process's cpuset, 4-7"});
	EXPECT_EQ(check("cpus { control = 7 }"), Lines{}) << "allowed, if not in this mask";
}

TEST(ConfCheck, WorkersHaveAsManyCpusAsTheyAre)
{
	const std::string why = "cpus.workers: names 2 CPUs, and workers is ";

	EXPECT_EQ(check("cpus {\n workers = \"4-5\"\n}"), Lines{"f:2: " + why + "1: one for each"});
	EXPECT_EQ(check("cpus {\n workers = \"4-5\"\n}\nworkers = 3"),
	          Lines{"f:4: " + why + "3: one for each"});
	EXPECT_EQ(check("cpus { workers = \"4-5\" }", {{"workers", "2"}}), Lines{});
}

} // namespace
