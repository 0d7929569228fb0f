// SPDX-License-Identifier: BSD-3-Clause
// What the keys of top do, without a terminal.

#include "top_fixture.h"

namespace
{

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

} // namespace
