/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rows in an order: the first N of any number in one pass, or all of them as far as memory goes.
 *
 * Overview. A sorter takes rows one by one and gives them back in order. It keeps a short key for
 * each row: the fields as numbers that a plain comparison orders, and last the number of the row's
 * arrival, so that equal rows stay as they came. The rows themselves never move. With a limit the
 * keys are a heap with the worst at its top, and a row that does not beat it costs one comparison.
 *
 * Life. filter_sorter_create, rows in, rows out, filter_sorter_destroy. The memory is the caller's.
 *
 * Who writes and who reads. One thread. It calls nobody but the memory.
 *
 * Cost. Giving rows back sorts no more than is asked for (incremental quicksort): the first row
 * costs some two comparisons a key, each further one a logarithm, and no call takes long. Memory:
 * some row_bytes + 16 a row, and as much once more for a moment where keys grow.
 */
#ifndef FILTER_SORT_H
#define FILTER_SORT_H

#include "filter_key.h"
#include "mem_pool.h"

BASE_BEGIN_DECLS

struct filter_sorter;

/*
 * `row_bytes` is the size of a struct report_row or of a struct report_full; `limit` 0: none.
 * `seed`: any number that others cannot guess, for who sends packets chooses rows, and must not
 * know the pivots. The order is copied, the pool borrowed. NULL: no memory.
 */
struct filter_sorter *filter_sorter_create(const struct filter_order *order, size_t row_bytes,
                                           uint64_t limit, uint64_t seed, struct mem_pool *pool);

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
