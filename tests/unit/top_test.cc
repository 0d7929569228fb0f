// SPDX-License-Identifier: BSD-3-Clause
// top without its terminal: what keys do, the rates between two samples, the lines of the page.

#include <gtest/gtest.h>

#include <arpa/inet.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

extern "C" {
#include "top_keys.h"
#include "top_sample.h"
#include "top_text.h"
}

namespace
{

constexpr uint64_t SEC = 1000000;

report_row
make_row(uint64_t id, const char *client, const char *server, uint64_t bytes, uint64_t packets = 10)
{
	report_row row = {};

	row.id = id;
	row.proto = IPPROTO_TCP;
	row.ip_version = strchr(client, ':') ? 6 : 4;
	inet_pton(row.ip_version == 6 ? AF_INET6 : AF_INET, client, row.client.addr);
	inet_pton(row.ip_version == 6 ? AF_INET6 : AF_INET, server, row.server.addr);
	row.client.port = (uint16_t)(40000 + id);
	row.server.port = 443;
	row.client.state = row.server.state = REPORT_ESTABLISHED;
	row.client.packets = packets;
	row.client.bytes = bytes;
	row.opened_us = 1000 * SEC;
	row.last_us = 1900 * SEC;
	row.idle_us = id * SEC;
	return row;
}

report_group
make_group(const char *address, uint64_t count, uint64_t bytes, uint8_t kind = REPORT_GROUP_SERVER)
{
	report_group group = {};

	group.n_keys = 1;
	group.count = count;
	group.bytes = bytes;
	group.packets = count;
	group.keys[0].kind = kind;
	group.keys[0].ip_version = 4;
	group.keys[0].len = 32;
	inet_pton(AF_INET, address, group.keys[0].addr);
	return group;
}

/* --- keys ----------------------------------------------------------------------------------- */

class TopKeys : public ::testing::Test
{
protected:
	TopKeys() { top_settings_init(&s); }
	top_action press(int key) { return top_keys_press(&s, key, 100, 14); }
	top_action
	type(const char *text)
	{
		top_action last = TOP_NOTHING;

		for (; *text; text++)
			last = press(*text);
		return last;
	}

	top_settings s;
};

TEST_F(TopKeys, Views)
{
	EXPECT_EQ(s.view, TOP_CONNECTIONS);
	EXPECT_EQ(press('v'), TOP_ASK);
	EXPECT_EQ(s.view, TOP_GROUPS);
	press('\t');
	EXPECT_EQ(s.view, TOP_HOSTS);
	press('v');
	EXPECT_EQ(s.view, TOP_CONNECTIONS);
	press('3');
	EXPECT_EQ(s.view, TOP_HOSTS);
	EXPECT_EQ(press('q'), TOP_QUIT);
}

TEST_F(TopKeys, EveryGroupingIsOne)
{
	std::vector<std::string> seen;

	press('g');
	EXPECT_EQ(s.view, TOP_GROUPS);
	EXPECT_STREQ(s.by, "server,server-port") << "first of all what was shown last";
	do {
		filter_grouping grouping;

		EXPECT_EQ(filter_grouping_parse(&grouping, s.by, nullptr), 0) << s.by;
		seen.push_back(s.by);
		press('g');
	} while (seen.size() < 20 && seen[0] != s.by);
	EXPECT_EQ(seen.size(), 6u);
	strcpy(s.by, "vlan");
	press('g');
	EXPECT_STREQ(s.by, "client") << "from one that was given";
}

/* Each order that the daemon is asked for is one that it knows. */
TEST_F(TopKeys, EveryOrderIsOne)
{
	for (int view : {TOP_CONNECTIONS, TOP_GROUPS, TOP_HOSTS}) {
		s.view = (top_view)view;
		const top_sort first = s.sort[view];
		unsigned n = 0;

		do {
			filter_order order;
			const filter_key_use use =
			    view == TOP_CONNECTIONS ? FILTER_KEY_SORTS_ROWS : FILTER_KEY_SORTS_GROUPS;

			EXPECT_EQ(filter_order_parse(&order, top_keys_order(&s), use, nullptr), 0);
			EXPECT_EQ(press('r'), TOP_SORT);
			EXPECT_EQ(filter_order_parse(&order, top_keys_order(&s), use, nullptr), 0);
			press('r');
			EXPECT_EQ(press('s'), TOP_SORT);
			n++;
		} while (s.sort[view] != first && n < 20);
		EXPECT_EQ(n, view == TOP_GROUPS ? 5u : 6u);
		press('>');
		press('<');
		EXPECT_EQ(s.sort[view], first);
		press(TOP_KEY_LEFT);
		press(TOP_KEY_RIGHT);
		EXPECT_EQ(s.sort[view], first);
	}
}

TEST_F(TopKeys, AFilterIsTyped)
{
	EXPECT_EQ(press('f'), TOP_DRAW);
	EXPECT_EQ(type("dport 443"), TOP_DRAW);
	EXPECT_STREQ(s.filter, "");
	EXPECT_EQ(press('\r'), TOP_ASK);
	EXPECT_STREQ(s.filter, "dport 443");
	EXPECT_EQ(s.prompt, TOP_PROMPT_NONE);
	/* q is a letter there. */
	press('/');
	EXPECT_STREQ(s.input, "dport 443") << "what it is can be changed";
	EXPECT_EQ(press('q'), TOP_DRAW);
	press(27);
	EXPECT_STREQ(s.filter, "dport 443");
	EXPECT_EQ(s.prompt, TOP_PROMPT_NONE);
}

TEST_F(TopKeys, AWrongFilterIsToldByItsColumnAndTheOldOneStays)
{
	strcpy(s.filter, "proto tcp");
	press('f');
	press('U' & 31);
	type("dport 443 and nonsense");
	EXPECT_EQ(press('\r'), TOP_DRAW);
	EXPECT_STREQ(s.filter, "proto tcp");
	EXPECT_EQ(s.prompt, TOP_PROMPT_FILTER) << "it can be mended";
	EXPECT_NE(std::string(s.message).find("column 15"), std::string::npos) << s.message;
	EXPECT_EQ(s.input_at, 14u) << "the cursor is there";
	for (unsigned i = 0; i < 8; i++)
		press(TOP_KEY_DELETE);
	EXPECT_STREQ(s.message, "");
	type("proto tcp");
	EXPECT_EQ(press('\r'), TOP_ASK);
	EXPECT_STREQ(s.filter, "dport 443 and proto tcp");
}

TEST_F(TopKeys, TheLineIsEdited)
{
	press('f');
	type("bc");
	press(TOP_KEY_HOME);
	type("a");
	press(TOP_KEY_END);
	type("d");
	EXPECT_STREQ(s.input, "abcd");
	press(TOP_KEY_LEFT);
	press(TOP_KEY_BACKSPACE);
	EXPECT_STREQ(s.input, "abd");
	press(TOP_KEY_DELETE);
	EXPECT_STREQ(s.input, "ab");
	press(TOP_KEY_DELETE);
	press(TOP_KEY_RIGHT);
	EXPECT_STREQ(s.input, "ab");
	for (int i = 0; i < 5; i++)
		press(TOP_KEY_BACKSPACE);
	EXPECT_STREQ(s.input, "");
	for (int i = 0; i < 5000; i++)
		press('x');
	EXPECT_EQ(strlen(s.input), TOP_FILTER_MAX - 1u) << "and no further";
	press(200);
	press(7);
	EXPECT_EQ(s.input_n, TOP_FILTER_MAX - 1u);
}

TEST_F(TopKeys, Interval)
{
	press('i');
	type("0.5");
	EXPECT_EQ(press('\r'), TOP_ASK);
	EXPECT_EQ(s.interval_us, SEC / 2);
	for (const char *wrong : {"", "0", "-1", "abc", "1x", "99999", "nan", "inf", "0.01", "1e9"}) {
		press('i');
		press('U' & 31);
		type(wrong);
		EXPECT_EQ(press('\r'), TOP_DRAW) << wrong;
		EXPECT_NE(s.message[0], '\0') << wrong;
		EXPECT_EQ(s.interval_us, SEC / 2) << wrong;
		press(27);
	}
}

TEST_F(TopKeys, PauseHelpAndScrolling)
{
	EXPECT_EQ(press('p'), TOP_DRAW);
	EXPECT_TRUE(s.paused);
	EXPECT_EQ(press(' '), TOP_ASK);
	EXPECT_FALSE(s.paused);
	press('h');
	EXPECT_TRUE(s.help);
	press('v');
	EXPECT_FALSE(s.help) << "any key goes back";
	EXPECT_EQ(s.view, TOP_CONNECTIONS);
	press(TOP_KEY_UP);
	EXPECT_EQ(s.scroll, 0u);
	press(TOP_KEY_DOWN);
	press(TOP_KEY_PAGE_DOWN);
	EXPECT_EQ(s.scroll, 15u);
	press(TOP_KEY_END);
	EXPECT_EQ(s.scroll, 86u);
	press(TOP_KEY_PAGE_DOWN);
	EXPECT_EQ(s.scroll, 86u);
	press(TOP_KEY_PAGE_UP);
	EXPECT_EQ(s.scroll, 72u);
	press(TOP_KEY_HOME);
	EXPECT_EQ(s.scroll, 0u);
	top_keys_press(&s, TOP_KEY_DOWN, 3, 14);
	EXPECT_EQ(s.scroll, 0u) << "all of it is shown";
}

/* --- samples -------------------------------------------------------------------------------- */

class TopSample : public ::testing::Test
{
protected:
	TopSample() : flows(new top_flows())
	{
		EXPECT_EQ(top_sample_init(&samples[0]), 0);
		EXPECT_EQ(top_sample_init(&samples[1]), 0);
	}
	~TopSample() override
	{
		top_sample_fini(&samples[0]);
		top_sample_fini(&samples[1]);
	}
	/* The next sample, two seconds after the one before. */
	top_sample &
	begin(top_view view, const char *by = "server")
	{
		EXPECT_EQ(top_sample_begin(&samples[!now], view, by, &samples[now]), 0);
		now = !now;
		samples[now].stats.uptime_us = samples[!now].stats.uptime_us + 2 * SEC;
		samples[now].stats.now_us = 2000 * SEC + samples[now].stats.uptime_us;
		return samples[now];
	}
	top_sample &
	finish()
	{
		top_sample_finish(&samples[now], &samples[!now]);
		return samples[now];
	}

	top_sample samples[2];
	unsigned now = 0;
	std::unique_ptr<top_flows> flows;
};

TEST_F(TopSample, RatesOfConnections)
{
	report_row rows[] = {make_row(1, "10.0.0.1", "10.0.0.9", 1000, 5),
	                     make_row(2, "10.0.0.2", "10.0.0.9", 50, 1)};

	top_sample_add_rows(&begin(TOP_CONNECTIONS), flows.get(), rows, 2);
	finish();
	EXPECT_LT(samples[now].items[0].bits, 0) << "not known yet";
	rows[0].client.bytes += 3000;
	rows[0].server.packets += 6;
	top_sample &sample = begin(TOP_CONNECTIONS);
	top_sample_add_rows(&sample, flows.get(), rows, 2);
	/* Opened since, and of another it is not known what it had. */
	report_row fresh = make_row(3, "10.0.0.3", "10.0.0.9", 400, 4),
	           old = make_row(4, "10.0.0.4", "10.0.0.9", 1 << 30, 9);
	fresh.opened_us = sample.before_us + 1;
	top_sample_add_rows(&sample, flows.get(), &fresh, 1);
	top_sample_add_rows(&sample, flows.get(), &old, 1);
	finish();
	EXPECT_DOUBLE_EQ(sample.items[0].bits, 12000);
	EXPECT_DOUBLE_EQ(sample.items[0].rate, 3);
	EXPECT_DOUBLE_EQ(sample.items[1].bits, 0);
	EXPECT_DOUBLE_EQ(sample.items[2].bits, 1600);
	EXPECT_LT(sample.items[3].bits, 0);
}

/* What a group gets is what its connections get, though others leave it meanwhile. */
TEST_F(TopSample, RatesOfGroups)
{
	report_row row = make_row(1, "10.0.0.1", "10.0.0.9", 5000, 50);
	report_group before[] = {make_group("10.0.0.9", 3, 1000000), make_group("10.0.0.8", 1, 10)};

	top_sample_add_groups(&begin(TOP_GROUPS), before, 2, 0);
	top_sample_add_active(&samples[now], flows.get(), &row, 1);
	finish();
	EXPECT_LT(samples[now].items[0].bits, 0);
	row.client.bytes += 1000;
	row.client.packets += 2;
	report_group after[] = {make_group("10.0.0.9", 1, 6000), make_group("10.0.0.8", 1, 10)};
	top_sample_add_groups(&begin(TOP_GROUPS), after, 2, 0);
	top_sample_add_active(&samples[now], flows.get(), &row, 1);
	finish();
	EXPECT_DOUBLE_EQ(samples[now].items[0].bits, 4000);
	EXPECT_DOUBLE_EQ(samples[now].items[0].rate, 1);
	EXPECT_DOUBLE_EQ(samples[now].items[1].bits, 0);
}

TEST_F(TopSample, HostsAreBothEnds)
{
	report_row row = make_row(1, "10.0.0.1", "10.0.0.9", 5000, 50);
	report_group clients[] = {make_group("10.0.0.1", 2, 500, REPORT_GROUP_CLIENT),
	                          make_group("10.0.0.9", 1, 30, REPORT_GROUP_CLIENT)};
	report_group servers[] = {make_group("10.0.0.9", 2, 500), make_group("10.0.0.7", 1, 30)};

	for (int i = 0; i < 2; i++) {
		top_sample &sample = begin(TOP_HOSTS);

		top_sample_add_groups(&sample, clients, 2, 0);
		top_sample_add_groups(&sample, servers, 2, 1);
		top_sample_add_active(&sample, flows.get(), &row, 1);
		row.client.bytes += 1000;
		finish();
	}
	top_sample &sample = samples[now];
	top_sample_sort(&sample, TOP_SORT_COUNT, 0);
	ASSERT_EQ(sample.n, 3u);
	const top_item &nine = sample.items[sample.order[0]], &one = sample.items[sample.order[1]];
	EXPECT_EQ(nine.group.count, 3u);
	EXPECT_EQ(nine.as_server, 2u);
	EXPECT_EQ(nine.group.bytes, 530u);
	EXPECT_DOUBLE_EQ(nine.bits, 4000);
	EXPECT_EQ(one.group.count, 2u);
	EXPECT_EQ(one.as_server, 0u);
	EXPECT_DOUBLE_EQ(one.bits, 4000);
	EXPECT_DOUBLE_EQ(sample.items[sample.order[2]].bits, 0);
}

TEST_F(TopSample, RatesOfTheWhole)
{
	top_rates rates;

	begin(TOP_CONNECTIONS).stats.received = 1000;
	finish();
	top_sample_rates(&samples[now], &samples[!now], &rates);
	EXPECT_LT(rates.packets, 0);
	top_sample &sample = begin(TOP_GROUPS);
	sample.stats.received = 1500;
	sample.stats.n_ports = 2;
	sample.stats.ports[1].bytes = 1000;
	sample.stats.flows_created = 8;
	sample.stats.flows_expired = 2;
	sample.stats.flows_evicted = 4;
	sample.stats.dropped_worker = 20;
	finish();
	top_sample_rates(&sample, &samples[!now], &rates);
	EXPECT_DOUBLE_EQ(rates.packets, 250);
	EXPECT_DOUBLE_EQ(rates.bits, 4000);
	EXPECT_DOUBLE_EQ(rates.created, 4);
	EXPECT_DOUBLE_EQ(rates.ended, 3);
	EXPECT_DOUBLE_EQ(rates.dropped, 10);
	/* A daemon that was started anew has less than before. */
	begin(TOP_GROUPS).stats.received = 5;
	top_sample_rates(&samples[now], &samples[!now], &rates);
	EXPECT_LT(rates.packets, 0);
}

TEST_F(TopSample, MoreThanHasRoom)
{
	std::vector<report_row> rows;

	for (uint64_t i = 1; i <= TOP_ITEMS_MAX + 10; i++)
		rows.push_back(make_row(i, "10.0.0.1", "10.0.0.9", i));
	top_sample &sample = begin(TOP_CONNECTIONS);
	top_sample_add_rows(&sample, flows.get(), rows.data(), rows.size());
	finish();
	EXPECT_EQ(sample.n, (unsigned)TOP_ITEMS_MAX);
	EXPECT_TRUE(sample.full);
	top_sample_sort(&sample, TOP_SORT_BYTES, 0);
	EXPECT_EQ(sample.items[sample.order[0]].group.bytes, (uint64_t)TOP_ITEMS_MAX);
	top_sample_sort(&sample, TOP_SORT_BYTES, 1);
	EXPECT_EQ(sample.items[sample.order[0]].group.bytes, 1u);
	EXPECT_FALSE(begin(TOP_CONNECTIONS).full);
}

/* --- the page ------------------------------------------------------------------------------- */

class TopText : public TopSample
{
protected:
	TopText() : page(new top_page())
	{
		top_settings_init(&s);
		strcpy(status.name, "probe1");
		status.rates = {1234567, 9.9e9, 12, 0.5, 0};
		begin(TOP_CONNECTIONS);
		samples[now].stats.flows_live = 1234;
		samples[now].stats.flows_capacity = 1048576;
		samples[now].stats.flows_client_state[REPORT_ESTABLISHED] = 1000000;
		samples[now].stats.flows_server_state[REPORT_CLOSE_WAIT] = 77;
	}
	void
	rows(unsigned n, bool ipv6 = false)
	{
		for (unsigned i = 1; i <= n; i++) {
			report_row row = ipv6 ? make_row(i, "2001:db8:1111:2222:3333:4444:5555:6666",
			                                 "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", i)
			                      : make_row(i, "192.168.100.101", "192.168.200.202", i);

			top_sample_add_rows(&samples[now], flows.get(), &row, 1);
		}
		finish();
		top_sample_sort(&samples[now], TOP_SORT_BYTES, 1);
	}
	std::vector<std::string>
	lines(unsigned width = 80, unsigned height = 24)
	{
		std::vector<std::string> all;

		page->width = width;
		page->height = height;
		room = top_page_make(page.get(), &s, &status, &samples[now]);
		for (unsigned i = 0; i < page->n; i++)
			all.push_back(page->lines[i].text);
		EXPECT_LE(all.size(), height);
		for (const std::string &line : all)
			EXPECT_LE(line.size(), width) << line;
		return all;
	}
	static bool
	has(const std::vector<std::string> &all, const std::string &part)
	{
		for (const std::string &line : all)
			if (line.find(part) != std::string::npos)
				return true;
		return false;
	}

	std::unique_ptr<top_page> page;
	top_settings s;
	top_status status = {};
	unsigned room = 0;
};

TEST_F(TopText, EightyByTwentyFour)
{
	rows(40);
	std::vector<std::string> all = lines();
	ASSERT_EQ(all.size(), 24u);
	EXPECT_EQ(room, 15u);
	EXPECT_EQ(page->n_items, 15u);
	EXPECT_EQ(all[0].find("spanstat top   probe1   "), 0u);
	EXPECT_EQ(all[1], "packets 1.23M/s   bits 9.90G/s   new 12/s   ended 0.5/s   dropped 0/s");
	EXPECT_EQ(all[2], "flows 1234 of 1.05M (0%)   tcp 0   udp 0   one-way 0");
	EXPECT_EQ(all[3], "state   CLOSD LISTN SYN-S SYN-R ESTAB FINW1 FINW2 CLOSW CLSNG LASTA TIMEW   UDP");
	EXPECT_EQ(all[4], "client      0     0     0     0 1.00M     0     0     0     0     0     0     0");
	EXPECT_EQ(all[5].substr(49, 6), "    77");
	EXPECT_EQ(all[6], "40 connections by bit/s");
	EXPECT_EQ(all[7], "Client                  State Server                  State  bit/s  bytes   idle");
	EXPECT_EQ(all[8], "192.168.100.101:40001   ESTAB 192.168.200.202:443     ESTAB      -      1     1s");
	EXPECT_NE(all[23].find("q quit"), std::string::npos);
}

TEST_F(TopText, AnySizeKeepsWithinItself)
{
	rows(40, true);
	status.rates.dropped = 5;
	for (unsigned width : {1u, 5u, 20u, 21u, 22u, 40u, 59u, 60u, 79u, 80u, 100u, 109u, 110u, 200u, 400u, 1000u})
		for (unsigned height : {1u, 2u, 3u, 4u, 5u, 13u, 14u, 24u, 100u, 1000u})
			for (int wide : {0, 1})
				for (int view : {TOP_CONNECTIONS, TOP_GROUPS, TOP_HOSTS}) {
					s.wide = wide;
					s.view = (top_view)view;
					lines(width, height);
				}
}

TEST_F(TopText, LongAddresses)
{
	rows(3, true);
	std::vector<std::string> all = lines();
	EXPECT_EQ(all[8].substr(0, 23), "[2001:db8:1~6666]:40001") << "beginning and port are left";
	s.wide = 1;
	all = lines();
	EXPECT_EQ(all[8].substr(0, 59), "[2001:db8:1111:2222:3333:4444:5555:6666]:40001        ESTAB");
	EXPECT_EQ(all[9].substr(0, 59), "[2001:db8:ffff:ffff:ffff:ffff:ffff:ffff]:443          ESTAB");
	EXPECT_EQ(all[10].substr(40, 6), ":40002");
	EXPECT_EQ(room, 7u);
	s.wide = 0;
	all = lines(170);
	EXPECT_TRUE(has(all, "[2001:db8:1111:2222:3333:4444:5555:6666]:40001 "));
	EXPECT_TRUE(has(all, " ESTABLISHED  [2001:db8:ffff"));
	EXPECT_TRUE(has(all, "[2001:db8:ffff:ffff:ffff:ffff:ffff:ffff]:443"));
	EXPECT_TRUE(has(all, " bit/s  pkt/s  bytes   pkts   idle"));
}

TEST_F(TopText, WhatItIsSortedByIsShown)
{
	rows(2);
	for (int i = 0; i < 6; i++) {
		const std::string name[] = {"bit/s", "pkt/s", "bytes", "pkts", "idle", "age"};

		EXPECT_TRUE(has(lines(), "by " + name[i]));
		EXPECT_NE(lines()[7].find(" " + name[i]), std::string::npos) << lines()[7];
		EXPECT_NE(lines(40)[7].find(" " + name[i]), std::string::npos) << lines(40)[7];
		top_keys_press(&s, 's', 2, 15);
	}
	s.reverse[TOP_CONNECTIONS] = 1;
	EXPECT_TRUE(has(lines(), "least first"));
}

TEST_F(TopText, Groups)
{
	report_group groups[2] = {make_group("10.0.0.9", 3, 1000000), make_group("10.0.0.8", 1, 10)};

	groups[0].n_keys = 2;
	groups[0].keys[1].kind = REPORT_GROUP_SERVER_PORT;
	groups[0].keys[1].value = 443;
	groups[1].other = 1;
	s.view = TOP_GROUPS;
	top_sample_add_groups(&begin(TOP_GROUPS, "server,server-port"), groups, 2, 0);
	finish();
	std::vector<std::string> all = lines();
	EXPECT_TRUE(has(all, "2 groups of server,server-port by bit/s"));
	EXPECT_TRUE(has(all, "10.0.0.9 443     "));
	EXPECT_TRUE(has(all, "all others"));
	/* A sample of another view is not shown under these columns. */
	s.view = TOP_HOSTS;
	EXPECT_FALSE(has(lines(), "10.0.0.9"));
}

TEST_F(TopText, ScrolledAndPaused)
{
	rows(40);
	s.scroll = 30;
	s.paused = 1;
	strcpy(s.filter, "dport 443");
	std::vector<std::string> all = lines();
	EXPECT_EQ(all[8].substr(0, 21), "192.168.100.101:40031");
	EXPECT_EQ(page->n_items, 10u);
	EXPECT_TRUE(has(all, "PAUSED"));
	EXPECT_TRUE(has(all, "filter: dport 443"));
	s.scroll = 1000;
	EXPECT_TRUE(has(lines(), ":40001")) << "beyond the end is the beginning";
}

TEST_F(TopText, TheLastLine)
{
	strcpy(status.trouble, "the daemon went away");
	EXPECT_EQ(lines()[23], "the daemon went away");
	EXPECT_EQ(page->lines[23].style, TOP_ALARM);
	EXPECT_EQ(page->cursor, -1);
	top_keys_press(&s, 'f', 0, 0);
	for (char letter : std::string("dport"))
		top_keys_press(&s, letter, 0, 0);
	EXPECT_EQ(lines()[23], "filter: dport");
	EXPECT_EQ(page->cursor, 13);
	for (int i = 0; i < 200; i++)
		top_keys_press(&s, 'y', 0, 0);
	EXPECT_EQ(lines()[23].size(), 79u) << "the end of what is typed is seen";
	EXPECT_EQ(page->cursor, 79);
	top_keys_press(&s, '\r', 0, 0);
	EXPECT_NE(lines()[23].find("column 1"), std::string::npos);
}

TEST_F(TopText, Help)
{
	s.help = 1;
	std::vector<std::string> all = lines();
	for (const char *part : {"view", "groups", "sort", "reverse", "filter", "pause", "quit", "scroll"})
		EXPECT_TRUE(has(all, part)) << part;
	EXPECT_TRUE(has(all, "counts above")) << "its last line has room";
}

/* What others wrote cannot move the cursor. */
TEST_F(TopText, NamesAreClean)
{
	strcpy(status.name, "a\033[2Jb\xff");
	EXPECT_NE(lines()[0].find("a?[2Jb?"), std::string::npos);
}

TEST(TopNumbers, AreShort)
{
	char text[TOP_NUMBER_MAX];
	const struct {
		double value;
		int is_rate;
		const char *want;
	} cases[] = {
	    {-1, 1, "-"},        {0, 1, "0"},         {0, 0, "0"},        {0.5, 1, "0.5"},
	    {9.94, 1, "9.9"},    {9.96, 1, "10"},     {7, 0, "7"},        {9999, 0, "9999"},
	    {9999.6, 0, "10.0k"}, {12345, 0, "12.3k"}, {99950, 0, "100k"}, {999499, 0, "999k"},
	    {999500, 0, "1.00M"}, {1234567, 0, "1.23M"}, {9.9e9, 1, "9.90G"},
	    {1.8446744073709552e19, 0, "18.4E"},
	};

	for (const auto &one : cases) {
		top_text_number(text, one.value, one.is_rate);
		EXPECT_STREQ(text, one.want);
		EXPECT_LE(strlen(text), 5u);
	}
	const struct {
		uint64_t us;
		const char *want;
	} durations[] = {
	    {0, "0s"}, {59 * SEC, "59s"}, {303 * SEC, "5m03"}, {7800 * SEC, "2h10"},
	    {(3 * 86400 + 4 * 3600) * SEC, "3d04"}, {123 * 86400 * SEC, "123d"},
	};
	for (const auto &one : durations) {
		top_text_duration(text, one.us);
		EXPECT_STREQ(text, one.want);
	}
}

TEST(TopFlows, WhatTakesAPlaceIsKnownNextTime)
{
	std::unique_ptr<top_flows> flows(new top_flows());
	report_row row = make_row(7, "10.0.0.1", "10.0.0.2", 100, 1);

	EXPECT_FALSE(top_flows_see(flows.get(), &row, 0).known);
	row.client.bytes += 5;
	row.server.packets += 2;
	top_growth growth = top_flows_see(flows.get(), &row, 0);
	EXPECT_TRUE(growth.known);
	EXPECT_EQ(growth.bytes, 5u);
	EXPECT_EQ(growth.packets, 2u);
	/* Less than before: it is another's number now. */
	row.client.bytes = 1;
	EXPECT_FALSE(top_flows_see(flows.get(), &row, 0).known);
	/* As many as the table has places: most of them stay known. */
	unsigned known = 0;
	for (int round = 0; round < 2; round++)
		for (uint64_t id = 1; id <= TOP_FLOWS_SLOTS / 2; id++) {
			row.id = id;
			known += (unsigned)top_flows_see(flows.get(), &row, 0).known;
		}
	EXPECT_GT(known, TOP_FLOWS_SLOTS / 4u);
}

} // namespace
