/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What every packet of a known flow does to it: the short way, inline in the last stage of the
 * pipeline.
 *
 * An ordinary segment (lib/tcp says which) advances numbers and is counted; so is a datagram.
 * Everything rarer is a call into track_state.c, entry_rtt.c or entry_count.c. It writes one cache
 * line of the entry and nothing else, but for a segment that is timed. Worker.
 */
#ifndef TRACK_MOVE_H
#define TRACK_MOVE_H

#include "tcp_segment.h"
#include "track_state.h"

BASE_INLINE struct tcp_segment
track_segment(const struct packet *pk)
{
	return (struct tcp_segment){
		.seq = pk->seq,
		.ack = pk->ack,
		.length = pk->payload_bytes,
		.window = pk->window,
		.wscale = pk->wscale,
		.flags = (uint8_t)pk->tcp_flags,
		.sack = !!(pk->tcp_flags & PACKET_TCP_SACK),
		.syn = 0,
		.id = pk->ip_id,
		.at_us = (uint32_t)pk->time_us,
	};
}

BASE_INLINE unsigned
track_move_tcp(struct track *track, struct entry *e, uint32_t number, const struct packet *pk,
               unsigned dir)
{
	struct tcp_segment seg = track_segment(pk);
	struct tcp_end *snd = &e->end[dir];

	if (!tcp_segment_is_ordinary(snd, &e->end[!dir], &seg))
		return track_move_slowly(track, e, number, pk, dir);
	tcp_segment_advance(snd, &seg);
	if (BASE_UNLIKELY(snd->payload < seg.length))
		entry_count_payload_wrap(track->table, e, dir);
	if (e->flags & ENTRY_TIMED)
		track_answer_timed(track, e, number, dir, pk);
	if (seg.length > 0 && entry_rtt_is_candidate(snd) && !(e->flags & ENTRY_TIMED))
		entry_rtt_start(&track->rtt, e, number, dir, pk, track->now_us);
	return 0;
}

BASE_INLINE void
track_move_udp(struct track *track, struct entry *e, const struct packet *pk, unsigned dir)
{
	e->end[dir].payload += pk->payload_bytes;
	if (BASE_UNLIKELY(e->end[dir].payload < pk->payload_bytes))
		entry_count_payload_wrap(track->table, e, dir);
}

/* The other end is there too. */
BASE_INLINE void
track_answer(struct track *track, const struct entry *e)
{
	base_counter_add(&track->counters.oneway, (uint64_t)-1);
	if (e->flags & ENTRY_MIDSTREAM || entry_is_udp(e))
		track_evict_answered(&track->evict);
}

/*
 * Moves a known flow by a packet. Returns 0, or why it did not move it: see track_move_slowly.
 * Worker, hot.
 */
BASE_INLINE unsigned
track_move(struct track *track, uint32_t number, const struct packet *pk, unsigned dir)
{
	struct entry *e = entry_at(track->table, number);
	unsigned result = 0;

	base_seq_write_begin(&e->seq);
	if (pk->proto == PACKET_PROTO_TCP)
		result = track_move_tcp(track, e, number, pk, dir);
	else
		track_move_udp(track, e, pk, dir);
	if (result == 0) {
		bool answers = e->end[dir].packets == 0;

		if (answers)
			track_answer(track, e);
		entry_count_packet(track->table, e, dir, pk);
		if (answers && pk->proto != PACKET_PROTO_TCP)
			track_endpoint_both_ways(track, e);
		e->last_us = track->now_us & ENTRY_TIME_MAX;
	}
	base_seq_write_end(&e->seq);
	return result;
}

#endif
