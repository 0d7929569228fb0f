// SPDX-License-Identifier: BSD-3-Clause
// The text format: what a scraper reads, letter by letter.

#include <gtest/gtest.h>

#include "evbuffer_text.h"
#include "export_text.h"

namespace
{

TEST(ExportText, AFamilyAndItsSamples)
{
	support::Buffer out;
	const export_label labels[EXPORT_LABELS_MAX] = {{"state", "CLOSED"}, {"end", "client"}, {}};

	export_text_family(out, "a_total", EXPORT_COUNTER, "Of a.");
	export_text_plain(out, "a_total", UINT64_MAX, EXPORT_NUMBER);
	export_text_family(out, "b", EXPORT_HISTOGRAM, "Of b.");
	export_text_sample(out, "b", "_bucket", labels, 7, EXPORT_BOOL);
	EXPECT_EQ(out.text(), "# HELP a_total Of a.\n# TYPE a_total counter\na_total 18446744073709551615\n"
	                      "# HELP b Of b.\n# TYPE b histogram\n"
	                      "b_bucket{state=\"CLOSED\",end=\"client\"} 1\n");
}

TEST(ExportText, MicrosecondsAreSeconds)
{
	support::Buffer out;

	export_text_plain(out, "a", 0, EXPORT_US);
	export_text_plain(out, "a", 1, EXPORT_US);
	export_text_plain(out, "a", 12000034, EXPORT_US);
	EXPECT_EQ(out.text(), "a 0.000000\na 0.000001\na 12.000034\n");
}

// A port is named by a user, so it may be anything.
TEST(ExportText, ValuesOfLabelsAreEscaped)
{
	support::Buffer out;

	export_text_labelled(out, "a", "port", "q\"b\\n\nz", 1, EXPORT_NUMBER);
	export_text_labelled(out, "a", "port", "", 2, EXPORT_NUMBER);
	EXPECT_EQ(out.text(), "a{port=\"q\\\"b\\\\n\\nz\"} 1\na{port=\"\"} 2\n");
}

} // namespace
