/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is counted of a connection: packets and bytes, and what went wrong, for each direction.
 *
 * The counters are in the entry and in its overflow record (entry_overflow.h). Who counts and who
 * reads sees one number. All functions that write are called inside the entry's open write. Worker.
 *
 * Cost: a packet adds to two counters at once and tests both. Everything else is paid by what it
 * counts.
 */
#ifndef ENTRY_COUNT_H
#define ENTRY_COUNT_H

#include "entry_overflow.h"
#include "packet.h"
#include "tcp_segment.h"

BASE_BEGIN_DECLS

/* The counters of one end as they are read: whole sums of entry and overflow record. */
struct entry_counts {
	uint64_t packets, bytes, payload;
	uint64_t retransmitted, retransmitted_bytes, out_of_order, gaps, zero_windows;
	uint16_t mss;
};

/* The rest of entry_count_packet: a counter has no room. Worker. */
void entry_count_overflow(struct entry_overflow_pool *pool, struct entry *e, unsigned dir,
                          const struct packet *pk);

/* One packet sent by end `dir`. Worker, hot. */
BASE_INLINE void
entry_count_packet(struct entry_overflow_pool *pool, struct entry *e, unsigned dir,
                   const struct packet *pk)
{
	struct tcp_end *snd = &e->end[dir];
	uint64_t traffic = snd->traffic + (UINT64_C(1) << TCP_END_PACKETS_SHIFT) +
	                   ((uint64_t)pk->ip_bytes << TCP_END_BYTES_SHIFT);

	if (BASE_UNLIKELY((traffic & TCP_END_GUARDS) || pk->ip_bytes > TCP_END_BYTES_MAX))
		entry_count_overflow(pool, e, dir, pk);
	else
		snd->traffic = traffic;
}

/*
 * Takes one packet of end `dir` back: it belongs to another connection. Worker.
 */
void entry_count_take_back(struct entry_overflow_pool *pool, struct entry *e, unsigned dir,
                           const struct packet *pk);

/* The payload of end `dir` went round its 32 bits. Worker. */
void entry_count_payload_wrap(struct entry_overflow_pool *pool, struct entry *e, unsigned dir);

/*
 * Counts what a segment from end `dir` did besides moving states. `result` holds enum tcp_result
 * bits; `old_bytes` of its payload had passed before. Worker.
 */
void entry_count_segment(struct entry_overflow_pool *pool, struct entry *e, unsigned dir,
                         unsigned result, uint32_t old_bytes);

/* Counts a copy that the mirror made of a packet from end `dir`. Worker. */
void entry_count_copy(struct entry_overflow_pool *pool, struct entry *e, unsigned dir);

/*
 * The sums of one end of a copied entry, and the copies of the whole connection. `record` is a copy
 * of its overflow record, or NULL where it has none. Any.
 */
void entry_count_read(const struct entry *e, const struct entry_overflow *record, unsigned end,
                      struct entry_counts *sums);
uint64_t entry_count_copies(const struct entry *e, const struct entry_overflow *record);

/* Keeps the MSS that end `dir` offered. Worker. */
void entry_count_mss(struct entry_overflow_pool *pool, struct entry *e, unsigned dir, uint16_t mss);

BASE_END_DECLS

#endif
