/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What flows show of the endpoints at their ends: the events that fill the table of endpoints.
 *
 * Overview.
 *
 *	SYN-ACK                     its sender listens
 *	last ACK of the handshake   accepted
 *	RST that answers a SYN      refused
 *	forgotten in SYN_SENT       unanswered, when nothing at all came back
 *	first answer of a UDP flow  answered; and both ends talk with each other
 *	one-way UDP flow forgotten  unanswered; and its sender talks with that peer
 *	ICMP port unreachable       refused, where the error is about a UDP flow
 *
 * A UDP socket that talks with two peers is connected to neither. The hash of one peer is
 * remembered; another peer proves it.
 *
 * Life. SYNs are counted when it is decided what became of them, so one that still waits is not in
 * the table. What nobody answered is counted when the flow is forgotten.
 *
 * Who writes and who reads. Worker only, all of it.
 *
 * Cost. An endpoint event each (endpoint_event.h). Ordinary packets do not come here, and opening a
 * flow costs nothing.
 */
#ifndef TRACK_ENDPOINT_H
#define TRACK_ENDPOINT_H

#include "entry.h"
#include "packet.h"
#include "tcp_segment.h"

BASE_BEGIN_DECLS

struct track;

#define TRACK_SAID       256
#define TRACK_SAID_SHIFT 20

/*
 * Sockets that have sent a SYN-ACK lately. Another one within 2^TRACK_SAID_SHIFT microseconds says
 * nothing new, and is no event. Worker alone.
 */
struct track_said {
	uint64_t socket[TRACK_SAID]; /* hash of it, with the time in units of that */
};

/* End `end` of the connection has sent this SYN-ACK. Worker. */
void track_endpoint_answered(struct track *track, const struct entry *e, const struct packet *pk,
                             unsigned end);

/* Is end `end` of a new flow an endpoint that has answered before? Worker. */
bool track_endpoint_is_known(struct track *track, const struct entry *e, unsigned end);

/* A round trip to the server of the connection took so long. Worker. */
void track_endpoint_timed(struct track *track, const struct entry *e, uint64_t took_us);

/*
 * The first packet of the second direction of a UDP flow has come; both have been counted. Worker.
 */
void track_endpoint_both_ways(struct track *track, const struct entry *e);

/* An ICMP error says that nobody has the UDP port of end `end`. Worker. */
void track_endpoint_refused(struct track *track, const struct entry *e, unsigned end);

/*
 * A connection is over by RST, or is forgotten and was not over. What ends by FINs is the rest of
 * what the socket accepted, and is not counted. Worker.
 */
void track_endpoint_ended(struct track *track, const struct entry *e, enum report_end_cause cause);

/* The flow is about to be forgotten, for that reason. Worker. */
void track_endpoint_forget(struct track *track, const struct entry *e, enum report_end_cause cause);

/* Applies the queued events when the oldest is old enough. Worker. */
void track_endpoint_poll(struct track *track);

/* The rest of track_endpoint_moved. Worker. */
void
track_endpoint_opening(struct track *track, struct entry *e, const struct packet *pk, unsigned dir,
                       enum tcp_state client_before, enum tcp_state server_before, unsigned result);

/*
 * A segment from end `dir` did `result` (enum tcp_result) to a connection whose client and server
 * were in the states given. The segment is not counted yet among the end's packets. Inside the
 * entry's open write. Costs a test for a connection whose opening is over. Worker, hot.
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
