// SPDX-License-Identifier: BSD-3-Clause
// What is cut for a terminal, and that nothing is where there is none.

#include <clocale>
#include <string>

#include <gtest/gtest.h>

#include "base_width.h"
#include "print_part.h"

namespace
{

std::string
middle(std::string text, unsigned width, unsigned columns = 80)
{
	return print_terminal_middle(columns, text.data(), width);
}

std::string
tail(std::string text, unsigned width, unsigned columns = 80)
{
	return print_terminal_tail(columns, text.data(), width);
}

/* The C locale knows no characters, and no piece of one may stand there. */
TEST(PrintTerminal, HalfACharacterIsNoText)
{
	EXPECT_EQ(tail("a/\xe7\x9b\xa3 file", 7), "~ file");
}

TEST(PrintTerminal, NothingIsCutWithoutALimit)
{
	EXPECT_EQ(middle("[2001:db8::1:0:0:2]:27017", 15, 0), "[2001:db8::1:0:0:2]:27017");
	EXPECT_EQ(tail("/a/long/path/of/a/file", 5, 0), "/a/long/path/of/a/file");
	EXPECT_EQ(print_terminal_room(0, 60, 15, 22, 39), 22u);
}

TEST(PrintTerminal, ANameHasWhatTheOthersLeave)
{
	EXPECT_EQ(print_terminal_room(80, 60, 15, 22, 39), 20u);
	EXPECT_EQ(print_terminal_room(80, 70, 15, 22, 39), 15u) << "a name is more than a number";
	EXPECT_EQ(print_terminal_room(80, 100, 15, 22, 39), 15u);
	EXPECT_EQ(print_terminal_room(200, 60, 15, 22, 39), 39u) << "and no more than it can need";
}

TEST(PrintTerminal, TheMiddleIsLeftOut)
{
	EXPECT_EQ(middle("10.0.0.1", 8), "10.0.0.1");
	EXPECT_EQ(middle("10.0.0.12", 8), "10.~0.12");
	EXPECT_EQ(middle("[2001:db8::1:0:0:2]:27017", 22), "[2001:db8:~:0:2]:27017");
	EXPECT_EQ(middle("[2001:db8::1:0:0:2]:27017", 21), "[2001:db8:~0:2]:27017") << "odd";
	for (unsigned width = 1; width < 30; width++)
		EXPECT_LE(middle("[2001:db8::1:0:0:2]:27017", width).size(), width);
	EXPECT_EQ(middle("", 8), "");
}

TEST(PrintTerminal, OfAPathTheEndIsKept)
{
	EXPECT_EQ(tail("/a/b/c.pcap", 11), "/a/b/c.pcap");
	EXPECT_EQ(tail("/a/b/c.pcap", 7), "~c.pcap");
	EXPECT_EQ(tail("/a/b/c.pcap", 1), "~");
}

TEST(PrintTerminal, WideCharactersAreNotBroken)
{
	ASSERT_NE(setlocale(LC_CTYPE, "C.UTF-8"), nullptr);
	EXPECT_EQ(tail("日本語.pcap", 8), "~語.pcap");
	EXPECT_EQ(tail("日本語.pcap", 7), "~.pcap") << "half a character is none";
	setlocale(LC_CTYPE, "C");
}

} // namespace
