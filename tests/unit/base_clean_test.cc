/* SPDX-License-Identifier: BSD-3-Clause */
/* What of a text from elsewhere may be shown: UTF-8 without what a terminal obeys. */
#include <gtest/gtest.h>

#include <string>

#include "base_clean.h"

namespace {

std::string
cleaned(std::string text)
{
	base_clean(text.data());
	return text;
}

TEST(BaseClean, WhatATerminalObeysIsReplaced)
{
	EXPECT_EQ(cleaned("plain, with (all) of ASCII~"), "plain, with (all) of ASCII~");
	EXPECT_EQ(cleaned("\x1b[2J"), "?[2J");
	EXPECT_EQ(cleaned("a\nb\tc\rd\x7f"), "a?b?c?d?");
	EXPECT_EQ(cleaned("\xc2\x9b" "2J"), "??2J") << "U+009B is ESC [ in one";
	EXPECT_EQ(cleaned("\xc2\x80\xc2\xa0"), "??\xc2\xa0");
	EXPECT_EQ(cleaned(""), "");
}

TEST(BaseClean, LanguagesStay)
{
	EXPECT_EQ(cleaned("監視 größe Ίσως 🦀"), "監視 größe Ίσως 🦀");
}

/* A terminal of an old code takes them for letters, or for what it obeys. */
TEST(BaseClean, BytesThatAreNoUtf8)
{
	EXPECT_EQ(cleaned("\x9b" "2J"), "?2J");
	EXPECT_EQ(cleaned("\xe7\x9b"), "??") << "cut";
	EXPECT_EQ(cleaned("\xe7\x9b" "a"), "??a");
	EXPECT_EQ(cleaned("\xc0\xaf"), "??") << "longer than it need be";
	EXPECT_EQ(cleaned("\xed\xa0\x80"), "???") << "half of a surrogate";
	EXPECT_EQ(cleaned("\xf4\x90\x80\x80"), "????") << "beyond the last";
	EXPECT_EQ(cleaned("\xff"), "?");
}

/* Of a text in the code of the locale only controls are taken for what they are. */
TEST(BaseClean, Controls)
{
	const auto control = [](const std::string &text) {
		return base_clean_control(text.data(), text.size());
	};

	EXPECT_EQ(control("\n"), 1u);
	EXPECT_EQ(control("\xc2\x9b" "2J"), 2u);
	EXPECT_EQ(control("\x9b" "2J"), 1u);
	for (const char *text : { "a", "\xc3\xa9", "\xff", "\xa4\xa2", "\x8e\xb1" })
		EXPECT_EQ(control(text), 0u) << text;
}

/* Every character, against the ranges of RFC 3629 and of the controls. */
TEST(BaseClean, EveryCharacter)
{
	for (uint32_t point = 1; point < 0x120000; point++) {
		const bool is_control = point < 0x20 || (point >= 0x7f && point < 0xa0);
		const bool is_character = point < 0x110000 && point >> 11 != 0x1b;
		std::string text;

		if (point < 0x80)
			text = { static_cast<char>(point) };
		else if (point < 0x800)
			text = { static_cast<char>(0xc0 | point >> 6), static_cast<char>(0x80 | (point & 0x3f)) };
		else if (point < 0x10000)
			text = { static_cast<char>(0xe0 | point >> 12),
				 static_cast<char>(0x80 | (point >> 6 & 0x3f)),
				 static_cast<char>(0x80 | (point & 0x3f)) };
		else
			text = { static_cast<char>(0xf0 | point >> 18),
				 static_cast<char>(0x80 | (point >> 12 & 0x3f)),
				 static_cast<char>(0x80 | (point >> 6 & 0x3f)),
				 static_cast<char>(0x80 | (point & 0x3f)) };
		ASSERT_EQ(base_clean_utf8(text.data(), text.size()), is_character ? text.size() : 0)
		    << point;
		ASSERT_EQ(base_clean_step(text.data(), text.size()),
		          is_character && !is_control ? text.size() : 0)
		    << point;
		for (size_t cut = 1; cut < text.size(); cut++)
			ASSERT_EQ(base_clean_utf8(text.data(), cut), 0u) << point;
	}
}

} // namespace
