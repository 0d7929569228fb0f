/* SPDX-License-Identifier: BSD-3-Clause */
/* timewait: TIME_WAIT by client, server and port, and whether the ports last. */

#include "base_text.h"
#include "lines.h"
#include "print_timewait.h"

static void
timewait_text(struct print_out *out, const void *line)
{
	print_timewait_text(out, line);
}

static void
timewait_json(struct print_out *out, const void *line)
{
	print_timewait_json(out, line);
}

static void
timewait_csv(struct print_out *out, const void *line)
{
	print_timewait_csv(out, line);
}

static const struct lines timewait_lines = {
	.type = CTL_TIMEWAIT_LINES,
	.bytes = sizeof(struct digest_timewait),
	.heading = print_timewait_heading,
	.csv_header = print_timewait_csv_header,
	.text = timewait_text,
	.json = timewait_json,
	.csv = timewait_csv,
};

const struct cmd cmd_timewait = {
	.name = "timewait",
	.request = CTL_TIMEWAIT,
	.help = N_("TIME_WAIT by client and server, and when the client's ports run out"),
	.narrows = 1,
	.lines = &timewait_lines,
	.parse = lines_parse,
	.begin = lines_begin,
	.part = lines_part,
	.cut = lines_cut,
};
