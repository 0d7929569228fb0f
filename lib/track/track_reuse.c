/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A tuple begins another life: the flow that had it is detached, and a new one takes its place.
 *
 * The SYN of the new life may have passed before, on a connection that was alive as far as anybody
 * knew. It was counted there, and kept (entry_syn.h). Now that it is answered it is the new flow's
 * first packet, with its time and all that it offered, and the old flow gives it back.
 *
 * Worker. Cost: off the way of ordinary packets.
 */

#include "track_move.h"

/*
 * Takes a flow out of the index. It is shown as CLOSED flows are, and keeps how it ended, if it had
 * ended.
 */
static void
track_detach(struct track *track, uint32_t number)
{
	struct entry *e = entry_at(track->table, number);

	flow_table_unlink(track->table, number);
	base_seq_write_begin(&e->seq);
	e->flags |= ENTRY_DETACHED;
	track_set_since(e, 0, track->now_us);
	if (entry_end_cause(e) == REPORT_END_NONE)
		entry_set_end_cause(e, REPORT_END_REUSED);
	base_seq_write_end(&e->seq);
	track_follow_class(track, e, number);
	track_emit_ended(track, number, REPORT_END_REUSED);
	base_counter_add(&track->counters.reused, 1);
}

/* The old flow gives the SYN back. If it had no other packet since, its last was the one before. */
static void
track_give_back(struct track *track, uint32_t number, const struct entry_syn_waiting *waiting)
{
	struct entry *e = entry_at(track->table, number);
	bool was_oneway = entry_is_oneway(e);

	base_seq_write_begin(&e->seq);
	for (unsigned i = 0; i < waiting->times; i++)
		entry_count_take_back(&track->overflow, e, waiting->dir, &waiting->packet);
	if (e->last_us == (waiting->latest_us & ENTRY_TIME_MAX))
		e->last_us = waiting->before_us & ENTRY_TIME_MAX;
	base_seq_write_end(&e->seq);
	if (!was_oneway && entry_is_oneway(e))
		base_counter_add(&track->counters.oneway, 1);
}

bool
track_reuse(struct track *track, uint32_t *number, const struct packet *pk, uint64_t hash,
            unsigned dir)
{
	const struct entry_syn_waiting *waiting = NULL;
	struct flow_key key = entry_at(track->table, *number)->key;

	if (pk->tcp_flags & PACKET_TCP_ACK)
		waiting = entry_syn_answered(&track->syns, *number, dir, pk);
	if (waiting != NULL)
		track_give_back(track, *number, waiting);
	track_detach(track, *number);
	if (waiting == NULL) {
		*number = track_open(track, pk, &key, hash, dir, track->now_us);
		return false;
	}
	*number =
	    track_open(track, &waiting->packet, &key, hash, waiting->dir, waiting->packet.time_us);
	for (unsigned i = 1; *number != FLOW_NONE && i < waiting->times; i++)
		track_move(track, *number, &waiting->packet, waiting->dir);
	return *number != FLOW_NONE;
}
