/* SPDX-License-Identifier: BSD-3-Clause */
/* The one place that chooses between text, JSON and CSV. */
#include "print_rows.h"

#include "print_fixture.h"

namespace {

void
put(struct print_out *out, const char *what, const void *row)
{
	print_out_printf(out, "%s %s\n", what, static_cast<const char *>(row));
}

const struct print_rows whole = {
	[](struct print_out *out) { print_out_puts(out, "text heading\n"); },
	[](struct print_out *out) { print_out_puts(out, "csv heading\n"); },
	[](struct print_out *out, const void *row) { put(out, "text", row); },
	[](struct print_out *out, const void *row) { put(out, "json", row); },
	[](struct print_out *out, const void *row) { put(out, "csv", row); },
	[](struct print_out *out, uint64_t rows) { print_out_printf(out, "cut after %d\n", (int)rows); },
};

std::string
report(const struct print_rows *rows, enum print_format format)
{
	const void *row = "row";

	return printed(print_heading, rows, format) + printed(print_row, rows, format, row) +
	       printed(print_end_cut, rows, format, uint64_t(3));
}

TEST(PrintRows, EachFormat)
{
	EXPECT_EQ(report(&whole, PRINT_TEXT), "text heading\ntext row\ncut after 3\n");
	EXPECT_EQ(report(&whole, PRINT_JSON), "json row\n");
	EXPECT_EQ(report(&whole, PRINT_CSV), "csv heading\ncsv row\n");
}

TEST(PrintRows, PartsThatAreMissing)
{
	struct print_rows rows = whole;

	rows.text_heading = rows.csv_heading = nullptr;
	rows.text_cut = nullptr;
	EXPECT_EQ(report(&rows, PRINT_TEXT), "text row\n");
	EXPECT_EQ(report(&rows, PRINT_JSON), "json row\n");
	EXPECT_EQ(report(&rows, PRINT_CSV), "csv row\n");
	/* The printer of the reports that have none. */
	for (enum print_format format : { PRINT_TEXT, PRINT_JSON, PRINT_CSV }) {
		EXPECT_EQ(printed(print_heading, &print_none, format), "");
		EXPECT_EQ(printed(print_end_cut, &print_none, format, uint64_t(3)), "");
	}
}

/* A printer of the table has all three formats or none, and CSV has its heading but for groups'. */
TEST(PrintRows, PrintersOfTheTable)
{
	unsigned n = 0;

	for (const struct print_rows *rows : {
#define PRINTER(id, name, letter, row, source, digest, printer, ...) &print_##printer,
		     REPORT_TABLE(PRINTER) REPORT_VARIANTS(PRINTER) }) {
		if (rows == &print_none)
			continue;
		n++;
		EXPECT_NE(rows->text, nullptr);
		EXPECT_NE(rows->json, nullptr);
		EXPECT_NE(rows->csv, nullptr);
		EXPECT_EQ(rows->csv_heading == nullptr, rows == &print_groups);
	}
	EXPECT_GE(n, 12u);
}

} // namespace
