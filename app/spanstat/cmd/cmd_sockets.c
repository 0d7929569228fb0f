/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * sockets: per host its sockets, the listening ones first: of home hosts, or of the one that --as
 * names.
 *
 * The daemon sorts the lines by host and sends them one by one, so this end holds one frame however
 * many hosts there are. At the other end the sort takes some 200 bytes a line of what all sorts
 * share, and says so when there are too many; a client that grouped by itself would need as much.
 * Asking host by host would need next to nothing, but walk the whole table once for each.
 */

#include "base_text.h"
#include "cmd.h"
#include "view.h"

const struct cmd cmd_sockets = {
	.name = "sockets",
	.letter = 's',
	.request = CTL_CONN,
	.help = N_("per host at home its sockets, the listening ones first"),
	.narrows = 1,
	.views = 1,
	.parse = view_parse,
	.begin = view_begin,
	.part = view_part,
	.cut = view_cut,
	.done = view_done,
};
