/* SPDX-License-Identifier: BSD-3-Clause */
/* The home list, ADDRESS/LENGTH a line; see report_home.h. */

#include "report_home.h"
#include "report_format.h"
#include "report_out.h"

#define REPORT_HOME_LINE_MAX 128

static char *
home_network(char *p, const struct report_net *net)
{
	p = report_format_addr(p, net->addr, net->version);
	*p++ = '/';
	return report_format_u64(p, net->len);
}

static void
home_lines(struct report_out *out, const struct report_net *nets, unsigned n, const char *before,
           const char *after)
{
	for (unsigned i = 0; i < n; i++) {
		char *p = report_out_reserve(out, REPORT_HOME_LINE_MAX);

		p = report_format_text(p, before);
		p = home_network(p, &nets[i]);
		report_out_commit(out, report_format_text(p, after));
	}
}

void
report_home_text(struct report_out *out, const struct report_net *nets, unsigned n)
{
	home_lines(out, nets, n, "", "\n");
}

void
report_home_json(struct report_out *out, const struct report_net *nets, unsigned n)
{
	home_lines(out, nets, n, "{\"network\":\"", "\"}\n");
}

void
report_home_csv(struct report_out *out, const struct report_net *nets, unsigned n, int with_header)
{
	if (with_header)
		report_out_puts(out, "network\n");
	home_lines(out, nets, n, "", "\n");
}
