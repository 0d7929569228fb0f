// SPDX-License-Identifier: BSD-3-Clause
// What a terminal would obey is written as numbers, all else stays; nothing is written beyond its room.

#include <cstring>
#include <string>

#include <gtest/gtest.h>

#include "base_plain.h"

namespace
{

std::string
plain(const std::string &text, size_t room = 4096)
{
	std::string to(room, '#');
	size_t n = base_plain(to.data(), room, text.c_str(), text.size());

	EXPECT_LT(n, room);
	EXPECT_EQ(to[n], '\0');
	return to.substr(0, n);
}

TEST(BasePlain, WhatIsPrintedStays)
{
	for (const char *text : {"", "eth0", "a b ~", "\u00e9", "\u72b6\u614b", "\U0001f600", "C:\\x"})
		EXPECT_EQ(plain(text), text);
}

TEST(BasePlain, WhatATerminalObeysDoesNot)
{
	const struct {
		const char *text, *shown;
	} all[] = {
	    {"a\033[2Jb", "a\\x1b[2Jb"},
	    {"\n\r\t\b\a\177", "\\x0a\\x0d\\x09\\x08\\x07\\x7f"},
	    {"\xc2\x9b" "2J", "\\xc2\\x9b2J"},       // C1 as UTF-8
	    {"\x9b" "2J", "\\x9b2J"},                // and as it is
	    {"gpj.\u202egnp", "gpj.\\xe2\\x80\\xaegnp"}, // override
	    {"\u2066x\u2069", "\\xe2\\x81\\xa6x\\xe2\\x81\\xa9"},
	    {"a\u200bb", "a\\xe2\\x80\\x8bb"},
	    {"\u2028", "\\xe2\\x80\\xa8"},
	    {"\xff\xc0\x80\xe6\x97", "\\xff\\xc0\\x80\\xe6\\x97"},
	    {"\xed\xa0\x80", "\\xed\\xa0\\x80"},
	    {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},
	    {"\U000e0041", "\\xf3\\xa0\\x81\\x81"},
	};

	for (const auto &one : all)
		EXPECT_EQ(plain(one.text), one.shown);
}

/* All of them: what is shown is UTF-8 of printed characters, and what is not has its bytes there. */
TEST(BasePlain, EveryCharacter)
{
	for (uint32_t code = 1; code < 0x110000; code++) {
		std::string text;

		if (code >= 0xd800 && code < 0xe000)
			continue;
		if (code < 0x80)
			text = {(char)code};
		else if (code < 0x800)
			text = {(char)(0xc0 | code >> 6), (char)(0x80 | (code & 0x3f))};
		else if (code < 0x10000)
			text = {(char)(0xe0 | code >> 12), (char)(0x80 | (code >> 6 & 0x3f)),
			        (char)(0x80 | (code & 0x3f))};
		else
			text = {(char)(0xf0 | code >> 18), (char)(0x80 | (code >> 12 & 0x3f)),
			        (char)(0x80 | (code >> 6 & 0x3f)), (char)(0x80 | (code & 0x3f))};
		uint32_t got;
		ASSERT_EQ(base_plain_utf8(text.data(), text.size(), &got), text.size()) << code;
		ASSERT_EQ(got, code);
		if (base_plain_is(code))
			ASSERT_EQ(plain(text), text) << code;
		else
			ASSERT_EQ(plain(text).size(), 4 * text.size()) << code;
	}
}

TEST(BasePlain, EndsWhereItsRoomEnds)
{
	for (size_t room = 1; room < 20; room++) {
		std::string got = plain("ab\033\u72b6\xff", room);

		EXPECT_EQ(got, std::string("ab\\x1b\u72b6\\xff").substr(0, got.size()));
		EXPECT_GE(got.size() + 4, std::min<size_t>(room - 1, 13));
	}
	char array[8] = {'a', '\n', 'b', 'c', 'd', 'e', 'f', 'g'}; // without its NUL
	base_plain_array(array, sizeof(array));
	EXPECT_STREQ(array, "a\\x0abc");
}

} // namespace
