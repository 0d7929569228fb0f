/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The upper parts of a flow's packets, bytes and payload, so that they are exact at any size.
 *
 * Overview. The entry has room for the lower parts: 65,535 packets, 128 MB, 137 GB of payload at
 * each end. What goes beyond is carried over into 16 bytes that every flow has for itself
 * (flow_table.h), so there is always room, whatever the other flows do. What is shown is the sum of
 * both parts: up to 2^48 - 1 bytes, as much payload, and 2^39 packets and more. The other use of
 * these bytes is the number of the tunnel in which the flow was first seen, its wrapping.
 *
 * Life. They mean nothing until something is written into them; ENTRY_UPPER says so. Opening and
 * forgetting a flow does not touch them.
 *
 * Who writes and who reads. Worker: writes, inside the entry's open write. Control: reads, inside
 * the entry's read.
 *
 * Cost. 16 bytes a flow; a line more once in 65,534 packets or 128 MB.
 */
#ifndef ENTRY_UPPER_H
#define ENTRY_UPPER_H

#include "entry.h"

BASE_BEGIN_DECLS

/*
 * A packet counted in `packets` stands for so many: two stay in the entry. Whether an end has sent
 * anything, and whether a flow is more than its first packet, is read from the entry alone.
 */
#define ENTRY_UPPER_PACKETS (TCP_END_PACKETS_MAX + 1 - 2)

#define ENTRY_UPPER_PACKETS_BITS 24
#define ENTRY_UPPER_BYTES_BITS   21
#define ENTRY_UPPER_PAYLOAD_BITS 11

struct entry_upper_end {
	uint64_t packets : ENTRY_UPPER_PACKETS_BITS; /* in units of ENTRY_UPPER_PACKETS */
	uint64_t bytes : ENTRY_UPPER_BYTES_BITS;     /* those above the 27 bits of the entry */
	uint64_t payload : ENTRY_UPPER_PAYLOAD_BITS; /* those above payload_high */
	uint64_t wrap : 8; /* number of the wrapping: low byte at a, high byte at b */
};

struct entry_upper {
	struct entry_upper_end end[2];
};

static_assert(sizeof(struct entry_upper) == sizeof(struct flow_upper), "it lies over one");
static_assert(TCP_END_BYTES_BITS + ENTRY_UPPER_BYTES_BITS >= 48, "bytes");
static_assert(32 + 5 + ENTRY_UPPER_PAYLOAD_BITS >= 48, "payload; 5 is payload_high");
static_assert((uint64_t)ENTRY_UPPER_PACKETS << ENTRY_UPPER_PACKETS_BITS >= UINT64_C(1) << 39,
              "packets");

/* The upper part of an entry in the table, in use or not. Worker; control: for snapshot_copy. */
BASE_INLINE struct entry_upper *
entry_upper_at(const struct flow_table *table, uint32_t number)
{
	return (struct entry_upper *)flow_table_upper(table, number);
}

/* The same, brought into use. Worker, in the entry's open write. */
BASE_INLINE struct entry_upper *
entry_upper_open(const struct flow_table *table, struct entry *e)
{
	const struct flow_entry *entry = (const struct flow_entry *)(const void *)e;
	uint32_t number = flow_table_number(table, entry);
	struct flow_upper *upper = flow_table_upper(table, number);

	if (!(e->flags & ENTRY_UPPER))
		upper->user[0] = upper->user[1] = 0;
	e->flags |= ENTRY_UPPER;
	return entry_upper_at(table, number);
}

/* The number of the flow's wrapping; 0: none. `upper` is NULL where it is not in use. Any. */
BASE_INLINE uint16_t
entry_upper_wrap(const struct entry_upper *upper)
{
	return upper != NULL ? (uint16_t)(upper->end[0].wrap | upper->end[1].wrap << 8) : 0;
}

/* Sets it. A flow that is in no tunnel costs nothing. Worker, in the entry's open write. */
BASE_INLINE void
entry_upper_set_wrap(const struct flow_table *table, struct entry *e, uint16_t wrap)
{
	struct entry_upper *upper;

	if (wrap == 0 && !(e->flags & ENTRY_UPPER))
		return;
	upper = entry_upper_open(table, e);
	upper->end[0].wrap = (uint8_t)wrap;
	upper->end[1].wrap = (uint8_t)(wrap >> 8);
}

BASE_END_DECLS

#endif
