/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which connections, in which order, how many: from the command line into the request.
 *
 * The words after a report's name are a filter. It is compiled here only to find its mistakes
 * before anybody is asked. The daemon compiles it for the work.
 */
#ifndef NARROW_H
#define NARROW_H

#include "ask.h"

/* For cmd_verb.parse: filter, --sort, --limit, --by, -I, -P and -E. Returns -1, or a status. */
int narrow_parse(struct ask *ask);

#endif
