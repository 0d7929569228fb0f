/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whose netstat: --as, --dialect, --format and --wide, from the command line into the request and
 * the printer's view.
 *
 * The daemon chooses which ends of which connections are lines; the printer writes them.
 */
#ifndef VIEW_H
#define VIEW_H

#include "ask.h"

/* For cmd_verb.parse: all of narrow.h, and these options. Returns -1, or a status. */
int view_parse(struct ask *ask);

/* The columns of the terminal that the report goes to; 0: it goes elsewhere. cmd_view.c. */
unsigned view_terminal(const struct ask *ask);

#endif
