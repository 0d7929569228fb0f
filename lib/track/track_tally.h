/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is counted of a connection: packets and bytes, and what went wrong, each way.
 *
 * The counters stand in the entry and in its wide record (track_wide.h); who counts and who reads
 * sees one number. All of these are called inside the entry's open write. Worker.
 *
 * Cost: a packet adds to two counters at once and tests both. The rest is paid by what it counts.
 */
#ifndef TRACK_TALLY_H
#define TRACK_TALLY_H

#include "packet.h"
#include "tcp_segment.h"
#include "track_wide.h"

BASE_BEGIN_DECLS

/* Both counters of a connection that are not in the entry itself, as they are read: whole sums. */
struct track_sums {
	uint64_t packets, bytes, payload;
	uint64_t again, again_bytes, out_of_order, gaps, zero_windows;
	uint16_t mss;
};

/* The same as track_tally_packet where a counter has no room. */
void track_tally_overflow(struct track_wides *wides, struct track_entry *e, unsigned dir,
                          const struct packet *pk);

/* One packet sent by end `dir`. Worker, hot. */
BASE_INLINE void
track_tally_packet(struct track_wides *wides, struct track_entry *e, unsigned dir,
                   const struct packet *pk)
{
	struct tcp_end *snd = &e->end[dir];
	uint64_t traffic = snd->traffic + (UINT64_C(1) << TCP_END_PACKETS_SHIFT) +
	                   ((uint64_t)pk->ip_bytes << TCP_END_BYTES_SHIFT);

	if (BASE_UNLIKELY((traffic & TCP_END_GUARDS) || pk->ip_bytes > TCP_END_BYTES_MAX))
		track_tally_overflow(wides, e, dir, pk);
	else
		snd->traffic = traffic;
}

/* The payload of end `dir` went round its 32 bits. */
void track_tally_payload_wrap(struct track_wides *wides, struct track_entry *e, unsigned dir);

/*
 * What a segment from end `dir` did besides moving states: `result` holds enum tcp_result bits, and
 * `old_bytes` of its payload had passed before.
 */
void track_tally_segment(struct track_wides *wides, struct track_entry *e, unsigned dir,
                         unsigned result, uint32_t old_bytes);

/* A copy that the mirror made of a packet from end `dir`. */
void track_tally_copy(struct track_wides *wides, struct track_entry *e, unsigned dir);

/*
 * The sums of one end of a copied entry, and the copies of the whole connection. `wide` is a copy
 * of its record, or NULL where it has none. Any.
 */
void track_tally_read(const struct track_entry *e, const struct track_wide *wide, unsigned end,
                      struct track_sums *sums);
uint64_t track_tally_copies(const struct track_entry *e, const struct track_wide *wide);

/* Keeps the MSS that end `dir` offered. */
void track_tally_mss(struct track_wides *wides, struct track_entry *e, unsigned dir, uint16_t mss);

BASE_END_DECLS

#endif
