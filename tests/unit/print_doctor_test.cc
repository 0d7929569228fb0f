/* SPDX-License-Identifier: BSD-3-Clause */
#include "print_fixture.h"
#include "print_rows.h"
#include "report_finding.h"

namespace {

struct report_finding
finding(enum report_finding_verdict verdict, const char *of, const char *mend)
{
	struct report_finding row = {};

	row.verdict = verdict;
	strcpy(row.check, "link");
	strcpy(row.of, of);
	strcpy(row.what, "the \"link\", it is");
	strcpy(row.mend, mend);
	return row;
}

std::string
in(enum print_format format, const struct report_finding &row)
{
	return printed(print_row, &print_doctor, format, static_cast<const void *>(&row));
}

TEST(PrintDoctor, Text)
{
	EXPECT_EQ(in(PRINT_TEXT, finding(REPORT_FINDING_OK, "", "")),
	          "ok      link: the \"link\", it is\n");
	EXPECT_EQ(in(PRINT_TEXT, finding(REPORT_FINDING_ADVICE, "eth1", "")),
	          "advice  link eth1\n  the \"link\", it is\n");
	EXPECT_EQ(in(PRINT_TEXT, finding(REPORT_FINDING_MUST, "eth1", "ip link")),
	          "must    link eth1\n  the \"link\", it is\n    ip link\n");
}

TEST(PrintDoctor, Json)
{
	EXPECT_EQ(in(PRINT_JSON, finding(REPORT_FINDING_OK, "", "")),
	          "{\"check\":\"link\",\"verdict\":\"ok\",\"finding\":\"the \\\"link\\\", it is\"}\n");
	const std::string line = in(PRINT_JSON, finding(REPORT_FINDING_MUST, "eth1", "a \\ b"));
	EXPECT_EQ(line, "{\"check\":\"link\",\"of\":\"eth1\",\"verdict\":\"must\",\"finding\":"
	                "\"the \\\"link\\\", it is\",\"remedy\":\"a \\\\ b\"}\n");
	expect_json_line(line);
}

TEST(PrintDoctor, Csv)
{
	const std::string line = in(PRINT_CSV, finding(REPORT_FINDING_ADVICE, "eth1", "a,b"));

	EXPECT_EQ(line, "link,eth1,advice,\"the \"\"link\"\", it is\",\"a,b\"\n");
	EXPECT_EQ(printed(print_heading, &print_doctor, PRINT_CSV),
	          "check,of,verdict,finding,remedy\n");
}

} // namespace
