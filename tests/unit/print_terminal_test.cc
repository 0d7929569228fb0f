// SPDX-License-Identifier: BSD-3-Clause
// What is cut for a terminal, and that nothing is where there is none.

#include <clocale>
#include <string>

#include <gtest/gtest.h>

#include "base_width.h"
#include "print_terminal.h"

namespace
{

class ReportFit : public ::testing::Test
{
protected:
	void TearDown() override { print_terminal_use(0); }
};

std::string
middle(std::string text, unsigned width)
{
	return print_terminal_middle(text.data(), width);
}

std::string
tail(std::string text, unsigned width)
{
	return print_terminal_tail(text.data(), width);
}

TEST_F(ReportFit, NothingIsCutWithoutALimit)
{
	EXPECT_EQ(print_terminal_columns(), 0u);
	EXPECT_EQ(middle("[2001:db8::1:0:0:2]:27017", 15), "[2001:db8::1:0:0:2]:27017");
	EXPECT_EQ(tail("/a/long/path/of/a/file", 5), "/a/long/path/of/a/file");
	EXPECT_EQ(print_terminal_room(60, 15, 22, 39), 22u);
}

TEST_F(ReportFit, ANameHasWhatTheOthersLeave)
{
	print_terminal_use(80);
	EXPECT_EQ(print_terminal_room(60, 15, 22, 39), 20u);
	EXPECT_EQ(print_terminal_room(70, 15, 22, 39), 15u) << "a name is more than a number";
	EXPECT_EQ(print_terminal_room(100, 15, 22, 39), 15u);
	print_terminal_use(200);
	EXPECT_EQ(print_terminal_room(60, 15, 22, 39), 39u) << "and no more than it can need";
}

TEST_F(ReportFit, TheMiddleIsLeftOut)
{
	print_terminal_use(80);
	EXPECT_EQ(middle("10.0.0.1", 8), "10.0.0.1");
	EXPECT_EQ(middle("10.0.0.12", 8), "10.~0.12");
	EXPECT_EQ(middle("[2001:db8::1:0:0:2]:27017", 22), "[2001:db8:~:0:2]:27017");
	EXPECT_EQ(middle("[2001:db8::1:0:0:2]:27017", 21), "[2001:db8:~0:2]:27017") << "odd";
	for (unsigned width = 1; width < 30; width++)
		EXPECT_LE(middle("[2001:db8::1:0:0:2]:27017", width).size(), width);
	EXPECT_EQ(middle("", 8), "");
}

TEST_F(ReportFit, OfAPathTheEndIsKept)
{
	print_terminal_use(80);
	EXPECT_EQ(tail("/a/b/c.pcap", 11), "/a/b/c.pcap");
	EXPECT_EQ(tail("/a/b/c.pcap", 7), "~c.pcap");
	EXPECT_EQ(tail("/a/b/c.pcap", 1), "~");
}

TEST_F(ReportFit, WideCharactersAreNotBroken)
{
	ASSERT_NE(setlocale(LC_CTYPE, "C.UTF-8"), nullptr);
	print_terminal_use(80);
	EXPECT_EQ(tail("日本語.pcap", 8), "~語.pcap");
	EXPECT_EQ(tail("日本語.pcap", 7), "~.pcap") << "half a character is none";
	setlocale(LC_CTYPE, "C");
}

} // namespace
