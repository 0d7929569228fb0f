// SPDX-License-Identifier: BSD-3-Clause
// Reading a file whole, whatever it is, and blanking its comments without moving a line.

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <string>
#include <unistd.h>

#include <gtest/gtest.h>

#include "conf_text.h"

namespace
{

class ConfText : public ::testing::Test
{
      protected:
	void
	SetUp() override
	{
		char name[] = "/tmp/conf_text_XXXXXX";
		int fd = mkstemp(name);

		ASSERT_GE(fd, 0);
		close(fd);
		path = name;
		conf_mistakes_init(&mistakes);
	}

	void
	TearDown() override
	{
		conf_mistakes_fini(&mistakes);
		unlink(path.c_str());
	}

	void
	write(const std::string &bytes)
	{
		std::ofstream(path, std::ios::binary) << bytes;
	}

	// What is read; the return value in rc.
	std::string
	read(const std::string &from)
	{
		char *text = nullptr;

		rc = conf_text_read(from.c_str(), &text, &mistakes);
		std::string got = text ? text : "";
		free(text);
		return got;
	}

	std::string
	strip(std::string text)
	{
		conf_text_strip(text.data(), &mistakes);
		return text;
	}

	conf_mistakes mistakes;
	std::string path;
	int rc = 0;
};

TEST_F(ConfText, WholeFile)
{
	std::string big(CONF_TEXT_MAX, 'x');

	for (const std::string &bytes : {std::string(), std::string("a\r\nb"), big}) {
		write(bytes);
		EXPECT_EQ(read(path), bytes);
		EXPECT_EQ(rc, 0);
	}
	EXPECT_EQ(read("/dev/null"), "");
	EXPECT_EQ(rc, 0);
	EXPECT_EQ(mistakes.count, 0u);
}

TEST_F(ConfText, WhatCannotBeReadIsSaid)
{
	read(path + ".none");
	EXPECT_EQ(rc, -ENOENT);
	read("/tmp");
	EXPECT_EQ(rc, -EISDIR);
	read(path + "/below");
	EXPECT_EQ(rc, -ENOTDIR);
	read("/proc/self/mem");
	EXPECT_EQ(rc, -EIO);
	write(std::string(CONF_TEXT_MAX + 1, 'x'));
	read(path);
	EXPECT_EQ(rc, -EFBIG);
	ASSERT_EQ(mistakes.count, 5u);
	EXPECT_STREQ(mistakes.items[0].what, "No such file or directory");
	EXPECT_EQ(mistakes.items[0].line, 0u);
}

TEST_F(ConfText, NulIsFoundOnItsLine)
{
	write(std::string("a\nb\nc\0d\n", 8));
	read(path);
	EXPECT_EQ(rc, -EINVAL);
	ASSERT_EQ(mistakes.count, 1u);
	EXPECT_EQ(mistakes.items[0].line, 3u);
}

TEST_F(ConfText, CommentsBecomeSpaces)
{
	EXPECT_EQ(strip("a # b\nc"), "a    \nc");
	EXPECT_EQ(strip("a // b"), "a     ");
	EXPECT_EQ(strip("/* x */ a"), "        a");
	EXPECT_EQ(strip("/* x\n y */a"), "    \n     a");
	EXPECT_EQ(strip("/**/a/***/"), "    a     ");
	EXPECT_EQ(strip("# /* \na"), "     \na");
	EXPECT_EQ(strip("/* # */a"), "       a");
	EXPECT_EQ(strip("\xef\xbb\xbf"
	                "a"),
	          "   a");
	EXPECT_EQ(strip(""), "");
	EXPECT_EQ(mistakes.count, 0u);
}

TEST_F(ConfText, QuotedTextStays)
{
	for (const char *same :
	     {"a = \"# no // comment /* here\"", "a = '#'", "\"\\\"#\"", "'\\'#'", "a = 10.0.0.0/8",
	      "a = /run/x", "\"never # ends", "\"ends \\"})
		EXPECT_EQ(strip(same), same);
	EXPECT_EQ(strip("\"a\n#b\"#c"), "\"a\n#b\"  ");
	EXPECT_EQ(mistakes.count, 0u);
}

TEST_F(ConfText, UnendedComment)
{
	EXPECT_EQ(strip("a\n'x\n'\nb /* c\n*"), "a\n'x\n'\nb     \n ");
	ASSERT_EQ(mistakes.count, 1u);
	EXPECT_EQ(mistakes.items[0].line, 4u);
	EXPECT_STREQ(mistakes.items[0].what, "this comment never ends");
}

} // namespace
