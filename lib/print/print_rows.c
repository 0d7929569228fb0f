/* SPDX-License-Identifier: BSD-3-Clause */
/* The choice of the format; see print_rows.h. */

#include "print_rows.h"

/* Of the reports that have no rows to print, or print them in a way of their own. */
const struct print_rows print_none = { 0 };

void
print_heading(struct print_out *out, const struct print_rows *rows, enum print_format format)
{
	if (format == PRINT_TEXT && rows->text_heading)
		rows->text_heading(out);
	if (format == PRINT_CSV && rows->csv_heading)
		rows->csv_heading(out);
}

void
print_row(struct print_out *out, const struct print_rows *rows, enum print_format format,
          const void *row)
{
	switch (format) {
	case PRINT_TEXT:
		rows->text(out, row);
		break;
	case PRINT_JSON:
		rows->json(out, row);
		break;
	case PRINT_CSV:
		rows->csv(out, row);
		break;
	}
}

void
print_end_cut(struct print_out *out, const struct print_rows *rows, enum print_format format,
              uint64_t n)
{
	if (format == PRINT_TEXT && rows->text_cut)
		rows->text_cut(out, n);
}
