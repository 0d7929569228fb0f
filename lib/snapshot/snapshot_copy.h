/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Copies of a flow for the control core, taken through its sequence count: what is in one copy was
 * true at one moment.
 *
 * There are three depths, so that a flow nobody asks for costs no more than what tells so: the
 * entry's first line, both its lines, and all that is known of it. Control; the worker does not
 * notice. A number half written may be any number, so nothing is made of a copy before its count
 * has been looked at again.
 */
#ifndef SNAPSHOT_COPY_H
#define SNAPSHOT_COPY_H

#include "entry_overflow.h"

BASE_BEGIN_DECLS

enum snapshot_depth {
	SNAPSHOT_DEPTH_LINE,  /* the key, the times, the flags */
	SNAPSHOT_DEPTH_ENTRY, /* and both ends */
	SNAPSHOT_DEPTH_WHOLE, /* and the side and the wide record */
	SNAPSHOT_N_DEPTHS
};

struct snapshot_copy {
	struct entry entry;
	struct flow_cold side; /* but for `due`, which is the sweep's and outside of the count */
	struct entry_overflow wide; /* only where the entry has one */
};

/*
 * Both lines of an entry are fetched ahead, past the caches that the worker shares, and both are
 * read, whatever the copy needs: the slab is gone through line by line. Where lines are
 * fetched and not read, read and not fetched, or every other one is left out, the core's own
 * prefetchers bring more than that, and their traffic slows the worker, by a third at worst.
 */
BASE_INLINE void
snapshot_copy_prefetch(const struct flow_table *table, uint32_t number)
{
	const uint8_t *entry = (const uint8_t *)flow_table_entry(table, number);

	__builtin_prefetch(entry, 0, 0);
	__builtin_prefetch(entry + BASE_CACHE_LINE, 0, 0);
}

/* Is the entry free, or on its way to be? Whoever is opened meanwhile comes too late. */
BASE_INLINE int
snapshot_copy_is_free(const struct flow_table *table, uint32_t number)
{
	const struct entry *e = entry_at(table, number);

	(void)__atomic_load_n((const volatile uint64_t *)&e->end[0].traffic, __ATOMIC_RELAXED);
	return base_load_u64(&e->key.rest) == 0;
}

BASE_INLINE const struct entry_overflow *
snapshot_copy_wide(const struct snapshot_copy *copy)
{
	return copy->entry.flags & ENTRY_OVERFLOW ? &copy->wide : NULL;
}

/* As deep as that; the rest of *copy is left as it is. Control. */
void snapshot_copy_take(const struct flow_table *table, const struct entry_overflow_pool *wides,
                        uint32_t number, enum snapshot_depth depth, struct snapshot_copy *copy);

BASE_END_DECLS

#endif
