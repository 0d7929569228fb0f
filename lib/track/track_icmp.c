/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ICMP errors on the flows that they quote: an unreachable port or host shows in the row.
 *
 * Overview. packet_icmp has put the addresses, ports and number of the quoted packet into the
 * error. So the pipeline makes its key, hashes it and finds the flow as for any packet. Here the
 * flow keeps what the newest error said and to which end it went, in four bits of its cold slot. A
 * UDP port that is unreachable has refused, in the table of endpoints. Nothing else comes of an
 * error: it opens no flow, moves no state, is no packet of the flow and keeps no flow alive, since
 * anybody on the way can send one (RFC 5927). Errors are not compared with earlier packets: what a
 * mirror shows twice says the same twice. Where the receive core or a capture file brings the
 * packets, the worker of the flow sees the error. A NIC that spreads packets by itself knows only
 * the error's own addresses: there the error may come to a worker that does not have the flow, and
 * is counted as one without a flow.
 *
 * Life. The flow keeps its newest error until the flow is forgotten.
 *
 * Who writes and who reads. Worker only. The control core reads the cold slot with the entry.
 *
 * Cost. For other packets one test in the pipeline. For an error the search, and one store to the
 * flow's cold slot if the error says something new.
 */

#include "track_state.h"

static_assert((int)PACKET_N_ICMP == (int)REPORT_N_ICMP &&
                  (int)PACKET_ICMP_OTHER == (int)REPORT_ICMP_OTHER,
              "one numbering of errors");

/*
 * Is the quoted number still in flight? RFC 5927 4.1: from SND.UNA to SND.NXT. SND.NXT itself is
 * the number of a segment without data; SND.UNA - 1 is that of a keep-alive (RFC 9293 3.8.4), by
 * which a host that is gone is often noticed. A bound that the tap does not know excludes nothing.
 */
static bool
track_icmp_is_in_flight(const struct tcp_end *snd, const struct tcp_end *rcv, uint32_t seq)
{
	if ((snd->flags & TCP_END_SEQ) && tcp_seq_gt(seq, snd->snd_nxt))
		return false;
	return !(rcv->flags & TCP_END_ACK) || tcp_seq_geq(seq, rcv->rcv_nxt - 1);
}

static void
track_icmp_keep(struct track *track, uint32_t number, unsigned icmp, unsigned dir)
{
	struct entry *e = entry_at(track->table, number);
	const struct entry_upper *upper =
	    e->flags & ENTRY_UPPER ? entry_upper_at(track->table, number) : NULL;

	assert(icmp > PACKET_ICMP_NONE && icmp < PACKET_N_ICMP);
	if (entry_upper_icmp(upper) == icmp && entry_upper_icmp_end(upper) == dir)
		return;
	base_seq_write_begin(&e->seq);
	entry_upper_set_icmp(track->table, e, icmp, dir);
	base_seq_write_end(&e->seq);
	if (icmp == PACKET_ICMP_PORT && entry_is_udp(e))
		track_endpoint_refused(track, e, !dir);
	trouble_icmp(&track->troubles, e, dir, icmp, track->now_us);
}

void
track_icmp(struct track *track, uint32_t number, const struct packet *pk, unsigned dir)
{
	const struct entry *e;

	if (number == FLOW_NONE) {
		base_counter_add(&track->counters.icmp_no_flow, 1);
		return;
	}
	e = entry_at(track->table, number);
	if (pk->proto == PACKET_PROTO_TCP &&
	    !track_icmp_is_in_flight(&e->end[dir], &e->end[!dir], pk->seq)) {
		base_counter_add(&track->counters.icmp_ignored, 1);
		return;
	}
	track_icmp_keep(track, number, pk->icmp, dir);
	base_counter_add(&track->counters.icmp_tied, 1);
}
