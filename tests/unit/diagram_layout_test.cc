/* SPDX-License-Identifier: BSD-3-Clause */
#include "diagram_layout.h"

#include <gtest/gtest.h>

#include <cstring>
#include <set>

#include "diagram_fixture.h"

namespace {

const struct diagram_box *
box_of(unsigned state)
{
	for (const struct diagram_box &box : diagram_boxes)
		if (box.state == state)
			return &box;
	return nullptr;
}

bool
is_within(const struct diagram_box &box, int column, int line)
{
	return column >= box.at.column && column < box.at.column + DIAGRAM_BOX_WIDTH &&
	       line >= box.at.line && line < box.at.line + DIAGRAM_BOX_HEIGHT;
}

int
step(int from, int to)
{
	return to + (to > from) - (to < from);
}

TEST(DiagramLayout, EachStateHasItsBox)
{
	for (unsigned state = 0; state < REPORT_UDP; state++)
		ASSERT_NE(box_of(state), nullptr) << report_state_name(state);
	EXPECT_EQ(box_of(REPORT_UDP), nullptr);
	for (const struct diagram_box &box : diagram_boxes) {
		EXPECT_LE(box.at.column + DIAGRAM_BOX_WIDTH, DIAGRAM_WIDTH);
		EXPECT_LE(box.at.line + DIAGRAM_BOX_HEIGHT, DIAGRAM_HEIGHT);
	}
}

/* It begins on the border of one box, ends beside the other, has no slant, and is there once. */
TEST(DiagramLayout, Arrows)
{
	std::set<std::pair<unsigned, unsigned>> seen;

	for (const struct diagram_arrow &arrow : diagram_arrows) {
		const std::string name = std::string(report_state_name(arrow.from)) + " > " + report_state_name(arrow.to);
		const struct diagram_place tip = arrow.points[arrow.n - 1], before = arrow.points[arrow.n - 2];

		EXPECT_TRUE(seen.insert({ arrow.from, arrow.to }).second) << name;
		EXPECT_TRUE(is_within(*box_of(arrow.from), arrow.points[0].column, arrow.points[0].line)) << name;
		for (unsigned i = 1; i < arrow.n; i++)
			EXPECT_NE(arrow.points[i].column == arrow.points[i - 1].column,
			          arrow.points[i].line == arrow.points[i - 1].line)
			    << name;
		EXPECT_FALSE(is_within(*box_of(arrow.to), tip.column, tip.line)) << name;
		EXPECT_TRUE(arrow.to == REPORT_CLOSED ||
		            is_within(*box_of(arrow.to), step(before.column, tip.column), step(before.line, tip.line)))
			    << name;
	}
}

TEST(DiagramLayout, NoLabelLiesOnABox)
{
	for (const struct diagram_arrow &arrow : diagram_arrows)
		for (const struct diagram_box &box : diagram_boxes)
			for (unsigned i = 0; i < strlen(arrow.label); i++)
				EXPECT_FALSE(is_within(box, arrow.label_at.column + static_cast<int>(i), arrow.label_at.line)) << arrow.label;
}

TEST(DiagramLayout, Counts)
{
	const auto stats = diagram_counted();
	char text[PRINT_PART_MAX];

	EXPECT_STREQ(diagram_counts(text, stats.get(), REPORT_CLOSE_WAIT), "c 107 s 207");
	EXPECT_STREQ(diagram_counts(text, stats.get(), REPORT_ESTABLISHED), "c 1.0M s 100M");
	EXPECT_STREQ(diagram_counts(text, stats.get(), REPORT_LISTEN), "spanstat listen");
	EXPECT_STREQ(diagram_counts(text, nullptr, REPORT_CLOSE_WAIT), "-");
	stats->flows_client_state[REPORT_CLOSED] = stats->flows_server_state[REPORT_CLOSED] = UINT64_MAX;
	EXPECT_LE(strlen(diagram_counts(text, stats.get(), REPORT_CLOSED)), DIAGRAM_BOX_WIDTH - 2u);
}

} // namespace
