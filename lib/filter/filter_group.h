/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rows counted and added up by what they have in common: --by server,server-port.
 *
 * A grouper takes rows one by one and gives back groups, the largest first or in a given order.
 * Groups lie in one array that grows to FILTER_GROUPS_MAX; rows whose group finds no room any more,
 * or no memory, are counted in one last group, `other`, so that the sums are always those of all
 * rows. They are found by mem_table, hashed with the caller's secret: addresses come from the
 * network.
 *
 * Memory: 136 bytes a group, eight for its place in the index, and half of that once more while the
 * array grows; at most 14 MB. Owned by one thread. Calls nobody but the memory.
 */
#ifndef FILTER_GROUP_H
#define FILTER_GROUP_H

#include "filter_key.h"
#include "mem_pool.h"

BASE_BEGIN_DECLS

#define FILTER_GROUPS_MAX 65536

struct filter_grouper;

/*
 * The grouping is copied, the pool borrowed. `secret`: any number that others cannot guess. NULL:
 * no memory.
 */
struct filter_grouper *filter_grouper_create(const struct filter_grouping *grouping,
                                             uint64_t secret, struct mem_pool *pool);

/* Counts a row. */
void filter_grouper_add(struct filter_grouper *grouper, const struct report_row *row);

/*
 * No row comes any more: puts the groups in order, for FILTER_KEY_SORTS_GROUPS; an order of no keys
 * is by count, the largest first. `other` is last in any. Some ten milliseconds for 65,536.
 */
void filter_grouper_sort(struct filter_grouper *grouper, const struct filter_order *order);

/* How many there are, `other` included; group `at` of them, after filter_grouper_sort. */
uint32_t filter_grouper_count(const struct filter_grouper *grouper);
const struct report_group *filter_grouper_at(const struct filter_grouper *grouper, uint32_t at);

/* NULL is allowed. */
void filter_grouper_destroy(struct filter_grouper *grouper);

BASE_END_DECLS

#endif
