/* SPDX-License-Identifier: BSD-3-Clause */
/* The index inside the table, for lib/flow alone: where numbers are put, found and taken out. */
#ifndef FLOW_INDEX_H
#define FLOW_INDEX_H

#include "flow_table.h"

/*
 * Puts a number on the way of its hash. There is always room: the buckets outnumber the capacity.
 */
void flow_index_put(struct flow_table *table, uint64_t hash, uint32_t number);

/* Takes it out again. The number must be there. */
void flow_index_take(struct flow_table *table, uint64_t hash, uint32_t number);

#endif
