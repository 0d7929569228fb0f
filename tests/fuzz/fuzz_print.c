/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Any bytes as a row of any report, as text, JSON and CSV.
 *
 * Rows come over a socket, so none can be trusted: whatever they hold, text is text, JSON is JSON,
 * and CSV has the columns of its heading. health has two rows of counters, which are judged first.
 * A libFuzzer target; fuzz_main.c runs it over kept inputs where there is no libFuzzer.
 */

#include "fuzz_output.h"
#include "fuzz_rows.h"
#include "print_conn.h"
#include "print_group.h"
#include "print_health.h"
#include "report_stats.h"

static struct print_out fuzz_out;

static union {
	struct report_stats stats[2];
	char bytes[2 * sizeof(struct report_stats)];
} fuzz_row;

/* The row of health is what the checks make of two rows of counters. */
static void
fuzz_health(struct fuzz_data *data, enum print_format format)
{
	static struct digest_check checks[DIGEST_CHECKS_MAX];
	const struct digest_clock clock = { 1, fuzz_data_byte(data) & 1, fuzz_data_byte(data) };
	struct print_health_row row = { checks, 0, fuzz_data_byte(data) & 1 };

	fuzz_rows_fill(data, &fuzz_row.stats[1], sizeof(fuzz_row.stats[1]));
	row.n = digest_health(&fuzz_row.stats[0], &fuzz_row.stats[1], &clock, checks);
	fuzz_check(row.n <= DIGEST_CHECKS_MAX);
	print_row(&fuzz_out, &print_health, format, &row);
}

/* CSV of counters is not a table: NAME,VALUE. What is grouped by is in the heading. */
static void
fuzz_heading(unsigned report, enum print_format format)
{
	if (report != REPORT_ASK_GROUP)
		print_heading(&fuzz_out, fuzz_reports[report].rows, format);
	else if (format == PRINT_TEXT)
		print_group_text_heading(&fuzz_out, (const void *)fuzz_row.bytes);
	else if (format == PRINT_CSV)
		print_group_csv_header(&fuzz_out, (const void *)fuzz_row.bytes);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_data from = { data, data + size };
	unsigned report = 1 + fuzz_data_byte(&from) % (REPORT_REQUESTS - 1);
	enum print_format format = (enum print_format)(fuzz_data_byte(&from) % (PRINT_CSV + 1));
	const struct print_rows *rows = fuzz_reports[report].rows;

	if (rows == &print_none)
		return 0;
	fuzz_output_init(&fuzz_out);
	fuzz_out.style = fuzz_rows_style(&from);
	fuzz_rows_fill(&from, fuzz_row.bytes, fuzz_reports[report].row_bytes);
	fuzz_heading(report, format);
	if (report == REPORT_ASK_HEALTH)
		fuzz_health(&from, format);
	else
		print_row(&fuzz_out, rows, format, fuzz_row.bytes);
	if (format == PRINT_CSV)
		fuzz_output_check_columns(&fuzz_out);
	print_end_cut(&fuzz_out, rows, format, 1);
	fuzz_output_check(&fuzz_out, format);
	return 0;
}
