/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Copies of a flow for the control core, taken through its sequence count: what is in one copy was
 * true at one moment.
 *
 * There are three depths, so that a flow that nobody asks for costs no more than it takes to know
 * so: the entry without its ends, the entry, and all that is known of it. Control; the worker does
 * not notice. A number that is half written may be any number, so a copy is not used before its
 * count has been checked.
 */
#ifndef SNAPSHOT_COPY_H
#define SNAPSHOT_COPY_H

#include "domain.h"
#include "entry_trouble.h"
#include "entry_upper.h"

BASE_BEGIN_DECLS

struct track;

enum snapshot_depth {
	SNAPSHOT_DEPTH_HEAD,  /* the key, the times, the flags */
	SNAPSHOT_DEPTH_ENTRY, /* and both ends */
	SNAPSHOT_DEPTH_WHOLE, /* and the cold slot, the upper part, the records of trouble */
	SNAPSHOT_N_DEPTHS
};

struct snapshot_copy {
	struct entry entry;
	struct flow_cold cold;           /* without `due`, which is the sweep's */
	struct entry_upper upper;        /* only where the entry has ENTRY_UPPER */
	struct entry_trouble trouble[2]; /* each only where its end has a record */
	uint16_t vlan;                   /* of its first packet, or PACKET_NO_VLAN */
	uint8_t n_tunnels, n_back;       /* around what a sends; around what b does, if another */
	struct packet_tunnel tunnels[PACKET_TUNNEL_MAX], back[PACKET_TUNNEL_MAX];
};

/*
 * Fetches both lines of an entry ahead, past the caches that the worker shares. Both lines are read
 * later, whatever the copy needs: the slab is walked line by line. Where lines are fetched and not
 * read, read and not fetched, or every other one is left out, the core's own prefetchers bring more
 * than that, and their traffic slows the worker, by a third at worst. Control.
 */
BASE_INLINE void
snapshot_copy_prefetch(const struct flow_table *table, uint32_t number)
{
	const uint8_t *entry = (const uint8_t *)flow_table_entry(table, number);

	__builtin_prefetch(entry, 0, 0);
	__builtin_prefetch(entry + BASE_CACHE_LINE, 0, 0);
}

/* Is the entry free, or about to be? A flow that is opened meanwhile is missed. Control. */
BASE_INLINE bool
snapshot_copy_is_free(const struct flow_table *table, uint32_t number)
{
	const struct entry *e = entry_at(table, number);

	(void)__atomic_load_n((const volatile uint64_t *)&e->end[0].traffic, __ATOMIC_RELAXED);
	return base_load_u64(&e->key.rest) == 0;
}

/* The upper part of a whole copy, or NULL where it is not in use. Any. */
BASE_INLINE const struct entry_upper *
snapshot_copy_upper(const struct snapshot_copy *copy)
{
	return copy->entry.flags & ENTRY_UPPER ? &copy->upper : NULL;
}

/* Copies a flow to that depth; the rest of *copy is left as it is. Control. */
void snapshot_copy_take(const struct track *track, uint32_t number, enum snapshot_depth depth,
                        struct snapshot_copy *copy);

/* Adds what the path in the copied cold slot says. As domain_path_read. */
void snapshot_copy_path(const struct domain_table *domains, struct snapshot_copy *copy);

BASE_END_DECLS

#endif
