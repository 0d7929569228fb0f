/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What flows show of the sockets at their ends: the events that fill the table of sockets.
 *
 *	SYN-ACK                     its sender listens
 *	last ACK of the handshake   accepted
 *	RST that answers a SYN      refused
 *	forgotten in SYN_SENT       unanswered, when nothing at all came back
 *	first answer of a UDP flow  answered; and both ends talk with each other
 *	one-way UDP flow forgotten  unanswered; and its sender talks with that peer
 *	ICMP port unreachable       refused, where it is told about a UDP flow
 *
 * Opening a flow costs nothing: what nobody answered is noted when the flow is forgotten. SYNs are
 * counted when it is decided what became of them, so one that still waits is not in the table.
 * Ordinary packets do not come here.
 *
 * A UDP socket that talks with two peers is not connected to either. One peer's hash is remembered;
 * another one proves it.
 *
 * Worker only, all of it. Cost: an event is a note (endpoint_event.h).
 */
#ifndef TRACK_ENDPOINT_H
#define TRACK_ENDPOINT_H

#include "entry.h"
#include "packet.h"
#include "tcp_segment.h"

BASE_BEGIN_DECLS

struct track;

/* End `end` of the connection has sent a SYN-ACK. */
void track_endpoint_answered(struct track *track, const struct entry *e, unsigned end);

/* Is end `end` of a new flow a socket that has answered before? */
int track_endpoint_is_known(struct track *track, const struct entry *e, unsigned end);

/* The first packet of the second direction of a UDP flow has come; both have been counted. */
void track_endpoint_both_ways(struct track *track, const struct entry *e);

/* An ICMP error says that nobody has the UDP port of end `end`. */
void track_endpoint_refused(struct track *track, const struct entry *e, unsigned end);

/* The flow is about to be forgotten, whatever the reason. */
void track_endpoint_forget(struct track *track, const struct entry *e);

/* Enters what was noted some time ago. */
void track_endpoint_poll(struct track *track);

/* The rest of track_endpoint_moved. */
void
track_endpoint_opening(struct track *track, struct entry *e, const struct packet *pk, unsigned dir,
                       enum tcp_state client_before, enum tcp_state server_before, unsigned result);

/*
 * A segment from end `dir` did `result` (enum tcp_result) to a connection whose client and server
 * were in the states named; it is not counted yet among the end's packets. Inside an open write of
 * the entry. Hot: nothing for a connection whose opening is over.
 */
BASE_INLINE void
track_endpoint_moved(struct track *track, struct entry *e, const struct packet *pk, unsigned dir,
                     unsigned client_before, unsigned server_before, unsigned result)
{
	if ((client_before == TCPS_SYN_SENT || server_before == TCPS_SYN_RECEIVED ||
	     (pk->tcp_flags & PACKET_TCP_SYN)) &&
	    (result & (TCP_STATE_CHANGED | TCP_RETRANSMISSION)))
		track_endpoint_opening(track, e, pk, dir, (enum tcp_state)client_before,
		                       (enum tcp_state)server_before, result);
}

BASE_END_DECLS

#endif
