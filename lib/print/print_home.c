/* SPDX-License-Identifier: BSD-3-Clause */
/* The home list, ADDRESS/LENGTH a line; see report_home.h. */

#include "print_home.h"
#include "report_format.h"

#define PRINT_HOME_LINE_MAX 128

static char *
home_network(char *p, const struct report_net *net)
{
	p = report_format_addr(p, net->addr, net->version);
	*p++ = '/';
	return report_format_u64(p, net->len);
}

static void
home_lines(struct print_out *out, const struct report_net *nets, unsigned n, const char *before,
           const char *after)
{
	for (unsigned i = 0; i < n; i++) {
		char *p = print_out_reserve(out, PRINT_HOME_LINE_MAX);

		p = report_format_text(p, before);
		p = home_network(p, &nets[i]);
		print_out_commit(out, report_format_text(p, after));
	}
}

void
print_home_text(struct print_out *out, const struct report_net *nets, unsigned n)
{
	home_lines(out, nets, n, "", "\n");
}

void
print_home_json(struct print_out *out, const struct report_net *nets, unsigned n)
{
	home_lines(out, nets, n, "{\"network\":\"", "\"}\n");
}

void
print_home_csv(struct print_out *out, const struct report_net *nets, unsigned n, int with_header)
{
	if (with_header)
		print_out_puts(out, "network\n");
	home_lines(out, nets, n, "", "\n");
}
