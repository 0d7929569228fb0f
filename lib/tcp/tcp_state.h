/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The eleven states of RFC 9293 and what moves an end from one to the next, as a tap sees it.
 *
 * Each end of a connection has its own machine. An event is what the end has sent, or what has
 * passed the tap toward it. All the rules are the table in tcp_state.c. Sequence numbers decide
 * which events a segment stands for, in tcp_segment.c. Pure, any thread.
 */
#ifndef TCP_STATE_H
#define TCP_STATE_H

#include "base_compiler.h"

BASE_BEGIN_DECLS

/* RFC 9293 3.3.2. The numbers are those of enum report_state. */
enum tcp_state {
	TCPS_CLOSED,
	TCPS_LISTEN,
	TCPS_SYN_SENT,
	TCPS_SYN_RECEIVED,
	TCPS_ESTABLISHED,
	TCPS_FIN_WAIT_1,
	TCPS_FIN_WAIT_2,
	TCPS_CLOSE_WAIT,
	TCPS_CLOSING,
	TCPS_LAST_ACK,
	TCPS_TIME_WAIT,
	TCPS_N_STATES
};

enum tcp_event {
	TCPE_SND_SYN,              /* sends SYN without ACK */
	TCPE_SND_SYN_ACK,          /* sends SYN and acknowledges the other's */
	TCPE_SND_SYN_ACK_REPEATED, /* repeats a SYN-ACK whose ACK has passed: that was not taken */
	TCPE_SND_SEGMENT, /* sends a segment that only a synchronized end sends: no SYN, no RST */
	TCPE_SYN_ACKED,   /* its SYN is acknowledged by a segment that carries no SYN, or by a
			       * SYN-ACK when it has itself answered the other's SYN */
	TCPE_SND_FIN,     /* sends FIN; the other's FIN, if any, is acknowledged */
	TCPE_SND_FIN_CROSSED,  /* sends FIN while the other's FIN was still on its way */
	TCPE_SND_FIN_REPEATED, /* repeats a FIN whose ACK has passed: that ACK did not reach it */
	TCPE_RCV_FIN,          /* the other's FIN passed toward it, or it acknowledges that FIN */
	TCPE_FIN_ACKED,        /* its FIN is acknowledged: ACK of its number plus one */
	TCPE_FIN_UNRECEIVED,   /* the other repeats its FIN unanswered: it had not been received */
	TCPE_SND_RST,          /* sends an acceptable RST */
	TCPE_SND_RST_REJECT,   /* rejects a segment that is not for its SYN (RFC 9293 3.10.7.3) */
	TCPE_RCV_RST,          /* an acceptable RST passed toward it */
	TCPE_N_EVENTS
};

/* By event and state; tcp_state_next reads it. */
extern const uint8_t tcp_state_after[TCPE_N_EVENTS][TCPS_N_STATES];

/* The state after the event. Pure, any thread, hot. */
BASE_INLINE enum tcp_state
tcp_state_next(enum tcp_state state, enum tcp_event event)
{
	assert(state < TCPS_N_STATES && event < TCPE_N_EVENTS);
	return (enum tcp_state)tcp_state_after[event][state];
}

/*
 * Is the end past ESTABLISHED? Where both ends are, both directions are over or about to be: a new
 * SYN begins another connection.
 */
BASE_INLINE bool
tcp_state_is_past_established(enum tcp_state state)
{
	return state > TCPS_ESTABLISHED || state == TCPS_CLOSED;
}

/* Is the end done with the connection? */
BASE_INLINE bool
tcp_state_is_over(enum tcp_state state)
{
	return state == TCPS_CLOSED || state == TCPS_TIME_WAIT;
}

BASE_END_DECLS

#endif
