// SPDX-License-Identifier: BSD-3-Clause
// Which lines top makes of what it knows.

#include "top_fixture.h"

namespace
{

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

} // namespace
