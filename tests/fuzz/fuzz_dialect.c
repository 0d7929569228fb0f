/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Any bytes as connections, in the columns and the spelling of every system.
 *
 * Whatever the rows hold, text is text, JSON is JSON, and CSV has the columns of its heading; and a
 * row is as many lines as it has local ends. A libFuzzer target; fuzz_main.c runs it over kept
 * inputs where there is no libFuzzer.
 */

#include "dialect_data.h"
#include "dialect_print.h"
#include "fuzz_output.h"
#include "fuzz_rows.h"

#define FUZZ_ROWS_MAX 4

static struct print_out fuzz_out;

static void
fuzz_lines(const struct report_row *row)
{
	struct dialect_line lines[2];
	unsigned n = dialect_lines(row, lines);

	fuzz_check(n <= 2);
	for (unsigned i = 0; i < n; i++)
		fuzz_check(lines[i].local == &row->client || lines[i].local == &row->server);
}

static void
fuzz_text(const struct dialect_view *view, const struct report_row *rows, unsigned n)
{
	struct dialect_printer printer;

	if (!dialect_has(view->id, view->report))
		return;
	dialect_printer_init(&printer, view, n == 0);
	dialect_print_rows(&printer, &fuzz_out, rows, n);
	dialect_print_end(&printer, &fuzz_out);
	fuzz_output_check(&fuzz_out, PRINT_TEXT);
}

static void
fuzz_data_lines(const struct dialect_view *view, const struct report_row *rows, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		dialect_json(&fuzz_out, &rows[i], view);
	fuzz_output_check(&fuzz_out, PRINT_JSON);
	dialect_csv_header(&fuzz_out, view);
	for (unsigned i = 0; i < n; i++)
		dialect_csv(&fuzz_out, &rows[i], view);
	fuzz_output_check_columns(&fuzz_out);
	fuzz_output_check(&fuzz_out, PRINT_CSV);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_data from = { data, data + size };
	struct report_row rows[FUZZ_ROWS_MAX];
	unsigned how = fuzz_data_byte(&from), n = 0;
	struct dialect_view view = {
		.id = (enum dialect_id)(how % DIALECTS),
		.report = (enum dialect_report)(how / 8 % DIALECT_REPORTS),
		.lines = how >> 5 & 1,
		.wide = how >> 6 & 1,
		.long_form = how >> 7 & 1,
		.console = how >> 4 & 1,
		.columns = fuzz_data_byte(&from),
	};

	/* As the command has it: a system's columns are those of lines, and so are sockets'. */
	view.lines |= view.id != DIALECT_NONE || view.report == DIALECT_SOCKETS;
	fuzz_output_init(&fuzz_out);
	fuzz_out.style = fuzz_rows_style(&from);
	while (n < FUZZ_ROWS_MAX && fuzz_data_has(&from)) {
		fuzz_rows_fill(&from, &rows[n], sizeof(rows[n]));
		fuzz_lines(&rows[n++]);
	}
	fuzz_text(&view, rows, n);
	fuzz_data_lines(&view, rows, n);
	return 0;
}
