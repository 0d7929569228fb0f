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

	track_domain_unjoin(track, number, flow_hash(&track->table->secret, &e->key));
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
		entry_count_take_back(track->table, e, waiting->dir, &waiting->packet);
	if (e->last_us == (waiting->latest_us & ENTRY_TIME_MAX))
		e->last_us = waiting->before_us & ENTRY_TIME_MAX;
	base_seq_write_end(&e->seq);
	if (!was_oneway && entry_is_oneway(e))
		base_counter_add(&track->counters.oneway, 1);
}

/* A SYN that was kept came in the tunnels of the flow that it passed on: the new one's too. */
static void
track_take_path(struct track *track, uint32_t number, uint32_t old)
{
	struct flow_cold *cold = flow_table_cold(track->table, number);
	uint16_t path = entry_cold_path(flow_table_cold(track->table, old));
	struct entry *e = entry_at(track->table, number);
	uint16_t was = entry_cold_path(cold);

	if (domain_path_joined(&track->domains, path) != DOMAIN_NONE)
		return;
	domain_hold(&track->domains, path);
	base_seq_write_begin(&e->seq);
	entry_cold_set_path(cold, path);
	base_seq_write_end(&e->seq);
	domain_drop(&track->domains, was);
}

bool
track_reuse(struct track *track, uint32_t *number, const struct packet *pk, uint64_t hash,
            unsigned dir)
{
	const struct entry_syn_waiting *waiting = NULL;
	struct flow_key key = entry_at(track->table, *number)->key;
	uint32_t old = *number;

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
	if (*number != FLOW_NONE)
		track_take_path(track, *number, old);
	for (unsigned i = 1; *number != FLOW_NONE && i < waiting->times; i++)
		track_move(track, *number, &waiting->packet, waiting->dir);
	return *number != FLOW_NONE;
}
