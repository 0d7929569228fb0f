/* SPDX-License-Identifier: BSD-3-Clause */
/* leaks: half-closed connections by server and port, and who forgot to close. */

#include "base_text.h"
#include "lines.h"
#include "print_leaks.h"

static void
leaks_text(struct print_out *out, const void *line)
{
	print_leaks_text(out, line);
}

static void
leaks_json(struct print_out *out, const void *line)
{
	print_leaks_json(out, line);
}

static void
leaks_csv(struct print_out *out, const void *line)
{
	print_leaks_csv(out, line);
}

static const struct lines leaks_lines = {
	.type = CTL_LEAK_LINES,
	.bytes = sizeof(struct digest_leak),
	.heading = print_leaks_heading,
	.csv_header = print_leaks_csv_header,
	.text = leaks_text,
	.json = leaks_json,
	.csv = leaks_csv,
};

const struct cmd cmd_leaks = {
	.name = "leaks",
	.request = CTL_LEAKS,
	.help = N_("half-closed connections by server and port, who does not close, and why"),
	.narrows = 1,
	.lines = &leaks_lines,
	.parse = lines_parse,
	.begin = lines_begin,
	.part = lines_part,
	.cut = lines_cut,
};
