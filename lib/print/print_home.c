/* SPDX-License-Identifier: BSD-3-Clause */
/* The home list, ADDRESS/LENGTH a line; see report_home.h. */

#include "print_rows.h"
#include "report_format.h"
#include "report_home.h"

#define PRINT_HOME_LINE_MAX 128

static char *
home_network(char *p, const struct report_net *net)
{
	p = report_format_addr(p, net->addr, net->version);
	*p++ = '/';
	return report_format_u64(p, net->len);
}

static void
home_line(struct print_out *out, const struct report_net *net, const char *before,
          const char *after)
{
	char *p = print_out_reserve(out, PRINT_HOME_LINE_MAX);

	p = report_format_text(p, before);
	p = home_network(p, net);
	print_out_commit(out, report_format_text(p, after));
}

static void
home_text(struct print_out *out, const void *row)
{
	home_line(out, row, "", "\n");
}

static void
home_json(struct print_out *out, const void *row)
{
	home_line(out, row, "{\"network\":\"", "\"}\n");
}

static void
home_csv_heading(struct print_out *out)
{
	print_out_puts(out, "network\n");
}

const struct print_rows print_home = {
	.csv_heading = home_csv_heading,
	.text = home_text,
	.json = home_json,
	.csv = home_text,
};
