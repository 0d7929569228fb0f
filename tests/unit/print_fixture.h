/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the tests of the words share: one printer's text, and a look at whether it is JSON or CSV of
 * the right shape.
 */
#ifndef PRINT_FIXTURE_H
#define PRINT_FIXTURE_H

#include <gtest/gtest.h>

#include <algorithm>

#include "print_capture.h"
#include "report_fixture.h"

template <typename Printer, typename... Arguments>
std::string
printed(Printer printer, Arguments... arguments)
{
	Capture capture;

	printer(capture.out(), arguments...);
	return capture.text();
}

/* The same, where the output has a style. */
template <typename Printer, typename... Arguments>
std::string
printed_in(const struct print_style &style, Printer printer, Arguments... arguments)
{
	Capture capture;

	capture.out()->style = style;
	printer(capture.out(), arguments...);
	return capture.text();
}

/* Fields of a line of CSV; a field in quotes may hold commas. */
inline size_t
fields_of(const std::string &line)
{
	bool quoted = false;
	size_t n = 1;

	for (char c : line) {
		quoted ^= c == '"';
		n += c == ',' && !quoted;
	}
	EXPECT_FALSE(quoted) << line;
	return n;
}

/* Brackets and quotes of one line of JSON match, and no comma stands where none may. */
inline void
expect_json_line(const std::string &text)
{
	std::string open;
	bool quoted = false;
	char before = '\0';

	ASSERT_EQ(std::count(text.begin(), text.end(), '\n'), 1) << text;
	ASSERT_EQ(text.back(), '\n');
	for (size_t i = 0; i + 1 < text.size(); i++) {
		const char c = text[i];

		if (c == '"' && before != '\\')
			quoted = !quoted;
		else if (!quoted && (c == '{' || c == '['))
			open += c == '{' ? '}' : ']';
		else if (!quoted && (c == '}' || c == ']')) {
			ASSERT_FALSE(open.empty()) << text;
			ASSERT_EQ(open.back(), c) << text;
			ASSERT_NE(before, ',') << text;
			open.pop_back();
			ASSERT_TRUE(!open.empty() || i + 2 == text.size()) << text;
		} else if (!quoted && c == ',') {
			ASSERT_EQ(std::string("{[,:").find(before), std::string::npos) << text;
		}
		before = c;
	}
	EXPECT_TRUE(open.empty() && !quoted) << text;
}

/* No line is wider than a terminal. */
inline void
expect_fits(const std::string &text)
{
	for (const std::string &line : lines_of(text))
		EXPECT_LE(line.size(), 80u) << line;
}

#endif
