/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * byteinfo: bytes and packets of each active connection, and how long it has been idle. Out is what
 * the client sends; with --as or a dialect, what the line's own end sends.
 */

#include "base_text.h"
#include "cmd.h"
#include "view.h"

const struct cmd cmd_byteinfo = {
	.name = "byteinfo",
	.letter = 'b',
	.request = CTL_CONN,
	.help = N_("bytes and packets in and out of each active connection, idle time"),
	.narrows = 1,
	.views = 1,
	.parse = view_parse,
	.begin = view_begin,
	.part = view_part,
	.cut = view_cut,
	.done = view_done,
};
