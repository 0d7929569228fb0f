/* SPDX-License-Identifier: BSD-3-Clause */
/* home: the networks that count as local. */

#include "base_text.h"
#include "cmd.h"
#include "print_home.h"

static void
home_part(struct ask *ask, const struct ctl_frame *frame)
{
	const struct report_net *nets = frame->payload;
	unsigned n = (unsigned)(frame->length / sizeof(nets[0]));

	if (frame->type != CTL_NETS)
		return;
	if (ask->options->format == FORMAT_JSON)
		print_home_json(&ask->out, nets, n);
	else if (ask->options->format == FORMAT_CSV)
		print_home_csv(&ask->out, nets, n, !ask->options->no_header);
	else
		print_home_text(&ask->out, nets, n);
}

const struct cmd cmd_home = {
	.name = "home",
	.request = CTL_HOME,
	.help = N_("the home list: which networks count as local"),
	.begin = ask_title,
	.part = home_part,
};
