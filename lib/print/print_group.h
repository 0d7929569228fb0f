/* SPDX-License-Identifier: BSD-3-Clause */
/* The rows of --by as text, JSON and CSV. One thread an `out`. */
#ifndef PRINT_GROUP_H
#define PRINT_GROUP_H

#include "print_rows.h"
#include "report_group.h"

BASE_BEGIN_DECLS

/*
 * The columns' names; they depend on the keys, so they come from the first group. print_groups
 * prints the rows: what a key has no value for (no VLAN, not ended) is empty in CSV, absent in
 * JSON.
 */
void print_group_text_heading(struct print_out *out, const struct report_group *group);
void print_group_csv_header(struct print_out *out, const struct report_group *group);

/*
 * The value of a key for a person, a host by its name if names are shown; without NUL, at most
 * PRINT_GROUP_KEY_MAX bytes. Returns its end.
 */
#define PRINT_GROUP_KEY_MAX 64
char *
print_group_key(char *to, const struct print_style *style, const struct report_group_key *key);

BASE_END_DECLS

#endif
