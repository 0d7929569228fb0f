/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whose netstat: --as, --dialect, --format and --wide, from the command line into the request and
 * the printer's view.
 *
 * The daemon chooses which ends of which connections are lines; the printer writes them.
 */
#ifndef VIEW_H
#define VIEW_H

#include "cmd.h"

/*
 * For struct cmd's parse, after the words: all of narrow.h, and these options. conn and allconn
 * become reports of lines where they ask for one. Returns -1, or a status.
 */
int view_parse(struct ask *ask);

/* Is one of these options on the command line? */
int view_is_asked(const struct options *options);

/* The columns of the terminal that the report goes to; 0: it goes elsewhere. */
unsigned view_terminal(const struct ask *ask);

/* For struct cmd: headings, rows and ends of reports whose parse is view_parse. cmd_lines.c. */
void view_begin(struct ask *ask);
void view_part(struct ask *ask, const struct ctl_frame *frame);
void view_cut(struct ask *ask);
void view_done(struct ask *ask);

#endif
