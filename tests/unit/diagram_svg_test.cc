/* SPDX-License-Identifier: BSD-3-Clause */
/* That it is XML is seen by tests/replay/replay_digest.py, with a parser. */
#include <gtest/gtest.h>

#include "diagram_fixture.h"
#include "diagram_layout.h"

namespace {

size_t
times(const std::string &text, const std::string &what)
{
	size_t n = 0;

	for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1))
		n++;
	return n;
}

TEST(DiagramSvg, EachStateWithItsCount)
{
	const auto stats = diagram_counted();
	const std::string text = diagram_of(diagram_svg, stats.get(), "title");
	char counts[PRINT_PART_MAX];

	for (const struct diagram_box &box : diagram_boxes) {
		const std::string name = report_state_name(box.state);
		const size_t at = text.find("<rect id=\"" + name + "\"");

		ASSERT_NE(at, std::string::npos) << name;
		EXPECT_NE(text.find(">" + name + "</text>", at), std::string::npos);
		EXPECT_NE(text.find(std::string(">") + diagram_counts(counts, stats.get(), box.state) + "</text>", at),
		          std::string::npos)
		    << name;
	}
	EXPECT_EQ(times(text, "<polyline "), static_cast<size_t>(DIAGRAM_ARROWS));
	EXPECT_EQ(times(text, "<rect "), static_cast<size_t>(DIAGRAM_BOXES));
	EXPECT_EQ(times(text, "prefers-color-scheme: dark"), 1u);
}

TEST(DiagramSvg, WhatIsMarkupIsWrittenOut)
{
	const auto stats = diagram_counted();

	EXPECT_NE(diagram_of(diagram_svg, stats.get(), "a<b&c\x01\x7f>d").find(">a&lt;b&amp;c>d</text>"), std::string::npos);
}

TEST(DiagramSvg, NobodyHasCounted)
{
	const struct report_stats *nobody = nullptr;
	const char *untitled = nullptr;
	const std::string text = diagram_of(diagram_svg, nobody, untitled);

	EXPECT_EQ(times(text, ">-</text>"), static_cast<size_t>(DIAGRAM_BOXES - 1));
	EXPECT_EQ(times(text, "class=\"title\""), 0u);
	EXPECT_EQ(times(text, "no daemon answered"), 1u);
}

} // namespace
