// SPDX-License-Identifier: BSD-3-Clause
// The table of keys: its defaults, its own soundness, and one key set by hand.

#include <cerrno>
#include <cstring>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base_log.h"
#include "conf_key.h"

namespace
{

void
keep(void *arg, const char *message)
{
	static_cast<std::vector<std::string> *>(arg)->push_back(message);
}

TEST(ConfKey, Defaults)
{
	struct conf conf;
	const char *homes[] = {"10.0.0.0/8",     "172.16.0.0/12", "192.168.0.0/16",
	                       "169.254.0.0/16", "fc00::/7",      "fe80::/10"};
	char text[BASE_NET_TEXT_MAX];

	memset(&conf, 0xa5, sizeof(conf));
	conf_init(&conf);
	EXPECT_STREQ(conf.name, "spanstatd");
	EXPECT_STREQ(conf.socket, "/run/spanstat/spanstatd.sock");
	EXPECT_STREQ(conf.eal, "");
	EXPECT_EQ(conf.workers, 1u);
	EXPECT_EQ(conf.flows, 1048576u);
	EXPECT_EQ(conf.log_level, (uint32_t)BASE_LOG_INFO);
	EXPECT_FALSE(conf.no_huge);
	EXPECT_EQ(conf.sources.interface.count, 0u);
	EXPECT_EQ(conf.sources.pci.count, 0u);
	EXPECT_EQ(conf.sources.vdev.count, 0u);
	ASSERT_EQ(conf.home.count, BASE_COUNT_OF(homes));
	for (unsigned i = 0; i < conf.home.count; i++) {
		base_net_format(&conf.home.net[i], text);
		EXPECT_STREQ(text, homes[i]);
	}
	EXPECT_EQ(conf.decode.checksum, 0u) << "ignore";
	EXPECT_FALSE(conf.identity.vlan);
	EXPECT_TRUE(conf.identity.tunnel);
	EXPECT_TRUE(conf.duplicates.detect);
	EXPECT_EQ(conf.duplicates.window_ms, 5u);
}

/* A value that is not the default. */
std::string
another(const struct conf_key &key)
{
	switch (key.kind) {
	case CONF_KIND_TEXT:
		return "another";
	case CONF_KIND_EAL:
		return "-v";
	case CONF_KIND_ADDRESS:
		return "[::1]:9180";
	case CONF_KIND_CPUS:
		return "3";
	case CONF_KIND_PATH:
		return "/another";
	case CONF_KIND_NUMBER:
		return std::to_string(std::to_string(key.max) == key.def ? key.min : key.max);
	case CONF_KIND_BOOL:
		return std::string(key.def) == "true" ? "false" : "true";
	case CONF_KIND_CHOICE:
		return key.choices[1] != std::string(key.def) ? key.choices[1] : key.choices[0];
	case CONF_KIND_PCI:
		return "0000:03:00.0";
	case CONF_KIND_VDEV:
		return "net_null0";
	case CONF_KIND_NETS:
		return "100.64.0.0/10";
	case CONF_KIND_NAMES:
		return "100.64.0.0/10 carrier";
	case CONF_KIND_PORTS:
		return "4711";
	default:
		return "eth1";
	}
}

TEST(ConfKey, AReloadTakesOverWhatItIsSaidToAndNoMore)
{
	unsigned taken = 0;

	for (unsigned i = 0; i < conf_key_count; i++) {
		const struct conf_key &key = conf_keys[i];
		const std::string name = std::string(key.section) + (key.section[0] ? "." : "") + key.name;
		std::vector<std::string> said;
		struct conf old, conf, fresh;

		conf_init(&old);
		conf_init(&conf);
		conf_init(&fresh);
		ASSERT_EQ(conf_set(&fresh, name.c_str(), another(key).c_str(), keep, &said), 0) << name;
		ASSERT_NE(memcmp(&fresh, &old, sizeof(old)), 0) << name;
		conf_reload(&conf, &fresh);
		EXPECT_EQ(memcmp(&conf, conf_key_reloads(&key) ? &fresh : &old, sizeof(conf)), 0) << name;
		taken += conf_key_reloads(&key);
	}
	EXPECT_GT(taken, 2u);
	EXPECT_LT(taken, conf_key_count);
}

TEST(ConfKey, DefaultTimersAreThoseOfTheDesign)
{
	struct conf conf;

	conf_init(&conf);
	EXPECT_EQ(conf.timers.syn_sent_sec, 120u);
	EXPECT_EQ(conf.timers.syn_received_sec, 60u);
	EXPECT_EQ(conf.timers.established_sec, 86400u);
	EXPECT_EQ(conf.timers.half_closed_sec, 21600u);
	EXPECT_EQ(conf.timers.closing_sec, 60u);
	EXPECT_EQ(conf.timers.last_ack_sec, 60u);
	EXPECT_EQ(conf.timers.time_wait_sec, 240u);
	EXPECT_EQ(conf.timers.closed_sec, 10u);
	EXPECT_EQ(conf.timers.midstream_sec, 300u);
	EXPECT_EQ(conf.timers.udp_oneway_sec, 30u);
	EXPECT_EQ(conf.timers.udp_sec, 180u);
}

// Two keys of one name or place would be a slip in the table that nothing else shows.
TEST(ConfKey, NamesAndPlacesAreUnique)
{
	std::set<std::string> names, sections(conf_sections, conf_sections + CONF_SECTIONS);
	std::set<size_t> places;

	for (unsigned i = 0; i < conf_key_count; i++) {
		const conf_key &key = conf_keys[i];

		EXPECT_TRUE(names.insert(std::string(key.section) + "." + key.name).second)
		    << key.name;
		EXPECT_TRUE(places.insert(key.offset).second) << key.name;
		EXPECT_EQ(sections.count(key.section), 1u) << key.name;
		EXPECT_EQ(conf_key_find(key.section, key.name, strlen(key.name)), &key);
	}
}

TEST(ConfKey, FindsWholeNamesInTheirSection)
{
	EXPECT_NE(conf_key_find("", "workers", 7), nullptr);
	EXPECT_EQ(conf_key_find("", "workers", 6), nullptr);
	EXPECT_EQ(conf_key_find("timers", "workers", 7), nullptr);
	EXPECT_EQ(conf_key_find("", "msl", 3), nullptr);
	EXPECT_EQ(conf_key_find(nullptr, "msl", 3), conf_key_find("timers", "msl", 3));
	EXPECT_EQ(conf_key_find("", "", 0), nullptr);
}

TEST(ConfKey, SetOneByHand)
{
	std::vector<std::string> told;
	struct conf conf;

	conf_init(&conf);
	EXPECT_EQ(conf_set(&conf, "workers", "8", keep, &told), 0);
	EXPECT_EQ(conf_set(&conf, "timers.syn-sent", "7", keep, &told), 0);
	EXPECT_EQ(conf_set(&conf, "sources.interface", "eth0", keep, &told), 0);
	EXPECT_EQ(conf_set(&conf, "sources.interface", "eth1", keep, &told), 0);
	EXPECT_TRUE(told.empty());
	EXPECT_EQ(conf.workers, 8u);
	EXPECT_EQ(conf.timers.syn_sent_sec, 7u);
	ASSERT_EQ(conf.sources.interface.count, 2u);
	EXPECT_STREQ(conf.sources.interface.item[0], "eth0");
	EXPECT_STREQ(conf.sources.interface.item[1], "eth1");
}

TEST(ConfKey, SetRefusesAndSaysWhy)
{
	std::vector<std::string> told;
	struct conf conf, before;

	conf_init(&conf);
	before = conf;
	EXPECT_EQ(conf_set(&conf, "workers", "65", keep, &told), -EINVAL);
	for (const char *none : {"worker", "timers.workers", "syn-sent", "timer.syn-sent",
	                         "timers.", ".workers.x", "", "timers"})
		EXPECT_EQ(conf_set(&conf, none, "1", keep, &told), -ENOENT) << none;
	ASSERT_EQ(told.size(), 9u);
	EXPECT_EQ(told[0], "workers: 65 is out of range, 1 to 64");
	EXPECT_EQ(told[1], "worker: no such key");
	EXPECT_EQ(memcmp(&conf, &before, sizeof(conf)), 0);
}

TEST(ConfKey, TwoMslFollowsPresetAndLifetime)
{
	const struct {
		const char *preset;
		uint32_t time_wait_sec;
	} rows[] = {{"linux", 60}, {"windows", 120}, {"zos", 60}, {"solaris", 60}, {"rfc793", 240}};
	std::vector<std::string> told;
	struct conf conf;

	conf_init(&conf);
	for (const auto &row : rows) {
		EXPECT_EQ(conf_set(&conf, "timers.preset", row.preset, keep, &told), 0);
		EXPECT_EQ(conf.timers.time_wait_sec, row.time_wait_sec) << row.preset;
	}
	EXPECT_EQ(conf_set(&conf, "timers.msl", "45", keep, &told), 0);
	EXPECT_EQ(conf.timers.time_wait_sec, 90u);
	EXPECT_EQ(conf_set(&conf, "timers.preset", "linux", keep, &told), 0);
	EXPECT_EQ(conf.timers.time_wait_sec, 90u);
	EXPECT_EQ(conf_set(&conf, "timers.msl", "0", keep, &told), 0);
	EXPECT_EQ(conf.timers.time_wait_sec, 60u);
	EXPECT_TRUE(told.empty());
}

} // namespace
