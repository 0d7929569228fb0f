/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is counted of a connection: packets and bytes, and what went wrong, for each direction.
 *
 * The counters are in the entry, its upper part (entry_upper.h) and the records of its ends
 * (entry_trouble.h). Who counts and who reads sees one number. All functions that write are called
 * inside the entry's open write. Worker.
 *
 * Cost: a packet adds to two counters at once and asks whether either has gone over. Everything
 * else is paid by what it counts.
 */
#ifndef ENTRY_COUNT_H
#define ENTRY_COUNT_H

#include "entry_trouble.h"
#include "entry_upper.h"
#include "packet.h"
#include "tcp_segment.h"

BASE_BEGIN_DECLS

/* The counters of one end as they are read: whole sums. */
struct entry_counts {
	uint64_t packets, bytes, payload;
	uint64_t retransmitted, retransmitted_bytes, out_of_order, gaps, zero_windows;
	uint64_t lost, needless; /* of out_of_order, of retransmitted */
	uint64_t closed_us;      /* how long its window was closed, until it was opened last */
	uint64_t closed_at_us;   /* since when it is; 0: it is open */
	uint16_t mss;
};

/* The rest of entry_count_packet: a counter has no room in the entry. Worker. */
void entry_count_overflow(const struct flow_table *table, struct entry *e, unsigned dir,
                          const struct packet *pk);

/*
 * One packet sent by end `dir`. Bytes that go over carry out of the top of their word; packets that
 * go round leave zero, whatever they carry into is not stored. Worker, hot.
 */
BASE_INLINE void
entry_count_packet(const struct flow_table *table, struct entry *e, unsigned dir,
                   const struct packet *pk)
{
	const uint64_t packets = (uint64_t)TCP_END_PACKETS_MAX << TCP_END_PACKETS_SHIFT;
	struct tcp_end *snd = &e->end[dir];
	uint64_t traffic, more = (UINT64_C(1) << TCP_END_PACKETS_SHIFT) +
	                         ((uint64_t)pk->ip_bytes << TCP_END_BYTES_SHIFT);

	if (BASE_UNLIKELY(pk->ip_bytes > TCP_END_BYTES_MAX ||
	                  __builtin_add_overflow(snd->traffic, more, &traffic) ||
	                  !(traffic & packets)))
		entry_count_overflow(table, e, dir, pk);
	else
		snd->traffic = traffic;
}

/*
 * Takes one packet of end `dir` back: it belongs to another connection. Worker.
 */
void entry_count_take_back(const struct flow_table *table, struct entry *e, unsigned dir,
                           const struct packet *pk);

/* The payload of end `dir` went round its 32 bits. Worker. */
void entry_count_payload_wrap(const struct flow_table *table, struct entry *e, unsigned dir);

/*
 * Counts what a segment from end `dir` did besides moving states. `result` holds enum tcp_result
 * bits; `old_bytes` of its payload had passed before. Worker.
 */
void entry_count_segment(struct entry_trouble_pool *pool, struct entry *e, unsigned dir,
                         unsigned result, uint32_t old_bytes);

/*
 * End `dir` has closed or opened its window at `now_us`, by `result`, or leaves it closed. Returns
 * for how many microseconds it is closed, or was until now; 0: that is not known. Worker.
 */
uint64_t entry_count_window(struct entry_trouble_pool *pool, struct entry *e, unsigned dir,
                            unsigned result, uint64_t now_us);

/* Counts a copy that the mirror made of a packet from end `dir`. Worker. */
void entry_count_copy(struct entry_trouble_pool *pool, struct entry *e, unsigned dir);

/*
 * The sums of one end of a copied entry, and the copies of the whole connection. `upper` is a copy
 * of its upper part, `trouble` of the records of both ends; NULL for what is not in use. Any.
 */
void entry_count_read(const struct entry *e, const struct entry_upper *upper,
                      const struct entry_trouble *trouble, unsigned end, struct entry_counts *sums);
uint64_t entry_count_copies(const struct entry *e, const struct entry_trouble *trouble);

BASE_END_DECLS

#endif
