// SPDX-License-Identifier: BSD-3-Clause
// The mistakes of a configuration: told by line, in the order found within one, and clean.

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "conf_mistake.h"

namespace
{

void
keep(void *arg, const char *message)
{
	static_cast<std::vector<std::string> *>(arg)->push_back(message);
}

class ConfMistake : public ::testing::Test
{
      protected:
	void
	SetUp() override
	{
		conf_mistakes_init(&mistakes);
	}

	void
	TearDown() override
	{
		conf_mistakes_fini(&mistakes);
	}

	conf_mistakes mistakes;
	std::vector<std::string> told;
};

TEST_F(ConfMistake, NoneIsNone)
{
	EXPECT_EQ(conf_mistakes_report(&mistakes, "f", keep, &told), 0u);
	EXPECT_TRUE(told.empty());
}

TEST_F(ConfMistake, ByLineThenAsFound)
{
	conf_mistake_add(&mistakes, 7, "seven %d", 1);
	conf_mistake_add(&mistakes, 3, "three");
	conf_mistake_add(&mistakes, 7, "seven %d", 2);
	conf_mistake_add(&mistakes, 0, "the file");
	EXPECT_EQ(conf_mistakes_report(&mistakes, "a/b.conf", keep, &told), 4u);
	EXPECT_EQ(told, (std::vector<std::string>{"a/b.conf: the file", "a/b.conf:3: three",
	                                          "a/b.conf:7: seven 1", "a/b.conf:7: seven 2"}));
}

TEST_F(ConfMistake, ManyStayInOrder)
{
	for (int i = 0; i < 1000; i++)
		conf_mistake_add(&mistakes, i % 2 ? 5 : 4, "%d", i);
	EXPECT_EQ(conf_mistakes_report(&mistakes, "f", keep, &told), 1000u);
	ASSERT_EQ(told.size(), 1000u);
	for (int i = 0; i < 500; i++) {
		EXPECT_EQ(told[i], "f:4: " + std::to_string(2 * i));
		EXPECT_EQ(told[500 + i], "f:5: " + std::to_string(2 * i + 1));
	}
}

TEST_F(ConfMistake, NothingReachesTheTerminal)
{
	conf_mistake_add(&mistakes, 1, "%s",
	                 "a\033[2Jb\nc\x7f"
	                 "d \xc3\xa9");
	conf_mistake_add(&mistakes, 2, "\x9b" "2J \xc2\x9b" "2J");
	conf_mistakes_report(&mistakes, "f", keep, &told);
	EXPECT_EQ(told, (std::vector<std::string>{"f:1: a\\x1b[2Jb\\x0ac\\x7f" "d \xc3\xa9",
	                                          "f:2: \\x9b" "2J \\xc2\\x9b" "2J"}));
}

TEST_F(ConfMistake, LostOnesAreCountedAndSaid)
{
	mistakes.lost = 2;
	conf_mistake_add(&mistakes, 1, "one");
	EXPECT_EQ(conf_mistakes_report(&mistakes, "f", keep, &told), 3u);
	ASSERT_EQ(told.size(), 2u);
	EXPECT_NE(told[1].find("memory"), std::string::npos);
}

} // namespace
