// SPDX-License-Identifier: BSD-3-Clause
// How wide text is, where it is cut and where a line of it ends.

#include <clocale>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base_width.h"

namespace
{

/* Every Debian has C.UTF-8; the locale is the process's, so it is put back. */
class BaseWidth : public ::testing::Test
{
protected:
	void SetUp() override { ASSERT_NE(setlocale(LC_CTYPE, "C.UTF-8"), nullptr); }
	void TearDown() override { setlocale(LC_CTYPE, "C"); }
};

std::vector<std::string>
wrapped(const std::string &text, unsigned columns)
{
	std::vector<std::string> lines;

	for (size_t at = 0; at < text.size();) {
		const size_t n = base_width_line(text.c_str() + at, columns);

		if (n == 0)
			return { "no progress" };
		lines.push_back(text.substr(at, n));
		at = text.find_first_not_of(' ', at + n);
	}
	return lines;
}

using Lines = std::vector<std::string>;

TEST_F(BaseWidth, Columns)
{
	EXPECT_EQ(base_width(""), 0u);
	EXPECT_EQ(base_width("FIN"), 3u);
	EXPECT_EQ(base_width("再送"), 4u);
	EXPECT_EQ(base_width("FIN に応答しない"), 16u);
	EXPECT_EQ(base_width("é"), 1u);
	EXPECT_EQ(base_width("e\xcc\x81"), 1u) << "the accent has no column of its own";
}

TEST_F(BaseWidth, WhatIsNoCharacterHasOneColumn)
{
	EXPECT_EQ(base_width("a\xff\xfe"), 3u);
	EXPECT_EQ(base_width("\xe5\x86"), 2u) << "a character that is cut off";
	EXPECT_EQ(base_width("a\tb"), 3u);
}

TEST_F(BaseWidth, InTheCLocaleBytesAreColumns)
{
	setlocale(LC_CTYPE, "C");
	EXPECT_EQ(base_width("再"), 3u);
	EXPECT_EQ(base_width_cut("再", 2), 0u) << "none is cut in two";
}

TEST_F(BaseWidth, CutLeavesNoHalfOfACharacter)
{
	EXPECT_EQ(base_width_cut("再送", 4), 6u);
	EXPECT_EQ(base_width_cut("再送", 3), 3u);
	EXPECT_EQ(base_width_cut("再送", 1), 0u);
	EXPECT_EQ(base_width_cut("a再送", 3), 4u);
	EXPECT_EQ(base_width_cut("abc", 9), 3u);
}

TEST_F(BaseWidth, FieldForPrintf)
{
	for (const char *text : { "", "ok", "良好", "e\xcc\x81" }) {
		char cell[64];

		snprintf(cell, sizeof(cell), "%-*s|", base_width_field(text, 6), text);
		EXPECT_EQ(base_width(cell), 7u) << cell;
	}
	EXPECT_EQ(base_width_field("再送再送", 3), 12) << "what is too wide is not padded";
}

TEST_F(BaseWidth, WordsAreNotBroken)
{
	EXPECT_EQ(wrapped("one two three", 7), (Lines{ "one two", "three" }));
	EXPECT_EQ(wrapped("one two three", 3), (Lines{ "one", "two", "three" }));
	EXPECT_EQ(wrapped("one twothree", 5), (Lines{ "one", "twothree" }));
	EXPECT_EQ(wrapped("one", 80), (Lines{ "one" }));
}

TEST_F(BaseWidth, JapaneseEndsAnywhereButBeforeAFullStop)
{
	EXPECT_EQ(wrapped("再送再送再", 4), (Lines{ "再送", "再送", "再" }));
	EXPECT_EQ(wrapped("再送再送再", 5), (Lines{ "再送", "再送", "再" }));
	EXPECT_EQ(wrapped("再送。再送", 4), (Lines{ "再", "送。", "再送" }));
	EXPECT_EQ(wrapped("再送（再送", 6), (Lines{ "再送", "（再送" }));
	EXPECT_EQ(wrapped("再送 (再)。", 9), (Lines{ "再送", "(再)。" }));
	EXPECT_EQ(wrapped("ポート443を", 8), (Lines{ "ポート", "443を" })) << "a number stays whole";
}

TEST_F(BaseWidth, CleanedTextMovesNoCursor)
{
	char text[] = "a\033[2J\t再\xff\xc2\x9b" "2Jb\x7f";

	base_width_clean(text);
	EXPECT_STREQ(text, "a?[2J?再???2Jb?") << "an escape, a tab, no character, C1's CSI, DEL";
}

TEST_F(BaseWidth, EachStepGoesOn)
{
	unsigned columns;

	EXPECT_EQ(base_width_step("", &columns), 0u);
	EXPECT_EQ(base_width_step("送", &columns), 3u);
	EXPECT_EQ(columns, 2u);
	EXPECT_EQ(base_width_step("\xff", &columns), 1u);
	EXPECT_EQ(columns, 1u);
}

} // namespace
