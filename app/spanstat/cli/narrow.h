/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which connections, in which order, how many: from the command line into the request.
 *
 * The words after a report's name are a filter; it is compiled here for its mistakes alone, before
 * anybody is asked, and again in the daemon, which does the work.
 */
#ifndef NARROW_H
#define NARROW_H

#include "cmd.h"

/* For struct cmd's parse: filter, --sort, --limit, --by, -I, -P and -E. Returns -1, or a status. */
int narrow_parse(struct ask *ask);

/* Is anything of that on the command line, but for words? */
int narrow_is_asked(const struct options *options);

#endif
