/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The kinds of queries; only lib/query uses them. There is one for each value of the column
 * `source` of the table of reports, each in the file that is named for it.
 */
#ifndef QUERY_KINDS_H
#define QUERY_KINDS_H

#include "query_pool.h"

#define QUERY_DECLARE(id, name, letter, row, source, ...)                                          \
	extern const struct query_ops query_##source;
REPORT_TABLE(QUERY_DECLARE)
REPORT_VARIANTS(QUERY_DECLARE)
#undef QUERY_DECLARE

/* Does that report show only active connections? */
bool query_is_active(enum report_request report);

/* Says what is wrong with the request. Returns -EINVAL. */
int query_refuse(char *text, const char *what, const char *why);

#endif
