/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The upper parts of a flow's packets, bytes and payload, so that they are exact at any size.
 *
 * Overview. The entry has room for the lower parts: 65,535 packets, 128 MB, 137 GB of payload at
 * each end. What goes beyond is carried over into 16 bytes that every flow has for itself
 * (flow_table.h), so there is always room, whatever the other flows do. What is shown is the sum of
 * both parts: up to 2^48 - 1 bytes, as much payload, and 2^39 packets and more. The other use of
 * these bytes is the newest ICMP error about a packet of the flow.
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
	uint64_t icmp : 3; /* enum report_icmp: what the newest error said to this end */
	uint64_t spare : 5;
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

static_assert(REPORT_N_ICMP <= 8, "three bits");

/* What the newest ICMP error said, and to which end. `upper`: NULL where it is not in use. Any. */
BASE_INLINE enum report_icmp
entry_upper_icmp(const struct entry_upper *upper)
{
	return upper != NULL ? (enum report_icmp)(upper->end[0].icmp | upper->end[1].icmp)
	                     : REPORT_ICMP_NONE;
}

BASE_INLINE unsigned
entry_upper_icmp_end(const struct entry_upper *upper)
{
	return upper != NULL && upper->end[1].icmp != REPORT_ICMP_NONE;
}

/* Sets both: one end has the error, the other none. Worker, in the entry's open write. */
BASE_INLINE void
entry_upper_set_icmp(const struct flow_table *table, struct entry *e, unsigned icmp, unsigned end)
{
	struct entry_upper *upper = entry_upper_open(table, e);

	upper->end[end].icmp = icmp & 7;
	upper->end[!end].icmp = REPORT_ICMP_NONE;
}

BASE_END_DECLS

#endif
