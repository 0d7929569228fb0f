/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rows in an order: the first N of any number in one pass, or all of them as far as memory goes.
 *
 * A sorter takes rows one by one and gives them back in order. It keeps a short key for each row
 * (the fields as numbers, so made that a plain comparison orders them, and last the row's arrival,
 * so that equals stay as they came) and the rows themselves, which never move. With a limit the
 * keys are a heap with the worst at its top, and a row that does not beat it costs one comparison.
 *
 * Giving rows back sorts no more than has been asked for (incremental quicksort): the first row
 * costs some two comparisons a key, each further one a logarithm, and no call takes long.
 *
 * Memory: some row_bytes + 16 a row and as much again for a moment where keys grow; from the
 * caller. Owned by one thread. Calls nobody but the memory.
 */
#ifndef FILTER_SORT_H
#define FILTER_SORT_H

#include "filter_key.h"
#include "mem_pool.h"

BASE_BEGIN_DECLS

struct filter_sorter;

/*
 * `row_bytes` is the size of a struct report_row or of a struct report_full; `limit` 0: none.
 * The order is copied, the pool borrowed. NULL: no memory.
 */
struct filter_sorter *filter_sorter_create(const struct filter_order *order, size_t row_bytes,
                                           uint64_t limit, struct mem_pool *pool);

/* Copies a row. 0 or -ENOMEM. Not after filter_sorter_next. */
int filter_sorter_add(struct filter_sorter *sorter, const void *row);

/* The next row, valid while the sorter is; NULL: that was the last. */
const void *filter_sorter_next(struct filter_sorter *sorter);

/* Rows that were added and are not given back, for the limit. */
uint64_t filter_sorter_cut(const struct filter_sorter *sorter);

/* NULL is allowed. */
void filter_sorter_destroy(struct filter_sorter *sorter);

BASE_END_DECLS

#endif
